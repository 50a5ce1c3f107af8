/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timetable, and a simulated reader that keeps to it: how many packets meet
 * it spinning, and how long it spins.
 */
/* LINK: lib/period.c lib/timetable.c */
#include "unit.h"
#include "lib/timetable.h"

#define MS	1000000.0
#define US	1000.0
#define BEGIN	1000000000ULL

static struct unit_random rnd;

/* From -@most to @most. */
static double jitter(double most)
{
	return ((double)unit_random_below(&rnd, 2000001) / 1e6 - 1) * most;
}

/**
 * struct source - a simulated sender
 * @period_ns: of its packets
 * @jitter_ns: at most
 * @loss: one in so many is lost, 0: none
 * @next_ns: when the next is due
 * @at_ns: when it comes
 * @key: of the flow
 */
struct source {
	double period_ns;
	double jitter_ns;
	__u32 loss;
	double next_ns;
	double at_ns;
	__u64 key;
};

/**
 * struct reader - a simulated reader
 * @table: its timetable
 * @late_ns: sleeps end so much later, at most
 * @stalled: one sleep in so many ends 2 ms later still, 0: none
 * @now_ns: its time
 * @spun_ns: of it, spent spinning
 * @met: packets that came while it was spinning
 * @all: packets
 */
struct reader {
	struct rti_timetable table;
	double late_ns;
	__u32 stalled;
	double now_ns;
	double spun_ns;
	int met;
	int all;
};

static struct reader reader;

static void advance(struct source *s)
{
	do {
		s->next_ns += s->period_ns;
	} while (s->loss && !unit_random_below(&rnd, s->loss));
	s->at_ns = s->next_ns + jitter(s->jitter_ns);
}

static struct source *earliest(struct source *s, int n)
{
	struct source *first = s;

	while (n--)
		if (s[n].at_ns < first->at_ns)
			first = &s[n];
	return first;
}

/* By how much a sleep of @r ends too late. */
static double lateness(const struct reader *r)
{
	const int stalls = r->stalled && !unit_random_below(&rnd, r->stalled);

	return (jitter(0.5) + 0.5) * r->late_ns + (stalls ? 2 * MS : 0);
}

/* Until the packet at @at_ns. Returns whether it met a spinning reader. */
static int sleep_and_spin(struct reader *r, double at_ns)
{
	struct rti_spell spell;
	double begin;

	for (;;) {
		if (!rti_timetable_next(&r->table, (__u64)r->now_ns, &spell))
			return 0;
		begin = r->now_ns;
		if ((double)spell.begin_ns > begin) {
			begin = (double)spell.begin_ns + lateness(r);
			if (at_ns < begin) {
				if (at_ns >= (double)spell.begin_ns)
					rti_timetable_woken(&r->table, spell.begin_ns,
							    (__u64)at_ns);
				return 0;
			}
			rti_timetable_woken(&r->table, spell.begin_ns, (__u64)begin);
		}
		r->now_ns = begin;
		if (at_ns <= (double)spell.end_ns) {
			r->spun_ns += at_ns - begin;
			return 1;
		}
		r->now_ns = (double)spell.end_ns > begin ? (double)spell.end_ns + 1 : begin + 1;
		r->spun_ns += r->now_ns - begin;
	}
}

/* @packets of the sources; only those after @warm count. */
static void simulate(struct source *s, int n, int packets, int warm)
{
	const double begin_ns = reader.now_ns;
	struct source *next;
	double counted_ns = 0;
	int i, met;

	for (i = 0; i < packets; i++) {
		if (i == warm) {
			reader.met = reader.all = 0;
			reader.spun_ns = 0;
			counted_ns = reader.now_ns;
		}
		next = earliest(s, n);
		met = next->at_ns > reader.now_ns ? sleep_and_spin(&reader, next->at_ns) : 1;
		reader.met += met;
		reader.all++;
		if (reader.now_ns < next->at_ns)
			reader.now_ns = next->at_ns;
		rti_timetable_arrived(&reader.table, next->key, (__u64)next->at_ns);
		advance(next);
	}
	reader.spun_ns /= reader.now_ns - (counted_ns > 0 ? counted_ns : begin_ns);
	printf("# met %.2f %%, spinning %.2f %%\n", 100.0 * reader.met / reader.all,
	       100 * reader.spun_ns);
}

static void reader_init(double late_ns)
{
	rti_timetable_init(&reader.table, 0, 0, 0.99, 0.12);
	reader.late_ns = late_ns;
	reader.stalled = 0;
	reader.now_ns = BEGIN;
}

static struct source source(double period_ns, double jitter_ns, __u32 loss, __u64 key)
{
	struct source s = { period_ns, jitter_ns, loss, BEGIN, BEGIN, key };

	advance(&s);
	return s;
}

