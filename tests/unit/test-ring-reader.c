/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: lib/ring.c lib/note.c */
/*
 * The ring's reading half, lib/ring.c, against records of the producing half
 * and against rings whose content makes no sense.
 */
#include "unit.h"
#include "ring-shim.h"

#define RING	4096U
#define LEAST	((__u32)sizeof(struct rtintercept_record))

static struct shim ring;

static void setup(void)
{
	shim_init(&ring, RING);
}

static void teardown(void)
{
	shim_destroy(&ring);
}

static const struct rtintercept_record *peek(void)
{
	return rti_ring_peek(&ring.reader);
}

static void release(void)
{
	rti_ring_release(&ring.reader);
}

START_TEST(an_empty_ring_has_no_record)
{
	ck_assert_ptr_null(peek());
	release();
	ck_assert_ptr_null(peek());
	ck_assert_uint_eq(ring.consumer->position, 0);
	ck_assert_uint_eq(ring.reader.counters.read, 0);
}
END_TEST

START_TEST(a_record_is_there_once_it_is_committed)
{
	struct rtintercept_record *record;

	ck_assert_int_eq(shim_reserve(&ring, LEAST + 5, &record), RTI_RING_OK);
	ck_assert_ptr_null(peek());
	shim_fill(record, LEAST + 5);
	ck_assert_ptr_null(peek());
	shim_commit(record, 0);
	ck_assert_ptr_eq(peek(), record);
}
END_TEST

START_TEST(peeking_again_gives_the_same_record)
{
	const struct rtintercept_record *record;

	shim_produce(&ring, LEAST);
	shim_produce(&ring, LEAST);
	record = peek();
	ck_assert_ptr_eq(peek(), record);
	ck_assert_uint_eq(record->seq, 0);
	release();
	ck_assert_uint_eq(peek()->seq, 1);
}
END_TEST

START_TEST(room_is_given_back_by_the_release_and_once)
{
	shim_produce(&ring, LEAST + 4);
	shim_produce(&ring, LEAST);
	peek();
	ck_assert_uint_eq(ring.consumer->position, 0);
	release();
	ck_assert_uint_eq(ring.consumer->position, rti_ring_bytes(LEAST + 4));
	release();
	ck_assert_uint_eq(ring.consumer->position, rti_ring_bytes(LEAST + 4));
	ck_assert_uint_eq(ring.reader.counters.read, 1);
}
END_TEST

/* Reads @records of the shortest; returns how many changes of position were seen. */
static int changes_while_reading(int records)
{
	__u64 before = ring.consumer->position;
	int changes = 0;

	for (; records; records--) {
		shim_produce(&ring, LEAST);
		ck_assert_ptr_nonnull(peek());
		release();
		changes += ring.consumer->position != before;
		before = ring.consumer->position;
	}
	return changes;
}

START_TEST(a_reader_that_nobody_has_to_wake_tells_its_position_seldom)
{
	const __u64 eighth = (ring.reader.mask + 1) / 8;
	const int records = 200;

	ck_assert_uint_lt(eighth, RTI_RING_STEP_BYTES);
	rti_ring_defer(&ring.reader, 1);
	ck_assert_int_le(changes_while_reading(records),
			 (int)(records * rti_ring_bytes(LEAST) / eighth));
	ck_assert_int_gt(changes_while_reading(records), 0);
	ck_assert_uint_lt(ring.st.producer - ring.consumer->position, eighth);
	rti_ring_tell(&ring.reader);
	ck_assert_uint_eq(ring.consumer->position, ring.st.producer);
}
END_TEST

START_TEST(a_reader_that_may_sleep_tells_its_position_at_once)
{
	rti_ring_defer(&ring.reader, 1);
	shim_produce(&ring, LEAST);
	peek();
	release();
	ck_assert_uint_eq(ring.consumer->position, 0);
	rti_ring_defer(&ring.reader, 0);
	ck_assert_uint_eq(ring.consumer->position, ring.st.producer);
	ck_assert_int_eq(changes_while_reading(50), 50);
}
END_TEST

