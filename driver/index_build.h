/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Building the index of a rule table, when it is published. Pure, and not for
 * the packet path: what packets do with it is index.h's. It takes steps in
 * proportion to the rules and to the rows, however wide the rules are: a row is
 * made of the row before it, and of what begins or ends there.
 */
#ifndef RTI_INDEX_BUILD_H
#define RTI_INDEX_BUILD_H

#include "index_plan.h"

/* A field of a large table that leaves more of the groups than this is none. */
#define RTI_INDEX_WORTH_EIGHTHS	5

/* ---- the rows of all groups ---- */

static inline const struct rti_matcher *
rti_index_rule(const struct rti_index_plan *plan, const struct rti_matcher *m,
	       const struct rti_index_part *part, __u32 i)
{
	return &m[plan->sorted[part->first + i]];
}

/* Sets the bits from @first to @last. */
static inline void rti_index_mark(__u64 *bits, __u32 first, __u32 last)
{
	const __u64 head = ~0ULL << first % 64, tail = ~0ULL >> (63 - last % 64);
	__u32 w;

	if (first / 64 == last / 64) {
		bits[first / 64] |= head & tail;
		return;
	}
	bits[first / 64] |= head;
	for (w = first / 64 + 1; w < last / 64; w++)
		bits[w] = ~0ULL;
	bits[last / 64] |= tail;
}

/* Which buckets of a field does a group admit? In @plan->admitted. */
static inline void rti_index_admitted(struct rti_index_plan *plan,
				      const struct rti_matcher *m,
				      const struct rti_index_part *part,
				      __u32 kind, __u32 shift)
{
	struct rti_span span;
	__u32 i;

	memset(plan->admitted, 0, (0x10000U >> shift) / 8);
	for (i = 0; i < part->count; i++) {
		span = rti_span_of(rti_index_rule(plan, m, part, i), kind);
		rti_index_mark(plan->admitted, (__u32)span.min >> shift,
			       (__u32)span.max >> shift);
	}
}

/*
 * Turns group @at round in the rows where what it admits begins and ends.
 * Returns how much that is, of RTI_INDEX_EVERY.
 */
static inline __u32 rti_index_turn(const struct rti_index_plan *plan, __u64 *rows,
				   __u32 words, __u32 at, __u32 buckets)
{
	const __u64 bit = 1ULL << at % 64;
	__u64 turns, word, before = 0;
	__u32 w, covered = 0;

	for (w = 0; w < buckets / 64; w++) {
		word = plan->admitted[w];
		covered += rti_index_bits(word);
		for (turns = word ^ (word << 1 | before); turns; turns &= turns - 1)
			rows[(w * 64 + rti_first_bit(turns)) * words + at / 64] ^= bit;
		before = word >> 63;
	}
	return covered * (RTI_INDEX_EVERY / buckets);
}

/* Makes each row of the one before it and the turns that stand in its place. */
static inline void rti_index_unroll(__u64 *rows, __u32 words, __u32 buckets)
{
	__u32 i;

	for (i = words; i < buckets * words; i++)
		rows[i] ^= rows[i - words];
}

static inline void rti_index_fill(struct rti_index_plan *plan,
				  const struct rti_matcher *m, __u32 kind, __u64 *rows)
{
	const __u32 shift = rti_index_shift_for(plan, kind);
	const __u32 words = rti_index_row_words(plan);
	const __u32 buckets = 0x10000U >> shift;
	__u32 at;

	for (at = 0; at < plan->parts; at++) {
		rti_index_admitted(plan, m, &plan->part[at], kind, shift);
		plan->covered[kind][at] = (__u16)rti_index_turn(plan, rows, words,
								at, buckets);
	}
	rti_index_unroll(rows, words, buckets);
}

/* ---- the rows of one group ---- */

/* Buckets scaled to what the rules of the group admit. */
static inline void rti_group_scale(const struct rti_index_plan *plan,
				   const struct rti_matcher *m,
				   const struct rti_index_part *part, __u32 kind,
				   struct rti_group_field *field)
{
	__u32 min = 0xffff, max = 0, i;
	struct rti_span span;

	for (i = 0; i < part->count; i++) {
		span = rti_span_of(rti_index_rule(plan, m, part, i), kind);
		min = span.min < min ? span.min : min;
		max = span.max > max ? span.max : max;
	}
	field->base = (__u16)min;
	field->offset = (__u8)rti_index_offset_of(kind);
	for (field->shift = 0; (max - min) >> field->shift >= RTI_INDEX_BUCKETS; )
		field->shift++;
}

