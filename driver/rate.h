/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A rate limit as one word: the time at which the next event would be due if they
 * came evenly (GCRA, ITU-T I.371). Pure. It is changed by compare and swap, so that
 * all CPUs share one limit without a lock.
 */
#ifndef RTI_RATE_H
#define RTI_RATE_H

#include "pure.h"

#define RTI_RATE_MAX_PPS	10000000U
#define RTI_RATE_TRIES		8

/**
 * struct rti_rate - the limit; constant
 * @interval_ns: between two events that come evenly
 * @ahead_ns: so much earlier may one come
 */
struct rti_rate {
	__u64 interval_ns;
	__u64 ahead_ns;
};

/* @pps: 1 .. RTI_RATE_MAX_PPS; a tenth of a second's worth may come at once */
static inline void rti_rate_init(struct rti_rate *rate, __u32 pps)
{
	const __u32 at_once = pps < 20 ? 1 : pps / 10;

	rate->interval_ns = (1000000000U + pps - 1) / pps;
	rate->ahead_ns = rate->interval_ns * (at_once - 1);
}

/**
 * rti_rate_admit() - may an event take place now?
 * @rate: the limit
 * @due_ns: its state, which all CPUs share; 0 to begin with
 * @now_ns: CLOCK_MONOTONIC
 *
 * Who loses the race for the word RTI_RATE_TRIES times over is refused: as many
 * others have been admitted meanwhile.
 *
 * Return: 1, and it is counted; 0.
 */
static __always_inline int rti_rate_admit(const struct rti_rate *rate,
					  __u64 *due_ns, __u64 now_ns)
{
	__u64 due = rti_load_once(due_ns), next, seen;
	int i;

	for (i = 0; i < RTI_RATE_TRIES; i++) {
		if (due > now_ns + rate->ahead_ns)
			return 0;
		next = (due > now_ns ? due : now_ns) + rate->interval_ns;
		seen = rti_compare_swap(due_ns, due, next);
		if (seen == due)
			return 1;
		due = seen;
	}
	return 0;
}

#endif /* RTI_RATE_H */
