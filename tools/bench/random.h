/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random numbers that a seed reproduces, for the background traffic. Pure. */
#ifndef RTINTERCEPT_BENCH_RANDOM_H
#define RTINTERCEPT_BENCH_RANDOM_H

#include <math.h>
#include <stdint.h>

/* SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014. */
static inline uint64_t random_u64(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static inline uint64_t random_below(uint64_t *state, uint64_t limit)
{
	return ((unsigned __int128)random_u64(state) * limit) >> 64;
}

/* Time to the next of events that come independently, @mean_ns apart. */
static inline uint64_t random_interval_ns(uint64_t *state, uint64_t mean_ns)
{
	double uniform = ((random_u64(state) >> 11) + 1) * 0x1p-53;

	return (uint64_t)(-log(uniform) * mean_ns);
}

#endif
