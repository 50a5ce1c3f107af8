/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is asked of REPLY by either backend: what is not answered goes to the stack, and
 * is counted: packets that are none to be answered, more than the rate allows, without
 * a record. And what happens meanwhile: replies swapped, two that answer each other.
 */
#include <pthread.h>

#include "replies.h"

#define COUNT	20

static int raw, there, urgent;
static __u32 hook;

static int received(void)
{
	char bytes[9000];
	int count = 0;

	while (udp_receive(urgent, bytes, sizeof(bytes), 100) >= 0)
		count++;
	return count;
}

static void send_some(int count, __u32 payload)
{
	struct packet p;

	request_here(&p, 4, payload);
	while (count--)
		raw_send(raw, &p);
}

struct rtintercept_stats stats_of(struct rtintercept *rti)
{
	struct rtintercept_stats s;

	rtintercept_stop(rti);
	rtintercept_stats(rti, 0, &s);
	return s;
}

/* ---- unfit ---- */

static void fragmented(struct packet *p)
{
	put16(p->data + p->l3 + 6, 0x2000);
}

static void group_mac(struct packet *p)
{
	p->data[0] |= 1;
}

static void other_mac(struct packet *p)
{
	p->data[5] ^= 8;
}

static void group_source(struct packet *p)
{
	p->data[6] |= 1;
}

static void last_hop(struct packet *p)
{
	p->data[p->l3 + 8] = 1;
}

static void from_itself(struct packet *p)
{
	memcpy(p->data + p->l3 + 12, p->data + p->l3 + 16, 4);
}

static void from_nobody(struct packet *p)
{
	p->data[p->l3 + 12] = 0;
}

static void from_port_0(struct packet *p)
{
	put16(p->data + p->l4, 0);
}

static void surplus(struct packet *p)
{
	put16(p->data + p->l4 + 4, 20);
}

static void bad_header(struct packet *p)
{
	packet_sums(p);
	p->data[p->l3 + 10] ^= 1;
}

static void test_unfit(void)
{
	static const struct {
		void (*change)(struct packet *p);
		const char *name;
	} cases[] = {
		{ fragmented, "a fragment" }, { group_mac, "to a group's MAC" },
		{ other_mac, "to another's MAC" }, { group_source, "from a group's MAC" },
		{ last_hop, "that nobody may pass on" }, { from_itself, "from itself" },
		{ from_nobody, "from nobody" }, { from_port_0, "from port 0" },
		{ surplus, "with bytes behind UDP" }, { bad_header, "with a damaged header" },
	};
	struct rtintercept *rti = answering(hook, reply_echo(FAST), RTINTERCEPT_RULE_RECORD);
	const struct rtintercept_record *r;
	struct rtintercept_stats s;
	struct packet p;
	__u32 i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		request_here(&p, 4, 40);
		cases[i].change(&p);
		if (cases[i].change != bad_header)
			packet_sums(&p);
		raw_send(raw, &p);
		r = session_next(rti);
		is(r ? r->verdict : 99, RTINTERCEPT_VERDICT_PASS,
		   "%s: the record says that it passed", cases[i].name);
		rtintercept_ring_release(rti);
	}
	ok(silence(there), "none is answered");
	s = stats_of(rti);
	is(s.reply_unfit, i, "all are counted as unfit");
	is(s.replied, 0, "none as replied");
	session_close(rti, "unfit");
	drain(there);
	received();
}

/* A template would have a right checksum. An echo has the wrong one. */
static void test_damaged(void)
{
	struct rtintercept_reply_set text = reply_text("text", FAST);
	struct rtintercept *rti = answering(hook, text, 0);
	struct packet p;

	request_here(&p, 4, 100);
	p.data[p.bytes - 1] ^= 1;
	raw_send(raw, &p);
	request_here(&p, 6, 100);
	p.data[p.bytes - 1] ^= 1;
	raw_send(raw, &p);
	ok(silence(there), "a template never answers what arrived damaged");
	is(stats_of(rti).reply_unfit, 2, "it is unfit");
	session_close(rti, "damaged");
	received();
}

/* ---- the rate ---- */

static void test_rate(__u32 rate, __u32 at_once)
{
	struct rtintercept *rti = answering(hook, reply_echo(rate), 0);
	const int flood = 300;
	__u64 begin = now_ns(), most;
	struct rtintercept_stats s;

	send_some(flood, 20);
	s = stats_of(rti);
	most = at_once + 1 + rate * (now_ns() - begin) / 1000000000ULL;
	ok(s.replied >= at_once && s.replied <= most,
	   "rate %u: %llu answered at once, of %u to %llu", rate, s.replied, at_once,
	   most);
	is(s.reply_limited, flood - s.replied, "rate %u: the rest is counted", rate);
	is(received(), flood - s.replied, "rate %u: and goes to the stack", rate);
	session_close(rti, "rate");
	drain(there);
}

