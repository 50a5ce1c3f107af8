// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sleeping readers. A producer wakes only when somebody has armed, once, and
 * only when the watermark is reached. Whether it is reached is computed from
 * what is in the ring, never counted on the side, so no count can be wrong.
 *
 * One armed sleeper is one wake-up: with EPOLLET epoll looks again after each
 * wake-up and so arms again, hence poll() arms even when a record is there.
 */
#include <linux/poll.h>

#include "compat.h"
#include "ringmem.h"
#include "trace.h"
#include "wakeup.h"

/* Whoever armed is woken, once. Context: softirq. */
static void disarm_and_wake(struct rti_wakeup *w)
{
	if (!xchg(&w->armed, 0))
		return;
	rti_count(w->counters, RTI_WAKEUPS, 1);
	trace_rtintercept_wakeup(w->session_id);
	wake_up_interruptible_poll(&w->wait, EPOLLIN | EPOLLRDNORM);
}

/* The deadline: whoever sleeps looks again. */
static enum hrtimer_restart deadline(struct hrtimer *timer)
{
	disarm_and_wake(container_of(timer, struct rti_wakeup, timer));
	return HRTIMER_NORESTART;
}

void rti_wakeup_init(struct rti_wakeup *w, struct rti_counters __percpu *counters)
{
	init_waitqueue_head(&w->wait);
	rti_compat_hrtimer_setup(&w->timer, deadline, CLOCK_MONOTONIC,
				 HRTIMER_MODE_ABS_SOFT);
	w->counters = counters;
}

/* Context: may sleep; nobody produces any more. */
void rti_wakeup_destroy(struct rti_wakeup *w)
{
	hrtimer_cancel(&w->timer);
}

/*
 * Are there enough unread records, or has the first waited long enough? If not,
 * but there is one, *@expires_ns is when it will have. The record is read out
 * of memory that only the kernel writes; a reader that lies about its position
 * gets a wrong answer for itself.
 */
static bool due(struct rti_wakeup *w, u64 *expires_ns)
{
	/* Pairs with RING_SETUP's release: a ring that is seen is whole. */
	struct rti_ringmem *ring = smp_load_acquire(&w->ring);
	const struct rtintercept_record *first;
	u32 records = READ_ONCE(w->records);
	u32 bytes = READ_ONCE(w->bytes);
	u64 position, next, used, now;

	*expires_ns = 0;
	if (!ring)
		return false;
	first = rti_ringmem_first(ring, &position, &next);
	if (!first)
		return false;
	if (!bytes && records <= 1)
		return true;
	/* A full ring loses records: half of it is due, whatever the watermark. */
	used = rti_ringmem_used(ring);
	if (used >= ring->bytes / 2 || (bytes && used >= bytes))
		return true;
	if (records && READ_ONCE(ring->state.next_seq) -
			READ_ONCE(first->seq) >= records)
		return true;
	/* A time to come is none of ours. */
	now = ktime_get_ns();
	*expires_ns = min(READ_ONCE(first->time_ns), now) +
		      READ_ONCE(w->deadline_ns);
	return now >= *expires_ns;
}

/*
 * A timer that is queued for an earlier time does: the sleeper looks then, and
 * arms again. One for a later time, of a longer deadline, is moved.
 */
static void start_deadline(struct rti_wakeup *w, u64 expires_ns)
{
	if (!hrtimer_is_queued(&w->timer) ||
	    ktime_to_ns(hrtimer_get_expires(&w->timer)) > (s64)expires_ns)
		hrtimer_start(&w->timer, ns_to_ktime(expires_ns),
			      HRTIMER_MODE_ABS_SOFT);
}

/**
 * rti_wakeup_committed() - a record has been committed: wake who waits for it
 * @w: the sleepers
 *
 * Context: softirq, no lock held.
 */
void rti_wakeup_committed(struct rti_wakeup *w)
{
	u64 expires_ns;

	/*
	 * (D) pairs with (D): driver/wakeup.c rti_wakeup_arm(). The full barrier
	 * in front of this load is the commit's (B). Acquire: who sees that the
	 * sleeper armed also sees how far it had read.
	 */
	if (!smp_load_acquire(&w->armed))
		return;
	if (due(w, &expires_ns))
		disarm_and_wake(w);
	else if (expires_ns)
		start_deadline(w, expires_ns);
}

/* Sleepers look again, by the new watermark. Context: may sleep. */
void rti_wakeup_set(struct rti_wakeup *w, u32 records, u32 bytes, u64 deadline_ns)
{
	WRITE_ONCE(w->deadline_ns, deadline_ns);
	WRITE_ONCE(w->records, records);
	WRITE_ONCE(w->bytes, bytes);
	wake_up_interruptible_poll(&w->wait, EPOLLIN | EPOLLRDNORM);
}

/* The session is dead, or alive again. Context: may sleep. */
void rti_wakeup_set_dead(struct rti_wakeup *w, bool dead)
{
	WRITE_ONCE(w->dead, dead);
	if (dead)
		wake_up_interruptible_poll(&w->wait, EPOLLHUP);
}

bool rti_wakeup_due(struct rti_wakeup *w)
{
	u64 expires_ns;

	return due(w, &expires_ns);
}

/**
 * rti_wakeup_arm() - ask to be woken, then look
 * @w: the sleepers; the caller is on the wait queue already
 *
 * Return: is it due already?
 */
bool rti_wakeup_arm(struct rti_wakeup *w)
{
	u64 expires_ns;
	bool is_due;

	/*
	 * (D) pairs with (D): driver/wakeup.c rti_wakeup_committed(). A full
	 * barrier on both sides: the reader's position comes before, the look
	 * behind.
	 */
	xchg(&w->armed, 1);
	is_due = due(w, &expires_ns);
	if (!is_due && expires_ns)
		start_deadline(w, expires_ns);
	return is_due;
}

static bool news_of_drops(struct rti_wakeup *w)
{
	/* Pairs with RING_SETUP's release: a ring that is seen is whole. */
	struct rti_ringmem *ring = smp_load_acquire(&w->ring);
	u64 dropped;

	if (!ring)
		return false;
	dropped = rti_ringmem_dropped(ring);
	return xchg(&w->dropped_reported, dropped) != dropped;
}

__poll_t rti_wakeup_poll(struct rti_wakeup *w, struct file *file,
			 struct poll_table_struct *table)
{
	__poll_t mask = 0;

	poll_wait(file, &w->wait, table);
	if (rti_wakeup_arm(w))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (news_of_drops(w))
		mask |= EPOLLERR;
	if (READ_ONCE(w->dead))
		mask |= EPOLLHUP;
	return mask;
}
