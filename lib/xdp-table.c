/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules of a session as they are kept, running or not: a change makes the next
 * ones of them, publishes them and keeps them. What the callers may ask for is in
 * lib/xdp-rules.c, what packets meet in lib/xdp-live.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "driver/rule.h"
#include "lib/xdp.h"
#include "lib/xdp-table.h"

static const __u32 first;	/* the key of every map that has one value */

/* struct named - where a rule of this id stands */
struct named {
	__u32 id;
	__u32 rank;
};

/**
 * struct next - the rules to come, in the making
 * @old: the last ones
 * @new: the next ones
 * @by_id: those of @old, sorted
 * @used: by slot: do the rules of either count there?
 * @free: no slot before this one is free
 */
struct next {
	struct rti_xdp_rules *old;
	struct rti_xdp_rules *new;
	struct named *by_id;
	__u8 used[RTI_XDP_SLOTS];
	__u32 free;
};

static int read_rules(const struct rti_xdp_maps *maps, struct rti_xdp_rules *rules)
{
	if (bpf_map_lookup_elem(maps->rules_fd, &first, rules))
		return -errno;
	return rules->count <= RTI_INDEX_RULES_MAX ? 0 : -EINVAL;
}

/** rti_xdp_rules_copy() - as rti_xdp_rules_read(), for who holds the lock */
int rti_xdp_rules_copy(const struct rti_xdp_maps *maps, struct rti_xdp_rules **rules)
{
	struct rti_xdp_rules *copy = malloc(sizeof(*copy));
	int err;

	if (!copy)
		return -ENOMEM;
	err = read_rules(maps, copy);
	if (err)
		free(copy);
	else
		*rules = copy;
	return err;
}

/**
 * rti_xdp_rules_read() - the rules as they are kept, running or not
 * @maps: of the session
 * @rules: out; the caller frees it
 */
int rti_xdp_rules_read(const struct rti_xdp_maps *maps, struct rti_xdp_rules **rules)
{
	int err = rti_xdp_lock(maps->session);

	if (err)
		return err;
	err = rti_xdp_rules_copy(maps, rules);
	rti_xdp_unlock(maps->session);
	return err;
}

/** rti_xdp_start() - packets meet the rules from now on */
int rti_xdp_start(const struct rti_xdp_maps *maps)
{
	struct rti_xdp_rules *rules;
	int err = rti_xdp_lock(maps->session);

	if (err)
		return err;
	err = rti_xdp_rules_copy(maps, &rules);
	if (!err) {
		err = rti_xdp_publish(maps, rules);
		free(rules);
	}
	rti_xdp_unlock(maps->session);
	return err;
}

/* ---- ids ---- */

static int compare_ids(const void *a, const void *b)
{
	const __u32 x = *(const __u32 *)a, y = *(const __u32 *)b;

	return x < y ? -1 : x > y;
}

/* Marks the ids up to @limit that are in use. */
static void mark_ids(const struct rtintercept_rule *rules, __u32 count, __u8 *used,
		     __u32 limit)
{
	__u32 i;

	for (i = 0; i < count; i++)
		if (rules[i].id <= limit)
			used[rules[i].id] = 1;
}

/* -EEXIST: an id is there twice. */
static int check_ids(const struct rtintercept_rule *rules, __u32 count)
{
	__u32 *ids = calloc(count + 1, sizeof(*ids));
	int err = 0;
	__u32 i;

	if (!ids)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		ids[i] = rules[i].id;
	qsort(ids, count, sizeof(*ids), compare_ids);
	for (i = 1; i < count; i++)
		if (ids[i] && ids[i] == ids[i - 1])
			err = -EEXIST;
	free(ids);
	return err;
}

/*
 * Gives the rules with id 0 the lowest ids that are neither theirs nor the old
 * ones', so that a new rule does not inherit the books of one that goes.
 */
static int name_rules(struct rti_xdp_change *change, const struct rti_xdp_rules *old)
{
	const __u32 limit = change->count + old->count;
	__u8 *used = calloc(limit + 1, 1);
	int err = check_ids(change->rule, change->count);
	__u32 i, id = 1;

	if (!used)
		err = -ENOMEM;
	if (!err) {
		mark_ids(change->rule, change->count, used, limit);
		mark_ids(old->rule, old->count, used, limit);
	}
	for (i = 0; !err && i < change->count; i++) {
		if (change->rule[i].id)
			continue;
		while (used[id])
			id++;
		change->rule[i].id = id++;
	}
	free(used);
	return err;
}

/* ---- slots ---- */

static int compare_rules(const void *a, const void *b)
{
	return rti_rule_before(a, b) ? -1 : 1;
}

/* The rank of a rule of the old ones, or -1. */
static int old_rank(const struct next *next, __u32 id)
{
	const struct named *found = bsearch(&id, next->by_id, next->old->count,
					    sizeof(*found), compare_ids);

	return found ? (int)found->rank : -1;
}

static int look_at_old(struct next *next)
{
	const struct rti_xdp_rules *old = next->old;
	__u32 i;

	next->by_id = calloc(old->count + 1, sizeof(*next->by_id));
	if (!next->by_id)
		return -ENOMEM;
	for (i = 0; i < old->count; i++) {
		next->by_id[i] = (struct named) { old->rule[i].id, i };
		next->used[old->slot[i] % RTI_XDP_SLOTS] = 1;
	}
	qsort(next->by_id, old->count, sizeof(*next->by_id), compare_ids);
	return 0;
}

