/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints the results of a run: machine, settings, a line per receiver, the books, the ratios. */
#include <stdio.h>
#include <string.h>
#include "tools/bench/bench.h"
#include "tools/bench/result.h"
#include "tools/bench/show.h"

#define SPIN_MIN_PERCENT	95.0

const char *show_time(uint64_t ns, char text[16])
{
	if (ns < 1000)
		snprintf(text, 16, "%llu ns", (unsigned long long)ns);
	else if (ns < 1000000)
		snprintf(text, 16, "%.2f us", ns / 1e3);
	else
		snprintf(text, 16, "%.2f ms", ns / 1e6);
	return text;
}

const char *run_name(struct json_object *run, char text[64])
{
	const char *receiver = get_text(run, "receiver");
	const char *record = get_text(run, "record");
	const bool ours = is_ours(run);

	snprintf(text, 64, "%s %s%s%s%s", receiver, get_text(run, "wait"), ours ? " " : "",
		 ours ? record : "", ours && strcmp(record, "whole") ? " B" : "");
	return text;
}

struct json_object *run_find(struct json_object *results, const char *receiver,
			     const char *wait, const char *record)
{
	struct json_object *runs = runs_of(results);
	size_t i;

	for (i = 0; i < json_object_array_length(runs); i++) {
		struct json_object *run = json_object_array_get_idx(runs, i);

		if (!strcmp(get_text(run, "receiver"), receiver) &&
		    !strcmp(get_text(run, "wait"), wait) &&
		    (!record || !strcmp(get_text(run, "record"), record)))
			return run;
	}
	return NULL;
}

static void show_machine(struct json_object *results)
{
	struct json_object *s = json_object_object_get(results, "settings");

	printf("kernel %s on %s%s\n", get_text(results, "kernel"), get_text(results, "cpu"),
	       json_object_get_boolean(json_object_object_get(results, "emulated")) ?
	       ": EMULATED, compare only within this run" : "");
	printf("clock %s, %.0f ns a reading; a cache line takes %.0f ns from CPU to CPU "
	       "(median of %s)\n",
	       get_text(results, "clocksource"), get_double(results, "clock_ns"),
	       get_double(results, "cacheline_half_rtt_ns"),
	       get_text(results, "cacheline_half_rtt_samples_ns"));
	printf("%llu packets of %llu B payload (%llu B frames) at %llu/s to port %llu, "
	       "after %llu of warm-up that do not count, %llu rounds\n",
	       (unsigned long long)get_u64(s, "count"),
	       (unsigned long long)get_u64(s, "payload_bytes"),
	       (unsigned long long)get_u64(s, "frame_bytes"),
	       (unsigned long long)get_u64(s, "rate_pps"),
	       (unsigned long long)get_u64(s, "port"),
	       (unsigned long long)get_u64(s, "warmup_pkts"),
	       (unsigned long long)get_u64(s, "rounds"));
	printf("other traffic: %llu/s at random times to %llu ports from %llu on, seed %llu\n",
	       (unsigned long long)get_u64(s, "background_pps"),
	       (unsigned long long)get_u64(s, "background_ports"),
	       (unsigned long long)get_u64(s, "background_port"),
	       (unsigned long long)get_u64(s, "seed"));
	printf("sender on CPU %llu, who spins on CPU %llu, who sleeps on CPU %llu, "
	       "real-time priority %llu (0: none)\n",
	       (unsigned long long)get_u64(s, "sender_cpu"),
	       (unsigned long long)get_u64(s, "spin_cpu"),
	       (unsigned long long)get_u64(s, "block_cpu"),
	       (unsigned long long)get_u64(s, "rt_priority"));
}

static void show_run(struct json_object *run)
{
	static const char *const keys[] = { "p50_ns", "p90_ns", "p99_ns", "p999_ns", "max_ns" };
	char name[64], time[16];
	size_t i;

	printf("%-18s %8llu %5llu", run_name(run, name),
	       (unsigned long long)get_u64(run, "sent"),
	       (unsigned long long)get_u64(run, "lost"));
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		printf(" %9s", show_time(get_u64(run, keys[i]), time));
	printf(" %6llu %5.1f  %s\n", (unsigned long long)get_u64(run, "over_100us"),
	       get_double(run, "cpu_percent"), get_text(run, "beside"));
}

/* Who spins and does not get the CPU measures the other programs of the machine. */
static void show_disturbed(struct json_object *runs)
{
	char name[64];
	size_t i;

	for (i = 0; i < json_object_array_length(runs); i++) {
		struct json_object *run = json_object_array_get_idx(runs, i);

		if (!strcmp(get_text(run, "wait"), "spin") &&
		    get_double(run, "cpu_percent") < SPIN_MIN_PERCENT)
			printf("%s had only %.0f %% of its CPU: something else runs there, "
			       "these figures say nothing\n", run_name(run, name),
			       get_double(run, "cpu_percent"));
	}
}

static void show_runs(struct json_object *runs)
{
	size_t i;

	printf("\nT2-T1 (ours) and T3-T1 (the others)\n"
	       "%-18s %8s %5s %9s %9s %9s %9s %9s %6s %5s  %s\n",
	       "receiver", "sent", "lost", "p50", "p90", "p99", "p99.9", "max", ">100us",
	       "CPU%", "beside");
	for (i = 0; i < json_object_array_length(runs); i++)
		show_run(json_object_array_get_idx(runs, i));
	show_disturbed(runs);
}

static void show_how(struct json_object *runs)
{
	char name[64];
	size_t i;

	printf("\nHow the others are set up\n");
	for (i = 0; i < json_object_array_length(runs); i++) {
		struct json_object *run = json_object_array_get_idx(runs, i);

		if (!is_ours(run))
			printf("%-18s %s\n", run_name(run, name), get_text(run, "how"));
	}
}

static void show_books(struct json_object *run)
{
	struct json_object *books = json_object_object_get(run, "books");
	char name[64];

	printf("%-18s seen %llu = unmatched %llu + matched %llu; matched = recorded %llu + "
	       "dropped %llu; read %llu, gaps %llu; ring at most %llu of %llu B: %s\n",
	       run_name(run, name), (unsigned long long)get_u64(books, "seen"),
	       (unsigned long long)get_u64(books, "unmatched"),
	       (unsigned long long)get_u64(books, "matched"),
	       (unsigned long long)get_u64(books, "recorded"),
	       (unsigned long long)(get_u64(books, "dropped_ring_full") +
				    get_u64(books, "dropped_too_big") +
				    get_u64(books, "dropped_hostile_consumer")),
	       (unsigned long long)get_u64(books, "read"),
	       (unsigned long long)get_u64(books, "gaps"),
	       (unsigned long long)get_u64(books, "ring_peak_bytes"),
	       (unsigned long long)get_u64(books, "ring_bytes"),
	       json_object_get_boolean(json_object_object_get(books, "closed")) ?
	       "closed" : "NOT CLOSED");
}

void show_results(struct json_object *results, bool ascii)
{
	struct json_object *runs = runs_of(results);
	size_t i;

	show_machine(results);
	draw_runs(results, ascii);
	show_runs(runs);
	show_how(runs);
	printf("\nThe books of the session, warm-up included\n");
	for (i = 0; i < json_object_array_length(runs); i++) {
		struct json_object *run = json_object_array_get_idx(runs, i);

		if (json_object_object_get(run, "books"))
			show_books(run);
	}
}
