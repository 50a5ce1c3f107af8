/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule: the rules of a session that is there, looked at and changed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "programs.h"
#include "replies.h"
#include "rule-file.h"
#include "rule-operands.h"
#include "target.h"

static const struct option_spec rule_options[] = {
	TARGET_OPTIONS,
	OPTION_END
};

/* The first word of a rule that this backend does not offer, or NULL. */
static const char *not_offered(const struct target *target,
			       const struct rtintercept_rule *rule)
{
	__u64 features = sessions_features(&target->sessions, target->session_id);

	if (rule->match & RTINTERCEPT_MATCH_PAYLOAD &&
	    !(features & RTINTERCEPT_FEATURE_MATCH_PAYLOAD))
		return "payload";
	if (rule->match & RTINTERCEPT_MATCH_PROGRAM &&
	    !(features & (RTINTERCEPT_FEATURE_PROGRAM_CBPF |
			  RTINTERCEPT_FEATURE_PROGRAM_EBPF)))
		return "program";
	if (rule->verdict == RTINTERCEPT_VERDICT_REPLY &&
	    !(features & RTINTERCEPT_FEATURE_REPLY))
		return "reply";
	return NULL;
}

/*
 * Programs and replies first, then the rules that name them; nothing is left of a
 * failure.
 */
static int with_named(struct target *target, struct rule_line *lines, int count,
		      int (*change)(struct target *target, struct rule_line *lines,
				    int count))
{
	struct replies replies = { .count = 0 };
	struct programs programs;
	int err = programs_read(&programs, target->rti, target->session_id);

	if (!err)
		err = replies_read(&replies, target->rti, target->session_id);
	if (!err)
		err = programs_set_for(&programs, target->rti, target->session_id,
				       lines, count);
	if (!err)
		err = replies_set_for(&replies, target->rti, target->session_id,
				      lines, count);
	if (!err)
		err = change(target, lines, count);
	if (err) {
		replies_undo(&replies, target->rti, target->session_id);
		programs_undo(&programs, target->rti, target->session_id);
	}
	programs_destroy(&programs);
	return err;
}

static int add(struct target *target, struct rule_line *lines, int count)
{
	return rtintercept_rule_add(target->rti, target->session_id, &lines->rule);
}

static void print_rules(const struct common_options *common,
			const struct rule_line *lines, int count)
{
	if (common->json)
		output_json(output_rules_json(lines, count), 1);
	else
		rule_file_write(stdout, lines, count);
}

static int do_add(struct target *target, const struct common_options *common,
		  void *arg)
{
	struct rule_line *line = arg;
	int err = with_named(target, line, 1, add);
	const char *word = not_offered(target, &line->rule);

	if (err == -EOPNOTSUPP && word) {
		message("rule add", "%s: this backend does not offer it", word);
		return CTL_FAILED;
	}
	if (err)
		return rule_error("rule add", err);
	if (common->json)
		output_json(output_rule_json(line), 1);
	else
		rule_file_write(stdout, line, 1);
	return CTL_OK;
}

static int run_add(void *options, int argc, char **argv)
{
	struct rule_line line;
	int status = rule_operands("rule add", argc, argv, RULE_ACTION_REQUIRED, &line);

	if (status)
		return status;
	status = target_run(options, do_add, &line);
	rule_line_destroy(&line);
	return status;
}

static int do_del(struct target *target, const struct common_options *common,
		  void *arg)
{
	__u32 *id = arg;
	int err = rtintercept_rule_del(target->rti, target->session_id, *id);

	if (err == -ENOENT) {
		message("rule del", "session %u has no rule %u",
			target->session_id, *id);
		return CTL_FAILED;
	}
	return err ? rule_error("rule del", err) : CTL_OK;
}

static int run_del(void *options, int argc, char **argv)
{
	__u64 number;
	__u32 id;

	if (argc != 1)
		return usage_error("rule del", "give the id of one rule; rule list shows them");
	if (options_number("rule del", argv[0], 0xffffffffU, &number))
		return CTL_USAGE;
	id = (__u32)number;
	return target_run(options, do_del, &id);
}

/*
 * Return: how many, or -errno; code and replies in @lines are those of @programs and
 * @replies.
 */
static int read_table(struct target *target, struct programs *programs,
		      struct replies *replies, struct rule_line **lines)
{
	struct rtintercept_rule *rules;
	int i, n = rtintercept_rule_list(target->rti, target->session_id, &rules, NULL);
	int err;

	if (n < 0)
		return n;
	*lines = calloc((size_t)n + 1, sizeof(**lines));
	for (i = 0; *lines && i < n; i++)
		(*lines)[i].rule = rules[i];
	free(rules);
	if (!*lines)
		return -ENOMEM;
	err = programs_read(programs, target->rti, target->session_id);
	if (!err)
		err = replies_read(replies, target->rti, target->session_id);
	if (err < 0) {
		free(*lines);
		programs_destroy(programs);
		return err;
	}
	programs_tell(programs, *lines, n);
	replies_tell(replies, *lines, n);
	return n;
}