/* Each rule has a limit of its own, though both name one reply. */
static void test_rate_of_rules(void)
{
	struct rtintercept_reply_set reply = reply_echo(10);
	struct rtintercept *rti = session_open(HERE, hook, RING_BYTES);
	struct rtintercept_rule_counters *c = NULL;
	struct packet p;
	int i;

	rtintercept_reply_set(rti, 0, &reply);
	session_rule(rti, rule_reply(PORT, reply.reply_id));
	session_rule(rti, rule_reply(PORT + 10, reply.reply_id));
	rtintercept_start(rti);
	for (i = 0; i < 3; i++) {
		send_some(1, 10);
		request_here(&p, 4, 10);
		put16(p.data + p.l4 + 2, PORT + 10);
		packet_sums(&p);
		raw_send(raw, &p);
	}
	stats_of(rti);
	is(rtintercept_rule_stats(rti, 0, &c), 2, "two rules");
	ok(c[0].replied >= 1 && c[0].replied < 3, "the first has its rate");
	ok(c[1].replied >= 1 && c[1].replied < 3, "the second too");
	free(c);
	session_close(rti, "rates");
	drain(there);
	received();
}

/* ---- the ring is full ---- */

static void test_full_ring(__u32 flags)
{
	const int closed = flags & RTINTERCEPT_RULE_ON_FULL_DROP;
	const char *name = closed ? "a full ring, ON_FULL_DROP" : "a full ring";
	struct rtintercept_reply_set reply = reply_echo(FAST);
	struct rtintercept *rti = session_open(HERE, hook, 4096);
	struct rtintercept_rule rule;
	struct rtintercept_stats s;

	rtintercept_reply_set(rti, 0, &reply);
	rule = rule_reply(PORT, reply.reply_id);
	rule.flags = RTINTERCEPT_RULE_RECORD | flags;
	session_rule(rti, rule);
	rtintercept_start(rti);
	send_some(COUNT, 1000);
	s = stats_of(rti);
	ok(s.recorded > 0 && s.recorded < COUNT, "%s: not all fit", name);
	is(s.replied, closed ? COUNT : s.recorded, "%s: answered", name);
	is(s.failed_open, closed ? 0 : COUNT - s.recorded, "%s: failed open", name);
	is(s.reply_unfit + s.reply_limited + s.reply_failed, 0, "%s: no other reason",
	   name);
	is(received(), COUNT - s.replied, "%s: what the socket got", name);
	session_close(rti, name);
	drain(there);
}

/* ---- meanwhile ---- */

static int stop;

static int stopped(void)
{
	return __atomic_load_n(&stop, __ATOMIC_ACQUIRE);
}

static void *swap_replies(void *arg)
{
	struct rtintercept_reply_set a = reply_text("aaaaaaaaaaaaaaaa", FAST);
	struct rtintercept_reply_set b = reply_text("bbbb", FAST);

	a.reply_id = b.reply_id = 1;
	while (!stopped()) {
		rtintercept_reply_set(arg, 0, &a);
		rtintercept_reply_set(arg, 0, &b);
	}
	return NULL;
}

static void test_swap(void)
{
	struct rtintercept *rti = answering(hook, reply_text("bbbb", FAST), 0);
	int fd = udp_open(PEER, 1111), i, n, bad = 0, a = 0, b = 0;
	pthread_t thread;
	char in[100];

	stop = 0;
	pthread_create(&thread, NULL, swap_replies, rti);
	for (i = 0; i < 20000 && (a < 50 || b < 50 || i < 2000); i++) {
		udp_send(fd, PORT, "sixteen letters.", 16);
		n = udp_receive(fd, in, sizeof(in), 2000);
		a += n == 16 && !memcmp(in, "aaaaaaaaaaaaaaaa", 16);
		b += n == 4 && !memcmp(in, "bbbb", 4);
		bad += n < 0;
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	is(a + b, i, "swapped under traffic: each answer is one or the other");
	is(bad, 0, "swapped under traffic: all are answered");
	ok(a >= 50 && b >= 50, "swapped under traffic: both were (%d, %d)", a, b);
	close(fd);
	session_close(rti, "swap");
	drain(there);
}

/* Each answer may travel one hop less. */
void replies_each_other(__u32 by_hook)
{
	struct rtintercept *here = answering(by_hook, reply_echo(FAST), 0), *other;
	struct rtintercept_reply_set reply = reply_echo(FAST);
	int from = raw_open(PEER, THERE), back = netns_enter(PEER);
	__u64 replied;
	struct packet p;

	other = session_open(THERE, by_hook, RING_BYTES);
	rtintercept_reply_set(other, 0, &reply);
	session_rule(other, rule_reply(PORT, reply.reply_id));
	netns_leave(back);
	rtintercept_start(other);
	request_here(&p, 4, 30);
	p.data[p.l3 + 8] = 255;
	put16(p.data + p.l4, PORT);
	packet_sums(&p);
	raw_send(from, &p);
	sleep_ms(500);
	replied = stats_of(here).replied + stats_of(other).replied;
	is(replied, 64, "two that answer each other come to an end");
	session_close(here, "one of two");
	session_close(other, "the other");
	close(from);
}

void replies_kept_back(__u32 by_hook)
{
	hook = by_hook;
	raw = raw_open(PEER, THERE);
	there = listen_open(PEER, THERE);
	urgent = udp_open(NULL, PORT);
	test_unfit();
	test_damaged();
	test_rate(100, 10);
	test_rate(1000, 100);
	test_rate(19, 1);
	test_rate_of_rules();
	test_full_ring(0);
	test_full_ring(RTINTERCEPT_RULE_ON_FULL_DROP);
	test_swap();
	close(urgent);
	close(there);
	close(raw);
}
