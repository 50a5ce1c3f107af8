/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: lib/ring.c lib/note.c */
/* THREADS */
/*
 * Both halves of the ring at once, in threads: every record that was reserved
 * arrives whole and once, in order; what is missing by sequence number is what
 * the producers were refused.
 *
 * RTI_RECORDS: how many records a run reserves. For the largest also
 * CK_TIMEOUT_MULTIPLIER.
 */
#include <sched.h>

#include "unit.h"
#include "ring-shim.h"

#define LEAST		((__u32)sizeof(struct rtintercept_record))
#define PRODUCERS_MAX	4

#ifdef __SANITIZE_THREAD__
#define RECORDS		20000
#else
#define RECORDS		100000
#endif

/**
 * struct plan - one run
 * @ring: both halves
 * @producers: how many threads
 * @each: records that each of them reserves
 * @longest: of a record
 * @done: producers that have ended
 * @outcomes: how often RTI_RING_OK, _FULL, _TOO_BIG, _HOSTILE
 */
struct plan {
	struct shim ring;
	__u32 producers;
	__u32 each;
	__u32 longest;
	__u32 done;
	__u64 outcomes[4];
};

static struct plan plan;

static void make_plan(__u32 producers, __u64 ring_bytes, __u32 longest)
{
	const char *records = getenv("RTI_RECORDS");

	memset(&plan, 0, sizeof(plan));
	shim_init(&plan.ring, ring_bytes);
	plan.producers = producers;
	plan.each = (__u32)(records ? atol(records) : RECORDS) / producers;
	plan.longest = longest;
}

static void *produce(void *arg)
{
	struct unit_random random = { .state = (__u64)(long)arg };
	struct rtintercept_record *record;
	__u32 i, length;
	int outcome;

	for (i = 0; i < plan.each; i++) {
		length = LEAST + unit_random_below(&random, plan.longest + 1);
		outcome = shim_reserve(&plan.ring, length, &record);
		__atomic_fetch_add(&plan.outcomes[outcome], 1, __ATOMIC_RELAXED);
		if (outcome != RTI_RING_OK) {
			sched_yield();
			continue;
		}
		shim_fill(record, length);
		if (unit_random_below(&random, 64) == 0)
			sched_yield();
		shim_commit(record, 0);
	}
	__atomic_fetch_add(&plan.done, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* Another thread of the reader's program writes nonsense over its position. */
static void *scribble(void *arg)
{
	struct unit_random random = { .state = (__u64)(long)arg };

	while (__atomic_load_n(&plan.done, __ATOMIC_ACQUIRE) < plan.producers) {
		__atomic_store_n(&plan.ring.consumer->position,
				 unit_random_next(&random) >>
				 unit_random_below(&random, 64),
				 __ATOMIC_RELAXED);
		if (unit_random_below(&random, 8) == 0)
			sched_yield();
	}
	return NULL;
}

/* Reads until the producers have ended and nothing is left. */
static void consume(void)
{
	const struct rtintercept_record *record;
	__u64 next = 0;
	int ended;

	for (;;) {
		ended = __atomic_load_n(&plan.done, __ATOMIC_ACQUIRE) ==
			plan.producers;
		record = rti_ring_peek(&plan.ring.reader);
		if (!record && ended)
			return;
		if (!record) {
			sched_yield();
			continue;
		}
		if (record->seq < next || !shim_is_filled(record))
			ck_abort_msg("record %llu, expected from %llu on",
				     (unsigned long long)record->seq,
				     (unsigned long long)next);
		next = record->seq + 1;
		rti_ring_release(&plan.ring.reader);
	}
}

static void run(__u32 producers, __u64 ring_bytes, __u32 longest)
{
	pthread_t thread[PRODUCERS_MAX];
	__u32 i;

	make_plan(producers, ring_bytes, longest);
	for (i = 0; i < producers; i++)
		ck_assert(!pthread_create(&thread[i], NULL, produce,
					  (void *)(long)(i + 1)));
	consume();
	for (i = 0; i < producers; i++)
		pthread_join(thread[i], NULL);
}

/* Accounting closes: reserved = read, refused = missing. */
static void assert_books(void)
{
	const struct rtintercept_ring_counters *c = &plan.ring.reader.counters;
	__u64 refused = plan.outcomes[RTI_RING_FULL] +
			plan.outcomes[RTI_RING_TOO_BIG] +
			plan.outcomes[RTI_RING_HOSTILE];

	ck_assert_uint_eq(plan.ring.st.next_seq, plan.each * plan.producers);
	ck_assert_uint_eq(c->read, plan.outcomes[RTI_RING_OK]);
	ck_assert_uint_eq(c->read + refused, plan.ring.st.next_seq);
	ck_assert_uint_eq(plan.outcomes[RTI_RING_HOSTILE], 0);
	ck_assert_uint_eq(plan.ring.consumer->position, plan.ring.st.producer);
	shim_destroy(&plan.ring);
	printf("# figure records_verified %llu\n", (unsigned long long)c->read);
	fflush(stdout);
}

START_TEST(producers_and_a_reader_lose_nothing_uncounted)
{
	__u32 producers;

	for (producers = 1; producers <= PRODUCERS_MAX; producers++) {
		run(producers, 65536, 300);
		assert_books();
	}
}
END_TEST

START_TEST(a_ring_of_a_few_records_loses_nothing_uncounted)
{
	__u32 producers;

	for (producers = 1; producers <= PRODUCERS_MAX; producers++) {
		run(producers, 4096, 1500);
		ck_assert_uint_gt(plan.outcomes[RTI_RING_FULL], 0);
		assert_books();
	}
}
END_TEST

START_TEST(records_longer_than_the_ring_are_refused_and_counted)
{
	run(2, 4096, 8000);
	ck_assert_uint_gt(plan.outcomes[RTI_RING_TOO_BIG], 0);
	assert_books();
}
END_TEST

/* Guards around the ring's memory, and the producers' own state, stay whole. */
START_TEST(a_scribbling_reader_harms_only_itself)
{
	struct rti_ring_state *st = &plan.ring.st;
	pthread_t thread[PRODUCERS_MAX], scribbler;
	__u32 i;

	make_plan(2, 4096, 500);
	for (i = 0; i < 2; i++)
		ck_assert(!pthread_create(&thread[i], NULL, produce,
					  (void *)(long)(i + 1)));
	ck_assert(!pthread_create(&scribbler, NULL, scribble, (void *)3L));
	for (i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	pthread_join(scribbler, NULL);
	ck_assert_uint_gt(plan.outcomes[RTI_RING_HOSTILE], 0);
	ck_assert_uint_eq(plan.outcomes[RTI_RING_OK] +
			  plan.outcomes[RTI_RING_FULL] +
			  plan.outcomes[RTI_RING_HOSTILE], st->next_seq);
	ck_assert_uint_le(st->consumer, st->producer);
	ck_assert_uint_le(st->pending, st->producer);
	ck_assert_uint_le(st->producer - st->pending, 4096);
	shim_destroy(&plan.ring);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, producers_and_a_reader_lose_nothing_uncounted);
	tcase_add_test(tc, a_ring_of_a_few_records_loses_nothing_uncounted);
	tcase_add_test(tc, records_longer_than_the_ring_are_refused_and_counted);
	tcase_add_test(tc, a_scribbling_reader_harms_only_itself);
}

int main(void)
{
	return unit_run("ring-threads", add);
}
