/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is shown while a measurement runs: a line per second, rewritten on a terminal. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "tools/bench/bench.h"
#include "tools/bench/hist.h"

#define SAMPLES	512	/* few, so that looking does not disturb what runs beside */

/* Median of some of the newest latencies, 0: none known. */
static uint64_t recent_p50(const struct bench_shared *shared, enum bench_who who,
			   uint64_t begin, uint64_t end)
{
	uint64_t step = (end - begin) / SAMPLES + 1;
	struct hist h;
	uint64_t i;

	memset(&h, 0, sizeof(h));
	for (i = begin; i < end; i += step) {
		uint64_t seen_ns = bench_seen(shared, who, i);

		if (seen_ns && shared->arrived_ns[who][i] > seen_ns)
			hist_add(&h, shared->arrived_ns[who][i] - seen_ns);
	}
	return hist_percentile(&h, 500000);
}

static void print_us(const char *what, uint64_t ns)
{
	if (ns)
		fprintf(stderr, "  %s p50 %.2f us", what, ns / 1000.0);
	else
		fprintf(stderr, "  %s p50 -", what);
}

static uint64_t packets(const struct bench_shared *shared, enum bench_who who)
{
	return atomic_load(&shared->reports[who].packets);
}

void progress_line(const struct bench_settings *settings, const struct bench_shared *shared,
		   const char *title, bool last)
{
	uint64_t sent = packets(shared, BENCH_SENDER);
	uint64_t begin = sent > settings->rate_pps ? sent - settings->rate_pps : 0;
	bool terminal = isatty(STDERR_FILENO);

	if (settings->quiet)
		return;
	fprintf(stderr, "%s%s: %llu/%llu sent", terminal ? "\r" : "", title,
		(unsigned long long)sent, (unsigned long long)shared->total);
	if (atomic_load(&shared->reports[BENCH_OURS].ready)) {
		fprintf(stderr, ", %s %llu", backend_name(settings->backend),
			(unsigned long long)packets(shared, BENCH_OURS));
		print_us("T2-T1", recent_p50(shared, BENCH_OURS, begin, sent));
	}
	if (atomic_load(&shared->reports[BENCH_PEER].ready)) {
		fprintf(stderr, ", %s %llu", settings->peer->name,
			(unsigned long long)packets(shared, BENCH_PEER));
		print_us("T3-T1", recent_p50(shared, BENCH_PEER, begin, sent));
	}
	fprintf(stderr, "%s%s", terminal ? "\033[K" : "", !terminal || last ? "\n" : "");
	fflush(stderr);
}
