/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waiting: poll, epoll by level and by edge, watermarks and deadlines, drops
 * that are told, wake-ups that are never lost; and read().
 */
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>

#include "device.h"

#define PORT	7001

static struct rtintercept *rti;
static int raw, fd;

static void send_packets(int count)
{
	struct packet p;

	packet_to_here(&p, PORT, 100);
	while (count--)
		raw_send(raw, &p);
}

static void open_session(__u64 ring_bytes)
{
	rti = session_open(HERE, 0, ring_bytes);
	session_rule(rti, rule_udp(PORT));
	rtintercept_start(rti);
	fd = rtintercept_fd(rti);
}

/* What poll() says within that time. */
static int events(int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLERR };

	return poll(&p, 1, timeout_ms) == 1 ? p.revents & ~POLLRDNORM : 0;
}

static int event_within(int epoll, int timeout_ms)
{
	struct epoll_event event;

	return epoll_wait(epoll, &event, 1, timeout_ms) == 1 ? (int)event.events : 0;
}

static int epoll_on(__u32 how)
{
	struct epoll_event event = { .events = EPOLLIN | how };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
	return epoll;
}

static void test_poll(void)
{
	__u64 before;

	open_session(RING_BYTES);
	before = now_ns();
	is(events(100), 0, "poll: nothing comes");
	ok(now_ns() - before >= 100 * MS, "poll: it waited");
	send_packets(1);
	is(events(2000), POLLIN, "poll: a packet");
	is(events(0), POLLIN, "poll: as long as it is unread");
	is(session_drain(rti), 1, "poll: one");
	is(events(0), 0, "poll: not when it is read");
	session_close(rti, "poll");
}

static void test_epoll_level(void)
{
	int epoll;

	open_session(RING_BYTES);
	epoll = epoll_on(0);
	is(event_within(epoll, 50), 0, "epoll, level: nothing comes");
	send_packets(2);
	is(event_within(epoll, 2000), EPOLLIN, "epoll, level: a packet");
	is(event_within(epoll, 0), EPOLLIN, "epoll, level: still unread");
	rtintercept_ring_peek(rti);
	rtintercept_ring_release(rti);
	is(event_within(epoll, 0), EPOLLIN, "epoll, level: another is unread");
	session_drain(rti);
	is(event_within(epoll, 0), 0, "epoll, level: none is left");
	close(epoll);
	session_close(rti, "epoll, level");
}

static void test_epoll_edge(void)
{
	int epoll, i, bad = 0;

	open_session(RING_BYTES);
	epoll = epoll_on(EPOLLET);
	is(event_within(epoll, 50), 0, "epoll, edge: nothing comes");
	for (i = 0; i < 50; i++) {
		send_packets(1);
		all_are(bad, event_within(epoll, 2000), EPOLLIN);
		all_are(bad, event_within(epoll, 0), 0);
		if (i % 2)
			session_drain(rti);
	}
	ok(!bad, "epoll, edge: one event for each packet, read or not");
	session_drain(rti);
	close(epoll);
	session_close(rti, "epoll, edge");
}

/* Milliseconds until poll() said that something is there, -1: it did not. */
static int waited(int timeout_ms)
{
	__u64 before = now_ns();

	if (!(events(timeout_ms) & POLLIN))
		return -1;
	return (int)((now_ns() - before) / MS);
}

static void test_watermarks(void)
{
	int ms;

	open_session(RING_BYTES);
	is(rtintercept_wakeup(rti, 10, 0, 500000), 0, "at 10 records or 500 ms");
	send_packets(3);
	ms = waited(5000);
	ok(ms >= 400, "3 records: at the deadline (%d ms)", ms);
	session_drain(rti);
	rtintercept_wakeup(rti, 10, 0, 10000000);
	send_packets(9);
	is(waited(200), -1, "9 records: not yet");
	send_packets(1);
	ms = waited(5000);
	ok(ms >= 0 && ms < 5000, "10 records: at once (%d ms)", ms);
	session_drain(rti);
	rtintercept_wakeup(rti, 0, 1000, 10000000);
	send_packets(1);
	is(waited(200), -1, "too few bytes: not yet");
	send_packets(4);
	ms = waited(5000);
	ok(ms >= 0, "enough bytes: at once (%d ms)", ms);
	rtintercept_wakeup(rti, 0, 0, 0);
	session_drain(rti);
	send_packets(1);
	ms = waited(5000);
	ok(ms >= 0, "the default again: at the first (%d ms)", ms);
	session_close(rti, "watermarks");
}

