/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One periodic flow, simulated: jitter, stalls, losses, drift, another period.
 */
/* LINK: lib/period.c */
#include <string.h>
#include "unit.h"
#include "lib/period.h"

#define MS	1000000.0
#define US	1000.0
#define BEGIN	1000000000ULL

static struct unit_random rnd;
static struct rti_period p;

/* From -@most to @most. */
static double jitter(double most)
{
	return ((double)unit_random_below(&rnd, 2000001) / 1e6 - 1) * most;
}

static double off(__u64 due_ns, double time_ns)
{
	double by = (double)due_ns - time_ns;

	return by < 0 ? -by : by;
}

/* @n packets from @time_ns on; returns when the one behind them is due. */
static double feed(double time_ns, int n, double period_ns, double jitter_ns)
{
	while (n--) {
		rti_period_arrived(&p, (__u64)(time_ns + jitter(jitter_ns)));
		time_ns += period_ns;
	}
	return time_ns;
}

static double fresh(int n, double period_ns, double jitter_ns)
{
	rti_period_init(&p, 0);
	return feed(BEGIN, n, period_ns, jitter_ns);
}

static int by_value(const void *a, const void *b)
{
	const __s64 x = *(const __s64 *)a, y = *(const __s64 *)b;

	return x < y ? -1 : x > y;
}

START_TEST(a_window_has_the_last_values_in_order)
{
	static struct rti_window w;
	__s64 all[1000], last[RTI_WINDOW_SAMPLES];
	int i, n;

	memset(&w, 0, sizeof(w));
	ck_assert_int_eq(rti_window_quantile(&w, 0.5), 0);
	for (i = 0; i < 1000; i++) {
		all[i] = (__s64)unit_random_below(&rnd, 50) - 25;
		rti_window_add(&w, all[i]);
		n = i + 1 < RTI_WINDOW_SAMPLES ? i + 1 : RTI_WINDOW_SAMPLES;
		memcpy(last, all + i + 1 - n, (size_t)n * sizeof(last[0]));
		qsort(last, (size_t)n, sizeof(last[0]), by_value);
		ck_assert_mem_eq(last, w.sorted, (size_t)n * sizeof(last[0]));
		ck_assert_int_eq(rti_window_quantile(&w, 0), last[0]);
		ck_assert_int_eq(rti_window_quantile(&w, 0.5), last[(n - 1) / 2]);
		ck_assert_int_eq(rti_window_quantile(&w, 1), last[n - 1]);
	}
}
END_TEST

START_TEST(a_period_is_learnt_from_nine_packets)
{
	double next = fresh(8, MS, 10 * US);

	ck_assert_uint_eq(rti_period_due(&p), 0);
	next = feed(next, 1, MS, 10 * US);
	ck_assert(off(rti_period_due(&p), next) < 40 * US);
	next = feed(next, 200, MS, 10 * US);
	ck_assert(off(rti_period_due(&p), next) < 10 * US);
	ck_assert(off((__u64)p.period_ns, MS) < 2 * US);
}
END_TEST

START_TEST(a_period_that_is_told_needs_one_packet)
{
	rti_period_init(&p, 5000000);
	ck_assert_uint_eq(rti_period_due(&p), 0);
	rti_period_arrived(&p, BEGIN);
	ck_assert_uint_eq(rti_period_due(&p), BEGIN + 5000000);
}
END_TEST

START_TEST(a_stalled_packet_does_not_move_the_schedule)
{
	double next = fresh(300, MS, 10 * US);
	int i;

	for (i = 0; i < 20; i++) {
		rti_period_arrived(&p, (__u64)(next + 200 * US + 30 * US * (i % 8)));
		next += MS;
		ck_assert(off(rti_period_due(&p), next) < 12 * US);
		next = feed(next, 10, MS, 10 * US);
	}
}
END_TEST

