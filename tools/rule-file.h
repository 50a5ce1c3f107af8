/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole tables of rules as text: one rule a line, # begins a comment. */
#ifndef RULE_FILE_H
#define RULE_FILE_H

#include <stdio.h>

#include <rtintercept.h>

int rule_file_read(FILE *in, const char *name, struct rtintercept_rule **rules);
void rule_file_write(FILE *out, const struct rtintercept_rule *rules, int count);

#endif /* RULE_FILE_H */
