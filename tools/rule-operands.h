/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rule on a command line. */
#ifndef RULE_OPERANDS_H
#define RULE_OPERANDS_H

#include "rule-text.h"

int rule_operands(const char *what, int argc, char **argv, int action,
		  struct rule_line *line);
int rule_error(const char *what, int err);

#endif /* RULE_OPERANDS_H */
