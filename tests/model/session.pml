/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session's life: opened, attached, started, stopped, detached, closed, while
 * its interface and its network namespace go, packets come, an administrator
 * changes its rules, all whenever they like. Nothing that was freed is touched,
 * nobody waits for ever, and in the end all is freed. The names are those of
 * driver/session.c and driver/attach.c.
 *
 * With -DM_x one step is left out or done too early: spin must find out.
 */

/* MUST FAIL: M_FREE_ATTACHMENT_AT_ONCE */
/* MUST FAIL: M_ATTACH_WITHOUT_ASKING */
/* MUST FAIL: M_STOP_AT_ONCE */
/* MUST FAIL: M_LEAVE_LIST_FIRST */
/* MUST FAIL: M_LOCKS_UPSIDE_DOWN */
/* MUST FAIL: M_FORGET_ATTACHMENT */
/* MUST FAIL: M_CLOSE_AT_ONCE */
/* MUST FAIL: M_NO_NOTIFIER */
/* MUST FAIL: M_NO_NET_EXIT */
/* MUST FAIL: M_NO_REFERENCE */

/* What there is: 0 not yet, 1 alive, 2 freed. */
byte session, attachment, device = 1, net = 1, table;

bool rtnl, sessions_lock;
bool in_list;		/* sessions_lock */
bool knows_net;		/* session->net; RTNL */
bool hooked;		/* RTNL; packets find the attachment by it */
bool running, dead;
bool opener_in_net = true;
bool registered = true;
byte ref;
bool stopped;		/* STOP has returned: no packet is looked at any more */

/* RCU: packets inside, and what waits for them to have left */
byte inside, inside_session;
bool attachment_to_free, table_to_free;
byte tables;		/* old ones, beside the one in force */

#define ALIVE(x)	assert((x) == 1)
#define LOCK(l)		atomic { !l -> l = true; }
#define UNLOCK(l)	l = false

/* The attachment goes from the device; packets may still be inside. RTNL. */
inline unhook()
{
	if
	:: hooked ->
		ALIVE(attachment);
		ALIVE(device);
		hooked = false;
#ifdef M_FREE_ATTACHMENT_AT_ONCE
		attachment = 2;
#else
		attachment_to_free = true;
#endif
	:: else;
	fi;
}

inline synchronize_net()
{
	(inside == 0);
}

inline put()
{
	atomic {
		ref--;
		if
		:: ref == 0 ->
			assert(inside_session == 0 && !in_list && !hooked);
			session = 2;
			table = 2;
		:: else;
		fi;
	}
}

proctype Owner()
{
	/* rti_session_open(): who opens is in the namespace, so it stays. */
	session = 1;
	table = 1;
	ref = 1;
	knows_net = true;
	LOCK(sessions_lock);
	in_list = true;
	UNLOCK(sessions_lock);
	opener_in_net = false;

	/* rti_session_attach() */
	LOCK(rtnl);
	if
#ifdef M_ATTACH_WITHOUT_ASKING
	:: true ->
#else
	:: knows_net ->
#endif
		ALIVE(net);
		if
		:: registered ->
			ALIVE(device);
			attachment = 1;
			hooked = true;
			dead = false;
		:: else;
		fi;
	:: else;
	fi;
	UNLOCK(rtnl);
	running = true;

	if
	:: true ->	/* rti_session_stop() */
		running = false;
#ifndef M_STOP_AT_ONCE
		synchronize_net();
#endif
		stopped = true;
	:: true ->	/* rti_session_detach() */
		LOCK(rtnl);
		unhook();
		UNLOCK(rtnl);
		synchronize_net();
	:: true;
	fi;

	/* rti_session_close() */
	running = false;
#ifdef M_LEAVE_LIST_FIRST
	LOCK(sessions_lock);
	in_list = false;
	UNLOCK(sessions_lock);
#endif
	LOCK(rtnl);
#ifdef M_LOCKS_UPSIDE_DOWN
	LOCK(sessions_lock);
	in_list = false;
	UNLOCK(sessions_lock);
#endif
#ifndef M_FORGET_ATTACHMENT
	unhook();
#endif
#ifdef M_LEAVE_LIST_FIRST
	if
	:: knows_net -> ALIVE(net);
	:: else;
	fi;
#endif
	knows_net = false;
	UNLOCK(rtnl);
	LOCK(sessions_lock);
	in_list = false;
	UNLOCK(sessions_lock);
#ifndef M_CLOSE_AT_ONCE
	synchronize_net();
#endif
	put();
}

/* The interface goes, by itself or with its namespace. */
proctype Device()
{
	LOCK(rtnl);
	registered = false;
#ifndef M_NO_NOTIFIER
	/* on_netdev_event() */
	if
	:: hooked ->
		unhook();
		ALIVE(session);
		dead = true;
	:: else;
	fi;
#endif
	UNLOCK(rtnl);
	synchronize_net();
	device = 2;
}

/* The namespace goes, when nobody is in it any more. */
proctype Namespace()
{
	!opener_in_net;
#ifndef M_NO_NET_EXIT
	/* on_net_exit() */
	LOCK(sessions_lock);
	LOCK(rtnl);
	if
	:: in_list && knows_net ->
		ALIVE(session);
		unhook();
		knows_net = false;
		dead = true;
	:: else;
	fi;
	UNLOCK(rtnl);
	UNLOCK(sessions_lock);
#endif
	(device == 2);
	net = 2;
}

/* Packets, in softirq; there are two of these. */
proctype Packets()
{
	bool in;

	atomic {
		in = registered;
		if
		:: in -> inside++;
		:: else;
		fi;
	}
	if
	:: in && hooked ->
		ALIVE(device);
		ALIVE(attachment);
		inside_session++;
		ALIVE(session);
		if
		:: running -> ALIVE(table); assert(!stopped);
		:: else;
		fi;
		inside_session--;
	:: else;
	fi;
	if
	:: in -> ALIVE(device); inside--;
	:: else;
	fi;
}

/* rti_session_get(), a change of the rules, rti_session_put() */
proctype Administrator()
{
	LOCK(sessions_lock);
	if
	:: in_list ->
		ALIVE(session);
#ifndef M_NO_REFERENCE
		ref++;
#endif
		UNLOCK(sessions_lock);
		/* rti_session_capable() */
		LOCK(rtnl);
		ALIVE(session);
		if
		:: knows_net -> ALIVE(net);
		:: else;
		fi;
		UNLOCK(rtnl);
		/* rti_session_publish() */
		ALIVE(session);
		ALIVE(table);
		table_to_free = true;
#ifndef M_NO_REFERENCE
		put();
#endif
	:: else -> UNLOCK(sessions_lock);
	fi;
}

/* What kfree_rcu() and the like leave for later. */
proctype Rcu()
{
end:	do
	:: atomic { attachment_to_free && inside == 0 ->
		attachment_to_free = false;
		attachment = 2;
	   }
	:: atomic { table_to_free && inside == 0 -> table_to_free = false; }
	:: atomic { timeout ->
		assert(session == 2 && table == 2 && device == 2 && net == 2);
		assert(attachment != 1 && !hooked && !in_list && ref == 0);
		break;
	   }
	od;
}

init {
	atomic {
		run Owner();
		run Device();
		run Namespace();
		run Packets();
		run Packets();
		run Administrator();
		run Rcu();
	}
}
