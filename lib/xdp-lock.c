/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who changes a session's rules holds its lock, which all processes see. */
#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "lib/xdp.h"

#define LOCK_TRIES	2000		/* of a millisecond */

/*
 * The rules of a session may be changed by its owner and by administrators. It
 * takes microseconds, so whoever finds the lock taken tries again; a holder
 * that has died has it taken away. Both see the same pid namespace, or the dead
 * one's lock is only given up after LOCK_TRIES.
 */
int rti_xdp_lock(struct rti_xdp_session *session)
{
	const struct timespec nap = { 0, 1000000 };
	const __u32 me = (__u32)getpid();
	__u32 holder;
	int i;

	for (i = 0; i < LOCK_TRIES; i++) {
		holder = 0;
		if (__atomic_compare_exchange_n(&session->lock, &holder, me, 0,
						__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return 0;
		if (kill((pid_t)holder, 0) && errno == ESRCH &&
		    __atomic_compare_exchange_n(&session->lock, &holder, me, 0,
						__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return 0;
		nanosleep(&nap, NULL);
	}
	return -EBUSY;
}

void rti_xdp_unlock(struct rti_xdp_session *session)
{
	__atomic_store_n(&session->lock, 0, __ATOMIC_RELEASE);
}
