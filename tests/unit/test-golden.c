/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The golden packets through the parser and the matcher, as C: the same rule has
 * to win and the same offsets and flags to come out as the naive statement says.
 * The XDP program and the module get the same corpus: tests/bpf/corpus.c.
 */
#include "driver/rule.h"
#include "tests/golden/corpus.h"
#include "tests/golden/expect.h"
#include "parse-util.h"
#include "unit.h"

static const struct rtintercept_rule *winner(const struct golden_table *table,
					     const struct rti_key *key,
					     const struct packet *p)
{
	struct rti_matcher matcher;
	__u32 i;

	for (i = 0; i < table->count; i++) {
		rti_rule_compile(&table->rule[i], &matcher);
		if (match_data(&table->rule[i], &matcher, key, p->data, p->bytes))
			return &table->rule[i];
	}
	return NULL;
}

static void compare(const struct rti_key *key, const struct rtintercept_record *r,
		    const char *name)
{
	ck_assert_msg(key->flags == (r->flags & ~RTINTERCEPT_RECORD_TRUNCATED),
		      "%s: flags %#x, not %#x", name, key->flags, r->flags);
	ck_assert_msg(key->l3_offset == r->l3_offset &&
		      key->l4_offset == r->l4_offset &&
		      key->payload_offset == r->payload_offset,
		      "%s: offsets %u %u %u, not %u %u %u", name, key->l3_offset,
		      key->l4_offset, key->payload_offset, r->l3_offset,
		      r->l4_offset, r->payload_offset);
	ck_assert_msg(key->vlan_tci == r->vlan_tci &&
		      key->vlan_proto == r->vlan_proto,
		      "%s: tag %#x of %#x", name, key->vlan_tci, key->vlan_proto);
	ck_assert_msg(key->wire_bytes == r->wire_bytes, "%s: length", name);
}

START_TEST(every_golden_packet_as_the_naive_statement_says)
{
	const struct golden_table *table = &golden_tables[_i];
	const struct rtintercept_rule *want;
	struct rtintercept_record record;
	struct golden_walk walk = {};
	struct packet p;
	struct rti_key key;

	while (golden_next(&walk, &p)) {
		key = parse_packet(&p);
		want = golden_expect(&p, table, &record);
		ck_assert_msg(winner(table, &key, &p) == want, "%s, %s: rule",
			      table->name, walk.name);
		if (want)
			compare(&key, &record, walk.name);
	}
	ck_assert_uint_gt(walk.index, 500);
}
END_TEST

/* As the module finds them, where a tag was taken out of the bytes. */
START_TEST(the_same_with_the_tag_out_of_band)
{
	const struct golden_table *table = &golden_tables[_i];
	const struct rtintercept_rule *want;
	struct rtintercept_record record;
	struct golden_walk walk = {};
	struct packet p;
	struct rti_key key;

	while (golden_next(&walk, &p)) {
		want = golden_expect(&p, table, &record);
		if ((p.data[12] != 0x81 && p.data[12] != 0x88) || p.bytes < 20 ||
		    p.data[13] > 0xa8)
			continue;
		key = parse_out_of_band(&p);
		ck_assert_msg(winner(table, &key, &p) == want, "%s, %s: rule",
			      table->name, walk.name);
		if (want)
			compare(&key, &record, walk.name);
	}
}
END_TEST

START_TEST(the_rules_are_sound_and_in_order)
{
	const struct golden_table *table = &golden_tables[_i];
	__u32 i;

	for (i = 0; i < table->count; i++) {
		ck_assert_int_eq(rti_rule_check(&table->rule[i],
						RTINTERCEPT_FEATURE_MATCH_PAYLOAD), 0);
		if (i)
			ck_assert(rti_rule_before(&table->rule[i - 1],
						  &table->rule[i]));
	}
}
END_TEST

static void add(TCase *tcase)
{
	const int tables = GOLDEN_TABLES;

	tcase_add_loop_test(tcase, the_rules_are_sound_and_in_order, 0, tables);
	tcase_add_loop_test(tcase, every_golden_packet_as_the_naive_statement_says,
			    0, tables);
	tcase_add_loop_test(tcase, the_same_with_the_tag_out_of_band, 0, tables);
}

int main(void)
{
	return unit_run("golden", add);
}
