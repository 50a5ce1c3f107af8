/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules to text, in the one form in which `rule list` and `rule check` show
 * them. What this version has no word for is shown as `unknown`, which no
 * parser takes: better a list that cannot be loaded than a rule that changed.
 */
#include "program-code.h"
#include "reply-text.h"
#include "rule-text.h"
#include "rule-values.h"

#define MATCH_KNOWN	((RTINTERCEPT_MATCH_PROGRAM << 1) - 1)
#define FLAGS_KNOWN	(RTINTERCEPT_RULE_RECORD | RTINTERCEPT_RULE_ON_FULL_DROP)

static void print_named(FILE *out, const char *word,
			const struct named_number *names, __u32 number,
			const char *format)
{
	const char *name = name_of(names, number);

	fprintf(out, "%s ", word);
	if (name)
		fputs(name, out);
	else
		fprintf(out, format, number);
	fputc(' ', out);
}

static void print_range(FILE *out, const char *word, __u32 from, __u32 to,
			__u32 open_end)
{
	fprintf(out, "%s %u", word, from);
	if (to == open_end && to != from)
		fputc('-', out);
	else if (to != from)
		fprintf(out, "-%u", to);
	fputc(' ', out);
}

static void print_vlan(FILE *out, const char *word, __u16 id)
{
	if (id == RTINTERCEPT_VLAN_UNTAGGED)
		fprintf(out, "%s untagged ", word);
	else
		fprintf(out, "%s %u ", word, id);
}

/* `ip4` and `ip6` stand for an ethertype where there are no addresses. */
static void print_l2(FILE *out, const struct rtintercept_rule *r)
{
	if (r->match & RTINTERCEPT_MATCH_ETHERTYPE) {
		if (!r->family && r->ethertype == 0x0800)
			fputs("ip4 ", out);
		else if (!r->family && r->ethertype == 0x86dd)
			fputs("ip6 ", out);
		else
			print_named(out, "ethertype", ethertype_names,
				    r->ethertype, "0x%04x");
	}
	if (r->match & RTINTERCEPT_MATCH_VLAN)
		print_vlan(out, "vlan", r->vlan_id);
	if (r->match & RTINTERCEPT_MATCH_VLAN_INNER)
		print_vlan(out, "inner-vlan", r->vlan_inner_id);
}

static void print_prefix(FILE *out, const char *word, const __u8 addr[16],
			 __u8 family, __u8 bits)
{
	fprintf(out, "%s ", word);
	prefix_print(out, addr, family, bits);
	fputc(' ', out);
}

static void print_fragments(FILE *out, __u32 fragments)
{
	const struct named_number *n;
	const char *comma = "";

	fputs("fragment ", out);
	for (n = fragment_names; n->name; n++) {
		if (!(fragments & n->number))
			continue;
		fprintf(out, "%s%s", comma, n->name);
		comma = ",";
	}
	fputc(' ', out);
}

static void print_l3(FILE *out, const struct rtintercept_rule *r)
{
	if (r->family)
		fprintf(out, "ip%u ", r->family);
	if (r->match & RTINTERCEPT_MATCH_SRC_ADDR)
		print_prefix(out, "src", r->src_addr, r->family,
			     r->src_prefix_bits);
	if (r->match & RTINTERCEPT_MATCH_DST_ADDR)
		print_prefix(out, "dst", r->dst_addr, r->family,
			     r->dst_prefix_bits);
	if (r->match & RTINTERCEPT_MATCH_PROTOCOL)
		print_named(out, "proto", protocol_names, r->protocol, "%u");
}

static void print_bytes(FILE *out, const __u8 *bytes, __u32 count)
{
	while (count--)
		fprintf(out, "%02x", *bytes++);
}

static int all_ones(const __u8 *bytes, __u32 count)
{
	while (count--)
		if (*bytes++ != 0xff)
			return 0;
	return 1;
}

