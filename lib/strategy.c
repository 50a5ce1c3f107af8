/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Strategies of waiting: asleep, spinning, one after the other, or spinning only
 * around the times at which periodic packets are due. When that is, is
 * lib/timetable.c's to say.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "lib/backend.h"

#define SPIN_FIRST_NS		50000ULL
#define SHARE_PPM		990000U
#define SPIN_PERCENT		12U
#define PERIOD_MOST_NS		10000000000ULL
#define PEEKS			8	/* per look at the clock */
#define LOOK_NS			10000000ULL	/* is the session alive? */
#define SLEEP_LEAST_NS		10000ULL	/* less is not worth a sleep */

static __u64 earlier(__u64 a, __u64 b)
{
	return a < b ? a : b;
}

/* A session that dies makes no record; only its fd tells. */
static int look(struct rtintercept *rti)
{
	struct pollfd pfd = { .fd = rti->fd, .events = POLLIN };

	if (poll(&pfd, 1, 0) <= 0 || rti_ring_peek(&rti->ring))
		return 0;
	if (pfd.revents & POLLHUP)
		return -ENODEV;
	return rti->ops->event ? rti->ops->event(rti) : 0;
}

/* 1: there is a record; 0: time is up; or an errno. */
static int spin(struct rtintercept *rti, __u64 until_ns)
{
	__u64 now_ns = rtintercept_clock_ns(), look_ns = now_ns + LOOK_NS;
	int i, err;

	for (;;) {
		for (i = 0; i < PEEKS; i++)
			if (rti_ring_peek(&rti->ring))
				return 1;
		if (__atomic_load_n(&rti->closing, __ATOMIC_RELAXED))
			return -EBADF;
		now_ns = rtintercept_clock_ns();
		if (now_ns >= until_ns)
			return 0;
		if (now_ns < look_ns)
			continue;
		err = look(rti);
		if (err)
			return err;
		look_ns = now_ns + LOOK_NS;
	}
}

static int met(struct rti_waiter *w, int result)
{
	if (result == 1)
		w->counters.met++;
	return result;
}

static int slept(struct rti_waiter *w, int result)
{
	if (result == 1)
		w->counters.slept++;
	return result;
}

static int spin_then_block(struct rtintercept *rti, __u64 deadline_ns)
{
	const __u64 until_ns = rtintercept_clock_ns() + rti->waiter.spin_ns;
	int err = met(&rti->waiter, spin(rti, earlier(until_ns, deadline_ns)));

	if (err || until_ns >= deadline_ns)
		return err;
	return slept(&rti->waiter, rti_block(rti, deadline_ns));
}

/* Not before the sleep: the application had its record first. */
static void read_notes(struct rti_waiter *w)
{
	__u32 i;

	for (i = 0; i < w->notes; i++)
		rti_timetable_arrived(w->table, w->note[i].key, w->note[i].time_ns);
	w->notes = 0;
}

/* Sleeps to the begin of a spell. As rti_block(), but 0: it has begun. */
static int sleep_to(struct rtintercept *rti, __u64 begin_ns)
{
	const int err = slept(&rti->waiter, rti_block(rti, begin_ns));
	const __u64 now_ns = rtintercept_clock_ns();

	if (err >= 0 && now_ns >= begin_ns)
		rti_timetable_woken(rti->waiter.table, begin_ns, now_ns);
	return err;
}

static int periodic(struct rtintercept *rti, __u64 deadline_ns)
{
	struct rti_waiter *w = &rti->waiter;
	struct rti_spell spell;
	__u64 now_ns;
	int err;

	read_notes(w);
	for (;;) {
		now_ns = rtintercept_clock_ns();
		if (!rti_timetable_next(w->table, now_ns, &spell) ||
		    spell.begin_ns >= deadline_ns)
			return slept(w, rti_block(rti, deadline_ns));
		if (spell.begin_ns > now_ns + SLEEP_LEAST_NS) {
			err = sleep_to(rti, spell.begin_ns);
			if (err)
				return err;
		}
		err = met(w, spin(rti, earlier(spell.end_ns, deadline_ns)));
		if (err || spell.end_ns >= deadline_ns)
			return err;
	}
}

/**
 * rti_strategy_wait() - wait as the application has chosen
 * @rti: the session, with a ring
 * @deadline_ns: at most so long
 *
 * Return: as rtintercept_ring_wait().
 */
int rti_strategy_wait(struct rtintercept *rti, __u64 deadline_ns)
{
	switch (rti->waiter.strategy) {
	case RTINTERCEPT_STRATEGY_SPIN:
		return met(&rti->waiter, spin(rti, deadline_ns));
	case RTINTERCEPT_STRATEGY_SPIN_BLOCK:
		return spin_then_block(rti, deadline_ns);
	case RTINTERCEPT_STRATEGY_PERIODIC:
		return periodic(rti, deadline_ns);
	default:
		return slept(&rti->waiter, rti_block(rti, deadline_ns));
	}
}

static int check(const struct rtintercept_strategy *s)
{
	const int periodic_too = s->strategy == RTINTERCEPT_STRATEGY_PERIODIC;

	if (s->strategy > RTINTERCEPT_STRATEGY_PERIODIC || s->flags)
		return -EOPNOTSUPP;
	if (s->spin_ns && s->strategy != RTINTERCEPT_STRATEGY_SPIN_BLOCK)
		return -EINVAL;
	if (!periodic_too && (s->period_ns || s->guard_ns || s->share_ppm ||
			      s->spin_percent))
		return -EINVAL;
	if (s->period_ns > PERIOD_MOST_NS || s->guard_ns > PERIOD_MOST_NS ||
	    s->share_ppm > 1000000 || s->spin_percent > 100)
		return -EINVAL;
	return 0;
}

RTI_EXPORT int rtintercept_strategy(struct rtintercept *rti,
				    const struct rtintercept_strategy *strategy)
{
	struct rtintercept_strategy s;
	struct rti_timetable *table = NULL;
	int err;

	if (!rti || !strategy)
		return -EINVAL;
	err = rti_opts_read(&s, sizeof(s), strategy);
	if (!err)
		err = check(&s);
	if (err)
		return err;
	if (s.strategy == RTINTERCEPT_STRATEGY_PERIODIC) {
		table = malloc(sizeof(*table));
		if (!table)
			return -ENOMEM;
		rti_timetable_init(table, s.period_ns, s.guard_ns,
				   (s.share_ppm ? s.share_ppm : SHARE_PPM) / 1e6,
				   (s.spin_percent ? s.spin_percent : SPIN_PERCENT) / 100.0);
	}
	free(rti->waiter.table);
	memset(&rti->waiter, 0, sizeof(rti->waiter));
	rti->waiter.strategy = s.strategy;
	rti->waiter.spin_ns = s.spin_ns ? s.spin_ns : SPIN_FIRST_NS;
	rti->waiter.table = table;
	return 0;
}

RTI_EXPORT void rtintercept_waits(const struct rtintercept *rti,
				  struct rtintercept_waits *waits)
{
	struct rti_spell spell;

	*waits = rti->waiter.counters;
	if (!rti->waiter.table)
		return;
	waits->flows = rti->waiter.table->flows;
	if (!rti_timetable_next(rti->waiter.table, rtintercept_clock_ns(), &spell))
		return;
	waits->next_ns = spell.due_ns;
	waits->guard_ns = spell.due_ns - spell.begin_ns;
}
