/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: tools/rule-parse.c tools/rule-words.c tools/rule-print.c */
/* LINK: tools/rule-values.c tools/guess.c tools/program-code.c tools/reply-text.c */
/*
 * Any bytes as a rule, and any as a packet: what is found sound matches what a
 * naive matcher says it does, and survives being printed and read.
 */
#include "driver/rule.h"
#include "fuzz.h"
#include "naive.h"
#include "parse-util.h"
#include "tools/program-code.h"
#include "tools/rule-text.h"

/* What naive.h knows. */
#define FEATURES	RTINTERCEPT_FEATURE_MATCH_PAYLOAD

/* Bits that do not count are 0. */
static void tidy_payload(struct rtintercept_rule *r)
{
	__u32 i;

	r->payload_bytes = (__u8)(1 + r->payload_bytes % RTINTERCEPT_PAYLOAD_MAX);
	r->payload_offset %= 64;
	for (i = 0; i < RTINTERCEPT_PAYLOAD_MAX; i++) {
		if (i >= r->payload_bytes)
			r->payload_mask[i] = 0;
		r->payload_value[i] &= r->payload_mask[i];
	}
}

/* Random bytes hardly ever make a sound rule: leave out what is not asked for. */
static void tidy(struct rtintercept_rule *r)
{
	const __u64 addresses = RTINTERCEPT_MATCH_SRC_ADDR |
				RTINTERCEPT_MATCH_DST_ADDR;

	memset(r->__reserved, 0, sizeof(r->__reserved));
	r->match &= RTI_MATCH_KNOWN;
	r->reply_id = r->verdict == RTINTERCEPT_VERDICT_REPLY ? r->reply_id : 0;
	if (!(r->match & addresses))
		r->family = 0;
	if (!(r->match & RTINTERCEPT_MATCH_SRC_ADDR))
		memset(r->src_addr, 0, 16), r->src_prefix_bits = 0;
	if (!(r->match & RTINTERCEPT_MATCH_DST_ADDR))
		memset(r->dst_addr, 0, 16), r->dst_prefix_bits = 0;
	if (!(r->match & RTINTERCEPT_MATCH_SRC_PORT))
		r->src_port_min = r->src_port_max = 0;
	if (!(r->match & RTINTERCEPT_MATCH_DST_PORT))
		r->dst_port_min = r->dst_port_max = 0;
	if (!(r->match & RTINTERCEPT_MATCH_LENGTH))
		r->length_min = r->length_max = 0;
	if (!(r->match & RTINTERCEPT_MATCH_ETHERTYPE))
		r->ethertype = 0;
	if (!(r->match & RTINTERCEPT_MATCH_VLAN))
		r->vlan_id = 0;
	if (!(r->match & RTINTERCEPT_MATCH_VLAN_INNER))
		r->vlan_inner_id = 0;
	if (!(r->match & RTINTERCEPT_MATCH_PROTOCOL))
		r->protocol = 0;
	if (!(r->match & RTINTERCEPT_MATCH_FRAGMENT))
		r->fragments = 0;
	if (!(r->match & RTINTERCEPT_MATCH_PROGRAM))
		r->program_id = 0;
	tidy_payload(r);
	if (!(r->match & RTINTERCEPT_MATCH_PAYLOAD)) {
		r->payload_offset = r->payload_bytes = 0;
		memset(r->payload_value, 0, sizeof(r->payload_value));
		memset(r->payload_mask, 0, sizeof(r->payload_mask));
	}
}

/* No rule here has one. */
int program_code_filter(struct program_code *code, const char *expression,
			char error[CODE_ERROR_BYTES])
{
	return -1;
}

static void check_text(const struct rtintercept_rule *rule)
{
	const struct rule_line line = { .rule = *rule };
	struct rule_line again;
	char error[RULE_ERROR_BYTES] = "", *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	rule_print(out, &line);
	fclose(out);
	if (rule_parse(text, RULE_ACTION_REQUIRED, &again, error)) {
		fprintf(stderr, "%s: %s\n", text, error);
		abort();
	}
	if (memcmp(&again.rule, rule, sizeof(*rule))) {
		fprintf(stderr, "%s: read as another rule\n", text);
		abort();
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t bytes)
{
	struct fuzz fuzz = { data, bytes };
	struct rtintercept_rule rule;
	struct naive_facts facts;
	struct rti_matcher m;
	struct rti_frame frame = {};
	struct rti_key key;
	__u8 how = fuzz_u8(&fuzz);

	fuzz_bytes(&fuzz, &rule, sizeof(rule));
	if (how & 1)
		tidy(&rule);
	if (fuzz.left > 512 || rti_rule_check(&rule, FEATURES))
		return 0;
	rti_rule_compile(&rule, &m);
	frame.wire_bytes = (__u32)fuzz.left;
	key = parse_frame(frame, fuzz.at, (__u32)fuzz.left);
	naive_look(&facts, fuzz.at, (__u32)fuzz.left, frame.wire_bytes, false);
	FUZZ_CHECK(match_data(&rule, &m, &key, fuzz.at, (__u32)fuzz.left) ==
		   naive_match(&rule, &facts));
	if (!(how & 6))
		check_text(&rule);
	return 0;
}
