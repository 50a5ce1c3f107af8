/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rule tables of the XDP backend: what is asked of the module's, and random
 * packets in random tables against a naive matcher.
 *
 * usage: tables HOOK [PACKETS]   RTI_SEED as it was printed
 */
#include "bpf.h"
#include "tests/device/agree.h"
#include "tests/device/tables.h"

#define RULES_MAX	4095
#define ALL_KINDS	50000	/* of so many packets, some are of each kind */

static __u32 wanted;

static struct rtintercept *opened(void)
{
	__u32 hook = wanted;

	return session_of(RTINTERCEPT_BACKEND_XDP, HERE, &hook, RING_BYTES);
}

static void test_agreement(__u32 packets)
{
	const int raw = raw_open(PEER, THERE);
	struct rtintercept *rti = opened();
	struct agreement a;

	must(rtintercept_start(rti), "start");
	agree(rti, raw, RULES_MAX, packets, &a);
	close(raw);
	is(a.mismatches, 0, "%u packets, of which %u matched, agree", a.packets,
	   a.matched);
	ok(packets < ALL_KINDS ||
	   (a.matched > a.packets / 10 && a.matched < a.packets / 10 * 9 &&
	    a.tagged > a.packets / 10 && a.fragments > a.packets / 50 &&
	    a.extended > a.packets / 100 && a.malformed > a.packets / 50 &&
	    a.payloads > a.packets / 500),
	   "of all kinds: %u tagged, %u later fragments, %u extended, %u malformed, %u by payload",
	   a.tagged, a.fragments, a.extended, a.malformed, a.payloads);
	session_close(rti, "agreement");
}

/* A rule counts on as long as a rule of its id is there, in tables of any size. */
static void test_books(void)
{
	static struct rtintercept_rule rules[1000];
	struct rtintercept_rule_counters *c = NULL;
	const int raw = raw_open(PEER, THERE);
	struct rtintercept *rti = opened();
	static struct packet p;
	__u32 i, round, bad = 0;
	int n, j;

	must(rtintercept_start(rti), "start");
	packet_to_here(&p, 7999, 20);
	for (round = 1; round <= 4; round++) {
		/* Rule 900 stays, the others are others each time. */
		for (i = 0; i < 1000; i++) {
			rules[i] = rule_udp((__u16)(7000 + i));
			rules[i].flags = 0;
			rules[i].id = i == 999 ? 900 : 1000 * round + i;
		}
		n = round % 2 ? 1000 : 3;
		must(rtintercept_rule_replace(rti, 0, rules + 1000 - n, (__u32)n, NULL),
		     "replace");
		raw_send(raw, &p);
		sleep_ms(20);
		is(rtintercept_rule_stats(rti, 0, &c), n, "a table of %d rules", n);
		for (j = 0; j < n; j++)
			bad += c[j].matched != (c[j].rule_id == 900 ? round : 0);
		free(c);
		c = NULL;
	}
	is(bad, 0, "its counters outlive the tables, no other has any");
	close(raw);
	session_close(rti, "books");
}

int main(int argc, char **argv)
{
	wanted = hook_by_name(argc > 1 ? argv[1] : "xdp_native");
	stay_on_cpu(0);
	test_agreement(argc > 2 ? (__u32)atoi(argv[2]) : 100000);
	tables_refused(opened(), -EOPNOTSUPP);
	tables_equal(opened());
	test_books();
	tables_turns(opened(), 0, "small");
	tables_turns(opened(), 1, "small and large");
	tables_turns(opened(), 3, "large");
	return tap_end();
}
