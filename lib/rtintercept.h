/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * librtintercept: intercepted packets for applications, by module or by XDP.
 *
 * The order of calls: rtintercept_open(), _rule_add(), _ring_setup(), _attach(),
 * _start(); then, for each record, _ring_wait(), _ring_peek(), _ring_release();
 * at the end rtintercept_close(). The structs are those of the uAPI header; the
 * library sets their @size.
 *
 * Every function that returns int returns 0 or a count, or a negative errno
 * with the meaning that the uAPI header gives it; what a backend cannot do is
 * -EOPNOTSUPP. Nothing here prints, exits or touches signals. A handle is for
 * one thread at a time; different handles are independent of each other.
 */
#ifndef RTINTERCEPT_H
#define RTINTERCEPT_H

#include <stddef.h>
#include <linux/rtintercept.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct rtintercept - one session; opaque */
struct rtintercept;
struct sock_filter;	/* <linux/filter.h> */

/*
 * Session ids of the two backends never collide: those of XDP sessions have
 * this bit, those of the module's never do. A handle knows the sessions of its
 * own backend; an id of the other one is -ENOENT.
 */
#define RTINTERCEPT_SESSION_ID_XDP	(1U << 31)

/**
 * struct rtintercept_open_opts - how to open a session; grows at its end
 * @size: sizeof(struct rtintercept_open_opts)
 * @backend: RTINTERCEPT_BACKEND_*; AUTO takes the module if its device can be
 *	opened, else XDP
 * @flags: 0
 * @device: path of the device node, NULL: found by udev, else
 *	RTINTERCEPT_DEVICE
 */
struct rtintercept_open_opts {
	size_t size;
	__u32 backend;
	__u32 flags;
	const char *device;
};

/**
 * rtintercept_open() - open a session
 * @out: the session; the caller closes it. Untouched on failure.
 * @opts: NULL: AUTO
 *
 * Return: 0; -ENOENT no module is loaded (and no XDP asked for); -EACCES the
 * node's mode forbids it: join group rtintercept; -EOPNOTSUPP this kernel
 * cannot; -EPERM a capability is missing.
 */
int rtintercept_open(struct rtintercept **out,
		     const struct rtintercept_open_opts *opts);

/**
 * rtintercept_close() - end the session; packets flow as if it had never been
 * @rti: the session; NULL is allowed
 */
void rtintercept_close(struct rtintercept *rti);

/**
 * rtintercept_fd() - for poll() and epoll: EPOLLIN, EPOLLERR, EPOLLHUP as the
 * uAPI says; valid until close
 */
int rtintercept_fd(const struct rtintercept *rti);

/** rtintercept_backend() - RTINTERCEPT_BACKEND_MODULE or _XDP */
__u32 rtintercept_backend(const struct rtintercept *rti);

/** rtintercept_version() - of the library, as "1.2.3"; lives as long as the program */
const char *rtintercept_version(void);

/** rtintercept_info() - what this kernel can do */
int rtintercept_info(struct rtintercept *rti, struct rtintercept_info *info);

/**
 * rtintercept_attach() - take an interface's packets
 * @rti: the session
 * @ifindex: in the network namespace of the opener
 * @hook: in: RTINTERCEPT_HOOK_*; out: the one in use. NULL: AUTO.
 */
int rtintercept_attach(struct rtintercept *rti, __u32 ifindex, __u32 *hook);
int rtintercept_detach(struct rtintercept *rti, __u32 ifindex);

/**
 * rtintercept_rule_add() - one more rule
 * @rti: a session
 * @session_id: 0: this one; else another, as an administrator
 * @rule: in: the rule; out: @rule->id, where it was 0
 *
 * Return: 0, or as the uAPI says of RULE_ADD. Of this and all that change a table, XDP:
 * -EBUSY another process is about to, and has not done so for two seconds.
 */
int rtintercept_rule_add(struct rtintercept *rti, __u32 session_id,
			 struct rtintercept_rule *rule);
int rtintercept_rule_del(struct rtintercept *rti, __u32 session_id, __u32 rule_id);
int rtintercept_rule_flush(struct rtintercept *rti, __u32 session_id);

/**
 * rtintercept_rule_list() - the whole table, in the order in which it is tried
 * @rti: a session
 * @session_id: 0: this one
 * @rules: out: array, the caller frees it with free(); NULL if there are none.
 *	Untouched on failure.
 * @generation: out: of the table; may be NULL
 *
 * Return: number of rules, or -errno.
 */
int rtintercept_rule_list(struct rtintercept *rti, __u32 session_id,
			  struct rtintercept_rule **rules, __u64 *generation);

