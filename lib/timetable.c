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
#define SLICES		16	/* of how late sleeps end, to reckon with */
#define HALVINGS	10	/* of the longest wish, until all is within the bound */

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

/**
 * rti_timetable_woken() - a sleep that was to end at @asked_ns ended at @now_ns
 *
 * By itself or by a packet that came before it did: to leave those out would be to
 * believe that sleeps end sooner than they do.
 */
void rti_timetable_woken(struct rti_timetable *t, __u64 asked_ns, __u64 now_ns)
{
	rti_window_add(&t->woken_late, (__s64)(now_ns - asked_ns));
}

/* What is missed, a quarter of it for each of the tails, and one left over. */
static double tail(const struct rti_timetable *t)
{
	return 1 - (1 - t->share) / 4;
}

static __s64 at_least_0(__s64 value)
{
	return value > 0 ? value : 0;
}

static __s64 smaller(__s64 a, __s64 b)
{
	return a < b ? a : b;
}

/* How long before its packets are due a flow wants a reader awake. */
static __s64 guard_of(const struct rti_timetable *t, const struct rti_period *p)
{
	__s64 guard = GUARD_FIRST_NS;

	if (t->guard_ns)
		return (__s64)t->guard_ns;
	if (t->woken_late.count >= WARM)
		guard = rti_window_quantile(&t->woken_late, tail(t));
	if (p->late.count >= WARM)
		guard -= rti_window_quantile(&p->late, 1 - tail(t));
	else
		guard += (__s64)p->period_ns / 64;
	return at_least_0(guard + MARGIN_NS);
}

/* And how long behind. */
static __s64 patience_of(const struct rti_timetable *t, const struct rti_period *p)
{
	__s64 late = (__s64)p->period_ns / 64;

	if (p->late.count >= WARM)
		late = rti_window_quantile(&p->late, tail(t));
	return at_least_0(late + late / 4 + MARGIN_NS);
}

static int expected(const struct rti_period *p)
{
	return rti_period_due(p) && p->missed < IDLE;
}

/* Returns the longest wish of all. */
static __s64 wish(struct rti_timetable *t)
{
	__s64 longest = 0;
	struct rti_flow *f;
	int due;

	for (f = t->flow; f < t->flow + t->flows; f++) {
		due = expected(&f->period);
		f->guard_ns = due ? guard_of(t, &f->period) : 0;
		f->patience_ns = due ? patience_of(t, &f->period) : 0;
		if (longest < f->guard_ns + f->patience_ns)
			longest = f->guard_ns + f->patience_ns;
	}
	return longest;
}

/* What of a guard is spent spinning, if sleeps end as late as they did. */
static __s64 spun(const struct rti_window *late, __s64 guard_ns)
{
	__s64 sum = 0, left;
	__u32 i;

	if (late->count < WARM)
		return guard_ns;
	for (i = 0; i < SLICES; i++) {
		left = guard_ns - late->sorted[late->count * (2 * i + 1) / (2 * SLICES)];
		if (left <= 0)
			break;
		sum += left;
	}
	return sum / SLICES;
}

/* What part of the time all flows cost, if no wish may be longer than @most_ns. */
static double cost_of(const struct rti_timetable *t, __s64 most_ns)
{
	const struct rti_flow *f;
	double cost = 0;
	__s64 ns;

	for (f = t->flow; f < t->flow + t->flows; f++) {
		ns = spun(&t->woken_late, smaller(f->guard_ns, most_ns)) +
		     smaller(f->patience_ns, most_ns);
		if (ns)
			cost += (double)ns / f->period.period_ns;
	}
	return cost;
}

/*
 * How long a guard and a patience may be. Short ones stay whole: to cut the long
 * tail of one costs fewer packets than a bit of all. A guard that was told is.
 */
static __s64 most_of(struct rti_timetable *t)
{
	__s64 low = 0, high = wish(t), middle;
	int i;

	if (t->guard_ns || cost_of(t, high) <= t->spin_most)
		return high;
	for (i = 0; i < HALVINGS; i++) {
		middle = (low + high) / 2;
		if (cost_of(t, middle) <= t->spin_most)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* 0: nothing is expected of this flow. */
static int spell_of(struct rti_flow *f, __s64 most_ns, __u64 now_ns,
		    struct rti_spell *spell)
{
	const __u64 patience_ns = (__u64)smaller(f->patience_ns, most_ns);

	if (rti_period_due(&f->period) + patience_ns <= now_ns)
		rti_period_pass(&f->period, now_ns - patience_ns);
	if (!expected(&f->period))
		return 0;
	spell->due_ns = rti_period_due(&f->period);
	spell->begin_ns = spell->due_ns - (__u64)smaller(f->guard_ns, most_ns);
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
	const __s64 most_ns = most_of(t);
	struct rti_spell one;
	int found = 0;
	__u32 i;

	for (i = 0; i < t->flows; i++) {
		if (!spell_of(&t->flow[i], most_ns, now_ns, &one))
			continue;
		if (!found || one.begin_ns < spell->begin_ns)
			*spell = one;
		found = 1;
	}
	return found;
}
