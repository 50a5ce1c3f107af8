/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: tools/rule-parse.c tools/rule-words.c tools/rule-print.c */
/* LINK: tools/rule-values.c tools/guess.c */
/* Rules as text: what is printed is read back, what is read is sound, errors help. */
#include <string.h>

#include "driver/rule.h"
#include "tools/rule-text.h"
#include "unit.h"

#define ALL_FEATURES	(~0ULL)
#define ROUNDS		20000

static char *printed(const struct rtintercept_rule *rule)
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
	struct rtintercept_rule rule;
	char error[RULE_ERROR_BYTES] = "";
	char *again;

	ck_assert_msg(!rule_parse(text, RULE_ACTION_REQUIRED, &rule, error),
		      "%s: %s", text, error);
	again = printed(&rule);
	ck_assert_str_eq(again, canonical);
	free(again);
}

/* @text is refused, and the message has @part in it. */
static void check_refuses(const char *text, const char *part)
{
	struct rtintercept_rule rule;
	char error[RULE_ERROR_BYTES] = "";

	ck_assert_msg(rule_parse(text, RULE_ACTION_REQUIRED, &rule, error),
		      "%s: was taken", text);
	ck_assert_msg(strstr(error, part), "%s: \"%s\" has no \"%s\"", text,
		      error, part);
}

static void random_addresses(struct unit_random *random,
			     struct rtintercept_rule *r)
{
	__u32 max, i;

	if (!(r->match & (RTINTERCEPT_MATCH_SRC_ADDR | RTINTERCEPT_MATCH_DST_ADDR)))
		return;
	r->family = unit_random_below(random, 2) ? 4 : 6;
	max = r->family == 4 ? 32 : 128;
	for (i = 0; i < max / 8; i++) {
		if (r->match & RTINTERCEPT_MATCH_SRC_ADDR)
			r->src_addr[i] = (__u8)unit_random_next(random);
		if (r->match & RTINTERCEPT_MATCH_DST_ADDR)
			r->dst_addr[i] = (__u8)unit_random_next(random);
	}
	if (r->match & RTINTERCEPT_MATCH_SRC_ADDR)
		r->src_prefix_bits = (__u8)unit_random_below(random, max + 1);
	if (r->match & RTINTERCEPT_MATCH_DST_ADDR)
		r->dst_prefix_bits = (__u8)unit_random_below(random, max + 1);
	for (i = r->src_prefix_bits; i < 128; i++)
		r->src_addr[i / 8] &= (__u8)~(0x80 >> i % 8);
	for (i = r->dst_prefix_bits; i < 128; i++)
		r->dst_addr[i / 8] &= (__u8)~(0x80 >> i % 8);
}

/* A range whose ends are often the extremes, or equal. */
static void random_range(struct unit_random *random, __u32 max, __u32 *from,
			 __u32 *to)
{
	__u32 a = (__u32)unit_random_next(random) & max;
	__u32 b = (__u32)unit_random_next(random) & max;

	switch (unit_random_below(random, 4)) {
	case 0:
		b = a;
		break;
	case 1:
		b = max;
		break;
	case 2:
		a = 0;
		break;
	}
	*from = a < b ? a : b;
	*to = a < b ? b : a;
}

static void random_l2(struct unit_random *random, struct rtintercept_rule *r)
{
	static const __u16 often[] = { 0x0800, 0x86dd, 0x0806, 0x88f7 };

	if (r->match & RTINTERCEPT_MATCH_ETHERTYPE)
		r->ethertype = unit_random_below(random, 2) ?
			often[unit_random_below(random, 4)] :
			(__u16)unit_random_next(random);
	if (r->match & RTINTERCEPT_MATCH_VLAN)
		r->vlan_id = (__u16)unit_random_below(random, 4097);
	if (r->match & RTINTERCEPT_MATCH_VLAN_INNER)
		r->vlan_inner_id = (__u16)unit_random_below(random, 4097);
}

static void random_l4(struct unit_random *random, struct rtintercept_rule *r)
{
	__u32 from, to;

	if (r->match & RTINTERCEPT_MATCH_PROTOCOL)
		r->protocol = (__u8)unit_random_next(random);
	if (r->match & RTINTERCEPT_MATCH_FRAGMENT)
		r->fragments = (__u8)(1 + unit_random_below(random, 7));
	if (r->match & RTINTERCEPT_MATCH_SRC_PORT) {
		random_range(random, 0xffff, &from, &to);
		r->src_port_min = (__u16)from;
		r->src_port_max = (__u16)to;
	}
	if (r->match & RTINTERCEPT_MATCH_DST_PORT) {
		random_range(random, 0xffff, &from, &to);
		r->dst_port_min = (__u16)from;
		r->dst_port_max = (__u16)to;
	}
	if (r->match & RTINTERCEPT_MATCH_LENGTH)
		random_range(random, ~0U, &r->length_min, &r->length_max);
}

static void random_payload(struct unit_random *random, struct rtintercept_rule *r)
{
	__u32 i;

	if (!(r->match & RTINTERCEPT_MATCH_PAYLOAD))
		return;
	r->payload_offset = (__u16)unit_random_next(random);
	r->payload_bytes = (__u8)(1 + unit_random_below(random, 16));
	for (i = 0; i < r->payload_bytes; i++) {
		r->payload_mask[i] = unit_random_below(random, 2) ? 0xff :
			(__u8)unit_random_next(random);
		r->payload_value[i] = (__u8)unit_random_next(random) &
				      r->payload_mask[i];
	}
}

