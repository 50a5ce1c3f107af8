/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Matching: values against values, key against matcher. Pure; the same source
 * in the module, in the XDP program and in the unit tests. A matcher is what
 * rule.h compiles a rule into.
 */
#ifndef RTI_MATCH_H
#define RTI_MATCH_H

#include "parse.h"

/*
 * @flags of a matcher, beside those of the rule: the key does not tell all, and
 * whoever has the packet must confirm what rti_match() finds.
 */
#define RTI_MATCHER_PAYLOAD	(1U << 30)
#define RTI_MATCHER_PROGRAM	(1U << 31)
#define RTI_MATCHER_UNSURE	(RTI_MATCHER_PAYLOAD | RTI_MATCHER_PROGRAM)

/**
 * struct rti_matcher - a rule, compiled; two cache lines
 * @value: what the words of the key must be ...
 * @mask: ... in these bits. A set of fragment kinds is a mask of the kinds that
 *	must not be, a field that must be present a bit of key.has.
 * @src_port_min: inclusive range, 0 .. 65535 where the rule has none
 * @src_port_max: likewise
 * @dst_port_min: likewise
 * @dst_port_max: likewise
 * @length_min: inclusive range of wire bytes, 0 .. U32_MAX where it has none
 * @length_max: likewise
 * @rule_id: of the rule
 * @verdict: RTINTERCEPT_VERDICT_*
 * @flags: RTINTERCEPT_RULE_* and RTI_MATCHER_*
 * @snap_bytes: capture at most so many; U32_MAX: all
 */
struct rti_matcher {
	__u64 value[RTI_KEY_WORDS];
	__u64 mask[RTI_KEY_WORDS];
	__u16 src_port_min;
	__u16 src_port_max;
	__u16 dst_port_min;
	__u16 dst_port_max;
	__u32 length_min;
	__u32 length_max;
	__u32 rule_id;
	__u32 verdict;
	__u32 flags;
	__u32 snap_bytes;
};

/* 0 if @value is in the inclusive range; one comparison, no branch. */
static __always_inline __u64 rti_outside(__u32 value, __u32 min, __u32 max)
{
	return value - min > max - min;
}

/**
 * rti_match() - does this packet match this rule, as far as its key can tell?
 * @m: the rule
 * @key: the packet
 *
 * Return: 1 or 0. With one of RTI_MATCHER_UNSURE 1 means perhaps.
 */
static __always_inline int rti_match(const struct rti_matcher *m,
				     const struct rti_key *key)
{
	__u64 differs;
	int i;

	/* What most rules differ in comes first. */
	differs = rti_outside(key->src_port, m->src_port_min, m->src_port_max);
	differs |= rti_outside(key->dst_port, m->dst_port_min, m->dst_port_max);
	if (differs)
		return 0;
	differs = rti_outside(key->wire_bytes, m->length_min, m->length_max);
	for (i = 0; i < RTI_KEY_WORDS; i++)
		differs |= (key->word[i] ^ m->value[i]) & m->mask[i];
	return differs == 0;
}

/* Are all the bytes there that a rule with MATCH_PAYLOAD compares? */
static __always_inline int rti_payload_reaches(const struct rtintercept_rule *rule,
					       const struct rti_key *key)
{
	return (__u32)rule->payload_offset + rule->payload_bytes <=
	       key->payload_bytes;
}

/**
 * rti_payload_match() - are these the bytes that a rule with MATCH_PAYLOAD wants?
 * @rule: a sound rule
 * @bytes: RTINTERCEPT_PAYLOAD_MAX of them, the payload's from the rule's offset
 *	on. Behind those that the rule compares may be anything.
 *
 * Return: 1 or 0.
 */
static __always_inline int rti_payload_match(const struct rtintercept_rule *rule,
					     const __u8 *bytes)
{
	__u64 differs = 0;
	int i;

	for (i = 0; i < RTINTERCEPT_PAYLOAD_MAX; i += 8)
		differs |= (rti_get_native(__u64, bytes + i) ^
			    rti_get_native(__u64, rule->payload_value + i)) &
			   rti_get_native(__u64, rule->payload_mask + i);
	return differs == 0;
}

#endif /* RTI_MATCH_H */
