/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: tools/latency/match.c */
/* THREADS */
/*
 * What `latency` is made of: packets found again by name and time, against a
 * naive search; samples that pass from thread to thread.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "latency/match.h"
#include "latency/samples.h"
#include "unit.h"

#define US	1000ULL
#define MS	1000000ULL
#define SECOND	1000000000ULL

static struct match m;

START_TEST(a_name_is_made_of_source_port_length_and_first_bytes)
{
	const uint8_t a[16] = { 1 }, b[16] = { 2 };
	uint8_t payload[128] = { 0 };
	uint64_t key = match_key(a, 5, payload, sizeof(payload));

	ck_assert_uint_eq(match_key(a, 5, payload, sizeof(payload)), key);
	ck_assert_uint_ne(match_key(b, 5, payload, sizeof(payload)), key);
	ck_assert_uint_ne(match_key(a, 6, payload, sizeof(payload)), key);
	ck_assert_uint_ne(match_key(a, 5, payload, sizeof(payload) - 1), key);
	payload[MATCH_BYTES] = 1;
	ck_assert_uint_eq(match_key(a, 5, payload, sizeof(payload)), key);
	payload[MATCH_BYTES - 1] = 1;
	ck_assert_uint_ne(match_key(a, 5, payload, sizeof(payload)), key);
}
END_TEST

START_TEST(short_payloads_are_told_apart_by_every_byte)
{
	const uint8_t a[16] = { 0 };
	uint8_t payload[MATCH_BYTES] = { 0 };
	size_t bytes, i;
	uint64_t key;

	for (bytes = 0; bytes < 20; bytes++) {
		key = match_key(a, 1, payload, bytes);
		for (i = 0; i < MATCH_BYTES; i++) {
			payload[i] = 1;
			ck_assert((match_key(a, 1, payload, bytes) == key) == (i >= bytes));
			payload[i] = 0;
		}
	}
}
END_TEST

START_TEST(a_packet_is_found_once)
{
	match_seen(&m, 7, SECOND);
	ck_assert_uint_eq(match_find(&m, 8, SECOND), 0);
	ck_assert_uint_eq(match_find(&m, 7, SECOND + 3 * US), SECOND);
	ck_assert_uint_eq(match_find(&m, 7, SECOND + 3 * US), 0);
}
END_TEST

/* A heartbeat of which the socket has lost one: the others are not shifted. */
START_TEST(of_equal_packets_the_nearest_is_found)
{
	uint64_t i;

	for (i = 1; i <= 1000; i++)
		match_seen(&m, 7, SECOND + i * MS);
	for (i = 1; i <= 1000; i++) {
		if (i == 13)
			continue;
		ck_assert_uint_eq(match_find(&m, 7, SECOND + i * MS + 20 * US),
				  SECOND + i * MS);
	}
}
END_TEST

START_TEST(the_time_stamp_may_be_in_front_of_the_hook)
{
	match_seen(&m, 7, SECOND);
	match_seen(&m, 7, SECOND + MS);
	ck_assert_uint_eq(match_find(&m, 7, SECOND + MS - 5 * US), SECOND + MS);
	ck_assert_uint_eq(match_find(&m, 7, SECOND - 5 * US), SECOND);
}
END_TEST

START_TEST(what_is_far_away_is_another_packet)
{
	match_seen(&m, 7, SECOND);
	ck_assert_uint_eq(match_find(&m, 7, SECOND + MATCH_NEAR_NS + 1), 0);
	ck_assert_uint_eq(match_find(&m, 7, SECOND - MATCH_NEAR_NS - 1), 0);
	ck_assert_uint_eq(match_find(&m, 7, SECOND + MATCH_NEAR_NS), SECOND);
}
END_TEST

START_TEST(the_oldest_are_forgotten)
{
	uint64_t i;

	for (i = 1; i <= MATCH_ROOM + 1; i++)
		match_seen(&m, i, SECOND);
	ck_assert_uint_eq(match_find(&m, 1, SECOND), 0);
	for (i = 2; i <= MATCH_ROOM + 1; i++)
		ck_assert_uint_eq(match_find(&m, i, SECOND), SECOND);
}
END_TEST

#define RECENT	4096

