/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The index of a table against a walk over all its rules by naive.h: the same
 * rule is found, and no plain packet is turned away that a rule matches.
 */
#include <stdlib.h>

#include "unit.h"
#include "driver/index_build.h"
#include "driver/rule.h"
#include "parse-util.h"
#include "random-packet.h"

#define PACKETS		400
#define L3_BYTES_MIN	14

/* A table as the backends build it. */
struct table {
	struct rtintercept_rule *rules;		/* by rank */
	struct rti_matcher *ranked;
	struct rti_matcher *matchers;		/* by slot */
	struct rti_index *index;
	__u16 *slots;
	__u32 slots_count;
	__u32 count;
};

static int compare_rules(const void *a, const void *b)
{
	return rti_rule_before(a, b) ? -1 : 1;
}

static void *zeroed(size_t count, size_t bytes)
{
	void *memory = calloc(count ? count : 1, bytes);

	ck_assert_ptr_nonnull(memory);
	return memory;
}

static void place(struct table *t)
{
	__u16 *ranks = zeroed(t->count, sizeof(*ranks));
	__u32 i;

	t->slots = zeroed(RTI_SLOTS_MAX, sizeof(*t->slots));
	t->slots_count = rti_index_arrange(t->ranked, t->count, ranks, t->slots);
	ck_assert_uint_le(t->slots_count, RTI_SLOTS_MAX);
	t->index = zeroed(1, rti_index_bytes(t->ranked, t->count));
	rti_index_build(t->index, t->ranked, t->count, t->slots, t->slots_count);
	t->matchers = zeroed(t->slots_count, sizeof(*t->matchers));
	for (i = 0; i < t->slots_count; i++) {
		if (t->slots[i] == RTI_SLOT_EMPTY)
			rti_matcher_never(&t->matchers[i]);
		else
			t->matchers[i] = t->ranked[t->slots[i]];
	}
	free(ranks);
}

static void table_init(struct table *t, struct unit_random *random, __u32 count)
{
	__u32 i;

	t->count = count;
	t->rules = zeroed(count, sizeof(*t->rules));
	t->ranked = zeroed(count, sizeof(*t->ranked));
	for (i = 0; i < count; i++) {
		random_rule(random, &t->rules[i]);
		t->rules[i].id = i + 1;
		t->rules[i].priority = unit_random_below(random, 5);
	}
	qsort(t->rules, count, sizeof(*t->rules), compare_rules);
	for (i = 0; i < count; i++)
		rti_rule_compile(&t->rules[i], &t->ranked[i]);
	place(t);
}

static void table_destroy(struct table *t)
{
	free(t->rules);
	free(t->ranked);
	free(t->matchers);
	free(t->index);
	free(t->slots);
}

static int naive_search(const struct table *t, const struct naive_facts *facts)
{
	__u32 i;

	for (i = 0; i < t->count; i++)
		if (naive_match(&t->rules[i], facts))
			return (int)i;
	return -1;
}

static int index_search(const struct table *t, const struct rti_key *key)
{
	int slot = rti_index_search(t->index, t->matchers, t->slots, key);

	return slot < 0 ? -1 : t->slots[slot];
}

/* Is the packet plain, and turned away at the first look? */
static int is_turned_away(const struct table *t, const struct packet *p)
{
	const __u8 *l3 = p->data + L3_BYTES_MIN;
	int family;

	if (p->bytes < L3_BYTES_MIN)
		return 0;
	family = rti_index_plain(rti_get16(p->data + 12), l3,
				 p->bytes - L3_BYTES_MIN);
	return family && !rti_index_admits(t->index, family, l3);
}

static void search_packets(const struct table *t, struct unit_random *random,
			   int *turned_away)
{
	struct naive_facts facts;
	struct packet p;
	struct rti_key key;
	int i, expected;

	for (i = 0; i < PACKETS; i++) {
		random_packet(random, &p);
		key = parse_frame((struct rti_frame){ .wire_bytes = p.bytes },
				  p.data, p.bytes);
		naive_look(&facts, p.data, p.bytes, p.bytes, false);
		expected = naive_search(t, &facts);
		ck_assert_int_eq(index_search(t, &key), expected);
		if (!is_turned_away(t, &p))
			continue;
		ck_assert_int_eq(expected, -1);
		(*turned_away)++;
	}
}

START_TEST(the_index_finds_the_rule_that_a_walk_finds)
{
	static const __u32 counts[] = { 0, 1, 2, 7, 63, 64, 65, 66, 127, 500, 4096 };
	struct unit_random random;
	int turned_away = 0;
	struct table t;
	__u32 i;

	unit_random_init(&random);
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		table_init(&t, &random, counts[i]);
		search_packets(&t, &random, &turned_away);
		table_destroy(&t);
	}
	/* It would prove little if no packet were turned away at once. */
	ck_assert_int_gt(turned_away, PACKETS / 10);
}
END_TEST

/* The worst case for the slots: every shape there is, none filling a group. */
START_TEST(slots_suffice_for_every_shape)
{
	struct unit_random random;
	struct table t;
	__u32 i;

	unit_random_init(&random);
	for (i = 0; i < 20; i++) {
		table_init(&t, &random, 4096 - i);
		ck_assert_uint_eq(t.slots_count % (1U << RTI_INDEX_GROUP_SHIFT), 0);
		table_destroy(&t);
	}
}
END_TEST

START_TEST(an_empty_slot_matches_nothing)
{
	struct unit_random random;
	struct rti_matcher never;
	struct packet p;
	struct rti_key key;
	int i;

	unit_random_init(&random);
	rti_matcher_never(&never);
	for (i = 0; i < 1000; i++) {
		random_packet(&random, &p);
		key = parse_frame((struct rti_frame){ .wire_bytes = p.bytes },
				  p.data, p.bytes);
		ck_assert_int_eq(rti_match(&never, &key), 0);
	}
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, the_index_finds_the_rule_that_a_walk_finds);
	tcase_add_test(tc, slots_suffice_for_every_shape);
	tcase_add_test(tc, an_empty_slot_matches_nothing);
}

int main(void)
{
	return unit_run("index", add);
}
