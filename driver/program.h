/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs: own logic in rules, classic BPF or eBPF. What a rule makes of their
 * answer is hook's; who may set one is ioctl's.
 */
#ifndef RTI_PROGRAM_H
#define RTI_PROGRAM_H

#include <linux/rcupdate.h>

#include "pure.h"

struct bpf_prog;
struct sk_buff;
struct sock_filter;

/**
 * struct rti_code - what a program consists of; constant
 * @prog: the kernel's
 * @type: RTINTERCEPT_PROGRAM_*
 * @count: CBPF: instructions
 * @insns: CBPF: as user space gave them, for those who ask
 * @bpf_id: EBPF: the kernel's number for it
 */
struct rti_code {
	struct bpf_prog *prog;
	u32 type;
	u32 count;
	struct sock_filter *insns;
	u32 bpf_id;
};

/**
 * struct rti_program - a name for code, which rules refer to
 * @id: constant
 * @slot: where it stands in struct rti_programs; constant
 * @code: RCU; swapped under the session's lock. Never NULL.
 */
struct rti_program {
	u32 id;
	u32 slot;
	struct rti_code __rcu *code;
};

/* struct rti_programs - those of one session; the session's lock */
struct rti_programs {
	struct rti_program *slot[RTINTERCEPT_PROGRAMS_MAX];
};

struct rti_code *rti_code_alloc_cbpf(const void __user *insns, u32 count);
struct rti_code *rti_code_alloc_ebpf(u64 fd);
void rti_code_free(struct rti_code *code);

struct rti_program *rti_program_find(const struct rti_programs *programs, u32 id);
struct rti_program *rti_program_from(const struct rti_programs *programs, u32 id);
struct rti_program *rti_program_alloc(struct rti_programs *programs, u32 id,
				      struct rti_code *code);
void rti_program_free(struct rti_program *program);
void rti_programs_destroy(struct rti_programs *programs);

u32 rti_program_run(const struct rti_program *program, const struct sk_buff *skb,
		    u32 mac_bytes);

#endif /* RTI_PROGRAM_H */