/* The same, naively: all that came lately, in order. */
static struct {
	uint64_t key;
	uint64_t seen_ns;
	int found;
} all[RECENT];

/* @newest: index of the last that was seen */
static uint64_t naive_find(int newest, uint64_t key, uint64_t stamp_ns)
{
	int64_t apart, nearest = MATCH_NEAR_NS + 1;
	int i, at, best = -1;

	for (i = 0; i < RECENT; i++) {
		at = (newest - i + RECENT) % RECENT;
		apart = llabs((long long)(stamp_ns - all[at].seen_ns));
		if (all[at].key != key || all[at].found || apart >= nearest)
			continue;
		nearest = apart;
		best = at;
	}
	if (best < 0)
		return 0;
	all[best].found = 1;
	return all[best].seen_ns;
}

/* Few names, many packets, most of them lost, the table overwritten many times. */
START_TEST(random_traffic_is_joined_as_a_naive_search_would)
{
	struct unit_random random;
	uint64_t now = SECOND, stamp;
	int i, at;

	unit_random_init(&random);
	for (i = 0; i < 300000; i++) {
		at = i % RECENT;
		now += unit_random_below(&random, 200 * US) + 1;
		all[at].key = unit_random_below(&random, 5);
		all[at].seen_ns = now;
		all[at].found = 0;
		match_seen(&m, all[at].key, now);
		if (i < RECENT || unit_random_below(&random, 64))
			continue;
		stamp = all[(i - (int)unit_random_below(&random, 100)) % RECENT].seen_ns +
			unit_random_below(&random, 50 * US);
		ck_assert_uint_eq(match_find(&m, 3, stamp), naive_find(at, 3, stamp));
	}
}
END_TEST

static struct samples queue;
#define PASSED	200000ULL

static void *put_all(void *data)
{
	struct sample s;
	uint64_t i;

	for (i = 1; i <= PASSED; i++) {
		s = (struct sample) { .key = i, .seen_ns = 2 * i, .had_ns = 3 * i };
		samples_put(&queue, &s);
	}
	return NULL;
}

START_TEST(samples_come_whole_in_order_and_none_unnoticed)
{
	uint64_t taken = 0, last = 0;
	const struct sample *s;
	pthread_t thread;
	int done = 0;

	ck_assert_int_eq(pthread_create(&thread, NULL, put_all, NULL), 0);
	while (!done || samples_first(&queue)) {
		s = samples_first(&queue);
		if (!s) {
			done = __atomic_load_n(&queue.put, __ATOMIC_ACQUIRE) +
			       samples_refused(&queue) == PASSED;
			continue;
		}
		ck_assert(s->key > last && s->seen_ns == 2 * s->key &&
			  s->had_ns == 3 * s->key);
		last = s->key;
		samples_take(&queue);
		taken++;
	}
	pthread_join(thread, NULL);
	ck_assert_uint_eq(taken + samples_refused(&queue), PASSED);
}
END_TEST

START_TEST(a_full_queue_refuses_and_counts)
{
	const struct sample s = { 1, 2, 3 };
	unsigned int i;

	for (i = 0; i < SAMPLES_ROOM + 5; i++)
		samples_put(&queue, &s);
	ck_assert_uint_eq(samples_refused(&queue), 5);
	samples_take(&queue);
	samples_put(&queue, &s);
	ck_assert_uint_eq(samples_refused(&queue), 5);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, a_name_is_made_of_source_port_length_and_first_bytes);
	tcase_add_test(tc, short_payloads_are_told_apart_by_every_byte);
	tcase_add_test(tc, a_packet_is_found_once);
	tcase_add_test(tc, of_equal_packets_the_nearest_is_found);
	tcase_add_test(tc, the_time_stamp_may_be_in_front_of_the_hook);
	tcase_add_test(tc, what_is_far_away_is_another_packet);
	tcase_add_test(tc, the_oldest_are_forgotten);
	tcase_add_test(tc, random_traffic_is_joined_as_a_naive_search_would);
	tcase_add_test(tc, samples_come_whole_in_order_and_none_unnoticed);
	tcase_add_test(tc, a_full_queue_refuses_and_counts);
}

int main(void)
{
	return unit_run("latency", add);
}
