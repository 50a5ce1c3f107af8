/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text to rules: words in any order, each once, then what only the whole can
 * tell. The words themselves are in rule-words.c.
 */
#include <stdarg.h>
#include <string.h>

#include "guess.h"
#include "rule-parser.h"

#define TEXT_BYTES	1024
#define SEPARATORS	" \t\r\n"

/* Return: -1, for the caller to hand on. */
int parser_fail(struct parser *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(p->error, RULE_ERROR_BYTES, format, args);
	va_end(args);
	return -1;
}

static char *next_word(struct parser *p)
{
	char *word;

	p->rest += strspn(p->rest, SEPARATORS);
	if (!*p->rest)
		return NULL;
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
		parser_fail(p, "%s: what follows is missing: %s", word->name,
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
	return parser_fail(p, "\"%.64s\" is no word of a rule; rule --help lists them",
			   text);
}

static int parse_word(struct parser *p, const char *text)
{
	const struct word *word;

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
				   "and recorded: drop record");
	return 0;
}

/**
 * rule_parse() - one rule
 * @text: words with white space between them
 * @action: RULE_ACTION_*
 * @rule: out, all of it
 * @error: out: what is wrong with it, the offending word, what to do
 *
 * Return: 0, or -1.
 */
int rule_parse(const char *text, int action, struct rtintercept_rule *rule,
	       char error[RULE_ERROR_BYTES])
{
	struct parser p = { .rule = rule, .error = error };
	char copy[TEXT_BYTES], *word;

	memset(rule, 0, sizeof(*rule));
	if (strlen(text) >= sizeof(copy))
		return parser_fail(&p, "too long for a rule: %zu letters",
				   strlen(text));
	p.rest = strcpy(copy, text);
	while ((word = next_word(&p)))
		if (parse_word(&p, word))
			return -1;
	if (!p.given)
		return parser_fail(&p, "there is nothing in it");
	if (finish_family(&p))
		return -1;
	if (p.given & 1U << ITEM_ANY && rule->match)
		return parser_fail(&p, "any: there is more to match beside it");
	return finish_action(&p, action);
}
