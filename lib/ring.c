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

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

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
	ring->next = ring->produced = ring->told = ring->position;
	ring->counters.last_seq = ~0ULL;
}

/*
 * Is there a byte to look at? The producer's cache line is touched only when all
 * that was seen of it before has been read. A position that cannot be is taken
 * as an empty ring.
 */
static inline int available(struct rti_ring *ring)
{
	__u64 produced;

	if (likely(ring->next != ring->produced))
		return 1;
	/* (A) pairs with (A): driver/ringmem.c rti_ringmem_reserve() */
	produced = __atomic_load_n(&ring->producer->position, __ATOMIC_ACQUIRE);
	if (produced - ring->next > ring->mask + 1 ||
	    (produced & (RTINTERCEPT_RING_ALIGN - 1)))
		return 0;
	ring->produced = produced;
	return ring->next != produced;
}

/**
 * rti_ring_tell() - let the kernel have the room of all that was released
 * @ring: the ring
 *
 * The kernel loads the position for each record. While it stays the same its
 * cache line stays in the producer's cache; each store takes it from there.
 */
void rti_ring_tell(struct rti_ring *ring)
{
	ring->told = ring->position;
	/* (C) pairs with (C): driver/ringmem.c rti_ringmem_reserve() */
	__atomic_store_n(&ring->consumer->position, ring->position,
			 __ATOMIC_RELEASE);
}

/* All before @ring->next has been read. */
static inline void advance(struct rti_ring *ring)
{
	ring->position = ring->next;
	if (ring->position - ring->told >= ring->step_bytes)
		rti_ring_tell(ring);
}

/**
 * rti_ring_defer() - tell the kernel seldom, or at once
 * @ring: the ring
 * @seldom: not 0: at an eighth of the ring or a page, whichever is less; only
 *	while nobody can be asleep, who would be woken for what is read already
 */
void rti_ring_defer(struct rti_ring *ring, int seldom)
{
	const __u64 eighth = (ring->mask + 1) / 8;

	ring->step_bytes = !seldom ? 0 :
			   eighth < RTI_RING_STEP_BYTES ? eighth :
			   RTI_RING_STEP_BYTES;
	if (ring->position - ring->told >= ring->step_bytes)
		rti_ring_tell(ring);
}

/* Is what the kernel wrote a record of ours, and does it lie within its room? */
static inline int sound(const struct rtintercept_record *record, __u32 length)
{
	return length >= sizeof(*record) &&
	       record->captured_bytes <= length - sizeof(*record);
}

static inline const struct rtintercept_ring_header *
header_at(const struct rti_ring *ring, __u64 position)
{
	return (const void *)(ring->data + (position & ring->mask));
}

/* The length at @ring->next, which has been produced, read once: it may change. */
static inline __u32 length_at_next(const struct rti_ring *ring)
{
	/* (B) pairs with (B): driver/ringmem.c rti_ringmem_commit() */
	return __atomic_load_n(&header_at(ring, ring->next)->length,
			       __ATOMIC_ACQUIRE);
}

/*
 * The record at @ring->next, or NULL: it is not ready, or none. Only a record's
 * length tells where the next one is, so what there is of that is fetched
 * ahead; but a line that is still to be written is the producer's.
 */
static inline const struct rtintercept_record *take(struct rti_ring *ring,
						    __u32 length)
{
	const struct rtintercept_record *record;
	__u64 bytes, room;

	if (unlikely(length & ~RTINTERCEPT_RING_LENGTH))
		return NULL;
	bytes = ring_bytes(length);
	room = ring->produced - ring->next;
	record = (const void *)(header_at(ring, ring->next) + 1);
	if (unlikely(bytes > room || !sound(record, length)))
		return NULL;
	ring->next += bytes;
	ring->out = record;
	if (bytes < room)
		__builtin_prefetch(header_at(ring, ring->next));
	return record;
}

/* 0: what has this @length is not ready; 1: it was stepped over */
static int step_over(struct rti_ring *ring, __u32 length)
{
	__u64 bytes, room;

	if (length & RTINTERCEPT_RING_BUSY)
		return 0;
	bytes = ring_bytes(length & RTINTERCEPT_RING_LENGTH);
	room = ring->produced - ring->next;
	ring->next += bytes <= room ? bytes : room;
	advance(ring);
	return 1;
}

/* As rti_ring_peek(); what is likely stands in a straight line. */
static inline const struct rtintercept_record *peek(struct rti_ring *ring)
{
	const struct rtintercept_record *record;
	__u32 length;

	if (unlikely(ring->out))
		return ring->out;
	while (available(ring)) {
		length = length_at_next(ring);
		record = take(ring, length);
		if (likely(record))
			return record;
		if (!step_over(ring, length))
			return NULL;
	}
	return NULL;
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
	return peek(ring);
}

static __attribute__((noinline)) void
count_unordered(struct rtintercept_ring_counters *counters, __u64 seq)
{
	if (!counters->read)
		counters->first_seq = counters->last_seq = seq;
	else if (seq < counters->first_seq)
		counters->first_seq = seq;
	else if (seq > counters->last_seq)
		counters->last_seq = seq;
}

/* Before the first record @last_seq is the one before 0. */
static inline void count(struct rtintercept_ring_counters *counters,
			 const struct rtintercept_record *record)
{
	if (likely(record->seq == counters->last_seq + 1))
		counters->last_seq++;
	else
		count_unordered(counters, record->seq);
	counters->read++;
	counters->read_bytes += record->captured_bytes;
}

static inline void release(struct rti_ring *ring)
{
	if (unlikely(!ring->out))
		return;
	count(&ring->counters, ring->out);
	ring->out = NULL;
	advance(ring);
}

/**
 * rti_ring_release() - count the record last peeked, and give its room back
 * @ring: the ring; without a record peeked nothing happens
 */
void rti_ring_release(struct rti_ring *ring)
{
	release(ring);
}

/*
 * Who has the fd may go to sleep on it whenever the ring is empty, without
 * asking us again.
 */
static __attribute__((noinline)) const struct rtintercept_record *
peek_again(struct rtintercept *rti)
{
	if (!rti->ops->arm || !rti->ops->arm(rti, NULL))
		return NULL;
	return peek(&rti->ring);
}

RTI_EXPORT const struct rtintercept_record *
rtintercept_ring_peek(struct rtintercept *rti)
{
	const struct rtintercept_record *record;

	if (unlikely(!rti->ring.consumer))
		return NULL;
	record = peek(&rti->ring);
	if (likely(record) || !rti->polled)
		return record;
	return peek_again(rti);
}

RTI_EXPORT void rtintercept_ring_release(struct rtintercept *rti)
{
	if (unlikely(rti->waiter.table) && rti->ring.out)
		rti_note(&rti->waiter, rti->ring.out);
	release(&rti->ring);
}

RTI_EXPORT void
rtintercept_ring_counters(const struct rtintercept *rti,
			  struct rtintercept_ring_counters *counters)
{
	memset(counters, 0, sizeof(*counters));
	if (!rti->ring.counters.read)
		return;
	*counters = rti->ring.counters;
	counters->lost = counters->last_seq - counters->first_seq + 1 -
			 counters->read;
}

RTI_EXPORT __u64 rtintercept_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000000000ULL + (__u64)now.tv_nsec;
}
