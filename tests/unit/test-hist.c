/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bench's histogram, against sorting; and what it puts into its packets. */
/* LINK: tools/bench/hist.c */
#include <string.h>
#include "unit.h"
#include "tools/bench/hist.h"
#include "tools/bench/payload.h"
#include "tools/bench/random.h"

#define VALUES	5000

START_TEST(the_buckets_cover_every_value_once_and_in_order)
{
	size_t i;

	ck_assert_uint_eq(hist_low(0), 0);
	for (i = 0; i < HIST_BUCKETS; i++) {
		ck_assert_uint_eq(hist_index(hist_low(i)), i);
		ck_assert_uint_eq(hist_index(hist_high(i)), i);
		if (i)
			ck_assert_uint_eq(hist_low(i), hist_high(i - 1) + 1);
	}
	ck_assert(hist_high(HIST_BUCKETS - 1) == UINT64_MAX);
}
END_TEST

START_TEST(a_bucket_is_at_most_a_32nd_of_its_values_wide)
{
	size_t i;

	for (i = HIST_SUB; i < HIST_BUCKETS; i++)
		ck_assert((hist_high(i) - hist_low(i)) <= hist_low(i) / HIST_SUB);
}
END_TEST

START_TEST(an_empty_histogram_has_percentiles_of_0)
{
	static const struct hist h;

	ck_assert_uint_eq(hist_percentile(&h, 500000), 0);
	ck_assert_uint_eq(hist_above(&h, 0), 0);
}
END_TEST

START_TEST(small_values_are_exact)
{
	static struct hist h;
	int i;

	for (i = 1; i <= 10; i++)
		hist_add(&h, i);
	ck_assert_uint_eq(hist_percentile(&h, 500000), 5);
	ck_assert_uint_eq(hist_percentile(&h, 500001), 6);
	ck_assert_uint_eq(hist_percentile(&h, 900000), 9);
	ck_assert_uint_eq(hist_percentile(&h, 1000000), 10);
	ck_assert_uint_eq(hist_percentile(&h, 0), 1);
	ck_assert_uint_eq(hist_above(&h, 7), 3);
	ck_assert_uint_eq(h.min, 1);
	ck_assert_uint_eq(h.max, 10);
}
END_TEST

START_TEST(one_value_is_every_percentile_exactly)
{
	static struct hist h;

	hist_add(&h, 1234567);
	ck_assert_uint_eq(hist_percentile(&h, 1), 1234567);
	ck_assert_uint_eq(hist_percentile(&h, 999999), 1234567);
	memset(&h, 0, sizeof(h));
	hist_add(&h, UINT64_MAX);
	ck_assert(hist_percentile(&h, 500000) == UINT64_MAX);
}
END_TEST

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Never below the true one, and at most a bucket above. */
START_TEST(percentiles_agree_with_sorting)
{
	static const uint32_t per_million[] = { 1, 10000, 500000, 900000, 990000, 999000,
						999999, 1000000 };
	static uint64_t values[VALUES];
	struct unit_random random;
	static struct hist h;
	size_t i;

	unit_random_init(&random);
	for (i = 0; i < VALUES; i++) {
		values[i] = unit_random_next(&random) >> unit_random_below(&random, 60);
		hist_add(&h, values[i]);
	}
	qsort(values, VALUES, sizeof(values[0]), compare);
	ck_assert_uint_eq(h.count, VALUES);
	ck_assert(h.min == values[0] && h.max == values[VALUES - 1]);
	for (i = 0; i < sizeof(per_million) / sizeof(per_million[0]); i++) {
		size_t rank = ((uint64_t)VALUES * per_million[i] + 999999) / 1000000;
		uint64_t exact = values[rank - 1];
		uint64_t got = hist_percentile(&h, per_million[i]);

		ck_assert(got >= exact);
		ck_assert(hist_index(got) == hist_index(exact));
	}
}
END_TEST

START_TEST(a_payload_comes_back_and_a_strangers_is_refused)
{
	char bytes[PAYLOAD_BYTES + 1];
	uint64_t uid, intended_ns;

	memset(bytes, 'x', sizeof(bytes));
	ck_assert_int_eq(payload_get(bytes, sizeof(bytes), &uid, &intended_ns), -1);
	payload_put(bytes + 1, 0x1122334455667788ULL, 42);
	ck_assert_int_eq(payload_get(bytes + 1, PAYLOAD_BYTES - 1, &uid, &intended_ns), -1);
	ck_assert_int_eq(payload_get(bytes + 1, PAYLOAD_BYTES, &uid, &intended_ns), 0);
	ck_assert(uid == 0x1122334455667788ULL);
	ck_assert_uint_eq(intended_ns, 42);
	ck_assert_int_eq(bytes[0], 'x');
}
END_TEST

START_TEST(a_seed_gives_the_same_traffic_with_the_mean_that_was_asked_for)
{
	uint64_t a = 7, b = 7, sum = 0;
	int i;

	for (i = 0; i < 100000; i++) {
		uint64_t interval_ns = random_interval_ns(&a, 1000000);

		ck_assert_uint_eq(interval_ns, random_interval_ns(&b, 1000000));
		ck_assert_uint_lt(random_below(&a, 10), 10);
		random_below(&b, 10);
		sum += interval_ns;
	}
	ck_assert_uint_gt(sum / 100000, 980000);
	ck_assert_uint_lt(sum / 100000, 1020000);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, the_buckets_cover_every_value_once_and_in_order);
	tcase_add_test(tc, a_bucket_is_at_most_a_32nd_of_its_values_wide);
	tcase_add_test(tc, an_empty_histogram_has_percentiles_of_0);
	tcase_add_test(tc, small_values_are_exact);
	tcase_add_test(tc, one_value_is_every_percentile_exactly);
	tcase_add_test(tc, percentiles_agree_with_sorting);
	tcase_add_test(tc, a_payload_comes_back_and_a_strangers_is_refused);
	tcase_add_test(tc, a_seed_gives_the_same_traffic_with_the_mean_that_was_asked_for);
}

int main(void)
{
	return unit_run("hist", add);
}
