/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rule calls: what each makes of the table, ours or another session's. How a
 * table is compiled and published is in lib/xdp-table.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xdp.h"
#include "lib/xdp-table.h"

/**
 * struct request - what a rule call asks for
 * @rules: of the caller
 * @count: of them
 * @rule_id: likewise
 */
struct request {
	const struct rtintercept_rule *rules;
	__u32 count;
	__u32 rule_id;
};

static void keep(struct rti_xdp_change *change, const struct rti_xdp_rules *old)
{
	memcpy(change->rule, old->rule, old->count * sizeof(old->rule[0]));
	change->count = old->count;
}

static int edit_add(const void *arg, const struct rti_xdp_rules *old,
		    struct rti_xdp_change *change)
{
	const struct request *req = arg;

	keep(change, old);
	change->rule[change->count++] = req->rules[0];
	return 0;
}

static int edit_del(const void *arg, const struct rti_xdp_rules *old,
		    struct rti_xdp_change *change)
{
	const struct request *req = arg;
	__u32 i;

	for (i = 0; i < old->count && old->rule[i].id != req->rule_id; i++)
		;
	if (i == old->count)
		return -ENOENT;
	keep(change, old);
	change->rule[i] = change->rule[--change->count];
	return 0;
}

static int edit_replace(const void *arg, const struct rti_xdp_rules *old,
			struct rti_xdp_change *change)
{
	const struct request *req = arg;

	if (req->count > RTI_INDEX_RULES_MAX)
		return -ENOSPC;
	if (req->count)
		memcpy(change->rule, req->rules,
		       req->count * sizeof(req->rules[0]));
	change->count = req->count;
	return 0;
}

/* @last_id and @generation: out: of the new table */
static int change_rules(struct rtintercept *rti, __u32 session_id,
			rti_xdp_edit edit, const struct request *req,
			__u32 *last_id, __u64 *generation)
{
	struct rti_xdp_change *change;
	struct rti_xdp_maps maps;
	int err;

	err = rti_xdp_maps_get(rti, session_id, &maps);
	if (err)
		return err;
	change = calloc(1, sizeof(*change));
	err = change ? rti_xdp_table_change(&maps, edit, req, change) : -ENOMEM;
	if (!err) {
		*last_id = change->last_id;
		*generation = change->generation;
	}
	free(change);
	rti_xdp_maps_put(rti, &maps);
	return err;
}

int rti_xdp_rule_add(struct rtintercept *rti, __u32 session_id,
		     struct rtintercept_rule *rule)
{
	const struct request req = { .rules = rule, .count = 1 };
	__u64 generation;

	return change_rules(rti, session_id, edit_add, &req, &rule->id, &generation);
}

int rti_xdp_rule_del(struct rtintercept *rti, __u32 session_id, __u32 rule_id)
{
	const struct request req = { .rule_id = rule_id };
	__u64 generation;
	__u32 last_id;

	return change_rules(rti, session_id, edit_del, &req, &last_id, &generation);
}

int rti_xdp_rule_replace(struct rtintercept *rti, __u32 session_id,
			 const struct rtintercept_rule *rules, __u32 count,
			 __u64 *generation)
{
	const struct request req = { .rules = rules, .count = count };
	__u32 last_id;

	return change_rules(rti, session_id, edit_replace, &req, &last_id, generation);
}

int rti_xdp_rule_flush(struct rtintercept *rti, __u32 session_id)
{
	__u64 generation;

	return rti_xdp_rule_replace(rti, session_id, NULL, 0, &generation);
}

int rti_xdp_rule_list(struct rtintercept *rti, __u32 session_id,
		      struct rtintercept_rule **rules, __u64 *generation)
{
	struct rtintercept_rule *array = NULL;
	struct rti_xdp_rules *kept;
	struct rti_xdp_maps maps;
	int n;

	n = rti_xdp_maps_get(rti, session_id, &maps);
	if (n)
		return n;
	n = rti_xdp_rules_read(&maps, &kept);
	rti_xdp_maps_put(rti, &maps);
	if (n)
		return n;
	n = (int)kept->count;
	if (n) {
		array = calloc((size_t)n, sizeof(*array));
		if (!array)
			n = -ENOMEM;
		else
			memcpy(array, kept->rule, (size_t)n * sizeof(*array));
	}
	if (n >= 0) {
		*rules = array;
		*generation = kept->generation;
	}
	free(kept);
	return n;
}
