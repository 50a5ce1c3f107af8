/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader's position is the only word of the ring that user space writes:
 * every lie in it, one at a time and at full speed. A lie costs the liar its
 * records, and nobody else anything.
 */
#include <pthread.h>

#include "device.h"

#define PORT		7001
#define PAGE		4096UL
#define RING		65536UL
#define DATA		(PAGE + 2 * RING)
#define FLOOD		20000
#define IDLE		0xffff

/**
 * struct ring - a session by its bare device, with its ring mapped
 * @fd: the session
 * @consumer: writable
 * @producer: what follows it is the data, twice
 */
struct ring {
	int fd;
	struct rtintercept_ring_consumer *consumer;
	const struct rtintercept_ring_producer *producer;
};

static void *map(int fd, unsigned long offset, unsigned long bytes, int protection)
{
	void *p = mmap(NULL, bytes, protection, MAP_SHARED, fd, (off_t)offset);

	if (p != MAP_FAILED)
		return p;
	puts("Bail out! mmap");
	exit(1);
}

static void ring_open(struct ring *ring, __u16 port)
{
	struct rtintercept_rule rule = rule_udp(port);

	ring->fd = dev_open();
	dev_ring(ring->fd, RING, NULL);
	dev_attach(ring->fd, HERE, 0);
	rule.verdict = RTINTERCEPT_VERDICT_DROP;
	dev_rule(ring->fd, &rule);
	ring->consumer = map(ring->fd, 0, PAGE, PROT_READ | PROT_WRITE);
	ring->producer = map(ring->fd, PAGE, DATA, PROT_READ);
	is(dev_start(ring->fd), 0, "a session starts");
}

static void ring_close(struct ring *ring)
{
	munmap(ring->consumer, PAGE);
	munmap((void *)ring->producer, DATA);
	close(ring->fd);
}

static void say(struct ring *ring, __u64 position)
{
	__atomic_store_n(&ring->consumer->position, position, __ATOMIC_SEQ_CST);
}

/* One packet, and what it did to the books. */
static struct rtintercept_stats after_packet(struct ring *ring, int raw)
{
	struct rtintercept_stats s;
	struct packet p;
	__u64 seen;
	int i;

	dev_stats(ring->fd, &s);
	seen = s.seen;
	packet_to_here(&p, PORT, 64);
	raw_send(raw, &p);
	for (i = 0; i < 1000 && s.seen == seen; i++) {
		sleep_ms(1);
		dev_stats(ring->fd, &s);
	}
	return s;
}

/* ---- one lie at a time ---- */

/* A lie is told from where reader and producer are. */
static const struct lie {
	const char *name;
	__u64 of_producer;	/* 1: relative to the producer, 0: to the reader */
	__u64 add;
} lies[] = {
	{ "backwards by a record", 0, -8ULL },
	{ "backwards by a ring", 0, -RING },
	{ "backwards by 64 MB", 0, -64ULL << 20 },
	{ "a byte on", 0, 1 },
	{ "4 bytes on", 0, 4 },
	{ "7 bytes on", 0, 7 },
	{ "a byte short of the producer", 1, -1ULL },
	{ "a byte beyond the producer", 1, 1 },
	{ "8 bytes beyond the producer", 1, 8 },
	{ "a ring beyond the producer", 1, RING },
	{ "4 GB beyond the producer", 1, 1ULL << 32 },
	{ "half of all numbers beyond", 1, 1ULL << 63 },
};

static __u64 told(const struct lie *lie, __u64 reader, __u64 producer)
{
	/* What would be before the begin is a number near the last. */
	return (lie->of_producer ? producer : reader) + lie->add;
}

static void expect_refused(struct ring *ring, int raw, const char *name)
{
	struct rtintercept_stats before, after;
	__u64 produced = ring->producer->position;
	static char kept[2 * RING];

	dev_stats(ring->fd, &before);
	memcpy(kept, (const char *)ring->producer + PAGE, sizeof(kept));
	after = after_packet(ring, raw);
	ok(after.dropped_hostile_consumer == before.dropped_hostile_consumer + 1 &&
	   after.failed_open == before.failed_open + 1 &&
	   after.recorded == before.recorded &&
	   after.next_seq == before.next_seq + 1,
	   "%s: not recorded, counted, and the packet goes on", name);
	ok(ring->producer->position == produced &&
	   !memcmp(kept, (const char *)ring->producer + PAGE, sizeof(kept)),
	   "%s: no byte of the ring has changed", name);
	is(ring->producer->dropped_hostile_consumer, after.dropped_hostile_consumer,
	   "%s: the producer page tells it", name);
}

