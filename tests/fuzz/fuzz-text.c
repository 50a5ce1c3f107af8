/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: tools/rule-parse.c tools/rule-words.c tools/rule-print.c */
/* LINK: tools/rule-values.c tools/guess.c tools/program-code.c tools/reply-text.c */
/*
 * Any text as a rule: it is refused with a message, or it is a sound rule that is
 * the same when printed and read again.
 */
#include "driver/reply.h"
#include "driver/rule.h"
#include "fuzz.h"
#include "tools/program-code.h"
#include "tools/reply-text.h"
#include "tools/rule-text.h"

#define ALL_FEATURES	(~0ULL)

/* In place of libpcap, which would look up names of hosts. */
int program_code_filter(struct program_code *code, const char *expression,
			char error[CODE_ERROR_BYTES])
{
	return program_code_bytecode(code, "1,6 0 0 1", error);
}

static char *printed(const struct rule_line *rule)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	rule_print(out, rule);
	fclose(out);
	return text;
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t bytes)
{
	struct rule_line rule, again;
	char error[RULE_ERROR_BYTES] = "", *text, *canonical;

	text = malloc(bytes + 1);
	memcpy(text, data, bytes);
	text[bytes] = '\0';
	if (rule_parse(text, RULE_ACTION_RECORD, &rule, error)) {
		FUZZ_CHECK(error[0] && memchr(error, '\0', sizeof(error)));
		free(text);
		return 0;
	}
	FUZZ_CHECK(!rti_rule_check(&rule.rule, ALL_FEATURES));
	canonical = printed(&rule);
	FUZZ_CHECK(!rule_parse(canonical, RULE_ACTION_REQUIRED, &again, error));
	FUZZ_CHECK(!memcmp(&rule.rule, &again.rule, sizeof(rule.rule)));
	FUZZ_CHECK(!rule.code == !again.code);
	FUZZ_CHECK(!rule.code || program_code_same(rule.code, again.code));
	FUZZ_CHECK(!rule.reply == !again.reply);
	FUZZ_CHECK(!rule.reply || (reply_same(rule.reply, again.reply) &&
				   !rti_reply_check(rule.reply)));
	rule_line_destroy(&rule);
	rule_line_destroy(&again);
	free(canonical);
	free(text);
	return 0;
}
