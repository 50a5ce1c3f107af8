/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole tables of rules as text: one rule a line, # begins a comment. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "program-code.h"
#include "reply-text.h"
#include "rule-file.h"

/**
 * struct table - what has been read so far
 * @rules: @count of them
 * @at: the line on which each of them stood
 * @count: how many
 * @room: how many there is room for
 */
struct table {
	struct rule_line *rules;
	int *at;
	int count;
	int room;
};

static int table_grow(struct table *table)
{
	int room = table->room ? 2 * table->room : 64;
	void *rules, *at;

	if (table->count < table->room)
		return 0;
	rules = realloc(table->rules, (size_t)room * sizeof(*table->rules));
	if (!rules)
		return -1;
	table->rules = rules;
	at = realloc(table->at, (size_t)room * sizeof(*table->at));
	if (!at)
		return -1;
	table->at = at;
	table->room = room;
	return 0;
}

/* The line of an earlier rule with the same id, or 0. */
static int line_of_id(const struct table *table, __u32 id)
{
	int i;

	for (i = 0; id && i < table->count; i++)
		if (table->rules[i].rule.id == id)
			return table->at[i];
	return 0;
}

/* The line of an earlier rule that makes another program of the same number, or 0. */
static int line_of_program(const struct table *table, const struct rule_line *line)
{
	const struct rule_line *r;
	int i;

	for (i = 0; line->code && line->rule.program_id && i < table->count; i++) {
		r = &table->rules[i];
		if (r->code && r->rule.program_id == line->rule.program_id &&
		    !program_code_same(r->code, line->code))
			return table->at[i];
	}
	return 0;
}

/* The line of an earlier rule that makes another reply of the same number, or 0. */
static int line_of_reply(const struct table *table, const struct rule_line *line)
{
	const struct rule_line *r;
	int i;

	for (i = 0; line->reply && line->rule.reply_id && i < table->count; i++) {
		r = &table->rules[i];
		if (r->reply && r->rule.reply_id == line->rule.reply_id &&
		    !reply_same(r->reply, line->reply))
			return table->at[i];
	}
	return 0;
}

static int is_blank(const char *text)
{
	return !text[strspn(text, " \t\r\n")];
}

static int says_twice(const char *name, int line, const char *what, __u32 number,
		      int earlier)
{
	message(name, "line %d: %s %u stands on line %d already", line, what, number,
		earlier);
	return CTL_FAILED;
}

/* Takes @rule, or destroys it. */
static int add_rule(struct table *table, struct rule_line *rule, const char *name,
		    int line)
{
	int id = line_of_id(table, rule->rule.id), program = line_of_program(table, rule);
	int reply = line_of_reply(table, rule), status = 0;

	if (table_grow(table)) {
		rule_line_destroy(rule);
		return errno_error(name, -ENOMEM);
	}
	if (id)
		status = says_twice(name, line, "id", rule->rule.id, id);
	else if (program)
		status = says_twice(name, line, "another program", rule->rule.program_id,
				    program);
	else if (reply)
		status = says_twice(name, line, "another reply", rule->rule.reply_id,
				    reply);
	if (status) {
		rule_line_destroy(rule);
		return status;
	}
	table->at[table->count] = line;
	table->rules[table->count++] = *rule;
	return 0;
}

static int read_line(struct table *table, char *text, const char *name, int line)
{
	char error[RULE_ERROR_BYTES];
	struct rule_line rule;

	text[strcspn(text, "#")] = '\0';
	if (is_blank(text))
		return 0;
	if (rule_parse(text, RULE_ACTION_REQUIRED, &rule, error)) {
		message(name, "line %d: %s", line, error);
		return CTL_FAILED;
	}
	return add_rule(table, &rule, name, line);
}

void rule_lines_free(struct rule_line *lines, int count)
{
	int i;

	for (i = 0; i < count; i++)
		rule_line_destroy(&lines[i]);
	free(lines);
}

/**
 * rule_file_read() - read a table to its end
 * @in: the text
 * @name: what to call it in messages
 * @lines: out: rule_lines_free() them; untouched on failure
 *
 * Return: how many, or a negative exit code after a message.
 */
int rule_file_read(FILE *in, const char *name, struct rule_line **lines)
{
	struct table table = { NULL, NULL, 0, 0 };
	int line = 0, status = 0;
	char *text = NULL;
	size_t room = 0;

	while (!status && getline(&text, &room, in) >= 0)
		status = read_line(&table, text, name, ++line);
	if (!status && ferror(in))
		status = errno_error(name, -EIO);
	free(text);
	free(table.at);
	if (status) {
		rule_lines_free(table.rules, table.count);
		return -status;
	}
	*lines = table.rules;
	return table.count;
}

/* What rule_file_read() reads. */
void rule_file_write(FILE *out, const struct rule_line *lines, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		rule_print(out, &lines[i]);
		fputc('\n', out);
	}
}
