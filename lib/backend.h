/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the parts of the library share: the handle, the ring's reader, and the
 * table of functions by which a backend serves a session. Not installed.
 */
#ifndef RTI_BACKEND_H
#define RTI_BACKEND_H

#include "lib/rtintercept.h"
#include "lib/timetable.h"

/* Seen outside the shared object; the symbol map names the same functions. */
#define RTI_EXPORT	__attribute__((visibility("default")))

/* How many bytes of released records the kernel may not know of yet, at most. */
#define RTI_RING_STEP_BYTES	4096

/**
 * struct rti_ring - the reader of one ring, of either backend; see lib/ring.c
 * @consumer: the consumer page, mapped writable; NULL: there is no ring
 * @producer: the producer page, mapped read-only
 * @data: the data area, mapped twice in a row, read-only
 * @mask: size of the data area - 1
 * @position: all before it has been released
 * @told: what stands in @consumer, at most @position: our own copy, so that it is
 *	never read back from memory that others may have mapped
 * @step_bytes: how far @position may be ahead of @told, see rti_ring_defer()
 * @next: where to look next; ahead of @position by the record that is out
 * @out: the record that was peeked and is not released yet, or NULL
 * @produced: producer position when last loaded, acquire (A); at least @next
 * @counters: the books; @counters.lost is computed when they are asked for
 */
struct rti_ring {
	struct rtintercept_ring_consumer *consumer;
	const struct rtintercept_ring_producer *producer;
	const char *data;
	__u64 mask;
	__u64 position;
	__u64 told;
	__u64 step_bytes;
	__u64 next;
	const struct rtintercept_record *out;
	__u64 produced;
	struct rtintercept_ring_counters counters;
};

#define RTI_NOTES	64

/**
 * struct rti_waiter - how the application waits; see lib/strategy.c
 * @strategy: RTINTERCEPT_STRATEGY_*
 * @spin_ns: with SPIN_BLOCK
 * @table: with PERIODIC; else NULL
 * @note: records released since the table was last told of any
 * @notes: how many; those that find no room are forgotten
 * @counters: what became of the waits
 */
struct rti_waiter {
	__u32 strategy;
	__u64 spin_ns;
	struct rti_timetable *table;
	struct {
		__u64 key;
		__u64 time_ns;
	} note[RTI_NOTES];
	__u32 notes;
	struct rtintercept_waits counters;
};

struct rti_backend_ops;

/**
 * struct rtintercept - one session
 * @ops: the backend; never NULL once the handle is with the application
 * @priv: the backend's own; set by @ops->open(), freed by @ops->close()
 * @fd: what poll() and rtintercept_fd() use, valid from @ops->open() to
 *	@ops->close(). Readable when a record is there; EPOLLERR and EPOLLHUP as
 *	the uAPI says where the backend can, see @ops->event.
 * @ring: filled in by @ops->ring_setup() through rti_ring_init()
 * @watermark: not 0: the application waits for more than one record
 * @polled: not 0: the application has been given @fd, and may sleep on it by
 *	means of its own
 * @waiter: how it waits
 * @waiting: 1 while a thread is in rtintercept_ring_wait()
 * @closing: 1 from rtintercept_close() on
 * @latency_fd: held open for rtintercept_realtime(), -1: it is not
 */
struct rtintercept {
	const struct rti_backend_ops *ops;
	void *priv;
	int fd;
	struct rti_ring ring;
	int watermark;
	int polled;
	struct rti_waiter waiter;
	int waiting;
	int closing;
	int latency_fd;
};

/**
 * struct rti_backend_ops - how a backend does what the public functions promise
 *
 * Each member has the arguments and the return value of the rtintercept_
 * function of its name (0 or a count, else -errno), and may be NULL:
 * -EOPNOTSUPP. The dispatcher has refused NULL handles and out pointers before;
 * it has set nothing else. @open and @close are never NULL.
 *
 * @backend: RTINTERCEPT_BACKEND_*
 * @open: fill in @rti->fd and @rti->priv; on failure leave nothing behind,
 *	@close is not called then. @opts is a whole, checked struct.
 * @close: undo @open and @ring_setup, mappings included
 * @ring_setup: make and map the ring, then rti_ring_init(&rti->ring, ...).
 *	A second call is refused before it gets here: -EEXIST.
 * @wakeup: the dispatcher has refused a watermark without a deadline and the
 *	reverse
 * @event: @rti->fd was readable, or in error, and yet there is no record: work off
 *	what made it so. 0: sleep again; -ENODEV: the session is dead. NULL: there
 *	is no such thing. A hang-up (EPOLLHUP) of @rti->fd itself needs no @event.
 * @arm: the reader is about to sleep. From now on @rti->fd becomes readable when
 *	a record (or, with a watermark, enough of them) comes, or has come since
 *	the last call. 1: there is one already; 0: sleep, until *@until_ns at
 *	most, which may be lowered (NULL: the caller does not sleep here). NULL:
 *	polling @rti->fd is all it takes.
 * @sleep: sleep until a record comes, or @until_ns: 1, 0, -ENODEV the session is
 *	dead, or another errno. NULL: poll @rti->fd.
 * @interrupt: another thread sleeps: end its sleep; the session is about to be
 *	closed
 */
