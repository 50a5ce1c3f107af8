/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is in a record, for every kind of packet; and that both hooks deliver the
 * same for the same packets.
 */
#include <linux/udp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "device.h"

#define KINDS_MAX	24
#define DATA_MAX	9100

/* A record, kept. */
struct copy {
	struct rtintercept_record record;
	__u8 data[DATA_MAX];
};

static struct copy got[2][KINDS_MAX];
static struct rtintercept *rti;
static int raw, expected;
static struct copy *now;

/* Takes the next record into @now. */
static void take(const char *name)
{
	const struct rtintercept_record *record = session_next(rti);

	memset(now, 0, sizeof(*now));
	if (!ok(record != NULL, "%s: there is a record", name))
		return;
	memcpy(now, record, sizeof(*record));
	memcpy(now->data, record->data, record->captured_bytes);
	rtintercept_ring_release(rti);
}

/* Sends it, takes its record, compares what all records have in common. */
static const struct rtintercept_record *exchange(struct packet *p, const char *name)
{
	__u64 before = now_ns();

	now = &got[0][0] + expected++;
	raw_send(raw, p);
	take(name);
	ok(now->record.time_ns >= before && now->record.time_ns <= now_ns(),
	   "%s: the time is that of its arrival", name);
	is(now->record.wire_bytes, p->bytes, "%s: the length is that on the wire",
	   name);
	is(now->record.captured_bytes, p->bytes, "%s: all of it is captured", name);
	ok(!memcmp(now->data, p->data, p->bytes), "%s: byte for byte", name);
	is(now->record.ifindex, index_of(HERE), "%s: the interface", name);
	is(now->record.verdict, RTINTERCEPT_VERDICT_PASS, "%s: the verdict", name);
	return &now->record;
}

/* The flags that parsing gives; what the driver adds is its own. */
static __u32 parsed(const struct rtintercept_record *r)
{
	return r->flags & ~(RTINTERCEPT_RECORD_FLOW_HASH |
			    RTINTERCEPT_RECORD_RX_QUEUE |
			    RTINTERCEPT_RECORD_HW_TIME);
}

#define L3	RTINTERCEPT_RECORD_L3
#define UDP	(RTINTERCEPT_RECORD_L3 | RTINTERCEPT_RECORD_L4 | \
		 RTINTERCEPT_RECORD_PAYLOAD)
#define V6	RTINTERCEPT_RECORD_IPV6
#define TAG	RTINTERCEPT_RECORD_VLAN
#define BAD	RTINTERCEPT_RECORD_MALFORMED

static void test_plain(void)
{
	const struct rtintercept_record *r;
	struct packet p;

	packet_to_here(&p, 7001, 100);
	r = exchange(&p, "UDP over IPv4");
	is(parsed(r), UDP, "UDP over IPv4: flags");
	is(r->l3_offset, 14, "UDP over IPv4: L3");
	is(r->l4_offset, 34, "UDP over IPv4: L4");
	is(r->payload_offset, 42, "UDP over IPv4: payload");
	packet_udp6(&p, 50);
	r = exchange(&p, "UDP over IPv6");
	is(parsed(r), UDP | V6, "UDP over IPv6: flags");
	is(r->payload_offset, 62, "UDP over IPv6: payload");
	packet_eth(&p, 0x0800);
	packet_ipv4(&p, 6, 24, 0);
	packet_tcp(&p, 1, 2, 32);
	packet_payload(&p, 10);
	packet_close(&p);
	packet_checksum(&p);
	r = exchange(&p, "TCP with options in IP and TCP");
	is(parsed(r), UDP, "TCP: flags");
	is(r->payload_offset, 14 + 24 + 32, "TCP: payload");
	packet_eth(&p, 0x88b5);
	packet_payload(&p, 46);
	r = exchange(&p, "no IP at all");
	is(parsed(r), 0, "no IP: flags");
}

static void tagged(struct packet *p, int tags)
{
	packet_eth(p, tags > 1 ? 0x88a8 : 0x8100);
	if (tags > 2)
		packet_vlan(p, 9, 0x8100);
	if (tags > 1)
		packet_vlan(p, 0x2007, 0x8100);
	packet_vlan(p, 0x6005, 0x0800);
	packet_ipv4(p, 17, 20, 0);
	packet_udp(p, 1, 2);
	packet_payload(p, 20);
	packet_close(p);
	packet_checksum(p);
}

