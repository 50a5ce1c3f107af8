/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a gnuplot script, data included: a histogram and the share of slower packets per pair. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "tools/bench/bench.h"
#include "tools/bench/result.h"
#include "tools/bench/show.h"

#define PER_DECADE	25
#define COLUMNS		(7 * PER_DECADE)
#define PANEL_WIDTH	900
#define PANEL_HEIGHT	460

static const char *const waits[] = { "spin", "block" };

/* Per column: begin, share of all packets. */
static void print_histogram(struct json_object *run, const char *block)
{
	double columns[COLUMNS];
	int c;

	columns_fill(run, PER_DECADE, columns, COLUMNS);
	printf("$%s << END\n", block);
	for (c = 0; c < COLUMNS; c++)
		printf("%.6g %.6g\n", COLUMNS_FIRST_NS * pow(10, (double)c / PER_DECADE),
		       columns[c] / get_u64(run, "n"));
	printf("END\n");
}

/* Per bucket: its greatest value, share of packets that are slower. */
static void print_tail(struct json_object *run, const char *block)
{
	struct json_object *buckets = json_object_object_get(run, "histogram");
	double n = get_u64(run, "n");
	double slower = n;
	size_t i;

	printf("$%s << END\n", block);
	for (i = 0; i < json_object_array_length(buckets); i++) {
		struct json_object *b = json_object_array_get_idx(buckets, i);

		printf("%llu %.9g\n", (unsigned long long)json_object_get_uint64(
				json_object_array_get_idx(b, 0)), slower / n);
		slower -= json_object_get_uint64(json_object_array_get_idx(b, 2));
	}
	printf("%llu %.9g\nEND\n", (unsigned long long)get_u64(run, "max_ns"), 1 / n);
}

static void print_blocks(struct json_object *results)
{
	struct json_object *runs = runs_of(results);
	char block[32];
	size_t i;

	for (i = 0; i < json_object_array_length(runs); i++) {
		snprintf(block, sizeof(block), "histogram%zu", i);
		print_histogram(json_object_array_get_idx(runs, i), block);
		snprintf(block, sizeof(block), "tail%zu", i);
		print_tail(json_object_array_get_idx(runs, i), block);
	}
}

/* One curve per run that waits like this; our curves are solid blue, the socket's red. */
static void print_curves(struct json_object *results, const char *wait, const char *block)
{
	static const char *const blues[] = { "#0b4f9e", "#5aa0e6", "#0f8a6d" };
	static const char *const reds[] = { "#c0281c", "#e88a3a", "#8a2f6d" };
	struct json_object *runs = runs_of(results);
	size_t i, blue = 0, red = 0;
	const char *separator = "plot";

	for (i = 0; i < json_object_array_length(runs); i++) {
		struct json_object *run = json_object_array_get_idx(runs, i);
		const bool ours = is_ours(run);
		char name[64], p50[16], p99[16];

		if (strcmp(get_text(run, "wait"), wait) || !get_u64(run, "n"))
			continue;
		printf("%s $%s%zu using 1:2 with steps lc rgb '%s' lw 2 "
		       "title '%s %s beside %s: p50 %s, p99 %s'",
		       separator, block, i, ours ? blues[blue++ % 3] : reds[red++ % 3],
		       ours ? "T2-T1" : "T3-T1", run_name(run, name), get_text(run, "beside"),
		       show_time(get_u64(run, "p50_ns"), p50),
		       show_time(get_u64(run, "p99_ns"), p99));
		separator = ", \\\n    ";
	}
	if (!strcmp(separator, "plot"))
		printf("plot NaN notitle");
	printf("\n");
}

static void print_panels(struct json_object *results)
{
	size_t i;

	for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		printf("set title 'How many packets took how long: %s against %s'\n",
		       waits[i], waits[i]);
		printf("set ylabel 'share of packets'\nunset logscale y\n");
		printf("set yrange [0:*]\nset format y '%%g'\n");
		print_curves(results, waits[i], "histogram");
		printf("set title 'Spikes: the share that took longer'\n");
		printf("set ylabel 'share of packets'\nset logscale y\n");
		printf("set yrange [1e-5:1]\nset format y '10^{%%T}'\n");
		print_curves(results, waits[i], "tail");
	}
}

void plot_print(struct json_object *results, const char *png)
{
	struct json_object *s = json_object_object_get(results, "settings");
	const bool emulated =
		json_object_get_boolean(json_object_object_get(results, "emulated"));

	print_blocks(results);
	printf("set terminal pngcairo size %d,%d font 'DejaVu Sans,10' \n",
	       2 * PANEL_WIDTH, 2 * PANEL_HEIGHT);
	printf("set output '%s'\n", png);
	printf("set multiplot layout 2,2 title 'rtintercept: from the hook to the "
	       "application, %llu packets/s of %llu B, kernel %s%s' font ',13'\n",
	       (unsigned long long)get_u64(s, "rate_pps"),
	       (unsigned long long)get_u64(s, "payload_bytes"), get_text(results, "kernel"),
	       emulated ? ", EMULATED: only ratios mean anything" : "");
	printf("set logscale x\nset xrange [10:1e8]\nset grid xtics ytics lt 1 lc rgb '#c8c8c8'\n");
	printf("set xtics ('10 ns' 10, '100 ns' 100, '1 us' 1e3, '10 us' 1e4, "
	       "'100 us' 1e5, '1 ms' 1e6, '10 ms' 1e7, '100 ms' 1e8)\n");
	printf("set key below left Left reverse vertical maxrows 3 samplen 2\n");
	print_panels(results);
	printf("unset multiplot\n");
}
