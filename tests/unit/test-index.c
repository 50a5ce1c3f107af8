/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The index of a rule table: it finds the rule that trying all of them in order
 * finds, and never turns away a packet that a rule matches.
 */
#include "unit.h"
#include "driver/bpf/shared.h"
#include "driver/index_build.h"
#include "driver/rule.h"
#include "driver/search.h"
#include "parse-util.h"
#include "random-packet.h"

/**
 * struct table - rules by rank, and what the backends make of them
 * @rules: in the order in which they are tried
 * @image: the index, of exactly the size that is asked for
 */
struct table {
	__u32 count;
	struct rtintercept_rule *rules;
	struct rti_index *image;
};

static int by_rank(const void *a, const void *b)
{
	return rti_rule_before(a, b) ? -1 : 1;
}

static void table_build(struct table *t)
{
	struct rti_matcher *ranked = calloc(t->count + 1, sizeof(*ranked));
	struct rti_index_plan *plan = malloc(sizeof(*plan));
	__u32 i, pages;

	qsort(t->rules, t->count, sizeof(*t->rules), by_rank);
	for (i = 0; i < t->count; i++)
		rti_rule_compile(&t->rules[i], &ranked[i]);
	pages = rti_index_plan(plan, ranked, t->count);
	ck_assert_uint_le(pages, t->count <= RTI_INDEX_SMALL_RULES ?
			  RTI_XDP_SMALL_PAGES : RTI_XDP_LARGE_PAGES);
	t->image = calloc(pages, RTI_INDEX_PAGE_WORDS * sizeof(__u64));
	rti_index_build(plan, ranked, t->image);
	ck_assert_uint_eq(t->image->pages, pages);
	free(plan);
	free(ranked);
}

static void table_free(struct table *t)
{
	free(t->rules);
	free(t->image);
	free(t);
}

/* As applications write them: one port, one peer; and some that match widely. */
static void plain_rule(struct unit_random *random, struct rtintercept_rule *r)
{
	memset(r, 0, sizeof(*r));
	r->match = RTINTERCEPT_MATCH_DST_PORT | RTINTERCEPT_MATCH_PROTOCOL;
	r->protocol = 17;
	r->dst_port_min = (__u16)(8000 + unit_random_below(random, 5000));
	r->dst_port_max = r->dst_port_min;
	if (chance(random, 50)) {
		r->match |= RTINTERCEPT_MATCH_SRC_ADDR;
		r->family = chance(random, 50) ? 4 : 6;
		random_rule_address(random, r->src_addr, &r->src_prefix_bits,
				    r->family == 4 ? 4 : 16);
	}
}

static struct table *random_table(struct unit_random *random, __u32 count,
				  __u32 percent_wild)
{
	struct table *t = calloc(1, sizeof(*t));
	__u32 i;

	t->count = count;
	t->rules = calloc(count + 1, sizeof(*t->rules));
	for (i = 0; i < count; i++) {
		if (chance(random, percent_wild))
			random_rule(random, &t->rules[i]);
		else
			plain_rule(random, &t->rules[i]);
		t->rules[i].id = i + 1;
		t->rules[i].priority = unit_random_below(random, 8);
	}
	table_build(t);
	return t;
}

static __u32 naive_search(const struct table *t, const struct naive_facts *facts)
{
	__u32 i;

	for (i = 0; i < t->count; i++)
		if (naive_match(&t->rules[i], facts))
			return t->rules[i].id;
	return 0;
}

/* What the search asks about. */
struct question {
	const struct table *t;
	const struct packet *p;
	const struct rti_key *key;
};

static int confirm(void *context, __u32 rank)
{
	const struct question *q = context;
	struct rti_matcher m;

	rti_rule_compile(&q->t->rules[rank], &m);
	return match_data(&q->t->rules[rank], &m, q->key, q->p->data, q->p->bytes);
}

/* The groups that a look at the bytes leaves, as the backends take it. */
static struct rti_set first_look(const struct table *t, const struct packet *p,
				 int *family)
{
	const struct rti_index *ix = t->image;
	struct rti_set set = rti_index_start(ix, 1);
	const __u8 *l3 = p->data + 14;
	struct rti_view view;

	*family = p->bytes < 14 ? 0 : rti_index_plain(rti_get16(p->data + 12), l3,
						      p->bytes - 14);
	if (!*family)
		return set;
	if (*family == 6) {
		rti_view_ipv6(&view, l3);
		l3 = view.byte;
	}
	set = rti_index_look(ix, ix, l3, set);
	return ix->large ? rti_index_look_closer(ix, ix, l3, set) : set;
}

/* Is the packet worth parsing? */
static int admits(const struct table *t, const struct packet *p)
{
	int family;
	const struct rti_set set = first_look(t, p, &family);

	return !family || !rti_set_is_empty(set);
}

/* The id of the rule that the packet meets, 0: none. */
static __u32 index_search(const struct table *t, const struct packet *p)
{
	const struct rti_key key = parse_packet(p);
	struct question question = { t, p, &key };
	const struct rti_index *ix = t->image;
	struct rti_search s;
	struct rti_view view;
	int family;
	struct rti_set set = first_look(t, p, &family);

	rti_view_key(&view, &key);
	if (!family)
		set = rti_index_look(ix, ix, view.byte,
				     rti_index_start(ix, key.has & RTI_HAS_IP));
	rti_search_begin(&s, ix, ix, view.byte, set);
	if (rti_search_run(&s, &key, confirm, &question) < 0)
		return 0;
	ck_assert_uint_eq(t->rules[s.best_rank].id,
			  rti_index_matcher(ix, ix, (__u32)s.best)->rule_id);
	return t->rules[s.best_rank].id;
}

