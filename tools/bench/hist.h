/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Log-linear histogram of nanoseconds: fixed memory, 3.1 % resolution, no range to choose. Pure. */
#ifndef RTINTERCEPT_BENCH_HIST_H
#define RTINTERCEPT_BENCH_HIST_H

#include <stddef.h>
#include <stdint.h>

#define HIST_SUB_BITS	5
#define HIST_SUB	(1U << HIST_SUB_BITS)	/* buckets per octave */
#define HIST_BUCKETS	((64 - HIST_SUB_BITS + 1) * HIST_SUB)

/**
 * struct hist - counts per bucket; all zero is an empty one
 * @count: values added
 * @min: smallest of them, exact; meaningless while @count is 0
 * @max: greatest, exact
 * @buckets: values below HIST_SUB have a bucket each, every octave above has
 *	HIST_SUB buckets of equal width
 */
struct hist {
	uint64_t count;
	uint64_t min;
	uint64_t max;
	uint64_t buckets[HIST_BUCKETS];
};

/** hist_index() - the bucket of a value */
size_t hist_index(uint64_t value);

/** hist_low(), hist_high() - least and greatest value of a bucket */
uint64_t hist_low(size_t index);
uint64_t hist_high(size_t index);

void hist_add(struct hist *h, uint64_t value);

/**
 * hist_percentile() - the value that so many of all values do not exceed
 * @h: a histogram
 * @per_million: 500000 is the median, 999000 the 99.9th percentile
 *
 * Return: greatest value of the bucket in question, so never too good, and
 * never above @h->max; 0 if the histogram is empty.
 */
uint64_t hist_percentile(const struct hist *h, uint32_t per_million);

/** hist_above() - how many values lie in buckets wholly above a value */
uint64_t hist_above(const struct hist *h, uint64_t value);

#endif
