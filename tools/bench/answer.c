/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Servers that send back what came, each in its own way. */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include "tools/bench/answer.h"

#define WAIT_NS		50000000
#define BYTES_MAX	2048

static void *serve_socket(void *arg)
{
	struct answer *a = arg;
	struct sockaddr_in from;
	char bytes[BYTES_MAX];
	socklen_t length;
	ssize_t got;

	while (!a->stop) {
		length = sizeof(from);
		got = recvfrom(a->fd, bytes, sizeof(bytes), 0, (void *)&from, &length);
		if (got >= 0)
			sendto(a->fd, bytes, (size_t)got, 0, (void *)&from, length);
	}
	return NULL;
}

/* IPv4 and UDP, by the rule. */
static void send_back(const struct answer *a, const struct rtintercept_record *r)
{
	struct sockaddr_in to = { .sin_family = AF_INET };

	memcpy(&to.sin_addr, r->data + r->l3_offset + 12, sizeof(to.sin_addr));
	memcpy(&to.sin_port, r->data + r->l4_offset, sizeof(to.sin_port));
	sendto(a->fd, r->data + r->payload_offset, r->captured_bytes - r->payload_offset,
	       0, (void *)&to, sizeof(to));
}

static void *serve_records(void *arg)
{
	struct answer *a = arg;
	const struct rtintercept_record *r;

	while (!a->stop) {
		if (rtintercept_ring_wait(a->rti, WAIT_NS) <= 0)
			continue;
		while ((r = rtintercept_ring_peek(a->rti))) {
			if (a->by == ANSWER_READER)
				send_back(a, r);
			rtintercept_ring_release(a->rti);
		}
	}
	return NULL;
}

static int set_rule(const struct answer *a, uint16_t port)
{
	struct rtintercept_reply_set echo = {
		.reply_id = 1, .type = RTINTERCEPT_REPLY_ECHO, .rate_pps = 1000000,
	};
	struct rtintercept_rule rule = {
		.match = RTINTERCEPT_MATCH_PROTOCOL | RTINTERCEPT_MATCH_DST_PORT,
		.protocol = IPPROTO_UDP, .dst_port_min = port, .dst_port_max = port,
		.verdict = RTINTERCEPT_VERDICT_REPLY, .reply_id = 1,
		.flags = a->by == ANSWER_REPLY ? 0 : RTINTERCEPT_RULE_RECORD,
	};
	int err = 0;

	if (a->by == ANSWER_READER) {
		rule.verdict = RTINTERCEPT_VERDICT_DROP;
		rule.reply_id = 0;
	} else {
		err = rtintercept_reply_set(a->rti, 0, &echo);
	}
	return err ? err : rtintercept_rule_replace(a->rti, 0, &rule, 1, NULL);
}

/* @priority: SCHED_FIFO; 0: SCHED_OTHER. @cpu: -1: anywhere. Return: 0 or -errno. */
int answer_set_thread(pthread_t thread, int priority, int cpu)
{
	const struct sched_param param = { .sched_priority = priority };
	cpu_set_t set;
	int err = 0;

	if (cpu >= 0) {
		CPU_ZERO(&set);
		CPU_SET((unsigned int)cpu, &set);
		err = pthread_setaffinity_np(thread, sizeof(set), &set);
	}
	if (!err)
		err = pthread_setschedparam(thread, priority ? SCHED_FIFO : SCHED_OTHER,
					    &param);
	return -err;
}

/* The rules go, so that the next server finds what it would without us. */
void answer_stop(struct answer *a)
{
	a->stop = 1;
	if (a->by != ANSWER_REPLY)
		pthread_join(a->thread, NULL);
	if (a->by != ANSWER_SOCKET)
		rtintercept_rule_flush(a->rti, 0);
}

/**
 * answer_start() - let requests be answered
 * @a: all but @thread and @stop set
 *
 * Return: 0; then answer_stop() has to follow. -errno.
 */
int answer_start(struct answer *a)
{
	struct sockaddr_in at = {};
	socklen_t bytes = sizeof(at);
	int err = 0;

	a->stop = 0;
	if (getsockname(a->fd, (void *)&at, &bytes))
		return -errno;
	if (a->by != ANSWER_SOCKET)
		err = set_rule(a, ntohs(at.sin_port));
	if (err || a->by == ANSWER_REPLY)
		return err;
	err = pthread_create(&a->thread, NULL, a->by == ANSWER_SOCKET ? serve_socket :
			     serve_records, a);
	if (err)
		return -err;
	err = answer_set_thread(a->thread, a->priority, a->cpu);
	if (err)
		answer_stop(a);
	return err;
}
