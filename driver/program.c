// SPDX-License-Identifier: GPL-2.0-only
/* Programs: made, found by name, run, freed. */
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

/* Context: may sleep; no packet runs it any more. */
void rti_code_free(struct rti_code *code)
{
	if (!code)
		return;
	if (code->type == RTINTERCEPT_PROGRAM_EBPF)
		bpf_prog_put(code->prog);
	else
		bpf_prog_destroy(code->prog);
	kvfree(code->insns);
	kfree(code);
}

struct rti_program *rti_program_find(const struct rti_programs *programs, u32 id)
{
	u32 i;

	for (i = 0; i < RTINTERCEPT_PROGRAMS_MAX; i++)
		if (programs->slot[i] && programs->slot[i]->id == id)
			return programs->slot[i];
	return NULL;
}

/* The program of the lowest id that is at least @id, or NULL. */
struct rti_program *rti_program_from(const struct rti_programs *programs, u32 id)
{
	struct rti_program *found = NULL, *p;
	u32 i;

	for (i = 0; i < RTINTERCEPT_PROGRAMS_MAX; i++) {
		p = programs->slot[i];
		if (p && p->id >= id && (!found || p->id < found->id))
			found = p;
	}
	return found;
}

static u32 unused_id(const struct rti_programs *programs)
{
	u32 id = 1;

	while (rti_program_find(programs, id))
		id++;
	return id;
}

/**
 * rti_program_alloc() - one more program
 * @programs: of the session
 * @id: not in use; 0: the lowest that is not
 * @code: its own from now on, unless this fails
 *
 * Return: the program; ERR_PTR(-ENOSPC), ERR_PTR(-ENOMEM). Context: may sleep;
 * the session's lock is held.
 */
struct rti_program *rti_program_alloc(struct rti_programs *programs, u32 id,
				      struct rti_code *code)
{
	struct rti_program *p;
	u32 slot = 0;

	while (slot < RTINTERCEPT_PROGRAMS_MAX && programs->slot[slot])
		slot++;
	if (slot == RTINTERCEPT_PROGRAMS_MAX)
		return ERR_PTR(-ENOSPC);
	p = kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
	if (!p)
		return ERR_PTR(-ENOMEM);
	p->id = id ?: unused_id(programs);
	p->slot = slot;
	RCU_INIT_POINTER(p->code, code);
	programs->slot[slot] = p;
	return p;
}

/* Context: may sleep; it is in no table, and no packet looks at one with it. */
void rti_program_free(struct rti_program *program)
{
	if (!program)
		return;
	rti_code_free(rcu_dereference_protected(program->code, 1));
	kfree(program);
}

/* Context: may sleep; no packet looks any more. */
void rti_programs_destroy(struct rti_programs *programs)
{
	u32 i;

	for (i = 0; i < RTINTERCEPT_PROGRAMS_MAX; i++)
		rti_program_free(programs->slot[i]);
}

/**
 * rti_program_run() - what a program says of a packet
 * @program: the program
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
u32 rti_program_run(const struct rti_program *program, const struct sk_buff *skb,
		    u32 mac_bytes)
{
	const struct rti_code *code = rcu_dereference(program->code);
	struct sk_buff view = *skb;

	view.data -= mac_bytes;
	view.len += mac_bytes;
	return bpf_prog_run_clear_cb(code->prog, &view);
}
