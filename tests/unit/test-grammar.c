/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: tools/rule-parse.c tools/rule-words.c tools/rule-print.c */
/* LINK: tools/rule-values.c tools/guess.c tools/program-code.c tools/reply-text.c */
/* LINK: tools/program-filter.c -lpcap */
/* Rules as text: what is printed is read back, what is read is sound, errors help. */
#include <string.h>

#include "driver/reply.h"
#include "driver/rule.h"
#include "random-reply.h"
#include "random-rule.h"
#include "tools/program-code.h"
#include "tools/reply-text.h"
#include "tools/rule-text.h"

#define ALL_FEATURES	(~0ULL)
#define ROUNDS		100000

static char *printed(const struct rule_line *rule)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	rule_print(out, rule);
	fclose(out);
	return text;
}

/* @text is read; what it says in the canonical form is @canonical. */
static void check_reads(const char *text, const char *canonical)
{
	char error[RULE_ERROR_BYTES] = "";
	struct rule_line rule;
	char *again;

	ck_assert_msg(!rule_parse(text, RULE_ACTION_REQUIRED, &rule, error),
		      "%s: %s", text, error);
	again = printed(&rule);
	ck_assert_str_eq(again, canonical);
	free(again);
	rule_line_destroy(&rule);
}

/* @text is refused, and the message has @part in it. */
static void check_refuses(const char *text, const char *part)
{
	char error[RULE_ERROR_BYTES] = "";
	struct rule_line rule;

	ck_assert_msg(rule_parse(text, RULE_ACTION_REQUIRED, &rule, error),
		      "%s: was taken", text);
	ck_assert_msg(strstr(error, part), "%s: \"%s\" has no \"%s\"", text,
		      error, part);
}

static int same(const struct rule_line *a, const struct rule_line *b)
{
	if (memcmp(&a->rule, &b->rule, sizeof(a->rule)) || !a->code != !b->code ||
	    !a->reply != !b->reply || (a->reply && !reply_same(a->reply, b->reply)))
		return 0;
	return !a->code || program_code_same(a->code, b->code);
}

/* Any instructions: whether they are sound is the kernel's business. */
static void random_code(struct unit_random *random, struct program_code *code)
{
	__u32 i;

	memset(code, 0, sizeof(*code));
	if (!unit_random_below(random, 4)) {
		code->type = RTINTERCEPT_PROGRAM_EBPF;
		code->bpf_id = 1 + unit_random_below(random, 0xfffffffe);
		return;
	}
	code->type = RTINTERCEPT_PROGRAM_CBPF;
	code->count = 1 + unit_random_below(random, unit_random_below(random, 50) ? 20 :
					    RTINTERCEPT_PROGRAM_MAX_INSNS);
	code->insns = calloc(code->count, sizeof(*code->insns));
	for (i = 0; i < code->count; i++)
		code->insns[i] = (struct sock_filter) {
			(__u16)unit_random_next(random), (__u8)unit_random_next(random),
			(__u8)unit_random_next(random), (__u32)unit_random_next(random),
		};
}

START_TEST(what_is_printed_of_any_sound_rule_is_read_back_as_the_same_rule)
{
	char error[RULE_ERROR_BYTES] = "";
	struct program_code code = { 0 };
	struct rtintercept_reply_set reply;
	struct rule_line rule, again;
	struct unit_random random;
	char *text;
	int i;

	unit_random_init(&random);
	for (i = 0; i < ROUNDS; i++) {
		rule.rule = sound_rule(&random, RTI_MATCH_KNOWN);
		ck_assert_int_eq(rti_rule_check(&rule.rule, ALL_FEATURES), 0);
		rule.code = NULL;
		if (rule.rule.match & RTINTERCEPT_MATCH_PROGRAM &&
		    unit_random_below(&random, 2)) {
			random_code(&random, &code);
			rule.code = &code;
		}
		rule.reply = NULL;
		if (rule.rule.verdict == RTINTERCEPT_VERDICT_REPLY &&
		    unit_random_below(&random, 2)) {
			random_reply(&random, &reply);
			ck_assert_int_eq(rti_reply_check(&reply), 0);
			rule.reply = &reply;
		}
		text = printed(&rule);
		ck_assert_msg(!rule_parse(text, RULE_ACTION_REQUIRED, &again,
					  error), "%s: %s", text, error);
		ck_assert_msg(same(&rule, &again), "%s", text);
		free(text);
		rule_line_destroy(&again);
		program_code_destroy(&code);
	}
}
END_TEST