/**
 * rtintercept_rule_replace() - swap the whole table at once
 * @rti: a session
 * @session_id: 0: this one
 * @rules: @count rules; may be NULL if @count is 0
 * @count: how many
 * @generation: out: of the new table; may be NULL
 */
int rtintercept_rule_replace(struct rtintercept *rti, __u32 session_id,
			     const struct rtintercept_rule *rules, __u32 count,
			     __u64 *generation);

/**
 * rtintercept_rule_stats() - the rules' counters, in the order of rule_list
 * @rti: a session
 * @session_id: 0: this one
 * @counters: out: array, the caller frees it with free(); NULL if there are none
 *
 * Return: number of rules, or -errno.
 */
int rtintercept_rule_stats(struct rtintercept *rti, __u32 session_id,
			   struct rtintercept_rule_counters **counters);

/**
 * rtintercept_program_set() - set, swap or take away a program that rules name
 * @rti: a session
 * @session_id: 0: this one
 * @program: in: @type, and as it says @program and @count; @program_id, 0: the
 *	kernel chooses; out: @program_id
 *
 * A program that is swapped under traffic: each packet meets the old one or the
 * new one. Refused, the old one stays. The module only.
 *
 * Return: 0; -EOPNOTSUPP this backend runs no programs; -EINVAL it is not sound,
 * or no socket filter; -E2BIG; -EBADF; -ENOSPC; to take one away: -ENOENT there
 * is none, -EBUSY a rule names it.
 */
int rtintercept_program_set(struct rtintercept *rti, __u32 session_id,
			    struct rtintercept_program_set *program);

/**
 * rtintercept_program_get() - the next program; begin with a @program_id of 0,
 * then the last one's and 1 more
 * @rti: a session
 * @session_id: 0: this one
 * @program: in: @program_id: the lowest to look for; out: all but @program
 * @insns: out: @program->count instructions, the caller frees them with free();
 *	NULL: it is eBPF. Untouched on failure.
 *
 * Return: 0, or -ENOENT: there are no more.
 */
int rtintercept_program_get(struct rtintercept *rti, __u32 session_id,
			    struct rtintercept_program_get *program,
			    struct sock_filter **insns);

/**
 * rtintercept_reply_set(), rtintercept_reply_get() - what REPLY rules answer
 * @rti: a session
 * @session_id: 0: this one
 * @reply: its size and session_id do not matter. set: in: the reply; out: @reply_id,
 *	where it was 0. get: in: the lowest @reply_id to look for; out: the first reply
 *	there is from there on; -ENOENT no more.
 */
int rtintercept_reply_set(struct rtintercept *rti, __u32 session_id,
			  struct rtintercept_reply_set *reply);
int rtintercept_reply_get(struct rtintercept *rti, __u32 session_id,
			  struct rtintercept_reply_set *reply);

/** rtintercept_stats() - a session's counters; @session_id 0: this one's */
int rtintercept_stats(struct rtintercept *rti, __u32 session_id,
		      struct rtintercept_stats *stats);

/**
 * rtintercept_session_list() - the sessions of this backend
 * @rti: a session
 * @sessions: out: array, the caller frees it with free(); @rti's own is among them
 *
 * Return: number of sessions, or -errno.
 */
int rtintercept_session_list(struct rtintercept *rti,
			     struct rtintercept_session **sessions);

/** rtintercept_attachment_list() - a session's interfaces; as rtintercept_rule_stats() */
int rtintercept_attachment_list(struct rtintercept *rti, __u32 session_id,
				struct rtintercept_attachment **attachments);

/**
 * rtintercept_ring_setup() - make the ring and map it; once in a session's life
 * @rti: the session
 * @ring_bytes: size of the data area: a power of two; INFO has the limits
 */
int rtintercept_ring_setup(struct rtintercept *rti, __u64 ring_bytes);

/** rtintercept_start() - packets are looked at from now on */
int rtintercept_start(struct rtintercept *rti);

/** rtintercept_stop() - packets are left alone; what is in the ring stays readable */
int rtintercept_stop(struct rtintercept *rti);

/**
 * rtintercept_wakeup() - when to wake a sleeping reader
 * @rti: the session
 * @records: at so many unread records, 0 or 1: at the first
 * @bytes: at so many unread bytes, 0: bytes do not count
 * @deadline_us: at the latest so long after the first; goes with a watermark
 */
int rtintercept_wakeup(struct rtintercept *rti, __u32 records, __u32 bytes,
		       __u32 deadline_us);

