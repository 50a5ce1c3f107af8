// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctls on programs. A program that is in use is swapped as a whole: each
 * packet runs the old one or the new one.
 */
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

/* The session's lock is held. */
static bool in_use(struct rti_session *s, const struct rti_program *program)
{
	const struct rti_table *table = rti_session_table(s);
	u32 i;

	for (i = 0; table && i < table->count; i++)
		if (table->programs[i] == program)
			return true;
	return false;
}

static int take_away(struct rti_session *s, u32 id)
{
	struct rti_program *program;
	int err = -ENOENT;

	mutex_lock(&s->lock);
	program = rti_program_find(&s->programs, id);
	if (program)
		err = in_use(s, program) ? -EBUSY : 0;
	if (!err)
		s->programs.slot[program->slot] = NULL;
	mutex_unlock(&s->lock);
	if (err)
		return err;
	/* Packets may still look at a table that had it. */
	synchronize_rcu();
	rti_program_free(program);
	return 0;
}

static int set(struct rti_session *s, u32 *id, struct rti_code *code)
{
	struct rti_code *old = NULL;
	struct rti_program *program;
	int err = 0;

	mutex_lock(&s->lock);
	program = *id ? rti_program_find(&s->programs, *id) : NULL;
	if (program) {
		old = rcu_replace_pointer(program->code, code,
					  lockdep_is_held(&s->lock));
	} else {
		program = rti_program_alloc(&s->programs, *id, code);
		err = PTR_ERR_OR_ZERO(program);
		if (!err)
			*id = program->id;
	}
	mutex_unlock(&s->lock);
	if (err) {
		rti_code_free(code);
	} else if (old) {
		synchronize_rcu();
		rti_code_free(old);
	}
	return err;
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
	if (IS_ERR(code))
		err = PTR_ERR(code);
	else if (code)
		err = set(s, &args->program_id, code);
	else
		err = take_away(s, args->program_id);
	rti_session_put(s);
	return err;
}

/* Fills @args and @insns, which has room for the longest program. */
static int get(struct rti_session *s, struct rtintercept_program_get *args,
	       struct sock_filter *insns)
{
	const struct rti_program *program;
	const struct rti_code *code;
	int err = -ENOENT;

	mutex_lock(&s->lock);
	program = rti_program_from(&s->programs, args->program_id);
	if (program) {
		code = rcu_dereference_protected(program->code,
						 lockdep_is_held(&s->lock));
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
