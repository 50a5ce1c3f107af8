/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: lib/ring.c lib/note.c */
/*
 * The ring's reader on a ring whose every byte is a lie, positions included:
 * what it returns lies within the ring, it comes to an end, and nothing else is
 * touched (what lies round the ring may not be).
 */
#include "fuzz.h"
#include "ring-shim.h"

#define RING	4096U

static struct shim ring;

static void check_record(const struct rtintercept_record *record)
{
	const char *at = (const char *)record;

	FUZZ_CHECK(at >= ring.data + sizeof(struct rtintercept_ring_header));
	FUZZ_CHECK((const char *)record->data + record->captured_bytes <=
		   ring.data + 2 * RING);
}

/* Each record takes at least its header: so many there can be, and no more. */
static void read_all(void)
{
	const struct rtintercept_record *record;
	__u64 before = ring.reader.position;
	int i;

	for (i = 0; i <= (int)(RING / 8); i++) {
		record = rti_ring_peek(&ring.reader);
		if (!record)
			break;
		check_record(record);
		rti_ring_release(&ring.reader);
	}
	FUZZ_CHECK(i <= (int)(RING / 8));
	FUZZ_CHECK(ring.reader.position - before <= 2 * RING);
	FUZZ_CHECK(ring.reader.position == ring.consumer->position);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t bytes)
{
	struct fuzz fuzz = { data, bytes };
	__u64 position = fuzz_u64(&fuzz);
	__u16 at, length;

	if (!ring.area)
		shim_init(&ring, RING);
	memset(ring.data, 0, RING);
	ring.consumer->position = position & ~7ULL;
	ring.producer->position = ring.consumer->position;
	rti_ring_init(&ring.reader, ring.consumer, ring.producer, ring.data, RING);
	while (fuzz.left) {
		at = fuzz_u16(&fuzz);
		if (at & 1) {
			length = fuzz_u16(&fuzz) % 64;
			fuzz_bytes(&fuzz, ring.data + (at & (RING - 1)),
				   length);
		} else if (at & 2) {
			ring.producer->position += at >> 2;
		} else if (at & 4) {
			ring.producer->position = fuzz_u64(&fuzz);
		} else {
			read_all();
		}
	}
	return 0;
}
