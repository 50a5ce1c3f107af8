// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctls: one table, one place for the rules of the uAPI's "General ioctl
 * format". A handler gets a checked copy of the user's struct, and what it
 * leaves there goes back to the user.
 */
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "ioctl.h"
#include "report.h"

/* The largest argument decides the buffer's size. */
union rti_ioctl_args {
	struct rtintercept_info info;
	struct rtintercept_rule_add rule_add;
	struct rtintercept_stats stats;
	struct rtintercept_reply_get reply_get;
};

/**
 * rti_copy_array_to_user() - give the user an array, element by element
 * @address: of the user's array
 * @capacity: elements it has room for
 * @user_size: size of an element as the user knows it
 * @array: ours
 * @count: elements in it
 * @element: size of an element as we know it
 *
 * Elements that the user knows longer than we do are filled up with zero.
 *
 * Return: 0; -EMSGSIZE not enough room, nothing copied; -EINVAL @user_size is
 * 0; -E2BIG it is absurd; -EFAULT.
 */
int rti_copy_array_to_user(u64 address, u32 capacity, u32 user_size,
			   const void *array, u32 count, size_t element)
{
	u8 __user *to = u64_to_user_ptr(address);
	const size_t bytes = min_t(size_t, user_size, element);
	u32 i;

	if (!user_size || user_size % sizeof(u64))
		return -EINVAL;
	if (user_size > PAGE_SIZE)
		return -E2BIG;
	if (capacity < count)
		return -EMSGSIZE;
	for (i = 0; i < count; i++, to += user_size) {
		if (copy_to_user(to, array + i * element, bytes) ||
		    clear_user(to + bytes, user_size - bytes))
			return -EFAULT;
	}
	return 0;
}

static int rti_ioctl_info(struct rti_session *own, void *cmd)
{
	struct rtintercept_info *info = cmd;

	info->abi_version = RTINTERCEPT_ABI_VERSION;
	info->session_id = own->id;
	info->features = RTI_FEATURES;
	info->backend = RTINTERCEPT_BACKEND_MODULE;
	info->max_rules = RTI_INDEX_RULES_MAX;
	info->max_attachments = RTI_ATTACHMENTS_MAX;
	info->max_snap_bytes = RTI_RING_MAX_BYTES / 2;
	info->ring_min_bytes = max_t(u64, RTI_RING_MIN_BYTES, PAGE_SIZE);
	info->ring_max_bytes = RTI_RING_MAX_BYTES;
	info->max_replies = RTI_REPLIES_MAX;
	info->max_reply_pps = RTI_RATE_MAX_PPS;
	strscpy_pad(info->version, RTINTERCEPT_VERSION, sizeof(info->version));
	info->generation = rti_report_generation(own);
	return 0;
}

static int rti_ioctl_attach(struct rti_session *own, void *cmd)
{
	struct rtintercept_attach *attach = cmd;

	if (!rti_session_capable(own, CAP_NET_RAW))
		return -EPERM;
	return rti_session_attach(own, attach->ifindex, &attach->hook);
}

static int rti_ioctl_detach(struct rti_session *own, void *cmd)
{
	const struct rtintercept_detach *detach = cmd;

	return rti_session_detach(own, detach->ifindex);
}

static int rti_ioctl_ring_setup(struct rti_session *own, void *cmd)
{
	struct rtintercept_ring_setup *setup = cmd;

	setup->consumer_offset = 0;
	setup->producer_offset = PAGE_SIZE;
	setup->producer_bytes = PAGE_SIZE + 2 * setup->ring_bytes;
	return rti_session_ring_setup(own, setup->ring_bytes);
}

static int rti_ioctl_start(struct rti_session *own, void *cmd)
{
	return rti_session_start(own);
}

static int rti_ioctl_stop(struct rti_session *own, void *cmd)
{
	rti_session_stop(own);
	return 0;
}

static int rti_ioctl_wakeup(struct rti_session *own, void *cmd)
{
	const struct rtintercept_wakeup *wakeup = cmd;
	const bool watermark = wakeup->records > 1 || wakeup->bytes;

	if (watermark != !!wakeup->deadline_us)
		return -EINVAL;
	return rti_session_wakeup(own, wakeup);
}

/* Of a handler: what the user's struct says is right as it stands. */
#define UNCHANGED	1

