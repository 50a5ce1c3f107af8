/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything at once, under traffic: tables swapped, sessions opened and closed,
 * interfaces attached, detached and removed, others' counters read. What must
 * hold throughout is checked; what must not happen the kernel log would tell.
 */
#include <pthread.h>
#include <sys/socket.h>

#include "device.h"

#define PORT		7001
#define SECONDS		6

static int stop;
static __u64 rounds[8];

static int stopped(void)
{
	return __atomic_load_n(&stop, __ATOMIC_ACQUIRE);
}

static void *send_all(void *arg)
{
	int here = raw_open(PEER, THERE);
	struct packet p;
	int i;

	packet_to_here(&p, PORT, 64);
	for (i = 0; !stopped(); i++) {
		send(here, p.data, p.bytes, MSG_DONTWAIT);
		if (i % 8 == 0)
			sleep_ms(1);
	}
	close(here);
	return NULL;
}

/*
 * Two tables, each of which drops every packet to the port, swapped all the
 * time: a packet that got through would have met neither.
 */
static void *swap_tables(void *arg)
{
	struct rtintercept *rti = arg;
	struct rtintercept_rule a[40], b[3];
	__u32 i;

	for (i = 0; i < 40; i++) {
		a[i] = rule_udp((__u16)(PORT + i));
		a[i].verdict = RTINTERCEPT_VERDICT_DROP;
		a[i].flags = 0;
	}
	memcpy(b, a, sizeof(b));
	b[0].priority = 7;
	b[0].match = RTINTERCEPT_MATCH_PROTOCOL;
	b[0].dst_port_min = b[0].dst_port_max = 0;
	while (!stopped()) {
		rtintercept_rule_replace(rti, 0, a, 40, NULL);
		rtintercept_rule_replace(rti, 0, b, 3, NULL);
		rounds[0]++;
	}
	return NULL;
}

/* Opens, uses and closes sessions, with a mapping that outlives the descriptor. */
static void *open_and_close(void *arg)
{
	struct rtintercept_rule rule = rule_udp(PORT);
	void *page;
	int fd;

	while (!stopped()) {
		fd = dev_open();
		dev_ring(fd, 4096, NULL);
		dev_attach(fd, HERE, (__u32)(rounds[1] % 3));
		dev_rule(fd, &rule);
		rule.id = 0;
		dev_start(fd);
		page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
		close(fd);
		munmap(page, 4096);
		rounds[1]++;
	}
	return NULL;
}

/* Attaches to an interface that comes and goes. */
static void *attach_and_detach(void *arg)
{
	struct rtintercept *rti = arg;
	__u32 hook, index;

	while (!stopped()) {
		hook = (__u32)(rounds[2] % 3);
		index = index_of("fleeting");
		rtintercept_attach(rti, index, &hook);
		rtintercept_detach(rti, index);
		rounds[2]++;
		sleep_ms(1);
	}
	return NULL;
}

static void *come_and_go(void *arg)
{
	while (!stopped()) {
		run("ip link add fleeting type dummy && ip link set fleeting up && "
		    "ip link del fleeting");
		rounds[3]++;
	}
	return NULL;
}

/* The administrator looks at everybody. */
static void *look(void *arg)
{
	struct rtintercept *rti = arg;
	struct rtintercept_session *sessions;
	struct rtintercept_attachment *attachments;
	struct rtintercept_rule *rules;
	struct rtintercept_stats stats;
	int i, count;

	while (!stopped()) {
		sessions = NULL;
		count = rtintercept_session_list(rti, &sessions);
		for (i = 0; i < count; i++) {
			const __u32 id = sessions[i].session_id;

			attachments = NULL;
			rules = NULL;
			rtintercept_stats(rti, id, &stats);
			rtintercept_attachment_list(rti, id, &attachments);
			rtintercept_rule_list(rti, id, &rules, NULL);
			free(attachments);
			free(rules);
		}
		free(sessions);
		rounds[4]++;
		sleep_ms(1);
	}
	return NULL;
}

static void *start_and_stop(void *arg)
{
	while (!stopped()) {
		rtintercept_start(arg);
		rtintercept_ring_wait(arg, MS);
		session_drain(arg);
		rtintercept_stop(arg);
		rounds[5]++;
	}
	return NULL;
}

int main(void)
{
	static const char *const names[] = {
		"tables swapped", "sessions opened", "attached", "interfaces",
		"looked at", "started and stopped",
	};
	struct rtintercept *swapping = session_open(HERE, 1, RING_BYTES);
	struct rtintercept *attaching = session_open("lo", 0, RING_BYTES);
	struct rtintercept *looking = session_open("lo", 0, RING_BYTES);
	struct rtintercept *starting = session_open(HERE, 2, RING_BYTES);
	struct rtintercept_rule drop = rule_udp(PORT);
	void *(*const work[])(void *) = {
		send_all, swap_tables, open_and_close, attach_and_detach,
		come_and_go, look, start_and_stop,
	};
	void *const with[] = {
		NULL, swapping, NULL, attaching, NULL, looking, starting,
	};
	int socket = udp_open(NULL, PORT), got = 0, i;
	pthread_t thread[7];
	char byte;

	drop.verdict = RTINTERCEPT_VERDICT_DROP;
	drop.flags = 0;
	session_rule(swapping, drop);
	session_rule(starting, rule_udp(PORT));
	rtintercept_start(swapping);
	for (i = 0; i < 7; i++)
		pthread_create(&thread[i], NULL, work[i], with[i]);
	sleep_ms(SECONDS * 1000);
	__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
	for (i = 0; i < 7; i++)
		pthread_join(thread[i], NULL);
	while (udp_receive(socket, &byte, 1, 0) >= 0)
		got++;
	is(got, 0, "no packet met half a table");
	for (i = 0; i < 6; i++)
		ok(rounds[i] > 0, "%s: %llu times", names[i], rounds[i]);
	session_close(swapping, "swapping");
	session_close(attaching, "attaching");
	session_close(looking, "looking");
	session_close(starting, "starting");
	return tap_end();
}
