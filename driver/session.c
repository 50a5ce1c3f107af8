// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions: their life, and the state behind each ioctl. What the user's bytes
 * mean is ioctl's; packets never come here.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/idr.h>
#include <linux/log2.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "answer.h"
#include "ringmem.h"
#include "session.h"

static DEFINE_MUTEX(sessions_lock);
static LIST_HEAD(sessions);		/* sessions_lock */
static DEFINE_IDA(session_ids);		/* locks itself */

/* Its last interface has gone from under it. Context: RTNL. */
static void on_lost(struct rti_attachments *attachments)
{
	struct rti_session *s = container_of(attachments, struct rti_session,
					     attachments);

	if (!attachments->count)
		rti_wakeup_set_dead(&s->path.wakeup, true);
}

/*
 * Ids go round, so that what an administrator does to a session that has just
 * ended does not hit the next one.
 */
static int id_alloc(void)
{
	static u32 last;	/* a race only makes an id come round earlier */
	int id;

	id = ida_alloc_range(&session_ids, READ_ONCE(last) + 1, RTI_SESSIONS_MAX,
			     GFP_KERNEL);
	if (id == -ENOSPC)
		id = ida_alloc_range(&session_ids, 1, RTI_SESSIONS_MAX, GFP_KERNEL);
	if (id > 0)
		WRITE_ONCE(last, id == RTI_SESSIONS_MAX ? 0 : id);
	return id;
}

static struct rti_session *session_alloc(void)
{
	struct rti_session *s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	int id;

	if (!s)
		return ERR_PTR(-ENOMEM);
	s->path.counters = rti_counters_alloc();
	if (!s->path.counters)
		goto err_free;
	id = id_alloc();
	if (id < 0)
		goto err_free_counters;
	s->id = id;
	s->path.session_id = id;
	s->path.wakeup.session_id = id;
	rti_wakeup_init(&s->path.wakeup, s->path.counters);
	rti_attachments_init(&s->attachments, &s->path, on_lost);
	s->programs.free = rti_code_free;
	s->replies.free = rti_reply_free;
	mutex_init(&s->lock);
	mutex_init(&s->reading);
	kref_init(&s->ref);
	return s;

err_free_counters:
	rti_counters_free(s->path.counters);
	kfree(s);
	return ERR_PTR(id == -ENOSPC ? -EMFILE : id);
err_free:
	kfree(s);
	return ERR_PTR(-ENOMEM);
}

/* Nobody looks at packets for it any more, nobody has it open or mapped. */
static void session_free(struct rti_session *s)
{
	rti_wakeup_destroy(&s->path.wakeup);
	rti_table_free(rcu_dereference_protected(s->path.table, 1));
	rti_names_destroy(&s->programs);
	rti_names_destroy(&s->replies);
	rti_ringmem_free(s->path.ring);
	rti_counters_free(s->path.counters);
	ida_free(&session_ids, s->id);
	kfree(s);
}

static void session_release(struct kref *ref)
{
	session_free(container_of(ref, struct rti_session, ref));
}

/**
 * rti_session_open() - a session for the calling process
 *
 * Return: the session; ERR_PTR(-EMFILE) there are RTI_SESSIONS_MAX of them,
 * ERR_PTR(-ENOMEM). Context: process.
 */
struct rti_session *rti_session_open(void)
{
	struct rti_session *s = session_alloc();

	if (IS_ERR(s))
		return s;
	s->pid = task_tgid_nr(current);
	s->uid = current_uid();
	s->opened_ns = ktime_get_ns();
	get_task_comm(s->command, current->group_leader);
	s->net = current->nsproxy->net_ns;
	s->netns = s->net->ns.inum;
	mutex_lock(&sessions_lock);
	list_add_tail(&s->node, &sessions);
	mutex_unlock(&sessions_lock);
	return s;
}

/*
 * The file and every mapping are gone. Only a session in the list learns that
 * its namespace goes, so it leaves the list after it has let go of that. After
 * the grace period no packet is inside the session's path.
 */
void rti_session_close(struct rti_session *session)
{
	WRITE_ONCE(session->path.running, false);
	rtnl_lock();
	rti_attachments_destroy(&session->attachments);
	session->net = NULL;
	rtnl_unlock();
	mutex_lock(&sessions_lock);
	list_del(&session->node);
	mutex_unlock(&sessions_lock);
	synchronize_net();
	rti_session_put(session);
}

/**
 * rti_session_capable() - has the caller a capability where the session lives?
 * @session: whose network namespace counts
 * @capability: CAP_*
 *
 * Context: may sleep; not under RTNL.
 */
bool rti_session_capable(const struct rti_session *session, int capability)
{
	bool capable;

	rtnl_lock();
	capable = session->net ? ns_capable(session->net->user_ns, capability) :
				 ns_capable(&init_user_ns, capability);
	rtnl_unlock();
	return capable;
}

/**
 * rti_session_get() - the session that an ioctl is about
 * @own: the caller's
 * @id: 0: the caller's own; else another, for the administrator
 *
 * Return: a session to be put; ERR_PTR(-ENOENT), ERR_PTR(-EPERM).
 */
struct rti_session *rti_session_get(struct rti_session *own, u32 id)
{
	struct rti_session *s, *found = NULL;

