/* SPDX-License-Identifier: GPL-2.0-only */
/* Sleeping readers: who sleeps, when to wake them. */
#ifndef RTI_WAKEUP_H
#define RTI_WAKEUP_H

#include <linux/atomic.h>
#include <linux/hrtimer.h>
#include <linux/wait.h>

#include "stats.h"

#define RTI_DEADLINE_MAX_US	(10U * 1000 * 1000)

/* Who armed. */
#define RTI_ARMED_POLL		1	/* on the wait queue: poll(), epoll, read() */
#define RTI_ARMED_WAIT		2	/* the one waiter */

struct rti_ringmem;
struct file;
struct poll_table_struct;
struct task_struct;

/**
 * struct rti_wakeup - the sleepers of a session
 * @wait: who sleeps in poll() or read()
 * @waiter: who sleeps in WAIT; set by the one who holds @waiting
 * @waiting: 1 while somebody is in WAIT
 * @armed: RTI_ARMED_* while somebody may sleep; set by the sleeper, taken by the
 *	one producer that wakes it. The (D) of the barriers' picture.
 * @closes: descriptors of the file that were closed so far
 * @closes_seen: by who holds @waiting
 * @timer: the deadline of the first unread record
 * @ring: what they wait for; NULL until the ring is set up, then constant
 * @counters: where wake-ups are counted
 * @records: watermark, 0 or 1: the first; racy on purpose: a change is seen by
 *	the next look
 * @bytes: watermark, 0: none; likewise
 * @deadline_ns: with a watermark; likewise
 * @dropped_reported: drops that a poll() has told of
 * @session_id: for the trace
 * @dead: nothing will come any more
 */
struct rti_wakeup {
	wait_queue_head_t wait;
	struct task_struct *waiter;
	atomic_t waiting;
	atomic_t armed;
	atomic_t closes;
	int closes_seen;
	struct hrtimer timer;
	struct rti_ringmem *ring;
	struct rti_counters __percpu *counters;
	u32 records;
	u32 bytes;
	u64 deadline_ns;
	u64 dropped_reported;
	u32 session_id;
	bool dead;
};

void rti_wakeup_init(struct rti_wakeup *w, struct rti_counters __percpu *counters);
void rti_wakeup_destroy(struct rti_wakeup *w);

void rti_wakeup_set(struct rti_wakeup *w, u32 records, u32 bytes, u64 deadline_ns);
void rti_wakeup_committed(struct rti_wakeup *w,
			  const struct rtintercept_record *record);
void rti_wakeup_set_dead(struct rti_wakeup *w, bool dead);
bool rti_wakeup_arm(struct rti_wakeup *w);
int rti_wakeup_wait(struct rti_wakeup *w, u64 deadline_ns, const void *owner);
void rti_wakeup_close(struct rti_wakeup *w);
__poll_t rti_wakeup_poll(struct rti_wakeup *w, struct file *file,
			 struct poll_table_struct *table);

#endif /* RTI_WAKEUP_H */
