/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nothing of an older packet is left in a newer record: not behind its bytes, not
 * between its members, however often the ring has gone round. Looked at in the
 * ring's memory itself, and in what read() returns.
 */
#include "device.h"

#define PORT	7001
#define PAGE	4096UL
#define RING	4096UL
#define STALE	0xee

static int fd, raw;
static struct rtintercept_ring_consumer *consumer;
static const struct rtintercept_ring_producer *producer;

static void open_session(__u32 snap_bytes)
{
	struct rtintercept_rule rule = rule_udp(PORT);

	fd = dev_open();
	rule.snap_bytes = snap_bytes;
	dev_ring(fd, RING, NULL);
	dev_attach(fd, HERE, 0);
	dev_rule(fd, &rule);
	is(dev_start(fd), 0, "a session with a ring of a page");
}

static void map_ring(void)
{
	consumer = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	producer = mmap(NULL, PAGE + 2 * RING, PROT_READ, MAP_SHARED, fd, PAGE);
}

static void unmap_ring(void)
{
	munmap(consumer, PAGE);
	munmap((void *)producer, PAGE + 2 * RING);
	close(fd);
}

static void send_packet(__u32 payload)
{
	struct packet p;

	packet_to_here(&p, PORT, payload);
	memset(p.data + 42, STALE, payload);
	raw_send(raw, &p);
}

static int wait_for_record(void)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 2000) == 1;
}

static __u32 whole(__u32 length)
{
	return (length + 7) & ~7U;
}

/* Bytes behind those that were captured, up to the next record, are zero. */
static int is_clean(const struct rtintercept_record *r, __u32 bytes)
{
	static const __u8 zero[sizeof(r->__reserved)];
	__u32 i;

	if (memcmp(r->__reserved, zero, sizeof(zero)))
		return 0;
	if (!(r->flags & RTINTERCEPT_RECORD_HW_TIME) && r->hw_time_ns)
		return 0;
	if (r->vlan_tci || r->vlan_proto || r->gso_bytes || r->gso_segs)
		return 0;
	for (i = sizeof(*r) + r->captured_bytes; i < bytes; i++)
		if (((const __u8 *)r)[i])
			return 0;
	return bytes == whole(sizeof(*r) + r->captured_bytes);
}

/* One record of the ring itself; the reader's position moves on. */
static int next_is_clean(void)
{
	const __u64 at = consumer->position;
	const struct rtintercept_ring_header *header;
	__u32 bytes;

	if (!wait_for_record())
		return 0;
	header = (const void *)((const char *)producer + PAGE + at % RING);
	bytes = whole(header->length & RTINTERCEPT_RING_LENGTH);
	__atomic_store_n(&consumer->position, at + sizeof(*header) + bytes,
			 __ATOMIC_RELEASE);
	return is_clean((const void *)(header + 1), bytes);
}

/* Long packets colour all of the ring, then a short one leaves its record. */
static void test_ring(__u32 snap_bytes)
{
	__u32 payload, i;
	int bad = 0;

	open_session(snap_bytes);
	map_ring();
	for (payload = 0; payload < 40; payload++) {
		for (i = 0; i < 6; i++) {
			send_packet(1000 + payload);
			all_are(bad, next_is_clean(), 1);
		}
		send_packet(payload);
		all_are(bad, next_is_clean(), 1);
	}
	ok(!bad, "snap %u: behind each record is nothing", snap_bytes);
	unmap_ring();
}

static void test_read(void)
{
	static char buffer[RING];
	__u32 payload, got;
	int bad = 0;

	open_session(0);
	for (payload = 0; payload < 40; payload++) {
		send_packet(payload % 2 ? payload : 1400 + payload);
		memset(buffer, STALE, sizeof(buffer));
		got = (__u32)read(fd, buffer, sizeof(buffer));
		all_are(bad, is_clean((void *)buffer, got), 1);
		all_are(bad, (__u8)buffer[got], STALE);
	}
	ok(!bad, "read() brings no byte that is none of the packet's");
	close(fd);
}

int main(void)
{
	static const __u32 snap[] = { 0, 1, 7, 8, 14, 41, 42, 43, 100 };
	size_t i;

	stay_on_cpu(0);
	raw = raw_open(PEER, THERE);
	for (i = 0; i < sizeof(snap) / sizeof(snap[0]); i++)
		test_ring(snap[i]);
	test_read();
	close(raw);
	return tap_end();
}
