/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of a rule, each with a function that takes what follows it. */
#include <stdlib.h>
#include <string.h>

#include "program-code.h"
#include "reply-text.h"
#include "rule-parser.h"
#include "rule-values.h"

static int number(struct parser *p, const struct word *word, __u32 max,
		  const struct named_number *names, __u32 *out)
{
	static const struct named_number none[] = { { NULL, 0 } };
	char *text = parser_argument(p, word);

	if (!text)
		return -1;
	if (value_named(text, names ? names : none, max, out))
		return parser_refuse(p, word, text);
	return 0;
}

static int parse_id(struct parser *p, const struct word *word)
{
	if (number(p, word, ~0U, NULL, &p->rule->id))
		return -1;
	return p->rule->id ? 0 : parser_refuse(p, word, "0");
}

static int parse_priority(struct parser *p, const struct word *word)
{
	return number(p, word, ~0U, NULL, &p->rule->priority);
}

static int parse_any(struct parser *p, const struct word *word)
{
	return 0;
}

static int parse_ethertype(struct parser *p, const struct word *word)
{
	__u32 n;

	if (number(p, word, 0xffff, ethertype_names, &n))
		return -1;
	p->rule->match |= RTINTERCEPT_MATCH_ETHERTYPE;
	p->rule->ethertype = (__u16)n;
	return 0;
}

static int parse_family(struct parser *p, const struct word *word)
{
	p->family_word = word->name[2] == '6' ? 6 : 4;
	return 0;
}

static int parse_vlan(struct parser *p, const struct word *word)
{
	static const struct named_number untagged[] = {
		{ "untagged", RTINTERCEPT_VLAN_UNTAGGED },
		{ NULL, 0 }
	};
	__u32 n;

	if (number(p, word, 0xfff, untagged, &n))
		return -1;
	if (word->item == ITEM_VLAN) {
		p->rule->match |= RTINTERCEPT_MATCH_VLAN;
		p->rule->vlan_id = (__u16)n;
	} else {
		p->rule->match |= RTINTERCEPT_MATCH_VLAN_INNER;
		p->rule->vlan_inner_id = (__u16)n;
	}
	return 0;
}

/* Bits that do not count would be refused by the kernel: say what was meant. */
static int refuse_unclean(struct parser *p, const struct word *word,
			  const char *text, __u8 *addr, __u8 family, __u8 bits)
{
	char meant[64] = "";
	FILE *out = fmemopen(meant, sizeof(meant), "w");

	prefix_clean(addr, bits);
	if (out) {
		prefix_print(out, addr, family, bits);
		fclose(out);
	}
	return parser_fail(p, "%s: %.64s has bits behind its prefix; did you mean %s?",
		    word->name, text, meant);
}

static int parse_addr(struct parser *p, const struct word *word)
{
	int is_src = word->item == ITEM_SRC;
	__u8 *addr = is_src ? p->rule->src_addr : p->rule->dst_addr;
	__u8 *bits = is_src ? &p->rule->src_prefix_bits :
			      &p->rule->dst_prefix_bits;
	char *text = parser_argument(p, word);
	__u8 family;

	if (!text)
		return -1;
	if (value_prefix(text, &family, addr, bits))
		return parser_refuse(p, word, text);
	if (!prefix_is_clean(addr, *bits))
		return refuse_unclean(p, word, text, addr, family, *bits);
	if (p->rule->family && p->rule->family != family)
		return parser_fail(p, "%s: %.64s is an IPv%u address, the other one is IPv%u",
			    word->name, text, family, p->rule->family);
	p->rule->family = family;
	p->rule->match |= is_src ? RTINTERCEPT_MATCH_SRC_ADDR :
				   RTINTERCEPT_MATCH_DST_ADDR;
	return 0;
}

static int parse_proto(struct parser *p, const struct word *word)
{
	__u32 n = 0;

	if (!word->wants)
		value_named(word->name, protocol_names, 0xff, &n);
	else if (number(p, word, 0xff, protocol_names, &n))
		return -1;
	p->rule->match |= RTINTERCEPT_MATCH_PROTOCOL;
	p->rule->protocol = (__u8)n;
	return 0;
}

static int parse_port(struct parser *p, const struct word *word)
{
	char *text = parser_argument(p, word);
	__u32 from, to;

	if (!text)
		return -1;
	if (value_range(text, 0xffff, &from, &to))
		return parser_refuse(p, word, text);
	if (word->item == ITEM_SPORT) {
		p->rule->match |= RTINTERCEPT_MATCH_SRC_PORT;
		p->rule->src_port_min = (__u16)from;
		p->rule->src_port_max = (__u16)to;
	} else {
		p->rule->match |= RTINTERCEPT_MATCH_DST_PORT;
		p->rule->dst_port_min = (__u16)from;
		p->rule->dst_port_max = (__u16)to;
	}
	return 0;
}

