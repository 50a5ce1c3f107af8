/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting for a record: asleep; how else is lib/strategy.c's. */
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

/* Until @until_ns. 1: awake, look; 0: time is up; or an errno. */
static int sleep_once(struct rtintercept *rti, __u64 until_ns)
{
	struct pollfd pfd = { .fd = rti->fd, .events = POLLIN };
	int awake, err;

	if (rti->ops->sleep)
		return rti->ops->sleep(rti, until_ns);
	awake = sleep_until(&pfd, until_ns);
	if (awake <= 0 || rti_ring_peek(&rti->ring))
		return awake;
	err = explain(rti, pfd.revents);
	return err ? err : 1;
}

/**
 * rti_block() - sleep until a record is there
 * @rti: the session, with a ring
 * @deadline_ns: or this time has come
 *
 * With a watermark it is the kernel that knows whether there is enough. Dead is
 * only who has nothing to read either: the look comes after the sleep, and nothing
 * is recorded after the end.
 *
 * Return: 1, 0 time is up, or an errno as of rtintercept_ring_wait().
 */
int rti_block(struct rtintercept *rti, __u64 deadline_ns)
{
	__u64 until_ns;
	int awake;

	for (;;) {
		until_ns = deadline_ns;
		rti_ring_tell(&rti->ring);
		if (rti->ops->arm && rti->ops->arm(rti, &until_ns))
			return 1;
		awake = sleep_once(rti, until_ns);
		if (awake < 0 && awake != -ENODEV)
			return awake;
		if (rti_ring_peek(&rti->ring))
			return 1;
		if (awake < 0)
			return awake;
		if (!awake && until_ns == deadline_ns)
			return 0;
		if (__atomic_load_n(&rti->closing, __ATOMIC_RELAXED))
			return -EBADF;
	}
}

/* Without a watermark the first record ends the wait, and nobody need be asked. */
RTI_EXPORT int rtintercept_ring_wait(struct rtintercept *rti, __s64 timeout_ns)
{
	int err = -EBADF;

	if (!rti || !rti->ring.consumer)
		return -EINVAL;
	if (!rti->watermark && rti_ring_peek(&rti->ring)) {
		rti->waiter.counters.at_once++;
		return 1;
	}
	__atomic_store_n(&rti->waiting, 1, __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&rti->closing, __ATOMIC_SEQ_CST))
		err = rti_strategy_wait(rti, deadline_of(timeout_ns));
	if (__atomic_load_n(&rti->closing, __ATOMIC_RELAXED))
		err = -EBADF;
	/* From here on the handle may be gone. */
	__atomic_store_n(&rti->waiting, 0, __ATOMIC_RELEASE);
	return err;
}