START_TEST(records_committed_out_of_order_come_in_order)
{
	struct rtintercept_record *record[5];
	int order[] = { 3, 1, 4, 2, 0 }, i;

	for (i = 0; i < 5; i++)
		shim_reserve(&ring, LEAST, &record[i]);
	for (i = 0; i < 5; i++) {
		ck_assert_ptr_null(peek());
		shim_fill(record[order[i]], LEAST);
		shim_commit(record[order[i]], 0);
	}
	for (i = 0; i < 5; i++) {
		ck_assert_ptr_eq(peek(), record[i]);
		release();
	}
	ck_assert_ptr_null(peek());
}
END_TEST

START_TEST(discarded_records_are_stepped_over)
{
	struct rtintercept_record *record;
	int i;

	for (i = 0; i < 10; i++) {
		shim_reserve(&ring, LEAST, &record);
		shim_fill(record, LEAST);
		shim_commit(record, i == 4 ? 0 : RTINTERCEPT_RING_DISCARD);
	}
	ck_assert_uint_eq(peek()->seq, 4);
	release();
	ck_assert_ptr_null(peek());
	ck_assert_uint_eq(ring.consumer->position, ring.st.producer);
	ck_assert_uint_eq(ring.reader.counters.read, 1);
}
END_TEST

START_TEST(the_reader_begins_where_the_position_is)
{
	shim_produce(&ring, LEAST);
	shim_produce(&ring, LEAST + 9);
	peek();
	release();
	rti_ring_init(&ring.reader, ring.consumer, ring.producer, ring.data, RING);
	ck_assert_uint_eq(peek()->seq, 1);
}
END_TEST

/* What the library believes is its own copy, whoever writes the page. */
START_TEST(the_position_is_never_read_back)
{
	shim_produce(&ring, LEAST);
	shim_produce(&ring, LEAST);
	ring.consumer->position = 12345;
	ck_assert_uint_eq(peek()->seq, 0);
	release();
	ck_assert_uint_eq(ring.consumer->position, rti_ring_bytes(LEAST));
}
END_TEST

START_TEST(a_producer_position_that_cannot_be_is_an_empty_ring)
{
	static const __u64 lies[] = {
		RING + 8, 2 * RING, 1ULL << 32, ~0ULL, ~7ULL, 1, 100,
	};
	size_t i;

	for (i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		ring.producer->position = lies[i];
		ck_assert_ptr_null(peek());
	}
	shim_produce(&ring, LEAST);
	ck_assert_uint_eq(peek()->seq, 0);
}
END_TEST

START_TEST(a_length_beyond_the_producer_is_stepped_over)
{
	static const __u32 lies[] = {
		LEAST + 1, RTINTERCEPT_RING_LENGTH,
		RTINTERCEPT_RING_LENGTH | RTINTERCEPT_RING_DISCARD,
	};
	struct rtintercept_ring_header *header;
	size_t i;

	for (i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		header = rti_ring_header(&ring.st, ring.data, ring.st.producer);
		shim_produce(&ring, LEAST);
		header->length = lies[i];
		ck_assert_ptr_null(peek());
		header->length = LEAST;
		shim_produce(&ring, LEAST);
		ck_assert_uint_eq(peek()->seq, 2 * i + 1);
		release();
		ck_assert_uint_eq(ring.consumer->position, ring.st.producer);
	}
}
END_TEST

START_TEST(what_is_no_record_is_stepped_over)
{
	struct rtintercept_record *record;
	__u32 length;

	for (length = 0; length < LEAST; length++) {
		shim_reserve(&ring, length, &record);
		shim_commit(record, 0);
		shim_produce(&ring, LEAST);
		ck_assert_uint_eq(peek()->seq, 2 * length + 1);
		release();
	}
	shim_reserve(&ring, LEAST + 10, &record);
	record->captured_bytes = 11;
	shim_commit(record, 0);
	ck_assert_ptr_null(peek());
	ck_assert_uint_eq(ring.consumer->position, ring.st.producer);
}
END_TEST

