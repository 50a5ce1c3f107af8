// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctls on rules. Every change builds the next table whole and publishes
 * it; a refused change leaves the old one in force.
 */
#include <linux/capability.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "ioctl.h"

/* Room for a whole table and one rule more. */
static struct rtintercept_rule *rules_alloc(void)
{
	return kvcalloc(RTI_INDEX_RULES_MAX + 1, sizeof(struct rtintercept_rule),
			GFP_KERNEL_ACCOUNT);
}

/* Are the rules sound, and may the caller set them? */
static int check_rules(const struct rti_session *s,
		       const struct rtintercept_rule *rules, u32 count)
{
	bool consumes = false;
	int err;
	u32 i;

	for (i = 0; i < count; i++) {
		err = rti_rule_check(&rules[i], RTI_FEATURES);
		if (err)
			return err;
		consumes |= rti_rule_consumes(&rules[i]);
	}
	if (consumes && !rti_session_capable(s, CAP_NET_ADMIN))
		return -EPERM;
	return 0;
}

/* Copies the table of @s to @rules. The session's lock is held. */
static u32 copy_table(struct rti_session *s, struct rtintercept_rule *rules)
{
	const struct rti_table *table = rti_session_table(s);

	if (!table)
		return 0;
	memcpy(rules, table->rules, array_size(table->count, sizeof(*rules)));
	return table->count;
}

/* Names the rules, in place. The session's lock is held. */
static int publish(struct rti_session *s, struct rtintercept_rule *rules, u32 count)
{
	struct rti_table *table;
	int err;

	if (count > RTI_INDEX_RULES_MAX)
		return -ENOSPC;
	err = rti_rules_name(rti_session_table(s), rules, count);
	if (err)
		return err;
	table = rti_table_alloc(rti_session_table(s), &s->programs, &s->replies,
				rules, count);
	if (IS_ERR(table))
		return PTR_ERR(table);
	rti_session_publish(s, table);
	return 0;
}

static int add(struct rti_session *s, struct rtintercept_rule *rule)
{
	struct rtintercept_rule *rules = rules_alloc();
	u32 count;
	int err;

	if (!rules)
		return -ENOMEM;
	mutex_lock(&s->lock);
	count = copy_table(s, rules);
	rules[count] = *rule;
	err = publish(s, rules, count + 1);
	mutex_unlock(&s->lock);
	if (!err)
		rule->id = rules[count].id;
	kvfree(rules);
	return err;
}

int rti_ioctl_rule_add(struct rti_session *own, void *cmd)
{
	struct rtintercept_rule_add *args = cmd;
	struct rti_session *s = rti_session_get(own, args->session_id);
	int err;

	if (IS_ERR(s))
		return PTR_ERR(s);
	err = check_rules(s, &args->rule, 1);
	if (!err)
		err = add(s, &args->rule);
	rti_session_put(s);
	return err;
}

/* The session's lock is held. */
static int del(struct rti_session *s, struct rtintercept_rule *rules, u32 rule_id)
{
	const struct rti_table *table = rti_session_table(s);
	int i = table ? rti_table_find(table, rule_id) : -1;
	u32 count;

	if (i < 0)
		return -ENOENT;
	count = copy_table(s, rules);
	memmove(&rules[i], &rules[i + 1], (count - i - 1) * sizeof(*rules));
	return publish(s, rules, count - 1);
}

int rti_ioctl_rule_del(struct rti_session *own, void *cmd)
{
	const struct rtintercept_rule_del *args = cmd;
	struct rti_session *s = rti_session_get(own, args->session_id);
	struct rtintercept_rule *rules;
	int err = -ENOMEM;

	if (IS_ERR(s))
		return PTR_ERR(s);
	rules = rules_alloc();
	if (rules) {
		mutex_lock(&s->lock);
		err = del(s, rules, args->rule_id);
		mutex_unlock(&s->lock);
	}
	kvfree(rules);
	rti_session_put(s);
	return err;
}

int rti_ioctl_rule_flush(struct rti_session *own, void *cmd)
{
	const struct rtintercept_rule_flush *args = cmd;
	struct rti_session *s = rti_session_get(own, args->session_id);
	int err;

	if (IS_ERR(s))
		return PTR_ERR(s);
	mutex_lock(&s->lock);
	err = publish(s, NULL, 0);
	mutex_unlock(&s->lock);
	rti_session_put(s);
	return err;
}

/* Reads the user's array, each element by the rules of extensible structs. */
static int copy_rules_from_user(const struct rtintercept_rule_replace *args,
				struct rtintercept_rule *rules)
{
	const u8 __user *from = u64_to_user_ptr(args->rules);
	int err;
	u32 i;