START_TEST(of_a_thousand_a_second_99_percent_meet_a_spinning_reader)
{
	struct source s = source(MS, 10 * US, 0, 1);

	reader_init(30 * US);
	simulate(&s, 1, 20000, 1000);
	ck_assert(reader.met >= reader.all * 0.99);
	ck_assert(reader.spun_ns < 0.06);
}
END_TEST

START_TEST(also_when_some_are_lost)
{
	struct source s = source(MS, 10 * US, 20, 1);

	reader_init(30 * US);
	simulate(&s, 1, 20000, 1000);
	ck_assert(reader.met >= reader.all * 0.99);
	ck_assert(reader.spun_ns < 0.08);
}
END_TEST

START_TEST(interleaved_flows_are_each_met)
{
	struct source s[3] = {
		source(MS, 10 * US, 0, 1),
		source(3.1 * MS, 20 * US, 0, 2),
		source(7.7 * MS, 20 * US, 0, 3),
	};

	reader_init(20 * US);
	simulate(s, 3, 30000, 3000);
	ck_assert_uint_eq(reader.table.flows, 3);
	ck_assert(reader.met >= reader.all * 0.985);
	ck_assert(reader.spun_ns < 0.13);
}
END_TEST

START_TEST(sleeps_that_end_late_cost_no_more_than_is_allowed)
{
	struct source s = source(MS, 10 * US, 0, 1);

	reader_init(700 * US);
	simulate(&s, 1, 20000, 1000);
	ck_assert(reader.met >= reader.all * 0.45);
	ck_assert(reader.spun_ns < 0.125);
}
END_TEST

START_TEST(where_some_sleeps_end_very_late_the_others_are_still_met)
{
	struct source s = source(MS, 10 * US, 0, 1);

	reader_init(100 * US);
	reader.stalled = 20;
	simulate(&s, 1, 20000, 1000);
	ck_assert(reader.met >= reader.all * 0.94);
	ck_assert(reader.spun_ns < 0.125);
}
END_TEST

START_TEST(random_packets_make_no_reader_spin_much)
{
	struct source s = source(MS, 0.9 * MS, 0, 1);

	reader_init(10 * US);
	simulate(&s, 1, 20000, 100);
	ck_assert(reader.spun_ns < 0.125);
}
END_TEST

START_TEST(when_traffic_stops_nothing_is_expected)
{
	struct source s = source(MS, 10 * US, 0, 1);
	struct rti_spell spell;
	__u64 now;
	int i;

	reader_init(10 * US);
	simulate(&s, 1, 1000, 100);
	now = (__u64)reader.now_ns;
	for (i = 0; rti_timetable_next(&reader.table, now, &spell); i++) {
		ck_assert(i < 3);
		ck_assert(spell.end_ns > now);
		now = spell.end_ns;
	}
	ck_assert(!rti_timetable_next(&reader.table, now + 100000000, &spell));
	rti_timetable_arrived(&reader.table, 1, now + 200000000);
	ck_assert(rti_timetable_next(&reader.table, now + 200000000, &spell));
}
END_TEST

START_TEST(a_flow_too_many_takes_the_place_of_the_oldest)
{
	struct rti_timetable *t = &reader.table;
	__u32 i;

	reader_init(10 * US);
	for (i = 0; i <= RTI_FLOWS; i++)
		rti_timetable_arrived(t, 100 + i, BEGIN + i);
	ck_assert_uint_eq(t->flows, RTI_FLOWS);
	ck_assert_uint_eq(t->flow[0].key, 100 + RTI_FLOWS);
	ck_assert_uint_eq(t->flow[1].key, 101);
}
END_TEST

START_TEST(a_guard_that_is_told_is_kept)
{
	struct rti_spell spell;

	rti_timetable_init(&reader.table, 2000000, 77000, 0.99, 0.12);
	rti_timetable_arrived(&reader.table, 1, BEGIN);
	ck_assert(rti_timetable_next(&reader.table, BEGIN, &spell));
	ck_assert_uint_eq(spell.due_ns, BEGIN + 2000000);
	ck_assert_uint_eq(spell.begin_ns, BEGIN + 2000000 - 77000);
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_test(tcase, of_a_thousand_a_second_99_percent_meet_a_spinning_reader);
	tcase_add_test(tcase, also_when_some_are_lost);
	tcase_add_test(tcase, interleaved_flows_are_each_met);
	tcase_add_test(tcase, sleeps_that_end_late_cost_no_more_than_is_allowed);
	tcase_add_test(tcase, where_some_sleeps_end_very_late_the_others_are_still_met);
	tcase_add_test(tcase, random_packets_make_no_reader_spin_much);
	tcase_add_test(tcase, when_traffic_stops_nothing_is_expected);
	tcase_add_test(tcase, a_flow_too_many_takes_the_place_of_the_oldest);
	tcase_add_test(tcase, a_guard_that_is_told_is_kept);
}

int main(void)
{
	unit_random_init(&rnd);
	return unit_run("timetable", add);
}
