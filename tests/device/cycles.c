/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sleeping and being woken, over and over: a sender waits for the reader to have
 * all, then a random time, and sends; meanwhile the reader falls asleep. So packets
 * come before, while and after it does. By every way to sleep on a session: each
 * packet must end a sleep, and with a watermark no later than its deadline.
 */
#include <pthread.h>
#include <sys/epoll.h>

#include "device.h"
#include "tools/bench/random.h"

#define LOST_MS		5000	/* who has slept so long sleeps for ever */
#define DELAYS		9	/* the sender's, up to 1 us << 8, each magnitude as often */
#define CYCLES		7000	/* unless RTI_CYCLES says otherwise */

static struct rtintercept *rti;
static int fd, epoll_level, epoll_edge;

/**
 * struct way - a way to sleep
 * @name: in the results
 * @sleep: until there may be a record, LOST_MS at most
 * @records: watermark; 0: none
 * @deadline_us: with it
 */
struct way {
	const char *name;
	int (*sleep)(void);
	__u32 records;
	__u32 deadline_us;
};

/**
 * struct sender - what it shares with the reader
 * @cycle: by the reader: begin this one; negative: end
 * @count: packets of it
 * @raw: where to send
 * @port: where to
 * @random: its own
 */
static struct sender {
	_Alignas(128) int cycle;
	int count;
	_Alignas(128) int raw;
	__u16 port;
	uint64_t random;
} sender;

static int by_poll(void)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return poll(&pfd, 1, LOST_MS);
}

static int by_epoll_level(void)
{
	struct epoll_event event;

	return epoll_wait(epoll_level, &event, 1, LOST_MS);
}

static int by_epoll_edge(void)
{
	struct epoll_event event;

	return epoll_wait(epoll_edge, &event, 1, LOST_MS);
}

static int by_uring(void)
{
	return uring_poll(fd, LOST_MS);
}

/* WAIT with the module, the bell with XDP. */
static int by_library(void)
{
	return rtintercept_ring_wait(rti, LOST_MS * MS);
}

static const struct way ways[] = {
	{ "poll()", by_poll, 0, 0 },
	{ "epoll by level", by_epoll_level, 0, 0 },
	{ "epoll by edge", by_epoll_edge, 0, 0 },
	{ "io_uring", by_uring, 0, 0 },
	{ "the library", by_library, 0, 0 },
	{ "the library, 4 records or 300 us", by_library, 4, 300 },
	{ "poll(), 4 records or 300 us", by_poll, 4, 300 },
};

#define WAYS	(sizeof(ways) / sizeof(ways[0]))

static int epoll_on(__u32 how)
{
	struct epoll_event event = { .events = EPOLLIN | how };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
	return epoll;
}

static void send_after_a_while(const struct packet *p)
{
	const __u64 delay_ns = random_below(&sender.random,
					    1000ULL << random_below(&sender.random, DELAYS));
	const __u64 until_ns = now_ns() + delay_ns;
	struct packet copy = *p;
	int i;

	while (now_ns() < until_ns)
		;
	for (i = 0; i < sender.count; i++)
		raw_send(sender.raw, &copy);
}

static void *send_all(void *arg)
{
	static struct packet p;
	int last = 0, now;

	packet_to_here(&p, sender.port, 40);
	while ((now = __atomic_load_n(&sender.cycle, __ATOMIC_ACQUIRE)) >= 0) {
		if (now != last)
			send_after_a_while(&p);
		last = now;
	}
	return NULL;
}

/**
 * struct tally - what has become of the cycles of one way
 * @sleeps: calls that slept
 * @lost: cycles that did not end
 * @late_ns: the oldest record that was read, beyond its deadline
 */
struct tally {
	__u64 sleeps;
	int lost;
	__u64 late_ns;
};

/* Reads what there is. */
static int read_records(const struct way *way, struct tally *tally)
{
	const struct rtintercept_record *r;
	__u64 age_ns;
	int n;

	for (n = 0; (r = rtintercept_ring_peek(rti)); n++) {
		age_ns = now_ns() - r->time_ns;
		if (age_ns > way->deadline_us * 1000ULL + tally->late_ns)
			tally->late_ns = age_ns - way->deadline_us * 1000ULL;
		rtintercept_ring_release(rti);
	}
	return n;
}

static void one_cycle(const struct way *way, struct tally *tally, int cycle, int count)
{
	int got = 0;

	sender.count = count;
	__atomic_store_n(&sender.cycle, cycle, __ATOMIC_RELEASE);
	while (got < count) {
		got += read_records(way, tally);
		if (got >= count)
			return;
		tally->sleeps++;
		if (way->sleep() <= 0 && !rtintercept_ring_peek(rti))
			break;
	}
	tally->lost += got < count;
}

static void many_cycles(const struct way *way, int cycles, int *cycle, uint64_t *random)
{
	struct tally tally = { 0 };
	int i;

	is(rtintercept_wakeup(rti, way->records, 0, way->deadline_us), 0, "%s", way->name);
	read_records(way, &tally);
	for (i = 0; i < cycles && !tally.lost; i++)
		one_cycle(way, &tally, ++*cycle,
			  way->records ? 1 + (int)random_below(random, way->records) : 1);
	ok(!tally.lost, "%s: %d cycles, no wake-up is lost", way->name, i);
	ok(tally.late_ns < LOST_MS * MS, "%s: and no record is stuck", way->name);
	printf("# %llu sleeps; %llu us after its deadline at the latest\n",
	       tally.sleeps, tally.late_ns / 1000);
}

static int cycles_wanted(void)
{
	const char *text = getenv("RTI_CYCLES");

	return text ? atoi(text) : CYCLES;
}

static uint64_t seed(void)
{
	const char *text = getenv("RTI_SEED");
	const uint64_t value = text ? strtoull(text, NULL, 0) : now_ns();

	printf("# RTI_SEED=%llu\n", (unsigned long long)value);
	return value;
}

/**
 * cycles() - RTI_CYCLES cycles, shared by all ways
 * @session: attached, started, with a rule for UDP packets to @port
 * @raw: where its packets come from
 * @port: where they go
 */
void cycles(struct rtintercept *session, int raw, __u16 port)
{
	uint64_t random = seed();
	pthread_t thread;
	int cycle = 0;
	size_t i;

	rti = session;
	fd = rtintercept_fd(rti);
	epoll_level = epoll_on(0);
	epoll_edge = epoll_on(EPOLLET);
	sender = (struct sender) { .raw = raw, .port = port, .random = ~random };
	pthread_create(&thread, NULL, send_all, NULL);
	for (i = 0; i < WAYS; i++) {
		if (ways[i].sleep == by_uring && uring_open()) {
			skip("io_uring", "this kernel has none");
			continue;
		}
		many_cycles(&ways[i], cycles_wanted() / (int)WAYS + 1, &cycle, &random);
	}
	__atomic_store_n(&sender.cycle, -1, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	close(epoll_level);
	close(epoll_edge);
	uring_close();
}
