/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The thread that reads the ring: T1 is in the record, T2 is read behind the peek. */
#include <errno.h>
#include <netinet/ip6.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <string.h>

#include "latency/latency.h"

#define LOOK_NS	100000000LL	/* how soon it is noticed that all is over */

/*
 * The source address as a socket tells it. Return: 0, or -1: this packet is none
 * that a socket gets as it is.
 */
static int source(const struct rtintercept_record *record, uint8_t addr[16])
{
	const __u32 wanted = RTINTERCEPT_RECORD_L3 | RTINTERCEPT_RECORD_PAYLOAD;
	const __u32 unwanted = RTINTERCEPT_RECORD_GRO | RTINTERCEPT_RECORD_FRAG_FIRST |
			       RTINTERCEPT_RECORD_FRAG_LATER;
	const __u8 *l3 = record->data + record->l3_offset;

	if ((record->flags & (wanted | unwanted)) != wanted ||
	    record->payload_offset > record->captured_bytes ||
	    record->payload_offset - record->l4_offset != sizeof(struct udphdr))
		return -1;
	if (record->flags & RTINTERCEPT_RECORD_IPV6) {
		memcpy(addr, l3 + offsetof(struct ip6_hdr, ip6_src), 16);
		return 0;
	}
	memset(addr, 0, 10);
	addr[10] = addr[11] = 0xff;
	memcpy(addr + 12, l3 + offsetof(struct iphdr, saddr), 4);
	return 0;
}

/* 0: it cannot be found again */
static __u64 key_of(const struct rtintercept_record *record)
{
	size_t bytes, captured;
	struct udphdr udp;
	uint8_t addr[16];

	if (source(record, addr))
		return 0;
	memcpy(&udp, record->data + record->l4_offset, sizeof(udp));
	bytes = ntohs(udp.len);
	if (bytes < sizeof(udp))
		return 0;
	bytes -= sizeof(udp);
	captured = record->captured_bytes - record->payload_offset;
	if (captured < bytes && captured < MATCH_BYTES)
		return 0;
	return match_key(addr, ntohs(udp.source),
			 record->data + record->payload_offset, bytes);
}

/* Return: whether there was a record. */
static int read_one(struct receiver *r)
{
	const struct rtintercept_record *record = rtintercept_ring_peek(r->rti);
	struct sample sample;

	if (!record)
		return 0;
	sample.had_ns = rtintercept_clock_ns();
	sample.seen_ns = record->time_ns;
	sample.key = r->o->port ? key_of(record) : 0;
	rtintercept_ring_release(r->rti);
	samples_put(&r->samples, &sample);
	return 1;
}

static void count_lost(struct receiver *r)
{
	struct rtintercept_ring_counters counters;

	rtintercept_ring_counters(r->rti, &counters);
	__atomic_store_n(&r->lost, counters.lost, __ATOMIC_RELAXED);
}

/* Until it is over; then what is left in the ring is the command's to read. */
static void loop(struct receiver *r)
{
	int ready, any = 0;

	while (!intercept_stopped()) {
		if (read_one(r)) {
			any = 1;
			continue;
		}
		if (any)
			count_lost(r);
		any = 0;
		if (r->o->spin)
			continue;
		ready = rtintercept_ring_wait(r->rti, LOOK_NS);
		if (ready < 0 && ready != -EINTR)
			return receiver_failed(r, ready);
	}
}

static void finish(struct receiver *r)
{
	int err = rtintercept_stop(r->rti);

	while (read_one(r))
		;
	count_lost(r);
	if (err && !r->err)
		r->err = err;
}

void *reader_run(void *receiver)
{
	struct receiver *r = receiver;

	intercept_realtime(&r->o->intercept, r->rti);
	receiver_begin(&r->usage);
	loop(r);
	receiver_end(&r->usage);
	finish(r);
	return NULL;
}