START_TEST(the_books_tell_what_was_missed)
{
	struct rtintercept_ring_counters counters;
	struct rtintercept rti = {};
	int i, full = 0;

	for (i = 0; i < 100; i++)
		full += shim_produce(&ring, LEAST + 3) == RTI_RING_FULL;
	ck_assert_int_gt(full, 10);
	while (peek())
		release();
	ck_assert_int_eq(shim_produce(&ring, LEAST + 3), RTI_RING_OK);
	peek();
	release();
	rti.ring = ring.reader;
	rtintercept_ring_counters(&rti, &counters);
	ck_assert_uint_eq(counters.read, 101 - full);
	ck_assert_uint_eq(counters.lost, full);
	ck_assert_uint_eq(counters.first_seq, 0);
	ck_assert_uint_eq(counters.last_seq, 100);
	ck_assert_uint_eq(counters.read_bytes, 3 * counters.read);
}
END_TEST

START_TEST(the_books_of_a_reader_that_read_nothing_are_empty)
{
	static const struct rtintercept_ring_counters none;
	struct rtintercept_ring_counters counters;
	struct rtintercept rti = {};

	rti.ring = ring.reader;
	rtintercept_ring_counters(&rti, &counters);
	ck_assert_mem_eq(&counters, &none, sizeof(none));
}
END_TEST

START_TEST(a_session_without_a_ring_has_no_record)
{
	struct rtintercept rti = {};

	ck_assert_ptr_null(rtintercept_ring_peek(&rti));
	rtintercept_ring_release(&rti);
	rti.ring = ring.reader;
	shim_produce(&ring, LEAST);
	ck_assert_ptr_nonnull(rtintercept_ring_peek(&rti));
	rtintercept_ring_release(&rti);
	ck_assert_ptr_null(rtintercept_ring_peek(&rti));
}
END_TEST

START_TEST(the_clock_is_monotonic_nanoseconds)
{
	struct timespec now;
	__u64 before, after;

	before = rtintercept_clock_ns();
	clock_gettime(CLOCK_MONOTONIC, &now);
	after = rtintercept_clock_ns();
	ck_assert_uint_le(before, (__u64)now.tv_sec * 1000000000 + now.tv_nsec);
	ck_assert_uint_ge(after, (__u64)now.tv_sec * 1000000000 + now.tv_nsec);
}
END_TEST

static void add_lies(TCase *tc)
{
	tcase_add_test(tc, the_position_is_never_read_back);
	tcase_add_test(tc, a_producer_position_that_cannot_be_is_an_empty_ring);
	tcase_add_test(tc, a_length_beyond_the_producer_is_stepped_over);
	tcase_add_test(tc, what_is_no_record_is_stepped_over);
}

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, an_empty_ring_has_no_record);
	tcase_add_test(tc, a_record_is_there_once_it_is_committed);
	tcase_add_test(tc, peeking_again_gives_the_same_record);
	tcase_add_test(tc, room_is_given_back_by_the_release_and_once);
	tcase_add_test(tc, a_reader_that_nobody_has_to_wake_tells_its_position_seldom);
	tcase_add_test(tc, a_reader_that_may_sleep_tells_its_position_at_once);
	tcase_add_test(tc, records_committed_out_of_order_come_in_order);
	tcase_add_test(tc, discarded_records_are_stepped_over);
	tcase_add_test(tc, the_reader_begins_where_the_position_is);
	add_lies(tc);
	tcase_add_test(tc, the_books_tell_what_was_missed);
	tcase_add_test(tc, the_books_of_a_reader_that_read_nothing_are_empty);
	tcase_add_test(tc, a_session_without_a_ring_has_no_record);
	tcase_add_test(tc, the_clock_is_monotonic_nanoseconds);
}

int main(void)
{
	return unit_run("ring-reader", add);
}
