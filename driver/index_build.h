/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Building the index of a rule table, when it is published. Pure, and not for
 * the packet path: what packets do with it is index.h's.
 */
#ifndef RTI_INDEX_BUILD_H
#define RTI_INDEX_BUILD_H

#include "index.h"

/* struct rti_span - the values of a field that a rule admits, inclusive */
struct rti_span {
	__u16 min;
	__u16 max;
};

/* The values under a prefix mask, for 16 of an address's bits. */
static inline struct rti_span rti_span_of_bytes(const __u8 *value, const __u8 *mask)
{
	struct rti_span span;

	span.min = rti_get16(value);
	span.max = (__u16)(span.min | ~rti_get16(mask));
	return span;
}

static inline struct rti_span rti_span_of_address(const __u8 *value,
						  const __u8 *mask, __u8 family,
						  int low)
{
	static const __u8 at[2][2] = { { 0, 2 }, { 4, 14 } };
	const __u8 i = at[family == 6][low];

	return rti_span_of_bytes(value + i, mask + i);
}

static inline struct rti_span rti_span_of(const struct rti_matcher *m, __u32 kind)
{
	struct rti_span span = { 0, 0xffff };
	struct rti_key value, mask;

	memcpy(value.word, m->value, sizeof(m->value));
	memcpy(mask.word, m->mask, sizeof(m->mask));
	switch (kind) {
	case RTI_INDEX_SRC_HIGH:
	case RTI_INDEX_SRC_LOW:
		return rti_span_of_address(value.src_addr, mask.src_addr,
					   value.family,
					   kind == RTI_INDEX_SRC_LOW);
	case RTI_INDEX_DST_HIGH:
	case RTI_INDEX_DST_LOW:
		return rti_span_of_address(value.dst_addr, mask.dst_addr,
					   value.family,
					   kind == RTI_INDEX_DST_LOW);
	case RTI_INDEX_SRC_PORT:
		span.min = m->src_port_min;
		span.max = m->src_port_max;
		return span;
	case RTI_INDEX_DST_PORT:
		span.min = m->dst_port_min;
		span.max = m->dst_port_max;
		return span;
	default:
		span.max = 0xff;
		if (mask.protocol)
			span.min = span.max = value.protocol;
		return span;
	}
}

static inline __u16 rti_index_largest(__u32 kind)
{
	return kind == RTI_INDEX_PROTOCOL ? 0xff : 0xffff;
}

static inline int rti_span_is_particular(struct rti_span span, __u32 kind)
{
	return span.min > 0 || span.max < rti_index_largest(kind);
}

/* Can the rule match what is not IP, or what is malformed? */
static inline int rti_admits_not_ip(const struct rti_matcher *m)
{
	struct rti_key mask;

	memcpy(mask.word, m->mask, sizeof(m->mask));
	return !mask.family && !(mask.has & (RTI_HAS_IP | RTI_HAS_PORTS));
}

/* A rule's shape: which fields it is particular about, bits by RTI_INDEX_*. */
static inline __u32 rti_index_shape(const struct rti_matcher *m)
{
	__u32 shape = 0, kind;

	for (kind = 0; kind < RTI_INDEX_FIELDS; kind++)
		if (rti_span_is_particular(rti_span_of(m, kind), kind))
			shape |= 1U << kind;
	return shape;
}

/* Rules alike stand together, so that a group admits little. */
static inline int rti_index_before(const struct rti_matcher *a,
				   const struct rti_matcher *b)
{
	static const __u8 order[RTI_INDEX_FIELDS] = {
		RTI_INDEX_DST_PORT, RTI_INDEX_DST_HIGH, RTI_INDEX_DST_LOW,
		RTI_INDEX_SRC_HIGH, RTI_INDEX_SRC_LOW, RTI_INDEX_SRC_PORT,
		RTI_INDEX_PROTOCOL
	};
	const __u32 shape_a = rti_index_shape(a), shape_b = rti_index_shape(b);
	struct rti_span sa, sb;
	int i;

	if (shape_a != shape_b)
		return shape_a < shape_b;
	for (i = 0; i < RTI_INDEX_FIELDS; i++) {
		sa = rti_span_of(a, order[i]);
		sb = rti_span_of(b, order[i]);
		if (sa.min != sb.min)
			return sa.min < sb.min;
		if (sa.max != sb.max)
			return sa.max < sb.max;
	}
	return 0;
}