/* Pieces of rules, right and wrong ones. */
static const char *const pieces[] = {
	"id", "priority", "any", "ip4", "ip6", "ethertype", "vlan", "inner-vlan",
	"src", "dst", "proto", "udp", "tcp", "sport", "dport", "fragment",
	"length", "payload", "program", "pass", "drop", "reply", "record", "first",
	"on-full", "none,first", "later", "untagged", "0", "1", "17", "0x800",
	"65535", "65536", "4294967295", "4294967296", "99999999999999999999",
	"1-2", "2-1", "5-", "-5", "-", "0c0ffee0", "0c/ff", "ff/0f", "0",
	"10.0.0.0/8", "10.0.0.1/8", "1.2.3.4", "::/0", "fe80::1/64", "1.2.3",
	"/", ",", "%s", "\xff", "#", "arp", "1000000000000000000000-",
	"filter", "bytecode", "ebpf", "'udp'", "\"tcp and port 80\"", "''", "'", "\"",
	"'1,6 0 0 0'", "'1,6 0 0'", "'2,6 0 0 0'", "' 1 , 6 0 0 1 ,'", "/pinned",
	"echo", "hex", "text", "rate", "copy", "may-grow", "reply echo rate 5",
	"reply 3 hex 0c0ffee0 rate 7 may-grow", "0:0:1", "0:0:1,1:1:2", "reply text 'ab'",
	"reply hex 0c0ffee0 copy 3:1:2 rate 1", "rate 0", "reply hex - rate 10000000",
};

START_TEST(what_is_read_of_any_words_is_sound_and_prints_as_what_it_is)
{
	struct rule_line rule, again;
	char error[RULE_ERROR_BYTES];
	struct unit_random random;
	char text[512], *canonical;
	int i, n, taken = 0;

	unit_random_init(&random);
	for (i = 0; i < 4 * ROUNDS; i++) {
		text[0] = '\0';
		for (n = (int)unit_random_below(&random, 6); n >= 0; n--) {
			strcat(text, pieces[unit_random_below(&random,
				sizeof(pieces) / sizeof(pieces[0]))]);
			strcat(text, " ");
		}
		error[0] = '\0';
		if (rule_parse(text, RULE_ACTION_REQUIRED, &rule, error)) {
			ck_assert_msg(error[0], "%s: refused without a word", text);
			continue;
		}
		taken++;
		ck_assert_msg(!rti_rule_check(&rule.rule, ALL_FEATURES), "%s", text);
		ck_assert_msg(!rule.reply || !rti_reply_check(rule.reply), "%s", text);
		canonical = printed(&rule);
		ck_assert_int_eq(rule_parse(canonical, RULE_ACTION_REQUIRED,
					    &again, error), 0);
		ck_assert_msg(same(&rule, &again), "%s", text);
		free(canonical);
		rule_line_destroy(&rule);
		rule_line_destroy(&again);
	}
	ck_assert_int_gt(taken, 0);
}
END_TEST

START_TEST(order_and_white_space_do_not_matter)
{
	check_reads("record dport 8080\t udp  drop\n",
		    "proto udp dport 8080 drop record");
	check_reads("drop record udp dport 8080",
		    "proto udp dport 8080 drop record");
}
END_TEST

START_TEST(short_words_mean_what_the_long_ones_do)
{
	check_reads("tcp pass", "proto tcp pass");
	check_reads("proto 6 pass", "proto tcp pass");
	check_reads("icmp6 record", "proto icmp6 pass record");
	check_reads("ethertype ptp record", "ethertype ptp pass record");
	check_reads("dst 10.1.2.3/32 pass", "ip4 dst 10.1.2.3 pass");
	check_reads("length 60-60 pass", "length 60 pass");
	check_reads("length 60-4294967295 pass", "length 60- pass");
	check_reads("sport 1024- pass", "sport 1024-65535 pass");
	check_reads("payload 2 C0FFEE/ffffff pass", "payload 2 c0ffee pass");
	check_reads("on-full pass udp drop record", "proto udp drop record");
}
END_TEST

