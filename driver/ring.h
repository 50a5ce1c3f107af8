/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ring's arithmetic, the producer's half: where does the next record go, is
 * there room, does the reader's word make sense? Pure: the caller serialises
 * (one raw lock) and brings the memory. Pages, mappings and the lock belong to
 * ringmem.c; the reader's half is lib/ring.c; the barriers' picture is in the
 * uAPI header.
 */
#ifndef RTI_RING_H
#define RTI_RING_H

#include "pure.h"

/* Steps that one reserve may take over committed records; each reserve adds one
 * record, so pending catches up as long as this is above 1.
 */
#define RTI_RING_PENDING_STEPS	16

/* BPF's ring counts a record's page from its own first page, three before the data. */
#define RTI_RING_PAGES_BEFORE_DATA	3

#define RTI_RING_MIN_BYTES	4096ULL
#define RTI_RING_MAX_BYTES	(64ULL << 20)

/* What became of a reserve. */
#define RTI_RING_OK		0
#define RTI_RING_FULL		1
#define RTI_RING_TOO_BIG	2
#define RTI_RING_HOSTILE	3

/**
 * struct rti_ring_state - the kernel's own positions; never in shared memory
 * @mask: size of the data area - 1
 * @producer: next byte to hand out; the kernel's readers look without the lock
 * @pending: no record before this position is BUSY; at most @producer
 * @consumer: the reader's position when last believed; at most @producer
 * @next_seq: sequence number of the next record; likewise
 * @page_shift: log2 of the page size
 */
struct rti_ring_state {
	__u64 mask;
	__u64 producer;
	__u64 pending;
	__u64 consumer;
	__u64 next_seq;
	__u32 page_shift;
};

static inline struct rtintercept_ring_header *
rti_ring_header(const struct rti_ring_state *st, void *data, __u64 position)
{
	return (void *)((char *)data + (position & st->mask));
}

/* What a record of @length bytes takes in the ring, header and padding counted. */
static inline __u64 rti_ring_bytes(__u32 length)
{
	return ((__u64)length + sizeof(struct rtintercept_ring_header) +
		RTINTERCEPT_RING_ALIGN - 1) & ~(__u64)(RTINTERCEPT_RING_ALIGN - 1);
}

/**
 * rti_ring_believe() - take the reader's word, if it makes sense
 * @st: the ring
 * @consumer: the reader's position, read once, acquire (C)
 *
 * Return: 1 if the position is between the last one and the producer's, and
 * aligned; else 0, and the state is as it was.
 */
static inline int rti_ring_believe(struct rti_ring_state *st, __u64 consumer)
{
	if (consumer < st->consumer || consumer > st->producer ||
	    (consumer & (RTINTERCEPT_RING_ALIGN - 1)))
		return 0;
	st->consumer = consumer;
	return 1;
}

/* Move pending over committed records, a bounded number of steps. */
static inline void rti_ring_advance_pending(struct rti_ring_state *st, void *data)
{
	__u32 length;
	int i;

	for (i = 0; i < RTI_RING_PENDING_STEPS && st->pending < st->producer; i++) {
		length = rti_load_acquire(&rti_ring_header(st, data, st->pending)->length);
		if (length & RTINTERCEPT_RING_BUSY)
			break;
		st->pending += rti_ring_bytes(length & RTINTERCEPT_RING_LENGTH);
	}
}

/**
 * rti_ring_reserve() - hand out room for one record
 * @st: the ring; the caller holds its lock
 * @data: the data area, mapped twice in a row
 * @consumer: the reader's position, read once, acquire (C)
 * @length: bytes wanted, header not counted
 * @position: out: where, when OK
 *
 * The sequence number advances whatever the outcome, so that a drop is a gap.
 * When OK the header in front of the room is BUSY and st->producer has moved;
 * publishing st->producer, with release (A), is the caller's.
 *
 * A record never touches bytes of one that is still BUSY, whatever the reader
 * claims: the room from pending to the new producer never exceeds the ring.
 *
 * Return: RTI_RING_*.
 */
static inline int rti_ring_reserve(struct rti_ring_state *st, void *data,
				   __u64 consumer, __u32 length, __u64 *position)
{
	struct rtintercept_ring_header *header;
	__u64 bytes = rti_ring_bytes(length);

	rti_store_once(&st->next_seq, st->next_seq + 1);
	if (length > RTINTERCEPT_RING_LENGTH || bytes > st->mask + 1)
		return RTI_RING_TOO_BIG;
	if (!rti_ring_believe(st, consumer))
		return RTI_RING_HOSTILE;
	rti_ring_advance_pending(st, data);
	if (st->producer + bytes - st->consumer > st->mask + 1 ||
	    st->producer + bytes - st->pending > st->mask + 1)
		return RTI_RING_FULL;

	header = rti_ring_header(st, data, st->producer);
	header->page_offset = RTI_RING_PAGES_BEFORE_DATA +
			      (__u32)((st->producer & st->mask) >> st->page_shift);
	rti_store_once(&header->length, length | RTINTERCEPT_RING_BUSY);
	*position = st->producer;
	/* (A) pairs with (A): driver/ringmem.c rti_ringmem_first() */
	rti_store_release(&st->producer, st->producer + bytes);
	return RTI_RING_OK;
}

#endif /* RTI_RING_H */