	if (id == 0 || id == own->id) {
		kref_get(&own->ref);
		return own;
	}
	mutex_lock(&sessions_lock);
	list_for_each_entry(s, &sessions, node)
		if (s->id == id)
			found = s;
	if (found)
		kref_get(&found->ref);
	mutex_unlock(&sessions_lock);
	if (!found)
		return ERR_PTR(-ENOENT);
	if (rti_session_capable(found, CAP_NET_ADMIN))
		return found;
	rti_session_put(found);
	return ERR_PTR(-EPERM);
}

void rti_session_put(struct rti_session *session)
{
	kref_put(&session->ref, session_release);
}

u32 rti_session_state(const struct rti_session *session)
{
	if (READ_ONCE(session->path.wakeup.dead))
		return RTINTERCEPT_STATE_DEAD;
	if (READ_ONCE(session->path.running))
		return RTINTERCEPT_STATE_RUNNING;
	return READ_ONCE(session->path.ring) ? RTINTERCEPT_STATE_READY :
					       RTINTERCEPT_STATE_NEW;
}

int rti_session_attach(struct rti_session *session, u32 ifindex, u32 *hook)
{
	int err = -ENODEV;

	rtnl_lock();
	if (session->net)
		err = rti_attach(&session->attachments, session->net, ifindex, hook);
	if (!err)
		rti_wakeup_set_dead(&session->path.wakeup, false);
	rtnl_unlock();
	return err;
}

int rti_session_detach(struct rti_session *session, u32 ifindex)
{
	int err;

	rtnl_lock();
	err = rti_detach(&session->attachments, ifindex);
	rtnl_unlock();
	if (!err)
		synchronize_net();
	return err;
}

/* Errors as of RTINTERCEPT_IOC_RING_SETUP. */
int rti_session_ring_setup(struct rti_session *session, u64 bytes)
{
	struct rti_ringmem *ring;
	int err = -EEXIST;

	if (!is_power_of_2(bytes) || bytes < RTI_RING_MIN_BYTES ||
	    bytes < PAGE_SIZE)
		return -EINVAL;
	if (bytes > RTI_RING_MAX_BYTES)
		return -E2BIG;
	mutex_lock(&session->lock);
	if (session->path.ring)
		goto out;
	ring = rti_ringmem_alloc(bytes);
	err = PTR_ERR_OR_ZERO(ring);
	if (err)
		goto out;
	/* A ring that is seen is whole: mmap(), poll() and read() take no lock. */
	smp_store_release(&session->path.ring, ring);
	/* The same, for sleepers. */
	smp_store_release(&session->path.wakeup.ring, ring);
out:
	mutex_unlock(&session->lock);
	return err;
}

int rti_session_start(struct rti_session *session)
{
	int err = -EINVAL;

	mutex_lock(&session->lock);
	if (session->path.ring) {
		/* Pairs with the packet path's acquire: running has its ring. */
		smp_store_release(&session->path.running, true);
		err = 0;
	}
	mutex_unlock(&session->lock);
	return err;
}

void rti_session_stop(struct rti_session *session)
{
	mutex_lock(&session->lock);
	WRITE_ONCE(session->path.running, false);
	mutex_unlock(&session->lock);
	synchronize_net();
}

/* Takes effect at the next look; a sleeper looks at once. */
int rti_session_wakeup(struct rti_session *session,
		       const struct rtintercept_wakeup *wakeup)
{
	if (wakeup->deadline_us > RTI_DEADLINE_MAX_US)
		return -EINVAL;
	mutex_lock(&session->lock);
	rti_wakeup_set(&session->path.wakeup, wakeup->records, wakeup->bytes,
		       wakeup->deadline_us * (u64)NSEC_PER_USEC);
	mutex_unlock(&session->lock);
	return 0;
}

/* The table, for who holds the session's lock. */
struct rti_table *rti_session_table(struct rti_session *session)
{
	return rcu_dereference_protected(session->path.table,
					 lockdep_is_held(&session->lock));
}

/* The session's lock is held. From here on packets meet the new table. */
void rti_session_publish(struct rti_session *session, struct rti_table *table)
{
	struct rti_table *old = rti_session_table(session);

	rcu_assign_pointer(session->path.table, table);
	rti_table_free_rcu(old);
}

/**
 * rti_session_visit() - see each session that the caller may know of
 * @own: the caller's
 * @visit: called for it and for those where the caller has CAP_NET_ADMIN, at
 *	most RTI_SESSIONS_MAX times; takes no lock
 * @context: for @visit
 *
 * Context: may sleep.
 */
void rti_session_visit(struct rti_session *own,
		       void (*visit)(struct rti_session *session, void *context),
		       void *context)
{
	struct rti_session *s;

	mutex_lock(&sessions_lock);
	list_for_each_entry(s, &sessions, node)
		if (s == own || rti_session_capable(s, CAP_NET_ADMIN))
			visit(s, context);
	mutex_unlock(&sessions_lock);
}

/* A network namespace goes: its sessions live on without it, dead. */
static void __net_exit on_net_exit(struct net *net)
{
	struct rti_session *s;

	mutex_lock(&sessions_lock);
	rtnl_lock();
	list_for_each_entry(s, &sessions, node) {
		if (s->net != net)
			continue;
		rti_attachments_destroy(&s->attachments);
		s->net = NULL;
		rti_wakeup_set_dead(&s->path.wakeup, true);
	}
	rtnl_unlock();
	mutex_unlock(&sessions_lock);
}

static struct pernet_operations net_ops = {
	.exit = on_net_exit,
};

int rti_session_init(void)
{
	return register_pernet_subsys(&net_ops);
}

void rti_session_exit(void)
{
	unregister_pernet_subsys(&net_ops);
	ida_destroy(&session_ids);
}
