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

#include "program.h"
#include "rule.h"
#include "search.h"
#include "stats.h"

/**
 * struct rti_books - one rule's counters; outlive its table when the rule does
 * @ref: tables that hold it. Changed under the session's lock and where tables
 *	are freed.
 * @counters: per CPU
 * @due_ns: state of the rate limit of its answers; changed by compare and swap
 */
struct rti_books {
	refcount_t ref;
	struct rti_counters __percpu *counters;
	u64 due_ns;
};

/* struct rti_named - where a rule of this id stands */
struct rti_named {
	u32 id;
	u32 rank;
};

/**
 * struct rti_table - a session's rules; constant from publication on
 * @index: the image of their index, with what they compile into; all that most
 *	packets read
 * @rules: by rank, the order in which they are tried, as user space gave them
 * @books: by rank
 * @by_id: all rules, sorted
 * @programs: by rank, NULL where the rule has none. They are the session's, which
 *	keeps them as long as packets may meet this table.
 * @replies: likewise
 * @count: rules
 * @generation: grows with each table of a session
 * @work: for freeing
 */
struct rti_table {
	struct rti_index *index;
	struct rtintercept_rule *rules;
	struct rti_books **books;
	struct rti_named *by_id;
	struct rti_name **programs;
	struct rti_name **replies;
	u32 count;
	u64 generation;
	struct rcu_work work;
};

/* What the packet meets: a rule, compiled, its books, its program or NULL, likewise its reply. */
struct rti_hit {
	const struct rti_matcher *matcher;
	struct rti_books *books;
	const struct rti_name *program;
	const struct rti_name *reply;
};

int rti_rules_init(void);
void rti_rules_exit(void);
int rti_rules_name(const struct rti_table *old, struct rtintercept_rule *rules,
		   u32 count);
struct rti_table *rti_table_alloc(const struct rti_table *old,
				  const struct rti_names *programs,
				  const struct rti_names *replies,
				  const struct rtintercept_rule *rules, u32 count);
void rti_table_free(struct rti_table *table);
void rti_table_free_rcu(struct rti_table *table);
int rti_table_find(const struct rti_table *table, u32 rule_id);
bool rti_table_names(const struct rti_table *table, const struct rti_name *name);

/**
 * rti_table_search() - the rule that a packet meets
 * @table: the rules
 * @search: begun, in the table's index
 * @key: the packet
 * @confirm: of rti_search_step()
 * @packet: for @confirm
 * @hit: out, if there is one
 *
 * Return: is there one? Context: RCU.
 */
static __always_inline bool rti_table_search(const struct rti_table *table,
					     struct rti_search *search,
					     const struct rti_key *key,
					     rti_confirm confirm, void *packet,
					     struct rti_hit *hit)
{
	const int slot = rti_search_run(search, key, confirm, packet);

	if (slot < 0)
		return false;
	hit->matcher = rti_index_matcher(table->index, table->index, slot);
	hit->books = table->books[search->best_rank];
	hit->program = table->programs[search->best_rank];
	hit->reply = hit->matcher->verdict == RTINTERCEPT_VERDICT_REPLY ?
		     table->replies[search->best_rank] : NULL;
	return true;
}

#endif /* RTI_RULES_H */
