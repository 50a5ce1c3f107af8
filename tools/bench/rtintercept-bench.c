/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtintercept-bench: how long packets take to the application, ours and the ordinary way. */
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include "tools/bench/bench.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "run", cmd_run, "send to both receivers at once and compare them, case by case" },
	{ "send", cmd_send, "only send" },
	{ "receive", cmd_receive, "only receive, until all has come or it is interrupted" },
	{ "path", cmd_path, "count what a session adds to a packet's way, in an emulator" },
	{ "reply", cmd_reply, "compare who answers a request: a socket, a reader, the kernel" },
	{ "show", cmd_show, "print the results that run has saved with --json" },
	{ "plot", cmd_plot, "print a gnuplot script that draws them" },
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *to)
{
	size_t i;

	fprintf(to, "usage: rtintercept-bench COMMAND [OPTION...]\n\n");
	for (i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].help);
	fprintf(to, "\n  --help     this text, or a command's options\n  --version\n");
}

int main(int argc, char **argv)
{
	size_t i;
	int status;

	setlocale(LC_CTYPE, "");
	if (argc < 2) {
		print_help(stderr);
		return BENCH_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		print_help(stdout);
		return BENCH_DONE;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("rtintercept-bench %s\n", RTINTERCEPT_VERSION);
		return BENCH_DONE;
	}
	for (i = 0; i < COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name))
			continue;
		status = commands[i].run(argc - 1, argv + 1);
		return status == BENCH_HELPED ? BENCH_DONE : status;
	}
	complain("no command '%s'; see --help", argv[1]);
	return BENCH_USAGE;
}