/* Returns how much the rules of the group admit, the less the better. */
static inline __u32 rti_group_fill(const struct rti_index_plan *plan,
				   const struct rti_matcher *m,
				   const struct rti_index_part *part, __u32 kind,
				   const struct rti_group_field *field, __u64 *rows)
{
	struct rti_span span;
	__u32 i, from, to, sum = 0;

	for (i = 0; i < part->count; i++) {
		span = rti_span_of(rti_index_rule(plan, m, part, i), kind);
		from = (__u32)(span.min - field->base) >> field->shift;
		to = ((__u32)(span.max - field->base) >> field->shift) + 1;
		rows[from] ^= 1ULL << i;
		if (to < RTI_INDEX_BUCKETS)
			rows[to] ^= 1ULL << i;
		sum += (to - from) << field->shift;
	}
	rti_index_unroll(rows, 1, RTI_INDEX_BUCKETS);
	return sum;
}

/* Puts @field where it belongs among those that tell more or less. */
static inline void rti_group_insert(struct rti_group *group, __u32 *sums,
				    struct rti_group_field field, __u32 sum)
{
	__u32 i = group->fields_count++;

	for (; i > 0 && sums[i - 1] > sum; i--) {
		sums[i] = sums[i - 1];
		group->field[i] = group->field[i - 1];
	}
	sums[i] = sum;
	group->field[i] = field;
}

/* @next: in and out: the word where the next row of a group begins */
static inline void rti_group_build(const struct rti_index_plan *plan,
				   const struct rti_matcher *m, __u32 at,
				   __u64 *image, struct rti_group *group,
				   __u32 *next)
{
	const struct rti_index_part *part = &plan->part[at];
	const __u32 kinds = rti_index_part_kinds(plan, m, part);
	__u32 kind, sum, sums[RTI_INDEX_FIELDS];
	struct rti_group_field field;

	group->first = part->first;
	group->count = (__u16)part->count;
	for (kind = 0; kind < RTI_INDEX_FIELDS; kind++) {
		if (!(kinds & (1U << kind)))
			continue;
		rti_group_scale(plan, m, part, kind, &field);
		field.row = *next;
		*next += RTI_INDEX_BUCKETS;
		sum = rti_group_fill(plan, m, part, kind, &field, image + field.row);
		rti_group_insert(group, sums, field, sum);
	}
}

/* ---- the image ---- */

/*
 * How much of what packets bring in a field does a group admit? As if values were
 * drawn evenly; but most packets are addressed to this host, as most rules are,
 * and of one of two protocols: what a rule says of those tells less.
 */
static inline __u32 rti_index_share(const struct rti_index_plan *plan, __u32 kind,
				    __u32 at)
{
	const __u32 covered = plan->covered[kind][at];

	switch (kind) {
	case RTI_INDEX_PROTOCOL:
		return covered + (RTI_INDEX_EVERY - covered) / 2;
	case RTI_INDEX_DST_LOW:
	case RTI_INDEX_DST_HIGH:
		return covered + (RTI_INDEX_EVERY - covered) / 8;
	default:
		return covered;
	}
}

/* What another field would leave of what is left, summed over the groups. */
static inline __u64 rti_index_leaves(const struct rti_index_plan *plan, __u32 kind)
{
	__u64 sum = 0;
	__u32 at;

	for (at = 0; at < plan->parts; at++)
		sum += (__u64)plan->left[at] * rti_index_share(plan, kind, at);
	return sum / RTI_INDEX_EVERY;
}

/* The one of @kinds that leaves least; @leaves: out: how much. */
static inline __u32 rti_index_next_kind(const struct rti_index_plan *plan,
					__u32 kinds, __u64 *leaves)
{
	__u32 kind, best = 0;
	__u64 one;

	*leaves = ~0ULL;
	for (kind = 0; kind < RTI_INDEX_FIELDS; kind++) {
		if (!(kinds & (1U << kind)))
			continue;
		one = rti_index_leaves(plan, kind);
		if (one < *leaves) {
			*leaves = one;
			best = kind;
		}
	}
	return best;
}

/*
 * The order of the fields: next is always the one that leaves the fewest groups,
 * for the fewer fields a packet has to be looked at. In a large table a field
 * that would leave most of them is left out: the rows of the few groups that
 * are still there tell more.
 */
