/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting for a record, asleep in poll(). */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <time.h>

#include "lib/backend.h"

#define NS_PER_S	1000000000ULL

/* The end of the wait, as a time of CLOCK_MONOTONIC; never is far away. */
static __u64 deadline_of(__s64 timeout_ns)
{
	__u64 now;

	if (timeout_ns < 0)
		return ULLONG_MAX;
	if (timeout_ns == 0)
		return 0;
	now = rtintercept_clock_ns();
	return now > ULLONG_MAX - (__u64)timeout_ns ?
	       ULLONG_MAX : now + (__u64)timeout_ns;
}

/* ppoll() until @deadline_ns. 0: time is up. */
static int sleep_until(struct pollfd *pfd, __u64 deadline_ns)
{
	struct timespec left = { 0, 0 };
	__u64 now, ns;
	int n;

	if (deadline_ns == ULLONG_MAX) {
		n = ppoll(pfd, 1, NULL, NULL);
	} else {
		now = deadline_ns ? rtintercept_clock_ns() : 0;
		ns = now < deadline_ns ? deadline_ns - now : 0;
		left.tv_sec = (time_t)(ns / NS_PER_S);
		left.tv_nsec = (long)(ns % NS_PER_S);
		n = ppoll(pfd, 1, &left, NULL);
	}
	return n < 0 ? -errno : n;
}

/*
 * The fd is awake and yet there is no record. POLLERR alone says that records
 * were dropped, once; whatever else it may be is the backend's to know.
 */
static int explain(struct rtintercept *rti, short revents)
{
	if (revents & POLLNVAL)
		return -EBADF;
	if (revents & POLLHUP)
		return -ENODEV;
	if (rti->ops->event)
		return rti->ops->event(rti);
	return 0;
}

/*
 * With a watermark it is the kernel that knows whether there is enough; without
 * one the first record ends the wait, and no system call is needed to see it.
 *
 * A hang-up counts only when the ring is empty: the peek comes after the poll,
 * and nothing is recorded after a hang-up.
 */
RTI_EXPORT int rtintercept_ring_wait(struct rtintercept *rti, __s64 timeout_ns)
{
	struct pollfd pfd;
	__u64 deadline_ns, until_ns;
	int awake, err;

	if (!rti || !rti->ring.consumer)
		return -EINVAL;
	if (!rti->watermark && rti_ring_peek(&rti->ring))
		return 1;

	pfd.fd = rti->fd;
	pfd.events = POLLIN;
	deadline_ns = deadline_of(timeout_ns);
	for (;;) {
		until_ns = deadline_ns;
		rti_ring_tell(&rti->ring);
		if (rti->ops->arm && rti->ops->arm(rti, &until_ns))
			return 1;
		awake = sleep_until(&pfd, until_ns);
		if (awake < 0)
			return awake;
		if (rti_ring_peek(&rti->ring))
			return 1;
		if (!awake && until_ns == deadline_ns)
			return 0;
		if (!awake)
			continue;
		err = explain(rti, pfd.revents);
		if (err)
			return err;
	}
}
