// SPDX-License-Identifier: GPL-2.0-only
/* Rule tables: building one from the last, and freeing it when nobody looks. */
#include <linux/bitmap.h>
#include <linux/bsearch.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "index_build.h"
#include "rules.h"

static struct workqueue_struct *freeing;	/* constant while the module is there */

/* A copy of @count rules, perhaps of none. */
static struct rtintercept_rule *rules_dup(const struct rtintercept_rule *rules,
					       u32 count)
{
	struct rtintercept_rule *copy;

	copy = kvcalloc(count, sizeof(*copy), GFP_KERNEL_ACCOUNT);
	if (copy && count)
		memcpy(copy, rules, array_size(count, sizeof(*copy)));
	return copy;
}

static struct rti_books *books_alloc(void)
{
	struct rti_books *books = kzalloc(sizeof(*books), GFP_KERNEL_ACCOUNT);

	if (!books)
		return NULL;
	books->counters = rti_counters_alloc();
	if (!books->counters) {
		kfree(books);
		return NULL;
	}
	refcount_set(&books->ref, 1);
	return books;
}

static void books_put(struct rti_books *books)
{
	if (!books || !refcount_dec_and_test(&books->ref))
		return;
	rti_counters_free(books->counters);
	kfree(books);
}

/* A rule that was in the old table keeps its counters. */
static struct rti_books *books_get(const struct rti_table *old, u32 rule_id)
{
	int i = old ? rti_table_find(old, rule_id) : -1;

	if (i < 0)
		return books_alloc();
	refcount_inc(&old->books[i]->ref);
	return old->books[i];
}

