/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which replies are refused, and what a template's answer is. */
#include "unit.h"
#include "driver/reply.h"

#define MAX	RTINTERCEPT_REPLY_MAX_BYTES

static struct rtintercept_reply_set echo_set(void)
{
	struct rtintercept_reply_set set = {
		.reply_id = 1,
		.type = RTINTERCEPT_REPLY_ECHO,
		.rate_pps = 1000,
	};

	return set;
}

static struct rtintercept_reply_set template_set(void)
{
	struct rtintercept_reply_set set = {
		.reply_id = 2,
		.type = RTINTERCEPT_REPLY_TEMPLATE,
		.rate_pps = 1000,
		.payload_bytes = 10,
		.fields_count = 2,
		.fields = { { 4, 0, 2, 0 }, { 0, 6, 4, 0 } },
		.payload = "..two.....",
	};

	return set;
}

/* Refused with @err when @change is made to an otherwise sound template. */
#define refused(err, change) \
	do { \
		struct rtintercept_reply_set s = template_set(); \
		change; \
		ck_assert_int_eq(rti_reply_check(&s), err); \
	} while (0)

START_TEST(echo_template_and_taking_away_are_sound)
{
	struct rtintercept_reply_set echo = echo_set(), fill = template_set();
	struct rtintercept_reply_set none = { .reply_id = 1 };

	ck_assert_int_eq(rti_reply_check(&echo), 0);
	ck_assert_int_eq(rti_reply_check(&fill), 0);
	ck_assert_int_eq(rti_reply_check(&none), 0);
	refused(0, s.flags = RTINTERCEPT_REPLY_MAY_GROW);
	refused(0, s.rate_pps = RTI_RATE_MAX_PPS);
	refused(0, s.payload_bytes = MAX; s.fields[1].to = MAX - 4;
		s.payload[MAX - 1] = 1);
	refused(0, s.fields[1].from = MAX - 4);
}
END_TEST

START_TEST(unknown_flags_and_types_are_eopnotsupp)
{
	refused(-EOPNOTSUPP, s.flags = 2);
	refused(-EOPNOTSUPP, s.flags = 1U << 31);
	refused(-EOPNOTSUPP, s.type = 3);
	refused(-EOPNOTSUPP, s.type = ~0U);
}
END_TEST

START_TEST(without_a_rate_it_is_einval)
{
	refused(0, s.reply_id = 0);
	refused(-EINVAL, s.rate_pps = 0);
	refused(-EINVAL, s.rate_pps = RTI_RATE_MAX_PPS + 1);
	refused(-EINVAL, s.rate_pps = ~0U);
}
END_TEST

START_TEST(what_the_type_has_no_use_for_is_einval)
{
	struct rtintercept_reply_set e = echo_set();

	e.payload_bytes = 1;
	ck_assert_int_eq(rti_reply_check(&e), -EINVAL);
	e = echo_set();
	e.payload[255] = 1;
	ck_assert_int_eq(rti_reply_check(&e), -EINVAL);
	e = echo_set();
	e.flags = RTINTERCEPT_REPLY_MAY_GROW;
	ck_assert_int_eq(rti_reply_check(&e), -EINVAL);
	e = echo_set();
	e.type = RTINTERCEPT_REPLY_NONE;
	ck_assert_int_eq(rti_reply_check(&e), -EINVAL);
	refused(-EINVAL, s.payload[10] = 1);
	refused(-EINVAL, s.fields[2].from = 1);
	refused(-EINVAL, s.fields[7].__reserved = 1);
}
END_TEST

START_TEST(fields_beyond_the_template_or_the_request_are_einval)
{
	refused(-EINVAL, s.payload_bytes = MAX + 1);
	refused(-EINVAL, s.payload_bytes = ~0U);
	refused(-EINVAL, s.fields_count = 9);
	refused(-EINVAL, s.fields_count = ~0U);
	refused(-EINVAL, s.fields[0].bytes = 0);
	refused(-EINVAL, s.fields[0].bytes = 11);
	refused(-EINVAL, s.fields[0].to = 9);
	refused(-EINVAL, s.fields[0].to = 65535);
	refused(-EINVAL, s.fields[0].from = MAX - 1);
	refused(-EINVAL, s.fields[0].from = 65535);
	refused(-EINVAL, s.fields[0].__reserved = 1);
}
END_TEST

