/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel answers, byte for byte: both hooks, both families, tags in and out of
 * the bytes, all sizes, checksums computed and not yet, packets that others hold too.
 */
#include <sys/wait.h>

#include "answers.h"

#define COUNT_OF(array)	(sizeof(array) / sizeof((array)[0]))

static int raw, there;

static const __u32 sizes[] = { 0, 1, 2, 3, 4, 17, 18, 63, 64, 65, 255, 256, 257, 512,
			       1471, 1472, 1473, 4000, 8900 };

/* Sends the request, and compares what comes back with an echo of it. */
static int echoes(struct packet *p)
{
	static struct packet expected;

	expected = *p;
	answer_of(&expected, p->data + p->l4 + 8, p->bytes - p->l4 - 8);
	raw_send(raw, p);
	return answer_arrives(there, &expected);
}

static void check_replied(struct rtintercept *rti, __u64 replied, __u64 unfit,
			  const char *name)
{
	struct rtintercept_rule_counters *c = NULL;
	struct rtintercept_stats s;

	rtintercept_stop(rti);
	rtintercept_stats(rti, 0, &s);
	is(rtintercept_rule_stats(rti, 0, &c), 1, "%s: one rule", name);
	is(s.replied, replied, "%s: replied", name);
	is(c ? c[0].replied : 0, replied, "%s: by the rule", name);
	is(s.reply_unfit, unfit, "%s: unfit", name);
	is(s.reply_limited + s.reply_failed, 0, "%s: nothing else", name);
	is(s.matched, replied + unfit, "%s: that is all that matched", name);
	is(s.passed, s.seen - replied, "%s: the rest passed", name);
	free(c);
	session_close(rti, name);
}

static void test_echo(__u32 hook)
{
	struct rtintercept *rti = answering(hook, reply_echo(FAST), 0);
	static struct packet p, expected;
	__u32 i, bad = 0;
	char name[40];

	snprintf(name, sizeof(name), "echo by hook %u", hook);
	for (i = 0; i < COUNT_OF(sizes); i++) {
		request_here(&p, 4, sizes[i]);
		bad += !echoes(&p);
		request_here(&p, 6, sizes[i]);
		bad += !echoes(&p);
	}
	ok(!bad, "%s: IPv4 and IPv6 of all sizes", name);
	request_here(&p, 4, 10);
	expected = p;
	answer_of(&expected, p.data + p.l4 + 8, 10);
	put16(p.data + p.l4 + 6, 0);
	put16(expected.data + p.l4 + 6, 0);
	raw_send(raw, &p);
	ok(answer_arrives(there, &expected), "%s: no checksum stays none", name);
	ok(silence(there), "%s: one answer each", name);
	check_replied(rti, 2 * COUNT_OF(sizes) + 1, 0, name);
}

/* The padding of a short frame is none of the answer. */
static void test_padding(void)
{
	struct rtintercept *rti = answering(0, reply_echo(FAST), 0);
	static struct packet p, expected;

	request_here(&p, 4, 5);
	expected = p;
	answer_of(&expected, p.data + p.l4 + 8, 5);
	packet_add(&p, 13);
	raw_send(raw, &p);
	ok(answer_arrives(there, &expected), "padding is not sent back");
	check_replied(rti, 1, 0, "padding");
}

/* An rx_handler never sees what has a tag that no device takes. */
static void test_tags(const char *name)
{
	struct rtintercept *rti = answering(RTINTERCEPT_HOOK_INGRESS,
					    reply_echo(FAST), 0);
	static struct packet p;

	request_tagged(&p, 0xa005, 0, 100);
	ok(echoes(&p), "%s: a tag stays, with its priority", name);
	request_tagged(&p, 6, 7, 100);
	ok(echoes(&p), "%s: two tags stay", name);
	request_tagged(&p, 6, 7, 0);
	ok(echoes(&p), "%s: without a payload too", name);
	check_replied(rti, 3, 0, name);
}

