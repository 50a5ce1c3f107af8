/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: tools/rule-parse.c tools/rule-words.c tools/rule-print.c */
/* LINK: tools/rule-values.c tools/guess.c */
/*
 * Any text as a rule: it is refused with a message, or it is a sound rule that is
 * the same when printed and read again.
 */
#include "driver/rule.h"
#include "fuzz.h"
#include "tools/rule-text.h"

#define ALL_FEATURES	(~0ULL)

static char *printed(const struct rtintercept_rule *rule)
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
	struct rtintercept_rule rule, again;
	char error[RULE_ERROR_BYTES] = "", *text, *canonical;

	text = malloc(bytes + 1);
	memcpy(text, data, bytes);
	text[bytes] = '\0';
	if (rule_parse(text, RULE_ACTION_RECORD, &rule, error)) {
		FUZZ_CHECK(error[0] && memchr(error, '\0', sizeof(error)));
		free(text);
		return 0;
	}
	FUZZ_CHECK(!rti_rule_check(&rule, ALL_FEATURES));
	canonical = printed(&rule);
	FUZZ_CHECK(!rule_parse(canonical, RULE_ACTION_REQUIRED, &again, error));
	FUZZ_CHECK(!memcmp(&rule, &again, sizeof(rule)));
	free(canonical);
	free(text);
	return 0;
}
