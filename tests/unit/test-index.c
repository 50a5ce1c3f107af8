/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The index of a rule table: it finds the rule that trying all of them in order
 * finds, and never turns away a packet that a rule matches.
 */
#include "unit.h"
#include "driver/index_build.h"
#include "driver/rule.h"
#include "parse-util.h"
#include "random-packet.h"

/**
 * struct table - rules by rank, and what the module makes of them
 * @rules: in the order in which they are tried
 * @ranked: the same, compiled
 * @matchers: by slot
 */
struct table {
	__u32 count;
	__u32 slots_count;
	struct rtintercept_rule *rules;
	struct rti_matcher *ranked;
	struct rti_matcher *matchers;
	struct rti_index *index;
	__u16 slots[RTI_SLOTS_MAX];
};

static int by_rank(const void *a, const void *b)
{
	return rti_rule_before(a, b) ? -1 : 1;
}

static void table_build(struct table *t)
{
	__u16 *ranks = calloc(t->count + 1, sizeof(*ranks));
	__u32 i;

	qsort(t->rules, t->count, sizeof(*t->rules), by_rank);
	t->ranked = calloc(t->count + 1, sizeof(*t->ranked));
	for (i = 0; i < t->count; i++)
		rti_rule_compile(&t->rules[i], &t->ranked[i]);
	t->slots_count = rti_index_arrange(t->ranked, t->count, ranks, t->slots);
	ck_assert_uint_le(t->slots_count, RTI_SLOTS_MAX);
	/* Of exactly the sizes that the module asks for. */
	t->index = calloc(1, rti_index_bytes(t->ranked, t->count));
	t->matchers = calloc(t->slots_count + 1, sizeof(*t->matchers));
	rti_index_build(t->index, t->ranked, t->count, t->slots, t->slots_count);
	for (i = 0; i < t->slots_count; i++) {
		if (t->slots[i] == RTI_SLOT_EMPTY)
			rti_matcher_never(&t->matchers[i]);
		else
			t->matchers[i] = t->ranked[t->slots[i]];
	}
	free(ranks);
}

static void table_free(struct table *t)
{
	free(t->rules);
	free(t->ranked);
	free(t->matchers);
	free(t->index);
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

/* What the search asks about. */
struct question {
	const struct table *t;
	const struct packet *p;
	const struct rti_key *key;
};

static int confirm(void *context, __u32 slot)
{
	const struct question *q = context;

	return match_data(&q->t->rules[q->t->slots[slot]], &q->t->matchers[slot],
			  q->key, q->p->data, q->p->bytes);
}

/* The id of the rule that the packet meets, 0: none. */
static __u32 index_search(const struct table *t, const struct packet *p)
{
	const struct rti_key key = parse_packet(p);
	struct question question = { t, p, &key };
	const int slot = rti_index_search(t->index, t->matchers, t->slots, &key,
					  confirm, &question);

	return slot < 0 ? 0 : t->matchers[slot].rule_id;
}

static __u32 naive_search(const struct table *t, const struct naive_facts *facts)
{
	__u32 i;

	for (i = 0; i < t->count; i++)
		if (naive_match(&t->rules[i], facts))
			return t->rules[i].id;
	return 0;
}

/* The look at the bytes in front of parsing, as driver/rules.h takes it. */
static int admits(const struct table *t, const struct packet *p)
{
	const __u16 ethertype = rti_get16(p->data + 12);
	const int family = rti_index_plain(ethertype, p->data + 14,
					   p->bytes - 14);

	return !family || rti_index_admits(t->index, family, p->data + 14);
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

static void add(TCase *tc)
{
	tcase_add_test(tc, an_empty_table_matches_and_admits_nothing);
	tcase_add_test(tc, small_tables_find_what_trying_all_finds);
	tcase_add_test(tc, large_tables_find_what_trying_all_finds);
	tcase_add_test(tc, the_largest_table_finds_what_trying_all_finds);
	tcase_add_test(tc, a_packet_that_no_rule_names_is_turned_away_unparsed);
}

int main(void)
{
	return unit_run("index", add);
}
