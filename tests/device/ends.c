/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ends a wait, with either backend and by every strategy: time, a signal,
 * another thread that closes the session; and that nobody spins when no packet
 * comes any more.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include "device.h"

#define PACKETS		40	/* enough to learn a period from */
#define PERIOD_MS	5
#define IDLE_MS		1500

static const struct {
	const char *name;
	__u32 strategy;
} strategies[] = {
	{ "block", RTINTERCEPT_STRATEGY_BLOCK },
	{ "spin", RTINTERCEPT_STRATEGY_SPIN },
	{ "spin, then block", RTINTERCEPT_STRATEGY_SPIN_BLOCK },
	{ "periodic", RTINTERCEPT_STRATEGY_PERIODIC },
};

#define STRATEGIES	(sizeof(strategies) / sizeof(strategies[0]))

static struct rtintercept *rti;

static void choose(__u32 i)
{
	struct rtintercept_strategy strategy = {
		.size = sizeof(strategy), .strategy = strategies[i].strategy,
	};

	is(rtintercept_strategy(rti, &strategy), 0, "%s", strategies[i].name);
}

static int spins(__u32 i)
{
	return strategies[i].strategy == RTINTERCEPT_STRATEGY_SPIN;
}

static __u64 cpu_ns(void)
{
	struct rusage use;

	getrusage(RUSAGE_THREAD, &use);
	return (__u64)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000 * MS +
	       (__u64)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) * 1000;
}

static void test_time(__u32 i)
{
	__u64 before = now_ns();

	is(rtintercept_ring_wait(rti, 0), 0, "%s: a wait of no time",
	   strategies[i].name);
	ok(now_ns() - before < 100 * MS, "%s: is over at once", strategies[i].name);
	before = now_ns();
	is(rtintercept_ring_wait(rti, 30 * MS), 0, "%s: nothing comes", strategies[i].name);
	ok(now_ns() - before >= 30 * MS, "%s: it waited", strategies[i].name);
}

static void ignore(int signal)
{
}

static void test_signal(__u32 i)
{
	struct sigaction action = { .sa_handler = ignore, .sa_flags = SA_RESTART };

	sigaction(SIGALRM, &action, NULL);
	alarm(1);
	is(rtintercept_ring_wait(rti, -1), -EINTR, "%s: a signal ends it",
	   strategies[i].name);
}

/* Packets that come regularly, and then no more. */
static void test_idle(__u32 i, int raw, __u16 port)
{
	struct packet p;
	__u64 before;
	int n;

	packet_to_here(&p, port, 100);
	for (n = 0; n < PACKETS; n++) {
		raw_send(raw, &p);
		sleep_ms(PERIOD_MS);
		rtintercept_ring_wait(rti, 0);
		session_drain(rti);
	}
	before = cpu_ns();
	is(rtintercept_ring_wait(rti, IDLE_MS * MS), 0, "%s: traffic has stopped",
	   strategies[i].name);
	before = cpu_ns() - before;
	ok(before < IDLE_MS * MS / 30, "%s: which costs no CPU (%llu us)",
	   strategies[i].name, before / 1000);
}

static void test_idle_poll(void)
{
	struct pollfd pfd = { .fd = rtintercept_fd(rti), .events = POLLIN };
	const __u64 before = cpu_ns();

	session_drain(rti);
	is(poll(&pfd, 1, IDLE_MS), 0, "poll(): traffic has stopped");
	ok(cpu_ns() - before < IDLE_MS * MS / 30, "poll(): which costs no CPU");
}

static void *close_soon(void *session)
{
	sleep_ms(100);
	rtintercept_close(session);
	return NULL;
}

/* The session is gone afterwards. */
static void test_close(__u32 i)
{
	const __u64 before = now_ns();
	pthread_t thread;
	int result;

	pthread_create(&thread, NULL, close_soon, rti);
	result = rtintercept_ring_wait(rti, 10000 * MS);
	is(result, -EBADF, "%s: another thread closes it", strategies[i].name);
	ok(now_ns() - before < 5000 * MS, "%s: soon", strategies[i].name);
	pthread_join(thread, NULL);
}

/**
 * ends() - what ends waits, with sessions of one backend
 * @open: makes one: attached, started, with a rule for UDP packets to @port
 * @raw: where its packets come from
 * @port: where they go
 */
void ends(struct rtintercept *(*open)(void), int raw, __u16 port)
{
	__u32 i;

	for (i = 0; i < STRATEGIES; i++) {
		rti = open();
		choose(i);
		test_time(i);
		if (!spins(i)) {
			test_signal(i);
			test_idle(i, raw, port);
		}
		test_close(i);
	}
	rti = open();
	test_idle_poll();
	session_close(rti, "idle");
}
