/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: tools/rule-parse.c tools/rule-words.c tools/rule-print.c */
/* LINK: tools/rule-values.c tools/guess.c tools/program-code.c tools/reply-text.c */
/*
 * Any bytes as a rule, and any as a packet: what is found sound matches what a
 * naive matcher says it does, and survives being printed and read.
 */
#include "fuzz.h"
#include "naive.h"
#include "parse-util.h"
#include "tidy.h"
#include "tools/program-code.h"
#include "tools/rule-text.h"

/* What naive.h knows. */
#define FEATURES	RTINTERCEPT_FEATURE_MATCH_PAYLOAD

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
