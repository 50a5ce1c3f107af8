/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a rule admits of the fields that an index looks at, as spans of values; and
 * which fields it is particular about. Pure, and not for the packet path.
 */
#ifndef RTI_SPAN_H
#define RTI_SPAN_H

#include "index.h"

#define RTI_INDEX_SHAPES	(1U << RTI_INDEX_FIELDS)

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

	if (kind == RTI_INDEX_SRC_PORT)
		return (struct rti_span) { m->src_port_min, m->src_port_max };
	if (kind == RTI_INDEX_DST_PORT)
		return (struct rti_span) { m->dst_port_min, m->dst_port_max };
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
	default:
		if (mask.protocol) {
			span.min = (__u16)(value.protocol << 8);
			span.max = span.min | 0xff;
		}
		return span;
	}
}

static inline int rti_span_is_particular(struct rti_span span)
{
	return span.min > 0 || span.max < 0xffff;
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
		if (rti_span_is_particular(rti_span_of(m, kind)))
			shape |= 1U << kind;
	return shape;
}

/* Where a field stands in the view. */
static inline __u16 rti_index_offset_of(__u32 kind)
{
	static const __u8 offset[RTI_INDEX_FIELDS] = {
		[RTI_INDEX_SRC_HIGH] = 12,
		[RTI_INDEX_SRC_LOW] = 14,
		[RTI_INDEX_DST_HIGH] = 16,
		[RTI_INDEX_DST_LOW] = 18,
		[RTI_INDEX_SRC_PORT] = 20,
		[RTI_INDEX_DST_PORT] = 22,
		[RTI_INDEX_PROTOCOL] = 9,
	};

	return offset[kind];
}

#endif /* RTI_SPAN_H */
