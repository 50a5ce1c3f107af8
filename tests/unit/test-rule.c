/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rules are refused, with which errno, and in which order rules are tried. */
#include "unit.h"
#include "driver/rule.h"

#define ALL_FEATURES	(~0ULL)

/* A rule that names every member which is served today, soundly. */
static struct rtintercept_rule full_rule(void)
{
	struct rtintercept_rule r = {
		.id = 7,
		.priority = 100,
		.match = RTINTERCEPT_MATCH_PROGRAM - 1,
		.verdict = RTINTERCEPT_VERDICT_DROP,
		.flags = RTINTERCEPT_RULE_RECORD | RTINTERCEPT_RULE_ON_FULL_DROP,
		.snap_bytes = 128,
		.ethertype = 0x0800,
		.vlan_id = 5,
		.vlan_inner_id = RTINTERCEPT_VLAN_UNTAGGED,
		.family = 4,
		.protocol = 17,
		.src_prefix_bits = 8,
		.dst_prefix_bits = 32,
		.fragments = RTINTERCEPT_FRAGMENT_NONE,
		.src_addr = { 10 },
		.dst_addr = { 10, 1, 2, 3 },
		.src_port_max = 65535,
		.dst_port_min = 8080,
		.dst_port_max = 8080,
		.length_max = 1514,
		.payload_offset = 2,
		.payload_bytes = 3,
		.payload_value = { 0xc0, 0, 0xee },
		.payload_mask = { 0xf0, 0, 0xff },
	};

	return r;
}

static int check_rule(const struct rtintercept_rule *r)
{
	return rti_rule_check(r, RTINTERCEPT_FEATURE_MATCH_PAYLOAD);
}

START_TEST(a_rule_of_everything_and_one_of_nothing_are_sound)
{
	struct rtintercept_rule full = full_rule(), empty = {};

	ck_assert_int_eq(check_rule(&full), 0);
	ck_assert_int_eq(check_rule(&empty), 0);
}
END_TEST

START_TEST(unknown_match_bits_flags_and_verdicts_are_eopnotsupp)
{
	struct rtintercept_rule r;
	int bit;

	for (bit = 12; bit < 64; bit++) {
		r = full_rule();
		r.match |= 1ULL << bit;
		ck_assert_int_eq(rti_rule_check(&r, ALL_FEATURES), -EOPNOTSUPP);
	}
	for (bit = 2; bit < 32; bit++) {
		r = full_rule();
		r.flags |= 1U << bit;
		ck_assert_int_eq(rti_rule_check(&r, ALL_FEATURES), -EOPNOTSUPP);
	}
	r = full_rule();
	r.verdict = 3;
	ck_assert_int_eq(rti_rule_check(&r, ALL_FEATURES), -EOPNOTSUPP);
	r.verdict = ~0U;
	ck_assert_int_eq(rti_rule_check(&r, ALL_FEATURES), -EOPNOTSUPP);
}
END_TEST

START_TEST(what_the_backend_does_not_offer_is_eopnotsupp)
{
	struct rtintercept_rule r = full_rule();

	ck_assert_int_eq(rti_rule_check(&r, 0), -EOPNOTSUPP);
	r.match |= RTINTERCEPT_MATCH_PROGRAM;
	ck_assert_int_eq(check_rule(&r), -EOPNOTSUPP);
	ck_assert_int_eq(rti_rule_check(&r, RTINTERCEPT_FEATURE_MATCH_PAYLOAD |
					    RTINTERCEPT_FEATURE_PROGRAM_CBPF), 0);
	r = full_rule();
	r.verdict = RTINTERCEPT_VERDICT_REPLY;
	ck_assert_int_eq(check_rule(&r), -EOPNOTSUPP);
	ck_assert_int_eq(rti_rule_check(&r, RTINTERCEPT_FEATURE_MATCH_PAYLOAD |
					    RTINTERCEPT_FEATURE_REPLY), 0);
}
END_TEST

/* Each byte of a rule that no match bit speaks for must be zero. */
START_TEST(members_that_are_not_compared_must_be_zero)
{
	const size_t free_from = offsetof(struct rtintercept_rule, snap_bytes);
	struct rtintercept_rule r;
	size_t i;

	for (i = free_from; i < sizeof(r); i++) {
		memset(&r, 0, sizeof(r));
		((__u8 *)&r)[i] = 1;
		ck_assert_int_eq(check_rule(&r), -EINVAL);
		ck_assert_int_eq(rti_rule_check(&r, ALL_FEATURES), -EINVAL);
	}
}
END_TEST

START_TEST(reserved_bytes_must_be_zero)
{
	struct rtintercept_rule r;
	size_t i;

	for (i = 0; i < sizeof(r.__reserved); i++) {
		r = full_rule();
		((__u8 *)r.__reserved)[i] = 0x80;
		ck_assert_int_eq(check_rule(&r), -EINVAL);
	}
}
END_TEST

