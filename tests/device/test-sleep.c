/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RTINTERCEPT_IOC_WAIT: what ends it, what does not, and who is refused; and
 * what ends the waits of the library.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include "device.h"

#define PORT	7010

static struct rtintercept *rti;
static int raw, fd;

static void send_packets(int count)
{
	struct packet p;

	packet_to_here(&p, PORT, 100);
	while (count--)
		raw_send(raw, &p);
}

static void open_session(void)
{
	rti = session_open(HERE, 0, RING_BYTES);
	session_rule(rti, rule_udp(PORT));
	rtintercept_start(rti);
	fd = rtintercept_fd(rti);
}

/* Returns the reason, or a negative errno. */
static int wait_on(int on, __u64 deadline_ns)
{
	struct rtintercept_wait wait = {
		.size = sizeof(wait), .deadline_ns = deadline_ns,
	};
	int err = dev_ioctl(on, RTINTERCEPT_IOC_WAIT, &wait);

	return err ? err : (int)wait.reason;
}

/**
 * struct later - what a thread does while another waits
 * @act: what
 * @argument: of it
 */
struct later {
	void (*act)(int argument);
	int argument;
};

static void *do_later(void *arg)
{
	const struct later *later = arg;

	sleep_ms(100);
	later->act(later->argument);
	return NULL;
}

/* Waits at most 5 s while @act is done. The milliseconds: @ms. */
static int wait_while(void (*act)(int argument), int argument, int *ms)
{
	struct later later = { act, argument };
	const __u64 before = now_ns();
	pthread_t thread;
	int result;

	pthread_create(&thread, NULL, do_later, &later);
	result = wait_on(fd, before + 5000 * MS);
	*ms = (int)((now_ns() - before) / MS);
	pthread_join(thread, NULL);
	return result;
}

static void close_fd(int which)
{
	close(which);
}

static void test_records(void)
{
	int bare = dev_open(), ms, result;
	__u64 before;

	is(wait_on(bare, 0), -EINVAL, "WAIT: no ring");
	close(bare);
	open_session();
	before = now_ns();
	is(wait_on(fd, 0), RTINTERCEPT_WAIT_DEADLINE, "WAIT: a deadline at 0: only looks");
	is(wait_on(fd, before), RTINTERCEPT_WAIT_DEADLINE, "WAIT: a deadline just past");
	ok(now_ns() - before < 100 * MS, "WAIT: at once");
	before = now_ns();
	is(wait_on(fd, before + 50 * MS), RTINTERCEPT_WAIT_DEADLINE, "WAIT: nothing comes");
	ok(now_ns() >= before + 50 * MS, "WAIT: it slept until the deadline");
	result = wait_while(send_packets, 2, &ms);
	ok(result == RTINTERCEPT_WAIT_RECORD && ms >= 95 && ms < 3000,
	   "WAIT: a record, when it comes (%d ms)", ms);
	is(wait_on(fd, 0), RTINTERCEPT_WAIT_RECORD, "WAIT: as long as it is unread");
	is(wait_on(fd, RTINTERCEPT_WAIT_FOREVER), RTINTERCEPT_WAIT_RECORD,
	   "WAIT: and for ever is no longer than that");
	is(session_drain(rti), 2, "WAIT: both are there");
	is(wait_on(fd, 0), RTINTERCEPT_WAIT_DEADLINE, "WAIT: and then none");
	session_close(rti, "WAIT");
}

static void test_watermark(void)
{
	int ms, result;

	open_session();
	rtintercept_wakeup(rti, 10, 0, 300000);
	result = wait_while(send_packets, 3, &ms);
	ok(result == RTINTERCEPT_WAIT_RECORD && ms >= 395, "WAIT: 3 of 10: their deadline (%d ms)",
	   ms);
	is(session_drain(rti), 3, "WAIT: 3 of 10: all are there");
	rtintercept_wakeup(rti, 10, 0, 10000000);
	result = wait_while(send_packets, 10, &ms);
	ok(result == RTINTERCEPT_WAIT_RECORD && ms < 4000, "WAIT: 10 of 10: at once (%d ms)", ms);
	session_drain(rti);
	send_packets(1);
	is(wait_on(fd, now_ns() + 50 * MS), RTINTERCEPT_WAIT_DEADLINE,
	   "WAIT: 1 of 10: the caller's own deadline");
	is(session_drain(rti), 1, "WAIT: 1 of 10: it is there");
	session_close(rti, "WAIT, watermark");
}

static void wait_too(int on)
{
	is(wait_on(on, 0), -EBUSY, "WAIT: another waits already");
	send_packets(1);
}

static void ignore(int signal)
{
}

static void test_ends(void)
{
	struct sigaction action = { .sa_handler = ignore, .sa_flags = SA_RESTART };
	int ms, again;

	open_session();
	is(wait_while(wait_too, fd, &ms), RTINTERCEPT_WAIT_RECORD, "WAIT: who came first has it");
	session_drain(rti);
	sigaction(SIGALRM, &action, NULL);
	alarm(1);
	is(wait_on(fd, RTINTERCEPT_WAIT_FOREVER), -EINTR, "WAIT: a signal");
	again = dup(fd);
	is(wait_while(close_fd, again, &ms), RTINTERCEPT_WAIT_DEADLINE,
	   "WAIT: another descriptor closed: it waits on");
	ok(ms >= 4900, "WAIT: all its time (%d ms)", ms);
	again = dup(fd);
	is(wait_while(close_fd, fd, &ms), RTINTERCEPT_WAIT_DEADLINE,
	   "WAIT: its own closed, another is left: it waits on");
	fd = again;
	is(wait_while(close_fd, fd, &ms), -EBADF, "WAIT: the last one closed");
	ok(ms < 3000, "WAIT: it ends (%d ms)", ms);
	rtintercept_close(rti);
}

static void remove_link(int nothing)
{
	run("ip link del gone0");
}

static void test_dead(void)
{
	int ms;

	run("ip link add gone0 type veth peer name gone1");
	rti = session_open("gone0", 0, RING_BYTES);
	rtintercept_start(rti);
	fd = rtintercept_fd(rti);
	is(wait_while(remove_link, 0, &ms), RTINTERCEPT_WAIT_DEAD, "WAIT: the last interface goes");
	ok(ms < 4000, "WAIT: it ends (%d ms)", ms);
	rtintercept_close(rti);
}

static struct rtintercept *one_more(void)
{
	open_session();
	return rti;
}

int main(void)
{
	raw = raw_open(PEER, THERE);
	test_records();
	test_watermark();
	test_ends();
	test_dead();
	ends(one_more, raw, PORT);
	return tap_end();
}
