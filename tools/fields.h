/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The members of uAPI structs, in tables: their names are the keys of JSON, the
 * metrics of Prometheus and the words of the human output alike.
 */
#ifndef FIELDS_H
#define FIELDS_H

#include <stddef.h>
#include <linux/types.h>

#include <json-c/json.h>

enum field_kind {
	FIELD_COUNTER,		/* only grows */
	FIELD_GAUGE,		/* a number that comes and goes */
	FIELD_NAME,		/* a number with a word for each value */
	FIELD_TEXT,		/* NUL-terminated */
};

/**
 * struct field - one member
 * @name: as in the uAPI
 * @offset: in the struct
 * @bytes: its size: 1, 2, 4 or 8 for numbers
 * @kind: FIELD_*
 * @names: of FIELD_NAME: ends with NULL
 * @help: what it counts; for counters and gauges
 */
struct field {
	const char *name;
	__u32 offset;
	__u32 bytes;
	enum field_kind kind;
	const char *const *names;
	const char *help;
};

/* Each table ends with a NULL name. */
extern const struct field stats_fields[];
extern const struct field rule_counters_fields[];
extern const struct field session_fields[];
extern const struct field attachment_fields[];
extern const struct field info_fields[];
extern const struct field record_fields[];

extern const char *const state_names[];
extern const char *const backend_names[];
extern const char *const hook_names[];
extern const char *const verdict_names[];
extern const char *const feature_names[];	/* by bit */

const char *name_at(const char *const *names, __u32 number);
__u64 field_number(const struct field *field, const void *from);
json_object *fields_json(const struct field *fields, const void *from);

#endif /* FIELDS_H */
