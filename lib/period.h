/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Periodic arrivals: when is the next packet of a flow due, and how far off is
 * that at worst? Values only: no clock, no system call, no allocation. Times are
 * of any clock, in ns.
 */
#ifndef RTI_PERIOD_H
#define RTI_PERIOD_H

#include <linux/types.h>

#define RTI_WINDOW_SAMPLES	256
#define RTI_PERIOD_INTERVALS	8	/* that a period is learnt from */

/**
 * struct rti_window - the last values of something, in order
 * @sorted: the values, ascending
 * @last: the same, as they came; a circle
 * @count: how many there are
 * @at: where the next one goes in @last
 */
struct rti_window {
	__s64 sorted[RTI_WINDOW_SAMPLES];
	__s64 last[RTI_WINDOW_SAMPLES];
	__u32 count;
	__u32 at;
};

void rti_window_add(struct rti_window *window, __s64 value);
__s64 rti_window_quantile(const struct rti_window *window, double share);

/**
 * struct rti_period - one periodic flow
 * @period_ns: 0: not known yet
 * @phase_ns: when the packet that came last was due; a packet that is late does
 *	not move it
 * @missed: how many have been due since and did not come
 * @strange: grows with packets that do not fit, shrinks with those that do
 * @skipped: likewise, with packets of which others before them did not come
 * @owed: packets that were due and did not come; a sender that stalled makes up
 *	for them in a burst
 * @left_ns: a time of the grid that was left when the sender seemed to begin anew;
 *	0: none
 * @arrival: when the last ones came, oldest first
 * @arrivals: how many
 * @late: how much later than due they came, those that fit
 */
struct rti_period {
	double period_ns;
	__u64 phase_ns;
	__u32 missed;
	__u32 strange;
	__u32 skipped;
	__u32 owed;
	__u64 left_ns;
	__u64 arrival[RTI_PERIOD_INTERVALS + 1];
	__u32 arrivals;
	struct rti_window late;
};

void rti_period_init(struct rti_period *period, __u64 period_ns);
void rti_period_arrived(struct rti_period *period, __u64 time_ns);
__u64 rti_period_due(const struct rti_period *period);
void rti_period_pass(struct rti_period *period, __u64 now_ns);

#endif /* RTI_PERIOD_H */
