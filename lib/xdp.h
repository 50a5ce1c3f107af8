/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the parts of the XDP backend share: the maps of a session, and this
 * process's own session. Not installed.
 *
 *	lib/xdp.c		the table of functions; open, close, start, stop
 *	lib/xdp-maps.c		the maps of a session, ours or another's
 *	lib/xdp-probe.c		what the kernel can
 *	lib/xdp-load.c		the program, the ring
 *	lib/xdp-attach.c	interfaces
 *	lib/xdp-dispatcher.c	interfaces that are shared by libxdp's dispatcher
 *	lib/xdp-watch.c		interfaces that go
 *	lib/xdp-table.c		the rules
 *	lib/xdp-live.c		the table that packets meet
 *	lib/xdp-rules.c		the rule calls
 *	lib/xdp-replies.c	what REPLY answers
 *	lib/xdp-stats.c		the books, and who else is here
 *	lib/xdp-wait.c		before and after sleeping
 */
#ifndef RTI_LIB_XDP_H
#define RTI_LIB_XDP_H

#include <errno.h>

#include "driver/bpf/shared.h"
#include "lib/backend.h"

/* Besides RTINTERCEPT_FEATURE_WATERMARK, which depends on the kernel. */
#define RTI_XDP_FEATURES	(RTINTERCEPT_FEATURE_HOOK_XDP | \
				 RTINTERCEPT_FEATURE_OTHER_SESSIONS | \
				 RTINTERCEPT_FEATURE_MATCH_PAYLOAD | \
				 RTINTERCEPT_FEATURE_REPLY)

/* Set in a session id: the rest of it is the id of map rti_session. */
#define RTI_XDP_SESSION_ID	(1U << 31)

struct bpf_program;
struct rtintercept_bpf;
struct rti_xdp_shared;

/**
 * struct rti_xdp_maps - the maps of one session, ours or another's
 * @session_id: as other processes name it
 * @session_fd: map rti_session
 * @rules_fd: map rti_rules
 * @tables_fd: map rti_tables
 * @large_fd: map rti_large
 * @counters_fd: map rti_counters
 * @slots_fd: map rti_slots
 * @replies_fd: map rti_replies
 * @due_fd: map rti_due
 * @ring_fd: map rti_ring, -1: none yet
 * @session: the value of rti_session, mapped writable
 * @slots: the values of rti_slots, mapped
 */
struct rti_xdp_maps {
	__u32 session_id;
	int session_fd;
	int rules_fd;
	int tables_fd;
	int large_fd;
	int counters_fd;
	int slots_fd;
	int replies_fd;
	int due_fd;
	int ring_fd;
	struct rti_xdp_session *session;
	const struct rti_xdp_slot *slots;
};

/**
 * struct rti_xdp_books - the books of a session at a time
 * @sum: over all CPUs; @ring_peak_bytes: the highest
 * @slots: the slots that CPUs share
 * @slots_count: slots that have ever been in use
 */
struct rti_xdp_books {
	struct rti_xdp_counters sum;
	const struct rti_xdp_slot *slots;
	__u32 slots_count;
};

/**
 * struct rti_xdp_attached - an interface of ours; goes with the entry of the same
 *	index in struct rti_xdp_session, @attachment
 * @link_fd: of the BPF link; -1: none, see @shared
 * @shared: through libxdp's dispatcher; NULL: by a link of its own
 */
struct rti_xdp_attached {
	int link_fd;
	struct rti_xdp_shared *shared;
};

/**
 * struct rti_xdp - rtintercept->priv
 * @maps: ours
 * @skel: the loaded program by whether it takes fragments; NULL: not yet
 * @attached: our interfaces
 * @bell_fd: map rti_bell
 * @bell_consumer: its consumer page, mapped writable
 * @bell_producer: its producer page
 * @netlink_fd: tells when one of our interfaces goes
 * @dead_fd: an eventfd, readable from when the session is dead
 * @timers: the program may use timers: there are watermarks
 * @reads: the program may read kernel memory, and fetches ahead
 * @preempted: PREEMPT_RT: its counters have to be atomic
 * @records: the watermark, 0 or 1: none
 * @ring_consumer: consumer page of the ring, mapped writable; NULL: none
 * @ring_producer: its producer page and the data behind it
 * @ring_producer_bytes: length of that mapping
 */
struct rti_xdp {
	struct rti_xdp_maps maps;
	struct rtintercept_bpf *skel[2];
	struct rti_xdp_attached attached[RTI_XDP_ATTACHMENTS];
	int bell_fd;
	struct rtintercept_ring_consumer *bell_consumer;
	const struct rtintercept_ring_producer *bell_producer;
	int netlink_fd;
	int dead_fd;
	__u32 timers;
	__u32 reads;
	__u32 preempted;
	__u32 records;
	void *ring_consumer;
	void *ring_producer;
	size_t ring_producer_bytes;
};

static inline struct rti_xdp *rti_xdp_of(const struct rtintercept *rti)
{
	return rti->priv;
}

/* Is it for want of memory or files? Whatever else is tried would want them, too. */
static inline int rti_xdp_is_want(int err)
{
	return err == -ENOMEM || err == -EMFILE || err == -ENFILE;
}

/* lib/xdp-maps.c */
int rti_xdp_maps_create(struct rti_xdp_maps *maps);
int rti_xdp_maps_open(struct rti_xdp_maps *maps, __u32 session_id);
void rti_xdp_maps_close(struct rti_xdp_maps *maps);
int rti_xdp_maps_get(struct rtintercept *rti, __u32 session_id,
		     struct rti_xdp_maps *borrowed);
