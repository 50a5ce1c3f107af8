/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Rules: is one sound, what does it compile into, which of two is tried first.
 * Pure. Who may publish a rule, and how a table is swapped, belongs to the
 * backends: driver/rules.c and lib/xdp.c.
 */
#ifndef RTI_RULE_H
#define RTI_RULE_H

#include "match.h"

#define RTI_MATCH_KNOWN		((RTINTERCEPT_MATCH_PROGRAM << 1) - 1)
#define RTI_RULE_FLAGS_KNOWN	(RTINTERCEPT_RULE_RECORD | RTINTERCEPT_RULE_ON_FULL_DROP)
#define RTI_FRAGMENTS_KNOWN	(RTINTERCEPT_FRAGMENT_NONE | \
				 RTINTERCEPT_FRAGMENT_FIRST | \
				 RTINTERCEPT_FRAGMENT_LATER)

/* What a rule of this kind needs, as RTINTERCEPT_FEATURE_* bits. */
static inline __u64 rti_rule_needs(const struct rtintercept_rule *rule)
{
	__u64 needs = 0;

	if (rule->match & RTINTERCEPT_MATCH_PAYLOAD)
		needs |= RTINTERCEPT_FEATURE_MATCH_PAYLOAD;
	if (rule->match & RTINTERCEPT_MATCH_PROGRAM)
		needs |= RTINTERCEPT_FEATURE_PROGRAM_CBPF;
	if (rule->verdict == RTINTERCEPT_VERDICT_REPLY)
		needs |= RTINTERCEPT_FEATURE_REPLY;
	return needs;
}

/* The mask of the first @bits bits of @bytes bytes. */
static inline void rti_prefix_mask(__u8 *mask, __u32 bits, __u32 bytes)
{
	__u32 i;

	for (i = 0; i < bytes; i++) {
		if (bits >= (i + 1) * 8)
			mask[i] = 0xff;
		else if (bits > i * 8)
			mask[i] = (__u8)(0xff00 >> (bits - i * 8));
		else
			mask[i] = 0;
	}
}

static inline int rti_prefix_check(const __u8 *addr, __u32 bits, __u8 family)
{
	__u32 bytes = family == 4 ? 4 : 16, i;
	__u8 mask[16];

	if (bits > bytes * 8)
		return -EINVAL;
	rti_prefix_mask(mask, bits, 16);
	for (i = 0; i < 16; i++)
		if (addr[i] & ~mask[i])
			return -EINVAL;
	return 0;
}

static inline int rti_rule_check_addresses(const struct rtintercept_rule *rule)
{
	const __u64 both = RTINTERCEPT_MATCH_SRC_ADDR | RTINTERCEPT_MATCH_DST_ADDR;

	if (!(rule->match & both))
		return rule->family ? -EINVAL : 0;
	if (rule->family != 4 && rule->family != 6)
		return -EINVAL;
	if (rti_prefix_check(rule->src_addr, rule->src_prefix_bits, rule->family))
		return -EINVAL;
	return rti_prefix_check(rule->dst_addr, rule->dst_prefix_bits, rule->family);
}

/* Members whose match bit is not set must be 0: nothing is silently ignored. */
static inline int rti_rule_check_unused(const struct rtintercept_rule *r)
{
	const __u64 m = r->match;

	if ((!(m & RTINTERCEPT_MATCH_ETHERTYPE) && r->ethertype) ||
	    (!(m & RTINTERCEPT_MATCH_VLAN) && r->vlan_id) ||
	    (!(m & RTINTERCEPT_MATCH_VLAN_INNER) && r->vlan_inner_id) ||
	    (!(m & RTINTERCEPT_MATCH_PROTOCOL) && r->protocol) ||
	    (!(m & RTINTERCEPT_MATCH_FRAGMENT) && r->fragments) ||
	    (!(m & RTINTERCEPT_MATCH_SRC_ADDR) &&
	     (r->src_prefix_bits || !rti_all_zero(r->src_addr, 16))) ||
	    (!(m & RTINTERCEPT_MATCH_DST_ADDR) &&
	     (r->dst_prefix_bits || !rti_all_zero(r->dst_addr, 16))) ||
	    (!(m & RTINTERCEPT_MATCH_SRC_PORT) &&
	     (r->src_port_min || r->src_port_max)) ||
	    (!(m & RTINTERCEPT_MATCH_DST_PORT) &&
	     (r->dst_port_min || r->dst_port_max)) ||
	    (!(m & RTINTERCEPT_MATCH_LENGTH) && (r->length_min || r->length_max)))
		return -EINVAL;
	if (!(m & RTINTERCEPT_MATCH_PAYLOAD) &&
	    (r->payload_offset || r->payload_bytes ||
	     !rti_all_zero(r->payload_value, RTINTERCEPT_PAYLOAD_MAX) ||
	     !rti_all_zero(r->payload_mask, RTINTERCEPT_PAYLOAD_MAX)))
		return -EINVAL;
	if ((!(m & RTINTERCEPT_MATCH_PROGRAM) && r->program_id) ||
	    (r->verdict != RTINTERCEPT_VERDICT_REPLY && r->reply_id))
		return -EINVAL;
	return 0;
}