START_TEST(ranges_upside_down_are_einval)
{
	struct rtintercept_rule r = full_rule();

	r.src_port_min = 2;
	r.src_port_max = 1;
	ck_assert_int_eq(check_rule(&r), -EINVAL);
	r = full_rule();
	r.dst_port_min = 8081;
	ck_assert_int_eq(check_rule(&r), -EINVAL);
	r = full_rule();
	r.length_min = 1515;
	ck_assert_int_eq(check_rule(&r), -EINVAL);
	r.length_min = 1514;
	ck_assert_int_eq(check_rule(&r), 0);
}
END_TEST

START_TEST(a_family_goes_with_addresses_and_is_4_or_6)
{
	struct rtintercept_rule r = {};
	int family;

	r.family = 4;
	ck_assert_int_eq(check_rule(&r), -EINVAL);
	for (family = 0; family < 256; family++) {
		r.match = RTINTERCEPT_MATCH_SRC_ADDR;
		r.family = (__u8)family;
		ck_assert_int_eq(check_rule(&r),
				 family == 4 || family == 6 ? 0 : -EINVAL);
		r.match = RTINTERCEPT_MATCH_DST_ADDR;
		ck_assert_int_eq(check_rule(&r),
				 family == 4 || family == 6 ? 0 : -EINVAL);
	}
}
END_TEST

START_TEST(a_prefix_is_at_most_as_long_as_an_address)
{
	struct rtintercept_rule r = {
		.match = RTINTERCEPT_MATCH_SRC_ADDR | RTINTERCEPT_MATCH_DST_ADDR,
	};
	int bits;

	for (bits = 0; bits < 256; bits++) {
		r.family = 4;
		r.src_prefix_bits = (__u8)bits;
		ck_assert_int_eq(check_rule(&r), bits <= 32 ? 0 : -EINVAL);
		r.family = 6;
		ck_assert_int_eq(check_rule(&r), bits <= 128 ? 0 : -EINVAL);
		r.src_prefix_bits = 0;
		r.dst_prefix_bits = (__u8)bits;
		ck_assert_int_eq(check_rule(&r), bits <= 128 ? 0 : -EINVAL);
		r.dst_prefix_bits = 0;
	}
}
END_TEST

START_TEST(address_bits_behind_the_prefix_must_be_zero)
{
	struct rtintercept_rule r;
	int bits, bit;

	for (bits = 0; bits <= 128; bits++) {
		for (bit = 0; bit < 128; bit++) {
			memset(&r, 0, sizeof(r));
			r.match = RTINTERCEPT_MATCH_DST_ADDR;
			r.family = bits <= 32 && bit % 2 ? 4 : 6;
			r.dst_prefix_bits = (__u8)bits;
			r.dst_addr[bit / 8] = (__u8)(0x80 >> bit % 8);
			ck_assert_int_eq(check_rule(&r), bit < bits ? 0 : -EINVAL);
		}
	}
}
END_TEST

START_TEST(vlan_ids_have_12_bits_or_say_untagged)
{
	struct rtintercept_rule r = { .match = RTINTERCEPT_MATCH_VLAN };
	struct rtintercept_rule i = { .match = RTINTERCEPT_MATCH_VLAN_INNER };
	int id;

	for (id = 0; id < 65536; id += id < 0x0ff0 || id > 0x1010 ? 97 : 1) {
		r.vlan_id = i.vlan_inner_id = (__u16)id;
		ck_assert_int_eq(check_rule(&r), id <= 0x1000 ? 0 : -EINVAL);
		ck_assert_int_eq(check_rule(&i), id <= 0x1000 ? 0 : -EINVAL);
	}
}
END_TEST

START_TEST(fragments_are_a_set_of_three_and_not_empty)
{
	struct rtintercept_rule r = { .match = RTINTERCEPT_MATCH_FRAGMENT };
	int set;

	for (set = 0; set < 256; set++) {
		r.fragments = (__u8)set;
		ck_assert_int_eq(check_rule(&r), set >= 1 && set <= 7 ? 0 : -EINVAL);
	}
}
END_TEST

START_TEST(a_payload_has_1_to_16_bytes)
{
	struct rtintercept_rule r = { .match = RTINTERCEPT_MATCH_PAYLOAD };
	int bytes;

	r.payload_offset = 65535;
	for (bytes = 0; bytes < 256; bytes++) {
		r.payload_bytes = (__u8)bytes;
		ck_assert_int_eq(check_rule(&r),
				 bytes >= 1 && bytes <= 16 ? 0 : -EINVAL);
	}
}
END_TEST

START_TEST(payload_bits_that_do_not_count_must_be_zero)
{
	struct rtintercept_rule r;
	int bytes, bit;

	for (bytes = 1; bytes <= 16; bytes++) {
		for (bit = 0; bit < 128; bit++) {
			memset(&r, 0, sizeof(r));
			r.match = RTINTERCEPT_MATCH_PAYLOAD;
			r.payload_bytes = (__u8)bytes;
			r.payload_value[bit / 8] = (__u8)(0x80 >> bit % 8);
			ck_assert_int_eq(check_rule(&r), -EINVAL);
			r.payload_mask[bit / 8] = (__u8)(0x80 >> bit % 8);
			ck_assert_int_eq(check_rule(&r),
					 bit / 8 < bytes ? 0 : -EINVAL);
			r.payload_value[bit / 8] = 0;
			ck_assert_int_eq(check_rule(&r),
					 bit / 8 < bytes ? 0 : -EINVAL);
		}
	}
}
END_TEST

