/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The index of a rule table: which rules can match a packet at all, in a number
 * of steps that does not depend on how many cannot. Pure. Building one is
 * index_build.h's.
 *
 * Rules stand in groups: of one rule each in a table of up to 64, else of 8. For each
 * field that any rule is particular about there is one row of bits for each
 * bucket of the field's values; a bit says that some rule of this group admits
 * some value of this bucket. The AND of one row per field leaves the groups
 * worth comparing, for most packets none: an aggregated bit vector (Lakshman
 * and Stiliadis, Baboescu and Varghese), coarse on purpose, since what is left
 * is compared in full anyway. Tuple-space search was the other candidate: its
 * cost grows with the number of different shapes, and rules with prefixes and
 * ranges have hundreds.
 *
 * The fields are chosen so that they can be read from the bytes of a plain
 * packet before it is parsed: most packets of a machine are done with here. To
 * err by admitting too much is harmless, so a field that a packet does not have
 * may hold anything: rules that ask for it will not match, all others admit
 * every value.
 */
#ifndef RTI_INDEX_H
#define RTI_INDEX_H

#include "match.h"

/* Rules in one table. */
#define RTI_INDEX_RULES_MAX	4096

#define RTI_INDEX_FIELDS	7
#define RTI_INDEX_NARROW_RULES	64	/* rules in the largest small table */
#define RTI_INDEX_GROUP_SHIFT	3	/* log2 of rules per group in a large one */
#define RTI_INDEX_SHAPES	(1U << RTI_INDEX_FIELDS)

#define RTI_INDEX_CHUNK_SHIFT	4	/* log2 of groups per bit of a summary */

/*
 * Words of a large table's set of groups: a bit per group, each shape's last
 * group not full.
 */
#define RTI_INDEX_WIDE		10
#define RTI_SLOTS_MAX		(RTI_INDEX_RULES_MAX + \
				 (RTI_INDEX_SHAPES << RTI_INDEX_GROUP_SHIFT))
#define RTI_SLOT_EMPTY		0xffff

/* The fields, in the order in which they are looked at: what tells most, first. */
#define RTI_INDEX_DST_PORT	0
#define RTI_INDEX_DST_LOW	1	/* an address's last 16 bits */
#define RTI_INDEX_DST_HIGH	2	/* the 16 bits that networks differ in */
#define RTI_INDEX_SRC_PORT	3
#define RTI_INDEX_SRC_LOW	4
#define RTI_INDEX_SRC_HIGH	5
#define RTI_INDEX_PROTOCOL	6

/* Bytes of a plain IPv4 or IPv6 packet, from L3 on, that hold all fields. */
#define RTI_INDEX_IPV4_BYTES	24
#define RTI_INDEX_IPV6_BYTES	44

/**
 * struct rti_index_field - a field that some rule is particular about
 * @kind: RTI_INDEX_*
 * @mask: what counts of the 16 bits at the offset
 * @offset: of the field in a plain packet, from L3 on: [0] IPv4, [1] IPv6
 * @shift: from value to bucket
 * @row: of bucket 0, in words from rti_index.rows
 */
struct rti_index_field {
	__u16 kind;
	__u16 mask;
	__u16 offset[2];
	__u32 shift;
	__u32 row;
};

/**
 * struct rti_groups - a set of groups
 * @summary: a bit per chunk of groups that has any in the set; in a small table
 *	a chunk is a group is a rule, and this is all there is
 * @word: a bit per group
 */
struct rti_groups {
	__u64 summary;
	__u64 word[RTI_INDEX_WIDE];
};

/**
 * struct rti_index - the index of one table; constant once built
 * @stride: words in a row: 1, or all of a struct rti_groups
 * @group_shift: log2 of rules per group
 * @fields_count: elements of @fields in use
 * @__zero: 0
 * @fields: the fields
 * @not_ip: groups with a rule that can match what is not IP
 * @all: groups that there are
 * @rows: the rows
 */
struct rti_index {
	__u32 stride;
	__u32 group_shift;
	__u32 fields_count;
	__u32 __zero;
	struct rti_index_field fields[RTI_INDEX_FIELDS];
	struct rti_groups not_ip;
	struct rti_groups all;
	__u64 rows[];
};

/**
 * rti_index_plain() - can the fields be read from the bytes at once?
 * @ethertype: of what is at @l3
 * @l3: the first byte of L3
 * @bytes: at hand from there on
 *
 * Return: 4 or 6: a plain packet of this family; 0: parse it first.
 */
static __always_inline int rti_index_plain(__u16 ethertype, const __u8 *l3,
					   __u32 bytes)
{
	if (ethertype == RTI_ETH_P_IPV4)
		return bytes >= RTI_INDEX_IPV4_BYTES && l3[0] == 0x45 ? 4 : 0;
	if (ethertype != RTI_ETH_P_IPV6 || bytes < RTI_INDEX_IPV6_BYTES)
		return 0;
	return l3[6] == RTI_PROTO_UDP || l3[6] == RTI_PROTO_TCP ? 6 : 0;
}

static __always_inline const __u64 *rti_index_row(const struct rti_index *ix,
						  const struct rti_index_field *field,
						  __u16 value)
{
	return ix->rows + field->row +
	       ((__u32)(value & field->mask) >> field->shift) * ix->stride;
}

/* struct rti_rows - the rows that a plain packet meets, one per field */
struct rti_rows {
	const __u64 *row[RTI_INDEX_FIELDS];
};

/*
 * The AND of the first words of the rows that a plain packet meets. Unless it
 * is 0, @rows has them all.
 */
