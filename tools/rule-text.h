/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules as text that people write, and back. What rule_print() prints,
 * rule_parse() reads; the grammar is in rtintercept-ctl(1).
 */
#ifndef RULE_TEXT_H
#define RULE_TEXT_H

#include <stdio.h>

#include <rtintercept.h>

#define RULE_ERROR_BYTES	256

/* What a text that says nothing of verdict and record means. */
#define RULE_ACTION_REQUIRED	0	/* an error */
#define RULE_ACTION_RECORD	1	/* pass record */

/* For --help. */
extern const char rule_grammar[];

int rule_parse(const char *text, int action, struct rtintercept_rule *rule,
	       char error[RULE_ERROR_BYTES]);
void rule_print(FILE *out, const struct rtintercept_rule *rule);

#endif /* RULE_TEXT_H */