/**
 * rtintercept_ring_peek() - the next record, in place; no system call
 * @rti: the session, with a ring
 *
 * Return: the record, until rtintercept_ring_release(); NULL: none there now.
 * Peeking again before the release gives the same one.
 */
const struct rtintercept_record *rtintercept_ring_peek(struct rtintercept *rti);

/**
 * rtintercept_ring_release() - let the kernel have the room of the record last
 * peeked; no system call. Without one it does nothing.
 *
 * Until rtintercept_fd() has been called nobody sleeps but in rtintercept_ring_wait(),
 * and the kernel is told in steps of an eighth of the ring or 4 KiB, whichever is
 * less: so the position's cache line stays where the kernel needs it.
 */
void rtintercept_ring_release(struct rtintercept *rti);

/**
 * rtintercept_ring_wait() - wait until a record is there
 * @rti: the session, with a ring
 * @timeout_ns: at most so long; 0: only look; negative: for ever
 *
 * As rtintercept_strategy() says; asleep by default.
 *
 * Return: 1 a record is there (with a watermark: enough of them, or its deadline
 * or the timeout has passed and there is one at all); 0 time is up and there is
 * none; -EINTR a signal, which only ends a sleep; -ENODEV the session is dead and
 * the ring is empty; -EBADF another thread closes the session, and waits for
 * this call to return; -EBUSY the module: another process that has inherited the
 * session waits; -EINVAL there is no ring.
 */
int rtintercept_ring_wait(struct rtintercept *rti, __s64 timeout_ns);

/* How rtintercept_ring_wait() waits. */
#define RTINTERCEPT_STRATEGY_BLOCK	0	/* asleep, until a record comes */
#define RTINTERCEPT_STRATEGY_SPIN	1	/* looking all the time */
#define RTINTERCEPT_STRATEGY_SPIN_BLOCK	2	/* spinning for a while, then asleep */
#define RTINTERCEPT_STRATEGY_PERIODIC	3	/* asleep, but spinning when one is due */

/**
 * struct rtintercept_strategy - how to wait; grows at its end
 * @size: sizeof(struct rtintercept_strategy)
 * @strategy: RTINTERCEPT_STRATEGY_*
 * @flags: 0
 * @spin_ns: SPIN_BLOCK: how long to spin; 0: 50 us
 * @period_ns: PERIODIC: the period of each flow, as far as it is known; 0: it is
 *	learnt; 10 s at most. Either way it is followed when it drifts.
 * @guard_ns: PERIODIC: how long before a packet is due to be awake; 0: as long as
 *	@share_ppm takes
 * @share_ppm: PERIODIC: of the packets, in millionths, are to meet a reader that
 *	spins; 0: 990,000
 * @spin_percent: PERIODIC: part of a CPU that may be spent spinning, whatever
 *	becomes of @share_ppm; 0: 12
 */
struct rtintercept_strategy {
	size_t size;
	__u32 strategy;
	__u32 flags;
	__u64 spin_ns;
	__u64 period_ns;
	__u64 guard_ns;
	__u32 share_ppm;
	__u32 spin_percent;
};

/**
 * rtintercept_strategy() - choose how to wait; at any time between waits
 * @rti: the session
 * @strategy: what takes effect from the next rtintercept_ring_wait() on
 *
 * PERIODIC learns from the records that are released when packets come: by rule,
 * sender and ports, up to 16 flows. Packets that are no part of any wake it up, as BLOCK.
 * How exactly sleeps end is the thread's business: call rtintercept_realtime().
 * Spinning looks for records alone: a watermark does not hold it up, a signal does
 * not end it.
 *
 * Return: 0; -EINVAL, -E2BIG, -EOPNOTSUPP: @strategy is wrong; -ENOMEM.
 */
int rtintercept_strategy(struct rtintercept *rti,
			 const struct rtintercept_strategy *strategy);

/**
 * struct rtintercept_waits - what became of the waits since the last
 * rtintercept_strategy()
 * @at_once: a record was there already
 * @met: it came while the reader was spinning
 * @slept: it, or time for it, woke the reader out of its sleep
 * @flows: PERIODIC: that are known
 * @next_ns: PERIODIC: when the next packet is due; 0: none is
 * @guard_ns: PERIODIC: so long before that the reader will be awake
 */
struct rtintercept_waits {
	__u64 at_once;
	__u64 met;
	__u64 slept;
	__u64 flows;
	__u64 next_ns;
	__u64 guard_ns;
};

/** rtintercept_waits() - how waiting has gone so far */
void rtintercept_waits(const struct rtintercept *rti, struct rtintercept_waits *waits);

