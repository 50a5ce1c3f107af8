/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two halves of the rule parser share: the table of words, and how to fail. */
#ifndef RULE_PARSER_H
#define RULE_PARSER_H

#include "ctl.h"
#include "rule-text.h"

/**
 * struct parser - where we are in a text
 * @rule: what comes of it
 * @code: of the rule's program, likewise; NULL: nothing has been told
 * @reply: what the rule answers, likewise
 * @rest: what has not been read yet
 * @pending: what is to be the next word; NULL: what @rest says
 * @quoted: the last word stood in quotes
 * @unclosed: there were quotes that do not end
 * @given: items seen, ITEM_*
 * @family_word: 4 or 6 if ip4 or ip6 was said, else 0
 * @error: what is wrong
 */
struct parser {
	struct rtintercept_rule *rule;
	struct program_code *code;
	struct rtintercept_reply_set *reply;
	char *rest;
	char *pending;
	int quoted;
	int unclosed;
	__u32 given;
	__u8 family_word;
	char *error;
};

/* What may be said once only; several words may say the same. */
enum item {
	ITEM_ID, ITEM_PRIORITY, ITEM_ANY, ITEM_ETHERTYPE, ITEM_FAMILY, ITEM_VLAN,
	ITEM_VLAN_INNER, ITEM_SRC, ITEM_DST, ITEM_PROTO, ITEM_SPORT, ITEM_DPORT,
	ITEM_FRAGMENT, ITEM_LENGTH, ITEM_PAYLOAD, ITEM_PROGRAM, ITEM_CODE,
	ITEM_VERDICT, ITEM_RECORD, ITEM_ON_FULL,
};

/**
 * struct word - one word of the grammar
 * @name: as written
 * @wants: what has to follow; NULL: nothing
 * @parse: take it. Return: 0, or -1 with p->error set.
 * @item: ITEM_*
 */
struct word {
	const char *name;
	const char *wants;
	int (*parse)(struct parser *p, const struct word *word);
	enum item item;
};

/* The grammar; ends with a NULL name: tools/rule-words.c. */
extern const struct word rule_words[];

/* tools/rule-parse.c */
int parser_fail(struct parser *p, const char *format, ...) PRINTF(2, 3);
int parser_refuse(struct parser *p, const struct word *word, const char *text);
char *parser_argument(struct parser *p, const struct word *word);
int parser_accept(struct parser *p, const char *expected);

#endif /* RULE_PARSER_H */
