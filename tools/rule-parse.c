/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text to rules: words in any order, each once, then what only the whole can
 * tell. The words themselves are in rule-words.c.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "guess.h"
#include "program-code.h"
#include "rule-parser.h"

#define TEXT_BYTES	131072	/* holds the longest program */
#define SEPARATORS	" \t\r\n"

/* What a word in quotes is short for. */
static char filter_word[] = "filter";

/* Return: -1, for the caller to hand on. */
int parser_fail(struct parser *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(p->error, RULE_ERROR_BYTES, format, args);
	va_end(args);
	return -1;
}

/* What stands in quotes, of either kind; they end a word. */
static char *quoted_word(struct parser *p)
{
	char *word = p->rest + 1, *end = strchr(word, *p->rest);

	if (!end || (end[1] && !strchr(SEPARATORS, end[1]))) {
		p->unclosed = 1;
		return NULL;
	}
	*end = '\0';
	p->rest = end + 1;
	p->quoted = 1;
	return word;
}

static char *next_word(struct parser *p)
{
	char *word = p->pending;

	p->pending = NULL;
	if (word)
		return word;
	p->quoted = 0;
	p->rest += strspn(p->rest, SEPARATORS);
	if (!*p->rest)
		return NULL;
	if (*p->rest == '\'' || *p->rest == '"')
		return quoted_word(p);
	word = p->rest;
	p->rest += strcspn(p->rest, SEPARATORS);
	if (*p->rest)
		*p->rest++ = '\0';
	return word;
}

/* What follows @word, or NULL with the error set. */
char *parser_argument(struct parser *p, const struct word *word)
{
	char *text = next_word(p);

	if (!text)
		parser_fail(p, p->unclosed ? "%s: its quotes do not end" :
			    "%s: what follows is missing: %s", word->name,
			    word->wants);
	return text;
}

int parser_refuse(struct parser *p, const struct word *word, const char *text)
{
	return parser_fail(p, "%s: \"%.64s\" is no %s", word->name, text,
			   word->wants);
}

/* The next word, if it is @expected. */
int parser_accept(struct parser *p, const char *expected)
{
	size_t length = strlen(expected);

	p->rest += strspn(p->rest, SEPARATORS);
	if (strncmp(p->rest, expected, length) ||
	    (p->rest[length] && !strchr(SEPARATORS, p->rest[length])))
		return 0;
	next_word(p);
	return 1;
}

static int unknown_word(struct parser *p, const char *text)
{
	const struct word *word;
	struct guess guess;

	guess_init(&guess, text);
	for (word = rule_words; word->name; word++)
		guess_offer(&guess, word->name);
	if (guess.best)
		return parser_fail(p, "\"%.64s\" is no word of a rule; did you mean %s?",
				   text, guess.best);
	return parser_fail(p, "\"%.64s\" is no word of a rule; rule --help lists them; "
			   "tcpdump's go in quotes", text);
}

static int parse_word(struct parser *p, char *text)
{
	const struct word *word;

	if (p->quoted) {
		p->pending = text;
		text = filter_word;
	}
	for (word = rule_words; word->name; word++)
		if (!strcmp(word->name, text))
			break;
	if (!word->name)
		return unknown_word(p, text);
	if (p->given & 1U << word->item)
		return parser_fail(p, "%s: said twice, or something else for it before",
				   word->name);
	p->given |= 1U << word->item;
	return word->parse(p, word);
}

/* ip4 and ip6 name the addresses' family; without addresses, the ethertype. */
static int finish_family(struct parser *p)
{
	struct rtintercept_rule *r = p->rule;
	__u16 ethertype = p->family_word == 6 ? 0x86dd : 0x0800;

	if (!p->family_word)
		return 0;
	if (r->family && r->family != p->family_word)
		return parser_fail(p, "ip%u: the addresses are of IPv%u",
				   p->family_word, r->family);
	if (r->family)
		return 0;
	if (r->match & RTINTERCEPT_MATCH_ETHERTYPE && r->ethertype != ethertype)
		return parser_fail(p, "ip%u: its ethertype is 0x%04x, not 0x%04x",
				   p->family_word, ethertype, r->ethertype);
	r->match |= RTINTERCEPT_MATCH_ETHERTYPE;
	r->ethertype = ethertype;
	return 0;
}