	for (i = 0; i < args->count; i++, from += args->rule_size) {
		err = copy_struct_from_user(&rules[i], sizeof(*rules), from,
					    args->rule_size);
		if (err)
			return err;
	}
	return 0;
}

static int replace(struct rti_session *s, struct rtintercept_rule_replace *args,
		   struct rtintercept_rule *rules)
{
	int err;

	err = copy_rules_from_user(args, rules);
	if (!err)
		err = check_rules(s, rules, args->count);
	if (err)
		return err;
	mutex_lock(&s->lock);
	err = publish(s, rules, args->count);
	if (!err)
		args->generation = rti_session_table(s)->generation;
	mutex_unlock(&s->lock);
	return err;
}

int rti_ioctl_rule_replace(struct rti_session *own, void *cmd)
{
	struct rtintercept_rule_replace *args = cmd;
	struct rtintercept_rule *rules;
	struct rti_session *s;
	int err = -ENOMEM;

	if (args->rule_size < sizeof(struct rtintercept_rule))
		return -EINVAL;
	if (args->rule_size > PAGE_SIZE)
		return -E2BIG;
	if (args->count > RTI_INDEX_RULES_MAX)
		return -ENOSPC;
	s = rti_session_get(own, args->session_id);
	if (IS_ERR(s))
		return PTR_ERR(s);
	rules = rules_alloc();
	if (rules)
		err = replace(s, args, rules);
	kvfree(rules);
	rti_session_put(s);
	return err;
}

int rti_ioctl_rule_list(struct rti_session *own, void *cmd)
{
	struct rtintercept_rule_list *args = cmd;
	struct rtintercept_rule *rules;
	u32 capacity = args->count;
	const struct rti_table *table;
	struct rti_session *s;
	int err = -ENOMEM;

	s = rti_session_get(own, args->session_id);
	if (IS_ERR(s))
		return PTR_ERR(s);
	rules = rules_alloc();
	if (!rules)
		goto out;
	mutex_lock(&s->lock);
	table = rti_session_table(s);
	args->count = copy_table(s, rules);
	args->generation = table ? table->generation : 0;
	mutex_unlock(&s->lock);
	err = rti_copy_array_to_user(args->rules, capacity, args->rule_size,
				     rules, args->count, sizeof(*rules));
	kvfree(rules);
out:
	rti_session_put(s);
	return err;
}

static void fill_counters(struct rtintercept_rule_counters *out, u32 rule_id,
			  const struct rti_totals *t)
{
	out->rule_id = rule_id;
	out->matched = t->n[RTI_MATCHED];
	out->matched_bytes = t->n[RTI_MATCHED_BYTES];
	out->recorded = t->n[RTI_RECORDED];
	out->not_to_record = t->n[RTI_NOT_TO_RECORD];
	out->dropped_ring_full = t->n[RTI_DROPPED_RING_FULL];
	out->dropped_too_big = t->n[RTI_DROPPED_TOO_BIG];
	out->dropped_hostile_consumer = t->n[RTI_DROPPED_HOSTILE_CONSUMER];
	out->replied = t->n[RTI_REPLIED];
}

/* The session's lock is held. */
static u32 copy_counters(struct rti_session *s,
			 struct rtintercept_rule_counters *out)
{
	const struct rti_table *table = rti_session_table(s);
	struct rti_totals totals;
	u32 i;

	if (!table)
		return 0;
	for (i = 0; i < table->count; i++) {
		rti_counters_sum(table->books[i]->counters, &totals);
		fill_counters(&out[i], table->rules[i].id, &totals);
	}
	return table->count;
}

int rti_ioctl_rule_stats(struct rti_session *own, void *cmd)
{
	struct rtintercept_rule_stats *args = cmd;
	struct rtintercept_rule_counters *counters;
	u32 capacity = args->count;
	const struct rti_table *table;
	struct rti_session *s;
	int err = -ENOMEM;

	s = rti_session_get(own, args->session_id);
	if (IS_ERR(s))
		return PTR_ERR(s);
	counters = kvcalloc(RTI_INDEX_RULES_MAX, sizeof(*counters), GFP_KERNEL_ACCOUNT);
	if (!counters)
		goto out;
	mutex_lock(&s->lock);
	table = rti_session_table(s);
	args->count = copy_counters(s, counters);
	args->generation = table ? table->generation : 0;
	mutex_unlock(&s->lock);
	err = rti_copy_array_to_user(args->counters, capacity,
				     args->counters_size, counters, args->count,
				     sizeof(*counters));
	kvfree(counters);
out:
	rti_session_put(s);
	return err;
}
