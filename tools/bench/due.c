/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When each packet is meant to leave: the same for whoever asks, so nobody keeps it. */
#include "tools/bench/bench.h"
#include "tools/bench/random.h"

#define NS_PER_S	1000000000ULL

/* From 0 to twice the jitter: nothing is due before the start. */
static uint64_t jitter_ns(const struct bench_settings *s, uint64_t uid)
{
	uint64_t random = s->seed ^ uid << 32;

	if (!s->jitter_permille)
		return 0;
	return random_below(&random, 2 * s->jitter_permille * (NS_PER_S / s->rate_pps) / 1000 + 1);
}

/* A train's packets all at once. */
uint64_t bench_due_ns(const struct bench_settings *s, const struct bench_shared *shared,
		      uint64_t uid)
{
	const uint64_t first = uid / s->train_pkts * s->train_pkts;

	return shared->start_ns + first * NS_PER_S / s->rate_pps + jitter_ns(s, first);
}
