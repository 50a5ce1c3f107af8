/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's receive time stamps of a socket, in CLOCK_MONOTONIC. The kernel
 * takes them when it has the packet from the driver, in CLOCK_REALTIME. Shared by
 * rtintercept-ctl and rtintercept-bench.
 */
#include <errno.h>
#include <string.h>

#include "stamp.h"

#define PAIRS	100

int stamp_ask(int fd)
{
	const int on = 1;

	return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) ?
	       -errno : 0;
}

static int64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/*
 * CLOCK_MONOTONIC - CLOCK_REALTIME, by the closest of some pairs. Both are slewed
 * alike; it changes when somebody sets the clock.
 */
int64_t stamp_offset_ns(void)
{
	int64_t best = INT64_MAX, offset = 0;
	int i;

	for (i = 0; i < PAIRS; i++) {
		int64_t a = now_ns(CLOCK_MONOTONIC);
		int64_t real = now_ns(CLOCK_REALTIME);
		int64_t b = now_ns(CLOCK_MONOTONIC);

		if (b - a >= best)
			continue;
		best = b - a;
		offset = a + best / 2 - real;
	}
	return offset;
}

/* Of a message that recvmsg() has filled in; 0: it has none. */
uint64_t stamp_ns(struct msghdr *message, int64_t offset_ns)
{
	struct cmsghdr *c;
	struct timespec stamp;

	for (c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&stamp, CMSG_DATA(c), sizeof(stamp));
		return (uint64_t)(stamp.tv_sec * 1000000000LL + stamp.tv_nsec +
				  offset_ns);
	}
	return 0;
}
