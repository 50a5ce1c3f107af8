/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares results with what the project promises of each backend. */
#include <stdio.h>
#include <string.h>
#include "tools/bench/bench.h"
#include "tools/bench/result.h"
#include "tools/bench/show.h"

/**
 * struct floor - how many times slower the socket must be
 * @backend: whose promise it is
 * @record: as in the results, NULL: any
 * @ours: how our receiver waits
 * @socket: how the socket's waits
 * @key: percentile
 * @ratio: at least; 0: nothing is promised, it is only shown
 */
struct floor {
	const char *backend;
	const char *record;
	const char *ours;
	const char *socket;
	const char *key;
	double ratio;
};

static const struct floor promised[] = {
	{ "module", NULL, "spin", "block", "p50_ns", 15 },
	{ "module", NULL, "spin", "spin", "p50_ns", 5 },
	{ "xdp", "64", "spin", "block", "p50_ns", 100 },
	{ "xdp", "64", "spin", "block", "p99_ns", 50 },
	{ "xdp", "64", "spin", "spin", "p50_ns", 15 },
	{ "xdp", "whole", "spin", "block", "p50_ns", 40 },
	{ "xdp", "whole", "spin", "block", "p99_ns", 30 },
	{ "xdp", "whole", "spin", "spin", "p50_ns", 5 },
	{ "module", NULL, "block", "block", "p50_ns", 0 },
	{ "xdp", "64", "block", "block", "p50_ns", 0 },
	{ "xdp", "whole", "block", "block", "p50_ns", 0 },
};

/* Of one clock reading and half a cache line's round trip, for 64 bytes by XDP. */
#define LIMIT_FACTOR	2.5

static const char *verdict(bool held)
{
	return held ? "yes" : "NO";
}

/* Sooner than a reading of the clock and half a cache line's round trip nobody can be. */
static double physical_ns(struct json_object *results)
{
	return get_double(results, "clock_ns") +
	       get_double(results, "cacheline_half_rtt_ns");
}

/* Where a promise does not hold: could anybody keep it on this machine? */
static void show_possible(struct json_object *results, const struct floor *f,
			  double other_ns)
{
	const double possible = other_ns / physical_ns(results);

	if (!strcmp(f->backend, "xdp") && possible < f->ratio)
		printf(" (%.0f is all that this machine allows)", possible);
}

/* Return: whether it holds; true if these runs were not made. */
static bool show_floor(struct json_object *results, const struct floor *f)
{
	struct json_object *ours = run_find(results, f->backend, f->ours, f->record);
	struct json_object *other;
	double ratio;

	if (!ours)
		return true;
	other = run_find(results, "socket", f->socket, get_text(ours, "record"));
	if (!other || !get_u64(ours, f->key))
		return true;
	ratio = (double)get_u64(other, f->key) / get_u64(ours, f->key);
	printf("%-4.*s socket %-5s / %s %-5s %-5s  %7.2f times", (int)(strlen(f->key) - 3),
	       f->key, f->socket, f->backend, f->ours, get_text(ours, "record"), ratio);
	if (f->ratio)
		printf(", at least %3.0f: %s", f->ratio, verdict(ratio >= f->ratio));
	if (ratio < f->ratio)
		show_possible(results, f, get_u64(other, f->key));
	printf("\n");
	return ratio >= f->ratio;
}

static bool show_limit(struct json_object *results)
{
	struct json_object *run = run_find(results, "xdp", "spin", "64");
	const double least_ns = physical_ns(results);
	bool held;

	if (!run)
		return true;
	held = get_u64(run, "p50_ns") <= LIMIT_FACTOR * least_ns;
	printf("p50  xdp spin 64: %llu ns = %.2f times (half a cache line's round trip + "
	       "a clock reading = %.0f ns), at most %.1f: %s\n",
	       (unsigned long long)get_u64(run, "p50_ns"),
	       get_u64(run, "p50_ns") / least_ns, least_ns, LIMIT_FACTOR,
	       verdict(held));
	return held;
}

/* No record of ours lost, all books closed, every time joined. */
static bool show_losses(struct json_object *results)
{
	struct json_object *runs = runs_of(results);
	uint64_t lost = 0, missing = 0, open = 0;
	size_t i;

	for (i = 0; i < json_object_array_length(runs); i++) {
		struct json_object *run = json_object_array_get_idx(runs, i);
		struct json_object *books = json_object_object_get(run, "books");

		if (is_ours(run))
			lost += get_u64(run, "lost") + get_u64(run, "warmup_lost");
		missing += get_u64(run, "unjoined") + get_u64(run, "backwards") +
			   get_u64(run, "duplicates");
		if (books)
			open += !json_object_get_boolean(
					json_object_object_get(books, "closed"));
	}
	printf("records lost %llu, times not joined %llu, books not closed %llu: %s\n",
	       (unsigned long long)lost, (unsigned long long)missing,
	       (unsigned long long)open, verdict(!lost && !missing && !open));
	return !lost && !missing && !open;
}

/* Return: how many promises do not hold. */
int floors_show(struct json_object *results)
{
	int broken = 0;
	size_t i;

	printf("\nWhat is promised, and whether it holds\n");
	broken += !show_losses(results);
	for (i = 0; i < sizeof(promised) / sizeof(promised[0]); i++)
		broken += !show_floor(results, &promised[i]);
	broken += !show_limit(results);
	return broken;
}