START_TEST(fields_that_overlap_in_the_template_are_einval)
{
	refused(-EINVAL, s.fields[0].to = 6);
	refused(-EINVAL, s.fields[0].to = 5);
	refused(-EINVAL, s.fields[0].to = 8);
	refused(-EINVAL, s.fields[0].to = 5; s.fields[0].bytes = 5);
	refused(0, s.fields[0].to = 4);
	refused(0, s.fields[0].from = 1);
}
END_TEST

START_TEST(an_answer_is_never_longer_than_the_request_unless_told)
{
	struct rtintercept_reply_set echo = echo_set(), fill = template_set();
	struct rti_reply reply;

	rti_reply_compile(&echo, &reply);
	ck_assert_int_eq(rti_reply_bytes(&reply, 0), 0);
	ck_assert_int_eq(rti_reply_bytes(&reply, 9000), 9000);
	rti_reply_compile(&fill, &reply);
	ck_assert_int_eq(rti_reply_bytes(&reply, 9), -EINVAL);
	ck_assert_int_eq(rti_reply_bytes(&reply, 10), 10);
	ck_assert_int_eq(rti_reply_bytes(&reply, 1400), 10);
	fill.flags = RTINTERCEPT_REPLY_MAY_GROW;
	rti_reply_compile(&fill, &reply);
	ck_assert_int_eq(rti_reply_bytes(&reply, 6), 10);
	ck_assert_int_eq(rti_reply_bytes(&reply, 5), -EINVAL);
}
END_TEST

START_TEST(a_template_takes_its_fields_from_the_request)
{
	struct rtintercept_reply_set fill = template_set();
	__u8 request[MAX] = "abcdefghij", out[MAX];
	struct rti_reply reply;

	rti_reply_compile(&fill, &reply);
	memset(out, 0xee, sizeof(out));
	rti_reply_fill(&reply, request, out);
	ck_assert(!memcmp(out, "eftwo.abcd", 10));
	ck_assert(rti_all_zero(out + 10, MAX - 10));
}
END_TEST

START_TEST(eight_fields_of_random_places_each_land_where_they_should)
{
	struct rtintercept_reply_set set = template_set();
	__u8 request[MAX], out[MAX], expect[MAX];
	struct unit_random random;
	struct rti_reply reply;
	int round, i, j;

	unit_random_init(&random);
	for (round = 0; round < 1000; round++) {
		set.payload_bytes = MAX;
		set.fields_count = 8;
		for (i = 0; i < (int)MAX; i++) {
			request[i] = (__u8)unit_random_next(&random);
			expect[i] = set.payload[i] = (__u8)unit_random_next(&random);
		}
		for (i = 0; i < 8; i++) {
			set.fields[i].bytes = (__u16)(1 + unit_random_below(&random, 32));
			set.fields[i].to = (__u16)(i * 32 + (int)unit_random_below(&random,
						33U - set.fields[i].bytes));
			set.fields[i].from = (__u16)unit_random_below(&random,
						MAX + 1 - set.fields[i].bytes);
			for (j = 0; j < set.fields[i].bytes; j++)
				expect[set.fields[i].to + j] =
					request[set.fields[i].from + j];
		}
		ck_assert_int_eq(rti_reply_check(&set), 0);
		rti_reply_compile(&set, &reply);
		rti_reply_fill(&reply, request, out);
		ck_assert(!memcmp(out, expect, MAX));
	}
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_test(tcase, echo_template_and_taking_away_are_sound);
	tcase_add_test(tcase, unknown_flags_and_types_are_eopnotsupp);
	tcase_add_test(tcase, without_a_rate_it_is_einval);
	tcase_add_test(tcase, what_the_type_has_no_use_for_is_einval);
	tcase_add_test(tcase, fields_beyond_the_template_or_the_request_are_einval);
	tcase_add_test(tcase, fields_that_overlap_in_the_template_are_einval);
	tcase_add_test(tcase, an_answer_is_never_longer_than_the_request_unless_told);
	tcase_add_test(tcase, a_template_takes_its_fields_from_the_request);
	tcase_add_test(tcase, eight_fields_of_random_places_each_land_where_they_should);
}

int main(void)
{
	return unit_run("reply", add);
}
