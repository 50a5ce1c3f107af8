/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table that packets meet: compiled, indexed and published whole. It is a map
 * that nobody changes; another is put in its place, and the kernel waits until no
 * packet is looking at the old one any more. What the rules are is in
 * lib/xdp-table.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "driver/index_build.h"
#include "driver/rule.h"
#include "lib/xdp.h"

static const __u32 first;	/* the key of every map that has one value */

static int is_there(int outer_fd)
{
	__u32 id;

	return !bpf_map_lookup_elem(outer_fd, &first, &id);
}

/** rti_xdp_running() - do packets meet a table? Its id can be read by all who have the map. */
int rti_xdp_running(const struct rti_xdp_maps *maps)
{
	return is_there(maps->tables_fd);
}

/**
 * rti_xdp_put() - a map that nobody changes, in the place of one
 * @outer_fd: where; likewise @at
 * @at: likewise
 * @name: of the new map
 * @value: its only one
 * @bytes: of that
 *
 * Return: 0, when no packet is looking at the map before this one; -errno.
 */
int rti_xdp_put(int outer_fd, __u32 at, const char *name, const void *value,
		__u32 bytes)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(__u32), bytes, 1,
				NULL);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (bpf_map_update_elem(fd, &first, value, BPF_ANY) ||
	    bpf_map_update_elem(outer_fd, &at, &fd, BPF_ANY))
		err = -errno;
	close(fd);
	return err;
}

/* Likewise. */
static int take_away(int outer_fd)
{
	if (!is_there(outer_fd))
		return 0;
	return bpf_map_delete_elem(outer_fd, &first) && errno != ENOENT ? -errno : 0;
}

/**
 * struct image - where an index is to be made
 * @word: of @pages, zeroed
 * @pages: likewise
 * @slot: out: by slot of the index: where the rule counts
 * @reply: out: likewise: what it answers
 */
struct image {
	__u64 *word;
	__u32 pages;
	__u16 *slot;
	__u8 *reply;
};

static __u8 reply_of(const struct rti_xdp_rules *rules, __u32 rank)
{
	const struct rtintercept_rule *rule = &rules->rule[rank];

	return rule->verdict == RTINTERCEPT_VERDICT_REPLY ?
	       (__u8)rti_xdp_reply_at(rules, rule->reply_id) : 0;
}

static int build(const struct rti_xdp_rules *rules, struct rti_matcher *ranked,
		 struct rti_index_plan *plan, const struct image *image)
{
	const struct rti_index *ix = (const void *)image->word;
	__u32 i, rank;

	for (i = 0; i < rules->count; i++)
		rti_rule_compile(&rules->rule[i], &ranked[i]);
	if (rti_index_plan(plan, ranked, rules->count) > image->pages)
		return -ENOSPC;
	rti_index_build(plan, ranked, image->word);
	for (i = 0; i < rules->count; i++) {
		rank = rti_index_rank(ix, ix, i);
		image->slot[i] = (__u16)rules->slot[rank];
		image->reply[i] = reply_of(rules, rank);
	}
	return 0;
}

/* With memory for the time of building. */
static int index_rules(const struct rti_xdp_rules *rules, const struct image *image)
{
	struct rti_matcher *ranked = calloc(rules->count + 1, sizeof(*ranked));
	struct rti_index_plan *plan = malloc(sizeof(*plan));
	int err = -ENOMEM;

	if (ranked && plan)
		err = build(rules, ranked, plan, image);
	free(plan);
	free(ranked);
	return err;
}

static int put_large(const struct rti_xdp_maps *maps,
		     const struct rti_xdp_rules *rules)
{
	struct rti_xdp_large *large = calloc(1, sizeof(*large));
	struct image image;
	int err;

	if (!large)
		return -ENOMEM;
	image = (struct image) {
		large->image, RTI_XDP_LARGE_PAGES, large->slot, large->reply,
	};
	memcpy(large->rule, rules->rule, rules->count * sizeof(rules->rule[0]));
	err = index_rules(rules, &image);
	if (!err)
		err = rti_xdp_put(maps->large_fd, first, "rti_large", large,
				  sizeof(*large));
	free(large);
	return err;
}

static int put_small(const struct rti_xdp_maps *maps,
		     const struct rti_xdp_rules *rules, struct rti_xdp_table *table)
{
	const struct image image = {
		table->image, RTI_XDP_SMALL_PAGES, table->slot, table->reply,
	};
	int err;

	memcpy(table->rule, rules->rule, rules->count * sizeof(rules->rule[0]));
	err = index_rules(rules, &image);
	maps->session->large = 0;
	if (!err)
		err = rti_xdp_put(maps->tables_fd, first, "rti_table", table,
				  sizeof(*table));
	if (!err)
		take_away(maps->large_fd);	/* it would only be in memory */
	return err;
}

/*
 * Packets look into rti_tables first. What is in rti_large before that says so is
 * not seen; when one large table follows another, it is all there is to put. A
 * process that is killed here leaves @large at 0, and one more thing to put.
 */
static int publish(const struct rti_xdp_maps *maps, const struct rti_xdp_rules *rules,
		   struct rti_xdp_table *table)
{
	int err;

	table->count = rules->count;
	table->large = rules->count > RTI_INDEX_SMALL_RULES;
	if (!table->large)
		return put_small(maps, rules, table);
	err = put_large(maps, rules);
	if (err || maps->session->large)
		return err;
	err = rti_xdp_put(maps->tables_fd, first, "rti_table", table, sizeof(*table));
	maps->session->large = !err;
	return err;
}

/**
 * rti_xdp_publish() - packets meet these rules from now on
 * @maps: of the session, whose lock is held
 * @rules: of up to RTI_INDEX_RULES_MAX
 *
 * Return: 0, when no packet is looking at others any more; -errno: they still do.
 */
int rti_xdp_publish(const struct rti_xdp_maps *maps, const struct rti_xdp_rules *rules)
{
	struct rti_xdp_table *table = aligned_alloc(64, sizeof(*table));
	int err;

	if (!table)
		return -ENOMEM;
	memset(table, 0, sizeof(*table));
	err = publish(maps, rules, table);
	free(table);
	return err;
}

/** rti_xdp_withdraw() - packets meet nothing; when it returns, none is being looked at */
int rti_xdp_withdraw(const struct rti_xdp_maps *maps)
{
	int err = rti_xdp_lock(maps->session);

	if (err)
		return err;
	maps->session->large = 0;
	err = take_away(maps->tables_fd);
	if (!err)
		take_away(maps->large_fd);
	rti_xdp_unlock(maps->session);
	return err;
}
