/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traffic at full rate: a reader that stops for a second, one that is too slow,
 * one that scribbles over its position. What is missing is what was counted.
 *
 * RTI_RECORDS: how many a reader that keeps up gets (6,000).
 */
#include <pthread.h>

#include "device.h"

#define PORT		7001
#define RATE_PPS	3000
#define PAYLOAD		512

/**
 * struct flow - a sender
 * @count: packets in all, each with its number as payload
 * @rate_pps: intended; 0: as fast as it can
 * @done: all are sent
 */
struct flow {
	__u32 count;
	__u32 rate_pps;
	int done;
	pthread_t thread;
};

static void *send_flow(void *arg)
{
	struct flow *flow = arg;
	__u64 start = now_ns(), due;
	char bytes[PAYLOAD] = { 0 };
	int fd = udp_open(PEER, 0);
	__u32 i;

	stay_on_cpu(0);
	for (i = 0; i < flow->count; i++) {
		due = flow->rate_pps ? start + i * 1000000000ULL / flow->rate_pps : 0;
		while (now_ns() < due)
			sleep_ms(1);
		memcpy(bytes, &i, sizeof(i));
		udp_send(fd, PORT, bytes, sizeof(bytes));
	}
	close(fd);
	__atomic_store_n(&flow->done, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void flow_start(struct flow *flow, __u32 count, __u32 rate_pps)
{
	flow->count = count;
	flow->rate_pps = rate_pps;
	flow->done = 0;
	pthread_create(&flow->thread, NULL, send_flow, flow);
}

static int is_done(const struct flow *flow)
{
	return __atomic_load_n(&flow->done, __ATOMIC_ACQUIRE);
}

/* The number in the payload of a record. */
static __u32 number_of(const struct rtintercept_record *r)
{
	__u32 number;

	memcpy(&number, r->data + r->payload_offset, sizeof(number));
	return number;
}

/**
 * struct reading - what a reader saw
 * @missing: by sequence number
 * @wrong: records whose payload is not that of their sequence number
 */
struct reading {
	__u64 count;
	__u64 missing;
	__u64 wrong;
	__u64 next_seq;
};

/* Every packet of the flow matches, so sequence number and payload agree. */
static void read_all(struct rtintercept *rti, struct reading *seen)
{
	const struct rtintercept_record *r;

	while ((r = rtintercept_ring_peek(rti))) {
		seen->missing += r->seq - seen->next_seq;
		seen->wrong += number_of(r) != (__u32)r->seq;
		seen->next_seq = r->seq + 1;
		seen->count++;
		rtintercept_ring_release(rti);
	}
}

static void read_until_done(struct rtintercept *rti, struct flow *flow,
			    struct reading *seen, int pause_ms)
{
	while (!is_done(flow)) {
		rtintercept_ring_wait(rti, 50 * MS);
		read_all(rti, seen);
		if (pause_ms)
			sleep_ms(pause_ms);
	}
	pthread_join(flow->thread, NULL);
	sleep_ms(100);
	read_all(rti, seen);
}

static struct rtintercept *session_on_port(__u64 ring_bytes)
{
	struct rtintercept *rti = session_open(HERE, 0, ring_bytes);

	session_rule(rti, rule_udp(PORT));
	rtintercept_start(rti);
	return rti;
}

static void check_missing(struct rtintercept *rti, const struct reading *seen,
			  __u32 sent, const char *name)
{
	struct rtintercept_stats s;

	rtintercept_stop(rti);
	rtintercept_stats(rti, 0, &s);
	is(s.matched, sent, "%s: all that was sent has matched", name);
	is(seen->count, s.recorded, "%s: all records were read", name);
	is(seen->missing + (s.next_seq - seen->next_seq), s.dropped_ring_full,
	   "%s: what is missing is what was counted", name);
	is(seen->wrong, 0, "%s: each record has its own packet", name);
	is(s.dropped_too_big + s.dropped_hostile_consumer, 0,
	   "%s: nothing else was dropped", name);
	printf("# figure records_verified %llu\n", seen->count - seen->wrong);
}

static void test_nothing_lost(void)
{
	const __u32 records = (__u32)setting("RTI_RECORDS", 2 * RATE_PPS);
	struct rtintercept *rti = session_on_port(RING_BYTES * 16);
	struct reading seen = {};
	struct flow flow;

	flow_start(&flow, records, RATE_PPS);
	read_until_done(rti, &flow, &seen, 0);
	is(seen.missing, 0, "a reader that keeps up misses nothing");
	check_missing(rti, &seen, flow.count, "keeping up");
	session_close(rti, "keeping up");
}

/* At 3,000/s, with a ring for a third of a second. */
static void test_stopped_reader(void)
{
	struct rtintercept *rti = session_on_port(RING_BYTES / 2);
	struct reading seen = {};
	struct flow flow;

	flow_start(&flow, 3 * RATE_PPS, RATE_PPS);
	while (seen.count < 500) {
		rtintercept_ring_wait(rti, 1000 * MS);
		read_all(rti, &seen);
	}
	sleep_ms(1000);
	read_until_done(rti, &flow, &seen, 0);
	ok(seen.missing > 0, "a reader that stops for a second misses some (%llu)",
	   seen.missing);
	check_missing(rti, &seen, flow.count, "stopped for a second");
	session_close(rti, "stopped for a second");
}

static void test_slow_reader(void)
{
	struct rtintercept *rti = session_on_port(65536);
	struct reading seen = {};
	struct flow flow;

	flow_start(&flow, 20000, 0);
	read_until_done(rti, &flow, &seen, 100);
	ok(seen.missing > 0, "a reader that is too slow misses some (%llu)",
	   seen.missing);
	check_missing(rti, &seen, flow.count, "too slow");
	session_close(rti, "too slow");
}

/* ---- a reader that lies ---- */

static void *map(int fd, __u64 bytes, int protection, __u64 offset)
{
	void *p = mmap(NULL, bytes, protection, MAP_SHARED, fd, (off_t)offset);

	if (p == MAP_FAILED) {
		puts("Bail out! mmap");
		exit(1);
	}
	return p;
}

/* What may be written there; @at is where the producer is. */
static __u64 lie(int which, __u64 at, __u64 random)
{
	switch (which % 10) {
	case 0: return 0;
	case 1: return ~0ULL;
	case 2: return at + 8;
	case 3: return at - 8;
	case 4: return at + 1;
	case 5: return at - 1;
	case 6: return random;
	case 7: return random % (at + 1);
	case 8: return at - at % 4096;
	default: return at;
	}
}

static void scribble(struct flow *flow, struct rtintercept_ring_consumer *c,
		     const struct rtintercept_ring_producer *p)
{
	__u64 random = 88172645463325252ULL;
	int i;

	for (i = 0; !is_done(flow); i++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		__atomic_store_n(&c->position,
				 lie(i, p->position, random), __ATOMIC_RELAXED);
	}
}

/* The session's own memory is another's: two rings, one reader lies. */
static void test_hostile_reader(void)
{
	struct rtintercept *honest = session_on_port(RING_BYTES * 16);
	struct rtintercept_ring_setup setup;
	const struct rtintercept_ring_producer *p;
	struct rtintercept_ring_consumer *c;
	struct rtintercept_rule rule = rule_udp(PORT);
	struct rtintercept_stats s;
	struct reading seen = {};
	struct flow flow;
	int fd = dev_open();

	dev_ring(fd, 65536, &setup);
	dev_attach(fd, HERE, 0);
	dev_rule(fd, &rule);
	c = map(fd, 4096, PROT_READ | PROT_WRITE, setup.consumer_offset);
	p = map(fd, setup.producer_bytes, PROT_READ, setup.producer_offset);
	dev_start(fd);
	flow_start(&flow, 20000, 0);
	scribble(&flow, c, p);
	pthread_join(flow.thread, NULL);
	sleep_ms(100);
	dev_stop(fd);
	dev_stats(fd, &s);
	ok(s.dropped_hostile_consumer > 0, "lies are counted (%llu)",
	   s.dropped_hostile_consumer);
	is(s.dropped_hostile_consumer, p->dropped_hostile_consumer,
	   "and told in the producer page");
	is(s.matched, 20000, "lying: all that was sent has matched");
	is(s.recorded + s.dropped_ring_full + s.dropped_hostile_consumer, s.matched,
	   "lying: the books close");
	is(s.next_seq, s.matched, "lying: sequence numbers go on");
	c->position = p->position;
	dev_start(fd);
	flow_start(&flow, 10, 100);
	pthread_join(flow.thread, NULL);
	sleep_ms(100);
	dev_stats(fd, &s);
	close(fd);
	is(s.matched, 20010, "lying: it goes on");
	read_all(honest, &seen);
	is(seen.count + seen.missing, 20010, "a neighbour's records are all there");
	is(seen.missing, 0, "none of them lost");
	session_close(honest, "the neighbour");
}

int main(void)
{
	test_nothing_lost();
	test_stopped_reader();
	test_slow_reader();
	test_hostile_reader();
	return tap_end();
}
