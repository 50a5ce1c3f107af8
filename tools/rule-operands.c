/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rule on a command line, where the shell has taken the quotes away: what stands
 * in one argument with blanks in it is words of a rule if it can be read so, else an
 * expression of tcpdump's.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "rule-operands.h"

/* The word behind these is one, whatever is in it. */
static int takes_quotes(const char *word)
{
	return !strcmp(word, "filter") || !strcmp(word, "bytecode") ||
	       !strcmp(word, "ebpf") || !strcmp(word, "text");
}

/* @why: out: if it is to be quoted for not being words: what is wrong with them */
static int needs_quotes(const char *text, const char *before, char *why)
{
	if (before && takes_quotes(before))
		return 1;
	return strpbrk(text, " \t\r\n") && !rule_reads_as_words(text, why);
}

/* Return: the text, to be freed, or NULL: no memory. */
static char *join(int argc, char **argv, char *why)
{
	char *text = NULL, quote;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	int i;

	if (!out)
		return NULL;
	for (i = 0; i < argc; i++) {
		quote = strchr(argv[i], '\'') ? '"' : '\'';
		if (needs_quotes(argv[i], i ? argv[i - 1] : NULL, why))
			fprintf(out, "%c%s%c ", quote, argv[i], quote);
		else
			fprintf(out, "%s ", argv[i]);
	}
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

/**
 * rule_operands() - read the rule on a command line
 * @what: the command
 * @argc: words, or several of them in an argument
 * @argv: likewise
 * @action: RULE_ACTION_*
 * @line: out: after success rule_line_destroy() it
 *
 * Return: 0, or an exit code after a message.
 */
int rule_operands(const char *what, int argc, char **argv, int action,
		  struct rule_line *line)
{
	char error[RULE_ERROR_BYTES] = "", why[RULE_ERROR_BYTES] = "";
	char *text = join(argc, argv, why);
	int status = 0;

	if (!text)
		return errno_error(what, -ENOMEM);
	if (rule_parse(text, action, line, error))
		status = why[0] && !strncmp(error, "filter", 6) ?
			 usage_error(what, "%s; and as words of a rule: %s", error, why) :
			 usage_error(what, "%s", error);
	free(text);
	return status;
}

/* Say why the kernel or the library has refused a rule. Return: the exit code. */
int rule_error(const char *what, int err)
{
	switch (err) {
	case -EEXIST:
		message(what, "a rule with this id is there already; rule del it, "
			"or choose another");
		return CTL_FAILED;
	case -ENOSPC:
		message(what, "the session has as many rules, programs or replies as "
			"it can take");
		return CTL_FAILED;
	case -EOPNOTSUPP:
		message(what, "this kernel or backend cannot match or do that; "
			"status --json lists its features");
		return CTL_FAILED;
	case -ENOENT:
		message(what, "there is no such program or reply, or the session has "
			"gone; program list and rule list show them");
		return CTL_FAILED;
	case -EINVAL:
		message(what, "the rule contradicts itself, or its program is not sound");
		return CTL_FAILED;
	case -EPERM:
		message(what, "changing another's rules takes CAP_NET_ADMIN; try as root");
		return CTL_MISSING;
	default:
		return errno_error(what, err);
	}
}
