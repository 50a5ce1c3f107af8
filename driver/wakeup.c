// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sleeping readers. A producer wakes only when somebody has armed, once, and
 * only when the watermark is reached. Whether it is reached is computed from
 * what is in the ring, never counted on the side, so no count can be wrong.
 *
 * One armed sleeper is one wake-up: with EPOLLET epoll looks again after each
 * wake-up and so arms again, hence poll() arms even when a record is there.
 */
#include <linux/fdtable.h>
#include <linux/hrtimer.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "ringmem.h"
#include "trace.h"
#include "wakeup.h"

/*
 * A task is freed a grace period after its end, so one that is seen here can be
 * woken, also when it has just gone. Context: RCU.
 */
static void wake_waiter(struct rti_wakeup *w)
{
	struct task_struct *waiter = READ_ONCE(w->waiter);

	if (waiter)
		wake_up_process(waiter);
}

/* Whoever armed is woken, once; then the books. Context: softirq, RCU. */
static void disarm_and_wake(struct rti_wakeup *w)
{
	const int armed = atomic_xchg(&w->armed, 0);

	if (!armed)
		return;
	if (armed & RTI_ARMED_WAIT)
		wake_waiter(w);
	if (armed & RTI_ARMED_POLL)
		wake_up_interruptible_poll(&w->wait, EPOLLIN | EPOLLRDNORM);
	rti_count(w->counters, RTI_WAKEUPS, 1);
	trace_rtintercept_wakeup(w->session_id);
}

/* Something that no record tells of has changed: all look again. */
static void wake_all(struct rti_wakeup *w, __poll_t events)
{
	/* Pairs with set_current_state(): what has changed is seen behind it. */
	smp_mb();
	rcu_read_lock();
	wake_waiter(w);
	rcu_read_unlock();
	wake_up_interruptible_poll(&w->wait, events);
}

