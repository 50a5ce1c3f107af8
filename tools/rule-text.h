/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules as text that people write, and back. What rule_print() prints,
 * rule_parse() reads; the grammar is in rtintercept-ctl(1).
 */
#ifndef RULE_TEXT_H
#define RULE_TEXT_H

#include <stdio.h>

#include <rtintercept.h>

struct program_code;

#define RULE_ERROR_BYTES	512

/* What a text that says nothing of verdict and record means. */
#define RULE_ACTION_REQUIRED	0	/* an error */
#define RULE_ACTION_RECORD	1	/* pass record */

/**
 * struct rule_line - a rule as it is written down
 * @rule: the rule
 * @code: of the program that it names, heap; NULL: the text does not tell
 * @reply: what it answers, likewise
 */
struct rule_line {
	struct rtintercept_rule rule;
	struct program_code *code;
	struct rtintercept_reply_set *reply;
};

/* For --help. */
extern const char rule_grammar[];

int rule_parse(const char *text, int action, struct rule_line *line,
	       char error[RULE_ERROR_BYTES]);
int rule_reads_as_words(const char *text, char error[RULE_ERROR_BYTES]);
void rule_line_destroy(struct rule_line *line);
void rule_print(FILE *out, const struct rule_line *line);

#endif /* RULE_TEXT_H */