static __always_inline __u64 rti_index_plain_rows(const struct rti_index *ix,
						  int family, const __u8 *l3,
						  struct rti_rows *rows)
{
	const struct rti_index_field *field = ix->fields;
	__u64 summary = ix->all.summary;
	__u32 f;

	for (f = 0; summary && f < ix->fields_count; f++, field++) {
		rows->row[f] = rti_index_row(ix, field,
					     rti_get16(l3 + field->offset[family == 6]));
		summary &= rows->row[f][0];
	}
	return summary;
}

/* Has any chunk of a large table's summary a group that is in all rows? */
static inline int rti_index_any_chunk(const struct rti_index *ix,
				      const struct rti_rows *rows, __u64 summary)
{
	const __u32 per_word = 64 >> RTI_INDEX_CHUNK_SHIFT;
	const __u64 mask = (1U << (1 << RTI_INDEX_CHUNK_SHIFT)) - 1;
	__u32 chunk, f;
	__u64 groups;

	for (; summary; summary &= summary - 1) {
		chunk = rti_first_bit(summary);
		groups = mask << ((chunk % per_word) << RTI_INDEX_CHUNK_SHIFT);
		for (f = 0; groups && f < ix->fields_count; f++)
			groups &= rows->row[f][1 + chunk / per_word];
		if (groups)
			return 1;
	}
	return 0;
}

/**
 * rti_index_admits() - can any rule match a plain packet?
 * @ix: the index
 * @family: of rti_index_plain()
 * @l3: likewise
 *
 * Return: 0: certainly none.
 */
static __always_inline int rti_index_admits(const struct rti_index *ix,
					    int family, const __u8 *l3)
{
	struct rti_rows rows;
	const __u64 summary = rti_index_plain_rows(ix, family, l3, &rows);

	if (likely(!summary))
		return 0;
	return ix->stride == 1 || rti_index_any_chunk(ix, &rows, summary);
}

static __always_inline __u16 rti_index_value(const struct rti_key *key, __u32 kind)
{
	const int v6 = key->family == 6;

	switch (kind) {
	case RTI_INDEX_SRC_HIGH:
		return rti_get16(key->src_addr + (v6 ? 4 : 0));
	case RTI_INDEX_SRC_LOW:
		return rti_get16(key->src_addr + (v6 ? 14 : 2));
	case RTI_INDEX_DST_HIGH:
		return rti_get16(key->dst_addr + (v6 ? 4 : 0));
	case RTI_INDEX_DST_LOW:
		return rti_get16(key->dst_addr + (v6 ? 14 : 2));
	case RTI_INDEX_SRC_PORT:
		return key->src_port;
	case RTI_INDEX_DST_PORT:
		return key->dst_port;
	default:
		return key->protocol;
	}
}

/* The AND of word @w of the rows of a parsed packet. */
static __always_inline __u64 rti_index_key_word(const struct rti_index *ix,
						const struct rti_key *key, __u32 w)
{
	const struct rti_groups *start = key->has & RTI_HAS_IP ? &ix->all : &ix->not_ip;
	__u64 word = (&start->summary)[w];	/* all words, in a row */
	__u32 f;

	for (f = 0; word && f < ix->fields_count && f < RTI_INDEX_FIELDS; f++)
		word &= rti_index_row(ix, &ix->fields[f],
				      rti_index_value(key, ix->fields[f].kind))[w];
	return word;
}

/*
 * What the search asks of a rule with one of RTI_MATCHER_UNSURE that the key
 * matches: does the packet match the rule in this slot altogether?
 */
typedef int (*rti_confirm)(void *packet, __u32 slot);

/* The rules of one group. Returns the slot of the best so far, -1: none. */
static __always_inline int rti_index_compare(const struct rti_index *ix,
					     const struct rti_matcher *m,
					     const __u16 *slots,
					     const struct rti_key *key, int best,
					     __u32 group, rti_confirm confirm,
					     void *packet)
{
	const __u32 first = group << ix->group_shift;
	__u32 slot;

	for (slot = first; slot < first + (1U << ix->group_shift); slot++)
		if ((best < 0 || slots[slot] < slots[best]) &&
		    rti_match(&m[slot], key) &&
		    (likely(!(m[slot].flags & RTI_MATCHER_UNSURE)) ||
		     confirm(packet, slot)))
			best = (int)slot;
	return best;
}

/**
 * rti_index_search() - the rule that a parsed packet meets
 * @ix: the index
 * @m: the matchers, by slot, rti_matcher_never() in empty ones; a group whole
 * @slots: the rank of the rule in each slot
 * @key: the packet
 * @confirm: asked of unsure rules; not of all that match, nor by rank
 * @packet: for @confirm
 *
 * Return: the slot of the matching rule of lowest rank, or -1.
 */
static __always_inline int rti_index_search(const struct rti_index *ix,
					    const struct rti_matcher *m,
					    const __u16 *slots,
					    const struct rti_key *key,
					    rti_confirm confirm, void *packet)
{
	const __u32 words = ix->stride == 1 ? 1 : RTI_INDEX_WIDE;
	int best = -1;
	__u64 groups;
	__u32 w;

	for (w = 0; w < words; w++) {
		groups = rti_index_key_word(ix, key, ix->stride == 1 ? 0 : 1 + w);
		for (; groups; groups &= groups - 1)
			best = rti_index_compare(ix, m, slots, key, best,
						 w * 64 + rti_first_bit(groups),
						 confirm, packet);
	}
	return best;
}

#endif /* RTI_INDEX_H */
