/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Samples on their way from a thread that measures to the one that shows: a queue
 * with one producer and one consumer, of fixed size, without a system call. Pure.
 */
#ifndef LATENCY_SAMPLES_H
#define LATENCY_SAMPLES_H

#include <stdint.h>

#define SAMPLES_ROOM	(1U << 16)	/* a power of two */

/**
 * struct sample - one packet, at one receiver
 * @key: names the packet, if it has to be found again; see packet-key.h
 * @seen_ns: T1; at the socket, about: the kernel's receive time stamp
 * @had_ns: T2 or T3
 */
struct sample {
	uint64_t key;
	uint64_t seen_ns;
	uint64_t had_ns;
};

/**
 * struct samples - the queue; all zero is an empty one
 * @put: how many were put in; of the producer
 * @refused: how many there was no room for; of the producer
 * @taken: how many were taken out; of the consumer
 * @ring: the samples
 */
struct samples {
	_Alignas(128) uint64_t put;
	uint64_t refused;
	_Alignas(128) uint64_t taken;
	_Alignas(128) struct sample ring[SAMPLES_ROOM];
};

static inline void samples_put(struct samples *s, const struct sample *sample)
{
	uint64_t put = s->put;

	/* pairs with the release in samples_take(): what is overwritten was read */
	if (put - __atomic_load_n(&s->taken, __ATOMIC_ACQUIRE) == SAMPLES_ROOM) {
		__atomic_store_n(&s->refused, s->refused + 1, __ATOMIC_RELAXED);
		return;
	}
	s->ring[put % SAMPLES_ROOM] = *sample;
	/* pairs with the acquire in samples_first(): the sample is whole */
	__atomic_store_n(&s->put, put + 1, __ATOMIC_RELEASE);
}

/* The oldest, until samples_take(); NULL: there is none. */
static inline const struct sample *samples_first(const struct samples *s)
{
	if (__atomic_load_n(&s->put, __ATOMIC_ACQUIRE) == s->taken)
		return (const struct sample *)0;
	return &s->ring[s->taken % SAMPLES_ROOM];
}

static inline void samples_take(struct samples *s)
{
	__atomic_store_n(&s->taken, s->taken + 1, __ATOMIC_RELEASE);
}

static inline uint64_t samples_refused(const struct samples *s)
{
	return __atomic_load_n(&s->refused, __ATOMIC_RELAXED);
}

#endif /* LATENCY_SAMPLES_H */
