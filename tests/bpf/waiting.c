/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readers that sleep and readers that do not, on XDP: watermark and deadline,
 * no wake-up that nobody needs, what ends a wait; and rules that change under traffic.
 */
#include <pthread.h>

#include "bpf.h"

#define PORT	7000
#define SECOND	(1000 * MS)

static int raw;

static struct rtintercept *open_session(void)
{
	__u32 hook = RTINTERCEPT_HOOK_AUTO;
	struct rtintercept *rti;

	rti = session_of(RTINTERCEPT_BACKEND_XDP, HERE, &hook, RING_BYTES);
	session_rule(rti, rule_udp(PORT));
	must(rtintercept_start(rti), "start");
	return rti;
}

static void send_packets(int count)
{
	static struct packet p;

	packet_to_here(&p, PORT, 100);
	while (count--)
		raw_send(raw, &p);
}

static __u64 wakeups(struct rtintercept *rti)
{
	struct rtintercept_stats s;

	must(rtintercept_stats(rti, 0, &s), "stats");
	return s.wakeups;
}

static void *send_soon(void *count)
{
	sleep_ms(30);
	send_packets(*(int *)count);
	return NULL;
}

/* Sends @count a little later, waits. Returns the milliseconds; @result: out */
static int wait_for(struct rtintercept *rti, int count, int *result)
{
	const __u64 before = now_ns();
	pthread_t sender;
	int ms;

	must(-pthread_create(&sender, NULL, send_soon, &count), "thread");
	*result = rtintercept_ring_wait(rti, 10 * SECOND);
	ms = (int)((now_ns() - before) / MS);
	pthread_join(sender, NULL);
	return ms;
}

static void test_first_record(void)
{
	struct rtintercept *rti = open_session();
	int result;

	is(rtintercept_ring_wait(rti, 50 * MS), 0, "nothing comes: time is up");
	ok(wait_for(rti, 1, &result) < 5000 && result == 1,
	   "a sleeping reader is woken by the first record");
	is(session_drain(rti), 1, "which is there");
	is(wakeups(rti), 1, "by one wake-up");
	session_close(rti, "first record");
}

static void test_watermark(void)
{
	struct rtintercept *rti = open_session();
	int result, ms;

	is(rtintercept_wakeup(rti, 10, 0, 0), -EINVAL, "no watermark without a deadline");
	is(rtintercept_wakeup(rti, 0, 0, 1000), -EINVAL, "no deadline without a watermark");
	must(rtintercept_wakeup(rti, 10, 0, 300000), "wakeup");
	ms = wait_for(rti, 9, &result);
	ok(result == 1 && ms >= 290, "9 of 10 records: not before the deadline");
	is(session_drain(rti), 9, "9 of 10 records: all are there");
	must(rtintercept_wakeup(rti, 10, 0, 9000000), "wakeup");
	ms = wait_for(rti, 10, &result);
	ok(result == 1 && ms < 8000, "10 of 10 records: long before the deadline");
	session_drain(rti);
	must(rtintercept_wakeup(rti, 0, 1000, 9000000), "wakeup");
	ms = wait_for(rti, 5, &result);
	ok(result == 1 && ms < 8000, "so many bytes: long before the deadline");
	session_drain(rti);
	must(rtintercept_wakeup(rti, 0, 0, 0), "wakeup");
	ms = wait_for(rti, 1, &result);
	ok(result == 1 && ms < 5000, "without a watermark: at the first record again");
	session_close(rti, "watermark");
}

/* Milliseconds that a wait takes for @count records that are there already. */
static int wait_behind(struct rtintercept *rti, int count, int *result)
{
	__u64 before;

	session_drain(rti);
	send_packets(count);
	before = now_ns();
	*result = rtintercept_ring_wait(rti, 10 * SECOND);
	return (int)((now_ns() - before) / MS);
}