static void test_drops(void)
{
	open_session(4096);
	is(events(0), 0, "drops: none yet");
	send_packets(50);
	sleep_ms(50);
	is(events(2000), POLLIN | POLLERR, "drops are told");
	is(events(0), POLLIN, "once");
	session_drain(rti);
	send_packets(50);
	sleep_ms(50);
	is(events(2000), POLLIN | POLLERR, "and again when there are more");
	session_close(rti, "drops");
}

/* A packet for each wait: a single lost wake-up is a time-out. */
static void *answer(void *arg)
{
	int *go = arg, last = 0, now;

	while ((now = __atomic_load_n(go, __ATOMIC_ACQUIRE)) >= 0) {
		if (now != last)
			send_packets(1);
		last = now;
	}
	return NULL;
}

static void test_no_wakeup_is_lost(void)
{
	struct rtintercept_stats s;
	pthread_t thread;
	int go = 0, i, bad = 0;

	open_session(RING_BYTES);
	pthread_create(&thread, NULL, answer, &go);
	for (i = 1; i <= 3000; i++) {
		__atomic_store_n(&go, i, __ATOMIC_RELEASE);
		all_are(bad, rtintercept_ring_wait(rti, 5000 * MS), 1);
		all_are(bad, session_drain(rti), 1);
	}
	__atomic_store_n(&go, -1, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	ok(!bad, "3,000 waits for 3,000 packets, one by one");
	rtintercept_stats(rti, 0, &s);
	ok(s.wakeups > 0 && s.wakeups <= 3000, "wake-ups are counted (%llu)",
	   s.wakeups);
	session_close(rti, "wake-ups");
}

static void ignore(int signal)
{
}

static void test_library_wait(void)
{
	struct sigaction action = { .sa_handler = ignore };

	open_session(RING_BYTES);
	is(rtintercept_ring_wait(rti, 0), 0, "wait: only look");
	is(rtintercept_ring_wait(rti, 50 * MS), 0, "wait: time is up");
	sigaction(SIGALRM, &action, NULL);
	alarm(1);
	is(rtintercept_ring_wait(rti, -1), -EINTR, "wait: a signal");
	send_packets(1);
	is(rtintercept_ring_wait(rti, -1), 1, "wait: a record");
	session_close(rti, "wait");
}

/* ---- read(): a session without a mapping ---- */

static int read_into(void *buffer, size_t bytes)
{
	ssize_t got = read(fd, buffer, bytes);

	return got < 0 ? -errno : (int)got;
}

static int read_open(void)
{
	struct rtintercept_rule rule = rule_udp(PORT);

	fd = dev_open();
	dev_ring(fd, 65536, NULL);
	dev_attach(fd, HERE, 0);
	dev_rule(fd, &rule);
	return dev_start(fd);
}

static void *send_later(void *arg)
{
	sleep_ms(200);
	send_packets(1);
	return NULL;
}

static void test_read(void)
{
	const int each = (int)(sizeof(struct rtintercept_record) + 142 + 7) & ~7;
	struct rtintercept_record *r;
	pthread_t thread;
	char *buffer = calloc(1, 65536);
	void *page;

	is(read_open(), 0, "read: a session");
	fcntl(fd, F_SETFL, O_NONBLOCK);
	is(read_into(buffer, 65536), -EAGAIN, "read: nothing is there");
	send_packets(3);
	events(2000);
	is(read_into(buffer, 10), -EMSGSIZE, "read: not even one fits");
	is(read_into(buffer, (size_t)each), each, "read: one");
	r = (void *)buffer;
	ok(r->seq == 0 && r->captured_bytes == 142, "read: the first record");
	is(read_into(buffer, 65536), 2 * each, "read: all that are left");
	r = (void *)(buffer + each);
	is(r->seq, 2, "read: the last record");
	is(read_into(buffer, 65536), -EAGAIN, "read: they are consumed");
	send_packets(1);
	events(2000);
	is(read_into(NULL, 65536), -EFAULT, "read: no buffer");
	is(read_into(buffer, 65536), each, "read: which consumes nothing");
	fcntl(fd, F_SETFL, 0);
	pthread_create(&thread, NULL, send_later, NULL);
	is(read_into(buffer, 65536), each, "read: sleeps until there is one");
	pthread_join(thread, NULL);
	alarm(1);
	is(read_into(buffer, 65536), -EINTR, "read: or a signal");
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	is(read_into(buffer, 65536), -EBUSY, "read: not beside a mapped ring");
	munmap(page, 4096);
	close(fd);
	free(buffer);
}

int main(void)
{
	raw = raw_open(PEER, THERE);
	test_poll();
	test_epoll_level();
	test_epoll_edge();
	test_watermarks();
	test_drops();
	test_no_wakeup_is_lost();
	test_library_wait();
	test_read();
	return tap_end();
}
