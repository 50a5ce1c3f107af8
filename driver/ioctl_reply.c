// SPDX-License-Identifier: GPL-2.0-only
/* The ioctls on replies: from what the user gave to what is answered with, and back. */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/slab.h>

#include "ioctl.h"

/* NULL: the reply is to be taken away. */
static struct rti_reply *reply_alloc(const struct rtintercept_reply_set *args)
{
	struct rti_reply *reply;
	int err = rti_reply_check(args);

	if (err)
		return ERR_PTR(err);
	if (args->type == RTINTERCEPT_REPLY_NONE)
		return NULL;
	reply = kmalloc(sizeof(*reply), GFP_KERNEL_ACCOUNT);
	if (!reply)
		return ERR_PTR(-ENOMEM);
	rti_reply_compile(args, reply);
	return reply;
}

static int set(struct rti_session *s, struct rtintercept_reply_set *args)
{
	struct rti_reply *reply;

	if (!rti_session_capable(s, CAP_NET_ADMIN))
		return -EPERM;
	reply = reply_alloc(args);
	if (IS_ERR(reply))
		return PTR_ERR(reply);
	return rti_ioctl_name_set(s, &s->replies, &args->reply_id, reply);
}

int rti_ioctl_reply_set(struct rti_session *own, void *cmd)
{
	struct rtintercept_reply_set *args = cmd;
	struct rti_session *s = rti_session_get(own, args->session_id);
	int err;

	if (IS_ERR(s))
		return PTR_ERR(s);
	err = set(s, args);
	rti_session_put(s);
	return err;
}

static void describe(const struct rti_reply *reply,
		     struct rtintercept_reply_get *args)
{
	args->type = reply->type;
	args->reply_flags = reply->flags;
	args->rate_pps = reply->rate_pps;
	args->payload_bytes = reply->payload_bytes;
	args->fields_count = reply->fields_count;
	memcpy(args->fields, reply->fields, sizeof(args->fields));
	memcpy(args->payload, reply->payload, sizeof(args->payload));
}

int rti_ioctl_reply_get(struct rti_session *own, void *cmd)
{
	struct rtintercept_reply_get *args = cmd;
	struct rti_session *s = rti_session_get(own, args->session_id);
	const struct rti_name *name;

	if (IS_ERR(s))
		return PTR_ERR(s);
	mutex_lock(&s->lock);
	name = rti_name_from(&s->replies, args->reply_id);
	if (name) {
		args->reply_id = name->id;
		describe(rti_name_thing(name), args);
	}
	mutex_unlock(&s->lock);
	rti_session_put(s);
	return name ? 0 : -ENOENT;
}
