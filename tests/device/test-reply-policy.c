/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is not answered, and what happens while packets are; also that the interface
 * is brought down and taken away.
 */
#include <pthread.h>
#include <sys/socket.h>

#include "replies.h"

static int stop;

static int stopped(void)
{
	return __atomic_load_n(&stop, __ATOMIC_ACQUIRE);
}

static void *send_all(void *arg)
{
	int fd = raw_open(PEER, "gone1");
	struct packet p;

	request_here(&p, 4, 64);
	while (!stopped())
		if (send(fd, p.data, p.bytes, MSG_DONTWAIT) < 0)
			sleep_ms(1);
	close(fd);
	return NULL;
}

/* Brought down, up, and taken away while it answers. */
static void test_removal(__u32 hook)
{
	struct rtintercept_reply_set reply = reply_echo(FAST);
	struct rtintercept_stats s;
	struct rtintercept *rti;
	pthread_t thread;
	int i;

	run("ip link add gone address 02:00:00:00:00:01 type veth peer name gone1 "
	    "netns peer; ip link set gone up; ip -n peer link set gone1 up");
	rti = session_open("gone", hook, RING_BYTES);
	rtintercept_reply_set(rti, 0, &reply);
	session_rule(rti, rule_reply(PORT, reply.reply_id));
	rtintercept_start(rti);
	stop = 0;
	pthread_create(&thread, NULL, send_all, NULL);
	for (i = 0; i < 5; i++) {
		sleep_ms(50);
		run("ip link set gone down; ip link set gone up");
	}
	sleep_ms(100);
	run("ip link del gone");
	__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	s = stats_of(rti);
	is(s.state, RTINTERCEPT_STATE_DEAD, "hook %u: its interface has gone", hook);
	ok(s.replied > 0, "hook %u: it answered meanwhile (%llu)", hook, s.replied);
	session_close(rti, "removal");
}

int main(void)
{
	stay_on_cpu(0);
	replies_kept_back(RTINTERCEPT_HOOK_AUTO);
	replies_each_other(RTINTERCEPT_HOOK_AUTO);
	test_removal(RTINTERCEPT_HOOK_INGRESS);
	test_removal(RTINTERCEPT_HOOK_RX_HANDLER);
	return tap_end();
}