static void random_action(struct unit_random *random, struct rtintercept_rule *r)
{
	r->verdict = unit_random_below(random, 3);
	if (r->verdict == RTINTERCEPT_VERDICT_REPLY)
		r->reply_id = (__u32)unit_random_next(random);
	if (unit_random_below(random, 3)) {
		r->flags |= RTINTERCEPT_RULE_RECORD;
		if (unit_random_below(random, 2))
			r->snap_bytes = (__u32)unit_random_next(random);
		if (r->verdict != RTINTERCEPT_VERDICT_PASS &&
		    unit_random_below(random, 2))
			r->flags |= RTINTERCEPT_RULE_ON_FULL_DROP;
	}
}

/* A rule that the kernel could have. */
static struct rtintercept_rule random_rule(struct unit_random *random)
{
	struct rtintercept_rule r = {
		.id = (__u32)unit_random_next(random),
		.priority = unit_random_below(random, 2) ? 0 :
			    (__u32)unit_random_next(random),
		.match = unit_random_next(random) & RTI_MATCH_KNOWN,
	};

	if (!unit_random_below(random, 4))
		r.match &= unit_random_next(random) & unit_random_next(random);
	random_l2(random, &r);
	random_addresses(random, &r);
	random_l4(random, &r);
	random_payload(random, &r);
	if (r.match & RTINTERCEPT_MATCH_PROGRAM)
		r.program_id = (__u32)unit_random_next(random);
	random_action(random, &r);
	return r;
}

START_TEST(what_is_printed_of_any_sound_rule_is_read_back_as_the_same_rule)
{
	char error[RULE_ERROR_BYTES] = "";
	struct rtintercept_rule rule, again;
	struct unit_random random;
	char *text;
	int i;

	unit_random_init(&random);
	for (i = 0; i < ROUNDS; i++) {
		rule = random_rule(&random);
		ck_assert_int_eq(rti_rule_check(&rule, ALL_FEATURES), 0);
		text = printed(&rule);
		ck_assert_msg(!rule_parse(text, RULE_ACTION_REQUIRED, &again,
					  error), "%s: %s", text, error);
		ck_assert_msg(!memcmp(&rule, &again, sizeof(rule)), "%s", text);
		free(text);
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
};

START_TEST(what_is_read_of_any_words_is_sound_and_prints_as_what_it_is)
{
	struct rtintercept_rule rule, again;
	char error[RULE_ERROR_BYTES];
	struct unit_random random;
	char text[512], *canonical;
	int i, n, taken = 0;

	unit_random_init(&random);
	for (i = 0; i < 20 * ROUNDS; i++) {
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
		ck_assert_msg(!rti_rule_check(&rule, ALL_FEATURES), "%s", text);
		canonical = printed(&rule);
		ck_assert_int_eq(rule_parse(canonical, RULE_ACTION_REQUIRED,
					    &again, error), 0);
		ck_assert_msg(!memcmp(&rule, &again, sizeof(rule)), "%s", text);
		free(canonical);
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

START_TEST(ip4_and_ip6_are_an_ethertype_unless_there_are_addresses)
{
	struct rtintercept_rule rule;
	char error[RULE_ERROR_BYTES];

	ck_assert(!rule_parse("ip6 pass", RULE_ACTION_REQUIRED, &rule, error));
	ck_assert_uint_eq(rule.match, RTINTERCEPT_MATCH_ETHERTYPE);
	ck_assert_uint_eq(rule.ethertype, 0x86dd);
	ck_assert(!rule_parse("ip6 dst fe80::/10 pass", RULE_ACTION_REQUIRED,
			      &rule, error));
	ck_assert_uint_eq(rule.match, RTINTERCEPT_MATCH_DST_ADDR);
	check_refuses("ip6 dst 10.0.0.0/8 pass", "ip6");
	check_refuses("ip4 ethertype arp pass", "0x0806");
}
END_TEST

START_TEST(without_an_action_a_rule_is_refused_or_records_as_asked_for)
{
	struct rtintercept_rule rule;
	char error[RULE_ERROR_BYTES];

	check_refuses("udp dport 8080", "pass, drop or reply");
	ck_assert(!rule_parse("udp", RULE_ACTION_RECORD, &rule, error));
	ck_assert_uint_eq(rule.flags, RTINTERCEPT_RULE_RECORD);
	ck_assert_uint_eq(rule.verdict, RTINTERCEPT_VERDICT_PASS);
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
	char text[5000];

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
	struct rtintercept_rule rule = { .match = 1ULL << 40 }, again;
	char error[RULE_ERROR_BYTES];
	char *text = printed(&rule);

	ck_assert_ptr_nonnull(strstr(text, "unknown"));
	ck_assert(rule_parse(text, RULE_ACTION_REQUIRED, &again, error));
	free(text);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, what_is_printed_of_any_sound_rule_is_read_back_as_the_same_rule);
	tcase_add_test(tc, what_is_read_of_any_words_is_sound_and_prints_as_what_it_is);
	tcase_add_test(tc, order_and_white_space_do_not_matter);
	tcase_add_test(tc, short_words_mean_what_the_long_ones_do);
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