/* Lets @slots[i] sink to its place in a heap of @n. */
static inline void rti_index_sink(const struct rti_matcher *m, __u16 *slots,
				  __u32 i, __u32 n)
{
	__u32 child;
	__u16 swap;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n &&
		    rti_index_before(&m[slots[child]], &m[slots[child + 1]]))
			child++;
		if (!rti_index_before(&m[slots[i]], &m[slots[child]]))
			return;
		swap = slots[i];
		slots[i] = slots[child];
		slots[child] = swap;
		i = child;
	}
}

/* A heap sort of ranks: no memory, no bad case. */
static inline void rti_index_sort(const struct rti_matcher *m, __u16 *ranks,
				  __u32 count)
{
	__u16 swap;
	__u32 i;

	for (i = 0; i < count; i++)
		ranks[i] = (__u16)i;
	for (i = count / 2; i-- > 0; )
		rti_index_sink(m, ranks, i, count);
	for (i = count - 1; i > 0; i--) {
		swap = ranks[0];
		ranks[0] = ranks[i];
		ranks[i] = swap;
		rti_index_sink(m, ranks, 0, i);
	}
}

/**
 * rti_index_arrange() - which rule stands in which slot
 * @m: the rules, by rank: in the order in which they are tried
 * @count: how many, at most RTI_INDEX_RULES_MAX
 * @ranks: scratch memory for @count ranks
 * @slots: out: RTI_SLOTS_MAX: the rank of the rule in each slot, or
 *	RTI_SLOT_EMPTY
 *
 * A small table keeps its order. In a large one no group has rules of two
 * shapes: it would admit nearly everything.
 *
 * Return: how many slots.
 */
static inline __u32 rti_index_arrange(const struct rti_matcher *m, __u32 count,
				      __u16 *ranks, __u16 *slots)
{
	const __u32 group = 1U << RTI_INDEX_GROUP_SHIFT;
	__u32 i, n = 0;

	if (count <= RTI_INDEX_NARROW_RULES) {
		for (i = 0; i < count; i++)
			slots[i] = (__u16)i;
		return count;
	}
	rti_index_sort(m, ranks, count);
	for (i = 0; i < count; i++) {
		while (i && n % group && rti_index_shape(&m[ranks[i]]) !=
					 rti_index_shape(&m[ranks[i - 1]]))
			slots[n++] = RTI_SLOT_EMPTY;
		slots[n++] = ranks[i];
	}
	while (n % group)
		slots[n++] = RTI_SLOT_EMPTY;
	return n;
}

static inline __u32 rti_index_stride_for(__u32 count)
{
	return count <= RTI_INDEX_NARROW_RULES ?
		       1 : (__u32)(sizeof(struct rti_groups) / sizeof(__u64));
}

/* 1,024 buckets for a small table, 4,096 for a large one; 256 for the protocol. */
static inline __u32 rti_index_shift_for(__u32 kind, __u32 count)
{
	if (kind == RTI_INDEX_PROTOCOL)
		return 0;
	return count <= RTI_INDEX_NARROW_RULES ? 6 : 4;
}

static inline __u32 rti_index_buckets(__u32 kind, __u32 shift)
{
	return (rti_index_largest(kind) >> shift) + 1U;
}

/* Which fields is any rule particular about? Bits by RTI_INDEX_*. */
static inline __u32 rti_index_fields_of(const struct rti_matcher *m, __u32 count)
{
	__u32 kinds = 0, i;

	for (i = 0; i < count; i++)
		kinds |= rti_index_shape(&m[i]);
	return kinds;
}

/**
 * rti_index_bytes() - how large is the index of these rules?
 * @m: the rules
 * @count: how many
 */
static inline __u64 rti_index_bytes(const struct rti_matcher *m, __u32 count)
{
	const __u32 kinds = rti_index_fields_of(m, count);
	__u64 rows = 0;
	__u32 kind;

	for (kind = 0; kind < RTI_INDEX_FIELDS; kind++)
		if (kinds & (1U << kind))
			rows += rti_index_buckets(kind,
						  rti_index_shift_for(kind, count));
	return sizeof(struct rti_index) +
	       rows * rti_index_stride_for(count) * sizeof(__u64);
}

/* @row is a struct rti_groups, or in a small table its first word. */
static inline void rti_index_set(const struct rti_index *ix, __u64 *row, __u32 slot)
{
	const __u32 group = slot >> ix->group_shift;

	if (ix->stride == 1) {
		row[0] |= 1ULL << group;
		return;
	}
	row[0] |= 1ULL << (group >> RTI_INDEX_CHUNK_SHIFT);
	row[1 + group / 64] |= 1ULL << (group % 64);
}

