/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What REPLY answers: set, swapped, taken away, read, of our session or another's. As
 * with a table, what packets meet is a map that nobody changes, and what was set is
 * kept beside it.
 */
#include <errno.h>
#include <stdlib.h>

#include <bpf/bpf.h>

#include "lib/xdp.h"

static const __u32 first;	/* the key of every map that has one value */

/** rti_xdp_reply_at() - where the reply of this id stands, or -ENOENT */
int rti_xdp_reply_at(const struct rti_xdp_rules *rules, __u32 reply_id)
{
	int i;

	for (i = 0; i < RTI_REPLIES_MAX; i++)
		if (rules->reply[i].type != RTINTERCEPT_REPLY_NONE &&
		    rules->reply[i].reply_id == reply_id)
			return i;
	return -ENOENT;
}

static int free_place(const struct rti_xdp_rules *rules)
{
	int i;

	for (i = 0; i < RTI_REPLIES_MAX; i++)
		if (rules->reply[i].type == RTINTERCEPT_REPLY_NONE)
			return i;
	return -ENOSPC;
}

static __u32 unused_id(const struct rti_xdp_rules *rules)
{
	__u32 id = 1;

	while (rti_xdp_reply_at(rules, id) >= 0)
		id++;
	return id;
}

static int is_named(const struct rti_xdp_rules *rules, __u32 reply_id)
{
	__u32 i;

	for (i = 0; i < rules->count; i++)
		if (rules->rule[i].verdict == RTINTERCEPT_VERDICT_REPLY &&
		    rules->rule[i].reply_id == reply_id)
			return 1;
	return 0;
}

static int keep(const struct rti_xdp_maps *maps, const struct rti_xdp_rules *rules)
{
	return bpf_map_update_elem(maps->rules_fd, &first, rules, BPF_ANY) ? -errno : 0;
}

/* No rule names it, so no packet looks at it. */
static int take_away(const struct rti_xdp_maps *maps, struct rti_xdp_rules *rules,
		     __u32 reply_id)
{
	const int at = rti_xdp_reply_at(rules, reply_id);
	const __u32 key = (__u32)at;
	int err;

	if (at < 0)
		return at;
	if (is_named(rules, reply_id))
		return -EBUSY;
	rules->reply[at] = (struct rtintercept_reply_set) {};
	err = keep(maps, rules);
	if (!err)
		bpf_map_delete_elem(maps->replies_fd, &key);
	return err;
}

/* Published first: if that fails, what is kept is still what is live. */
static int put(const struct rti_xdp_maps *maps, struct rti_xdp_rules *rules,
	       struct rtintercept_reply_set *reply)
{
	struct rti_reply compiled;
	int at = reply->reply_id ? rti_xdp_reply_at(rules, reply->reply_id) : -ENOENT;
	int err;

	if (at < 0)
		at = free_place(rules);
	if (at < 0)
		return at;
	rules->reply[at] = *reply;
	if (!reply->reply_id)
		rules->reply[at].reply_id = unused_id(rules);
	rti_reply_compile(reply, &compiled);
	err = rti_xdp_put(maps->replies_fd, (__u32)at, "rti_reply", &compiled,
			  sizeof(compiled));
	if (!err)
		err = keep(maps, rules);
	if (!err)
		reply->reply_id = rules->reply[at].reply_id;
	return err;
}

static int set_locked(const struct rti_xdp_maps *maps,
		      struct rtintercept_reply_set *reply)
{
	struct rti_xdp_rules *rules;
	int err = rti_xdp_rules_copy(maps, &rules);

	if (err)
		return err;
	err = reply->type == RTINTERCEPT_REPLY_NONE ?
	      take_away(maps, rules, reply->reply_id) : put(maps, rules, reply);
	free(rules);
	return err;
}

/* An answer keeps the length of its packet; see driver/bpf/answer.h. */
static int check(const struct rtintercept_reply_set *reply)
{
	const int err = rti_reply_check(reply);

	if (err)
		return err;
	return reply->flags & RTINTERCEPT_REPLY_MAY_GROW ? -EOPNOTSUPP : 0;
}

int rti_xdp_reply_set(struct rtintercept *rti, __u32 session_id,
		      struct rtintercept_reply_set *reply)
{
	struct rti_xdp_maps maps;
	int err = check(reply);

	if (!err)
		err = rti_xdp_maps_get(rti, session_id, &maps);
	if (err)
		return err;
	err = rti_xdp_lock(maps.session);
	if (!err) {
		err = set_locked(&maps, reply);
		rti_xdp_unlock(maps.session);
	}
	rti_xdp_maps_put(rti, &maps);
	return err;
}

/* The reply of the lowest id that is at least @reply_id, or NULL. */
static const struct rtintercept_reply_set *reply_from(const struct rti_xdp_rules *rules,
						      __u32 reply_id)
{
	const struct rtintercept_reply_set *found = NULL, *r;
	int i;

	for (i = 0; i < RTI_REPLIES_MAX; i++) {
		r = &rules->reply[i];
		if (r->type != RTINTERCEPT_REPLY_NONE && r->reply_id >= reply_id &&
		    (!found || r->reply_id < found->reply_id))
			found = r;
	}
	return found;
}

int rti_xdp_reply_get(struct rtintercept *rti, __u32 session_id,
		      struct rtintercept_reply_set *reply)
{
	const struct rtintercept_reply_set *found;
	struct rti_xdp_rules *rules;
	struct rti_xdp_maps maps;
	int err;

	err = rti_xdp_maps_get(rti, session_id, &maps);
	if (err)
		return err;
	err = rti_xdp_rules_read(&maps, &rules);
	rti_xdp_maps_put(rti, &maps);
	if (err)
		return err;
	found = reply_from(rules, reply->reply_id);
	if (found) {
		*reply = *found;
		reply->size = sizeof(*reply);
		reply->session_id = session_id;
	}
	free(rules);
	return found ? 0 : -ENOENT;
}
