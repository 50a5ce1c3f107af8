/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The index of a rule table: which rules can match a packet at all, in a number
 * of steps that does not depend on how many cannot. Pure; the same source in
 * the module, in the XDP program and in the unit tests. Building one is
 * index_build.h's.
 *
 * For each field that any rule is particular about there is one row of bits for
 * each bucket of the field's values; a bit says that some rule of this group
 * admits some value of this bucket. The AND of one row per field leaves the
 * groups worth a second look, for most packets none: an aggregated bit vector
 * (Lakshman and Stiliadis, Baboescu and Varghese). In a table of up to 64 rules
 * a group is a rule. A large one has at most 128 groups of up to 64 rules alike,
 * and each group rows of its own, with a bit for each rule, whose buckets are
 * scaled to the values that its rules admit. What is left after those is
 * compared in full.
 *
 * All fields can be read from the bytes of a plain packet before it is parsed:
 * most packets of a machine are done with here. To err by admitting too much is
 * harmless, so a field that a packet does not have may hold anything: rules
 * that ask for it will not match, all others admit every value.
 *
 * An index is one block without pointers, the image: it can be built in one
 * place and searched in another, as the library does for the XDP program. It is
 * made of pages, and nothing that is read at once lies in two of them.
 */
#ifndef RTI_INDEX_H
#define RTI_INDEX_H

#include "match.h"

/* Rules in one table. */
#define RTI_INDEX_RULES_MAX	4096

#define RTI_INDEX_SMALL_RULES	64	/* in the largest small table; in a group */
#define RTI_INDEX_GROUPS_MAX	128
#define RTI_INDEX_WIDE		2	/* words of a set of groups */
#define RTI_INDEX_PAGE_WORDS	1024
#define RTI_INDEX_BUCKETS	256	/* of a field in the rows of one group */

#define RTI_INDEX_FIELDS	7
#define RTI_INDEX_DST_PORT	0
#define RTI_INDEX_DST_LOW	1	/* an address's last 16 bits */
#define RTI_INDEX_DST_HIGH	2	/* the 16 bits that networks differ in */
#define RTI_INDEX_SRC_PORT	3
#define RTI_INDEX_SRC_LOW	4
#define RTI_INDEX_SRC_HIGH	5
#define RTI_INDEX_PROTOCOL	6	/* the first of its two bytes; any the second */

/* Bytes of a plain IPv4 or IPv6 packet, from L3 on, that hold all fields. */
#define RTI_INDEX_IPV4_BYTES	24
#define RTI_INDEX_IPV6_BYTES	44

/*
 * Where the index looks: all fields where a plain IPv4 packet has them, which is
 * its own view. All others have theirs made. Longer than a field can reach.
 */
#define RTI_VIEW_BYTES		40

struct rti_view {
	__u8 byte[RTI_VIEW_BYTES];
};

/**
 * struct rti_index_field - a field that some rule is particular about
 * @offset: of the field in the view; 16 bits
 * @shift: from value to bucket
 * @row: of bucket 0, in words of the image
 */
struct rti_index_field {
	__u16 offset;
	__u16 shift;
	__u32 row;
};

/**
 * struct rti_group_field - a field that some rule of a group is particular about
 * @base: the value where bucket 0 begins
 * @offset: as above, likewise @shift and @row
 */
struct rti_group_field {
	__u16 base;
	__u8 offset;
	__u8 shift;
	__u32 row;
};

/**
 * struct rti_group - a group of a large table
 * @first: slot of its first rule; they stand by rank
 * @count: of its rules
 * @fields_count: elements of @field in use
 * @field: the fields, the one that tells most first
 */
struct rti_group {
	__u32 first;
	__u16 count;
	__u16 fields_count;
	struct rti_group_field field[RTI_INDEX_FIELDS];
};

/**
 * struct rti_index - the index of one table: the beginning of the image
 * @pages: of the whole image
 * @count: rules
 * @large: 1: the table is large, a set of groups is RTI_INDEX_WIDE words; 0: one
 * @fields_count: elements of @field in use
 * @matchers: page of the first matcher
 * @ranks: page of the ranks by slot, four in a word; 0: a slot is a rank
 * @groups: page of the groups; 0: none
 * @__zero: 0
 * @field: the fields, the one that tells most first
 * @all: groups that there are
 * @not_ip: groups with a rule that can match what is not IP
 */
