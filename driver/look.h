/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first look at a packet, by the index of the rules: for most packets of a
 * machine it is all, so what stands here is what they cost. It is inlined into both
 * hooks and needs no register that a call would have to save; what goes on is
 * hook.c's.
 */
#ifndef RTI_LOOK_H
#define RTI_LOOK_H

#include "hook.h"
#include "packet.h"

static __always_inline bool rti_look_unmatched(struct rti_path *path, u32 wire_bytes)
{
	struct rti_counters __percpu *counters = path->counters;

	rti_count(counters, RTI_UNMATCHED, 1);
	rti_count(counters, RTI_UNMATCHED_BYTES, wire_bytes);
	return false;
}

/*
 * Of a packet that is not parsed: the kernel knows where its MAC header is. The
 * length is read anew: kept from before, it would take a register to save.
 */
static __always_inline u32 rti_look_wire_bytes(const struct sk_buff *skb)
{
	u32 bytes = READ_ONCE(skb->len) + skb->mac_len;

	if (unlikely(rti_packet_has_tag(skb, skb->mac_len)))
		bytes += VLAN_HLEN;
	return bytes;
}

/**
 * rti_look() - look at one packet
 * @path: of the session that looks
 * @skb: the packet, data at the network header
 * @hook: RTINTERCEPT_HOOK_*
 *
 * Return: true: it is gone; false: it is as it was. Context: softirq, RCU.
 */
static __always_inline bool rti_look(struct rti_path *path, struct sk_buff *skb,
				     u8 hook)
{
	const struct rti_index *index;
	const struct rti_table *table;
	struct rti_set set;
	int family;

	/* Pairs with START's release: a running session has its ring. */
	if (!smp_load_acquire(&path->running))
		return false;
	table = rcu_dereference(path->table);
	if (unlikely(!table))
		return rti_look_unmatched(path, rti_look_wire_bytes(skb));
	index = table->index;
	set = rti_index_start(index, true);
	if (likely(!index->large))
		set.high = 0;	/* as it is; so that nothing is done to it */
	family = rti_index_plain(ntohs(skb->protocol), skb->data, skb_headlen(skb));
	if (likely(family == 4)) {
		set = rti_index_look(index, index, skb->data, set);
		if (likely(rti_set_is_empty(set)))
			return rti_look_unmatched(path, rti_look_wire_bytes(skb));
	}
	return rti_hook_packet(path, table, skb, RTI_HOOK_HOW(hook, family), set);
}

#endif /* RTI_LOOK_H */
