/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parser, rule compiler and matcher together against naive.h, on random rules
 * and packets.
 */
#include "unit.h"
#include "driver/rule.h"
#include "parse-util.h"
#include "random-packet.h"

#define PACKETS		20000
#define RULES		8	/* for each packet */

/* How a hook may find the packet. */
struct look {
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
	look->key = parse_frame(frame, bytes, at_hand - cut);
	naive_look(&look->facts, p->data, at_hand, wire, frame.merged);
}

static void assert_same(const struct rti_key *key, const struct naive_facts *f)
{
	__u32 kind = f->later ? RTINTERCEPT_FRAGMENT_LATER :
		     f->first ? RTINTERCEPT_FRAGMENT_FIRST :
				RTINTERCEPT_FRAGMENT_NONE;

	ck_assert_int_eq(!!(key->flags & RTINTERCEPT_RECORD_MALFORMED),
			 f->malformed);
	ck_assert_int_eq(!!(key->flags & RTINTERCEPT_RECORD_L3), f->family != 0);
	ck_assert_int_eq(!!(key->flags & RTINTERCEPT_RECORD_IPV6), f->family == 6);
	ck_assert_int_eq(!!(key->flags & RTINTERCEPT_RECORD_L4), f->has_l4);
	ck_assert_int_eq(!!(key->flags & RTINTERCEPT_RECORD_PAYLOAD), f->has_ports);
	ck_assert_int_eq(!!(key->flags & RTINTERCEPT_RECORD_VLAN), f->tags > 0);
	ck_assert_int_eq(!!(key->flags & RTINTERCEPT_RECORD_FRAG_FIRST), f->first);
	ck_assert_int_eq(!!(key->flags & RTINTERCEPT_RECORD_FRAG_LATER), f->later);
	ck_assert_uint_eq(key->ethertype, f->ethertype);
	ck_assert_uint_eq(key->vlan_id, f->vlan_id[0]);
	ck_assert_uint_eq(key->vlan_inner_id, f->vlan_id[1]);
	ck_assert_uint_eq(key->family, f->family);
	ck_assert_uint_eq(key->protocol, f->protocol);
	ck_assert_mem_eq(key->src_addr, f->src, 16);
	ck_assert_mem_eq(key->dst_addr, f->dst, 16);
	ck_assert_uint_eq(key->src_port, f->src_port);
	ck_assert_uint_eq(key->dst_port, f->dst_port);
	ck_assert_uint_eq(key->fragment, kind);
	ck_assert_uint_eq(key->l3_offset, f->l3);
	ck_assert_uint_eq(key->l4_offset, f->l4);
	ck_assert_uint_eq(key->payload_offset, f->payload);
	ck_assert_uint_eq(key->wire_bytes, f->wire);
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
	int i, matches = 0;

	unit_random_init(&random);
	for (i = 0; i < PACKETS * RULES; i++) {
		if (i % RULES == 0) {
			random_packet(&random, &p);
			look_at(&random, &p, &look);
		}
		random_rule(&random, &rule);
		ck_assert_int_eq(rti_rule_check(&rule, 0), 0);
		rti_rule_compile(&rule, &m);
		ck_assert_int_eq(rti_match(&m, &look.key),
				 naive_match(&rule, &look.facts));
		matches += naive_match(&rule, &look.facts);
	}
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
