/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run's histogram on a logarithmic axis of equal columns, to be drawn. */
#include <math.h>
#include <string.h>
#include "tools/bench/show.h"

/* Where a time lies on the axis, in columns. */
static double place(double ns, int per_decade, int count)
{
	double columns = ns > COLUMNS_FIRST_NS ?
			 log10(ns / COLUMNS_FIRST_NS) * per_decade : 0;

	return fmin(columns, count);
}

/* A bucket's packets are spread over the columns that it overlaps. */
static void spread(double *columns, int count, double begin, double end, double packets)
{
	double width = end - begin;
	int c;

	if (width <= 0) {
		columns[begin < count ? (int)begin : count - 1] += packets;
		return;
	}
	for (c = begin; c < end && c < count; c++)
		columns[c] += packets * (fmin(end, c + 1) - fmax(begin, c)) / width;
}

void columns_fill(struct json_object *run, int per_decade, double *columns, int count)
{
	struct json_object *buckets = json_object_object_get(run, "histogram");
	size_t i;

	memset(columns, 0, count * sizeof(*columns));
	for (i = 0; i < json_object_array_length(buckets); i++) {
		struct json_object *b = json_object_array_get_idx(buckets, i);
		uint64_t low = json_object_get_uint64(json_object_array_get_idx(b, 0));
		uint64_t high = json_object_get_uint64(json_object_array_get_idx(b, 1));
		uint64_t packets = json_object_get_uint64(json_object_array_get_idx(b, 2));

		spread(columns, count, place(low, per_decade, count),
		       place(high + 1.0, per_decade, count), packets);
	}
}
