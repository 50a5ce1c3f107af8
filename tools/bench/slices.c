/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was found piece by piece of the time: whether anything drifts in a long run. */
#include <string.h>
#include "tools/bench/bench.h"
#include "tools/bench/result.h"

#define NS_PER_S	1000000000ULL

/**
 * struct slicer - where join_slices() is
 * @result: that gets them
 * @shared: whose times they are
 * @latency: of the slice
 * @next: the oldest packet that a receiver which takes them in order has not yet
 */
struct slicer {
	struct bench_result *result;
	const struct bench_shared *shared;
	struct hist latency;
	uint64_t next;
};

/* How many up to this one were seen, and still on their way, when this one was seen. */
static uint64_t behind(struct slicer *s, uint64_t uid, uint64_t seen_ns)
{
	const uint64_t *arrived_ns = s->shared->arrived_ns[s->result->who];

	while (s->next < uid && arrived_ns[s->next] <= seen_ns)
		s->next++;
	return uid - s->next + 1;
}

static void add_packet(struct slicer *s, struct bench_slice *slice, uint64_t uid)
{
	const uint64_t arrived_ns = s->shared->arrived_ns[s->result->who][uid];
	const uint64_t seen_ns = bench_seen(s->shared, s->result->who, uid);
	uint64_t pkts;

	slice->sent++;
	slice->lost += !arrived_ns;
	if (!arrived_ns || !seen_ns || arrived_ns < seen_ns)
		return;
	hist_add(&s->latency, arrived_ns - seen_ns);
	pkts = behind(s, uid, seen_ns);
	if (pkts > slice->behind_pkts)
		slice->behind_pkts = pkts;
}

static void end_slice(struct slicer *s, struct bench_slice *slice)
{
	slice->p50_ns = hist_percentile(&s->latency, 500000);
	slice->p99_ns = hist_percentile(&s->latency, 990000);
	slice->max_ns = s->latency.max;
	slice->over_100us = hist_above(&s->latency, 100000);
	memset(&s->latency, 0, sizeof(s->latency));
}

/* A packet belongs to the slice in which it was due: then what is late shows where it began. */
void join_slices(struct bench_result *result, const struct bench_settings *settings,
		 const struct bench_shared *shared)
{
	const uint64_t slice_ns = settings->slice_s * NS_PER_S;
	struct slicer s = { .result = result, .shared = shared };
	uint64_t uid;
	uint32_t i;

	memset(result->slices, 0, sizeof(result->slices));
	result->slices_count = 0;
	for (uid = 0; slice_ns && uid < shared->total; uid++) {
		i = (bench_due_ns(settings, shared, uid) - shared->start_ns) / slice_ns;
		if (i >= BENCH_SLICES_MAX)
			break;
		if (i >= result->slices_count && result->slices_count)
			end_slice(&s, &result->slices[result->slices_count - 1]);
		if (i >= result->slices_count)
			result->slices_count = i + 1;
		if (shared->t0_ns[uid] && uid >= settings->warmup_pkts)
			add_packet(&s, &result->slices[i], uid);
	}
	if (result->slices_count)
		end_slice(&s, &result->slices[result->slices_count - 1]);
	for (i = 0; i < result->slices_count; i++)
		result->slices[i].memory_bytes =
			shared->reports[result->who].slice_bytes[i];
}
