/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Before the index of a rule table is built: which rule stands where, and how
 * large it will be. Pure, and not for the packet path.
 */
#ifndef RTI_INDEX_PLAN_H
#define RTI_INDEX_PLAN_H

#include "span.h"

#define RTI_INDEX_GROUP_MIN	8	/* rules in a group: fewer are not worth its rows */
#define RTI_INDEX_ROWS_MAX	4096	/* of a field of a large table */
#define RTI_INDEX_EVERY		4096	/* coverage: every value */

/* The rules of a group: from @first on, in the order of rti_index_plan.sorted. */
struct rti_index_part {
	__u32 first;
	__u32 count;
};

/**
 * struct rti_index_plan - what is known of an index before there is memory for it
 * @count: rules
 * @large: as in struct rti_index
 * @kinds: fields that any rule is particular about, bits by RTI_INDEX_*
 * @parts: groups
 * @part: the groups
 * @sorted: ranks, by slot
 * @covered: by field and group: how much of the field's values it admits, of
 *	RTI_INDEX_EVERY
 * @admitted: scratch: a bit per bucket
 * @left: scratch: a share per group
 *
 * Some 40 KB; only needed while building.
 */
struct rti_index_plan {
	__u32 count;
	__u32 large;
	__u32 kinds;
	__u32 parts;
	struct rti_index_part part[RTI_INDEX_GROUPS_MAX];
	__u64 sorted[RTI_INDEX_RULES_MAX];
	__u16 covered[RTI_INDEX_FIELDS][RTI_INDEX_GROUPS_MAX];
	__u64 admitted[RTI_INDEX_ROWS_MAX / 64];
	__u32 left[RTI_INDEX_GROUPS_MAX];
};

/* ---- which rule stands where ---- */

/*
 * Rules alike stand together, so that a group admits little: those of one shape,
 * by the first fields that they are particular about.
 */
static inline __u64 rti_index_sort_key(const struct rti_matcher *m, __u32 rank)
{
	static const __u8 order[RTI_INDEX_FIELDS] = {
		RTI_INDEX_DST_PORT, RTI_INDEX_SRC_HIGH, RTI_INDEX_DST_HIGH,
		RTI_INDEX_SRC_LOW, RTI_INDEX_DST_LOW, RTI_INDEX_SRC_PORT,
		RTI_INDEX_PROTOCOL
	};
	const __u32 shape = rti_index_shape(m);
	__u64 key = (__u64)shape << 57 | rank;
	int i, shift = 41;

	for (i = 0; i < RTI_INDEX_FIELDS && shift > 0; i++) {
		if (!(shape & (1U << order[i])))
			continue;
		key |= (__u64)rti_span_of(m, order[i]).min << shift & ~0xfffULL;
		shift -= 16;
	}
	return key;
}

static inline void rti_index_swap(__u64 *a, __u64 *b)
{
	const __u64 kept = *a;

	*a = *b;
	*b = kept;
}

/* Lets @keys[i] sink to its place in a heap of @n. */
static inline void rti_index_sink(__u64 *keys, __u32 i, __u32 n)
{
	__u32 child;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && keys[child] < keys[child + 1])
			child++;
		if (keys[i] >= keys[child])
			return;
		rti_index_swap(&keys[i], &keys[child]);
		i = child;
	}
}

/* A heap sort: no memory, no bad case. */
static inline void rti_index_sort(__u64 *keys, __u32 n)
{
	__u32 i;

	for (i = n / 2; i-- > 0; )
		rti_index_sink(keys, i, n);
	for (i = n; i-- > 1; ) {
		rti_index_swap(&keys[0], &keys[i]);
		rti_index_sink(keys, 0, i);
	}
}

static inline __u32 rti_key_shape(__u64 key)
{
	return (__u32)(key >> 57);
}

/*
 * The least size of groups of which there are not too many, when no group has
 * rules of two shapes: it would admit nearly everything. 0: there are too many
 * shapes for that.
 */
static inline __u32 rti_index_group_size(const struct rti_index_plan *plan)
{
	__u16 of_shape[RTI_INDEX_SHAPES] = { 0 };
	__u32 size, i, groups;

	for (i = 0; i < plan->count; i++)
		of_shape[rti_key_shape(plan->sorted[i])]++;
	for (size = RTI_INDEX_GROUP_MIN; size <= RTI_INDEX_SMALL_RULES; size++) {
		groups = 0;
		for (i = 0; i < RTI_INDEX_SHAPES; i++)
			groups += (of_shape[i] + size - 1) / size;
		if (groups <= RTI_INDEX_GROUPS_MAX)
			return size;
	}
	return 0;
}

