/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs: own logic in rules, classic BPF or eBPF. What a rule makes of their
 * answer is hook's; who may set one is ioctl's.
 */
#ifndef RTI_PROGRAM_H
#define RTI_PROGRAM_H

#include "names.h"

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

struct rti_code *rti_code_alloc_cbpf(const void __user *insns, u32 count);
struct rti_code *rti_code_alloc_ebpf(u64 fd);
void rti_code_free(void *code);

u32 rti_program_run(const struct rti_name *program, const struct sk_buff *skb,
		    u32 mac_bytes);

#endif /* RTI_PROGRAM_H */
