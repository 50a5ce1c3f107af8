/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: lib/ring.c lib/note.c */
/*
 * The ring's producing half, driver/ring.h, alone and one step at a time. The
 * reading half is in test-ring-reader.c, both at once in test-ring-threads.c.
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

static int reserve(__u64 consumer, __u32 length, __u64 *position)
{
	*position = ~0ULL;
	return rti_ring_reserve(&ring.st, ring.data, consumer, length, position);
}

static void commit(__u64 position)
{
	shim_commit((void *)(rti_ring_header(&ring.st, ring.data, position) + 1), 0);
}

START_TEST(a_record_takes_its_header_and_a_multiple_of_8)
{
	__u32 n;

	for (n = 0; n < 100; n++) {
		ck_assert_uint_ge(rti_ring_bytes(n), n + 8);
		ck_assert_uint_lt(rti_ring_bytes(n), n + 16);
		ck_assert_uint_eq(rti_ring_bytes(n) % 8, 0);
	}
	ck_assert_uint_eq(rti_ring_bytes(~0U), (1ULL << 32) + 8);
}
END_TEST

START_TEST(what_is_reserved_is_busy_and_says_its_page)
{
	struct rtintercept_ring_header *header;
	__u64 position;

	ck_assert_int_eq(reserve(0, 100, &position), RTI_RING_OK);
	ck_assert_uint_eq(position, 0);
	header = rti_ring_header(&ring.st, ring.data, position);
	ck_assert_uint_eq(header->length, 100 | RTINTERCEPT_RING_BUSY);
	/* BPF: pages from the page that holds the ring's own lock on. */
	ck_assert_uint_eq(header->page_offset, 3);
	ck_assert_uint_eq(ring.st.producer, 112);
	ck_assert_int_eq(reserve(0, 100, &position), RTI_RING_OK);
	ck_assert_uint_eq(position, 112);
}
END_TEST

START_TEST(a_record_may_be_as_long_as_the_ring_and_no_longer)
{
	__u64 position;

	ck_assert_int_eq(reserve(0, RING - 8 + 1, &position), RTI_RING_TOO_BIG);
	ck_assert_int_eq(reserve(0, RING, &position), RTI_RING_TOO_BIG);
	ck_assert_int_eq(reserve(0, 1U << 30, &position), RTI_RING_TOO_BIG);
	ck_assert_int_eq(reserve(0, 1U << 31, &position), RTI_RING_TOO_BIG);
	ck_assert_int_eq(reserve(0, ~0U, &position), RTI_RING_TOO_BIG);
	ck_assert_uint_eq(ring.st.producer, 0);
	ck_assert_int_eq(reserve(0, RING - 8, &position), RTI_RING_OK);
	ck_assert_uint_eq(ring.st.producer, RING);
}
END_TEST

START_TEST(the_last_byte_can_be_used_and_none_beyond)
{
	__u64 position, at = 0;

	while (at < RING) {
		ck_assert_int_eq(reserve(0, 120, &position), RTI_RING_OK);
		ck_assert_uint_eq(position, at);
		at += 128;
	}
	ck_assert_int_eq(reserve(0, 0, &position), RTI_RING_FULL);
	ck_assert_int_eq(reserve(0, 120, &position), RTI_RING_FULL);
	commit(0);
	ck_assert_int_eq(reserve(0, 120, &position), RTI_RING_FULL);
	ck_assert_int_eq(reserve(128, 121, &position), RTI_RING_FULL);
	ck_assert_int_eq(reserve(128, 120, &position), RTI_RING_OK);
	ck_assert_uint_eq(position, RING);
	ck_assert_int_eq(reserve(128, 0, &position), RTI_RING_FULL);
}
END_TEST

START_TEST(the_sequence_number_advances_whatever_the_outcome)
{
	__u64 position;

	reserve(0, 100, &position);
	ck_assert_uint_eq(ring.st.next_seq, 1);
	ck_assert_int_eq(reserve(0, RING, &position), RTI_RING_TOO_BIG);
	ck_assert_uint_eq(ring.st.next_seq, 2);
	ck_assert_int_eq(reserve(1, 8, &position), RTI_RING_HOSTILE);
	ck_assert_uint_eq(ring.st.next_seq, 3);
	ck_assert_int_eq(reserve(0, RING - 16, &position), RTI_RING_FULL);
	ck_assert_uint_eq(ring.st.next_seq, 4);
}
END_TEST

