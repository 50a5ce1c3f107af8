/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When to be awake: the flows of a reader, what is due next, and how long before
 * and after that to spin. Values only, as lib/period.h.
 */
#ifndef RTI_TIMETABLE_H
#define RTI_TIMETABLE_H

#include "lib/period.h"

#define RTI_FLOWS	16

/**
 * struct rti_flow - packets of one rule and one sender
 * @key: of rule and sender
 * @period: when they come
 * @guard_ns: how long before that it would have a reader awake
 * @patience_ns: and how long behind
 */
struct rti_flow {
	__u64 key;
	struct rti_period period;
	__s64 guard_ns;
	__s64 patience_ns;
};

/**
 * struct rti_timetable - all of them
 * @flow: the flows; one that has not been heard of for longest goes for a new one
 * @flows: how many
 * @woken_late: how much later than asked for sleeps have ended
 * @period_ns: as the application knows it, 0: learn
 * @guard_ns: as it wants it, 0: what @share takes
 * @share: of the packets, shall meet a reader that spins
 * @spin_most: part of the time, spent spinning, at most
 */
struct rti_timetable {
	struct rti_flow flow[RTI_FLOWS];
	__u32 flows;
	struct rti_window woken_late;
	__u64 period_ns;
	__u64 guard_ns;
	double share;
	double spin_most;
};

/**
 * struct rti_spell - one spell of spinning
 * @begin_ns: be awake
 * @due_ns: the packet is expected
 * @end_ns: it will not come any more
 */
struct rti_spell {
	__u64 begin_ns;
	__u64 due_ns;
	__u64 end_ns;
};

void rti_timetable_init(struct rti_timetable *table, __u64 period_ns,
			__u64 guard_ns, double share, double spin_most);
void rti_timetable_arrived(struct rti_timetable *table, __u64 key, __u64 time_ns);
void rti_timetable_woken(struct rti_timetable *table, __u64 asked_ns, __u64 now_ns);
int rti_timetable_next(struct rti_timetable *table, __u64 now_ns,
		       struct rti_spell *spell);

#endif /* RTI_TIMETABLE_H */
