/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ring's reader, the same for both backends: it works on three pointers and
 * knows neither device nor map. The picture of the barriers is in the uAPI
 * header; the producers' half is driver/ring.h for the module, and the kernel's
 * own BPF ring buffer for XDP.
 */
#include <string.h>
#include <time.h>

#include "lib/backend.h"

static __u64 ring_bytes(__u32 length)
{
	return ((__u64)length + sizeof(struct rtintercept_ring_header) +
		RTINTERCEPT_RING_ALIGN - 1) & ~(__u64)(RTINTERCEPT_RING_ALIGN - 1);
}

/**
 * rti_ring_init() - begin to read a ring that is mapped
 * @ring: all of it is overwritten
 * @consumer: the consumer page
 * @producer: the producer page
 * @data: the data area, twice in a row
 * @ring_bytes: its size, a power of two
 *
 * The mappings stay the backend's. The position is read back only here.
 */
void rti_ring_init(struct rti_ring *ring, void *consumer, const void *producer,
		   const void *data, __u64 ring_bytes)
{
	memset(ring, 0, sizeof(*ring));
	ring->consumer = consumer;
	ring->producer = producer;
	ring->data = data;
	ring->mask = ring_bytes - 1;
	ring->position = __atomic_load_n(&ring->consumer->position,
					 __ATOMIC_RELAXED);
	ring->produced = ring->position;
}

/*
 * Is there a byte at our position? The producer's cache line is touched only
 * when all that was seen of it before has been read. A position that cannot be
 * is taken as an empty ring.
 */
static int available(struct rti_ring *ring)
{
	__u64 produced;

	if (ring->position != ring->produced)
		return 1;
	/* (A) pairs with (A): driver/ringmem.c rti_ringmem_reserve() */
	produced = __atomic_load_n(&ring->producer->position, __ATOMIC_ACQUIRE);
	if (produced - ring->position > ring->mask + 1)
		return 0;
	ring->produced = produced;
	return ring->position != produced;
}

/* Let the kernel have the next @bytes bytes. */
static void advance(struct rti_ring *ring, __u64 bytes)
{
	ring->position += bytes;
	/* (C) pairs with (C): driver/ringmem.c rti_ringmem_reserve() */
	__atomic_store_n(&ring->consumer->position, ring->position,
			 __ATOMIC_RELEASE);
}

/* Is what the kernel wrote a record of ours, and does it lie within its room? */
static int sound(const struct rtintercept_record *record, __u32 length)
{
	return length >= sizeof(*record) &&
	       record->captured_bytes <= length - sizeof(*record);
}

/**
 * rti_ring_peek() - the next record
 * @ring: the ring
 *
 * Steps over what was discarded, and over what is no record of ours (too short
 * for one, or one that claims more bytes than it has): a gap in the sequence
 * numbers is all that remains of either. A length that reaches beyond the
 * producer leaves nothing to find the next header by: all there is goes.
 *
 * Return: the record, until rti_ring_release(); NULL: none there now.
 */
const struct rtintercept_record *rti_ring_peek(struct rti_ring *ring)
{
	const struct rtintercept_ring_header *header;
	const struct rtintercept_record *record;
	__u32 length;
	__u64 bytes, room;

	while (available(ring)) {
		header = (const void *)(ring->data + (ring->position & ring->mask));
		/* (B) pairs with (B): driver/ringmem.c rti_ringmem_commit() */
		length = __atomic_load_n(&header->length, __ATOMIC_ACQUIRE);
		if (length & RTINTERCEPT_RING_BUSY)
			return NULL;
		bytes = ring_bytes(length & RTINTERCEPT_RING_LENGTH);
		room = ring->produced - ring->position;
		record = (const void *)(header + 1);
		if (bytes <= room && !(length & RTINTERCEPT_RING_DISCARD) &&
		    sound(record, length)) {
			ring->peeked_bytes = bytes;
			return record;
		}
		advance(ring, bytes <= room ? bytes : room);
	}
	return NULL;
}

static void count(struct rtintercept_ring_counters *counters,
		  const struct rtintercept_record *record)
{
	if (!counters->read || record->seq < counters->first_seq)
		counters->first_seq = record->seq;
	if (record->seq > counters->last_seq)
		counters->last_seq = record->seq;
	counters->read++;
	counters->read_bytes += record->captured_bytes;
}

/**
 * rti_ring_release() - count the record last peeked, and give its room back
 * @ring: the ring; without a record peeked nothing happens
 */
void rti_ring_release(struct rti_ring *ring)
{
	const char *header = ring->data + (ring->position & ring->mask);

	if (!ring->peeked_bytes)
		return;
	count(&ring->counters,
	      (const void *)(header + sizeof(struct rtintercept_ring_header)));
	advance(ring, ring->peeked_bytes);
	ring->peeked_bytes = 0;
}

/*
 * Who has the fd may go to sleep on it whenever the ring is empty, without
 * asking us again.
 */
RTI_EXPORT const struct rtintercept_record *
rtintercept_ring_peek(struct rtintercept *rti)
{
	const struct rtintercept_record *record;

	if (!rti->ring.consumer)
		return NULL;
	record = rti_ring_peek(&rti->ring);
	if (!record && rti->polled && rti->ops->arm && rti->ops->arm(rti, NULL))
		record = rti_ring_peek(&rti->ring);
	return record;
}

RTI_EXPORT void rtintercept_ring_release(struct rtintercept *rti)
{
	rti_ring_release(&rti->ring);
}

RTI_EXPORT void
rtintercept_ring_counters(const struct rtintercept *rti,
			  struct rtintercept_ring_counters *counters)
{
	*counters = rti->ring.counters;
	if (counters->read)
		counters->lost = counters->last_seq - counters->first_seq + 1 -
				 counters->read;
}

RTI_EXPORT __u64 rtintercept_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000000000ULL + (__u64)now.tv_nsec;
}