/* The rows of one field: first what admits every value, then the particular. */
static inline void rti_index_fill(struct rti_index *ix, __u32 kind, __u64 *rows,
				  __u32 shift, const struct rti_matcher *m,
				  const __u16 *slots, __u32 slots_count)
{
	const __u32 buckets = rti_index_buckets(kind, shift);
	const __u32 bytes = ix->stride * (__u32)sizeof(__u64);
	struct rti_span span;
	__u32 slot, b;

	for (slot = 0; slot < slots_count; slot++)
		if (slots[slot] != RTI_SLOT_EMPTY &&
		    !rti_span_is_particular(rti_span_of(&m[slots[slot]], kind), kind))
			rti_index_set(ix, rows, slot);
	for (b = 1; b < buckets; b++)
		memcpy(rows + (__u64)b * ix->stride, rows, bytes);
	for (slot = 0; slot < slots_count; slot++) {
		if (slots[slot] == RTI_SLOT_EMPTY)
			continue;
		span = rti_span_of(&m[slots[slot]], kind);
		if (!rti_span_is_particular(span, kind))
			continue;
		for (b = (__u32)span.min >> shift; b <= (__u32)span.max >> shift; b++)
			rti_index_set(ix, rows + (__u64)b * ix->stride, slot);
	}
}

static inline void rti_index_describe(struct rti_index_field *field, __u32 kind,
				      __u32 shift, __u32 row)
{
	static const __u16 offset[RTI_INDEX_FIELDS][2] = {
		[RTI_INDEX_SRC_HIGH] = { 12, 12 },
		[RTI_INDEX_SRC_LOW] = { 14, 22 },
		[RTI_INDEX_DST_HIGH] = { 16, 28 },
		[RTI_INDEX_DST_LOW] = { 18, 38 },
		[RTI_INDEX_SRC_PORT] = { 20, 40 },
		[RTI_INDEX_DST_PORT] = { 22, 42 },
		[RTI_INDEX_PROTOCOL] = { 8, 5 },	/* the second byte there */
	};

	field->kind = (__u16)kind;
	field->mask = rti_index_largest(kind);
	field->offset[0] = offset[kind][0];
	field->offset[1] = offset[kind][1];
	field->shift = shift;
	field->row = row;
}

/**
 * rti_index_build() - the index of a table
 * @ix: out: rti_index_bytes() of zeroed memory
 * @m: the rules, by rank
 * @count: how many
 * @slots: of rti_index_arrange()
 * @slots_count: likewise
 */
static inline void rti_index_build(struct rti_index *ix,
				   const struct rti_matcher *m, __u32 count,
				   const __u16 *slots, __u32 slots_count)
{
	const __u32 kinds = rti_index_fields_of(m, count);
	__u32 kind, shift, slot, row = 0;

	ix->stride = rti_index_stride_for(count);
	ix->group_shift = ix->stride == 1 ? 0 : RTI_INDEX_GROUP_SHIFT;
	for (slot = 0; slot < slots_count; slot++) {
		if (slots[slot] == RTI_SLOT_EMPTY)
			continue;
		rti_index_set(ix, &ix->all.summary, slot);
		if (rti_admits_not_ip(&m[slots[slot]]))
			rti_index_set(ix, &ix->not_ip.summary, slot);
	}
	for (kind = 0; kind < RTI_INDEX_FIELDS; kind++) {
		if (!(kinds & (1U << kind)))
			continue;
		shift = rti_index_shift_for(kind, count);
		rti_index_describe(&ix->fields[ix->fields_count++], kind, shift, row);
		rti_index_fill(ix, kind, ix->rows + row, shift, m, slots,
			       slots_count);
		row += rti_index_buckets(kind, shift) * ix->stride;
	}
}

/* What stands in an empty slot: matches nothing. */
static inline void rti_matcher_never(struct rti_matcher *m)
{
	struct rti_key bit;

	memset(m, 0, sizeof(*m));
	memset(&bit, 0, sizeof(bit));
	bit.has = RTI_HAS_NEVER;
	memcpy(m->value, bit.word, sizeof(m->value));
	memcpy(m->mask, bit.word, sizeof(m->mask));
}

#endif /* RTI_INDEX_BUILD_H */
