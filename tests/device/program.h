/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs for the device tests, set by the bare ioctl. */
#ifndef RTI_DEVICE_PROGRAM_H
#define RTI_DEVICE_PROGRAM_H

#include <linux/bpf.h>
#include <linux/filter.h>
#include <sys/syscall.h>

#include "device.h"

#define COUNT_OF(array)	((__u32)(sizeof(array) / sizeof((array)[0])))
#define RET(n)		BPF_STMT(BPF_RET | BPF_K, n)
#define LOAD8(at)	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, (__u32)(at))
#define LOAD16(at)	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, (__u32)(at))
#define UNLESS(n, skip)	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, n, 0, skip)

/* What bpf(2) takes. */
#define INSN(op, dst, src, offset, immediate)			\
	((struct bpf_insn){ .code = (op), .dst_reg = (dst),	\
			    .src_reg = (src), .off = (offset),	\
			    .imm = (immediate) })
#define MOVE(dst, n)	INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, n)
#define EXIT		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

static inline int program_set(int fd, __u32 *id, __u32 type, __u64 program,
			      __u32 count)
{
	struct rtintercept_program_set set = {
		.size = sizeof(set), .program_id = *id, .type = type,
		.program = program, .count = count,
	};
	int err = dev_ioctl(fd, RTINTERCEPT_IOC_PROGRAM_SET, &set);

	if (!err)
		*id = set.program_id;
	return err;
}

static inline int program_cbpf(int fd, __u32 *id, const struct sock_filter *insns,
			       __u32 count)
{
	return program_set(fd, id, RTINTERCEPT_PROGRAM_CBPF,
			   (__u64)(unsigned long)insns, count);
}

static inline int program_none(int fd, __u32 id)
{
	return program_set(fd, &id, RTINTERCEPT_PROGRAM_NONE, 0, 0);
}

static inline int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static inline int program_load(__u32 type, const struct bpf_insn *insns, __u32 count)
{
	union bpf_attr attr = {
		.prog_type = type, .insn_cnt = count,
		.insns = (__u64)(unsigned long)insns,
		.license = (__u64)(unsigned long)"GPL",
	};

	return bpf(BPF_PROG_LOAD, &attr);
}

#endif /* RTI_DEVICE_PROGRAM_H */