static void test_watermark_behind(void)
{
	struct rtintercept *rti = open_session();
	int result, ms;

	must(rtintercept_wakeup(rti, 10, 0, 300000), "wakeup");
	ms = wait_behind(rti, 9, &result);
	ok(result == 1 && ms >= 200 && ms < 5000,
	   "9 of 10 records are there: at the first one's deadline (%d ms)", ms);
	is(rtintercept_ring_wait(rti, 10 * SECOND), 1, "which has passed: at once");
	must(rtintercept_wakeup(rti, 10, 0, 9000000), "wakeup");
	ms = wait_behind(rti, 10, &result);
	ok(result == 1 && ms < 8000, "10 of 10 records are there: at once");
	must(rtintercept_wakeup(rti, 0, 1000, 9000000), "wakeup");
	ms = wait_behind(rti, 9, &result);
	ok(result == 1 && ms < 8000, "so many bytes are there: at once");
	session_drain(rti);
	session_close(rti, "watermark, records there");
}

/* A deadline is kept for a reader that sleeps on the fd by means of its own. */
static void test_deadline_poll(void)
{
	struct rtintercept *rti = open_session();
	struct pollfd pfd = { .fd = rtintercept_fd(rti), .events = POLLIN };
	__u64 before;

	must(rtintercept_wakeup(rti, 100, 0, 200000), "wakeup");
	session_drain(rti);
	before = now_ns();
	send_packets(3);
	is(poll(&pfd, 1, 5000), 1, "poll: woken by the deadline");
	ok(now_ns() - before >= 190 * MS, "poll: not before it");
	session_close(rti, "deadline");
}

static void *send_many(void *count)
{
	int i, n = *(int *)count;

	for (i = 0; i < n; i += 20) {
		send_packets(20);
		usleep(1000);
	}
	return NULL;
}

static void test_spin(void)
{
	struct rtintercept *rti = open_session();
	const __u64 end_ns = now_ns() + 20 * SECOND;
	int count = 2000, n = 0;
	pthread_t sender;

	must(-pthread_create(&sender, NULL, send_many, &count), "thread");
	while (n < count && now_ns() < end_ns) {
		if (!rtintercept_ring_peek(rti))
			continue;
		rtintercept_ring_release(rti);
		n++;
	}
	pthread_join(sender, NULL);
	is(n, count, "a spinning reader gets every record");
	ok(wakeups(rti) <= 1, "and is never woken");
	session_close(rti, "spin");
}

/* Two tables in turn; no packet may meet neither. */
static void test_replace(void)
{
	struct rtintercept_rule table[2][2];
	struct rtintercept *rti = open_session();
	const struct rtintercept_record *r;
	int count = 6000, swaps = 0, wrong = 0, n = 0;
	const __u64 end_ns = now_ns() + 20 * SECOND;
	struct rtintercept_stats s;
	pthread_t sender;

	table[0][0] = table[0][1] = table[1][0] = table[1][1] = rule_udp(PORT);
	table[0][0].id = 11;
	table[1][0].id = 21;
	table[0][1].id = table[1][1].id = 30;
	must(rtintercept_rule_replace(rti, 0, table[0], 2, NULL), "rule replace");
	must(-pthread_create(&sender, NULL, send_many, &count), "thread");
	while (n < count && now_ns() < end_ns) {
		must(rtintercept_rule_replace(rti, 0, table[++swaps % 2], 2, NULL),
		     "rule replace");
		for (; (r = rtintercept_ring_peek(rti)); n++) {
			wrong += r->rule_id != 11 && r->rule_id != 21;
			rtintercept_ring_release(rti);
		}
	}
	pthread_join(sender, NULL);
	must(rtintercept_stats(rti, 0, &s), "stats");
	is(n, count, "the table replaced %s: every packet recorded",
	   swaps > 20 ? "often" : "too seldom");
	printf("# %d tables in turn\n", swaps);
	is(s.unmatched, 0, "no packet met a table without its rule");
	is(wrong, 0, "each was matched by the first rule of a table");
	session_close(rti, "rules replaced under traffic");
}

int main(void)
{
	raw = raw_open(PEER, THERE);
	test_first_record();
	test_watermark();
	test_watermark_behind();
	test_deadline_poll();
	test_spin();
	test_replace();
	ends(open_session, raw, PORT);
	return tap_end();
}
