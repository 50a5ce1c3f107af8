/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * REPLY by the XDP backend: what is asked of the module's, and what is XDP's own.
 *
 * usage: replies HOOK [PAYLOAD-MAX]
 */
#include "bpf.h"
#include "tests/device/replies.h"

static __u32 hook;

/* The frame keeps its length, so what was padding is. */
static void test_padding(void)
{
	struct rtintercept *rti = answering(hook, reply_echo(FAST), 0);
	static struct packet p, expected;

	request_here(&p, 4, 5);
	packet_add(&p, 13);
	expected = p;
	answer_of(&expected, p.data + p.l4 + 8, 5);
	raw_send(replies_raw, &p);
	ok(answer_arrives(replies_there, &expected), "padding stays");
	replies_checked(rti, 1, 0, "padding");
}

static void test_record(void)
{
	struct rtintercept *rti = answering(hook, reply_echo(FAST),
					    RTINTERCEPT_RULE_RECORD);
	const struct rtintercept_record *r;
	static struct packet p;
	__u32 i, bad = 0;

	for (i = 0; i < 100; i++) {
		request_here(&p, i % 2 ? 4 : 6, i);
		all_are(bad, replies_echoes(&p), 1);
		r = session_next(rti);
		all_are(bad, r ? r->verdict : 99, RTINTERCEPT_VERDICT_REPLY);
		all_are(bad, r && r->captured_bytes == p.bytes &&
			!memcmp(r->data, p.data, p.bytes), 1);
		rtintercept_ring_release(rti);
	}
	ok(!bad, "the record has the request, unchanged");
	replies_checked(rti, i, 0, "records");
}

static void test_growth(void)
{
	struct rtintercept_reply_set reply = reply_text("0123456789", FAST);
	struct rtintercept *rti;

	replies_not_longer(hook);
	rti = session_open(HERE, hook, RING_BYTES);
	reply.flags = RTINTERCEPT_REPLY_MAY_GROW;
	is(rtintercept_reply_set(rti, 0, &reply), -EOPNOTSUPP, "none may grow");
	session_close(rti, "growth");
}

/*
 * Another address: known as soon as the library looks at its session's fd, also when
 * the news of it was @lost.
 */
static void test_new_address(int lost)
{
	struct rtintercept *rti = answering(hook, reply_echo(FAST), 0);
	static struct packet p;

	if (lost)
		deafen(HERE);
	run("ip link set here address 02:00:00:00:00:55");
	is(rtintercept_ring_wait(rti, 100 * MS), 0, "nothing to read");
	request_here(&p, 4, 20);
	raw_send(replies_raw, &p);
	ok(silence(replies_there), "what is for the old address is not answered");
	p.data[5] = 0x55;
	ok(replies_echoes(&p), "what is for the new one is");
	run("ip link set here address 02:00:00:00:00:01");
	is(rtintercept_ring_wait(rti, 100 * MS), 0, "nothing to read");
	request_here(&p, 4, 20);
	ok(replies_echoes(&p), "and for the old one, when it is back");
	replies_checked(rti, 2, 1, lost ? "addresses, unheard" : "addresses");
}

/* More rules than a small table has, each with a reply of its own. */
static void test_large(void)
{
	static struct rtintercept_rule rules[1000];
	struct rtintercept *rti = session_open(HERE, hook, RING_BYTES);
	struct rtintercept_reply_set reply;
	static struct packet p;
	char text[20];
	__u32 i, bad = 0;

	for (i = 1; i <= 64; i++) {
		snprintf(text, sizeof(text), "reply %u", i);
		reply = reply_text(text, FAST);
		reply.reply_id = 100 * i;
		must(rtintercept_reply_set(rti, 0, &reply), "reply set");
	}
	for (i = 0; i < 1000; i++)
		rules[i] = rule_reply((__u16)(10000 + i), 100 * (i % 64 + 1));
	must(rtintercept_rule_replace(rti, 0, rules, 1000, NULL), "replace");
	must(rtintercept_start(rti), "start");
	for (i = 0; i < 1000; i += 7) {
		request_here(&p, 4, 30);
		put16(p.data + p.l4 + 2, (__u16)(10000 + i));
		packet_sums(&p);
		snprintf(text, sizeof(text), "reply %u", i % 64 + 1);
		reply = reply_text(text, FAST);
		all_are(bad, replies_fill(&p, &reply), 1);
	}
	ok(!bad, "each rule of a large table answers its own");
	session_close(rti, "a large table");
}

/* A veth takes what its peer's program sends only if it has a program too. */
static struct rtintercept *hearing(void)
{
	int back = netns_enter(PEER);
	struct rtintercept *rti = session_open(THERE, RTINTERCEPT_HOOK_XDP_NATIVE,
					       RING_BYTES);

	netns_leave(back);
	return rti;
}

int main(int argc, char **argv)
{
	struct rtintercept *peer;

	hook = hook_by_name(argc > 1 ? argv[1] : "xdp_native");
	stay_on_cpu(0);
	answers_keep_length = 1;
	peer = hearing();
	replies_open(argc > 2 ? (__u32)atoi(argv[2]) : 1452);
	replies_echo(hook);
	replies_template(hook);
	replies_tags(hook, "XDP");
	replies_sockets(hook, "XDP");
	test_padding();
	test_record();
	test_growth();
	test_new_address(0);
	test_new_address(1);
	test_large();
	replies_close();
	replies_kept_back(hook);
	rtintercept_close(peer);
	replies_each_other(hook);
	replies_named(session_open(HERE, hook, RING_BYTES), 0);
	return tap_end();
}
