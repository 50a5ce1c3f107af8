/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rule tables: immutable once published, swapped by RCU. What a rule means is
 * rule.h's; who may change which table is ioctl's.
 */
#ifndef RTI_RULES_H
#define RTI_RULES_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>

#include "rule.h"
#include "stats.h"

/**
 * struct rti_books - one rule's counters; outlive its table when the rule does
 * @ref: tables that hold it. Changed under the session's lock and by RCU
 *	callbacks.
 * @counters: per CPU
 */
struct rti_books {
	refcount_t ref;
	struct rti_counters __percpu *counters;
};

/**
 * struct rti_table - a session's rules; constant from publication on
 * @rcu: for freeing
 * @generation: grows with each table of a session
 * @count: rules
 * @rules: in the order in which they are tried, as user space gave them
 * @books: in the same order
 * @matchers: in the same order: all that the packet path reads
 */
struct rti_table {
	struct rcu_head rcu;
	u64 generation;
	u32 count;
	struct rtintercept_rule *rules;
	struct rti_books **books;
	struct rti_matcher matchers[];
};

struct rti_table *rti_table_alloc(const struct rti_table *old,
				  const struct rtintercept_rule *rules, u32 count);
void rti_table_free(struct rti_table *table);
void rti_table_free_rcu(struct rti_table *table);

int rti_table_find(const struct rti_table *table, u32 rule_id);
u32 rti_table_unused_id(const struct rti_table *table);

/**
 * rti_table_match() - the first rule that matches
 * @table: the rules
 * @key: the packet
 *
 * Return: its index, or -1. Context: RCU read side.
 */
static inline int rti_table_match(const struct rti_table *table,
				  const struct rti_key *key)
{
	u32 i;

	for (i = 0; i < table->count; i++)
		if (rti_match(&table->matchers[i], key))
			return i;
	return -1;
}

#endif /* RTI_RULES_H */
