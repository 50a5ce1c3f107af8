/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Help, made from the tables of commands and options. */
#include <stdio.h>
#include <string.h>

#include "guess.h"
#include "help.h"
#include "options.h"

static void list_commands(FILE *out, const struct command *const *table)
{
	for (; *table; table++)
		fprintf(out, "  %-10s %s\n", (*table)->name, (*table)->summary);
}

static void list_options(FILE *out, const struct option_spec *spec)
{
	char left[64], letter[8];

	fputs("\nOptions:\n", out);
	for (; spec && spec->name; spec++) {
		snprintf(letter, sizeof(letter), spec->letter ? "-%c, " : "    ",
			 spec->letter);
		snprintf(left, sizeof(left), "%s--%s%s%s", letter, spec->name,
			 spec->argument ? " " : "",
			 spec->argument ? spec->argument : "");
		fprintf(out, "  %-26s %s\n", left, spec->help);
	}
	fprintf(out, "  %-26s %s\n", "-h, --help", "print this");
}

int help_all(FILE *out)
{
	fputs("usage: " CTL_NAME " [COMMAND] [OPTION]... [OPERAND]...\n\n"
	      "Looks after packet interception: who intercepts what, by which rules,\n"
	      "and what was lost. Without a command it prints the status.\n\n"
	      "Commands:\n", out);
	list_commands(out, commands);
	fputs("\n" CTL_NAME " COMMAND --help tells more; so does the manual page.\n"
	      "Exit status: 0 done, 1 failed, 2 wrong usage, 3 device or permission "
	      "missing.\n", out);
	return CTL_OK;
}

int help_command(FILE *out, const struct command *cmd, const char *path)
{
	if (cmd->actions) {
		fprintf(out, "usage: " CTL_NAME " %s ACTION [OPTION]...\n\n%s\n\n"
			"Actions:\n", path, cmd->summary);
		list_commands(out, cmd->actions);
	} else {
		fprintf(out, "usage: " CTL_NAME " %s [OPTION]...%s%s\n\n%s\n",
			path, cmd->operands ? " " : "",
			cmd->operands ? cmd->operands : "", cmd->summary);
		list_options(out, cmd->options);
	}
	if (cmd->notes)
		fprintf(out, "\n%s", cmd->notes);
	return CTL_OK;
}

static const char *nearest(const struct command *const *table, const char *word)
{
	struct guess guess;

	guess_init(&guess, word);
	for (; *table; table++)
		guess_offer(&guess, (*table)->name);
	return guess.best;
}

/* @word stands where a command is expected. Return: CTL_USAGE. */
int help_no_command(const char *word)
{
	const char *near = nearest(commands, word);

	if (near)
		return usage_error(word, "no such command; did you mean %s?", near);
	return usage_error(word, "no such command; --help lists them");
}

/* @word stands where an action is expected; NULL: nothing does. */
int help_no_action(const struct command *cmd, const char *word)
{
	const char *near = word ? nearest(cmd->actions, word) : NULL;

	if (near)
		return usage_error(cmd->name, "\"%s\" is no action; did you mean %s?",
				   word, near);
	if (word)
		return usage_error(cmd->name, "\"%s\" is no action; see --help",
				   word);
	return usage_error(cmd->name, "say what to do; %s --help lists the actions",
			   cmd->name);
}
