/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole tables of rules as text: one rule a line, # begins a comment. */
#ifndef RULE_FILE_H
#define RULE_FILE_H

#include <stdio.h>

#include "rule-text.h"

int rule_file_read(FILE *in, const char *name, struct rule_line **lines);
void rule_file_write(FILE *out, const struct rule_line *lines, int count);
void rule_lines_free(struct rule_line *lines, int count);

#endif /* RULE_FILE_H */
