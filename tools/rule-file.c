/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole tables of rules as text: one rule a line, # begins a comment. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "rule-file.h"
#include "rule-text.h"

/**
 * struct table - what has been read so far
 * @rules: @count of them
 * @lines: the line on which each of them stood
 * @count: how many
 * @room: how many there is room for
 */
struct table {
	struct rtintercept_rule *rules;
	int *lines;
	int count;
	int room;
};

static int table_grow(struct table *table)
{
	int room = table->room ? 2 * table->room : 64;
	void *rules, *lines;

	if (table->count < table->room)
		return 0;
	rules = realloc(table->rules, (size_t)room * sizeof(*table->rules));
	if (!rules)
		return -1;
	table->rules = rules;
	lines = realloc(table->lines, (size_t)room * sizeof(*table->lines));
	if (!lines)
		return -1;
	table->lines = lines;
	table->room = room;
	return 0;
}

/* The line of an earlier rule with the same id, or 0. */
static int line_of_id(const struct table *table, __u32 id)
{
	int i;

	for (i = 0; id && i < table->count; i++)
		if (table->rules[i].id == id)
			return table->lines[i];
	return 0;
}

static int is_blank(const char *text)
{
	return !text[strspn(text, " \t\r\n")];
}

static int read_line(struct table *table, char *text, const char *name, int line)
{
	char error[RULE_ERROR_BYTES];
	int earlier;

	text[strcspn(text, "#")] = '\0';
	if (is_blank(text))
		return 0;
	if (table_grow(table))
		return errno_error(name, -ENOMEM);
	if (rule_parse(text, RULE_ACTION_REQUIRED, &table->rules[table->count],
		       error)) {
		message(name, "line %d: %s", line, error);
		return CTL_FAILED;
	}
	earlier = line_of_id(table, table->rules[table->count].id);
	if (earlier) {
		message(name, "line %d: id %u stands on line %d already", line,
			table->rules[table->count].id, earlier);
		return CTL_FAILED;
	}
	table->lines[table->count++] = line;
	return 0;
}

/**
 * rule_file_read() - read a table to its end
 * @in: the text
 * @name: what to call it in messages
 * @rules: out: the caller frees them; untouched on failure
 *
 * Return: how many, or a negative exit code after a message.
 */
int rule_file_read(FILE *in, const char *name, struct rtintercept_rule **rules)
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
	free(table.lines);
	if (status) {
		free(table.rules);
		return -status;
	}
	*rules = table.rules;
	return table.count;
}

/* What rule_file_read() reads. */
void rule_file_write(FILE *out, const struct rtintercept_rule *rules, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		rule_print(out, &rules[i]);
		fputc('\n', out);
	}
}