START_TEST(lost_packets_do_not_either)
{
	double next = fresh(300, MS, 10 * US);
	int i;

	for (i = 0; i < 1000; i++) {
		if (unit_random_below(&rnd, 5))
			rti_period_arrived(&p, (__u64)(next + jitter(10 * US)));
		else
			rti_period_pass(&p, (__u64)(next + 50 * US));
		next += MS;
		ck_assert(off(rti_period_due(&p), next) < 15 * US);
	}
}
END_TEST

START_TEST(a_drifting_period_is_followed)
{
	double next = fresh(300, MS, 5 * US), period = MS;
	int i;

	for (i = 0; i < 20000; i++) {
		period *= 1 + 1e-6;
		rti_period_arrived(&p, (__u64)(next + jitter(5 * US)));
		next += period;
		ck_assert(off(rti_period_due(&p), next) < 15 * US);
	}
	ck_assert(off((__u64)p.period_ns, period) < 2 * US);
}
END_TEST

START_TEST(another_period_is_learnt_soon)
{
	static const double factor[] = { 1.5, 0.5, 2, 1.1, 0.9, 3, 10, 0.1 };
	double next = fresh(300, MS, 2 * US), period = MS;
	size_t i;

	for (i = 0; i < sizeof(factor) / sizeof(factor[0]); i++) {
		period *= factor[i];
		next = feed(next, 60, period, period / 500);
		ck_assert_msg(off(rti_period_due(&p), next) < period / 50,
			      "factor %g: period %.0f, wanted %.0f", factor[i],
			      p.period_ns, period);
	}
}
END_TEST

START_TEST(a_sender_that_begins_anew_has_a_new_phase)
{
	double next = fresh(300, MS, 2 * US) + 1000.4 * MS;

	next = feed(next, 1, MS, 0);
	ck_assert(off(rti_period_due(&p), next) < 5 * US);
}
END_TEST

START_TEST(a_stall_that_a_burst_makes_up_for_changes_nothing)
{
	static const int stalls[] = { 3, 15, 50, 200 };
	double next = fresh(300, MS, 10 * US), now, most;
	size_t i;
	int n;

	for (i = 0; i < sizeof(stalls) / sizeof(stalls[0]); i++) {
		now = next + (stalls[i] + 0.3) * MS;
		for (n = 0; next < now; n++, next += MS)
			rti_period_arrived(&p, (__u64)(now + n * 3 * US));
		next = feed(next, 2, MS, 10 * US);
		/* What is not known of the period adds up over the stall. */
		most = (15 + 0.5 * stalls[i]) * US;
		ck_assert_msg(off(rti_period_due(&p), next) < most, "%d: off by %.0f",
			      stalls[i], off(rti_period_due(&p), next));
		next = feed(next, 30, MS, 10 * US);
	}
}
END_TEST

START_TEST(a_burst_is_no_period_for_long)
{
	double next = fresh(9, 3 * US, 0) + 40 * MS;

	next = feed(next, 20, MS, 10 * US);
	ck_assert(off(rti_period_due(&p), next) < 40 * US);
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_test(tcase, a_window_has_the_last_values_in_order);
	tcase_add_test(tcase, a_period_is_learnt_from_nine_packets);
	tcase_add_test(tcase, a_period_that_is_told_needs_one_packet);
	tcase_add_test(tcase, a_stalled_packet_does_not_move_the_schedule);
	tcase_add_test(tcase, lost_packets_do_not_either);
	tcase_add_test(tcase, a_drifting_period_is_followed);
	tcase_add_test(tcase, another_period_is_learnt_soon);
	tcase_add_test(tcase, a_sender_that_begins_anew_has_a_new_phase);
	tcase_add_test(tcase, a_stall_that_a_burst_makes_up_for_changes_nothing);
	tcase_add_test(tcase, a_burst_is_no_period_for_long);
}

int main(void)
{
	unit_random_init(&rnd);
	return unit_run("period", add);
}
