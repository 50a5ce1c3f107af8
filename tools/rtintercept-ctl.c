/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtintercept-ctl: finds the command and hands it its options and operands. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "help.h"
#include "options.h"

const struct command *const commands[] = {
	&cmd_status,
	&cmd_stats,
	&cmd_rule,
	&cmd_program,
	&cmd_capture,
	&cmd_latency,
	&cmd_doctor,
	&cmd_module,
	&cmd_help,
	&cmd_version,
	NULL
};

const struct command *command_find(const struct command *const *table,
				   const char *name)
{
	for (; *table; table++)
		if (!strcmp((*table)->name, name))
			return *table;
	return NULL;
}

/* Options first and operands then, or help if it was asked for. */
static int run(const struct command *cmd, const char *path, int argc,
	       char **argv)
{
	void *options = calloc(1, cmd->options_bytes);
	int first, status;

	if (!options)
		return errno_error(path, -ENOMEM);
	first = options_parse(cmd, path, argc, argv, options);
	if (first < 0)
		status = -first;
	else if (first == 0)
		status = help_command(stdout, cmd, path);
	else if (!cmd->operands && first < argc)
		status = usage_error(path, "\"%s\" is not expected here; see --help",
				     argv[first]);
	else
		status = cmd->run(options, argc - first, argv + first);
	free(options);
	return status;
}

static int is_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

/*
 * One step down the table. Options that stand in front of an action are moved
 * behind it: `rule --session 3 list` is `rule list --session 3`.
 */
static int dispatch_action(const struct command *cmd, int argc, char **argv)
{
	const struct command *action = NULL;
	char path[64], *word;
	int at;

	if (argc > 1 && is_help(argv[1]))
		return help_command(stdout, cmd, cmd->name);
	for (at = 1; at < argc && !action; at++)
		action = command_find(cmd->actions, argv[at]);
	if (!action)
		return help_no_action(cmd, argc > 1 ? argv[1] : NULL);
	word = argv[--at];
	for (; at > 1; at--)
		argv[at] = argv[at - 1];
	argv[1] = word;
	snprintf(path, sizeof(path), "%s %s", cmd->name, action->name);
	return run(action, path, argc - 1, argv + 1);
}

static int dispatch(int argc, char **argv)
{
	const struct command *cmd;

	if (is_help(argv[1]))
		return help_all(stdout);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		return cmd_version.run(NULL, 0, NULL);
	if (argv[1][0] == '-')
		return run(&cmd_status, cmd_status.name, argc, argv);
	cmd = command_find(commands, argv[1]);
	if (!cmd)
		return help_no_command(argv[1]);
	if (cmd->actions)
		return dispatch_action(cmd, argc - 1, argv + 1);
	return run(cmd, cmd->name, argc - 1, argv + 1);
}

/* Output that could not be written is a failure, /dev/full included. */
static int finish(int status)
{
	if (fflush(stdout) || ferror(stdout)) {
		message("output", "cannot be written");
		return status ? status : CTL_FAILED;
	}
	return status;
}

int main(int argc, char **argv)
{
	static char name[] = "status", *status[] = { name, NULL };

	if (argc < 2)
		return finish(run(&cmd_status, cmd_status.name, 1, status));
	return finish(dispatch(argc, argv));
}