/* A packet that this rule matches, as far as it can be told from its members. */
static void packet_for(const struct rtintercept_rule *r, struct packet *p)
{
	packet_eth(p, r->family == 6 ? 0x86dd : 0x0800);
	if (r->family == 6)
		packet_ipv6(p, 17);
	else
		packet_ipv4(p, 17, 20, 0);
	if (r->family == 6)
		memcpy(p->data + p->l3 + 8, r->src_addr, 16);
	else if (r->family)
		memcpy(p->data + p->l3 + 12, r->src_addr, 4);
	packet_udp(p, 5000, r->dst_port_min);
	packet_close(p);
}

/* Returns whether any rule matched. */
static int compare(struct unit_random *random, const struct table *t)
{
	struct naive_facts facts;
	struct packet p;
	__u32 expected;

	if (t->count && chance(random, 50))
		packet_for(&t->rules[unit_random_below(random, t->count)], &p);
	else
		random_packet(random, &p);
	if (chance(random, 15))
		p.bytes = unit_random_below(random, p.bytes + 1);
	naive_look(&facts, p.data, p.bytes, p.bytes, false);
	expected = naive_search(t, &facts);
	ck_assert_uint_eq(index_search(t, &p), expected);
	if (expected)
		ck_assert(admits(t, &p));
	return expected != 0;
}

static void compare_tables(__u32 count, __u32 percent_wild, int tables,
			   int packets)
{
	struct unit_random random;
	struct table *t;
	int i, j;

	unit_random_init(&random);
	for (i = 0; i < tables; i++) {
		t = random_table(&random, count, percent_wild);
		for (j = 0; j < packets; j++)
			compare(&random, t);
		table_free(t);
	}
}

START_TEST(an_empty_table_matches_and_admits_nothing)
{
	struct unit_random random;
	struct table *t;
	struct packet p;
	int i;

	unit_random_init(&random);
	t = random_table(&random, 0, 0);
	for (i = 0; i < 1000; i++)
		ck_assert(!compare(&random, t));
	packet_udp4(&p, 10);
	ck_assert(!admits(t, &p));
	table_free(t);
}
END_TEST

START_TEST(small_tables_find_what_trying_all_finds)
{
	static const __u32 counts[] = { 1, 2, 7, 8, 9, 31, 63, 64 };
	size_t i;

	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		compare_tables(counts[i], 60, 60, 300);
}
END_TEST

START_TEST(large_tables_find_what_trying_all_finds)
{
	static const __u32 counts[] = { 65, 100, 511, 512, 513, 1000 };
	size_t i;

	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		compare_tables(counts[i], 10, 5, 1000);
}
END_TEST

START_TEST(the_largest_table_finds_what_trying_all_finds)
{
	compare_tables(RTI_INDEX_RULES_MAX, 2, 1, 2000);
	compare_tables(RTI_INDEX_RULES_MAX, 100, 1, 200);
}
END_TEST

/* Mostly tables of a size that applications have; now and then a large one. */
START_TEST(a_million_packets_in_a_thousand_tables_meet_the_rule_that_they_should)
{
	struct unit_random random;
	struct table *t;
	int i, j, matched = 0;

	unit_random_init(&random);
	for (i = 0; i < 1000; i++) {
		t = random_table(&random, 1 + unit_random_below(&random, i % 50 ? 64 : 700),
				 unit_random_below(&random, 101));
		for (j = 0; j < 1000; j++)
			matched += compare(&random, t);
		table_free(t);
	}
	ck_assert_int_gt(matched, 200000);
	ck_assert_int_lt(matched, 900000);
}
END_TEST

/* What the index is there for. */
START_TEST(a_packet_that_no_rule_names_is_turned_away_unparsed)
{
	static const __u32 counts[] = { 1, 64, 65, 512, RTI_INDEX_RULES_MAX };
	struct unit_random random;
	struct table *t;
	struct packet p;
	size_t i;

	unit_random_init(&random);
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		t = random_table(&random, counts[i], 0);
		packet_eth(&p, 0x0800);
		packet_ipv4(&p, 17, 20, 0);
		packet_udp(&p, 5000, 53);
		packet_close(&p);
		ck_assert(!admits(t, &p));
		table_free(t);
	}
}
END_TEST

/* 70 rules of one shape, and the others dealt out to all the other shapes. */
START_TEST(more_shapes_than_groups_share_them)
{
	static struct rti_index_plan plan;
	__u32 i, next = 0;

	plan.count = RTI_INDEX_RULES_MAX;
	for (i = 70; i < plan.count; i++)
		plan.sorted[i] = (1 + (__u64)(i - 70) * (RTI_INDEX_SHAPES - 1) /
				  (plan.count - 70)) << 57;
	ck_assert_uint_eq(rti_index_group_size(&plan), 0);
	rti_index_divide(&plan);
	ck_assert_uint_le(plan.parts, RTI_INDEX_GROUPS_MAX);
	for (i = 0; i < plan.parts; i++) {
		ck_assert_uint_eq(plan.part[i].first, next);
		ck_assert_uint_le(plan.part[i].count, RTI_INDEX_SMALL_RULES);
		next += plan.part[i].count;
	}
	ck_assert_uint_eq(next, plan.count);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, an_empty_table_matches_and_admits_nothing);
	tcase_add_test(tc, small_tables_find_what_trying_all_finds);
	tcase_add_test(tc, large_tables_find_what_trying_all_finds);
	tcase_add_test(tc, the_largest_table_finds_what_trying_all_finds);
	tcase_add_test(tc, a_million_packets_in_a_thousand_tables_meet_the_rule_that_they_should);
	tcase_add_test(tc, more_shapes_than_groups_share_them);
	tcase_add_test(tc, a_packet_that_no_rule_names_is_turned_away_unparsed);
}

int main(void)
{
	return unit_run("index", add);
}
