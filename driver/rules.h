/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rule tables: immutable once published, swapped by RCU. What a rule means is
 * rule.h's; who may change which table is ioctl's.
 */
#ifndef RTI_RULES_H
#define RTI_RULES_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "index.h"
#include "rule.h"
#include "stats.h"

/**
 * struct rti_books - one rule's counters; outlive its table when the rule does
 * @ref: tables that hold it. Changed under the session's lock and where tables
 *	are freed.
 * @counters: per CPU
 */
struct rti_books {
	refcount_t ref;
	struct rti_counters __percpu *counters;
};

/**
 * struct rti_table - a session's rules; constant from publication on
 * @index: which of them can match at all; all that most packets read
 * @matchers: the rules, compiled, by slot of the index
 * @slots: the rank of the rule in each slot
 * @rules: by rank, the order in which they are tried, as user space gave them
 * @books: by rank
 * @count: rules
 * @generation: grows with each table of a session
 * @work: for freeing
 */
struct rti_table {
	struct rti_index *index;
	struct rti_matcher *matchers;
	u16 *slots;
	struct rtintercept_rule *rules;
	struct rti_books **books;
	u32 count;
	u64 generation;
	struct rcu_work work;
};

/* What the packet meets: a rule, compiled, and its books. */
struct rti_hit {
	const struct rti_matcher *matcher;
	struct rti_books *books;
};

int rti_rules_init(void);
void rti_rules_exit(void);
int rti_rules_name(const struct rti_table *old, struct rtintercept_rule *rules,
		   u32 count);
struct rti_table *rti_table_alloc(const struct rti_table *old,
				  const struct rtintercept_rule *rules, u32 count);
void rti_table_free(struct rti_table *table);
void rti_table_free_rcu(struct rti_table *table);
int rti_table_find(const struct rti_table *table, u32 rule_id);

/**
 * rti_table_admits() - can any rule match, as far as a look can tell?
 * @table: the rules
 * @ethertype: of the packet
 * @l3: its first byte of L3
 * @bytes: at hand from there on
 *
 * Return: false: certainly none; true: parse it and search. Context: RCU.
 */
static __always_inline bool rti_table_admits(const struct rti_table *table,
					     u16 ethertype, const u8 *l3,
					     u32 bytes)
{
	const struct rti_index *index = table->index;
	const int family = rti_index_plain(ethertype, l3, bytes);

	return !family || rti_index_admits(index, family, l3);
}

/**
 * rti_table_search() - the rule that a packet meets
 * @table: the rules
 * @key: the packet
 * @confirm: of rti_index_search()
 * @packet: for @confirm
 * @hit: out, if there is one
 *
 * Return: is there one? Context: RCU.
 */
static __always_inline bool rti_table_search(const struct rti_table *table,
					     const struct rti_key *key,
					     rti_confirm confirm, void *packet,
					     struct rti_hit *hit)
{
	const int slot = rti_index_search(table->index, table->matchers,
					  table->slots, key, confirm, packet);

	if (slot < 0)
		return false;
	hit->matcher = &table->matchers[slot];
	hit->books = table->books[table->slots[slot]];
	return true;
}

#endif /* RTI_RULES_H */