START_TEST(a_reply_is_a_number_or_what_to_answer_or_both)
{
	check_reads("udp reply 3", "proto udp reply 3");
	check_reads("udp reply echo rate 1000", "proto udp reply echo rate 1000");
	check_reads("udp record reply 3 echo rate 1",
		    "proto udp reply 3 echo rate 1 record");
	check_reads("udp reply text 'all is well' rate 5",
		    "proto udp reply hex 616c6c2069732077656c6c rate 5");
	check_reads("udp reply hex 00000000 copy 8:0:2,0:3:1 rate 5 may-grow record",
		    "proto udp reply hex 00000000 copy 8:0:2,0:3:1 rate 5 may-grow record");
	check_reads("udp reply hex - rate 7", "proto udp reply hex - rate 7");
	check_refuses("udp reply", "number of a reply");
	check_refuses("udp reply echo", "rate is missing");
	check_refuses("udp reply echo rate 0", "1 to 10000000");
	check_refuses("udp reply echo rate 10000001", "1 to 10000000");
	check_refuses("udp reply echo rate 5 may-grow", "may-grow");
	check_refuses("udp reply hex abc rate 5", "bytes in hex");
	check_refuses("udp reply hex ab/ff rate 5", "bytes in hex");
	check_refuses("udp reply hex abcd copy 0:1:2 rate 5", "within the template");
	check_refuses("udp reply hex abcd copy 255:0:2 rate 5", "within 256 bytes");
	check_refuses("udp reply hex abcd copy 0:0:2,0:1:1 rate 5", "two fields");
	check_refuses("udp reply hex abcd copy 0:0 rate 5", "FROM:TO:BYTES");
	check_refuses("udp reply hex abcdabcdabcdabcdabcd copy 0:0:1,0:1:1,0:2:1,0:3:1,"
		      "0:4:1,0:5:1,0:6:1,0:7:1,0:8:1 rate 5", "8 of them");
	check_refuses("udp reply echo rate 5 drop", "drop");
}
END_TEST

START_TEST(ip4_and_ip6_are_an_ethertype_unless_there_are_addresses)
{
	char error[RULE_ERROR_BYTES];
	struct rule_line rule;

	ck_assert(!rule_parse("ip6 pass", RULE_ACTION_REQUIRED, &rule, error));
	ck_assert_uint_eq(rule.rule.match, RTINTERCEPT_MATCH_ETHERTYPE);
	ck_assert_uint_eq(rule.rule.ethertype, 0x86dd);
	ck_assert(!rule_parse("ip6 dst fe80::/10 pass", RULE_ACTION_REQUIRED,
			      &rule, error));
	ck_assert_uint_eq(rule.rule.match, RTINTERCEPT_MATCH_DST_ADDR);
	check_refuses("ip6 dst 10.0.0.0/8 pass", "ip6");
	check_refuses("ip4 ethertype arp pass", "0x0806");
}
END_TEST

START_TEST(without_an_action_a_rule_is_refused_or_records_as_asked_for)
{
	char error[RULE_ERROR_BYTES];
	struct rule_line rule;

	check_refuses("udp dport 8080", "pass, drop or reply");
	ck_assert(!rule_parse("udp", RULE_ACTION_RECORD, &rule, error));
	ck_assert_uint_eq(rule.rule.flags, RTINTERCEPT_RULE_RECORD);
	ck_assert_uint_eq(rule.rule.verdict, RTINTERCEPT_VERDICT_PASS);
}
END_TEST

START_TEST(a_message_names_the_word_that_is_wrong)
{
	check_refuses("dport 80a pass", "\"80a\"");
	check_refuses("dport 65536 pass", "\"65536\"");
	check_refuses("dport 2000-1000 pass", "\"2000-1000\"");
	check_refuses("src 10.0.0.256 pass", "\"10.0.0.256\"");
	check_refuses("src 10.0.0.0/33 pass", "\"10.0.0.0/33\"");
	check_refuses("vlan 4096 pass", "\"4096\"");
	check_refuses("id 0 pass", "\"0\"");
	check_refuses("fragment some pass", "\"some\"");
	check_refuses("payload 0 abc pass", "\"abc\"");
	check_refuses("payload 0 ff/0f pass", "\"ff/0f\"");
	check_refuses("record first 0", "\"0\"");
	check_refuses("frobnicate pass", "\"frobnicate\"");
	check_refuses("on-full maybe drop record", "\"maybe\"");
}
END_TEST

START_TEST(a_message_says_what_to_do)
{
	check_refuses("dprot 80 pass", "did you mean dport?");
	check_refuses("src 10.1.2.3/8 pass", "did you mean 10.0.0.0/8?");
	check_refuses("dport", "missing");
	check_refuses("pass drop", "drop: said twice");
	check_refuses("udp proto 6 pass", "proto: said twice");
	check_refuses("src 10.0.0.1 dst fe80::1 pass", "IPv6");
	check_refuses("on-full drop pass record", "drop record");
	check_refuses("any udp pass", "any");
	check_refuses("", "nothing");
}
END_TEST

