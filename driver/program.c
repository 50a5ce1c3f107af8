// SPDX-License-Identifier: GPL-2.0-only
/* Programs: made, run, freed. */
#include <linux/bpf.h>
#include <linux/err.h>
#include <linux/filter.h>
#include <linux/mm.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include "program.h"

static struct rti_code *code_alloc(u32 type)
{
	struct rti_code *code = kzalloc(sizeof(*code), GFP_KERNEL_ACCOUNT);

	if (code)
		code->type = type;
	return code;
}

/**
 * rti_code_alloc_cbpf() - code of classic BPF
 * @insns: the user's array
 * @count: instructions in it, 1 to RTINTERCEPT_PROGRAM_MAX_INSNS
 *
 * They are read once: what the kernel checks is what is kept.
 *
 * Return: the code; ERR_PTR(-EINVAL) it is no sound program, ERR_PTR(-EFAULT),
 * ERR_PTR(-ENOMEM). Context: may sleep.
 */
struct rti_code *rti_code_alloc_cbpf(const void __user *insns, u32 count)
{
	struct rti_code *code = code_alloc(RTINTERCEPT_PROGRAM_CBPF);
	struct sock_fprog_kern fprog = { .len = count };
	void *copy;
	int err;

	if (!code)
		return ERR_PTR(-ENOMEM);
	copy = vmemdup_user(insns, array_size(count, sizeof(*fprog.filter)));
	if (IS_ERR(copy)) {
		kfree(code);
		return copy;
	}
	code->insns = copy;
	code->count = count;
	fprog.filter = copy;
	err = bpf_prog_create(&code->prog, &fprog);
	if (!err)
		return code;
	kvfree(copy);
	kfree(code);
	return ERR_PTR(err);
}

/**
 * rti_code_alloc_ebpf() - code of an eBPF socket filter
 * @fd: of the caller; the code lives on when it is closed
 *
 * Return: the code; ERR_PTR(-EBADF) no such fd, ERR_PTR(-EINVAL) it is no
 * program of that type, ERR_PTR(-ENOMEM). Context: may sleep.
 */
struct rti_code *rti_code_alloc_ebpf(u64 fd)
{
	struct rti_code *code;
	struct bpf_prog *prog;

	if (fd > INT_MAX)
		return ERR_PTR(-EBADF);
	prog = bpf_prog_get_type_dev(fd, BPF_PROG_TYPE_SOCKET_FILTER, false);
	if (IS_ERR(prog))
		return ERR_CAST(prog);
	code = code_alloc(RTINTERCEPT_PROGRAM_EBPF);
	if (!code) {
		bpf_prog_put(prog);
		return ERR_PTR(-ENOMEM);
	}
	code->prog = prog;
	code->bpf_id = prog->aux->id;
	return code;
}

/* @thing: a struct rti_code. Context: may sleep; no packet runs it any more. */
void rti_code_free(void *thing)
{
	struct rti_code *code = thing;

	if (code->type == RTINTERCEPT_PROGRAM_EBPF)
		bpf_prog_put(code->prog);
	else
		bpf_prog_destroy(code->prog);
	kvfree(code->insns);
	kfree(code);
}

/**
 * rti_program_run() - what a program says of a packet
 * @program: the name of a struct rti_code
 * @skb: the packet, data at the network header; only read
 * @mac_bytes: of the header in front of it, which the program shall see
 *
 * A packet socket moves skb->data for this and back. Here nothing of an skb is
 * changed that may be shared: the program looks at a copy of the struct, which
 * also takes what an eBPF program writes to the control block. All that such
 * programs can do leaves the bytes, references and lists of the packet alone.
 *
 * Return: 0: no match; else how many bytes to record at most. Context: softirq,
 * RCU.
 */
u32 rti_program_run(const struct rti_name *program, const struct sk_buff *skb,
		    u32 mac_bytes)
{
	const struct rti_code *code = rcu_dereference(program->thing);
	struct sk_buff view = *skb;

	view.data -= mac_bytes;
	view.len += mac_bytes;
	return bpf_prog_run_clear_cb(code->prog, &view);
}
