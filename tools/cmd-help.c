/* SPDX-License-Identifier: GPL-2.0-or-later */
/* help: of everything, or of one command. */
#include <stdio.h>

#include "help.h"
#include "options.h"

static int run(void *options, int argc, char **argv)
{
	const struct command *cmd, *action;
	char path[64];

	if (!argc)
		return help_all(stdout);
	cmd = command_find(commands, argv[0]);
	if (!cmd)
		return help_no_command(argv[0]);
	if (argc == 1 || !cmd->actions)
		return help_command(stdout, cmd, cmd->name);
	action = command_find(cmd->actions, argv[1]);
	if (!action)
		return help_no_action(cmd, argv[1]);
	snprintf(path, sizeof(path), "%s %s", cmd->name, action->name);
	return help_command(stdout, action, path);
}

const struct command cmd_help = {
	.name = "help",
	.operands = "[COMMAND [ACTION]]",
	.summary = "tell how to use a command",
	.options_bytes = sizeof(struct common_options),
	.run = run,
};