static inline int rti_rule_check_ranges(const struct rtintercept_rule *r)
{
	const __u64 m = r->match;

	if (r->src_port_min > r->src_port_max ||
	    r->dst_port_min > r->dst_port_max || r->length_min > r->length_max)
		return -EINVAL;
	if (r->vlan_id > RTINTERCEPT_VLAN_UNTAGGED ||
	    r->vlan_inner_id > RTINTERCEPT_VLAN_UNTAGGED)
		return -EINVAL;
	if ((m & RTINTERCEPT_MATCH_FRAGMENT) &&
	    (!r->fragments || (r->fragments & ~RTI_FRAGMENTS_KNOWN)))
		return -EINVAL;
	return 0;
}

/* Bits that do not count must be 0; a mask of 0 asks only that the bytes are there. */
static inline int rti_rule_check_payload(const struct rtintercept_rule *r)
{
	__u8 wrong = 0, counts;
	__u32 i;

	if (!(r->match & RTINTERCEPT_MATCH_PAYLOAD))
		return 0;
	if (!r->payload_bytes || r->payload_bytes > RTINTERCEPT_PAYLOAD_MAX)
		return -EINVAL;
	for (i = 0; i < RTINTERCEPT_PAYLOAD_MAX; i++) {
		counts = i < r->payload_bytes ? r->payload_mask[i] : 0;
		wrong |= (__u8)((r->payload_value[i] | r->payload_mask[i]) & ~counts);
	}
	return wrong ? -EINVAL : 0;
}

static inline int rti_rule_check_action(const struct rtintercept_rule *r)
{
	if (r->snap_bytes && !(r->flags & RTINTERCEPT_RULE_RECORD))
		return -EINVAL;
	if ((r->flags & RTINTERCEPT_RULE_ON_FULL_DROP) &&
	    (!(r->flags & RTINTERCEPT_RULE_RECORD) ||
	     r->verdict == RTINTERCEPT_VERDICT_PASS))
		return -EINVAL;
	return 0;
}

/**
 * rti_rule_check() - is a rule sound?
 * @rule: as user space gave it
 * @features: RTINTERCEPT_FEATURE_* of this backend
 *
 * Return: 0, -EOPNOTSUPP it wants something that is not known or not offered
 * here, -EINVAL it contradicts itself.
 */
static inline int rti_rule_check(const struct rtintercept_rule *rule,
				 __u64 features)
{
	int err;

	if ((rule->match & ~RTI_MATCH_KNOWN) ||
	    (rule->flags & ~RTI_RULE_FLAGS_KNOWN) ||
	    rule->verdict > RTINTERCEPT_VERDICT_REPLY ||
	    (rti_rule_needs(rule) & ~features))
		return -EOPNOTSUPP;
	if (!rti_all_zero(rule->__reserved, sizeof(rule->__reserved)))
		return -EINVAL;
	err = rti_rule_check_unused(rule);
	if (!err)
		err = rti_rule_check_addresses(rule);
	if (!err)
		err = rti_rule_check_ranges(rule);
	if (!err)
		err = rti_rule_check_payload(rule);
	if (!err)
		err = rti_rule_check_action(rule);
	return err;
}

/* Does the rule take packets away from the stack? Then it needs CAP_NET_ADMIN. */
static inline int rti_rule_consumes(const struct rtintercept_rule *rule)
{
	return rule->verdict != RTINTERCEPT_VERDICT_PASS;
}

static inline void rti_compile_vlan(__u16 id, __u8 has, __u16 *value,
				    __u16 *mask, struct rti_key *values,
				    struct rti_key *masks)
{
	masks->has |= has;
	if (id == RTINTERCEPT_VLAN_UNTAGGED)
		return;
	values->has |= has;
	*value = id;
	*mask = 0xfff;
}

