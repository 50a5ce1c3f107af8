/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Histograms in the terminal: all receivers one under the other on the same logarithmic axis. */
#include <langinfo.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "tools/bench/bench.h"
#include "tools/bench/result.h"
#include "tools/bench/show.h"

#define PER_DECADE	14	/* columns */
#define DECADES		6	/* 10 ns to 10 ms */
#define COLUMNS		(PER_DECADE * DECADES)
#define ROWS		3
#define LEVELS		8	/* in a row */

static const char *block(int level, bool ascii)
{
	static const char *const utf8[LEVELS + 1] = {
		" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█",
	};
	static const char *const plain[LEVELS + 1] = {
		" ", ".", ".", ":", ":", "-", "=", "#", "#",
	};

	return ascii ? plain[level] : utf8[level];
}

/* The tallest column fills all rows; one packet alone still shows. */
static void draw_run(struct json_object *run, bool ascii)
{
	double columns[COLUMNS], tallest = 0;
	char name[64];
	int row, c;

	columns_fill(run, PER_DECADE, columns, COLUMNS);
	for (c = 0; c < COLUMNS; c++)
		tallest = fmax(tallest, columns[c]);
	for (row = ROWS - 1; row >= 0; row--) {
		printf("%-18s|", row ? "" : run_name(run, name));
		for (c = 0; c < COLUMNS; c++) {
			int level = tallest ? ceil(columns[c] / tallest * ROWS * LEVELS) : 0;

			level -= row * LEVELS;
			level = level < 0 ? 0 : level > LEVELS ? LEVELS : level;
			fputs(block(level, ascii), stdout);
		}
		putchar('\n');
	}
}

static void draw_axis(void)
{
	static const char *const labels[DECADES] = {
		"10 ns", "100 ns", "1 us", "10 us", "100 us", "1 ms",
	};
	int i;

	printf("%-18s", "");
	for (i = 0; i < DECADES; i++)
		printf("|%-*s", PER_DECADE - 1, labels[i]);
	printf("|10 ms\n");
}

void draw_runs(struct json_object *results, bool ascii)
{
	struct json_object *runs = runs_of(results);
	size_t i;

	if (strcmp(nl_langinfo(CODESET), "UTF-8"))
		ascii = true;
	printf("\nHow many packets took how long; each scaled to its own peak\n");
	for (i = 0; i < json_object_array_length(runs); i++)
		draw_run(json_object_array_get_idx(runs, i), ascii);
	draw_axis();
}
