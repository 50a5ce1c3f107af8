/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 100,000 random packets in random tables, by both hooks: no mismatch with the naive
 * matcher.
 *
 * usage: test-agree [PACKETS]   for each hook; RTI_SEED as it was printed
 */
#include "agree.h"
#include "device.h"

#define RULES_MAX	4095

static void test_hook(int raw, __u32 hook, __u32 packets)
{
	struct rtintercept *rti = session_open(HERE, hook, RING_BYTES);
	struct agreement a;

	rtintercept_start(rti);
	agree(rti, raw, RULES_MAX, packets, &a);
	is(a.mismatches, 0, "hook %u: %u packets, of which %u matched, agree", hook,
	   a.packets, a.matched);
	ok(a.matched > a.packets / 10 && a.matched < a.packets / 10 * 9,
	   "hook %u: some match, some do not", hook);
	ok(a.tagged > a.packets / 10 && a.fragments > a.packets / 50 &&
	   a.extended > a.packets / 100 && a.malformed > a.packets / 50 &&
	   a.payloads > a.packets / 500,
	   "hook %u: %u tagged, %u later fragments, %u extended, %u malformed, %u by payload",
	   hook, a.tagged, a.fragments, a.extended, a.malformed, a.payloads);
	printf("# figure packets_vs_reference %u\n", a.packets);
	session_close(rti, "agreement");
}

int main(int argc, char **argv)
{
	const __u32 packets = argc > 1 ? (__u32)atoi(argv[1]) : 50000;
	const int raw = raw_open(PEER, THERE);

	stay_on_cpu(0);
	test_hook(raw, RTINTERCEPT_HOOK_INGRESS, packets);
	test_hook(raw, RTINTERCEPT_HOOK_RX_HANDLER, packets);
	return tap_end();
}
