/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rule table: compiled and published whole. What packets meet is a map of
 * its own that nobody changes; a change puts another in its place, and the
 * kernel waits until no packet is looking at the old one any more. What the
 * callers may ask for is in lib/xdp-rules.c.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "driver/rule.h"
#include "lib/xdp.h"
#include "lib/xdp-table.h"

static const __u32 first;	/* the key of every map that has one value */

static int read_rules(const struct rti_xdp_maps *maps, struct rti_xdp_table *table)
{
	if (bpf_map_lookup_elem(maps->rules_fd, &first, table))
		return -errno;
	return table->count <= RTI_XDP_RULES_MAX ? 0 : -EINVAL;
}

/**
 * rti_xdp_rules_read() - the table as it is kept, running or not
 * @maps: of the session
 * @table: out; the caller frees it
 */
int rti_xdp_rules_read(const struct rti_xdp_maps *maps,
		       struct rti_xdp_table **table)
{
	struct rti_xdp_table *copy = aligned_alloc(64, sizeof(*copy));
	int err;

	if (!copy)
		return -ENOMEM;
	err = rti_xdp_lock(maps->session);
	if (!err) {
		err = read_rules(maps, copy);
		rti_xdp_unlock(maps->session);
	}
	if (err)
		free(copy);
	else
		*table = copy;
	return err;
}

/* Do packets meet a table? Its id can be read by all who have the map. */
int rti_xdp_running(const struct rti_xdp_maps *maps)
{
	__u32 id;

	return !bpf_map_lookup_elem(maps->tables_fd, &first, &id);
}

/* Returns when no packet is looking at the table before this one. */
static int make_live(const struct rti_xdp_maps *maps,
		     const struct rti_xdp_table *table)
{
	int fd, err = 0;

	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "rti_table", sizeof(__u32),
			    sizeof(*table), 1, NULL);
	if (fd < 0)
		return -errno;
	if (bpf_map_update_elem(fd, &first, table, BPF_ANY) ||
	    bpf_map_update_elem(maps->tables_fd, &first, &fd, BPF_ANY))
		err = -errno;
	close(fd);
	return err;
}

/** rti_xdp_publish() - packets meet the rules from now on */
int rti_xdp_publish(const struct rti_xdp_maps *maps)
{
	struct rti_xdp_table *table = aligned_alloc(64, sizeof(*table));
	int err;

	if (!table)
		return -ENOMEM;
	err = rti_xdp_lock(maps->session);
	if (!err) {
		err = read_rules(maps, table);
		if (!err)
			err = make_live(maps, table);
		rti_xdp_unlock(maps->session);
	}
	free(table);
	return err;
}

/** rti_xdp_withdraw() - packets meet nothing; when it returns, none is being looked at */
int rti_xdp_withdraw(const struct rti_xdp_maps *maps)
{
	int err = rti_xdp_lock(maps->session);

	if (err)
		return err;
	if (bpf_map_delete_elem(maps->tables_fd, &first) && errno != ENOENT)
		err = -errno;
	rti_xdp_unlock(maps->session);
	return err;
}

int rti_xdp_position(const struct rti_xdp_table *table, __u32 id)
{
	__u32 i;

	for (i = 0; i < table->count; i++)
		if (table->rule[i].id == id)
			return (int)i;
	return -1;
}

static int has_id(const struct rti_xdp_change *change, __u32 id)
{
	__u32 i;

	for (i = 0; i < change->count; i++)
		if (change->rule[i].id == id)
			return 1;
	return 0;
}

/* Every rule gets an id; ids of the old table that are free now come last. */
static int choose_ids(struct rti_xdp_change *change, __u32 *next_id)
{
	__u32 i, j;

	for (i = 0; i < change->count; i++)
		for (j = 0; j < i; j++)
			if (change->rule[i].id &&
			    change->rule[i].id == change->rule[j].id)
				return -EEXIST;
	for (i = 0; i < change->count; i++) {
		if (change->rule[i].id)
			continue;
		while (!*next_id || has_id(change, *next_id))
			++*next_id;
		change->rule[i].id = (*next_id)++;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	return rti_rule_before(a, b) ? -1 : 1;
}

/* A slot that neither table counts in. There are twice as many as rules. */
static __u32 free_slot(const struct rti_xdp_table *old,
		       const struct rti_xdp_table *new, __u32 count)
{
	__u8 used[RTI_XDP_SLOTS] = {};
	__u32 i;

	for (i = 0; i < old->count; i++)
		used[old->slot[i] % RTI_XDP_SLOTS] = 1;
	for (i = 0; i < count; i++)
		used[new->slot[i] % RTI_XDP_SLOTS] = 1;
	for (i = 0; i < RTI_XDP_SLOTS - 1 && used[i]; i++)
		;
	return i;
}

static void place(struct rti_xdp_table *new, __u32 at,
		  const struct rtintercept_rule *rule,
		  const struct rti_xdp_table *old,
		  const struct rti_xdp_counters *counters)
{
	int before = rti_xdp_position(old, rule->id);

	new->rule[at] = *rule;
	rti_rule_compile(rule, &new->matcher[at]);
	if (before >= 0) {
		new->slot[at] = old->slot[before];
		new->base[at] = old->base[before];
	} else {
		new->slot[at] = free_slot(old, new, at);
		new->base[at] = counters->slot[new->slot[at]];
	}
}

/*
 * The table that @change makes of @old. Nothing is seen of it before it is
 * published.
 */
static int compile(const struct rti_xdp_maps *maps, struct rti_xdp_table *new,
		   const struct rti_xdp_table *old, struct rti_xdp_change *change)
{
	struct rti_xdp_counters counters;
	__u32 i;
	int err;

	memset(new, 0, sizeof(*new));
	new->generation = old->generation + 1;
	new->next_id = old->next_id;
	for (i = 0; i < change->count; i++) {
		err = rti_rule_check(&change->rule[i], RTI_XDP_FEATURES);
		if (err)
			return err;
	}
	err = choose_ids(change, &new->next_id);
	if (!err)
		err = rti_xdp_counters_read(maps, &counters);
	if (err)
		return err;
	qsort(change->rule, change->count, sizeof(change->rule[0]), compare);
	for (i = 0; i < change->count; i++)
		place(new, i, &change->rule[i], old, &counters);
	new->count = change->count;
	return 0;
}

/**
 * rti_xdp_table_change() - read, edit, compile, keep, publish
 * @maps: of the session
 * @edit: makes the new rules of the old ones; -errno is handed on
 * @arg: for @edit
 * @table: out: the new table; the caller frees it
 *
 * Published first: if that fails, what is kept is still what is live.
 */
int rti_xdp_table_change(const struct rti_xdp_maps *maps, rti_xdp_edit edit,
			 const void *arg, struct rti_xdp_table **table)
{
	struct rti_xdp_table *old = aligned_alloc(64, sizeof(*old));
	struct rti_xdp_table *new = aligned_alloc(64, sizeof(*new));
	struct rti_xdp_change change = {};
	int err = -ENOMEM;

	if (old && new)
		err = rti_xdp_lock(maps->session);
	if (err)
		goto out;
	err = read_rules(maps, old);
	if (!err)
		err = edit(arg, old, &change);
	if (!err)
		err = compile(maps, new, old, &change);
	if (!err && rti_xdp_running(maps))
		err = make_live(maps, new);
	if (!err && bpf_map_update_elem(maps->rules_fd, &first, new, BPF_ANY))
		err = -errno;
	rti_xdp_unlock(maps->session);
out:
	free(old);
	if (err)
		free(new);
	else
		*table = new;
	return err;
}