static int rti_ioctl_wait(struct rti_session *own, void *cmd)
{
	struct rtintercept_wait *wait = cmd;
	int reason = rti_wakeup_wait(&own->path.wakeup, wait->deadline_ns, own);

	if (reason < 0)
		return reason;
	/* The way back to the user is what everybody waits for. */
	if (wait->reason == reason)
		return UNCHANGED;
	wait->reason = reason;
	return 0;
}

static int rti_ioctl_stats(struct rti_session *own, void *cmd)
{
	struct rtintercept_stats *stats = cmd;
	struct rti_session *s = rti_session_get(own, stats->session_id);

	if (IS_ERR(s))
		return PTR_ERR(s);
	rti_report_stats(s, stats);
	rti_session_put(s);
	return 0;
}

static int rti_ioctl_session_list(struct rti_session *own, void *cmd)
{
	struct rtintercept_session_list *list = cmd;
	struct rtintercept_session *sessions;
	u32 capacity = list->count;
	int count, err;

	count = rti_report_sessions(own, &sessions);
	if (count < 0)
		return count;
	list->count = count;
	err = rti_copy_array_to_user(list->sessions, capacity, list->session_size,
				     sessions, count, sizeof(*sessions));
	kvfree(sessions);
	return err;
}

static int rti_ioctl_attachment_list(struct rti_session *own, void *cmd)
{
	struct rtintercept_attachment_list *list = cmd;
	struct rtintercept_attachment *attachments;
	struct rti_session *s;
	u32 capacity = list->count;
	int err = -ENOMEM;

	s = rti_session_get(own, list->session_id);
	if (IS_ERR(s))
		return PTR_ERR(s);
	attachments = kvcalloc(RTI_ATTACHMENTS_MAX, sizeof(*attachments),
			       GFP_KERNEL_ACCOUNT);
	if (!attachments)
		goto out;
	rtnl_lock();
	rti_attachments_describe(&s->attachments, attachments);
	list->count = s->attachments.count;
	rtnl_unlock();
	err = rti_copy_array_to_user(list->attachments, capacity,
				     list->attachment_size, attachments,
				     list->count, sizeof(*attachments));
	kvfree(attachments);
out:
	rti_session_put(s);
	return err;
}

/**
 * struct ioctl_op - one ioctl
 * @cmd: its number
 * @size: of its struct as this kernel knows it
 * @min_size: of its struct in the first version
 * @reserved: offset of its reserved member, 0: it has none
 * @flags: that it knows
 * @returns: it has out members
 * @execute: the handler; the errno that it returns goes to the user
 */
struct ioctl_op {
	unsigned int cmd;
	u16 size;
	u16 min_size;
	u16 reserved;
	u32 flags;
	bool returns;
	int (*execute)(struct rti_session *own, void *cmd);
};