static int parse_fragment(struct parser *p, const struct word *word)
{
	char *text = parser_argument(p, word);
	__u32 set;

	if (!text)
		return -1;
	if (value_set(text, fragment_names, &set))
		return parser_refuse(p, word, text);
	p->rule->match |= RTINTERCEPT_MATCH_FRAGMENT;
	p->rule->fragments = (__u8)set;
	return 0;
}

static int parse_length(struct parser *p, const struct word *word)
{
	char *text = parser_argument(p, word);

	if (!text)
		return -1;
	if (value_range(text, ~0U, &p->rule->length_min, &p->rule->length_max))
		return parser_refuse(p, word, text);
	p->rule->match |= RTINTERCEPT_MATCH_LENGTH;
	return 0;
}

static int parse_payload(struct parser *p, const struct word *word)
{
	char *text = parser_argument(p, word);
	__u32 offset;
	int n;

	if (!text)
		return -1;
	if (value_number(text, 0xffff, &offset))
		return parser_refuse(p, word, text);
	text = parser_argument(p, word);
	if (!text)
		return -1;
	n = value_bytes(text, RTINTERCEPT_PAYLOAD_MAX, p->rule->payload_value,
			p->rule->payload_mask);
	if (n < 0)
		return parser_refuse(p, word, text);
	p->rule->match |= RTINTERCEPT_MATCH_PAYLOAD;
	p->rule->payload_offset = (__u16)offset;
	p->rule->payload_bytes = (__u8)n;
	return 0;
}

static int parse_program(struct parser *p, const struct word *word)
{
	p->rule->match |= RTINTERCEPT_MATCH_PROGRAM;
	return number(p, word, ~0U, NULL, &p->rule->program_id);
}

/* @read makes the code of what follows. */
static int parse_code(struct parser *p, const struct word *word,
		      int (*read)(struct program_code *code, const char *text,
				  char error[CODE_ERROR_BYTES]))
{
	char *text = parser_argument(p, word), error[CODE_ERROR_BYTES] = "";

	if (!text)
		return -1;
	p->code = calloc(1, sizeof(*p->code));
	if (!p->code)
		return parser_fail(p, "%s: no memory", word->name);
	if (read(p->code, text, error))
		return parser_fail(p, "%s: \"%.64s\": %s", word->name, text, error);
	p->rule->match |= RTINTERCEPT_MATCH_PROGRAM;
	return 0;
}

static int parse_filter(struct parser *p, const struct word *word)
{
	return parse_code(p, word, program_code_filter);
}

static int parse_bytecode(struct parser *p, const struct word *word)
{
	return parse_code(p, word, program_code_bytecode);
}

static int parse_ebpf(struct parser *p, const struct word *word)
{
	return parse_code(p, word, program_code_ebpf);
}

static int parse_pass(struct parser *p, const struct word *word)
{
	p->rule->verdict = RTINTERCEPT_VERDICT_PASS;
	return 0;
}

static int parse_drop(struct parser *p, const struct word *word)
{
	p->rule->verdict = RTINTERCEPT_VERDICT_DROP;
	return 0;
}

static int parse_record(struct parser *p, const struct word *word)
{
	static const struct word first = {
		.name = "record first",
		.wants = "number of bytes, from 1 up",
	};

	p->rule->flags |= RTINTERCEPT_RULE_RECORD;
	if (!parser_accept(p, "first"))
		return 0;
	if (number(p, &first, ~0U, NULL, &p->rule->snap_bytes))
		return -1;
	return p->rule->snap_bytes ? 0 : parser_refuse(p, &first, "0");
}

static int parse_on_full(struct parser *p, const struct word *word)
{
	char *text = parser_argument(p, word);

	if (!text)
		return -1;
	if (!strcmp(text, "drop"))
		p->rule->flags |= RTINTERCEPT_RULE_ON_FULL_DROP;
	else if (strcmp(text, "pass"))
		return parser_refuse(p, word, text);
	return 0;
}

#define PORTS	"port or range of ports, such as 8080, 1000-2000 or 1024-"
#define PREFIX	"address or prefix, such as 10.1.2.3, 10.0.0.0/8 or 2001:db8::/32"
#define VLAN_ID	"VLAN id from 0 to 4095, nor untagged"

