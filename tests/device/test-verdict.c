/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of packets: verdict, recording and truncation in every
 * combination, full rings, START and STOP, several rules and sessions.
 */
#include "device.h"

#define PORT		7001	/* what the rules are about */
#define BYSTANDER	7002
#define COUNT		20
#define PAYLOAD		100

static int raw, urgent, bystander;

/* @count packets to the port, then one that nobody intercepts, as a fence. */
static void send_some(int count, __u32 payload)
{
	struct packet p;
	char byte;

	packet_to_here(&p, PORT, payload);
	while (count--)
		raw_send(raw, &p);
	packet_to_here(&p, BYSTANDER, 1);
	raw_send(raw, &p);
	if (udp_receive(bystander, &byte, 1, 5000) != 1)
		ok(0, "a bystander's packet arrives");
}

/* What the ordinary socket had of them. */
static int received(void)
{
	char bytes[100];
	int count = 0;

	while (udp_receive(urgent, bytes, sizeof(bytes), 0) >= 0)
		count++;
	return count;
}

static struct rtintercept_rule rule_for(__u32 verdict, __u32 flags, __u32 snap)
{
	struct rtintercept_rule rule = rule_udp(PORT);

	rule.verdict = verdict;
	rule.flags = flags;
	rule.snap_bytes = snap;
	return rule;
}

/* One combination of verdict × recording × truncation. */
static void combination(__u32 hook, __u32 verdict, __u32 flags, __u32 snap)
{
	const int drop = verdict == RTINTERCEPT_VERDICT_DROP;
	const int records = flags & RTINTERCEPT_RULE_RECORD ? COUNT : 0;
	const __u32 whole = 42 + PAYLOAD;
	const struct rtintercept_record *r;
	struct rtintercept_stats s;
	struct rtintercept *rti;
	int seen = 0, bad = 0;
	char name[80];

	snprintf(name, sizeof(name), "hook %u, %s, %s %u", hook,
		 drop ? "DROP" : "PASS", records ? "record" : "no record", snap);
	rti = session_open(HERE, hook, RING_BYTES);
	session_rule(rti, rule_for(verdict, flags, snap));
	rtintercept_start(rti);
	send_some(COUNT, PAYLOAD);
	rtintercept_stop(rti);
	is(received(), drop ? 0 : COUNT, "%s: what the socket got", name);
	for (; (r = rtintercept_ring_peek(rti)); seen++) {
		all_are(bad, r->verdict, verdict);
		all_are(bad, r->captured_bytes, snap && snap < whole ? snap : whole);
		rtintercept_ring_release(rti);
	}
	is(seen, records, "%s: records", name);
	ok(!bad, "%s: all as the rule says", name);
	rtintercept_stats(rti, 0, &s);
	is(s.matched, COUNT, "%s: matched", name);
	is(s.consumed, drop ? COUNT : 0, "%s: consumed", name);
	is(s.passed, s.seen - s.consumed, "%s: passed", name);
	is(s.not_to_record, COUNT - records, "%s: not to record", name);
	session_close(rti, name);
}

static void test_combinations(void)
{
	static const __u32 snaps[] = { 0, 64, 1000 };
	__u32 hook, verdict, i;

	for (hook = RTINTERCEPT_HOOK_INGRESS; hook <= RTINTERCEPT_HOOK_RX_HANDLER;
	     hook++)
		for (verdict = RTINTERCEPT_VERDICT_PASS;
		     verdict <= RTINTERCEPT_VERDICT_DROP; verdict++) {
			combination(hook, verdict, 0, 0);
			for (i = 0; i < 3; i++)
				combination(hook, verdict,
					    RTINTERCEPT_RULE_RECORD, snaps[i]);
		}
}

static int rule_says(struct rtintercept *rti, const struct rtintercept_stats *s)
{
	struct rtintercept_rule_counters *c = NULL;
	int good = rtintercept_rule_stats(rti, 0, &c) == 1 &&
		   c->matched == s->matched && c->recorded == s->recorded &&
		   c->dropped_ring_full == s->dropped_ring_full &&
		   c->dropped_too_big == s->dropped_too_big &&
		   c->matched_bytes == s->seen_bytes - 43 * s->unmatched;

	free(c);
	return good;
}