/* A hostile position costs its owner the record, and changes nothing else. */
START_TEST(a_consumer_position_that_cannot_be_is_refused)
{
	static const __u64 lies[] = {
		0, 8, 104, 111, 113, 248, 1ULL << 31, 1ULL << 32, 1ULL << 63,
		~0ULL, ~7ULL, (__u64)-8, (__u64)-112, RING, 112 + RING, 112 - RING,
	};
	struct rti_ring_state before;
	__u64 position;
	char copy[RING];
	size_t i;

	reserve(0, 100, &position);
	commit(position);
	reserve(0, 100, &position);
	commit(position);
	ck_assert_int_eq(reserve(112, 0, &position), RTI_RING_OK);
	commit(position);
	before = ring.st;
	memcpy(copy, ring.data, RING);
	for (i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		ck_assert_int_eq(reserve(lies[i], 100, &position),
				 RTI_RING_HOSTILE);
		before.next_seq++;
		ck_assert_mem_eq(&before, &ring.st, sizeof(before));
		ck_assert_mem_eq(copy, ring.data, RING);
		ck_assert_uint_eq(position, ~0ULL);
	}
	ck_assert_int_eq(reserve(224, 100, &position), RTI_RING_OK);
}
END_TEST

START_TEST(busy_records_are_safe_from_a_reader_that_skips_them)
{
	struct rtintercept_ring_header *first;
	__u64 position, i;

	first = rti_ring_header(&ring.st, ring.data, 0);
	for (i = 0; i < RING / 128; i++) {
		reserve(0, 120, &position);
		if (i)
			commit(position);
	}
	/* It says it has read them all, the busy one too. */
	ck_assert_int_eq(reserve(RING, 0, &position), RTI_RING_FULL);
	ck_assert_int_eq(reserve(RING, 120, &position), RTI_RING_FULL);
	ck_assert_uint_eq(first->length, 120 | RTINTERCEPT_RING_BUSY);
	commit(0);
	ck_assert_int_eq(reserve(RING, 120, &position), RTI_RING_OK);
	ck_assert_uint_eq(position, RING);
}
END_TEST

START_TEST(pending_moves_over_discarded_records_too)
{
	struct rtintercept_record *record;
	__u64 position;

	ck_assert_int_eq(shim_reserve(&ring, 120, &record), RTI_RING_OK);
	shim_commit(record, RTINTERCEPT_RING_DISCARD);
	ck_assert_int_eq(reserve(128, RING - 8, &position), RTI_RING_OK);
	ck_assert_uint_eq(ring.st.pending, 128);
}
END_TEST

START_TEST(pending_catches_up_16_records_at_a_reserve)
{
	__u64 position, i, before;

	for (i = 0; i < RING / 64; i++) {
		reserve(0, 56, &position);
		if (i)
			commit(position);
	}
	commit(0);
	for (i = 1; ring.st.pending < RING; i++) {
		before = ring.st.pending;
		ck_assert_int_eq(reserve(0, 56, &position), RTI_RING_FULL);
		ck_assert_uint_eq(ring.st.pending - before,
				  64 * RTI_RING_PENDING_STEPS);
	}
	ck_assert_uint_eq(i - 1, RING / 64 / RTI_RING_PENDING_STEPS);
}
END_TEST

START_TEST(every_length_wraps_without_touching_a_neighbour)
{
	struct rtintercept_record *record;
	__u32 length;
	int i;

	for (length = LEAST; length < 2000; length += 13) {
		for (i = 0; i < 40; i++) {
			ck_assert_int_eq(shim_produce(&ring, length), RTI_RING_OK);
			ck_assert_int_eq(shim_produce(&ring, LEAST), RTI_RING_OK);
			record = (void *)rti_ring_peek(&ring.reader);
			ck_assert_ptr_nonnull(record);
			ck_assert_uint_eq(record->captured_bytes, length - LEAST);
			ck_assert(shim_is_filled(record));
			rti_ring_release(&ring.reader);
			record = (void *)rti_ring_peek(&ring.reader);
			ck_assert_ptr_nonnull(record);
			rti_ring_release(&ring.reader);
		}
	}
	ck_assert_uint_gt(ring.st.producer, 100 * RING);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_record_takes_its_header_and_a_multiple_of_8);
	tcase_add_test(tc, what_is_reserved_is_busy_and_says_its_page);
	tcase_add_test(tc, a_record_may_be_as_long_as_the_ring_and_no_longer);
	tcase_add_test(tc, the_last_byte_can_be_used_and_none_beyond);
	tcase_add_test(tc, the_sequence_number_advances_whatever_the_outcome);
	tcase_add_test(tc, a_consumer_position_that_cannot_be_is_refused);
	tcase_add_test(tc, busy_records_are_safe_from_a_reader_that_skips_them);
	tcase_add_test(tc, pending_moves_over_discarded_records_too);
	tcase_add_test(tc, pending_catches_up_16_records_at_a_reserve);
	tcase_add_test(tc, every_length_wraps_without_touching_a_neighbour);
}

int main(void)
{
	return unit_run("ring", add);
}
