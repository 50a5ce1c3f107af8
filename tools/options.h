/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options of the command line, declared in tables, one entry each. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "ctl.h"

/**
 * struct common_options - what most commands understand; at the begin of the
 * struct of each
 * @json: --json
 * @backend: --backend, RTINTERCEPT_BACKEND_*
 * @session_id: --session; 0: not given
 */
struct common_options {
	int json;
	__u32 backend;
	__u32 session_id;
};

/**
 * struct option_spec - one option
 * @name: long name, without dashes
 * @argument: what to call its argument in help; NULL: it takes none; in
 *	brackets: it may be left out
 * @help: one line
 * @set: note it in the command's struct. @value: NULL if there is none.
 *	Return: 0, or an exit code after a message.
 * @letter: short name, or 0
 */
struct option_spec {
	const char *name;
	const char *argument;
	const char *help;
	int (*set)(void *options, const char *value);
	char letter;
};

int option_set_json(void *options, const char *value);
int option_set_backend(void *options, const char *value);
int option_set_session(void *options, const char *value);

#define OPTION_JSON	{ "json", NULL, "print JSON", option_set_json, 0 }
#define OPTION_BACKEND	{ "backend", "BACKEND", \
			  "module, xdp or auto (default)", \
			  option_set_backend, 0 }
#define OPTION_SESSION	{ "session", "ID", "this session, not any other", \
			  option_set_session, 0 }
#define OPTION_END	{ NULL, NULL, NULL, NULL, 0 }

/* Most that one command has, --help counted. */
#define OPTIONS_MAX	24

int options_number(const char *what, const char *text, __u64 max, __u64 *out);
int options_parse(const struct command *cmd, const char *path, int argc,
		  char **argv, void *options);

#endif /* OPTIONS_H */
