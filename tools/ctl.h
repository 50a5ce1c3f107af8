/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of rtintercept-ctl, and what each of them needs: exit codes, messages. */
#ifndef CTL_H
#define CTL_H

#include <rtintercept.h>

#define CTL_NAME	"rtintercept-ctl"

/* Exit codes. */
#define CTL_OK		0
#define CTL_FAILED	1
#define CTL_USAGE	2	/* the command line is wrong */
#define CTL_MISSING	3	/* the device, or the right to use it */

struct option_spec;

/**
 * struct command - one subcommand, or one action of a subcommand
 * @name: as typed
 * @operands: synopsis of what follows the options; NULL: nothing may
 * @summary: one line for help, the manual page and the shell's completion
 * @notes: more for --help, lines ending in newline; NULL: nothing
 * @options: ends with a @name of NULL; NULL: none but --help
 * @actions: what may follow @name, ends with NULL; NULL: nothing may
 * @options_bytes: size of the struct that @options fill in; it is zeroed, and
 *	begins with a struct common_options
 * @run: gets that struct and the operands; returns an exit code. NULL with
 *	@actions.
 */
struct command {
	const char *name;
	const char *operands;
	const char *summary;
	const char *notes;
	const struct option_spec *options;
	const struct command *const *actions;
	size_t options_bytes;
	int (*run)(void *options, int argc, char **argv);
};

/* The table, ends with NULL: tools/rtintercept-ctl.c. Each of them: tools/cmd-NAME.c. */
extern const struct command *const commands[];
extern const struct command cmd_status;
extern const struct command cmd_stats;
extern const struct command cmd_rule;
extern const struct command cmd_program;
extern const struct command cmd_capture;
extern const struct command cmd_latency;
extern const struct command cmd_doctor;
extern const struct command cmd_module;
extern const struct command cmd_help;
extern const struct command cmd_version;

const struct command *command_find(const struct command *const *table,
				   const char *name);

/* tools/message.c */
#define PRINTF(at, first)	__attribute__((format(printf, at, first)))

void message(const char *what, const char *format, ...) PRINTF(2, 3);
int usage_error(const char *what, const char *format, ...) PRINTF(2, 3);
int errno_error(const char *what, int err);
const char *errno_text(int err);

#endif /* CTL_H */
