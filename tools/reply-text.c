/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replies, as words behind the word `reply` of a rule: a number, or what to answer,
 * or both.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "reply-text.h"
#include "rule-values.h"

#define RATE_MAX	10000000U
#define FIELDS_MAX	RTINTERCEPT_REPLY_MAX_FIELDS

static int number(struct parser *p, const struct word *word, __u32 max, __u32 *out)
{
	char *text = parser_argument(p, word);

	if (!text)
		return -1;
	return value_number(text, max, out) ? parser_refuse(p, word, text) : 0;
}

static int parse_text(struct parser *p, struct rtintercept_reply_set *reply)
{
	static const struct word word = {
		.name = "text", .wants = "text, in quotes, of 256 bytes at most",
	};
	char *text = parser_argument(p, &word);

	if (!text)
		return -1;
	if (strlen(text) > sizeof(reply->payload))
		return parser_refuse(p, &word, text);
	reply->payload_bytes = (__u32)strlen(text);
	memcpy(reply->payload, text, reply->payload_bytes);
	return 0;
}

/* A dash stands for no bytes at all. */
static int parse_hex(struct parser *p, struct rtintercept_reply_set *reply)
{
	static const struct word word = {
		.name = "hex", .wants = "bytes in hex, 256 at most, nor - for none",
	};
	__u8 mask[RTINTERCEPT_REPLY_MAX_BYTES];
	char *text = parser_argument(p, &word);
	int n = 0;

	if (!text)
		return -1;
	if (strcmp(text, "-"))
		n = strchr(text, '/') ? -1 : value_bytes(text, sizeof(reply->payload),
							 reply->payload, mask);
	if (n < 0)
		return parser_refuse(p, &word, text);
	reply->payload_bytes = (__u32)n;
	return 0;
}

/* FROM:TO:BYTES */
static int parse_field(char *text, struct rtintercept_reply_field *field)
{
	char *to = strchr(text, ':'), *bytes = to ? strchr(to + 1, ':') : NULL;
	__u32 n[3];

	if (!bytes)
		return -1;
	*to++ = *bytes++ = '\0';
	if (value_number(text, 255, &n[0]) || value_number(to, 255, &n[1]) ||
	    value_number(bytes, 256, &n[2]))
		return -1;
	field->from = (__u16)n[0];
	field->to = (__u16)n[1];
	field->bytes = (__u16)n[2];
	return 0;
}

static int parse_copy(struct parser *p, struct rtintercept_reply_set *reply)
{
	static const struct word word = {
		.name = "copy",
		.wants = "FROM:TO:BYTES, 8 of them at most with commas between",
	};
	char *text = parser_argument(p, &word), *save = NULL, *one;

	if (!text)
		return -1;
	for (one = strtok_r(text, ",", &save); one; one = strtok_r(NULL, ",", &save))
		if (reply->fields_count == FIELDS_MAX ||
		    parse_field(one, &reply->fields[reply->fields_count++]))
			return parser_refuse(p, &word, one);
	return reply->fields_count ? 0 : parser_refuse(p, &word, "");
}

/* What the kernel would refuse with no more than an errno. */
static int check_fields(struct parser *p, const struct rtintercept_reply_set *reply)
{
	const struct rtintercept_reply_field *f, *g;
	__u32 i, j;

	for (i = 0; i < reply->fields_count; i++) {
		f = &reply->fields[i];
		if (!f->bytes || (__u32)f->to + f->bytes > reply->payload_bytes)
			return parser_fail(p, "copy: %u:%u:%u is not within the template "
					   "of %u bytes", f->from, f->to, f->bytes,
					   reply->payload_bytes);
		if ((__u32)f->from + f->bytes > RTINTERCEPT_REPLY_MAX_BYTES)
			return parser_fail(p, "copy: %u:%u:%u is not within 256 bytes "
					   "of a request", f->from, f->to, f->bytes);
		for (j = 0; j < i; j++) {
			g = &reply->fields[j];
			if (f->to < g->to + g->bytes && g->to < f->to + f->bytes)
				return parser_fail(p, "copy: two fields to byte %u",
						   f->to > g->to ? f->to : g->to);
		}
	}
	return 0;
}

