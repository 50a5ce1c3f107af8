/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests, what their answers must be, and the frames that come back. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include "answers.h"

int answers_keep_length;

struct rtintercept_reply_set reply_echo(__u32 rate_pps)
{
	struct rtintercept_reply_set reply = {
		.type = RTINTERCEPT_REPLY_ECHO, .rate_pps = rate_pps,
	};

	return reply;
}

struct rtintercept_reply_set reply_text(const char *text, __u32 rate_pps)
{
	struct rtintercept_reply_set reply = {
		.type = RTINTERCEPT_REPLY_TEMPLATE, .rate_pps = rate_pps,
		.payload_bytes = (__u32)strlen(text),
	};

	memcpy(reply.payload, text, reply.payload_bytes);
	return reply;
}

struct rtintercept_rule rule_reply(__u16 port, __u32 reply_id)
{
	struct rtintercept_rule rule = rule_udp(port);

	rule.verdict = RTINTERCEPT_VERDICT_REPLY;
	rule.reply_id = reply_id;
	rule.flags = 0;
	return rule;
}

/* A running session that answers what comes to the port; @flags of its rule. */
struct rtintercept *answering(__u32 hook, struct rtintercept_reply_set reply,
			      __u32 flags)
{
	struct rtintercept *rti = session_open(HERE, hook, RING_BYTES);
	struct rtintercept_rule rule;
	int err = rtintercept_reply_set(rti, 0, &reply);

	if (err) {
		printf("Bail out! reply set: %s\n", strerror(-err));
		exit(1);
	}
	rule = rule_reply(PORT, reply.reply_id);
	rule.flags = flags;
	session_rule(rti, rule);
	rtintercept_start(rti);
	return rti;
}

static void add_payload(struct packet *p, __u32 bytes)
{
	__u8 *at = packet_add(p, bytes);
	__u32 i;

	for (i = 0; i < bytes; i++)
		at[i] = (__u8)(i * 7 + bytes);
	packet_close(p);
	packet_sums(p);
}

static void add_udp4(struct packet *p, __u32 payload)
{
	packet_ipv4(p, 17, 20, 0);
	memcpy(p->data + p->l3 + 12, "\x0a\x4d\x00\x02\x0a\x4d\x00\x01", 8);
	p->data[p->l3 + 1] = 0xb9;	/* EF, congestion experienced */
	put16(p->data + p->l3 + 4, 0x1234);
	packet_udp(p, 1111, PORT);
	add_payload(p, payload);
}

void request_here(struct packet *p, __u8 family, __u32 payload)
{
	packet_eth(p, family == 4 ? 0x0800 : 0x86dd);
	if (family == 4) {
		add_udp4(p, payload);
		return;
	}
	packet_ipv6(p, 17);
	packet_udp(p, 1111, PORT);
	add_payload(p, payload);
}

/* @inner: 0: no second tag */
void request_tagged(struct packet *p, __u16 outer, __u16 inner, __u32 payload)
{
	packet_eth(p, inner ? 0x88a8 : 0x8100);
	packet_vlan(p, outer, inner ? 0x8100 : 0x0800);
	if (inner)
		packet_vlan(p, inner, 0x0800);
	add_udp4(p, payload);
}

static void swap(__u8 *a, __u8 *b, __u32 bytes)
{
	__u8 c;

	for (; bytes--; a++, b++) {
		c = *a;
		*a = *b;
		*b = c;
	}
}

/* What stood behind the request's bytes stands there again. */
static void pad_as(struct packet *p, const struct packet *request)
{
	if (p->bytes >= request->bytes)
		return;
	memcpy(p->data + p->bytes, request->data + p->bytes, request->bytes - p->bytes);
	p->bytes = request->bytes;
}

void answer_of(struct packet *p, const void *payload, __u32 bytes)
{
	static struct packet request;
	__u8 *l3 = p->data + p->l3, *l4 = p->data + p->l4;

	request = *p;
	p->bytes = p->l4 + 8;
	memmove(packet_add(p, bytes), payload, bytes);
	swap(p->data, p->data + 6, 6);
	swap(l4, l4 + 2, 2);
	if (p->family == 4) {
		swap(l3 + 12, l3 + 16, 4);
		l3[1] &= 0xfc;
		put16(l3 + 4, 0);
		put16(l3 + 6, 0x4000);
		l3[8]--;
	} else {
		swap(l3 + 8, l3 + 24, 16);
		l3[7]--;
	}
	packet_close(p);
	packet_sums(p);
	if (answers_keep_length)
		pad_as(p, &request);
}

int listen_open(const char *netns, const char *ifname)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
	};
	int one = 1, size = 8 << 20, back = netns_enter(netns);
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	at.sll_ifindex = (int)if_nametoindex(ifname);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one));
	if (fd < 0 || bind(fd, (void *)&at, sizeof(at))) {
		printf("Bail out! packet socket on %s\n", ifname);
		exit(1);
	}
	netns_leave(back);
	return fd;
}

/* Puts a tag back that was taken out of the bytes. */
static void put_tag(struct arrival *a, const struct tpacket_auxdata *aux)
{
	if (!(aux->tp_status & TP_STATUS_VLAN_VALID))
		return;
	memmove(a->data + 16, a->data + 12, a->bytes - 12);
	put16(a->data + 12, aux->tp_status & TP_STATUS_VLAN_TPID_VALID ?
	      aux->tp_vlan_tpid : 0x8100);
	put16(a->data + 14, aux->tp_vlan_tci);
	a->bytes += 4;
}

/* Returns 1; 0: nothing came. */
int listen_next(int fd, struct arrival *a, int timeout_ms)
{
	char control[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	struct iovec bytes = { a->data, sizeof(a->data) - 4 };
	struct sockaddr_ll from = {};
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from),
		.msg_iov = &bytes, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct tpacket_auxdata aux;
	struct cmsghdr *c;
	ssize_t got;

	if (poll(&p, 1, timeout_ms) <= 0)
		return 0;
	got = recvmsg(fd, &msg, MSG_DONTWAIT);
	c = CMSG_FIRSTHDR(&msg);
	if (got < 14 || !c)
		return 0;
	memcpy(&aux, CMSG_DATA(c), sizeof(aux));
	a->bytes = (__u32)got;
	a->partial = !!(aux.tp_status & TP_STATUS_CSUMNOTREADY);
	a->outgoing = from.sll_pkttype == PACKET_OUTGOING;
	put_tag(a, &aux);
	return 1;
}

int same_frame(const struct arrival *a, const struct packet *p)
{
	return a->bytes == p->bytes && !memcmp(a->data, p->data, p->bytes);
}

/* The next frame that came in is this one. */
int answer_arrives(int fd, const struct packet *expected)
{
	static struct arrival a;
	__u32 i;

	do {
		if (!listen_next(fd, &a, 2000)) {
			puts("# nothing came");
			return 0;
		}
	} while (a.outgoing);
	if (same_frame(&a, expected))
		return 1;
	for (i = 0; i < a.bytes && i < expected->bytes; i++)
		if (a.data[i] != expected->data[i])
			break;
	printf("# %u bytes, not %u; the first that differs: %u\n", a.bytes,
	       expected->bytes, i);
	return 0;
}

/* What came meanwhile does not matter. */
void drain(int fd)
{
	static struct arrival a;

	while (listen_next(fd, &a, 100))
		;
}

/* Nothing comes in any more. */
int silence(int fd)
{
	static struct arrival a;

	while (listen_next(fd, &a, 100))
		if (!a.outgoing)
			return 0;
	return 1;
}