static int do_list(struct target *target, const struct common_options *common,
		   void *arg)
{
	struct programs programs;
	struct replies replies;
	struct rule_line *lines;
	int n = read_table(target, &programs, &replies, &lines);

	if (n < 0)
		return rule_error("rule list", n);
	print_rules(common, lines, n);
	free(lines);
	programs_destroy(&programs);
	return CTL_OK;
}

static int run_list(void *options, int argc, char **argv)
{
	return target_run(options, do_list, NULL);
}

/* The rules in a file; "-" or none is stdin. As rule_file_read(). */
static int read_operand(const char *what, int argc, char **argv,
			struct rule_line **lines)
{
	FILE *in;
	int n;

	if (argc > 1)
		return -usage_error(what, "one file at a time");
	if (!argc || !strcmp(argv[0], "-"))
		return rule_file_read(stdin, "stdin", lines);
	in = fopen(argv[0], "r");
	if (!in) {
		message(argv[0], "%s", strerror(errno));
		return -CTL_FAILED;
	}
	n = rule_file_read(in, argv[0], lines);
	fclose(in);
	return n;
}

static int replace(struct target *target, struct rule_line *lines, int count)
{
	struct rtintercept_rule *rules = calloc((size_t)count + 1, sizeof(*rules));
	int i, err;

	if (!rules)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		rules[i] = lines[i].rule;
	err = rtintercept_rule_replace(target->rti, target->session_id, rules,
				       (__u32)count, NULL);
	free(rules);
	return err;
}

/* A table on its way to the kernel. */
struct table {
	struct rule_line *lines;
	int count;
};

static int do_load(struct target *target, const struct common_options *common,
		   void *arg)
{
	struct table *table = arg;
	int err = with_named(target, table->lines, table->count, replace);

	return err ? rule_error("rule load", err) : CTL_OK;
}

static int run_load(void *options, int argc, char **argv)
{
	struct table table = { NULL, 0 };
	int status;

	table.count = read_operand("rule load", argc, argv, &table.lines);
	if (table.count < 0)
		return -table.count;
	status = target_run(options, do_load, &table);
	rule_lines_free(table.lines, table.count);
	return status;
}

static int do_flush(struct target *target, const struct common_options *common,
		    void *arg)
{
	int err = rtintercept_rule_flush(target->rti, target->session_id);

	return err ? rule_error("rule flush", err) : CTL_OK;
}

static int run_flush(void *options, int argc, char **argv)
{
	return target_run(options, do_flush, NULL);
}

static int run_check(void *options, int argc, char **argv)
{
	struct rule_line line, *lines;
	int n, status;

	if (argc) {
		status = rule_operands("rule check", argc, argv, RULE_ACTION_REQUIRED,
				       &line);
		if (status)
			return status;
		print_rules(options, &line, 1);
		rule_line_destroy(&line);
		return CTL_OK;
	}
	n = rule_file_read(stdin, "stdin", &lines);
	if (n < 0)
		return -n;
	print_rules(options, lines, n);
	rule_lines_free(lines, n);
	return CTL_OK;
}

static const struct option_spec check_options[] = {
	OPTION_JSON,
	OPTION_END
};

#define COMMON \
	.options = rule_options, \
	.options_bytes = sizeof(struct common_options)

static const struct command rule_add = {
	.name = "add",
	.operands = "RULE",
	.summary = "add one rule to a session's table, print it with its id",
	.notes = rule_grammar,
	COMMON,
	.run = run_add,
};

static const struct command rule_del = {
	.name = "del",
	.operands = "ID",
	.summary = "take one rule away",
	COMMON,
	.run = run_del,
};

static const struct command rule_list = {
	.name = "list",
	.summary = "print the rules in the order in which they are tried",
	COMMON,
	.run = run_list,
};

static const struct command rule_load = {
	.name = "load",
	.operands = "[FILE]",
	.summary = "replace the whole table at once by that in a file, or on stdin",
	.notes = "One rule a line, # begins a comment: what rule list prints.\n"
		 "Rules that keep their id keep their counters. Programs and\n"
		 "replies that the rules bring are set first.\n",
	COMMON,
	.run = run_load,
};

static const struct command rule_flush = {
	.name = "flush",
	.summary = "take all rules away",
	COMMON,
	.run = run_flush,
};

static const struct command rule_check = {
	.name = "check",
	.operands = "[RULE]",
	.summary = "read a rule, or a table on stdin, and print it as rule list would",
	.notes = rule_grammar,
	.options = check_options,
	.options_bytes = sizeof(struct common_options),
	.run = run_check,
};

static const struct command *const actions[] = {
	&rule_add,
	&rule_del,
	&rule_list,
	&rule_load,
	&rule_flush,
	&rule_check,
	NULL
};

const struct command cmd_rule = {
	.name = "rule",
	.summary = "look at the rules of a session, and change them",
	.notes = rule_grammar,
	.actions = actions,
};
