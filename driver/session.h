/* SPDX-License-Identifier: GPL-2.0-only */
/* Sessions: one open of the device each. */
#ifndef RTI_SESSION_H
#define RTI_SESSION_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/uidgid.h>

#include "attach.h"
#include "hook.h"

#define RTI_SESSIONS_MAX	256

/**
 * struct rti_session - one open of the device
 * @path: what the packet path needs; see there
 * @attachments: its interfaces; RTNL
 * @net: its network namespace, NULL once that has gone; RTNL. No reference is
 *	held: a namespace does not wait for us, it tells us.
 * @programs: @lock
 * @replies: @lock
 * @lock: guards changes of @path (rules, ring, running). Not needed to read.
 * @reading: serialises read(); may be held while copying to the user, so no
 *	other lock is taken outside it
 * @mapped: the consumer page has been mapped writable: read() is refused
 * @ref: the file, and administrators at work on it
 * @node: in the list of sessions; sessions_lock
 * @id: from 1 on; constant, as all that follow
 * @pid: of the opener, in the initial pid namespace
 * @uid: of the opener
 * @netns: inode number of the network namespace
 * @opened_ns: when
 * @command: of the opener
 *
 * Lock order: sessions_lock, @lock, RTNL, ring->lock. @reading stands alone.
 */
struct rti_session {
	struct rti_path path;
	struct rti_attachments attachments;
	struct net *net;
	struct rti_names programs;
	struct rti_names replies;
	struct mutex lock;
	struct mutex reading;
	bool mapped;
	struct kref ref;
	struct list_head node;
	u32 id;
	u32 pid;
	kuid_t uid;
	u64 netns;
	u64 opened_ns;
	char command[TASK_COMM_LEN];
};

struct rti_session *rti_session_open(void);
void rti_session_close(struct rti_session *session);
struct rti_session *rti_session_get(struct rti_session *own, u32 id);
void rti_session_put(struct rti_session *session);

bool rti_session_capable(const struct rti_session *session, int capability);
u32 rti_session_state(const struct rti_session *session);
int rti_session_attach(struct rti_session *session, u32 ifindex, u32 *hook);
int rti_session_detach(struct rti_session *session, u32 ifindex);
int rti_session_ring_setup(struct rti_session *session, u64 bytes);
int rti_session_start(struct rti_session *session);
void rti_session_stop(struct rti_session *session);
int rti_session_wakeup(struct rti_session *session,
		       const struct rtintercept_wakeup *wakeup);

void rti_session_publish(struct rti_session *session, struct rti_table *table);
struct rti_table *rti_session_table(struct rti_session *session);

void rti_session_visit(struct rti_session *own,
		       void (*visit)(struct rti_session *session, void *context),
		       void *context);

int rti_session_init(void);
void rti_session_exit(void);

#endif /* RTI_SESSION_H */