struct rti_index {
	__u32 pages;
	__u32 count;
	__u32 large;
	__u32 fields_count;
	__u32 matchers;
	__u32 ranks;
	__u32 groups;
	__u32 __zero;
	struct rti_index_field field[RTI_INDEX_FIELDS];
	__u64 all[RTI_INDEX_WIDE];
	__u64 not_ip[RTI_INDEX_WIDE];
};

#define RTI_MATCHER_WORDS	(sizeof(struct rti_matcher) / sizeof(__u64))
#define RTI_MATCHERS_PER_PAGE	(RTI_INDEX_PAGE_WORDS / RTI_MATCHER_WORDS)
#define RTI_GROUP_WORDS		(sizeof(struct rti_group) / sizeof(__u64))

/*
 * The words of an image from @word on: @words of them, in one page. The XDP
 * program has its own, which may find none: driver/bpf/image.h.
 */
#ifndef RTI_INDEX_IN_MAP
static __always_inline const __u64 *rti_index_at(const void *image, __u32 word,
						 const __u32 words)
{
	return (const __u64 *)image + word;
}

/* What the BPF verifier wants to see, and others need not compute. */
#define rti_index_none(p)		0
#define rti_index_within(i, n)		1

static __always_inline __u32 rti_index_value(const __u8 *view, __u32 offset)
{
	return rti_get16(view + offset);
}
#endif

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

/* The view of a plain IPv4 packet where its own bytes cannot serve. */
static __always_inline void rti_view_ipv4(struct rti_view *view, const __u8 *l3)
{
	rti_get_bytes(view->byte + 8, l3 + 8, 16);
}

static __always_inline void rti_view_ipv6(struct rti_view *view, const __u8 *l3)
{
	view->byte[9] = l3[6];
	view->byte[10] = 0;
	memcpy(view->byte + 12, l3 + 12, 2);
	memcpy(view->byte + 14, l3 + 22, 2);
	memcpy(view->byte + 16, l3 + 28, 2);
	memcpy(view->byte + 18, l3 + 38, 2);
	memcpy(view->byte + 20, l3 + 40, 4);
}

/* The view of a parsed packet. */
static __always_inline void rti_view_key(struct rti_view *view,
					 const struct rti_key *key)
{
	view->byte[9] = key->protocol;
	view->byte[10] = 0;
	if (key->family == 6) {
		memcpy(view->byte + 12, key->src_addr + 4, 2);
		memcpy(view->byte + 14, key->src_addr + 14, 2);
		memcpy(view->byte + 16, key->dst_addr + 4, 2);
		memcpy(view->byte + 18, key->dst_addr + 14, 2);
	} else {
		memcpy(view->byte + 12, key->src_addr, 4);
		memcpy(view->byte + 16, key->dst_addr, 4);
	}
	rti_put16(view->byte + 20, key->src_port);
	rti_put16(view->byte + 22, key->dst_port);
}

/*
 * struct rti_set - groups that a packet may meet; rules, in a small table. Two
 * words and no array: so that it stays in registers.
 */
struct rti_set {
	__u64 low;
	__u64 high;
};

/* The groups that come into question before any field is looked at. */
static __always_inline struct rti_set rti_index_start(const struct rti_index *ix,
						      int ip)
{
	const __u64 *from = ip ? ix->all : ix->not_ip;

	return (struct rti_set) { from[0], from[1] };
}

/* As rti_index_look(), of a small table. */
static __always_inline struct rti_set rti_index_look_small(const struct rti_index *ix,
							   const void *image,
							   const __u8 *view,
							   struct rti_set set)
{
	const struct rti_index_field *field;
	const __u64 *row;
	__u32 f;

