/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters: one array per CPU for a session, and one for each rule. Added to on
 * the packet path without a lock, summed when somebody asks.
 */
#ifndef RTI_STATS_H
#define RTI_STATS_H

#include <linux/percpu.h>

#include "ring.h"

enum rti_counter {
	RTI_UNMATCHED,
	RTI_UNMATCHED_BYTES,
	RTI_MATCHED,
	RTI_MATCHED_BYTES,
	RTI_RECORDED,
	RTI_NOT_TO_RECORD,
	RTI_DROPPED_RING_FULL,
	RTI_DROPPED_TOO_BIG,
	RTI_DROPPED_HOSTILE_CONSUMER,
	RTI_CONSUMED,
	RTI_FAILED_OPEN,
	RTI_REPLIED,
	RTI_REPLY_UNFIT,
	RTI_REPLY_LIMITED,
	RTI_REPLY_FAILED,
	RTI_WAKEUPS,
	RTI_COUNTERS
};

/**
 * struct rti_counters - one CPU's share
 * @n: by enum rti_counter. Added to by this_cpu operations only, which are
 *	whole in any context; words of a 64-bit kernel are read whole.
 */
struct rti_counters {
	u64 n[RTI_COUNTERS];
};

/* struct rti_totals - the CPUs' shares, summed */
struct rti_totals {
	u64 n[RTI_COUNTERS];
};

struct rti_counters __percpu *rti_counters_alloc(void);
void rti_counters_free(struct rti_counters __percpu *counters);
void rti_counters_sum(const struct rti_counters __percpu *counters,
		      struct rti_totals *totals);

/* Context: any. */
static __always_inline void rti_count(struct rti_counters __percpu *counters,
				      enum rti_counter which, u64 value)
{
	this_cpu_add(counters->n[which], value);
}

/* The counter of a reserve's outcome, RTI_RING_*. */
static inline enum rti_counter rti_counter_of(int outcome)
{
	switch (outcome) {
	case RTI_RING_OK:
		return RTI_RECORDED;
	case RTI_RING_FULL:
		return RTI_DROPPED_RING_FULL;
	case RTI_RING_TOO_BIG:
		return RTI_DROPPED_TOO_BIG;
	default:
		return RTI_DROPPED_HOSTILE_CONSUMER;
	}
}

static inline u64 rti_totals_dropped(const struct rti_totals *t)
{
	return t->n[RTI_DROPPED_RING_FULL] + t->n[RTI_DROPPED_TOO_BIG] +
	       t->n[RTI_DROPPED_HOSTILE_CONSUMER];
}

#endif /* RTI_STATS_H */
