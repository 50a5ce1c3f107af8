/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads options by a command's table, with getopt_long(). */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

int option_set_json(void *options, const char *value)
{
	struct common_options *common = options;

	common->json = 1;
	return 0;
}

int option_set_backend(void *options, const char *value)
{
	static const char *const names[] = {
		[RTINTERCEPT_BACKEND_AUTO] = "auto",
		[RTINTERCEPT_BACKEND_MODULE] = "module",
		[RTINTERCEPT_BACKEND_XDP] = "xdp",
	};
	struct common_options *common = options;
	__u32 i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(value, names[i])) {
			common->backend = i;
			return 0;
		}
	}
	return usage_error("--backend",
			   "\"%s\" is no backend; give module, xdp or auto", value);
}

int option_set_session(void *options, const char *value)
{
	struct common_options *common = options;
	__u64 id;
	int err;

	err = options_number("--session", value, 0xffffffffU, &id);
	if (!err && !id)
		return usage_error("--session",
				   "0 names no session; status lists them");
	common->session_id = (__u32)id;
	return err;
}

/**
 * options_number() - a whole number, decimal or 0x...
 * @what: the option, for the message
 * @text: the number
 * @max: the greatest it may be
 * @out: the number
 *
 * Return: 0, or CTL_USAGE after a message.
 */
int options_number(const char *what, const char *text, __u64 max, __u64 *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 0);
	if (!isdigit((unsigned char)*text) || *end || errno || *out > max)
		return usage_error(what, "\"%s\" is no number from 0 to %llu",
				   text, (unsigned long long)max);
	return 0;
}

/* What getopt_long() wants to be told, made from a table. */
struct getopt_tables {
	struct option longs[OPTIONS_MAX + 1];
	char shorts[3 * OPTIONS_MAX + 2];
};

static int argument_kind(const struct option_spec *spec)
{
	if (!spec->argument)
		return no_argument;
	return spec->argument[0] == '[' ? optional_argument : required_argument;
}

static void tables_init(struct getopt_tables *tables,
			const struct option_spec *specs)
{
	int i, colons;
	char *p;

	memset(tables, 0, sizeof(*tables));
	p = tables->shorts;
	*p++ = ':';
	for (i = 0; specs && specs[i].name && i < OPTIONS_MAX - 1; i++) {
		tables->longs[i].name = specs[i].name;
		tables->longs[i].has_arg = argument_kind(&specs[i]);
		tables->longs[i].val = 256 + i;
		if (!specs[i].letter)
			continue;
		*p++ = specs[i].letter;
		for (colons = argument_kind(&specs[i]); colons > 0; colons--)
			*p++ = ':';
	}
	tables->longs[i].name = "help";
	tables->longs[i].val = 'h';
	*p = 'h';
}

static const struct option_spec *spec_of(const struct option_spec *specs, int c)
{
	int i;

	if (c >= 256)
		return &specs[c - 256];
	for (i = 0; specs && specs[i].name; i++)
		if (specs[i].letter == c)
			return &specs[i];
	return NULL;
}

/* An argument that may be left out may also stand apart, if it is a number. */
static const char *argument_of(const struct option_spec *spec, int argc,
			       char **argv)
{
	if (optarg || argument_kind(spec) != optional_argument ||
	    optind >= argc || !isdigit((unsigned char)argv[optind][0]))
		return optarg;
	return argv[optind++];
}

/* How the user wrote the option that getopt_long() has just refused. */
static const char *refused(char **argv, char letter[3])
{
	letter[0] = '-';
	letter[1] = (char)optopt;
	letter[2] = '\0';
	return optopt && optopt < 256 ? letter : argv[optind - 1];
}

/**
 * options_parse() - read the options, move the operands to the end
 * @cmd: the command
 * @path: its name in full, for messages
 * @argc: arguments, the command's name being the first
 * @argv: likewise; reordered
 * @options: out: the command's struct
 *
 * Return: index of the first operand; 0: help is wanted; -CTL_USAGE.
 */
int options_parse(const struct command *cmd, const char *path, int argc,
		  char **argv, void *options)
{
	const struct option_spec *spec;
	struct getopt_tables tables;
	char letter[3];
	int c;

	tables_init(&tables, cmd->options);
	optind = 0;
	while ((c = getopt_long(argc, argv, tables.shorts, tables.longs,
				NULL)) != -1) {
		if (c == 'h')
			return 0;
		if (c == ':' || c == '?') {
			message(path, c == ':' ? "%s wants an argument" :
				"%s: no such option; see --help",
				refused(argv, letter));
			return -CTL_USAGE;
		}
		spec = spec_of(cmd->options, c);
		if (!spec || spec->set(options, argument_of(spec, argc, argv)))
			return -CTL_USAGE;
	}
	return optind;
}