static int compare_named(const void *a, const void *b)
{
	const struct rti_named *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* Return: the rank of a rule, or -1. */
int rti_table_find(const struct rti_table *table, u32 rule_id)
{
	const struct rti_named wanted = { .id = rule_id };
	const struct rti_named *found;

	found = bsearch(&wanted, table->by_id, table->count, sizeof(*found),
			compare_named);
	return found ? found->rank : -1;
}

static int fill_names(struct rti_table *table)
{
	u32 i;

	table->by_id = kvcalloc(table->count, sizeof(*table->by_id),
				GFP_KERNEL_ACCOUNT);
	if (!table->by_id)
		return -ENOMEM;
	for (i = 0; i < table->count; i++)
		table->by_id[i] = (struct rti_named) { table->rules[i].id, i };
	sort(table->by_id, table->count, sizeof(*table->by_id), compare_named, NULL);
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	const struct rtintercept_rule *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* Marks the ids up to @limit that are in use. -EEXIST: one is there twice. */
static int mark_ids(const struct rtintercept_rule *rules, u32 count,
		    unsigned long *used, u32 limit)
{
	struct rtintercept_rule *sorted;
	int err = 0;
	u32 i;

	sorted = rules_dup(rules, count);
	if (!sorted)
		return -ENOMEM;
	sort(sorted, count, sizeof(*sorted), compare_ids, NULL);
	for (i = 0; i < count; i++) {
		if (i && sorted[i].id && sorted[i].id == sorted[i - 1].id)
			err = -EEXIST;
		if (sorted[i].id <= limit)
			__set_bit(sorted[i].id, used);
	}
	kvfree(sorted);
	return err;
}

/**
 * rti_rules_name() - give the rules with id 0 the lowest unused ids
 * @old: the last table, or NULL: its ids are avoided too, so that a new rule
 *	does not inherit the books of one that goes
 * @rules: in any order
 * @count: how many
 *
 * Of as many ids as both have rules enough are unused for the nameless.
 *
 * Return: 0; -EEXIST an id is there twice; -ENOMEM. Context: may sleep.
 */
int rti_rules_name(const struct rti_table *old, struct rtintercept_rule *rules,
		   u32 count)
{
	const u32 limit = count + (old ? old->count : 0);
	unsigned long *used = bitmap_zalloc(limit + 1, GFP_KERNEL_ACCOUNT);
	u32 i, id = 0;
	int err;

	if (!used)
		return -ENOMEM;
	err = mark_ids(rules, count, used, limit);
	if (!err && old)
		err = mark_ids(old->rules, old->count, used, limit);
	for (i = 0; !err && i < count; i++) {
		if (rules[i].id)
			continue;
		id = find_next_zero_bit(used, limit + 1, id + 1);
		rules[i].id = id;
	}
	bitmap_free(used);
	return err;
}

static int compare_rules(const void *a, const void *b)
{
	return rti_rule_before(a, b) ? -1 : 1;
}

/* Sorts by rank and gives each rule its books. */
static int fill_rules(struct rti_table *table, const struct rti_table *old,
		      const struct rtintercept_rule *rules, u32 count)
{
	u32 i;

	table->rules = rules_dup(rules, count);
	table->books = kvcalloc(count, sizeof(*table->books), GFP_KERNEL_ACCOUNT);
	if (!table->rules || !table->books)
		return -ENOMEM;
	table->count = count;
	sort(table->rules, count, sizeof(*rules), compare_rules, NULL);
	if (fill_names(table))
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		table->books[i] = books_get(old, table->rules[i].id);
		if (!table->books[i])
			return -ENOMEM;
	}
	return 0;
}

/* @found: out: what is called so, if anything is wanted. -ENOENT: there is nothing. */
static int find_name(const struct rti_names *names, bool wanted, u32 id,
		     struct rti_name **found)
{
	*found = wanted ? rti_name_find(names, id) : NULL;
	return wanted && !*found ? -ENOENT : 0;
}

/* Finds each rule's program and reply. */
static int fill_named(struct rti_table *table, const struct rti_names *programs,
		      const struct rti_names *replies)
{
	const struct rtintercept_rule *r;
	int err = 0;
	u32 i;

	table->programs = kvcalloc(table->count, sizeof(*table->programs),
				   GFP_KERNEL_ACCOUNT);
	table->replies = kvcalloc(table->count, sizeof(*table->replies),
				  GFP_KERNEL_ACCOUNT);
	if (!table->programs || !table->replies)
		return -ENOMEM;
	for (i = 0; !err && i < table->count; i++) {
		r = &table->rules[i];
		err = find_name(programs, r->match & RTINTERCEPT_MATCH_PROGRAM,
				r->program_id, &table->programs[i]);
		if (!err)
			err = find_name(replies,
					r->verdict == RTINTERCEPT_VERDICT_REPLY,
					r->reply_id, &table->replies[i]);
	}
	return err;
}

/* Does a rule refer to it? */
bool rti_table_names(const struct rti_table *table, const struct rti_name *name)
{
	u32 i;

	for (i = 0; i < table->count; i++)
		if (table->programs[i] == name || table->replies[i] == name)
			return true;
	return false;
}

/* Compiles the rules, by rank, and indexes them. A few milliseconds at most. */
static int fill_index(struct rti_table *table, struct rti_matcher *ranked,
		      struct rti_index_plan *plan)
{
	u32 i, pages;

	for (i = 0; i < table->count; i++)
		rti_rule_compile(&table->rules[i], &ranked[i]);
	pages = rti_index_plan(plan, ranked, table->count);
	cond_resched();
	table->index = kvcalloc(pages, RTI_INDEX_PAGE_WORDS * sizeof(u64),
				GFP_KERNEL_ACCOUNT);
	if (!table->index)
		return -ENOMEM;
	rti_index_build(plan, ranked, table->index);
	cond_resched();
	return 0;
}

/* With memory for the time of building. */
static int build_index(struct rti_table *table)
{
	struct rti_index_plan *plan;
	struct rti_matcher *ranked;
	int err = -ENOMEM;

	ranked = kvcalloc(table->count, sizeof(*ranked), GFP_KERNEL_ACCOUNT);
	plan = kvmalloc(sizeof(*plan), GFP_KERNEL_ACCOUNT);
	if (ranked && plan)
		err = fill_index(table, ranked, plan);
	kvfree(plan);
	kvfree(ranked);
	return err;
}

/**
 * rti_table_alloc() - the next table of a session
 * @old: the last one, or NULL
 * @programs: of the session
 * @replies: of the session
 * @rules: sound rules with ids of their own, in any order
 * @count: how many, at most RTI_INDEX_RULES_MAX
 *
 * Return: the table, not yet published; ERR_PTR(-ENOENT) a rule names a program or
 * a reply that there is not, ERR_PTR(-ENOMEM). Context: may sleep; the session's lock is
 * held.
 */
struct rti_table *rti_table_alloc(const struct rti_table *old,
				  const struct rti_names *programs,
				  const struct rti_names *replies,
				  const struct rtintercept_rule *rules, u32 count)
{
	struct rti_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	int err;

	if (!table)
		return ERR_PTR(-ENOMEM);
	table->generation = old ? old->generation + 1 : 1;
	err = fill_rules(table, old, rules, count);
	if (!err)
		err = fill_named(table, programs, replies);
	if (!err)
		err = build_index(table);
	if (!err)
		return table;
	rti_table_free(table);
	return ERR_PTR(err);
}

/* Context: may sleep; nobody looks at it any more. */
void rti_table_free(struct rti_table *table)
{
	u32 i;

	if (!table)
		return;
	for (i = 0; i < table->count; i++)
		books_put(table->books[i]);
	kvfree(table->books);
	kvfree(table->programs);
	kvfree(table->replies);
	kvfree(table->rules);
	kvfree(table->by_id);
	kvfree(table->index);
	kfree(table);
}

static void free_when_unseen(struct work_struct *work)
{
	rti_table_free(container_of(to_rcu_work(work), struct rti_table, work));
}

/*
 * Frees it after a grace period, in a thread: thousands of rules take longer
 * than packets should wait behind a softirq.
 */
void rti_table_free_rcu(struct rti_table *table)
{
	if (!table)
		return;
	INIT_RCU_WORK(&table->work, free_when_unseen);
	queue_rcu_work(freeing, &table->work);
}

int rti_rules_init(void)
{
	freeing = alloc_workqueue("rtintercept", WQ_UNBOUND, 0);
	return freeing ? 0 : -ENOMEM;
}

/* Tables may still wait to be freed. */
void rti_rules_exit(void)
{
	rcu_barrier();
	destroy_workqueue(freeing);
}
