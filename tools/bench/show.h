/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the files that print results read the JSON document. */
#ifndef RTINTERCEPT_BENCH_SHOW_H
#define RTINTERCEPT_BENCH_SHOW_H

#include <json-c/json.h>
#include <stdint.h>
#include <string.h>

static inline struct json_object *runs_of(struct json_object *results)
{
	return json_object_object_get(results, "runs");
}

static inline uint64_t get_u64(struct json_object *o, const char *key)
{
	return json_object_get_uint64(json_object_object_get(o, key));
}

static inline double get_double(struct json_object *o, const char *key)
{
	return json_object_get_double(json_object_object_get(o, key));
}

/* Return: the text, "-" where there is none; lives as long as @o. */
static inline const char *get_text(struct json_object *o, const char *key)
{
	struct json_object *value = json_object_object_get(o, key);

	return value ? json_object_get_string(value) : "-";
}

/* Whether a run is of a receiver of ours. */
static inline int is_ours(struct json_object *run)
{
	const char *receiver = get_text(run, "receiver");

	return !strcmp(receiver, "module") || !strcmp(receiver, "xdp");
}

/* Prints 80 ns, 4.61 us, 1.20 ms in 9 columns; returns @text. */
const char *show_time(uint64_t ns, char text[16]);

/* "xdp spin 64", "socket block": what a run is called. */
const char *run_name(struct json_object *run, char text[64]);

/* The run of that receiver, wait and record; NULL: there is none, @record NULL: any. */
struct json_object *run_find(struct json_object *results, const char *receiver,
			     const char *wait, const char *record);

#define COLUMNS_FIRST_NS	10.0	/* where the axis begins */

/* columns.c: packets per column of a logarithmic axis; what lies outside goes to the ends. */
void columns_fill(struct json_object *run, int per_decade, double *columns, int count);

#endif