const struct word rule_words[] = {
	{ "id", "rule id, a number from 1 up", parse_id, ITEM_ID },
	{ "priority", "number; the greatest is tried first", parse_priority,
	  ITEM_PRIORITY },
	{ "any", NULL, parse_any, ITEM_ANY },
	{ "ethertype", "ethertype, such as 0x88f7, arp or ptp", parse_ethertype,
	  ITEM_ETHERTYPE },
	{ "ip4", NULL, parse_family, ITEM_FAMILY },
	{ "ip6", NULL, parse_family, ITEM_FAMILY },
	{ "vlan", VLAN_ID, parse_vlan, ITEM_VLAN },
	{ "inner-vlan", VLAN_ID, parse_vlan, ITEM_VLAN_INNER },
	{ "src", PREFIX, parse_addr, ITEM_SRC },
	{ "dst", PREFIX, parse_addr, ITEM_DST },
	{ "proto", "protocol, such as udp, tcp or a number up to 255",
	  parse_proto, ITEM_PROTO },
	{ "udp", NULL, parse_proto, ITEM_PROTO },
	{ "tcp", NULL, parse_proto, ITEM_PROTO },
	{ "icmp", NULL, parse_proto, ITEM_PROTO },
	{ "icmp6", NULL, parse_proto, ITEM_PROTO },
	{ "sport", PORTS, parse_port, ITEM_SPORT },
	{ "dport", PORTS, parse_port, ITEM_DPORT },
	{ "fragment", "set of none, first and later, such as none,first",
	  parse_fragment, ITEM_FRAGMENT },
	{ "length", "length or range in bytes, such as 60-1500 or 1000-",
	  parse_length, ITEM_LENGTH },
	{ "payload", "offset and 1 to 16 bytes in hex, such as 0 c0ffee or 2 0a00/ff00",
	  parse_payload, ITEM_PAYLOAD },
	{ "program", "number of a program", parse_program, ITEM_PROGRAM },
	{ "filter", "expression of tcpdump's, in quotes", parse_filter, ITEM_CODE },
	{ "bytecode", "instructions, in quotes", parse_bytecode, ITEM_CODE },
	{ "ebpf", "path in bpffs, or number", parse_ebpf, ITEM_CODE },
	{ "pass", NULL, parse_pass, ITEM_VERDICT },
	{ "drop", NULL, parse_drop, ITEM_VERDICT },
	{ "reply", "number of a reply, echo, hex or text", reply_parse, ITEM_VERDICT },
	{ "record", NULL, parse_record, ITEM_RECORD },
	{ "on-full", "drop, nor pass", parse_on_full, ITEM_ON_FULL },
	{ NULL, NULL, NULL, 0 }
};

const char rule_grammar[] =
	"A rule is words in any order, each once:\n"
	"  id N               its number; without: chosen by the kernel\n"
	"  priority N         the greatest is tried first; 0 if not said\n"
	"  any                every packet\n"
	"  ip4 | ip6          the family of the addresses, or the ethertype\n"
	"  ethertype N        behind all VLAN tags: 0x88f7, arp, ptp, lldp, ...\n"
	"  vlan N             id of the outermost tag, or untagged\n"
	"  inner-vlan N       id of the second tag, or untagged\n"
	"  src, dst PREFIX    10.1.2.3, 10.0.0.0/8, 2001:db8::/32\n"
	"  proto N            17 or udp, tcp, icmp, icmp6, sctp, ...\n"
	"  udp | tcp | icmp | icmp6\n"
	"                     short for proto udp, ...\n"
	"  sport, dport N     8080, 1000-2000, 1024-\n"
	"  fragment SET       none, first, later, with commas between\n"
	"  length N           bytes from the MAC header on: 60, 60-1500, 1000-\n"
	"  payload N HEX      bytes at an offset in the payload: 0 c0ffee, 2 0a00/ff00\n"
	"  program N          a program of the session has to agree; with one of the next\n"
	"                     three, it becomes that program first\n"
	"  filter 'EXPR'      a program: what tcpdump makes of an expression\n"
	"  bytecode 'INSNS'   a program: what tcpdump -ddd prints, commas for newlines\n"
	"  ebpf PATH | ID     a program: eBPF, pinned, or by its number\n"
	"and what is to happen:\n"
	"  pass | drop | reply [N] [ANSWER]\n"
	"                     becomes of the packet; pass if not said. reply answers it:\n"
	"                     as reply N of the session; with an ANSWER, it becomes that\n"
	"                     first: echo rate R, what came, R times a second at most, or\n"
	"                     hex BYTES | text 'TEXT', with copy FROM:TO:BYTES,... of what\n"
	"                     came, rate R, and may-grow, be longer than what came\n"
	"  record [first N]   the application gets it, or its first bytes\n"
	"  on-full drop       drop or answer it even if it could not be recorded\n"
	"\n"
	"What stands in quotes and is none of these words is a filter.\n"
	"For example: priority 10 src 10.0.0.0/8 udp dport 8080 drop record first 64\n"
	"         or: 'udp port 8080 and src net 10.0.0.0/8' record\n"
	"         or: udp dport 7 reply echo rate 1000\n";
