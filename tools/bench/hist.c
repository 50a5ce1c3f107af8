/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Log-linear histogram of nanoseconds; see hist.h. */
#include "tools/bench/hist.h"

/*
 * A value of n significant bits, n > HIST_SUB_BITS, keeps its topmost
 * HIST_SUB_BITS + 1 bits. The first of them is always set, so the rest number
 * the bucket within the octave, and n the octave.
 */
size_t hist_index(uint64_t value)
{
	unsigned int shift;

	if (value < HIST_SUB)
		return value;
	shift = 63 - __builtin_clzll(value) - HIST_SUB_BITS;
	return ((size_t)shift << HIST_SUB_BITS) + (value >> shift);
}

uint64_t hist_low(size_t index)
{
	unsigned int shift;

	if (index < 2 * HIST_SUB)
		return index;
	shift = (index >> HIST_SUB_BITS) - 1;
	return (uint64_t)(HIST_SUB + (index & (HIST_SUB - 1))) << shift;
}

uint64_t hist_high(size_t index)
{
	if (index >= HIST_BUCKETS - 1)
		return UINT64_MAX;
	return hist_low(index + 1) - 1;
}

void hist_add(struct hist *h, uint64_t value)
{
	if (!h->count || value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
	h->count++;
	h->buckets[hist_index(value)]++;
}

uint64_t hist_percentile(const struct hist *h, uint32_t per_million)
{
	unsigned __int128 product = (unsigned __int128)h->count * per_million;
	uint64_t rank = (product + 999999) / 1000000;
	uint64_t seen = 0;
	size_t i;

	if (!h->count)
		return 0;
	for (i = 0; i < HIST_BUCKETS; i++) {
		seen += h->buckets[i];
		if (seen >= rank && h->buckets[i])
			break;
	}
	if (i == HIST_BUCKETS || hist_high(i) > h->max)
		return h->max;
	return hist_high(i);
}

uint64_t hist_above(const struct hist *h, uint64_t value)
{
	uint64_t above = 0;
	size_t i;

	for (i = hist_index(value) + 1; i < HIST_BUCKETS; i++)
		above += h->buckets[i];
	return above;
}
