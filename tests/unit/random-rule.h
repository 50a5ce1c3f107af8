/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any sound rule, whether or not a packet is likely to match it. */
#ifndef RTI_UNIT_RANDOM_RULE_H
#define RTI_UNIT_RANDOM_RULE_H

#include "unit.h"

static inline void sound_addresses(struct unit_random *random,
			     struct rtintercept_rule *r)
{
	__u32 max, i;

	if (!(r->match & (RTINTERCEPT_MATCH_SRC_ADDR | RTINTERCEPT_MATCH_DST_ADDR)))
		return;
	r->family = unit_random_below(random, 2) ? 4 : 6;
	max = r->family == 4 ? 32 : 128;
	for (i = 0; i < max / 8; i++) {
		if (r->match & RTINTERCEPT_MATCH_SRC_ADDR)
			r->src_addr[i] = (__u8)unit_random_next(random);
		if (r->match & RTINTERCEPT_MATCH_DST_ADDR)
			r->dst_addr[i] = (__u8)unit_random_next(random);
	}
	if (r->match & RTINTERCEPT_MATCH_SRC_ADDR)
		r->src_prefix_bits = (__u8)unit_random_below(random, max + 1);
	if (r->match & RTINTERCEPT_MATCH_DST_ADDR)
		r->dst_prefix_bits = (__u8)unit_random_below(random, max + 1);
	for (i = r->src_prefix_bits; i < 128; i++)
		r->src_addr[i / 8] &= (__u8)~(0x80 >> i % 8);
	for (i = r->dst_prefix_bits; i < 128; i++)
		r->dst_addr[i / 8] &= (__u8)~(0x80 >> i % 8);
}

/* A range whose ends are often the extremes, or equal. */
static inline void sound_range(struct unit_random *random, __u32 max, __u32 *from,
			 __u32 *to)
{
	__u32 a = (__u32)unit_random_next(random) & max;
	__u32 b = (__u32)unit_random_next(random) & max;

	switch (unit_random_below(random, 4)) {
	case 0:
		b = a;
		break;
	case 1:
		b = max;
		break;
	case 2:
		a = 0;
		break;
	}
	*from = a < b ? a : b;
	*to = a < b ? b : a;
}

static inline void sound_l2(struct unit_random *random, struct rtintercept_rule *r)
{
	static const __u16 often[] = { 0x0800, 0x86dd, 0x0806, 0x88f7 };

	if (r->match & RTINTERCEPT_MATCH_ETHERTYPE)
		r->ethertype = unit_random_below(random, 2) ?
			often[unit_random_below(random, 4)] :
			(__u16)unit_random_next(random);
	if (r->match & RTINTERCEPT_MATCH_VLAN)
		r->vlan_id = (__u16)unit_random_below(random, 4097);
	if (r->match & RTINTERCEPT_MATCH_VLAN_INNER)
		r->vlan_inner_id = (__u16)unit_random_below(random, 4097);
}

static inline void sound_l4(struct unit_random *random, struct rtintercept_rule *r)
{
	__u32 from, to;

	if (r->match & RTINTERCEPT_MATCH_PROTOCOL)
		r->protocol = (__u8)unit_random_next(random);
	if (r->match & RTINTERCEPT_MATCH_FRAGMENT)
		r->fragments = (__u8)(1 + unit_random_below(random, 7));
	if (r->match & RTINTERCEPT_MATCH_SRC_PORT) {
		sound_range(random, 0xffff, &from, &to);
		r->src_port_min = (__u16)from;
		r->src_port_max = (__u16)to;
	}
	if (r->match & RTINTERCEPT_MATCH_DST_PORT) {
		sound_range(random, 0xffff, &from, &to);
		r->dst_port_min = (__u16)from;
		r->dst_port_max = (__u16)to;
	}
	if (r->match & RTINTERCEPT_MATCH_LENGTH)
		sound_range(random, ~0U, &r->length_min, &r->length_max);
}

static inline void sound_payload(struct unit_random *random, struct rtintercept_rule *r)
{
	__u32 i;

	if (!(r->match & RTINTERCEPT_MATCH_PAYLOAD))
		return;
	r->payload_offset = (__u16)unit_random_next(random);
	r->payload_bytes = (__u8)(1 + unit_random_below(random, 16));
	for (i = 0; i < r->payload_bytes; i++) {
		r->payload_mask[i] = unit_random_below(random, 2) ? 0xff :
			(__u8)unit_random_next(random);
		r->payload_value[i] = (__u8)unit_random_next(random) &
				      r->payload_mask[i];
	}
}

static inline void sound_action(struct unit_random *random, struct rtintercept_rule *r)
{
	r->verdict = unit_random_below(random, 3);
	if (r->verdict == RTINTERCEPT_VERDICT_REPLY)
		r->reply_id = (__u32)unit_random_next(random);
	if (unit_random_below(random, 3)) {
		r->flags |= RTINTERCEPT_RULE_RECORD;
		if (unit_random_below(random, 2))
			r->snap_bytes = (__u32)unit_random_next(random);
		if (r->verdict != RTINTERCEPT_VERDICT_PASS &&
		    unit_random_below(random, 2))
			r->flags |= RTINTERCEPT_RULE_ON_FULL_DROP;
	}
}

/* A rule that the kernel could have, on any of @matches. */
static inline struct rtintercept_rule sound_rule(struct unit_random *random, __u64 matches)
{
	struct rtintercept_rule r = {
		.id = (__u32)unit_random_next(random),
		.priority = unit_random_below(random, 2) ? 0 :
			    (__u32)unit_random_next(random),
		.match = unit_random_next(random) & matches,
	};

	if (!unit_random_below(random, 4))
		r.match &= unit_random_next(random) & unit_random_next(random);
	sound_l2(random, &r);
	sound_addresses(random, &r);
	sound_l4(random, &r);
	sound_payload(random, &r);
	if (r.match & RTINTERCEPT_MATCH_PROGRAM)
		r.program_id = (__u32)unit_random_next(random);
	sound_action(random, &r);
	return r;
}

#endif /* RTI_UNIT_RANDOM_RULE_H */
