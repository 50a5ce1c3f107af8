/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Help, made from the tables of commands and options. */
#ifndef HELP_H
#define HELP_H

#include <stdio.h>

#include "ctl.h"

int help_all(FILE *out);
int help_command(FILE *out, const struct command *cmd, const char *path);
int help_no_command(const char *word);
int help_no_action(const struct command *cmd, const char *word);

#endif /* HELP_H */