static int parse_template(struct parser *p, struct rtintercept_reply_set *reply,
			  int is_text)
{
	reply->type = RTINTERCEPT_REPLY_TEMPLATE;
	if (is_text ? parse_text(p, reply) : parse_hex(p, reply))
		return -1;
	if (parser_accept(p, "copy") && parse_copy(p, reply))
		return -1;
	return check_fields(p, reply);
}

/* What follows `echo`, `hex` or `text`. */
static int parse_reply(struct parser *p, struct rtintercept_reply_set *reply, int kind)
{
	static const struct word rate = {
		.name = "rate", .wants = "number of answers a second, 1 to 10000000",
	};

	if (kind == 'e')
		reply->type = RTINTERCEPT_REPLY_ECHO;
	else if (parse_template(p, reply, kind == 't'))
		return -1;
	if (!parser_accept(p, "rate"))
		return parser_fail(p, "reply: rate is missing: at most how many "
				   "answers a second");
	if (number(p, &rate, RATE_MAX, &reply->rate_pps))
		return -1;
	if (!reply->rate_pps)
		return parser_refuse(p, &rate, "0");
	if (kind != 'e' && parser_accept(p, "may-grow"))
		reply->flags = RTINTERCEPT_REPLY_MAY_GROW;
	return 0;
}

/* Which kind of reply is told? 0: none. */
static int kind_of(struct parser *p)
{
	return parser_accept(p, "echo") ? 'e' : parser_accept(p, "hex") ? 'h' :
	       parser_accept(p, "text") ? 't' : 0;
}

/**
 * reply_parse() - what follows `reply` in a rule
 * @p: the parser; its @rule and @reply are filled in
 * @word: that word
 */
int reply_parse(struct parser *p, const struct word *word)
{
	int kind = kind_of(p);

	p->rule->verdict = RTINTERCEPT_VERDICT_REPLY;
	if (!kind) {
		if (number(p, word, ~0U, &p->rule->reply_id))
			return -1;
		kind = kind_of(p);
	}
	if (!kind)
		return 0;
	p->reply = calloc(1, sizeof(*p->reply));
	if (!p->reply)
		return parser_fail(p, "reply: no memory");
	return parse_reply(p, p->reply, kind);
}

/* By all but what names and session they have. */
int reply_same(const struct rtintercept_reply_set *a,
	       const struct rtintercept_reply_set *b)
{
	return a->type == b->type && a->flags == b->flags &&
	       a->rate_pps == b->rate_pps && a->payload_bytes == b->payload_bytes &&
	       a->fields_count == b->fields_count &&
	       !memcmp(a->fields, b->fields, sizeof(a->fields)) &&
	       !memcmp(a->payload, b->payload, sizeof(a->payload));
}

static void print_template(FILE *out, const struct rtintercept_reply_set *reply)
{
	const struct rtintercept_reply_field *f = reply->fields;
	__u32 i;

	fputs("hex ", out);
	for (i = 0; i < reply->payload_bytes && i < sizeof(reply->payload); i++)
		fprintf(out, "%02x", reply->payload[i]);
	if (!reply->payload_bytes)
		fputc('-', out);
	for (i = 0; i < reply->fields_count && i < FIELDS_MAX; i++, f++)
		fprintf(out, "%s%u:%u:%u", i ? "," : " copy ", f->from, f->to, f->bytes);
	fputc(' ', out);
}

/* Without its number, and without a blank behind it. */
void reply_print(FILE *out, const struct rtintercept_reply_set *reply)
{
	if (reply->type == RTINTERCEPT_REPLY_ECHO)
		fputs("echo ", out);
	else
		print_template(out, reply);
	fprintf(out, "rate %u", reply->rate_pps);
	if (reply->flags & RTINTERCEPT_REPLY_MAY_GROW)
		fputs(" may-grow", out);
}