START_TEST(a_rule_that_is_too_long_is_refused)
{
	static char text[200000];

	memset(text, ' ', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	check_refuses(text, "too long");
	memset(text, 'x', 1000);
	text[1000] = '\0';
	check_refuses(text, "no word");
}
END_TEST

START_TEST(what_this_version_does_not_know_is_shown_and_not_taken)
{
	struct rule_line rule = { .rule.match = 1ULL << 40 }, again;
	char error[RULE_ERROR_BYTES];
	char *text = printed(&rule);

	ck_assert_ptr_nonnull(strstr(text, "unknown"));
	ck_assert(rule_parse(text, RULE_ACTION_REQUIRED, &again, error));
	free(text);
}
END_TEST

START_TEST(what_stands_in_quotes_is_a_filter)
{
	check_reads("'arp' pass",
		    "bytecode '4,40 0 0 12,21 0 1 2054,6 0 0 262144,6 0 0 0' pass");
	check_reads("filter arp drop record",
		    "bytecode '4,40 0 0 12,21 0 1 2054,6 0 0 262144,6 0 0 0' drop record");
	check_reads("pass program 3 filter \"arp\" udp", "proto udp program 3 "
		    "bytecode '4,40 0 0 12,21 0 1 2054,6 0 0 262144,6 0 0 0' pass");
	check_refuses("'udp port 80", "quotes that do not end");
	check_refuses("filter 'udp port 80", "quotes do not end");
	check_refuses("'udp'pass", "quotes that do not end");
	check_refuses("'udp' filter 'tcp' pass", "filter: said twice");
	check_refuses("'udp dport 80' pass", "syntax error");
	check_refuses("'udp and vlan 5' pass", "say vlan ID outside");
	check_refuses("'portrange 1-2 and udp[' pass", "filter: ");
}
END_TEST

START_TEST(instructions_are_read_as_tcpdump_prints_them)
{
	check_reads("bytecode '1,6 0 0 0,' pass", "bytecode '1,6 0 0 0' pass");
	check_reads("bytecode ' 2 , 6 1 2 3 ,\n6 255 0 4294967295' pass",
		    "bytecode '2,6 1 2 3,6 255 0 4294967295' pass");
	check_refuses("bytecode '1,6 0 0 4294967296' pass", "instruction 1");
	check_refuses("bytecode '1,65536 0 0 0' pass", "instruction 1");
	check_refuses("bytecode '1,6 256 0 0' pass", "instruction 1");
	check_refuses("bytecode '2,6 0 0 0' pass", "instruction 2");
	check_refuses("bytecode '1,6 0 0 0,6 0 0 0' pass", "instruction 2");
	check_refuses("bytecode '0' pass", "how many");
	check_refuses("bytecode '4097,' pass", "how many");
	check_refuses("bytecode '' pass", "how many");
	check_refuses("bytecode 1 pass", "instruction 1");
}
END_TEST

START_TEST(ebpf_has_a_path_or_a_number)
{
	check_reads("ebpf 45 pass", "ebpf 45 pass");
	check_reads("program 7 ebpf /sys/fs/bpf/x pass",
		    "program 7 ebpf '/sys/fs/bpf/x' pass");
	check_refuses("ebpf 0 pass", "neither a path");
	check_refuses("ebpf x pass", "neither a path");
	check_refuses("ebpf \"/it's\" pass", "neither a path");
}
END_TEST

START_TEST(words_are_told_from_an_expression)
{
	char error[RULE_ERROR_BYTES];

	ck_assert(rule_reads_as_words("udp dport 8080", error));
	ck_assert(rule_reads_as_words("filter 'udp port 8080' record", error));
	ck_assert(!rule_reads_as_words("udp port 8080", error));
	ck_assert_ptr_nonnull(strstr(error, "\"port\""));
	ck_assert(!rule_reads_as_words("src net 10.0.0.0/8", error));
	ck_assert(!rule_reads_as_words("", error));
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, what_stands_in_quotes_is_a_filter);
	tcase_add_test(tc, instructions_are_read_as_tcpdump_prints_them);
	tcase_add_test(tc, ebpf_has_a_path_or_a_number);
	tcase_add_test(tc, words_are_told_from_an_expression);
	tcase_add_test(tc, what_is_printed_of_any_sound_rule_is_read_back_as_the_same_rule);
	tcase_add_test(tc, what_is_read_of_any_words_is_sound_and_prints_as_what_it_is);
	tcase_add_test(tc, order_and_white_space_do_not_matter);
	tcase_add_test(tc, short_words_mean_what_the_long_ones_do);
	tcase_add_test(tc, a_reply_is_a_number_or_what_to_answer_or_both);
	tcase_add_test(tc, ip4_and_ip6_are_an_ethertype_unless_there_are_addresses);
	tcase_add_test(tc, without_an_action_a_rule_is_refused_or_records_as_asked_for);
	tcase_add_test(tc, a_message_names_the_word_that_is_wrong);
	tcase_add_test(tc, a_message_says_what_to_do);
	tcase_add_test(tc, a_rule_that_is_too_long_is_refused);
	tcase_add_test(tc, what_this_version_does_not_know_is_shown_and_not_taken);
}

int main(void)
{
	return unit_run("grammar", add);
}