static void print_payload(FILE *out, const struct rtintercept_rule *r)
{
	__u32 count = r->payload_bytes;

	if (count > RTINTERCEPT_PAYLOAD_MAX)
		count = RTINTERCEPT_PAYLOAD_MAX;
	fprintf(out, "payload %u ", r->payload_offset);
	print_bytes(out, r->payload_value, count);
	if (!all_ones(r->payload_mask, count)) {
		fputc('/', out);
		print_bytes(out, r->payload_mask, count);
	}
	fputc(' ', out);
}

static void print_l4(FILE *out, const struct rtintercept_rule *r)
{
	if (r->match & RTINTERCEPT_MATCH_SRC_PORT)
		print_range(out, "sport", r->src_port_min, r->src_port_max, 0);
	if (r->match & RTINTERCEPT_MATCH_DST_PORT)
		print_range(out, "dport", r->dst_port_min, r->dst_port_max, 0);
	if (r->match & RTINTERCEPT_MATCH_FRAGMENT)
		print_fragments(out, r->fragments);
	if (r->match & RTINTERCEPT_MATCH_LENGTH)
		print_range(out, "length", r->length_min, r->length_max, ~0U);
	if (r->match & RTINTERCEPT_MATCH_PAYLOAD)
		print_payload(out, r);
}

/* A program that has no number yet gets one where it is set. */
static void print_program(FILE *out, const struct rule_line *line)
{
	if (!(line->rule.match & RTINTERCEPT_MATCH_PROGRAM))
		return;
	if (line->rule.program_id || !line->code)
		fprintf(out, "program %u ", line->rule.program_id);
	if (!line->code)
		return;
	program_code_print(out, line->code);
	fputc(' ', out);
}

/* Likewise. */
static void print_reply(FILE *out, const struct rule_line *line)
{
	fputs("reply", out);
	if (line->rule.reply_id || !line->reply)
		fprintf(out, " %u", line->rule.reply_id);
	if (!line->reply)
		return;
	fputc(' ', out);
	reply_print(out, line->reply);
}

static void print_action(FILE *out, const struct rule_line *line)
{
	const struct rtintercept_rule *r = &line->rule;

	switch (r->verdict) {
	case RTINTERCEPT_VERDICT_PASS:
		fputs("pass", out);
		break;
	case RTINTERCEPT_VERDICT_DROP:
		fputs("drop", out);
		break;
	case RTINTERCEPT_VERDICT_REPLY:
		print_reply(out, line);
		break;
	default:
		fprintf(out, "unknown-verdict %u", r->verdict);
	}
	if (r->flags & RTINTERCEPT_RULE_RECORD)
		fputs(" record", out);
	if (r->snap_bytes)
		fprintf(out, " first %u", r->snap_bytes);
	if (r->flags & RTINTERCEPT_RULE_ON_FULL_DROP)
		fputs(" on-full drop", out);
	if (r->flags & ~FLAGS_KNOWN)
		fprintf(out, " unknown-flags 0x%x", r->flags & ~FLAGS_KNOWN);
}

/**
 * rule_print() - one rule, without a newline
 * @out: where
 * @line: as the kernel accepts it, with what code its program is made of, if
 *	that is to be told
 */
void rule_print(FILE *out, const struct rule_line *line)
{
	const struct rtintercept_rule *rule = &line->rule;

	if (rule->id)
		fprintf(out, "id %u ", rule->id);
	if (rule->priority)
		fprintf(out, "priority %u ", rule->priority);
	if (!rule->match)
		fputs("any ", out);
	print_l2(out, rule);
	print_l3(out, rule);
	print_l4(out, rule);
	print_program(out, line);
	if (rule->match & ~MATCH_KNOWN)
		fprintf(out, "unknown-match 0x%llx ",
			(unsigned long long)(rule->match & ~MATCH_KNOWN));
	print_action(out, line);
}
