/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parser, rule compiler and matcher together against naive.h, on random rules
 * and packets.
 */
#include "unit.h"
#include "driver/rule.h"
#include "parse-util.h"
#include "random-packet.h"
#include "same.h"

#define PACKETS		20000
#define RULES		8	/* for each packet */
#define ALL_FEATURES	(~0ULL)

/* How a hook may find the packet. */
struct look {
	const __u8 *data;
	__u32 at_hand;
	struct rti_key key;
	struct naive_facts facts;
};

static void look_at(struct unit_random *random, const struct packet *p,
		    struct look *look)
{
	__u32 wire = p->bytes, at_hand, cut = 0;
	struct rti_frame frame = {};
	__u8 bytes[PACKET_MAX];

	if (chance(random, 15))
		wire = unit_random_below(random, wire + 1);
	at_hand = chance(random, 15) ? unit_random_below(random, wire + 1) : wire;
	frame.merged = chance(random, 10);
	frame.wire_bytes = wire;
	memcpy(bytes, p->data, p->bytes);
	if (at_hand >= 18 && rti_is_vlan(rti_get16(bytes + 12)) &&
	    chance(random, 40)) {
		frame.vlan_proto = rti_get16(bytes + 12);
		frame.vlan_tci = rti_get16(bytes + 14);
		memmove(bytes + 12, bytes + 16, p->bytes - 16);
		cut = 4;
	}
	look->data = p->data;
	look->at_hand = at_hand;
	look->key = parse_frame(frame, bytes, at_hand - cut);
	naive_look(&look->facts, p->data, at_hand, wire, frame.merged);
}

START_TEST(the_parser_and_a_naive_one_see_the_same)
{
	struct unit_random random;
	struct packet p;
	struct look look;
	int i;

	unit_random_init(&random);
	for (i = 0; i < PACKETS; i++) {
		random_packet(&random, &p);
		look_at(&random, &p, &look);
		assert_same(&look.key, &look.facts);
	}
}
END_TEST

START_TEST(the_matcher_and_a_naive_one_agree)
{
	struct rtintercept_rule rule;
	struct unit_random random;
	struct rti_matcher m;
	struct look look;
	struct packet p;
	int i, matches = 0, payloads = 0;

	unit_random_init(&random);
	for (i = 0; i < PACKETS * RULES; i++) {
		if (i % RULES == 0) {
			random_packet(&random, &p);
			look_at(&random, &p, &look);
		}
		random_rule(&random, &rule);
		ck_assert_int_eq(rti_rule_check(&rule, ALL_FEATURES), 0);
		rti_rule_compile(&rule, &m);
		ck_assert_int_eq(match_data(&rule, &m, &look.key, look.data,
					    look.at_hand),
				 naive_match(&rule, &look.facts));
		matches += naive_match(&rule, &look.facts);
		payloads += rule.payload_bytes && naive_match(&rule, &look.facts);
	}
	ck_assert_int_gt(payloads, PACKETS * RULES / 500);
	/* It would prove little if hardly a packet matched. */
	ck_assert_int_gt(matches, PACKETS * RULES / 10);
	ck_assert_int_lt(matches, PACKETS * RULES / 2);
}
END_TEST

/* Bytes that are no packet at all: nothing is read beyond them. */
START_TEST(random_bytes_harm_nobody)
{
	struct rti_frame frame = {};
	struct unit_random random;
	struct rti_key key;
	__u8 bytes[300];
	__u32 i, n, at_hand;

	unit_random_init(&random);
	for (i = 0; i < PACKETS; i++) {
		for (n = 0; n < sizeof(bytes); n++)
			bytes[n] = (__u8)unit_random_next(&random);
		put16(bytes + 12, chance(&random, 50) ? 0x0800 : 0x86dd);
		at_hand = unit_random_below(&random, sizeof(bytes) + 1);
		/* Even a hook that lies about the length must be survived. */
		frame.wire_bytes = unit_random_below(&random, 2 * sizeof(bytes));
		frame.merged = chance(&random, 50);
		frame.ethertype = chance(&random, 20) ? 0x86dd : 0;
		frame.vlan_proto = chance(&random, 20) ? 0x8100 : 0;
		key = parse_frame(frame, bytes, at_hand);
		ck_assert_uint_eq(key.wire_bytes, frame.wire_bytes);
	}
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, the_parser_and_a_naive_one_see_the_same);
	tcase_add_test(tc, the_matcher_and_a_naive_one_agree);
	tcase_add_test(tc, random_bytes_harm_nobody);
}

int main(void)
{
	return unit_run("match", add);
}
