// SPDX-License-Identifier: GPL-2.0-only
/* The ioctls on programs: from what the user gave to code, and back. */
#include <linux/err.h>
#include <linux/filter.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "ioctl.h"

/* NULL: the program is to be taken away. */
static struct rti_code *code_from_user(const struct rtintercept_program_set *args)
{
	switch (args->type) {
	case RTINTERCEPT_PROGRAM_NONE:
		return args->count || args->program ? ERR_PTR(-EINVAL) : NULL;
	case RTINTERCEPT_PROGRAM_CBPF:
		if (!args->count)
			return ERR_PTR(-EINVAL);
		if (args->count > RTINTERCEPT_PROGRAM_MAX_INSNS)
			return ERR_PTR(-E2BIG);
		return rti_code_alloc_cbpf(u64_to_user_ptr(args->program),
					   args->count);
	case RTINTERCEPT_PROGRAM_EBPF:
		if (!(RTI_FEATURES & RTINTERCEPT_FEATURE_PROGRAM_EBPF))
			return ERR_PTR(-EOPNOTSUPP);
		return args->count ? ERR_PTR(-EINVAL) :
				     rti_code_alloc_ebpf(args->program);
	default:
		return ERR_PTR(-EOPNOTSUPP);
	}
}

int rti_ioctl_program_set(struct rti_session *own, void *cmd)
{
	struct rtintercept_program_set *args = cmd;
	struct rti_session *s = rti_session_get(own, args->session_id);
	struct rti_code *code;
	int err;

	if (IS_ERR(s))
		return PTR_ERR(s);
	code = code_from_user(args);
	err = PTR_ERR_OR_ZERO(code);
	if (!err)
		err = rti_ioctl_name_set(s, &s->programs, &args->program_id, code);
	rti_session_put(s);
	return err;
}

/* Fills @args and @insns, which has room for the longest program. */
static int get(struct rti_session *s, struct rtintercept_program_get *args,
	       struct sock_filter *insns)
{
	const struct rti_name *program;
	const struct rti_code *code;
	int err = -ENOENT;

	mutex_lock(&s->lock);
	program = rti_name_from(&s->programs, args->program_id);
	if (program) {
		code = rti_name_thing(program);
		args->program_id = program->id;
		args->type = code->type;
		args->count = code->count;
		args->bpf_id = code->bpf_id;
		if (code->count)
			memcpy(insns, code->insns, code->count * sizeof(*insns));
		err = 0;
	}
	mutex_unlock(&s->lock);
	return err;
}

int rti_ioctl_program_get(struct rti_session *own, void *cmd)
{
	struct rtintercept_program_get *args = cmd;
	struct rti_session *s = rti_session_get(own, args->session_id);
	const u32 capacity = args->count;
	struct sock_filter *insns;
	int err = -ENOMEM;

	if (IS_ERR(s))
		return PTR_ERR(s);
	insns = kvcalloc(RTINTERCEPT_PROGRAM_MAX_INSNS, sizeof(*insns),
			 GFP_KERNEL_ACCOUNT);
	if (insns)
		err = get(s, args, insns);
	if (!err)
		err = rti_copy_array_to_user(args->program, capacity,
					     sizeof(*insns), insns, args->count,
					     sizeof(*insns));
	kvfree(insns);
	rti_session_put(s);
	return err;
}