static inline void rti_index_divide(struct rti_index_plan *plan)
{
	const __u32 size = rti_index_group_size(plan);
	const __u32 most = size ? size : RTI_INDEX_SMALL_RULES;
	struct rti_index_part *part = NULL;
	__u32 i;

	for (i = 0; i < plan->count; i++) {
		if (!part || part->count == most ||
		    (size && rti_key_shape(plan->sorted[i]) !=
			     rti_key_shape(plan->sorted[i - 1]))) {
			part = &plan->part[plan->parts++];
			part->first = i;
			part->count = 0;
		}
		part->count++;
	}
}

/* In a group, rules stand by rank. */
static inline void rti_index_by_rank(struct rti_index_plan *plan)
{
	__u32 i;

	for (i = 0; i < plan->count; i++)
		plan->sorted[i] &= 0xfff;
	for (i = 0; i < plan->parts; i++)
		rti_index_sort(plan->sorted + plan->part[i].first,
			       plan->part[i].count);
}

/* ---- how large it is ---- */

static inline __u32 rti_index_pages_for(__u32 words)
{
	return (words + RTI_INDEX_PAGE_WORDS - 1) / RTI_INDEX_PAGE_WORDS;
}

/* 1,024 rows of a small table, 4,096 of a large one; 256 for the protocol. */
static inline __u32 rti_index_shift_for(const struct rti_index_plan *plan, __u32 kind)
{
	return kind == RTI_INDEX_PROTOCOL ? 8 : plan->large ? 4 : 6;
}

static inline __u32 rti_index_row_words(const struct rti_index_plan *plan)
{
	return plan->large ? RTI_INDEX_WIDE : 1;
}

static inline __u32 rti_index_field_pages(const struct rti_index_plan *plan, __u32 kind)
{
	return rti_index_pages_for((0x10000U >> rti_index_shift_for(plan, kind)) *
				   rti_index_row_words(plan));
}

static inline __u32 rti_index_matcher_pages(const struct rti_index_plan *plan)
{
	return (__u32)((plan->count + RTI_MATCHERS_PER_PAGE - 1) /
		       RTI_MATCHERS_PER_PAGE);
}

/* The fields that a rule of the group is particular about. */
static inline __u32 rti_index_part_kinds(const struct rti_index_plan *plan,
					 const struct rti_matcher *m,
					 const struct rti_index_part *part)
{
	__u32 kinds = 0, i;

	for (i = 0; i < part->count; i++)
		kinds |= rti_index_shape(&m[plan->sorted[part->first + i]]);
	return kinds;
}

static inline __u32 rti_index_bits(__u64 word)
{
	__u32 n = 0;

	for (; word; word &= word - 1)
		n++;
	return n;
}

static inline __u32 rti_index_pages(const struct rti_index_plan *plan,
				    const struct rti_matcher *m)
{
	__u32 pages = 1 + rti_index_matcher_pages(plan), rows = 0, i;

	for (i = 0; i < RTI_INDEX_FIELDS; i++)
		if (plan->kinds & (1U << i))
			pages += rti_index_field_pages(plan, i);
	if (!plan->large)
		return pages;
	for (i = 0; i < plan->parts; i++)
		rows += rti_index_bits(rti_index_part_kinds(plan, m, &plan->part[i]));
	return pages + rti_index_pages_for(plan->count / 4 + 1) + 1 +
	       rti_index_pages_for(rows * RTI_INDEX_BUCKETS);
}

/**
 * rti_index_plan() - before an index is built
 * @plan: out, all of it
 * @m: the rules, by rank: in the order in which they are tried
 * @count: how many, at most RTI_INDEX_RULES_MAX
 *
 * Return: how many pages of RTI_INDEX_PAGE_WORDS the image will have.
 */
static inline __u32 rti_index_plan(struct rti_index_plan *plan,
				   const struct rti_matcher *m, __u32 count)
{
	__u32 i;

	memset(plan, 0, sizeof(*plan));
	plan->count = count;
	plan->large = count > RTI_INDEX_SMALL_RULES;
	for (i = 0; i < count; i++) {
		plan->kinds |= rti_index_shape(&m[i]);
		plan->sorted[i] = plan->large ? rti_index_sort_key(&m[i], i) : i;
	}
	if (plan->large) {
		rti_index_sort(plan->sorted, count);
		rti_index_divide(plan);
		rti_index_by_rank(plan);
	} else {
		for (i = 0; i < count; i++)
			plan->part[i] = (struct rti_index_part) { i, 1 };
		plan->parts = count;
	}
	return rti_index_pages(plan, m);
}

#endif /* RTI_INDEX_PLAN_H */