#define OP_ALL(_name, _fn, _type, _last, _reserved, _flags, _returns)	\
	[_IOC_NR(RTINTERCEPT_IOC_##_name)] = {				\
		.cmd = RTINTERCEPT_IOC_##_name,				\
		.size = sizeof(struct _type) +				\
			BUILD_BUG_ON_ZERO(sizeof(union rti_ioctl_args) < \
					  sizeof(struct _type)),	\
		.min_size = offsetofend(struct _type, _last),		\
		.reserved = _reserved,					\
		.flags = _flags,					\
		.returns = _returns,					\
		.execute = _fn,						\
	}
#define OP(_name, _fn, _type, _last, _reserved, _returns)		\
	OP_ALL(_name, _fn, _type, _last, _reserved, 0, _returns)
#define OP_FLAGS(_name, _fn, _type, _last, _flags, _returns)		\
	OP_ALL(_name, _fn, _type, _last, 0, _flags, _returns)
#define RESERVED(_type)	offsetof(struct _type, __reserved)

static const struct ioctl_op ioctl_ops[] = {
	OP(INFO, rti_ioctl_info, rtintercept_info, version, 0, true),
	OP(ATTACH, rti_ioctl_attach, rtintercept_attach, hook, 0, true),
	OP(DETACH, rti_ioctl_detach, rtintercept_detach, __reserved,
	   RESERVED(rtintercept_detach), false),
	OP(RULE_ADD, rti_ioctl_rule_add, rtintercept_rule_add, rule,
	   RESERVED(rtintercept_rule_add), true),
	OP(RULE_DEL, rti_ioctl_rule_del, rtintercept_rule_del, rule_id, 0, false),
	OP(RULE_LIST, rti_ioctl_rule_list, rtintercept_rule_list, __reserved,
	   RESERVED(rtintercept_rule_list), true),
	OP(RULE_REPLACE, rti_ioctl_rule_replace, rtintercept_rule_replace,
	   __reserved, RESERVED(rtintercept_rule_replace), true),
	OP(RULE_FLUSH, rti_ioctl_rule_flush, rtintercept_rule_flush, __reserved,
	   RESERVED(rtintercept_rule_flush), false),
	OP(RING_SETUP, rti_ioctl_ring_setup, rtintercept_ring_setup,
	   producer_bytes, 0, true),
	OP(START, rti_ioctl_start, rtintercept_start, flags, 0, false),
	OP(STOP, rti_ioctl_stop, rtintercept_stop, flags, 0, false),
	OP(WAKEUP, rti_ioctl_wakeup, rtintercept_wakeup, __reserved,
	   RESERVED(rtintercept_wakeup), false),
	OP(STATS, rti_ioctl_stats, rtintercept_stats, attachments, 0, true),
	OP(RULE_STATS, rti_ioctl_rule_stats, rtintercept_rule_stats, __reserved,
	   RESERVED(rtintercept_rule_stats), true),
	OP(SESSION_LIST, rti_ioctl_session_list, rtintercept_session_list,
	   sessions, 0, true),
	OP(ATTACHMENT_LIST, rti_ioctl_attachment_list,
	   rtintercept_attachment_list, __reserved,
	   RESERVED(rtintercept_attachment_list), true),
	OP(PROGRAM_SET, rti_ioctl_program_set, rtintercept_program_set, program,
	   0, true),
	OP(PROGRAM_GET, rti_ioctl_program_get, rtintercept_program_get, __reserved,
	   RESERVED(rtintercept_program_get), true),
	OP_FLAGS(REPLY_SET, rti_ioctl_reply_set, rtintercept_reply_set, payload,
		 RTINTERCEPT_REPLY_MAY_GROW, true),
	OP(REPLY_GET, rti_ioctl_reply_get, rtintercept_reply_get, __reserved,
	   RESERVED(rtintercept_reply_get), true),
	OP(WAIT, rti_ioctl_wait, rtintercept_wait, __reserved,
	   RESERVED(rtintercept_wait), true),
};

static const struct ioctl_op *find_op(unsigned int cmd)
{
	const unsigned int nr = _IOC_NR(cmd);

	if (nr >= ARRAY_SIZE(ioctl_ops) || ioctl_ops[nr].cmd != cmd)
		return NULL;
	return &ioctl_ops[nr];
}

/* Reads the user's struct, whole; the size is read once. */
static int copy_args(const struct ioctl_op *op, void *args, void __user *user,
		     u32 *size)
{
	int err;

	if (get_user(*size, (u32 __user *)user))
		return -EFAULT;
	if (*size < op->min_size)
		return -EINVAL;
	if (*size > PAGE_SIZE)
		return -E2BIG;
	err = copy_struct_from_user(args, op->size, user, *size);
	if (err)
		return err;
	*(u32 *)args = *size;
	if (((u32 *)args)[1] & ~op->flags)
		return -EOPNOTSUPP;
	if (op->reserved && *(u32 *)(args + op->reserved))
		return -EINVAL;
	return 0;
}

/**
 * rti_ioctl() - all ioctls
 * @session: of the file
 * @cmd: number
 * @arg: address of the user's struct
 *
 * What goes back is tried before the handler runs, so that a call with a
 * read-only struct is refused before it has done anything.
 */
long rti_ioctl(struct rti_session *session, unsigned int cmd, unsigned long arg)
{
	const struct ioctl_op *op = find_op(cmd);
	void __user *user = (void __user *)arg;
	union rti_ioctl_args args;
	u32 size, back;
	int err;

	if (!op)
		return -ENOTTY;
	err = copy_args(op, &args, user, &size);
	if (err)
		return err;
	back = min_t(u32, size, op->size);
	if (op->returns && copy_to_user(user, &args, back))
		return -EFAULT;
	err = op->execute(session, &args);
	if (err == UNCHANGED)
		return 0;
	if (op->returns && (!err || err == -EMSGSIZE) &&
	    copy_to_user(user, &args, back))
		return -EFAULT;
	return err;
}