static int finish_action(struct parser *p, int action)
{
	struct rtintercept_rule *r = p->rule;

	if (!(p->given & (1U << ITEM_VERDICT | 1U << ITEM_RECORD))) {
		if (action == RULE_ACTION_REQUIRED)
			return parser_fail(p, "what is to happen is missing: "
					   "pass, drop or reply, and record to "
					   "see the packets");
		r->flags |= RTINTERCEPT_RULE_RECORD;
	}
	if (r->flags & RTINTERCEPT_RULE_ON_FULL_DROP &&
	    (!(r->flags & RTINTERCEPT_RULE_RECORD) ||
	     r->verdict == RTINTERCEPT_VERDICT_PASS))
		return parser_fail(p, "on-full drop: only for what is taken away "
				   "or answered, and recorded: drop record");
	return 0;
}

/* All words of a text that may be changed. Return: 0, or -1. */
static int parse_words(struct parser *p)
{
	char *word;

	while ((word = next_word(p)))
		if (parse_word(p, word))
			return -1;
	if (p->unclosed)
		return parser_fail(p, "there are quotes that do not end");
	return p->given ? 0 : parser_fail(p, "there is nothing in it");
}

static int parse_whole(struct parser *p, int action)
{
	if (parse_words(p) || finish_family(p))
		return -1;
	if (p->given & 1U << ITEM_ANY && p->rule->match)
		return parser_fail(p, "any: there is more to match beside it");
	return finish_action(p, action);
}

/* A copy of the text, to be freed; NULL with the error set. */
static char *copy_text(struct parser *p, const char *text)
{
	char *copy;

	if (strlen(text) >= TEXT_BYTES) {
		parser_fail(p, "too long for a rule: %zu letters", strlen(text));
		return NULL;
	}
	copy = strdup(text);
	if (!copy)
		parser_fail(p, "no memory");
	return copy;
}

/**
 * rule_parse() - one rule
 * @text: words with white space between them
 * @action: RULE_ACTION_*
 * @line: out, all of it; after success rule_line_destroy() it
 * @error: out: what is wrong with it, the offending word, what to do
 *
 * Return: 0, or -1.
 */
int rule_parse(const char *text, int action, struct rule_line *line,
	       char error[RULE_ERROR_BYTES])
{
	struct parser p = { .rule = &line->rule, .error = error };
	char *copy;
	int err;

	memset(line, 0, sizeof(*line));
	copy = copy_text(&p, text);
	if (!copy)
		return -1;
	p.rest = copy;
	err = parse_whole(&p, action);
	line->code = p.code;
	line->reply = p.reply;
	if (err)
		rule_line_destroy(line);
	free(copy);
	return err;
}

/**
 * rule_reads_as_words() - is a text some words of a rule, if not a whole one?
 * @text: the text
 * @error: out: if it is not: why
 */
int rule_reads_as_words(const char *text, char error[RULE_ERROR_BYTES])
{
	struct rule_line line = { .code = NULL };
	struct parser p = { .rule = &line.rule, .error = error };
	char *copy = copy_text(&p, text);
	int err = -1;

	p.rest = copy;
	if (copy)
		err = parse_words(&p);
	line.code = p.code;
	line.reply = p.reply;
	rule_line_destroy(&line);
	free(copy);
	return !err;
}

void rule_line_destroy(struct rule_line *line)
{
	free(line->reply);
	line->reply = NULL;
	if (!line->code)
		return;
	program_code_destroy(line->code);
	free(line->code);
	line->code = NULL;
}
