/* SPDX-License-Identifier: GPL-2.0-only */
/* The packet path: what happens to one packet that one session looks at. */
#ifndef RTI_HOOK_H
#define RTI_HOOK_H

#include "rules.h"
#include "wakeup.h"

struct sk_buff;
struct rti_ringmem;

/**
 * struct rti_path - what the packet path needs of a session
 * @running: looked at first; set and cleared under the session's lock
 * @session_id: for the trace; constant
 * @table: the rules, RCU; swapped under the session's lock
 * @ring: NULL until the ring is set up, then constant; set before @running
 * @counters: per CPU
 * @wakeup: the sleepers
 */
struct rti_path {
	bool running;
	u32 session_id;
	struct rti_table __rcu *table;
	struct rti_ringmem *ring;
	struct rti_counters __percpu *counters;
	struct rti_wakeup wakeup;
};

/* Two small numbers in one, so that all arguments find a register. */
#define RTI_HOOK_HOW(hook, family)	((u32)(hook) | (u32)(family) << 8)

bool rti_hook_packet(struct rti_path *path, const struct rti_table *table,
		     struct sk_buff *skb, u32 how, struct rti_set set);

#endif /* RTI_HOOK_H */
