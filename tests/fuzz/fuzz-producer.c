/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: lib/ring.c lib/note.c */
/*
 * The ring's producing half against a reader who writes what it likes: a record
 * that is still being written is never given to another, all of it lies within
 * the ring, and each outcome is what the positions say.
 */
#include "fuzz.h"
#include "ring-shim.h"

#define RING	4096U
#define BUSY	16

/* struct busy - a record that has been reserved and not committed; free: bytes 0 */
struct busy {
	__u64 position;
	__u64 bytes;
	struct rtintercept_ring_header *header;
};

static struct shim ring;
static struct busy busy[BUSY];

static int overlaps(const struct busy *b, __u64 position, __u64 bytes)
{
	__u64 end = position + bytes;

	/* Positions only grow, so it is the later one that must not come round. */
	return b->bytes && end > b->position + RING;
}

static void check_reserved(__u64 position, __u64 bytes, __u64 before)
{
	int i;

	FUZZ_CHECK(position == before && ring.st.producer == before + bytes);
	FUZZ_CHECK(bytes <= RING && ring.st.producer - ring.st.consumer <= RING);
	for (i = 0; i < BUSY; i++)
		FUZZ_CHECK(!overlaps(&busy[i], position, bytes));
}

/* Without a free place the record is committed at once. */
static void keep(__u64 position, __u64 bytes)
{
	struct rtintercept_ring_header *header;
	int i;

	header = rti_ring_header(&ring.st, ring.data, position);
	for (i = 0; i < BUSY && busy[i].bytes; i++)
		;
	if (i == BUSY)
		shim_commit((void *)(header + 1), 0);
	else
		busy[i] = (struct busy){ position, bytes, header };
}

static void reserve(__u64 consumer, __u32 length)
{
	const struct rti_ring_state before = ring.st;
	__u64 position, bytes = rti_ring_bytes(length);
	int outcome;

	outcome = rti_ring_reserve(&ring.st, ring.data, consumer, length, &position);
	FUZZ_CHECK(ring.st.next_seq == before.next_seq + 1);
	FUZZ_CHECK(ring.st.pending <= ring.st.producer);
	FUZZ_CHECK(ring.st.consumer >= before.consumer &&
		   ring.st.consumer <= ring.st.producer);
	if (outcome == RTI_RING_OK) {
		check_reserved(position, bytes, before.producer);
		keep(position, bytes);
		return;
	}
	FUZZ_CHECK(ring.st.producer == before.producer);
	if (outcome == RTI_RING_HOSTILE)
		FUZZ_CHECK(consumer & 7 || consumer < before.consumer ||
			   consumer > before.producer);
	if (outcome == RTI_RING_TOO_BIG)
		FUZZ_CHECK(bytes > RING);
}

static void commit(int i)
{
	if (!busy[i].bytes)
		return;
	FUZZ_CHECK(busy[i].header->length & RTINTERCEPT_RING_BUSY);
	FUZZ_CHECK(rti_ring_bytes(busy[i].header->length & RTINTERCEPT_RING_LENGTH) ==
		   busy[i].bytes);
	shim_commit((void *)(busy[i].header + 1), 0);
	busy[i].bytes = 0;
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t bytes)
{
	struct fuzz fuzz = { data, bytes };
	__u16 what;

	if (!ring.area)
		shim_init(&ring, RING);
	memset(busy, 0, sizeof(busy));
	memset(&ring.st, 0, sizeof(ring.st));
	ring.st.mask = RING - 1;
	ring.st.page_shift = 12;
	while (fuzz.left) {
		what = fuzz_u16(&fuzz);
		switch (what & 3) {
		case 0:
			commit(what >> 2 & (BUSY - 1));
			break;
		case 1:		/* a reader's word of any kind */
			reserve(fuzz_u64(&fuzz), what >> 2);
			break;
		default:	/* one near the truth */
			reserve(ring.st.producer - (what >> 8) * 8,
				what >> 2 & 0x3f ? (what >> 2 & 0x3f) * 8 : RING);
			break;
		}
	}
	return 0;
}