/* A slot that neither table counts in. There are twice as many as rules. */
static __u32 free_slot(struct next *next)
{
	while (next->used[next->free])
		next->free++;
	return next->free++;
}

/* A rule whose id was among the old ones counts on where it did. */
static int place(const struct rti_xdp_maps *maps, struct next *next, __u32 at,
		 const struct rti_xdp_books *books)
{
	struct rti_xdp_rules *new = next->new;
	const int before = old_rank(next, new->rule[at].id);
	const __u64 not_yet = 0;

	if (before >= 0) {
		new->slot[at] = next->old->slot[before] % RTI_XDP_SLOTS;
		new->base[at] = next->old->base[before];
		return 0;
	}
	new->slot[at] = free_slot(next);
	new->base[at] = *rti_xdp_slot(books, new->slot[at]);
	if (new->rule[at].verdict != RTINTERCEPT_VERDICT_REPLY)
		return 0;
	return bpf_map_update_elem(maps->due_fd, &new->slot[at], &not_yet, BPF_ANY) ?
	       -errno : 0;
}

static int place_all(const struct rti_xdp_maps *maps, struct next *next)
{
	struct rti_xdp_books books;
	int err = look_at_old(next);
	__u32 i;

	if (!err)
		err = rti_xdp_books_read(maps, &books);
	for (i = 0; !err && i < next->new->count; i++)
		err = place(maps, next, i, &books);
	return err;
}

/* ---- changing ---- */

static int check_rules(const struct rti_xdp_change *change)
{
	int err = 0;
	__u32 i;

	for (i = 0; !err && i < change->count; i++)
		err = rti_rule_check(&change->rule[i], RTI_XDP_FEATURES);
	return err;
}

static int check_replies(const struct rti_xdp_change *change,
			 const struct rti_xdp_rules *old)
{
	__u32 i;

	for (i = 0; i < change->count; i++)
		if (change->rule[i].verdict == RTINTERCEPT_VERDICT_REPLY &&
		    rti_xdp_reply_at(old, change->rule[i].reply_id) < 0)
			return -ENOENT;
	return 0;
}

/* The rules that @change makes of the old ones. */
static int make_next(const struct rti_xdp_maps *maps, struct next *next,
		     struct rti_xdp_change *change)
{
	struct rti_xdp_rules *new = next->new;
	int err = check_rules(change);

	if (!err && change->count > RTI_INDEX_RULES_MAX)
		err = -ENOSPC;
	if (!err)
		err = check_replies(change, next->old);
	if (!err)
		err = name_rules(change, next->old);
	if (err)
		return err;
	if (change->count)
		change->last_id = change->rule[change->count - 1].id;
	qsort(change->rule, change->count, sizeof(change->rule[0]), compare_rules);
	memcpy(new->rule, change->rule, change->count * sizeof(new->rule[0]));
	memcpy(new->reply, next->old->reply, sizeof(new->reply));
	new->count = change->count;
	new->generation = change->generation = next->old->generation + 1;
	return place_all(maps, next);
}

/* Before packets count there. */
static void open_slots(struct rti_xdp_session *session,
		       const struct rti_xdp_rules *rules)
{
	__u32 i;

	for (i = 0; i < rules->count; i++)
		if (session->slots <= rules->slot[i])
			session->slots = rules->slot[i] + 1;
}

/* Published first: if that fails, what is kept is still what is live. */
static int install(const struct rti_xdp_maps *maps, const struct rti_xdp_rules *rules)
{
	int err = 0;

	open_slots(maps->session, rules);
	if (rti_xdp_running(maps))
		err = rti_xdp_publish(maps, rules);
	if (!err && bpf_map_update_elem(maps->rules_fd, &first, rules, BPF_ANY))
		err = -errno;
	if (err)
		return err;
	maps->session->rules = rules->count;
	maps->session->generation = rules->generation;
	return 0;
}

static int change_locked(const struct rti_xdp_maps *maps, rti_xdp_edit edit,
			 const void *arg, struct rti_xdp_change *change,
			 struct next *next)
{
	int err = read_rules(maps, next->old);

	if (!err)
		err = edit(arg, next->old, change);
	if (!err)
		err = make_next(maps, next, change);
	return err ? err : install(maps, next->new);
}

/**
 * rti_xdp_table_change() - read, edit, publish, keep
 * @maps: of the session
 * @edit: makes the new rules of the old ones; -errno is handed on
 * @arg: for @edit
 * @change: out: what became of it; zeroed
 */
int rti_xdp_table_change(const struct rti_xdp_maps *maps, rti_xdp_edit edit,
			 const void *arg, struct rti_xdp_change *change)
{
	struct next next = {
		.old = malloc(sizeof(*next.old)),
		.new = calloc(1, sizeof(*next.new)),
	};
	int err = next.old && next.new ? rti_xdp_lock(maps->session) : -ENOMEM;

	if (!err) {
		err = change_locked(maps, edit, arg, change, &next);
		rti_xdp_unlock(maps->session);
	}
	free(next.by_id);
	free(next.new);
	free(next.old);
	return err;
}
