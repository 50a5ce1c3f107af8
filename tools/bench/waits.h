/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How sender and receivers wait. */
#ifndef RTINTERCEPT_BENCH_WAITS_H
#define RTINTERCEPT_BENCH_WAITS_H

#include <stdbool.h>

/* How a receiver waits; in this order in BENCH_WAIT_NAMES. */
enum bench_wait {
	BENCH_ABSENT,	/* does not run at all */
	BENCH_SPIN,	/* asks again at once */
	BENCH_BLOCK,	/* sleeps in the kernel until there is something */
	BENCH_LAZY,	/* looks every 10 ms, is not measured: only keeps T1, or the port open */
	BENCH_YIELD,	/* sender only: spins, but lets others of its CPU go first */
	BENCH_POLL,	/* ours only: sleeps in poll(), as an event loop does */
	BENCH_SPIN_BLOCK,	/* ours only: spins for a while, then as BENCH_BLOCK */
	BENCH_PERIODIC,	/* ours only: sleeps, and spins when a packet is due */
};
#define BENCH_WAIT_NAMES { "none", "spin", "block", "lazy", "yield", "poll", \
			   "spin-block", "periodic" }

/* Needs a CPU for itself, at least some of the time. */
static inline bool bench_spins(enum bench_wait wait)
{
	return wait == BENCH_SPIN || wait == BENCH_SPIN_BLOCK || wait == BENCH_PERIODIC;
}

/* One of the library's strategies, or a way to sleep, that no peer has. */
static inline bool bench_ours_only(enum bench_wait wait)
{
	return wait == BENCH_POLL || wait == BENCH_SPIN_BLOCK || wait == BENCH_PERIODIC;
}

#endif
