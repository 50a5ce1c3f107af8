/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is asked of REPLY by either backend: the answer is right byte for byte, of both
 * families, all sizes, with tags, with checksums computed and not yet.
 */
#include "replies.h"

#define COUNT_OF(array)	(sizeof(array) / sizeof((array)[0]))

int replies_raw, replies_there;

static __u32 payload_max;

/* Of the payload; those above what fits are left out. */
static const __u32 sizes[] = { 0, 1, 2, 3, 4, 17, 18, 63, 64, 65, 255, 256, 257, 512,
			       1471, 1472, 1473, 4000, 8900 };

static __u32 sizes_that_fit(void)
{
	__u32 n = 0;

	while (n < COUNT_OF(sizes) && sizes[n] <= payload_max)
		n++;
	return n;
}

void replies_open(__u32 largest_payload)
{
	payload_max = largest_payload;
	replies_raw = raw_open(PEER, THERE);
	replies_there = listen_open(PEER, THERE);
}

void replies_close(void)
{
	close(replies_there);
	close(replies_raw);
}

/* Sends the request, and compares what comes back with an echo of it. */
int replies_echoes(struct packet *p)
{
	static struct packet expected;

	expected = *p;
	answer_of(&expected, p->data + p->l4 + 8, p->bytes - p->l4 - 8);
	raw_send(replies_raw, p);
	return answer_arrives(replies_there, &expected);
}

void replies_checked(struct rtintercept *rti, __u64 replied, __u64 unfit,
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

void replies_echo(__u32 hook)
{
	struct rtintercept *rti = answering(hook, reply_echo(FAST), 0);
	static struct packet p, expected;
	__u32 i, bad = 0;
	char name[40];

	snprintf(name, sizeof(name), "echo by hook %u", hook);
	for (i = 0; i < sizes_that_fit(); i++) {
		request_here(&p, 4, sizes[i]);
		bad += !replies_echoes(&p);
		request_here(&p, 6, sizes[i]);
		bad += !replies_echoes(&p);
	}
	ok(!bad, "%s: IPv4 and IPv6 of all sizes", name);
	request_here(&p, 4, 10);
	expected = p;
	answer_of(&expected, p.data + p.l4 + 8, 10);
	put16(p.data + p.l4 + 6, 0);
	put16(expected.data + p.l4 + 6, 0);
	raw_send(replies_raw, &p);
	ok(answer_arrives(replies_there, &expected), "%s: no checksum stays none", name);
	ok(silence(replies_there), "%s: one answer each", name);
	replies_checked(rti, 2 * sizes_that_fit() + 1, 0, name);
}

void replies_tags(__u32 hook, const char *name)
{
	struct rtintercept *rti = answering(hook, reply_echo(FAST), 0);
	static struct packet p;

	request_tagged(&p, 0xa005, 0, 100);
	ok(replies_echoes(&p), "%s: a tag stays, with its priority", name);
	request_tagged(&p, 6, 7, 100);
	ok(replies_echoes(&p), "%s: two tags stay", name);
	request_tagged(&p, 6, 7, 0);
	ok(replies_echoes(&p), "%s: without a payload too", name);
	replies_checked(rti, 3, 0, name);
}

/* Sockets check what they receive, and leave checksums of what they send to the NIC. */
void replies_sockets(__u32 hook, const char *name)
{
	struct rtintercept *rti = answering(hook, reply_echo(FAST), 0);
	int fd = udp_open(PEER, 1111), bad = 0;
	static char out[9000], in[9000];
	__u32 i, j;

	for (i = 0; i < sizes_that_fit(); i++) {
		for (j = 0; j < sizes[i]; j++)
			out[j] = (char)(j * 11 + i);
		udp_send(fd, PORT, out, sizes[i]);
		all_are(bad, udp_receive(fd, in, sizeof(in), 2000), sizes[i]);
		bad += !!memcmp(out, in, sizes[i]);
	}
	ok(!bad, "%s: a socket gets its own words back", name);
	close(fd);
	drain(replies_there);
	replies_checked(rti, sizes_that_fit(), 0, name);
}

static __u8 request_byte(const struct packet *p, __u32 at)
{
	return p->data[p->l4 + 8 + at];
}

/* Sends the request; what must come back is computed byte by byte. */
int replies_fill(struct packet *p, const struct rtintercept_reply_set *reply)
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
	raw_send(replies_raw, p);
	return answer_arrives(replies_there, &expected);
}

struct rtintercept_reply_set reply_limits(void)
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

void replies_template(__u32 hook)
{
	static const __u32 requests[] = { 256, 257, 300, 1452, 8900 };
	const struct rtintercept_reply_set reply = reply_limits();
	struct rtintercept *rti = answering(hook, reply, 0);
	int fd = udp_open(PEER, 1111);
	static struct packet p;
	char in[300] = {};
	__u32 i, bad = 0;

	for (i = 0; i < COUNT_OF(requests) && requests[i] <= payload_max; i++) {
		request_here(&p, 4, requests[i]);
		bad += !replies_fill(&p, &reply);
		request_here(&p, 6, requests[i]);
		bad += !replies_fill(&p, &reply);
	}
	ok(!bad, "hook %u: a template with fields at all limits", hook);
	while (udp_receive(fd, in, sizeof(in), 0) >= 0)
		;
	udp_send(fd, PORT, p.data, 400);
	is(udp_receive(fd, in, sizeof(in), 2000), 256,
	   "hook %u: a checksum that was left to the NIC", hook);
	is((__u8)in[255], p.data[0], "hook %u: and a field of the request", hook);
	close(fd);
	drain(replies_there);
	replies_checked(rti, 2 * i + 1, 0, "template");
}

/* Never longer than the request, unless it may be. */
void replies_not_longer(__u32 hook)
{
	struct rtintercept_reply_set reply = reply_text("0123456789", FAST);
	struct rtintercept *rti = answering(hook, reply, 0);
	int fd = udp_open(NULL, PORT);
	static struct packet p;
	char in[300];

	request_here(&p, 4, 9);
	raw_send(replies_raw, &p);
	is(udp_receive(fd, in, sizeof(in), 2000), 9, "no room: the socket gets it");
	ok(silence(replies_there), "no room: no answer");
	request_here(&p, 4, 10);
	ok(replies_fill(&p, &reply), "as long as the request");
	replies_checked(rti, 1, 1, "growth refused");
	close(fd);
}