void rti_xdp_maps_put(struct rtintercept *rti, struct rti_xdp_maps *borrowed);
int rti_xdp_map_id(int fd, __u32 *id);
int rti_xdp_next_session(__u32 *session_id);

/* lib/xdp-lock.c */
int rti_xdp_lock(struct rti_xdp_session *session);
void rti_xdp_unlock(struct rti_xdp_session *session);

/* lib/xdp-probe.c */
int rti_xdp_load_only(struct rtintercept_bpf *skel, struct bpf_program *wanted);
int rti_xdp_supported(void);
int rti_xdp_has_timers(void);
int rti_xdp_may_read(void);
int rti_xdp_preempted(void);
int rti_xdp_trusted(void);

/* lib/xdp-load.c */
int rti_xdp_open_program(const struct rti_xdp *xdp, int frags,
			 struct rtintercept_bpf **out);
int rti_xdp_program(struct rti_xdp *xdp, int frags);
void rti_xdp_unload(struct rtintercept_bpf *skel[2]);
int rti_xdp_ring_setup(struct rtintercept *rti, __u64 ring_bytes);
void rti_xdp_ring_unmap(struct rti_xdp *xdp);

/* lib/xdp-attach.c */
int rti_xdp_attach(struct rtintercept *rti, __u32 ifindex, __u32 *hook);
int rti_xdp_detach(struct rtintercept *rti, __u32 ifindex);
void rti_xdp_detach_all(struct rti_xdp *xdp);
int rti_xdp_reattach(struct rti_xdp *xdp);
void rti_xdp_forget(struct rti_xdp *xdp, __u32 ifindex);
void rti_xdp_look_again(struct rti_xdp *xdp);
void rti_xdp_know_mac(struct rti_xdp *xdp, __u32 ifindex, const __u8 *mac);
int rti_xdp_attachment_list(struct rtintercept *rti, __u32 session_id,
			    struct rtintercept_attachment **attachments);

/* lib/xdp-dispatcher.c */
int rti_xdp_share(struct rti_xdp *xdp, __u32 ifindex, __u32 mode, int frags,
		  struct rti_xdp_shared **out);
void rti_xdp_unshare(struct rti_xdp_shared *shared);

/* lib/xdp-watch.c */
int rti_xdp_watch_open(struct rti_xdp *xdp);
void rti_xdp_watch_close(struct rti_xdp *xdp);
int rti_xdp_watch(struct rti_xdp *xdp);
int rti_xdp_gone(struct rti_xdp *xdp);
void rti_xdp_interrupt(struct rtintercept *rti);
void rti_xdp_revive(struct rti_xdp *xdp);

/* lib/xdp-table.c */
int rti_xdp_start(const struct rti_xdp_maps *maps);
int rti_xdp_rules_copy(const struct rti_xdp_maps *maps, struct rti_xdp_rules **rules);
int rti_xdp_rules_read(const struct rti_xdp_maps *maps, struct rti_xdp_rules **rules);

/* lib/xdp-live.c */
int rti_xdp_put(int outer_fd, __u32 at, const char *name, const void *value,
		__u32 bytes);
int rti_xdp_publish(const struct rti_xdp_maps *maps, const struct rti_xdp_rules *rules);
int rti_xdp_withdraw(const struct rti_xdp_maps *maps);
int rti_xdp_running(const struct rti_xdp_maps *maps);

/* lib/xdp-rules.c */
int rti_xdp_rule_add(struct rtintercept *rti, __u32 session_id,
		     struct rtintercept_rule *rule);
int rti_xdp_rule_del(struct rtintercept *rti, __u32 session_id, __u32 rule_id);
int rti_xdp_rule_flush(struct rtintercept *rti, __u32 session_id);
int rti_xdp_rule_list(struct rtintercept *rti, __u32 session_id,
		      struct rtintercept_rule **rules, __u64 *generation);
int rti_xdp_rule_replace(struct rtintercept *rti, __u32 session_id,
			 const struct rtintercept_rule *rules, __u32 count,
			 __u64 *generation);

/* lib/xdp-replies.c */
int rti_xdp_reply_at(const struct rti_xdp_rules *rules, __u32 reply_id);
int rti_xdp_reply_set(struct rtintercept *rti, __u32 session_id,
		      struct rtintercept_reply_set *reply);
int rti_xdp_reply_get(struct rtintercept *rti, __u32 session_id,
		      struct rtintercept_reply_set *reply);

/* lib/xdp-stats.c */
int rti_xdp_books_read(const struct rti_xdp_maps *maps, struct rti_xdp_books *books);
const struct rti_xdp_slot *rti_xdp_slot(const struct rti_xdp_books *books, __u32 slot);
int rti_xdp_rule_stats(struct rtintercept *rti, __u32 session_id,
		       struct rtintercept_rule_counters **counters);
int rti_xdp_stats(struct rtintercept *rti, __u32 session_id,
		  struct rtintercept_stats *stats);
int rti_xdp_session_list(struct rtintercept *rti,
			 struct rtintercept_session **sessions);

/* lib/xdp-wait.c */
int rti_xdp_wait_open(struct rtintercept *rti);
void rti_xdp_wait_close(struct rtintercept *rti);
int rti_xdp_wakeup(struct rtintercept *rti, __u32 records, __u32 bytes,
		   __u32 deadline_us);
int rti_xdp_arm(struct rtintercept *rti, __u64 *until_ns);
int rti_xdp_event(struct rtintercept *rti);

#endif /* RTI_LIB_XDP_H */