/* On a VLAN device: the tag is out of the bytes, or, with reorder_hdr off, in them. */
static void test_vlan_device(const char *how, __u32 hook)
{
	struct rtintercept_reply_set reply = reply_echo(FAST);
	struct rtintercept *rti;
	static struct packet p;

	run("ip link add link here name here.9 type vlan id 9 %s; "
	    "ip link set here.9 up", how);
	rti = session_open("here.9", hook, RING_BYTES);
	rtintercept_reply_set(rti, 0, &reply);
	session_rule(rti, rule_reply(PORT, reply.reply_id));
	rtintercept_start(rti);
	request_tagged(&p, 9, 0, 100);
	ok(echoes(&p), "a VLAN device, %s, hook %u, answers with its tag", how, hook);
	check_replied(rti, 1, 0, "a VLAN device");
	run("ip link del here.9");
}

/* Sockets check what they receive, and leave checksums of what they send to the NIC. */
static void test_sockets(const char *name)
{
	struct rtintercept *rti = answering(0, reply_echo(FAST), 0);
	int fd = udp_open(PEER, 1111), bad = 0;
	static char out[9000], in[9000];
	__u32 i, j;

	for (i = 0; i < COUNT_OF(sizes); i++) {
		for (j = 0; j < sizes[i]; j++)
			out[j] = (char)(j * 11 + i);
		udp_send(fd, PORT, out, sizes[i]);
		all_are(bad, udp_receive(fd, in, sizeof(in), 2000), sizes[i]);
		bad += !!memcmp(out, in, sizes[i]);
	}
	ok(!bad, "%s: a socket gets its own words back", name);
	close(fd);
	drain(there);
	check_replied(rti, COUNT_OF(sizes), 0, name);
}

static void offloads(const char *state)
{
	run("ethtool -K here tx %s rx %s sg %s txvlan %s rxvlan %s >/dev/null 2>&1",
	    state, state, state, state, state);
	run("ip netns exec peer ethtool -K there tx %s rx %s sg %s >/dev/null 2>&1",
	    state, state, state);
}

static int sees(int fd, const struct packet *p, int outgoing)
{
	static struct arrival a;

	if (!listen_next(fd, &a, 1000))
		return 0;
	if (a.outgoing == outgoing && same_frame(&a, p))
		return 1;
	printf("# %u bytes, %s, ethertype 0x%02x%02x\n", a.bytes,
	       a.outgoing ? "out" : "in", a.data[12], a.data[13]);
	return 0;
}

/* Who listens sees the request as it came, and the answer going out. */
static void test_shared(__u32 hook)
{
	struct rtintercept *rti = answering(hook, reply_echo(FAST),
					    RTINTERCEPT_RULE_RECORD);
	int here = listen_open(NULL, HERE), second = listen_open(NULL, HERE);
	static struct packet p, expected;
	const struct rtintercept_record *r;
	__u32 i, bad = 0;

	for (i = 0; i < COUNT_OF(sizes); i++) {
		request_here(&p, i % 2 ? 4 : 6, sizes[i]);
		expected = p;
		answer_of(&expected, p.data + p.l4 + 8, sizes[i]);
		all_are(bad, echoes(&p), 1);
		all_are(bad, sees(here, &p, 0) && sees(here, &expected, 1), 1);
		all_are(bad, sees(second, &p, 0) && sees(second, &expected, 1), 1);
		r = session_next(rti);
		all_are(bad, r ? r->verdict : 99, RTINTERCEPT_VERDICT_REPLY);
		all_are(bad, r && r->captured_bytes == p.bytes &&
			!memcmp(r->data, p.data, p.bytes), 1);
		rtintercept_ring_release(rti);
	}
	ok(!bad, "hook %u: two packet sockets and the record have the request unchanged",
	   hook);
	close(here);
	close(second);
	check_replied(rti, COUNT_OF(sizes), 0, "shared");
}

/* ---- templates ---- */

static __u8 request_byte(const struct packet *p, __u32 at)
{
	return p->data[p->l4 + 8 + at];
}

/* Sends the request; what must come back is computed byte by byte. */
static int fills(struct packet *p, const struct rtintercept_reply_set *reply)
{
	static struct packet expected;
	__u8 out[256];
	__u32 i, j;

	memcpy(out, reply->payload, sizeof(out));
	for (i = 0; i < reply->fields_count; i++)
		for (j = 0; j < reply->fields[i].bytes; j++)
			out[reply->fields[i].to + j] =
				request_byte(p, reply->fields[i].from + j);
	expected = *p;
	answer_of(&expected, out, reply->payload_bytes);
	raw_send(raw, p);
	return answer_arrives(there, &expected);
}

