// SPDX-License-Identifier: GPL-2.0-only
/* Rule tables: building one from the last, and freeing it when nobody looks. */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "rules.h"

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

int rti_table_find(const struct rti_table *table, u32 rule_id)
{
	u32 i;

	for (i = 0; i < table->count; i++)
		if (table->rules[i].id == rule_id)
			return i;
	return -1;
}

static bool id_is_used(const struct rtintercept_rule *rules, u32 count, u32 id)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (rules[i].id == id)
			return true;
	return false;
}

/* The lowest id that none of the rules has. */
static u32 unused_id(const struct rtintercept_rule *rules, u32 count)
{
	u32 id = 1;

	while (id_is_used(rules, count, id))
		id++;
	return id;
}

u32 rti_table_unused_id(const struct rti_table *table)
{
	return table ? unused_id(table->rules, table->count) : 1;
}

static int compare_rules(const void *a, const void *b)
{
	return rti_rule_before(a, b) ? -1 : 1;
}

/* Names the nameless, then sorts. -EEXIST: an id is there twice. */
static int order_rules(struct rtintercept_rule *rules, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (rules[i].id && id_is_used(rules, i, rules[i].id))
			return -EEXIST;
	for (i = 0; i < count; i++)
		if (!rules[i].id)
			rules[i].id = unused_id(rules, count);
	sort(rules, count, sizeof(*rules), compare_rules, NULL);
	return 0;
}

/**
 * rti_table_alloc() - the next table of a session
 * @old: the last one, or NULL
 * @rules: sound rules, in any order; those with id 0 get an unused one
 * @count: how many, at most RTI_RULES_MAX
 *
 * Return: the table, not yet published; ERR_PTR(-EEXIST) an id is there twice,
 * ERR_PTR(-ENOMEM). Context: may sleep; the session's lock is held.
 */
struct rti_table *rti_table_alloc(const struct rti_table *old,
				  const struct rtintercept_rule *rules, u32 count)
{
	struct rti_table *table;
	int err = -ENOMEM;
	u32 i;

	table = kvzalloc(struct_size(table, matchers, count), GFP_KERNEL_ACCOUNT);
	if (!table)
		return ERR_PTR(-ENOMEM);
	table->generation = old ? old->generation + 1 : 1;
	table->count = count;
	table->rules = kvcalloc(count, sizeof(*rules), GFP_KERNEL_ACCOUNT);
	table->books = kvcalloc(count, sizeof(*table->books), GFP_KERNEL_ACCOUNT);
	if (!table->rules || !table->books)
		goto err_free;
	if (count)
		memcpy(table->rules, rules, array_size(count, sizeof(*rules)));
	err = order_rules(table->rules, count);
	if (err)
		goto err_free;
	for (i = 0; i < count; i++) {
		table->books[i] = books_get(old, table->rules[i].id);
		if (!table->books[i]) {
			err = -ENOMEM;
			goto err_free;
		}
		rti_rule_compile(&table->rules[i], &table->matchers[i]);
	}
	return table;

err_free:
	rti_table_free(table);
	return ERR_PTR(err);
}

/* Context: nobody looks at it any more; also from an RCU callback. */
void rti_table_free(struct rti_table *table)
{
	u32 i;

	if (!table)
		return;
	for (i = 0; table->books && i < table->count; i++)
		books_put(table->books[i]);
	kvfree(table->books);
	kvfree(table->rules);
	kvfree(table);
}

static void free_when_unseen(struct rcu_head *rcu)
{
	rti_table_free(container_of(rcu, struct rti_table, rcu));
}

/* Module exit waits for these callbacks with rcu_barrier(). */
void rti_table_free_rcu(struct rti_table *table)
{
	if (table)
		call_rcu(&table->rcu, free_when_unseen);
}
