/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Waking a reader that sleeps: is it due, and the bell. Part of
 * rtintercept.bpf.c, which has the maps and includes it once.
 *
 * Records are always committed with BPF_RB_NO_WAKEUP. The ring's own notification
 * fires whenever the reader has caught up, so a reader that spins would cost
 * an irq_work (a self-interrupt) with nearly every record, and it knows neither
 * watermark nor deadline. What wakes is a second ring, the bell, of one page:
 * the reader's fd is readable while there is a stroke in it.
 *
 *	 program				 library, before it sleeps
 *	 -------				 -------------------------
 *	 commit: header = length (B), xchg	 bell's consumer = its producer
 *	 (D) the xchg is a full barrier		 armed = 1
 *	 load armed				 (D) full barrier
 *	 1: compare-exchange to 0, stroke	 load the next record's header
 *
 * Either the program sees `armed` or the library sees the record. One arming
 * gives at most one stroke, so the bell never overflows, and whoever waits on
 * the fd by whatever means (poll, epoll by level or by edge) sees it: a stroke
 * always comes into a bell that the library has just emptied.
 */
#ifndef RTI_BPF_WAKE_H
#define RTI_BPF_WAKE_H

/* Only the one who takes `armed` away may come here. */
static __always_inline void stroke(struct rti_xdp_counters *counters)
{
	const __u64 nothing = 0;

	count(&counters->wakeups, 1);
	bpf_ringbuf_output(&rti_bell, (void *)&nothing, sizeof(nothing),
			   BPF_RB_FORCE_WAKEUP);
}

static __always_inline void ring_bell(struct rti_xdp_counters *counters)
{
	/* (D) pairs with (D): lib/xdp-wait.c rti_xdp_arm() */
	if (rti_load_once(&rti_session.armed) &&
	    __sync_val_compare_and_swap(&rti_session.armed, 1, 0))
		stroke(counters);
}

/*
 * The deadline of the first unread record. If that one has been read meanwhile
 * and another is the first, the rest of its time is waited for; if there is
 * none, the next record starts the timer anew.
 */
static int deadline_passed(void *map, __u32 *key, struct rti_xdp_deadline *d)
{
	const __u64 deadline_ns = rti_load_once(&rti_session.deadline_ns);
	const __u64 age_ns = bpf_ktime_get_ns() -
			     rti_load_once(&rti_session.first_ns);
	struct rti_xdp_counters *counters = my_counters();

	if (age_ns < deadline_ns && bpf_ringbuf_query(&rti_ring, BPF_RB_AVAIL_DATA) &&
	    !bpf_timer_start(&d->timer, deadline_ns - age_ns, 0))
		return 0;
	/* A full barrier: a record that found timer_on set is seen below. */
	__sync_val_compare_and_swap(&rti_session.timer_on, 1, 0);
	if (counters && bpf_ringbuf_query(&rti_ring, BPF_RB_AVAIL_DATA))
		ring_bell(counters);
	return 0;
}

/*
 * Without a timer there is no deadline to keep: wake at once. The kernel does not
 * let a program use timers under PREEMPT_RT; then the library has set
 * rti_timers to 0, and the verifier does not look at what is behind it.
 */
static __always_inline int start_deadline(__u64 deadline_ns)
{
	const __u32 first = 0;
	struct rti_xdp_deadline *d;

	if (!rti_timers)
		return -1;
	if (rti_load_once(&rti_session.timer_on) ||
	    __sync_val_compare_and_swap(&rti_session.timer_on, 0, 1))
		return 0;
	d = bpf_map_lookup_elem(&rti_deadline, &first);
	if (!d)
		return -1;
	/* Refused from the second time on; there is nothing to undo. */
	bpf_timer_init(&d->timer, &rti_deadline, RTI_XDP_CLOCK_MONOTONIC);
	bpf_timer_set_callback(&d->timer, deadline_passed);
	if (!bpf_timer_start(&d->timer, deadline_ns, 0))
		return 0;
	rti_store_once(&rti_session.timer_on, 0);
	return -1;
}

/*
 * With a watermark: is it reached? @seq, @time_ns and @bytes are of the record
 * just committed, @used is what is unread in the ring.
 */
static __always_inline int watermark_reached(__u64 seq, __u64 time_ns,
					     __u64 bytes, __u64 used)
{
	const __u64 deadline_ns = rti_load_once(&rti_session.deadline_ns);
	const __u32 wake_bytes = rti_load_once(&rti_session.wake_bytes);

	if (!deadline_ns)
		return 1;
	if (used <= bytes)
		rti_store_once(&rti_session.first_ns, time_ns);
	if (start_deadline(deadline_ns))
		return 1;
	return seq >= rti_load_once(&rti_session.wake_seq) ||
	       (wake_bytes && used >= wake_bytes);
}

#endif /* RTI_BPF_WAKE_H */
