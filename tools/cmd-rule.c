/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule: the rules of a session that is there, looked at and changed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "output.h"
#include "rule-file.h"
#include "rule-text.h"
#include "sessions.h"

#define TEXT_BYTES	1024

static const struct option_spec rule_options[] = {
	OPTION_SESSION,
	OPTION_BACKEND,
	OPTION_JSON,
	OPTION_END
};

/**
 * struct target - the session that an action is about
 * @sessions: all of them
 * @rti: handle by which it is reached
 * @session_id: its number
 */
struct target {
	struct sessions sessions;
	struct rtintercept *rti;
	__u32 session_id;
};

/* Return: 0, or an exit code after a message; target_close() it in both cases. */
static int target_open(struct target *target,
		       const struct common_options *common)
{
	const struct rtintercept_session *session;
	int err = sessions_open(&target->sessions, common->backend,
				common->session_id);
	int status;

	if (err)
		return errno_error("sessions", err);
	status = sessions_missing(&target->sessions);
	if (!status)
		status = sessions_pick(&target->sessions, common->session_id,
				       &session);
	if (status)
		return status;
	target->session_id = session->session_id;
	target->rti = sessions_handle(&target->sessions, target->session_id);
	return 0;
}

static void target_close(struct target *target)
{
	sessions_close(&target->sessions);
}

/* An action on the session, with what it needs beside. Return: an exit code. */
static int on_target(const struct common_options *common,
		     int (*action)(struct target *target,
				   const struct common_options *common,
				   void *arg),
		     void *arg)
{
	struct target target;
	int status = target_open(&target, common);

	if (!status)
		status = action(&target, common, arg);
	target_close(&target);
	return status;
}

/* Words with blanks between them. Return: 0, or -1 they are too many. */
static int join(char *text, size_t room, int argc, char **argv)
{
	size_t used = 0;
	int i;

	text[0] = '\0';
	for (i = 0; i < argc; i++) {
		used += (size_t)snprintf(text + used, room - used, "%s%s",
					 i ? " " : "", argv[i]);
		if (used >= room)
			return -1;
	}
	return 0;
}

static int rule_of_operands(const char *what, int argc, char **argv,
			    struct rtintercept_rule *rule)
{
	char text[TEXT_BYTES], error[RULE_ERROR_BYTES];

	if (join(text, sizeof(text), argc, argv))
		return usage_error(what, "too long for a rule");
	if (rule_parse(text, RULE_ACTION_REQUIRED, rule, error))
		return usage_error(what, "%s", error);
	return 0;
}

static int explain_rule_error(const char *what, int err)
{
	switch (err) {
	case -EEXIST:
		message(what, "a rule with this id is there already; rule del it, "
			"or choose another");
		return CTL_FAILED;
	case -ENOSPC:
		message(what, "the session has as many rules as it can take");
		return CTL_FAILED;
	case -EOPNOTSUPP:
		message(what, "this kernel or backend cannot match or do that; "
			"status --json lists its features");
		return CTL_FAILED;
	case -EPERM:
		message(what, "changing another's rules takes CAP_NET_ADMIN; try as root");
		return CTL_MISSING;
	default:
		return errno_error(what, err);
	}
}

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

static int do_add(struct target *target, const struct common_options *common,
		  void *arg)
{
	struct rtintercept_rule *rule = arg;
	int err = rtintercept_rule_add(target->rti, target->session_id, rule);
	const char *word = not_offered(target, rule);

	if (err == -EOPNOTSUPP && word) {
		message("rule add", "%s: this backend does not offer it", word);
		return CTL_FAILED;
	}
	if (err)
		return explain_rule_error("rule add", err);
	if (common->json)
		output_json(output_rule_json(rule), 1);
	else
		rule_file_write(stdout, rule, 1);
	return CTL_OK;
}

static int run_add(void *options, int argc, char **argv)
{
	struct rtintercept_rule rule;
	int status = rule_of_operands("rule add", argc, argv, &rule);

	return status ? status : on_target(options, do_add, &rule);
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
	return err ? explain_rule_error("rule del", err) : CTL_OK;
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
	return on_target(options, do_del, &id);
}

static int do_list(struct target *target, const struct common_options *common,
		   void *arg)
{
	struct rtintercept_rule *rules;
	int n = rtintercept_rule_list(target->rti, target->session_id, &rules,
				      NULL);

	if (n < 0)
		return explain_rule_error("rule list", n);
	if (common->json)
		output_json(output_rules_json(rules, n), 1);
	else
		rule_file_write(stdout, rules, n);
	free(rules);
	return CTL_OK;
}

static int run_list(void *options, int argc, char **argv)
{
	return on_target(options, do_list, NULL);
}

/* The rules in a file; "-" or none is stdin. As rule_file_read(). */
static int read_operand(const char *what, int argc, char **argv,
			struct rtintercept_rule **rules)
{
	FILE *in;
	int n;

	if (argc > 1)
		return -usage_error(what, "one file at a time");
	if (!argc || !strcmp(argv[0], "-"))
		return rule_file_read(stdin, "stdin", rules);
	in = fopen(argv[0], "r");
	if (!in) {
		message(argv[0], "%s", strerror(errno));
		return -CTL_FAILED;
	}
	n = rule_file_read(in, argv[0], rules);
	fclose(in);
	return n;
}

/* A table on its way to the kernel. */
struct table {
	struct rtintercept_rule *rules;
	int count;
};

static int do_load(struct target *target, const struct common_options *common,
		   void *arg)
{
	struct table *table = arg;
	int err = rtintercept_rule_replace(target->rti, target->session_id,
					   table->rules, (__u32)table->count,
					   NULL);

	return err ? explain_rule_error("rule load", err) : CTL_OK;
}

static int run_load(void *options, int argc, char **argv)
{
	struct table table = { NULL, 0 };
	int status;

	table.count = read_operand("rule load", argc, argv, &table.rules);
	if (table.count < 0)
		return -table.count;
	status = on_target(options, do_load, &table);
	free(table.rules);
	return status;
}

static int do_flush(struct target *target, const struct common_options *common,
		    void *arg)
{
	int err = rtintercept_rule_flush(target->rti, target->session_id);

	return err ? explain_rule_error("rule flush", err) : CTL_OK;
}

static int run_flush(void *options, int argc, char **argv)
{
	return on_target(options, do_flush, NULL);
}

static void print_checked(const struct common_options *common,
			  const struct rtintercept_rule *rules, int count)
{
	if (common->json)
		output_json(output_rules_json(rules, count), 1);
	else
		rule_file_write(stdout, rules, count);
}

static int run_check(void *options, int argc, char **argv)
{
	struct rtintercept_rule rule, *rules;
	int n, status;

	if (argc) {
		status = rule_of_operands("rule check", argc, argv, &rule);
		if (!status)
			print_checked(options, &rule, 1);
		return status;
	}
	n = rule_file_read(stdin, "stdin", &rules);
	if (n < 0)
		return -n;
	print_checked(options, rules, n);
	free(rules);
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
		 "Rules that keep their id keep their counters.\n",
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
