/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often a rate limit admits, also where CPUs race for its word. */
#include "unit.h"
#include "driver/pure.h"

static int rivals;

/* Others get in between the look and the swap, as often as @rivals says. */
static __u64 raced_swap(__u64 *word, __u64 old, __u64 new)
{
	if (rivals) {
		rivals--;
		*word += 1;
	}
	return __sync_val_compare_and_swap(word, old, new);
}

#undef rti_compare_swap
#define rti_compare_swap raced_swap
#include "driver/rate.h"

static int admitted(__u32 pps, __u64 from_ns, __u64 step_ns, int count, __u64 *due)
{
	struct rti_rate rate;
	int i, n = 0;

	rti_rate_init(&rate, pps);
	for (i = 0; i < count; i++)
		n += rti_rate_admit(&rate, due, from_ns + (__u64)i * step_ns);
	return n;
}

START_TEST(a_rate_admits_all_that_come_evenly_at_it)
{
	__u64 due = 0;

	ck_assert_int_eq(admitted(1, 5, 1000000000, 50, &due), 50);
	due = 0;
	ck_assert_int_eq(admitted(1000, 12345, 1000000, 5000, &due), 5000);
	due = 0;
	ck_assert_int_eq(admitted(RTI_RATE_MAX_PPS, 1, 100, 100000, &due), 100000);
}
END_TEST

START_TEST(a_flood_gets_the_rate_and_a_tenth_of_a_second_at_once)
{
	__u64 due = 0;

	/* 10 s of 100,000/s against 1,000/s */
	ck_assert_int_eq(admitted(1000, 1ULL << 40, 10000, 1000000, &due),
			 100 + 10 * 1000 - 1);
	due = 0;
	ck_assert_int_eq(admitted(1000, 7, 0, 500, &due), 100);
	due = 0;
	ck_assert_int_eq(admitted(19, 7, 0, 500, &due), 1);
	due = 0;
	ck_assert_int_eq(admitted(20, 7, 0, 500, &due), 2);
}
END_TEST

START_TEST(no_second_sees_more_than_rate_and_tenth_at_random_times)
{
	static __u64 when[200000];
	struct unit_random random;
	__u64 now = 1, due = 0;
	struct rti_rate rate;
	int n = 0, i, first = 0;

	unit_random_init(&random);
	rti_rate_init(&rate, 500);
	for (i = 0; i < 200000; i++) {
		now += unit_random_below(&random, 1000000);
		if (rti_rate_admit(&rate, &due, now))
			when[n++] = now;
	}
	ck_assert_int_gt(n, 40000);
	for (i = 0; i < n; i++) {
		while (when[i] - when[first] >= 1000000000)
			first++;
		ck_assert_int_le(i - first + 1, 500 + 50);
	}
}
END_TEST

START_TEST(who_loses_the_race_tries_again)
{
	__u64 due = 0;

	rivals = RTI_RATE_TRIES - 1;
	ck_assert_int_eq(admitted(1000, 1 << 20, 0, 1, &due), 1);
	ck_assert_int_eq(rivals, 0);
	ck_assert_uint_eq(due, (1 << 20) + 1000000);
}
END_TEST

START_TEST(who_loses_it_over_and_over_is_refused)
{
	__u64 due = 0;

	rivals = RTI_RATE_TRIES;
	ck_assert_int_eq(admitted(1000, 1 << 20, 0, 1, &due), 0);
	ck_assert_int_eq(rivals, 0);
	ck_assert_uint_eq(due, RTI_RATE_TRIES);
}
END_TEST

START_TEST(a_race_that_uses_the_rate_up_is_refused)
{
	const __u64 ahead = 99 * 1000000;
	__u64 due = (1 << 20) + ahead;

	rivals = 1;
	ck_assert_int_eq(admitted(1000, 1 << 20, 0, 1, &due), 0);
	ck_assert_uint_eq(due, (1 << 20) + ahead + 1);
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_test(tcase, a_rate_admits_all_that_come_evenly_at_it);
	tcase_add_test(tcase, a_flood_gets_the_rate_and_a_tenth_of_a_second_at_once);
	tcase_add_test(tcase, no_second_sees_more_than_rate_and_tenth_at_random_times);
	tcase_add_test(tcase, who_loses_the_race_tries_again);
	tcase_add_test(tcase, who_loses_it_over_and_over_is_refused);
	tcase_add_test(tcase, a_race_that_uses_the_rate_up_is_refused);
}

int main(void)
{
	return unit_run("rate", add);
}
