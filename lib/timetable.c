/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The timetable of a reader of periodic packets. The guard, by which it is awake
 * before a packet is due, covers how early packets come and how late sleeps end,
 * both as observed lately; likewise the time that it goes on spinning. What
 * may be spent on all of it has a bound, shared by the flows.
 */
#include <string.h>

#include "lib/timetable.h"

#define WARM		16
#define GUARD_FIRST_NS	60000	/* a sleep may end so late, before more is known */
#define MARGIN_NS	500	/* to get from the sleep to the ring */
#define IDLE		3	/* packets due in a row that did not come: it has stopped */

void rti_timetable_init(struct rti_timetable *t, __u64 period_ns,
			__u64 guard_ns, double share, double spin_most)
{
	memset(t, 0, sizeof(*t));
	t->period_ns = period_ns;
	t->guard_ns = guard_ns;
	t->share = share;
	t->spin_most = spin_most;
}

static __u64 last_arrival(const struct rti_flow *flow)
{
	const struct rti_period *p = &flow->period;

	return p->arrivals ? p->arrival[p->arrivals - 1] : 0;
}

static struct rti_flow *flow_of(struct rti_timetable *t, __u64 key)
{
	struct rti_flow *oldest = &t->flow[0];
	__u32 i;

	for (i = 0; i < t->flows; i++) {
		if (t->flow[i].key == key)
			return &t->flow[i];
		if (last_arrival(&t->flow[i]) < last_arrival(oldest))
			oldest = &t->flow[i];
	}
	if (t->flows < RTI_FLOWS)
		oldest = &t->flow[t->flows++];
	oldest->key = key;
	rti_period_init(&oldest->period, t->period_ns);
	return oldest;
}

/** rti_timetable_arrived() - a packet of flow @key came at @time_ns */
void rti_timetable_arrived(struct rti_timetable *t, __u64 key, __u64 time_ns)
{
	rti_period_arrived(&flow_of(t, key)->period, time_ns);
}

/** rti_timetable_woken() - a sleep that was to end at @asked_ns ended at @now_ns */
void rti_timetable_woken(struct rti_timetable *t, __u64 asked_ns, __u64 now_ns)
{
	rti_window_add(&t->woken_late, (__s64)(now_ns - asked_ns));
}

/* What is missed, a quarter of it for each of the tails, and one left over. */
static double tail(const struct rti_timetable *t)
{
	return 1 - (1 - t->share) / 4;
}

/* How long before its packets are due a flow wants a reader awake. */
static double guard_of(const struct rti_timetable *t, const struct rti_period *p)
{
	double guard = GUARD_FIRST_NS;

	if (t->guard_ns)
		return (double)t->guard_ns;
	if (t->woken_late.count >= WARM)
		guard = (double)rti_window_quantile(&t->woken_late, tail(t));
	if (p->late.count >= WARM)
		guard -= (double)rti_window_quantile(&p->late, 1 - tail(t));
	else
		guard += p->period_ns / 64;
	guard += MARGIN_NS;
	return guard > 0 ? guard : 0;
}

/* And how long behind. */
static double patience_of(const struct rti_timetable *t, const struct rti_period *p)
{
	double late = p->period_ns / 64;

	if (p->late.count >= WARM)
		late = (double)rti_window_quantile(&p->late, tail(t));
	late += late / 4 + MARGIN_NS;
	return late > 0 ? late : 0;
}

static int expected(const struct rti_period *p)
{
	return rti_period_due(p) && p->missed < IDLE;
}

/*
 * What part of their wishes the flows can have: all of it, as long as that is
 * within the bound; else each gives up the same part. A guard that was told is.
 */
static double part_of(const struct rti_timetable *t)
{
	double wanted = 0;
	__u32 i;

	for (i = 0; i < t->flows; i++) {
		const struct rti_period *p = &t->flow[i].period;

		if (expected(p))
			wanted += (guard_of(t, p) + patience_of(t, p)) / p->period_ns;
	}
	return t->guard_ns || wanted <= t->spin_most ? 1 : t->spin_most / wanted;
}

/* 0: nothing is expected of this flow. */
static int spell_of(const struct rti_timetable *t, struct rti_period *p, double part,
		    __u64 now_ns, struct rti_spell *spell)
{
	const __u64 patience_ns = (__u64)(part * patience_of(t, p));

	if (rti_period_due(p) + patience_ns <= now_ns)
		rti_period_pass(p, now_ns - patience_ns);
	if (!expected(p))
		return 0;
	spell->due_ns = rti_period_due(p);
	spell->begin_ns = spell->due_ns - (__u64)(part * guard_of(t, p));
	spell->end_ns = spell->due_ns + patience_ns;
	return 1;
}

/**
 * rti_timetable_next() - the next spell of spinning
 * @table: the flows
 * @now_ns: now
 * @spell: out: the earliest of all; it may have begun
 *
 * Return: 1; 0 nothing is expected.
 */
int rti_timetable_next(struct rti_timetable *t, __u64 now_ns, struct rti_spell *spell)
{
	const double part = part_of(t);
	struct rti_spell one;
	int found = 0;
	__u32 i;

	for (i = 0; i < t->flows; i++) {
		if (!spell_of(t, &t->flow[i].period, part, now_ns, &one))
			continue;
		if (!found || one.begin_ns < spell->begin_ns)
			*spell = one;
		found = 1;
	}
	return found;
}