static void test_tags(void)
{
	const struct rtintercept_record *r;
	struct packet p;

	tagged(&p, 1);
	r = exchange(&p, "one tag");
	is(parsed(r), UDP | TAG, "one tag: flags");
	is(r->vlan_tci, 0x6005, "one tag: its value");
	is(r->vlan_proto, 0x8100, "one tag: its kind");
	is(r->l3_offset, 18, "one tag: L3 is behind it");
	tagged(&p, 2);
	r = exchange(&p, "two tags");
	is(parsed(r), UDP | TAG, "two tags: flags");
	is(r->vlan_tci, 0x2007, "two tags: the outer value");
	is(r->vlan_proto, 0x88a8, "two tags: the outer kind");
	is(r->payload_offset, 14 + 8 + 28, "two tags: payload");
	tagged(&p, 3);
	r = exchange(&p, "three tags");
	is(parsed(r), TAG, "three tags: no L3");
}

static void test_fragments(void)
{
	const struct rtintercept_record *r;
	struct packet p;

	packet_eth(&p, 0x0800);
	packet_ipv4(&p, 17, 20, 0x2000);
	packet_udp(&p, 1, 2);
	packet_payload(&p, 24);
	packet_close(&p);
	put16(p.data + p.udp + 4, 1000);
	packet_checksum(&p);
	r = exchange(&p, "a first fragment");
	is(parsed(r), UDP | RTINTERCEPT_RECORD_FRAG_FIRST, "a first fragment: flags");
	packet_eth(&p, 0x0800);
	packet_ipv4(&p, 17, 20, 3);
	packet_payload(&p, 40);
	packet_close(&p);
	packet_checksum(&p);
	r = exchange(&p, "a later fragment");
	is(parsed(r), L3 | RTINTERCEPT_RECORD_FRAG_LATER, "a later fragment: flags");
}

static void test_malformed(void)
{
	const struct rtintercept_record *r;
	struct packet p;

	packet_to_here(&p, 7001, 20);
	p.data[14] = 0x44;
	r = exchange(&p, "IHL below 5");
	is(parsed(r), BAD, "IHL below 5: flags");
	packet_to_here(&p, 7001, 20);
	put16(p.data + 16, 1000);
	r = exchange(&p, "an IP length beyond the packet");
	is(parsed(r), BAD, "an IP length beyond the packet: flags");
	packet_to_here(&p, 7001, 20);
	put16(p.data + p.udp + 4, 4);
	r = exchange(&p, "a UDP length below 8");
	is(parsed(r), L3 | BAD, "a UDP length below 8: flags");
	packet_eth(&p, 0x86dd);
	r = exchange(&p, "no byte behind the Ethernet header");
	is(parsed(r), BAD, "no byte behind the Ethernet header: flags");
}

/* Longer than a page: the socket puts all but the Ethernet header into pages. */
static void test_long(void)
{
	const struct rtintercept_record *r;
	struct packet p;

	packet_to_here(&p, 7001, 8900);
	r = exchange(&p, "a jumbo frame");
	is(parsed(r), UDP, "a jumbo frame: flags");
	is(r->payload_offset, 42, "a jumbo frame: payload");
	tagged(&p, 2);
	packet_payload(&p, 8000);
	packet_close(&p);
	packet_checksum(&p);
	r = exchange(&p, "a jumbo frame with two tags");
	is(parsed(r), UDP | TAG, "a jumbo frame with two tags: flags");
}

/* Linux 5.10 takes it apart again before the cable. */
static void test_merged(int fd, const char *bytes)
{
	const int size = 500;

	now = &got[0][0] + expected++;
	setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size));
	udp_send(fd, 7001, bytes, 2000);
	take("a merged packet");
	if (now->record.wire_bytes == 542) {
		skip("a merged packet", "this kernel's cable carries none");
		sleep_ms(100);
		session_drain(rti);
		return;
	}
	is(parsed(&now->record), UDP | RTINTERCEPT_RECORD_CSUM_PARTIAL |
	   RTINTERCEPT_RECORD_GRO, "a merged packet: flags");
	is(now->record.gso_bytes, 500, "a merged packet: bytes of each");
	is(now->record.gso_segs, 4, "a merged packet: how many");
	is(now->record.wire_bytes, 2042, "a merged packet: length");
}