START_TEST(snap_bytes_go_with_record)
{
	struct rtintercept_rule r = { .snap_bytes = 64 };

	ck_assert_int_eq(check_rule(&r), -EINVAL);
	r.flags = RTINTERCEPT_RULE_RECORD;
	ck_assert_int_eq(check_rule(&r), 0);
}
END_TEST

START_TEST(on_full_drop_goes_with_record_and_drop)
{
	struct rtintercept_rule r = { .flags = RTINTERCEPT_RULE_ON_FULL_DROP };

	ck_assert_int_eq(check_rule(&r), -EINVAL);
	r.verdict = RTINTERCEPT_VERDICT_DROP;
	ck_assert_int_eq(check_rule(&r), -EINVAL);
	r.flags |= RTINTERCEPT_RULE_RECORD;
	ck_assert_int_eq(check_rule(&r), 0);
	r.verdict = RTINTERCEPT_VERDICT_PASS;
	ck_assert_int_eq(check_rule(&r), -EINVAL);
}
END_TEST

START_TEST(only_pass_leaves_the_packet_to_the_stack)
{
	struct rtintercept_rule r = {};

	ck_assert_int_eq(rti_rule_consumes(&r), 0);
	r.verdict = RTINTERCEPT_VERDICT_DROP;
	ck_assert_int_eq(rti_rule_consumes(&r), 1);
	r.verdict = RTINTERCEPT_VERDICT_REPLY;
	ck_assert_int_eq(rti_rule_consumes(&r), 1);
}
END_TEST

START_TEST(the_greatest_priority_is_first_then_the_lowest_id)
{
	struct rtintercept_rule a = { .id = 2, .priority = 5 };
	struct rtintercept_rule b = { .id = 1, .priority = 4 };
	struct rtintercept_rule c = { .id = 3, .priority = 5 };
	struct rtintercept_rule top = { .id = ~0U, .priority = ~0U };

	ck_assert(rti_rule_before(&a, &b) && !rti_rule_before(&b, &a));
	ck_assert(rti_rule_before(&a, &c) && !rti_rule_before(&c, &a));
	ck_assert(rti_rule_before(&top, &a) && !rti_rule_before(&a, &top));
	ck_assert(!rti_rule_before(&a, &a));
}
END_TEST

START_TEST(the_action_is_compiled_as_it_is)
{
	struct rtintercept_rule r = full_rule();
	struct rti_matcher m;

	memset(&m, 0xa5, sizeof(m));
	rti_rule_compile(&r, &m);
	ck_assert_uint_eq(m.rule_id, 7);
	ck_assert_uint_eq(m.verdict, RTINTERCEPT_VERDICT_DROP);
	ck_assert_uint_eq(m.flags, r.flags | RTI_MATCHER_PAYLOAD);
	ck_assert_uint_eq(m.snap_bytes, 128);
	r.snap_bytes = 0;
	rti_rule_compile(&r, &m);
	ck_assert_uint_eq(m.snap_bytes, ~0U);
	r.match |= RTINTERCEPT_MATCH_PROGRAM;
	rti_rule_compile(&r, &m);
	ck_assert_uint_eq(m.flags, r.flags | RTI_MATCHER_PAYLOAD | RTI_MATCHER_PROGRAM);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, a_rule_of_everything_and_one_of_nothing_are_sound);
	tcase_add_test(tc, unknown_match_bits_flags_and_verdicts_are_eopnotsupp);
	tcase_add_test(tc, what_the_backend_does_not_offer_is_eopnotsupp);
	tcase_add_test(tc, members_that_are_not_compared_must_be_zero);
	tcase_add_test(tc, reserved_bytes_must_be_zero);
	tcase_add_test(tc, ranges_upside_down_are_einval);
	tcase_add_test(tc, a_family_goes_with_addresses_and_is_4_or_6);
	tcase_add_test(tc, a_prefix_is_at_most_as_long_as_an_address);
	tcase_add_test(tc, address_bits_behind_the_prefix_must_be_zero);
	tcase_add_test(tc, vlan_ids_have_12_bits_or_say_untagged);
	tcase_add_test(tc, fragments_are_a_set_of_three_and_not_empty);
	tcase_add_test(tc, a_payload_has_1_to_16_bytes);
	tcase_add_test(tc, payload_bits_that_do_not_count_must_be_zero);
	tcase_add_test(tc, snap_bytes_go_with_record);
	tcase_add_test(tc, on_full_drop_goes_with_record_and_drop);
	tcase_add_test(tc, only_pass_leaves_the_packet_to_the_stack);
	tcase_add_test(tc, the_greatest_priority_is_first_then_the_lowest_id);
	tcase_add_test(tc, the_action_is_compiled_as_it_is);
}

int main(void)
{
	return unit_run("rule", add);
}
