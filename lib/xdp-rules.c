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

static void keep(struct rti_xdp_change *change, const struct rti_xdp_table *old)
{
	memcpy(change->rule, old->rule, old->count * sizeof(old->rule[0]));
	change->count = old->count;
}

static int edit_add(const void *arg, const struct rti_xdp_table *old,
		    struct rti_xdp_change *change)
{
	const struct request *req = arg;

	keep(change, old);
	if (change->count == RTI_XDP_RULES_MAX)
		return -ENOSPC;
	change->rule[change->count++] = req->rules[0];
	return 0;
}

static int edit_del(const void *arg, const struct rti_xdp_table *old,
		    struct rti_xdp_change *change)
{
	const struct request *req = arg;
	int at = rti_xdp_position(old, req->rule_id);

	if (at < 0)
		return -ENOENT;
	keep(change, old);
	change->rule[at] = change->rule[--change->count];
	return 0;
}

static int edit_replace(const void *arg, const struct rti_xdp_table *old,
			struct rti_xdp_change *change)
{
	const struct request *req = arg;

	if (req->count > RTI_XDP_RULES_MAX)
		return -ENOSPC;
	if (req->count)
		memcpy(change->rule, req->rules,
		       req->count * sizeof(req->rules[0]));
	change->count = req->count;
	return 0;
}

/* @table: out: the new table; the caller frees it. */
static int change_rules(struct rtintercept *rti, __u32 session_id,
			rti_xdp_edit edit, const struct request *req,
			struct rti_xdp_table **table)
{
	struct rti_xdp_maps maps;
	int err;

	err = rti_xdp_maps_get(rti, session_id, &maps);
	if (err)
		return err;
	err = rti_xdp_table_change(&maps, edit, req, table);
	rti_xdp_maps_put(rti, &maps);
	return err;
}

int rti_xdp_rule_add(struct rtintercept *rti, __u32 session_id,
		     struct rtintercept_rule *rule)
{
	const struct request req = { .rules = rule, .count = 1 };
	struct rti_xdp_table *table;
	int err;

	err = change_rules(rti, session_id, edit_add, &req, &table);
	if (err)
		return err;
	if (!rule->id)
		rule->id = table->next_id - 1;
	free(table);
	return 0;
}

int rti_xdp_rule_del(struct rtintercept *rti, __u32 session_id, __u32 rule_id)
{
	const struct request req = { .rule_id = rule_id };
	struct rti_xdp_table *table;
	int err;

	err = change_rules(rti, session_id, edit_del, &req, &table);
	if (!err)
		free(table);
	return err;
}

int rti_xdp_rule_replace(struct rtintercept *rti, __u32 session_id,
			 const struct rtintercept_rule *rules, __u32 count,
			 __u64 *generation)
{
	const struct request req = { .rules = rules, .count = count };
	struct rti_xdp_table *table;
	int err;

	err = change_rules(rti, session_id, edit_replace, &req, &table);
	if (err)
		return err;
	*generation = table->generation;
	free(table);
	return 0;
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
	struct rti_xdp_table *table;
	struct rti_xdp_maps maps;
	int n;

	n = rti_xdp_maps_get(rti, session_id, &maps);
	if (n)
		return n;
	n = rti_xdp_rules_read(&maps, &table);
	rti_xdp_maps_put(rti, &maps);
	if (n)
		return n;
	n = (int)table->count;
	if (n) {
		array = calloc((size_t)n, sizeof(*array));
		if (!array)
			n = -ENOMEM;
		else
			memcpy(array, table->rule, (size_t)n * sizeof(*array));
	}
	if (n >= 0) {
		*rules = array;
		*generation = table->generation;
	}
	free(table);
	return n;
}