/* Nobody reads: what does not fit goes to the stack, or not, as the rule says. */
static void test_full_ring(__u32 hook, __u32 flags, __u32 payload)
{
	const int closed = flags & RTINTERCEPT_RULE_ON_FULL_DROP;
	struct rtintercept *rti = session_open(HERE, hook, 4096);
	struct rtintercept_stats s;
	__u64 dropped;
	char name[60];

	snprintf(name, sizeof(name), "hook %u, a full ring%s, %u bytes", hook,
		 closed ? ", ON_FULL_DROP" : "", payload);
	session_rule(rti, rule_for(RTINTERCEPT_VERDICT_DROP,
				   RTINTERCEPT_RULE_RECORD | flags, 0));
	rtintercept_start(rti);
	send_some(COUNT, payload);
	rtintercept_stats(rti, 0, &s);
	dropped = s.dropped_ring_full + s.dropped_too_big;
	is(s.matched, COUNT, "%s: matched", name);
	is(dropped, COUNT - s.recorded, "%s: the rest is counted", name);
	is(payload > 4000 ? s.dropped_too_big : s.dropped_ring_full, dropped,
	   "%s: by reason", name);
	ok(dropped > 0, "%s: not all fit", name);
	ok(rule_says(rti, &s), "%s: so says the rule", name);
	is(s.consumed, closed ? COUNT : s.recorded, "%s: consumed", name);
	is(s.failed_open, closed ? 0 : dropped, "%s: failed open", name);
	is(received(), closed ? 0 : dropped, "%s: what the socket got", name);
	session_drain(rti);
	send_some(1, 100);
	is(received(), 0, "%s: read, it takes packets again", name);
	is(session_drain(rti), 1, "%s: and records them", name);
	session_close(rti, name);
}

/* A rule that passes has nothing to do with what is on full. */
static void test_full_ring_pass(void)
{
	struct rtintercept *rti = session_open(HERE, 0, 4096);
	struct rtintercept_stats s;

	session_rule(rti, rule_for(RTINTERCEPT_VERDICT_PASS, RTINTERCEPT_RULE_RECORD, 0));
	rtintercept_start(rti);
	send_some(COUNT, 1000);
	rtintercept_stats(rti, 0, &s);
	ok(s.dropped_ring_full > 0, "a full ring, PASS: not all fit");
	is(s.failed_open, 0, "a full ring, PASS: nothing failed open");
	is(received(), COUNT, "a full ring, PASS: the socket got all");
	session_close(rti, "a full ring, PASS");
}

static void test_full_rings(void)
{
	__u32 hook;

	for (hook = RTINTERCEPT_HOOK_INGRESS; hook <= RTINTERCEPT_HOOK_RX_HANDLER;
	     hook++) {
		test_full_ring(hook, 0, 1000);
		test_full_ring(hook, RTINTERCEPT_RULE_ON_FULL_DROP, 1000);
		test_full_ring(hook, 0, 8000);
		test_full_ring(hook, RTINTERCEPT_RULE_ON_FULL_DROP, 8000);
	}
	test_full_ring_pass();
}

static void test_start_and_stop(void)
{
	struct rtintercept *rti = session_open(HERE, 0, RING_BYTES);
	struct rtintercept_stats s;

	session_rule(rti, rule_for(RTINTERCEPT_VERDICT_DROP,
				   RTINTERCEPT_RULE_RECORD, 0));
	send_some(COUNT, PAYLOAD);
	rtintercept_stats(rti, 0, &s);
	is(s.seen, 0, "before START nothing is looked at");
	is(s.state, RTINTERCEPT_STATE_READY, "READY");
	is(received(), COUNT, "before START all passes");
	rtintercept_start(rti);
	rtintercept_stats(rti, 0, &s);
	is(s.state, RTINTERCEPT_STATE_RUNNING, "RUNNING");
	send_some(COUNT, PAYLOAD);
	is(received(), 0, "after START the rule is in force");
	rtintercept_stop(rti);
	rtintercept_stats(rti, 0, &s);
	send_some(COUNT, PAYLOAD);
	is(received(), COUNT, "after STOP all passes again");
	is(s.state, RTINTERCEPT_STATE_READY, "READY again");
	is(session_drain(rti), COUNT, "what is in the ring stays readable");
	rtintercept_start(rti);
	send_some(COUNT, PAYLOAD);
	is(received(), 0, "and it can be started again");
	session_close(rti, "start and stop");
}

/* The greatest priority wins; a change of the table takes effect at once. */
static void test_priority(void)
{
	struct rtintercept *rti = session_open(HERE, 0, RING_BYTES);
	struct rtintercept_rule pass = rule_for(RTINTERCEPT_VERDICT_PASS, 0, 0);
	struct rtintercept_rule drop = rule_for(RTINTERCEPT_VERDICT_DROP, 0, 0);
	struct rtintercept_rule_counters *c = NULL;

	pass.id = 1;
	drop.id = 2;
	drop.priority = 1;
	session_rule(rti, pass);
	session_rule(rti, drop);
	rtintercept_start(rti);
	send_some(COUNT, PAYLOAD);
	is(received(), 0, "the greater priority wins");
	is(rtintercept_rule_del(rti, 0, 2), 0, "without it");
	send_some(COUNT, PAYLOAD);
	is(received(), COUNT, "the next rule does");
	drop.priority = 0;
	session_rule(rti, drop);
	send_some(COUNT, PAYLOAD);
	is(received(), COUNT, "among equals the lower id wins");
	is(rtintercept_rule_stats(rti, 0, &c), 2, "both have their books");
	is(c[0].matched, 2 * COUNT, "a rule keeps its counters");
	is(c[1].matched, 0, "a new one begins at 0");
	free(c);
	is(rtintercept_rule_flush(rti, 0), 0, "without any rule");
	send_some(COUNT, PAYLOAD);
	is(received(), COUNT, "all passes");
	session_close(rti, "priority");
}