/**
 * struct rtintercept_ring_counters - the reader's side of the books
 * @read: records released
 * @read_bytes: their captured bytes
 * @first_seq: lowest sequence number released, if @read is not 0
 * @last_seq: highest
 * @lost: last_seq - first_seq + 1 - read
 */
struct rtintercept_ring_counters {
	__u64 read;
	__u64 read_bytes;
	__u64 first_seq;
	__u64 last_seq;
	__u64 lost;
};

/** rtintercept_ring_counters() - how many this reader had, how many it missed */
void rtintercept_ring_counters(const struct rtintercept *rti,
			       struct rtintercept_ring_counters *counters);

/*
 * The steps of rtintercept_realtime(). What errors[] says of each, at the index
 * of its bit, and what it takes:
 */

/** RTINTERCEPT_REALTIME_CPU - stay on @cpu. -EINVAL: there is no such CPU, or
 * the cpuset does not have it. */
#define RTINTERCEPT_REALTIME_CPU	(1U << 0)
/** RTINTERCEPT_REALTIME_LATENCY - hold /dev/cpu_dma_latency open with 0, so that
 * no CPU sleeps deeply, until the session is closed; without a session, until
 * the process ends. -EACCES: the node's mode; -ENOENT: there is no such node. */
#define RTINTERCEPT_REALTIME_LATENCY	(1U << 1)
/** RTINTERCEPT_REALTIME_SLACK - timers of this thread expire 1 ns late at most,
 * as far as the kernel is concerned, not 50 us */
#define RTINTERCEPT_REALTIME_SLACK	(1U << 2)
/** RTINTERCEPT_REALTIME_STACK - touch the thread's stack, so that no page of it is
 * missing later. -ENOMEM: there is next to nothing left of it. */
#define RTINTERCEPT_REALTIME_STACK	(1U << 3)
/** RTINTERCEPT_REALTIME_RING - touch the ring's mapping. -EINVAL: there is none
 * yet; set it up first. */
#define RTINTERCEPT_REALTIME_RING	(1U << 4)
/** RTINTERCEPT_REALTIME_MEMORY - mlockall() the process, now and in future.
 * -EPERM: neither CAP_IPC_LOCK nor RLIMIT_MEMLOCK; -ENOMEM: RLIMIT_MEMLOCK is
 * less than the process has. */
#define RTINTERCEPT_REALTIME_MEMORY	(1U << 5)
/** RTINTERCEPT_REALTIME_PRIORITY - SCHED_FIFO with @priority. -EPERM: neither
 * CAP_SYS_NICE nor RLIMIT_RTPRIO of @priority, or the control group has no
 * real-time share. */
#define RTINTERCEPT_REALTIME_PRIORITY	(1U << 6)

#define RTINTERCEPT_REALTIME_ALL	0x7fU
#define RTINTERCEPT_REALTIME_STEPS	8	/* room for results */

/**
 * struct rtintercept_realtime - what to set up, and what came of it; grows at its end
 * @size: sizeof(struct rtintercept_realtime)
 * @steps: RTINTERCEPT_REALTIME_*, any set of them
 * @required: of @steps: those without which it is no use going on
 * @priority: 1 to 99; 0 without RTINTERCEPT_REALTIME_PRIORITY
 * @cpu: for RTINTERCEPT_REALTIME_CPU
 * @errors: out: per step 0 or a negative errno, at the index of its bit
 */
struct rtintercept_realtime {
	size_t size;
	__u32 steps;
	__u32 required;
	__s32 priority;
	__s32 cpu;
	__s32 errors[RTINTERCEPT_REALTIME_STEPS];
};

/**
 * rtintercept_realtime() - set up the calling thread for real time
 * @rti: the session that it will read; NULL: without one, for other threads that
 *	matter
 * @rt: in: the steps; out: what each came to
 *
 * Call it in the thread that reads, when the ring is set up. A step that cannot
 * be done is told and does not keep the others from being done, unless it is
 * required: then those behind it are not tried. What was done stays done.
 *
 * Return: the number of steps that could not be done; the errno of a required
 * one; -EINVAL, -E2BIG, -EOPNOTSUPP: @rt is wrong, and nothing was done.
 */
int rtintercept_realtime(struct rtintercept *rti,
			 struct rtintercept_realtime *rt);

/** rtintercept_clock_ns() - now, in the clock of a record's time_ns: T2 - T1 is the difference */
__u64 rtintercept_clock_ns(void);

#ifdef __cplusplus
}
#endif
#endif /* RTINTERCEPT_H */