static void test_each_lie(struct ring *ring, int raw)
{
	__u64 reader, producer;
	size_t i;

	after_packet(ring, raw);
	say(ring, ring->producer->position);
	for (i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		after_packet(ring, raw);
		reader = ring->consumer->position;
		producer = ring->producer->position;
		say(ring, told(&lies[i], reader, producer));
		expect_refused(ring, raw, lies[i].name);
		say(ring, producer);
		ok(after_packet(ring, raw).recorded &&
		   ring->producer->position > producer,
		   "%s: once the truth is told it records again", lies[i].name);
		say(ring, ring->producer->position);
	}
	say(ring, ~0ULL);
	expect_refused(ring, raw, "-1");
	say(ring, 0);
	expect_refused(ring, raw, "0");
	say(ring, ring->producer->position);
}

/* ---- at full speed, with neighbours ---- */

static int stop;

/**
 * struct liar - a thread that writes to a ring's position
 * @ring: whose
 * @seed: of its random numbers
 * @writes: how many so far
 */
struct liar {
	struct ring *ring;
	__u64 seed;
	__u64 writes;
	pthread_t thread;
};

static __u64 lie_at_random(__u64 at, __u64 random)
{
	switch (random >> 8 & 7) {
	case 0: return 0;
	case 1: return ~0ULL;
	case 2: return at + 8;
	case 3: return at - 8;
	case 4: return at + (random >> 16 & 15) - 8;
	case 5: return random;
	case 6: return random % (at + 1);
	default: return at;
	}
}

static void *write_lies(void *arg)
{
	struct liar *liar = arg;
	const struct rtintercept_ring_producer *p = liar->ring->producer;
	__u64 random = liar->seed;

	stay_on_cpu(1);
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		__atomic_store_n(&liar->ring->consumer->position,
				 lie_at_random(p->position, random),
				 __ATOMIC_RELAXED);
		liar->writes++;
	}
	return NULL;
}

static void flood(int raw)
{
	struct packet p;
	__u32 i;

	packet_to_here(&p, PORT, 64);
	for (i = 0; i < FLOOD; i++) {
		memcpy(p.data + 42, &i, sizeof(i));
		raw_send(raw, &p);
	}
	sleep_ms(200);
}

/* Each record has the packet of its number, and nothing is missing. */
static void check_honest(struct rtintercept *rti)
{
	const struct rtintercept_record *r;
	__u64 wrong = 0, count = 0;

	while ((r = rtintercept_ring_peek(rti))) {
		wrong += memcmp(r->data + 42, &(__u32){ (__u32)count }, 4) != 0 ||
			 r->seq != count;
		count++;
		rtintercept_ring_release(rti);
	}
	is(count, FLOOD, "a neighbour has all its records");
	is(wrong, 0, "each as it was sent");
}

static void check_liar(struct ring *ring)
{
	struct rtintercept_stats s;

	dev_stop(ring->fd);
	dev_stats(ring->fd, &s);
	ok(s.dropped_hostile_consumer > 0, "lies were counted (%llu)",
	   s.dropped_hostile_consumer);
	is(s.matched, s.recorded + s.dropped_ring_full + s.dropped_hostile_consumer,
	   "the liar's books close");
	is(s.next_seq, s.matched, "its sequence numbers go on");
	is(s.failed_open, s.dropped_ring_full + s.dropped_hostile_consumer,
	   "what it could not be told of went on");
}

/* A ring that nothing is written to stays as it was: zero. */
static void check_idle(const struct ring *ring)
{
	const char *byte = (const char *)ring->producer;
	unsigned long i;
	int bad = 0;

	for (i = 0; i < DATA; i++)
		all_are(bad, byte[i], 0);
	ok(!bad && !ring->consumer->position, "an idle neighbour's ring is untouched");
}

static void test_flood(struct ring *ring, int raw)
{
	struct liar liars[2] = {
		{ .ring = ring, .seed = 88172645463325252ULL },
		{ .ring = ring, .seed = 362436069521288629ULL },
	};
	struct rtintercept *honest = session_open(HERE, 0, 16 * RING_BYTES);
	struct ring idle;
	int i;

	session_rule(honest, rule_udp(PORT));
	rtintercept_start(honest);
	ring_open(&idle, IDLE);
	for (i = 0; i < 2; i++)
		pthread_create(&liars[i].thread, NULL, write_lies, &liars[i]);
	flood(raw);
	__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
	for (i = 0; i < 2; i++)
		pthread_join(liars[i].thread, NULL);
	printf("# figure hostile_writes %llu\n", liars[0].writes + liars[1].writes);
	check_liar(ring);
	check_honest(honest);
	check_idle(&idle);
	ring_close(&idle);
	session_close(honest, "the neighbour");
}

int main(void)
{
	struct ring ring;
	int raw = raw_open(PEER, THERE);

	stay_on_cpu(0);
	ring_open(&ring, PORT);
	test_each_lie(&ring, raw);
	test_flood(&ring, raw);
	ring_close(&ring);
	close(raw);
	return tap_end();
}