static inline void rti_compile_l2(const struct rtintercept_rule *r,
				  struct rti_key *value, struct rti_key *mask)
{
	if (r->match & RTINTERCEPT_MATCH_ETHERTYPE) {
		value->ethertype = r->ethertype;
		mask->ethertype = 0xffff;
	}
	if (r->match & RTINTERCEPT_MATCH_VLAN)
		rti_compile_vlan(r->vlan_id, RTI_HAS_VLAN, &value->vlan_id,
				 &mask->vlan_id, value, mask);
	if (r->match & RTINTERCEPT_MATCH_VLAN_INNER)
		rti_compile_vlan(r->vlan_inner_id, RTI_HAS_VLAN_INNER,
				 &value->vlan_inner_id, &mask->vlan_inner_id,
				 value, mask);
}

static inline void rti_compile_l3(const struct rtintercept_rule *r,
				  struct rti_key *value, struct rti_key *mask)
{
	if (r->match & RTINTERCEPT_MATCH_PROTOCOL) {
		value->protocol = r->protocol;
		mask->protocol = 0xff;
		value->has |= RTI_HAS_IP;
		mask->has |= RTI_HAS_IP;
	}
	if (r->family) {
		value->family = r->family;
		mask->family = 0xff;
		memcpy(value->src_addr, r->src_addr, 16);
		memcpy(value->dst_addr, r->dst_addr, 16);
		rti_prefix_mask(mask->src_addr, r->src_prefix_bits, 16);
		rti_prefix_mask(mask->dst_addr, r->dst_prefix_bits, 16);
	}
	if (r->match & RTINTERCEPT_MATCH_FRAGMENT) {
		value->has |= RTI_HAS_IP;
		mask->has |= RTI_HAS_IP;
		mask->fragment = RTI_FRAGMENTS_KNOWN & ~r->fragments;
	}
}

static inline void rti_compile_ranges(const struct rtintercept_rule *r,
				      struct rti_matcher *m,
				      struct rti_key *value, struct rti_key *mask)
{
	m->src_port_max = m->dst_port_max = 0xffff;
	m->length_max = ~0U;
	if (r->match & RTINTERCEPT_MATCH_SRC_PORT) {
		m->src_port_min = r->src_port_min;
		m->src_port_max = r->src_port_max;
	}
	if (r->match & RTINTERCEPT_MATCH_DST_PORT) {
		m->dst_port_min = r->dst_port_min;
		m->dst_port_max = r->dst_port_max;
	}
	if (r->match & (RTINTERCEPT_MATCH_SRC_PORT | RTINTERCEPT_MATCH_DST_PORT |
			RTINTERCEPT_MATCH_PAYLOAD)) {
		value->has |= RTI_HAS_PORTS;
		mask->has |= RTI_HAS_PORTS;
	}
	if (r->match & RTINTERCEPT_MATCH_LENGTH) {
		m->length_min = r->length_min;
		m->length_max = r->length_max;
	}
}

/**
 * rti_rule_compile() - make a sound rule into what is matched
 * @rule: checked by rti_rule_check()
 * @m: out, all of it
 */
static inline void rti_rule_compile(const struct rtintercept_rule *rule,
				    struct rti_matcher *m)
{
	struct rti_key value, mask;

	memset(m, 0, sizeof(*m));
	memset(&value, 0, sizeof(value));
	memset(&mask, 0, sizeof(mask));
	rti_compile_l2(rule, &value, &mask);
	rti_compile_l3(rule, &value, &mask);
	rti_compile_ranges(rule, m, &value, &mask);
	memcpy(m->value, value.word, sizeof(m->value));
	memcpy(m->mask, mask.word, sizeof(m->mask));
	m->rule_id = rule->id;
	m->verdict = rule->verdict;
	m->flags = rule->flags;
	if (rule->match & RTINTERCEPT_MATCH_PAYLOAD)
		m->flags |= RTI_MATCHER_PAYLOAD;
	if (rule->match & RTINTERCEPT_MATCH_PROGRAM)
		m->flags |= RTI_MATCHER_PROGRAM;
	m->snap_bytes = rule->snap_bytes ? rule->snap_bytes : ~0U;
}

/* Order in a table: is @a tried before @b? Ids are unique, so never equal. */
static inline int rti_rule_before(const struct rtintercept_rule *a,
				  const struct rtintercept_rule *b)
{
	if (a->priority != b->priority)
		return a->priority > b->priority;
	return a->id < b->id;
}

#endif /* RTI_RULE_H */
