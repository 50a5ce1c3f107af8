/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What several commands print: JSON documents, byte counts, rules. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <json-c/json.h>

#include <rtintercept.h>

struct kmodule;
struct program_code;
struct rule_line;

#define BYTES_TEXT	16

void output_json(json_object *object, int pretty);
const char *output_bytes(char text[BYTES_TEXT], __u64 bytes);
json_object *output_rule_json(const struct rule_line *line);
void output_code_json(json_object *object, const struct program_code *code);
json_object *output_module_json(const struct kmodule *module, int loaded,
				const char *version);
json_object *output_rules_json(const struct rule_line *lines, int count);

#endif /* OUTPUT_H */
