/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What it costs to wake a reader, from T1 to the packet in its hand. */
#ifndef RTINTERCEPT_BENCH_WAKE_H
#define RTINTERCEPT_BENCH_WAKE_H

#include "tools/bench/path.h"

/* How the reader sleeps. */
enum wake_how {
	WAKE_RECV,	/* recv() of a socket */
	WAKE_POLL,	/* poll(), then the ring */
	WAKE_WAIT,	/* RTINTERCEPT_IOC_WAIT, then the ring */
	WAKE_NOBODY,	/* nobody sleeps */
	WAKE_FUTEX,	/* a futex, without a packet: what waking costs at least */
};

/**
 * struct wake_costs - medians, in ns
 * @to_reader: from T1 (without a session: T0) until the reader has the packet
 * @to_hook: from T0, in front of send(), to T1; 0 without a session
 * @to_sender: from T1 until send() has returned; that is before the reader runs
 *	if the reader is the less urgent one
 */
struct wake_costs {
	double to_reader;
	double to_hook;
	double to_sender;
};

int wake_measure(const struct path *path, struct rtintercept *rti, enum wake_how how,
		 int urgent, struct wake_costs *costs);

#endif