/* The deadline: whoever sleeps looks again. */
static enum hrtimer_restart deadline(struct hrtimer *timer)
{
	rcu_read_lock();
	disarm_and_wake(container_of(timer, struct rti_wakeup, timer));
	rcu_read_unlock();
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
	const u32 records = READ_ONCE(w->records);
	const u32 bytes = READ_ONCE(w->bytes);
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

/* Has it a watermark? Else the first record is due. */
static bool has_watermark(const struct rti_wakeup *w)
{
	return READ_ONCE(w->bytes) || READ_ONCE(w->records) > 1;
}

/**
 * rti_wakeup_committed() - a record has been committed: wake who waits for it
 * @w: the sleepers
 * @record: the record
 *
 * Context: softirq, RCU, no lock held.
 */
void rti_wakeup_committed(struct rti_wakeup *w,
			  const struct rtintercept_record *record)
{
	u64 expires_ns;

	/*
	 * (D) pairs with (D): driver/wakeup.c rti_wakeup_arm(). The full barrier
	 * in front of this load is the commit's (B). Acquire: who sees that the
	 * sleeper armed also sees how far it had read.
	 */
	if (!atomic_read_acquire(&w->armed))
		return;
	if (!has_watermark(w) && rti_ringmem_is_first(w->ring, record))
		disarm_and_wake(w);
	else if (due(w, &expires_ns))
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
	wake_all(w, EPOLLIN | EPOLLRDNORM);
}

/* The session is dead, or alive again. Context: may sleep. */
void rti_wakeup_set_dead(struct rti_wakeup *w, bool dead)
{
	WRITE_ONCE(w->dead, dead);
	if (dead)
		wake_all(w, EPOLLHUP);
}

/* Ask to be woken, then look: is it due already? */
static bool arm(struct rti_wakeup *w, int who)
{
	u64 expires_ns;
	bool is_due;

	/*
	 * (D) pairs with (D): driver/wakeup.c rti_wakeup_committed(). A full
	 * barrier on both sides: the reader's position comes before, the look
	 * behind.
	 */
	atomic_fetch_or(who, &w->armed);
	is_due = due(w, &expires_ns);
	if (!is_due && expires_ns)
		start_deadline(w, expires_ns);
	return is_due;
}

/**
 * rti_wakeup_arm() - ask to be woken, then look
 * @w: the sleepers; the caller is on the wait queue already
 *
 * Return: is it due already?
 */
bool rti_wakeup_arm(struct rti_wakeup *w)
{
	return arm(w, RTI_ARMED_POLL);
}

static int refers(const void *owner, struct file *file, unsigned int fd)
{
	return file->private_data == owner;
}

/*
 * Has the waiter's process closed its last descriptor of the file? That costs a
 * walk over all of them, so it is asked only when one has been closed.
 */
static bool closed(struct rti_wakeup *w, const void *owner)
{
	const int closes = atomic_read(&w->closes);

	if (closes == w->closes_seen)
		return false;
	w->closes_seen = closes;
	__set_current_state(TASK_RUNNING);
	return !iterate_fd(current->files, 0, refers, owner);
}

/**
 * rti_wakeup_close() - a descriptor of the file was closed: who waits looks
 * @w: the sleepers
 */
void rti_wakeup_close(struct rti_wakeup *w)
{
	atomic_inc(&w->closes);
	wake_all(w, 0);
}

/* Why to wait no longer: RTINTERCEPT_WAIT_*, an errno, or 0: sleep. */
static int verdict(struct rti_wakeup *w, const void *owner)
{
	if (arm(w, RTI_ARMED_WAIT))
		return RTINTERCEPT_WAIT_RECORD;
	if (READ_ONCE(w->dead))
		return RTINTERCEPT_WAIT_DEAD;
	if (signal_pending(current))
		return -ERESTARTNOHAND;
	return closed(w, owner) ? -EBADF : 0;
}

/* A producer takes the arming only when a record is due; the timer may err. */
static bool woken(const struct rti_wakeup *w)
{
	return !(atomic_read(&w->armed) & RTI_ARMED_WAIT) && !has_watermark(w);
}

static int wait_until(struct rti_wakeup *w, ktime_t *expires, const void *owner)
{
	int err;

	do {
		/* Before the look: who wakes us behind it finds us asleep. */
		set_current_state(TASK_INTERRUPTIBLE | TASK_FREEZABLE);
		err = verdict(w, owner);
		if (err)
			return err;
		err = schedule_hrtimeout_range(expires, 0, HRTIMER_MODE_ABS);
		if (woken(w))
			return RTINTERCEPT_WAIT_RECORD;
	} while (err);
	err = verdict(w, owner);
	return err ?: RTINTERCEPT_WAIT_DEADLINE;
}

/**
 * rti_wakeup_wait() - sleep until a record is due
 * @w: the sleepers
 * @deadline_ns: CLOCK_MONOTONIC, or RTINTERCEPT_WAIT_FOREVER
 * @owner: the private data of the files through which the caller came here
 *
 * One waiter, woken directly: no queue, no lock, no callback lies between the
 * commit and the scheduler.
 *
 * Return: RTINTERCEPT_WAIT_*, -EINVAL no ring, -EBUSY somebody waits already,
 * -ERESTARTNOHAND a signal, -EBADF the caller's descriptor was closed.
 * Context: process.
 */
int rti_wakeup_wait(struct rti_wakeup *w, u64 deadline_ns, const void *owner)
{
	ktime_t expires = ns_to_ktime(min_t(u64, deadline_ns, KTIME_MAX));
	int err;

	/* Pairs with RING_SETUP's release: a ring that is seen is whole. */
	if (!smp_load_acquire(&w->ring))
		return -EINVAL;
	if (atomic_xchg(&w->waiting, 1))
		return -EBUSY;
	WRITE_ONCE(w->waiter, current);
	err = wait_until(w, deadline_ns >= KTIME_MAX ? NULL : &expires, owner);
	__set_current_state(TASK_RUNNING);
	WRITE_ONCE(w->waiter, NULL);
	if (atomic_read(&w->armed) & RTI_ARMED_WAIT)
		atomic_andnot(RTI_ARMED_WAIT, &w->armed);
	atomic_set_release(&w->waiting, 0);
	return err;
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