/* All see what passes; what one consumes, none behind it sees. */
static void test_two_sessions(__u32 hook_a, __u32 hook_b)
{
	struct rtintercept *a = session_open(HERE, hook_a, RING_BYTES);
	struct rtintercept *b = session_open(HERE, hook_b, RING_BYTES);
	struct rtintercept_stats sa, sb;

	session_rule(a, rule_udp(PORT));
	session_rule(b, rule_udp(PORT));
	rtintercept_start(a);
	rtintercept_start(b);
	send_some(COUNT, PAYLOAD);
	is(session_drain(a), COUNT, "hooks %u, %u: one session sees all", hook_a,
	   hook_b);
	is(session_drain(b), COUNT, "hooks %u, %u: so does the other", hook_a,
	   hook_b);
	is(received(), COUNT, "hooks %u, %u: and the socket", hook_a, hook_b);
	rtintercept_rule_flush(b, 0);
	session_rule(b, rule_for(RTINTERCEPT_VERDICT_DROP,
				 RTINTERCEPT_RULE_RECORD, 0));
	send_some(COUNT, PAYLOAD);
	is(received(), 0, "hooks %u, %u: what one drops is gone", hook_a, hook_b);
	is(session_drain(b), COUNT, "hooks %u, %u: it has them", hook_a, hook_b);
	rtintercept_stats(a, 0, &sa);
	rtintercept_stats(b, 0, &sb);
	is(sb.consumed, COUNT, "hooks %u, %u: consumed once", hook_a, hook_b);
	is(sa.consumed, 0, "hooks %u, %u: and not twice", hook_a, hook_b);
	session_close(b, "the second session");
	send_some(COUNT, PAYLOAD);
	is(received(), COUNT, "hooks %u, %u: without it all passes", hook_a,
	   hook_b);
	session_close(a, "the first session");
}

/* From the peer to a port that no rule is about. Returns its bytes on the wire. */
static __u32 send_stray(__u16 port, int family, int tagged)
{
	const __u16 type = family == 4 ? 0x0800 : 0x86dd;
	struct packet p;

	packet_eth(&p, tagged ? 0x8100 : type);
	if (tagged)
		packet_vlan(&p, 5, type);
	if (family == 4)
		packet_ipv4(&p, 17, 20, 0);
	else
		packet_ipv6(&p, 17);
	packet_udp(&p, 1111, port);
	packet_payload(&p, 20);
	packet_close(&p);
	packet_checksum(&p);
	raw_send(raw, &p);
	return p.bytes;
}

/*
 * What no rule takes, of tables that are looked up in different ways, is counted
 * as long as it was on the wire, also where its tag has been taken out of the bytes.
 * Between the rules' ports, so that a large table's first look does not rule all out.
 */
static void test_strays(__u32 hook, int rules)
{
	struct rtintercept *rti = session_open(HERE, hook, RING_BYTES);
	struct rtintercept_stats s;
	__u64 bytes = 0, count = 0;
	int i;

	for (i = 0; i < rules; i++)
		session_rule(rti, rule_udp((__u16)(8000 + 5 * i)));
	rtintercept_start(rti);
	for (i = 0; i < 256; i++, count++)
		bytes += send_stray((__u16)(8001 + 5 * (i / 4)), i & 1 ? 6 : 4,
				    i & 2);
	send_some(0, 0);
	rtintercept_stop(rti);
	rtintercept_stats(rti, 0, &s);
	is(s.unmatched, count + 1, "hook %u, %d rules: strays are counted", hook, rules);
	is(s.seen_bytes, bytes + 43, "hook %u, %d rules: and how long they are", hook, rules);
	session_close(rti, "strays");
}

int main(void)
{
	static const int tables[] = { 0, 1, 100, 1000 };
	size_t i;

	stay_on_cpu(0);
	raw = raw_open(PEER, THERE);
	urgent = udp_open(NULL, PORT);
	bystander = udp_open(NULL, BYSTANDER);
	test_combinations();
	test_full_rings();
	test_start_and_stop();
	test_priority();
	test_two_sessions(RTINTERCEPT_HOOK_INGRESS, RTINTERCEPT_HOOK_INGRESS);
	test_two_sessions(RTINTERCEPT_HOOK_RX_HANDLER, RTINTERCEPT_HOOK_RX_HANDLER);
	test_two_sessions(RTINTERCEPT_HOOK_INGRESS, RTINTERCEPT_HOOK_RX_HANDLER);
	test_two_sessions(RTINTERCEPT_HOOK_RX_HANDLER, RTINTERCEPT_HOOK_INGRESS);
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		test_strays(RTINTERCEPT_HOOK_INGRESS, tables[i]);
		test_strays(RTINTERCEPT_HOOK_RX_HANDLER, tables[i]);
	}
	return tap_end();
}