static struct rtintercept_reply_set reply_limits(void)
{
	struct rtintercept_reply_set reply = {
		.type = RTINTERCEPT_REPLY_TEMPLATE, .rate_pps = FAST,
		.payload_bytes = RTINTERCEPT_REPLY_MAX_BYTES,
		.fields_count = RTINTERCEPT_REPLY_MAX_FIELDS,
		.fields = {
			{ 255, 0, 1, 0 }, { 0, 255, 1, 0 }, { 128, 1, 100, 0 },
			{ 3, 101, 7, 0 }, { 3, 108, 7, 0 }, { 250, 115, 6, 0 },
			{ 1, 121, 1, 0 }, { 10, 130, 125, 0 },
		},
	};
	__u32 i;

	for (i = 0; i < sizeof(reply.payload); i++)
		reply.payload[i] = (__u8)(255 - i);
	return reply;
}

static void test_template(__u32 hook)
{
	static const __u32 requests[] = { 256, 257, 300, 1472, 8900 };
	const struct rtintercept_reply_set reply = reply_limits();
	struct rtintercept *rti = answering(hook, reply, 0);
	int fd = udp_open(PEER, 1111);
	static struct packet p;
	char in[300] = {};
	__u32 i, bad = 0;

	for (i = 0; i < COUNT_OF(requests); i++) {
		request_here(&p, 4, requests[i]);
		bad += !fills(&p, &reply);
		request_here(&p, 6, requests[i]);
		bad += !fills(&p, &reply);
	}
	ok(!bad, "hook %u: a template with fields at all limits", hook);
	while (udp_receive(fd, in, sizeof(in), 0) >= 0)
		;
	udp_send(fd, PORT, p.data, 400);
	is(udp_receive(fd, in, sizeof(in), 2000), 256,
	   "hook %u: a checksum that was left to the NIC", hook);
	is((__u8)in[255], p.data[0], "hook %u: and a field of the request", hook);
	close(fd);
	drain(there);
	check_replied(rti, 2 * COUNT_OF(requests) + 1, 0, "template");
}

/* Never longer than the request, unless it may be; then with room made for it. */
static void test_growth(void)
{
	struct rtintercept_reply_set reply = reply_text("0123456789", FAST);
	struct rtintercept *rti = answering(0, reply, 0);
	int fd = udp_open(NULL, PORT);
	static struct packet p;
	char in[300];

	request_here(&p, 4, 9);
	raw_send(raw, &p);
	is(udp_receive(fd, in, sizeof(in), 2000), 9, "no room: the socket gets it");
	ok(silence(there), "no room: no answer");
	request_here(&p, 4, 10);
	ok(fills(&p, &reply), "as long as the request");
	check_replied(rti, 1, 1, "growth refused");

	reply = reply_limits();
	reply.fields_count = 0;
	memset(reply.fields, 0, sizeof(reply.fields));
	reply.flags = RTINTERCEPT_REPLY_MAY_GROW;
	rti = answering(0, reply, 0);
	request_here(&p, 4, 0);
	ok(fills(&p, &reply), "256 bytes for none");
	request_here(&p, 6, 1);
	ok(fills(&p, &reply), "256 bytes for 1, IPv6");
	check_replied(rti, 2, 0, "growth allowed");
	close(fd);
}

int main(void)
{
	__u32 hook;

	stay_on_cpu(0);
	raw = raw_open(PEER, THERE);
	there = listen_open(PEER, THERE);
	for (hook = RTINTERCEPT_HOOK_INGRESS; hook <= RTINTERCEPT_HOOK_RX_HANDLER;
	     hook++) {
		test_echo(hook);
		test_shared(hook);
		test_template(hook);
		test_vlan_device("reorder_hdr on", hook);
		test_vlan_device("reorder_hdr off", hook);
	}
	test_padding();
	test_growth();
	test_tags("offloads on");
	test_sockets("offloads on");
	offloads("off");
	test_tags("offloads off");
	test_sockets("offloads off");
	test_echo(RTINTERCEPT_HOOK_INGRESS);
	offloads("on");
	return tap_end();
}
