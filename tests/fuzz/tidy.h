/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sound rule from any bytes. */
#ifndef RTI_FUZZ_TIDY_H
#define RTI_FUZZ_TIDY_H

#include "driver/rule.h"

/* Bits that do not count are 0. */
static inline void tidy_payload(struct rtintercept_rule *r)
{
	__u32 i;

	r->payload_bytes = (__u8)(1 + r->payload_bytes % RTINTERCEPT_PAYLOAD_MAX);
	r->payload_offset %= 64;
	for (i = 0; i < RTINTERCEPT_PAYLOAD_MAX; i++) {
		if (i >= r->payload_bytes)
			r->payload_mask[i] = 0;
		r->payload_value[i] &= r->payload_mask[i];
	}
}

/* Random bytes hardly ever make a sound rule: leave out what is not asked for. */
static inline void tidy(struct rtintercept_rule *r)
{
	const __u64 addresses = RTINTERCEPT_MATCH_SRC_ADDR |
				RTINTERCEPT_MATCH_DST_ADDR;

	memset(r->__reserved, 0, sizeof(r->__reserved));
	r->match &= RTI_MATCH_KNOWN;
	r->reply_id = r->verdict == RTINTERCEPT_VERDICT_REPLY ? r->reply_id : 0;
	if (!(r->match & addresses))
		r->family = 0;
	if (!(r->match & RTINTERCEPT_MATCH_SRC_ADDR))
		memset(r->src_addr, 0, 16), r->src_prefix_bits = 0;
	if (!(r->match & RTINTERCEPT_MATCH_DST_ADDR))
		memset(r->dst_addr, 0, 16), r->dst_prefix_bits = 0;
	if (!(r->match & RTINTERCEPT_MATCH_SRC_PORT))
		r->src_port_min = r->src_port_max = 0;
	if (!(r->match & RTINTERCEPT_MATCH_DST_PORT))
		r->dst_port_min = r->dst_port_max = 0;
	if (!(r->match & RTINTERCEPT_MATCH_LENGTH))
		r->length_min = r->length_max = 0;
	if (!(r->match & RTINTERCEPT_MATCH_ETHERTYPE))
		r->ethertype = 0;
	if (!(r->match & RTINTERCEPT_MATCH_VLAN))
		r->vlan_id = 0;
	if (!(r->match & RTINTERCEPT_MATCH_VLAN_INNER))
		r->vlan_inner_id = 0;
	if (!(r->match & RTINTERCEPT_MATCH_PROTOCOL))
		r->protocol = 0;
	if (!(r->match & RTINTERCEPT_MATCH_FRAGMENT))
		r->fragments = 0;
	if (!(r->match & RTINTERCEPT_MATCH_PROGRAM))
		r->program_id = 0;
	tidy_payload(r);
	if (!(r->match & RTINTERCEPT_MATCH_PAYLOAD)) {
		r->payload_offset = r->payload_bytes = 0;
		memset(r->payload_value, 0, sizeof(r->payload_value));
		memset(r->payload_mask, 0, sizeof(r->payload_mask));
	}
}

#endif /* RTI_FUZZ_TIDY_H */
