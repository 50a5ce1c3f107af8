/* SPDX-License-Identifier: GPL-2.0-or-later */
/* program: the programs of a session that is there, looked at and changed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "programs.h"
#include "rule-operands.h"
#include "target.h"

static const struct option_spec program_options[] = {
	TARGET_OPTIONS,
	OPTION_END
};

static int program_error(const char *what, int err)
{
	switch (err) {
	case -EOPNOTSUPP:
		message(what, "this backend runs no programs; the module does");
		return CTL_FAILED;
	case -EINVAL:
		message(what, "the kernel refuses it: it is not sound, or no socket filter");
		return CTL_FAILED;
	case -E2BIG:
		message(what, "it has too many instructions; %d is most",
			RTINTERCEPT_PROGRAM_MAX_INSNS);
		return CTL_FAILED;
	case -ENOSPC:
		message(what, "the session has as many programs as it can take; "
			"program del those that no rule needs");
		return CTL_FAILED;
	case -EBUSY:
		message(what, "a rule names it; rule del that first");
		return CTL_FAILED;
	case -EPERM:
		message(what, "another's programs take CAP_NET_ADMIN, an eBPF program by "
			"its number CAP_SYS_ADMIN; try as root");
		return CTL_MISSING;
	default:
		return errno_error(what, err);
	}
}

static void print_program(__u32 id, const struct program_code *code)
{
	printf("program %u ", id);
	program_code_print(stdout, code);
	putchar('\n');
}

static json_object *program_json(__u32 id, const struct program_code *code)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "program_id", json_object_new_uint64(id));
	output_code_json(object, code);
	return object;
}

static int do_set(struct target *target, const struct common_options *common,
		  void *arg)
{
	struct rule_line *line = arg;
	struct programs programs;
	int err = programs_read(&programs, target->rti, target->session_id);

	if (!err)
		err = programs_set(&programs, target->rti, target->session_id,
				   &line->rule.program_id, line->code);
	programs_destroy(&programs);
	if (err)
		return program_error("program set", err);
	if (common->json)
		output_json(program_json(line->rule.program_id, line->code), 1);
	else
		print_program(line->rule.program_id, line->code);
	return CTL_OK;
}

/* The words are those of a rule that asks a program and nothing else. */
static int says_only_code(const struct rule_line *line)
{
	const struct rule_line only = {
		.rule = {
			.match = RTINTERCEPT_MATCH_PROGRAM,
			.flags = RTINTERCEPT_RULE_RECORD,
			.program_id = line->rule.program_id,
		},
	};

	return line->code && !memcmp(&only.rule, &line->rule, sizeof(only.rule));
}

static int wants_code(void)
{
	return usage_error("program set", "give a number, and filter, bytecode or ebpf");
}

static int is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

static int run_set(void *options, int argc, char **argv)
{
	struct rule_line line;
	__u64 id = 0;
	int status;

	if (argc && is_number(argv[0])) {
		if (options_number("program set", argv[0], 0xffffffffU, &id))
			return CTL_USAGE;
		argc--;
		argv++;
	}
	if (!argc)
		return wants_code();
	status = rule_operands("program set", argc, argv, RULE_ACTION_RECORD, &line);
	if (status)
		return status;
	if (id)
		line.rule.program_id = (__u32)id;
	status = says_only_code(&line) ? target_run(options, do_set, &line) :
					 wants_code();
	rule_line_destroy(&line);
	return status;
}

static int do_list(struct target *target, const struct common_options *common,
		   void *arg)
{
	json_object *array = common->json ? json_object_new_array() : NULL;
	struct programs programs;
	int i, err = programs_read(&programs, target->rti, target->session_id);

	for (i = 0; i < programs.count && !err; i++)
		if (array)
			json_object_array_add(array, program_json(programs.id[i],
								  &programs.code[i]));
		else
			print_program(programs.id[i], &programs.code[i]);
	programs_destroy(&programs);
	if (array && !err)
		output_json(array, 1);
	return err ? program_error("program list", err) : CTL_OK;
}

static int run_list(void *options, int argc, char **argv)
{
	return target_run(options, do_list, NULL);
}

static int do_del(struct target *target, const struct common_options *common,
		  void *arg)
{
	struct rtintercept_program_set none = { .program_id = *(__u32 *)arg };
	int err = rtintercept_program_set(target->rti, target->session_id, &none);

	if (err == -ENOENT) {
		message("program del", "session %u has no program %u",
			target->session_id, none.program_id);
		return CTL_FAILED;
	}
	return err ? program_error("program del", err) : CTL_OK;
}

static int run_del(void *options, int argc, char **argv)
{
	__u64 number;
	__u32 id;

	if (argc != 1)
		return usage_error("program del", "give the number of one program; "
				   "program list shows them");
	if (options_number("program del", argv[0], 0xffffffffU, &number))
		return CTL_USAGE;
	id = (__u32)number;
	return target_run(options, do_del, &id);
}

#define COMMON \
	.options = program_options, \
	.options_bytes = sizeof(struct common_options)

static const char code_words[] =
	"What it is:\n"
	"  'EXPR', filter 'EXPR'  what tcpdump makes of an expression\n"
	"  bytecode 'INSNS'       what tcpdump -ddd prints, commas for newlines\n"
	"  ebpf PATH | ID         an eBPF socket filter, pinned, or by its number\n"
	"Rules that name the number ask it from then on: each packet meets the old\n"
	"one or the new one. Without a number the kernel chooses one.\n";

static const struct command program_set = {
	.name = "set",
	.operands = "[ID] PROGRAM",
	.summary = "set a program, or put another in the place of one that is used",
	.notes = code_words,
	COMMON,
	.run = run_set,
};

static const struct command program_list = {
	.name = "list",
	.summary = "print the programs that are set",
	COMMON,
	.run = run_list,
};

static const struct command program_del = {
	.name = "del",
	.operands = "ID",
	.summary = "take one program away that no rule names",
	COMMON,
	.run = run_del,
};

static const struct command *const actions[] = {
	&program_set,
	&program_list,
	&program_del,
	NULL
};

const struct command cmd_program = {
	.name = "program",
	.summary = "look at the programs that rules of a session name, and change them",
	.notes = code_words,
	.actions = actions,
};