static inline void rti_index_order(struct rti_index_plan *plan, struct rti_index *ix,
				   const struct rti_index_field *of_kind)
{
	__u64 left = (__u64)plan->parts << 20, leaves;
	__u32 kinds = plan->kinds, kind, at;

	for (at = 0; at < plan->parts; at++)
		plan->left[at] = 1U << 20;
	for (; kinds; left = leaves) {
		kind = rti_index_next_kind(plan, kinds, &leaves);
		if (plan->large && leaves > left / 8 * RTI_INDEX_WORTH_EIGHTHS)
			break;
		kinds &= ~(1U << kind);
		ix->field[ix->fields_count++] = of_kind[kind];
		for (at = 0; at < plan->parts; at++)
			plan->left[at] = (__u32)((__u64)plan->left[at] *
						 rti_index_share(plan, kind, at) /
						 RTI_INDEX_EVERY);
	}
}

/* Returns the first page behind them. */
static inline __u32 rti_index_build_rows(struct rti_index_plan *plan,
					 const struct rti_matcher *m,
					 struct rti_index *ix, __u64 *image, __u32 page)
{
	struct rti_index_field of_kind[RTI_INDEX_FIELDS];
	__u32 kind;

	for (kind = 0; kind < RTI_INDEX_FIELDS; kind++) {
		if (!(plan->kinds & (1U << kind)))
			continue;
		of_kind[kind].offset = rti_index_offset_of(kind);
		of_kind[kind].shift = (__u16)rti_index_shift_for(plan, kind);
		of_kind[kind].row = page * RTI_INDEX_PAGE_WORDS;
		rti_index_fill(plan, m, kind, image + of_kind[kind].row);
		page += rti_index_field_pages(plan, kind);
	}
	rti_index_order(plan, ix, of_kind);
	return page;
}

static inline void rti_index_build_groups(const struct rti_index_plan *plan,
					  const struct rti_matcher *m,
					  struct rti_index *ix, __u64 *image, __u32 page)
{
	struct rti_group *group = (void *)(image + page * RTI_INDEX_PAGE_WORDS);
	__u32 next = (page + 1) * RTI_INDEX_PAGE_WORDS, at;

	ix->groups = page;
	for (at = 0; at < plan->parts; at++)
		rti_group_build(plan, m, at, image, &group[at], &next);
}

/* Each rule in its slot. Returns the first page behind them. */
static inline __u32 rti_index_place(const struct rti_index_plan *plan,
				    const struct rti_matcher *m,
				    struct rti_index *ix, __u64 *image)
{
	struct rti_matcher *matcher;
	__u64 *ranks;
	__u32 slot;

	ix->matchers = 1;
	for (slot = 0; slot < plan->count; slot++) {
		matcher = (void *)(image +
			(ix->matchers + slot / RTI_MATCHERS_PER_PAGE) *
			RTI_INDEX_PAGE_WORDS +
			slot % RTI_MATCHERS_PER_PAGE * RTI_MATCHER_WORDS);
		*matcher = m[plan->sorted[slot]];
	}
	if (!plan->large)
		return 1 + rti_index_matcher_pages(plan);
	ix->ranks = 1 + rti_index_matcher_pages(plan);
	ranks = image + ix->ranks * RTI_INDEX_PAGE_WORDS;
	for (slot = 0; slot < plan->count; slot++)
		ranks[slot / 4] |= plan->sorted[slot] << slot % 4 * 16;
	return ix->ranks + rti_index_pages_for(plan->count / 4 + 1);
}

/**
 * rti_index_build() - the index of a table
 * @plan: of rti_index_plan(), for the same rules; used up
 * @m: the rules, by rank
 * @image: out: as many pages as that said, zeroed
 */
static inline void rti_index_build(struct rti_index_plan *plan,
				   const struct rti_matcher *m, void *image)
{
	struct rti_index *ix = image;
	__u32 at, i, page;

	ix->count = plan->count;
	ix->large = plan->large;
	ix->pages = rti_index_pages(plan, m);
	for (at = 0; at < plan->parts; at++) {
		ix->all[at / 64] |= 1ULL << at % 64;
		for (i = 0; i < plan->part[at].count; i++)
			if (rti_admits_not_ip(rti_index_rule(plan, m,
							     &plan->part[at], i)))
				ix->not_ip[at / 64] |= 1ULL << at % 64;
	}
	page = rti_index_place(plan, m, ix, image);
	page = rti_index_build_rows(plan, m, ix, image, page);
	if (ix->large)
		rti_index_build_groups(plan, m, ix, image, page);
}

#endif /* RTI_INDEX_BUILD_H */