/* A socket's own packet: its checksum is left to the NIC, which there is none. */
static void test_socket(void)
{
	int fd = udp_open(PEER, 0);
	char bytes[2000];

	memset(bytes, 'x', sizeof(bytes));
	now = &got[0][0] + expected++;
	udp_send(fd, 7001, bytes, 100);
	take("a socket's packet");
	is(parsed(&now->record), UDP | RTINTERCEPT_RECORD_CSUM_PARTIAL,
	   "a socket's packet: flags");
	is(now->record.wire_bytes, 142, "a socket's packet: length");
	test_merged(fd, bytes);
	close(fd);
}

static void test_truncation(void)
{
	static const __u32 snaps[] = { 1, 14, 15, 18, 60, 119, 120, 121, 65535 };
	struct rtintercept_rule rule = { .flags = RTINTERCEPT_RULE_RECORD };
	const struct rtintercept_record *r;
	struct packet p;
	size_t i;

	tagged(&p, 1);
	packet_payload(&p, 120 - p.bytes);
	for (i = 0; i < sizeof(snaps) / sizeof(snaps[0]); i++) {
		__u32 want = snaps[i] < p.bytes ? snaps[i] : p.bytes;

		rule.snap_bytes = snaps[i];
		rtintercept_rule_replace(rti, 0, &rule, 1, NULL);
		raw_send(raw, &p);
		r = session_next(rti);
		if (!ok(r != NULL, "at most %u bytes: there is a record", snaps[i]))
			continue;
		is(r->captured_bytes, want, "at most %u bytes", snaps[i]);
		is(r->wire_bytes, 120, "of 120");
		is(!!(r->flags & RTINTERCEPT_RECORD_TRUNCATED), want < 120, "told");
		is(r->l3_offset, 18, "offsets do not change by it");
		ok(!memcmp(r->data, p.data, want), "its first bytes");
		rtintercept_ring_release(rti);
	}
}

static void test_hook(__u32 hook)
{
	struct rtintercept_rule all = { .flags = RTINTERCEPT_RULE_RECORD };

	rti = session_open(HERE, hook, RING_BYTES);
	session_rule(rti, all);
	rtintercept_start(rti);
	expected = (hook == RTINTERCEPT_HOOK_RX_HANDLER) * KINDS_MAX;
	test_plain();
	test_tags();
	test_fragments();
	test_malformed();
	test_long();
	test_socket();
	test_truncation();
	session_close(rti, hook == RTINTERCEPT_HOOK_INGRESS ? "ingress" :
		      "rx_handler");
}

/* But for when it was, and by which hook; a flow's hash is seeded anew. */
static void test_same(void)
{
	int i, bad = 0;

	for (i = 0; i < KINDS_MAX; i++) {
		struct copy *a = &got[0][i], *b = &got[1][i];

		if (a->record.hook == 0 && b->record.hook == 0)
			continue;
		all_are(bad, a->record.hook, RTINTERCEPT_HOOK_INGRESS);
		all_are(bad, b->record.hook, RTINTERCEPT_HOOK_RX_HANDLER);
		a->record.time_ns = b->record.time_ns;
		a->record.hook = b->record.hook;
		a->record.flow_hash = b->record.flow_hash;
		if (parsed(&a->record) == parsed(&b->record))
			a->record.flags = b->record.flags;
		/* Two sends of a socket differ in the id of the IP header. */
		memset(a->data + 18, 0, 8);
		memset(b->data + 18, 0, 8);
		if (a->record.flags & RTINTERCEPT_RECORD_CSUM_PARTIAL)
			memset(a->data + 34, 0, 2), memset(b->data + 34, 0, 2);
		if (memcmp(a, b, sizeof(*a)) && !bad++)
			printf("# record %d differs\n", i);
	}
	ok(!bad, "both hooks deliver the same");
}

int main(void)
{
	stay_on_cpu(0);
	raw = raw_open(PEER, THERE);
	test_hook(RTINTERCEPT_HOOK_INGRESS);
	test_hook(RTINTERCEPT_HOOK_RX_HANDLER);
	test_same();
	return tap_end();
}