	for (f = 0; rti_index_within(f, RTI_INDEX_FIELDS) && f < ix->fields_count; f++) {
		field = &ix->field[f];
		row = rti_index_at(image, field->row +
				   (rti_index_value(view, field->offset) >>
				    field->shift), 1);
		if (rti_index_none(row))
			return (struct rti_set) { 0, 0 };
		set.low &= row[0];
		if (!set.low)
			break;
	}
	return set;
}

/* As rti_index_look(), of a large table. */
static __always_inline struct rti_set rti_index_look_large(const struct rti_index *ix,
							   const void *image,
							   const __u8 *view,
							   struct rti_set set)
{
	const struct rti_index_field *field;
	const __u64 *row;
	__u32 f;

	for (f = 0; rti_index_within(f, RTI_INDEX_FIELDS) && f < ix->fields_count; f++) {
		field = &ix->field[f];
		row = rti_index_at(image, field->row + RTI_INDEX_WIDE *
				   (rti_index_value(view, field->offset) >>
				    field->shift), RTI_INDEX_WIDE);
		if (rti_index_none(row))
			return (struct rti_set) { 0, 0 };
		set.low &= row[0];
		set.high &= row[1];
		if (!(set.low | set.high))
			break;
	}
	return set;
}

/**
 * rti_index_look() - the groups that a packet may meet
 * @ix: the beginning of the image
 * @image: the image
 * @view: of the packet
 * @set: those that come into question: rti_index_start()
 *
 * Return: those that still do.
 */
static __always_inline struct rti_set rti_index_look(const struct rti_index *ix,
						     const void *image,
						     const __u8 *view,
						     struct rti_set set)
{
	if (likely(!ix->large))
		return rti_index_look_small(ix, image, view, set);
	return rti_index_look_large(ix, image, view, set);
}

static __always_inline int rti_set_is_empty(struct rti_set set)
{
	return !(set.low | set.high);
}

/* The first group of a set, which is not empty; and the set without it. */
static __always_inline __u32 rti_set_first(struct rti_set set)
{
	return set.low ? rti_first_bit(set.low) : 64 + rti_first_bit(set.high);
}

static __always_inline struct rti_set rti_set_rest(struct rti_set set)
{
	if (set.low)
		set.low &= set.low - 1;
	else
		set.high &= set.high - 1;
	return set;
}

static __always_inline const struct rti_group *
rti_index_group(const struct rti_index *ix, const void *image, __u32 at)
{
	return (const void *)rti_index_at(image, ix->groups * RTI_INDEX_PAGE_WORDS +
					  at * RTI_GROUP_WORDS, RTI_GROUP_WORDS);
}

/* The rules of a group that the rows of its own leave. */
static __always_inline __u64 rti_group_look(const struct rti_group *group,
					    const void *image, const __u8 *view)
{
	__u64 rules = ~0ULL >> ((64U - group->count) & 63);
	const struct rti_group_field *field;
	const __u64 *row;
	__u32 f, bucket;

	for (f = 0; rti_index_within(f, RTI_INDEX_FIELDS) && f < group->fields_count; f++) {
		field = &group->field[f];
		bucket = (rti_index_value(view, field->offset) - field->base) >>
			 field->shift;
		if (bucket >= RTI_INDEX_BUCKETS)
			return 0;
		row = rti_index_at(image, field->row + bucket, 1);
		if (rti_index_none(row))
			return 0;
		rules &= row[0];
		if (!rules)
			break;
	}
	return rules;
}

/**
 * rti_index_look_closer() - of a large table: is any rule worth comparing?
 * @ix: the beginning of the image
 * @image: the image
 * @view: of the packet
 * @set: of rti_index_look()
 *
 * Return: the set without the groups before the first that has one.
 */
static inline struct rti_set rti_index_look_closer(const struct rti_index *ix,
						   const void *image,
						   const __u8 *view,
						   struct rti_set set)
{
	const struct rti_group *group;

	for (; !rti_set_is_empty(set); set = rti_set_rest(set)) {
		group = rti_index_group(ix, image, rti_set_first(set));
		if (rti_index_none(group) || rti_group_look(group, image, view))
			break;
	}
	return set;
}

#endif /* RTI_INDEX_H */