struct rti_backend_ops {
	__u32 backend;
	int (*open)(struct rtintercept *rti,
		    const struct rtintercept_open_opts *opts);
	void (*close)(struct rtintercept *rti);
	int (*info)(struct rtintercept *rti, struct rtintercept_info *info);
	int (*attach)(struct rtintercept *rti, __u32 ifindex, __u32 *hook);
	int (*detach)(struct rtintercept *rti, __u32 ifindex);
	int (*rule_add)(struct rtintercept *rti, __u32 session_id,
			struct rtintercept_rule *rule);
	int (*rule_del)(struct rtintercept *rti, __u32 session_id,
			__u32 rule_id);
	int (*rule_flush)(struct rtintercept *rti, __u32 session_id);
	int (*rule_list)(struct rtintercept *rti, __u32 session_id,
			 struct rtintercept_rule **rules, __u64 *generation);
	int (*rule_replace)(struct rtintercept *rti, __u32 session_id,
			    const struct rtintercept_rule *rules, __u32 count,
			    __u64 *generation);
	int (*rule_stats)(struct rtintercept *rti, __u32 session_id,
			  struct rtintercept_rule_counters **counters);
	int (*program_set)(struct rtintercept *rti, __u32 session_id,
			   struct rtintercept_program_set *program);
	int (*program_get)(struct rtintercept *rti, __u32 session_id,
			   struct rtintercept_program_get *program,
			   struct sock_filter **insns);
	int (*reply_set)(struct rtintercept *rti, __u32 session_id,
			 struct rtintercept_reply_set *reply);
	int (*reply_get)(struct rtintercept *rti, __u32 session_id,
			 struct rtintercept_reply_set *reply);
	int (*stats)(struct rtintercept *rti, __u32 session_id,
		     struct rtintercept_stats *stats);
	int (*session_list)(struct rtintercept *rti,
			    struct rtintercept_session **sessions);
	int (*attachment_list)(struct rtintercept *rti, __u32 session_id,
			       struct rtintercept_attachment **attachments);
	int (*ring_setup)(struct rtintercept *rti, __u64 ring_bytes);
	int (*start)(struct rtintercept *rti);
	int (*stop)(struct rtintercept *rti);
	int (*wakeup)(struct rtintercept *rti, __u32 records, __u32 bytes,
		      __u32 deadline_us);
	int (*event)(struct rtintercept *rti);
	int (*arm)(struct rtintercept *rti, __u64 *until_ns);
	int (*sleep)(struct rtintercept *rti, __u64 until_ns);
	void (*interrupt)(struct rtintercept *rti);
};

/* The backends: lib/module.c, lib/xdp.c. */
extern const struct rti_backend_ops rti_module_ops;
#ifdef RTI_HAVE_XDP
extern const struct rti_backend_ops rti_xdp_ops;
#endif

/*
 * lib/session.c; @known and @opts begin with their size in bytes, a size_t. What
 * the caller's struct lacks is 0 in @known.
 */
int rti_opts_read(void *known, size_t known_bytes, const void *opts);

/* lib/ring.c */
void rti_ring_init(struct rti_ring *ring, void *consumer, const void *producer,
		   const void *data, __u64 ring_bytes);
const struct rtintercept_record *rti_ring_peek(struct rti_ring *ring);
void rti_ring_release(struct rti_ring *ring);
void rti_ring_tell(struct rti_ring *ring);
void rti_ring_defer(struct rti_ring *ring, int seldom);

/* lib/wait.c */
int rti_block(struct rtintercept *rti, __u64 deadline_ns);

/* lib/strategy.c */
int rti_strategy_wait(struct rtintercept *rti, __u64 deadline_ns);

/* lib/note.c */
void rti_note(struct rti_waiter *waiter, const struct rtintercept_record *record);

/* lib/device.c */
int rti_device_path(char *path, size_t bytes);

#endif /* RTI_BACKEND_H */
