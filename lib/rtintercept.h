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
 */
void rtintercept_ring_release(struct rtintercept *rti);

/**
 * rtintercept_ring_wait() - sleep until a record is there
 * @rti: the session, with a ring
 * @timeout_ns: at most so long; 0: only look; negative: for ever
 *
 * Return: 1 a record is there (with a watermark: enough of them, or its deadline
 * or the timeout has passed and there is one at all); 0 time is up and there is
 * none; -EINTR a signal; -ENODEV the session is dead and the ring is empty;
 * -EINVAL there is no ring.
 */
int rtintercept_ring_wait(struct rtintercept *rti, __s64 timeout_ns);

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

/** rtintercept_clock_ns() - now, in the clock of a record's time_ns: T2 - T1 is the difference */
__u64 rtintercept_clock_ns(void);

#ifdef __cplusplus
}
#endif
#endif /* RTINTERCEPT_H */
