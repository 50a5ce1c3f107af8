/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel answers, byte for byte: both hooks, both families, tags in and out of
 * the bytes, all sizes, checksums computed and not yet, packets that others hold too.
 */
#include <sys/wait.h>

#include "replies.h"

#define PAYLOAD_MAX	8900

/* The padding of a short frame is none of the answer. */
static void test_padding(void)
{
	struct rtintercept *rti = answering(0, reply_echo(FAST), 0);
	static struct packet p, expected;

	request_here(&p, 4, 5);
	expected = p;
	answer_of(&expected, p.data + p.l4 + 8, 5);
	packet_add(&p, 13);
	raw_send(replies_raw, &p);
	ok(answer_arrives(replies_there, &expected), "padding is not sent back");
	replies_checked(rti, 1, 0, "padding");
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
	ok(replies_echoes(&p), "a VLAN device, %s, hook %u, answers with its tag", how, hook);
	replies_checked(rti, 1, 0, "a VLAN device");
	run("ip link del here.9");
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

/* Stands the request's sender in the record, by card, address and port? */
static int of_sender(const struct rtintercept_record *r, const struct packet *p)
{
	return !memcmp(r->data, p->data, 12) &&
	       !memcmp(r->data + p->l3 + 12, p->data + p->l3 + 12, 12);
}

/*
 * Where nobody listens, on neither end of the cable, the answer is made of the request
 * itself, and the record must have been written before.
 */
static void test_alone(__u32 hook)
{
	struct rtintercept *rti = answering(hook, reply_echo(FAST),
					    RTINTERCEPT_RULE_RECORD);
	int peer = udp_open(PEER, 1111), i, bad = 0;
	const struct rtintercept_record *r;
	static struct packet p;
	__u8 answer[256];

	for (i = 0; i < 20; i++) {
		request_here(&p, 4, 8 * (__u32)i + 1);
		udp_send(peer, PORT, p.data + p.l4 + 8, 8 * (__u32)i + 1);
		all_are(bad, udp_receive(peer, answer, sizeof(answer), 1000), 8 * i + 1);
		r = session_next(rti);
		all_are(bad, r && r->captured_bytes == p.bytes && of_sender(r, &p), 1);
		rtintercept_ring_release(rti);
	}
	ok(!bad, "hook %u: the record has the request that became the answer", hook);
	replies_checked(rti, 20, 0, "alone");
	close(peer);
}

/* Who listens sees the request as it came, and the answer going out. */
static void test_shared(__u32 hook)
{
	struct rtintercept *rti = answering(hook, reply_echo(FAST),
					    RTINTERCEPT_RULE_RECORD);
	static const __u32 sizes[] = { 0, 1, 17, 64, 255, 512, 1472, 1473, 4000, 8900 };
	const __u32 count = sizeof(sizes) / sizeof(sizes[0]);
	int here = listen_open(NULL, HERE), second = listen_open(NULL, HERE);
	/* Else the peer complains now and then, by ICMP, that nobody wants the answer. */
	int taker = udp_open(PEER, 1111);
	static struct packet p, expected;
	const struct rtintercept_record *r;
	__u32 i, bad = 0;

	for (i = 0; i < count; i++) {
		request_here(&p, i % 2 ? 4 : 6, sizes[i]);
		expected = p;
		answer_of(&expected, p.data + p.l4 + 8, sizes[i]);
		all_are(bad, replies_echoes(&p), 1);
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
	close(taker);
	replies_checked(rti, count, 0, "shared");
}

/* With room made for it. */
static void test_growth(void)
{
	struct rtintercept_reply_set reply;
	struct rtintercept *rti;
	static struct packet p;

	replies_not_longer(RTINTERCEPT_HOOK_AUTO);
	reply = reply_limits();
	reply.fields_count = 0;
	memset(reply.fields, 0, sizeof(reply.fields));
	reply.flags = RTINTERCEPT_REPLY_MAY_GROW;
	rti = answering(0, reply, 0);
	request_here(&p, 4, 0);
	ok(replies_fill(&p, &reply), "256 bytes for none");
	request_here(&p, 6, 1);
	ok(replies_fill(&p, &reply), "256 bytes for 1, IPv6");
	replies_checked(rti, 2, 0, "growth allowed");
}

int main(void)
{
	const __u32 ingress = RTINTERCEPT_HOOK_INGRESS;
	__u32 hook;

	stay_on_cpu(0);
	/* What listens is opened then. */
	test_alone(ingress);
	test_alone(RTINTERCEPT_HOOK_RX_HANDLER);
	replies_open(PAYLOAD_MAX);
	for (hook = ingress; hook <= RTINTERCEPT_HOOK_RX_HANDLER; hook++) {
		replies_echo(hook);
		test_shared(hook);
		replies_template(hook);
		test_vlan_device("reorder_hdr on", hook);
		test_vlan_device("reorder_hdr off", hook);
	}
	test_padding();
	test_growth();
	/* An rx_handler never sees what has a tag that no device takes. */
	replies_tags(ingress, "offloads on");
	replies_sockets(ingress, "offloads on");
	offloads("off");
	replies_tags(ingress, "offloads off");
	replies_sockets(ingress, "offloads off");
	replies_echo(ingress);
	offloads("on");
	replies_close();
	return tap_end();
}
