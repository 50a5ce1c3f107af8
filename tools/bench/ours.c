/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our receiver: a session with one rule on the urgent packets' port. T1 is in
 * the record; T2 is the clock directly behind the peek that yielded it.
 */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include "tools/bench/bench.h"
#include "tools/bench/peer.h"
#include "tools/bench/table.h"

#define WATERMARK_DEADLINE_US	10000

static struct rtintercept *rti;

/* The urgent packets', wherever the kernel lets them come from. */
static void draw_rules(const struct bench_settings *s, struct rtintercept_rule *rules)
{
	struct table_flow flows[BENCH_READERS_MAX];
	uint64_t seed = s->seed;
	uint32_t i;

	for (i = 0; i <= s->also_to_count; i++)
		flows[i] = (struct table_flow) {
			.dst = ntohl((i ? s->also_to[i - 1] : s->to).sin_addr.s_addr),
			.dport = ntohs(s->to.sin_port),
		};
	table_random(rules, s->rules - 1, &seed, flows, i);
}

static int add_rules(const struct bench_task *task)
{
	const struct bench_settings *s = task->settings;
	const uint16_t port = ntohs(s->to.sin_port);
	struct rtintercept_rule *rules = calloc(s->rules, sizeof(*rules));
	int error;

	if (!rules)
		return -ENOMEM;
	draw_rules(s, rules);
	rules[s->rules - 1] = (struct rtintercept_rule) {
		.id = s->rules,
		.match = RTINTERCEPT_MATCH_PROTOCOL | RTINTERCEPT_MATCH_DST_PORT,
		.verdict = RTINTERCEPT_VERDICT_PASS,
		.flags = RTINTERCEPT_RULE_RECORD,
		.snap_bytes = task->bench_case->snap_bytes,
		.protocol = IPPROTO_UDP,
		.dst_port_min = port,
		.dst_port_max = port,
	};
	error = rtintercept_rule_replace(rti, 0, rules, s->rules, NULL);
	free(rules);
	return error;
}

/* Spinning is looking again and again; all else is the library's business. */
static int choose_strategy(const struct bench_task *task)
{
	struct rtintercept_strategy strategy = { .size = sizeof(strategy) };

	if (task->wait == BENCH_SPIN_BLOCK)
		strategy.strategy = RTINTERCEPT_STRATEGY_SPIN_BLOCK;
	else if (task->wait == BENCH_PERIODIC)
		strategy.strategy = RTINTERCEPT_STRATEGY_PERIODIC;
	return rtintercept_strategy(rti, &strategy);
}

static int ours_open(struct bench_task *task)
{
	const struct bench_settings *s = task->settings;
	struct rtintercept_open_opts opts = {
		.size = sizeof(opts),
		.backend = task->who == BENCH_SECOND ? RTINTERCEPT_BACKEND_XDP : s->backend,
	};
	const uint32_t reader = task->who < BENCH_MORE ? 0 : task->who - BENCH_MORE + 1;
	char name[BENCH_NAME_BYTES];
	unsigned int ifindex = if_nametoindex(interface_of(s, reader, name));
	int error;

	if (!ifindex)
		return task_failed(task, errno, "finding --interface");
	/* Where no socket has the port, a sender elsewhere is told so, and refused to send. */
	if (s->receive_ours)
		udp_sinks_open(s, true);
	if (task->who == BENCH_OURS)
		udp_also_sinks_open(s);
	error = rtintercept_open(&rti, &opts);
	if (error)
		return task_failed(task, error, "opening a session");
	error = add_rules(task);
	if (error)
		return task_failed(task, error, "adding the rules");
	error = rtintercept_ring_setup(rti, s->ring_bytes);
	if (error)
		return task_failed(task, error, "setting up the ring");
	task->report->hook = s->both ? RTINTERCEPT_HOOK_AUTO : s->hook;
	task->report->buffer_bytes = s->ring_bytes;
	error = rtintercept_attach(rti, ifindex, &task->report->hook);
	if (error)
		return task_failed(task, error, "attaching to --interface");
	error = choose_strategy(task);
	if (error)
		return task_failed(task, error, "choosing how to wait");
	if (s->watermark)
		error = rtintercept_wakeup(rti, s->watermark, 0, WATERMARK_DEADLINE_US);
	if (error)
		return task_failed(task, error, "setting the watermark");
	error = rtintercept_start(rti);
	if (error)
		return task_failed(task, error, "starting the session");
	return 0;
}

static void take(struct bench_task *task, const struct rtintercept_record *record,
		 uint64_t t2_ns)
{
	if (!(record->flags & RTINTERCEPT_RECORD_PAYLOAD) ||
	    record->payload_offset > record->captured_bytes)
		task->report->strangers++;
	else
		task_arrived(task, record->data + record->payload_offset,
			     record->captured_bytes - record->payload_offset,
			     record->time_ns, t2_ns);
}

/* Return: whether there was a record. */
static inline bool receive_one(struct bench_task *task)
{
	const struct rtintercept_record *record = rtintercept_ring_peek(rti);
	uint64_t t2_ns;

	if (!record)
		return false;
	t2_ns = rtintercept_clock_ns();
	take(task, record, t2_ns);
	rtintercept_ring_release(rti);
	return true;
}

/* Return: 0 or more: look again; or -errno. */
static int wait_for_record(enum bench_wait wait)
{
	struct pollfd pfd = { .events = POLLIN };

	if (wait == BENCH_SPIN)
		return 0;
	if (wait == BENCH_LAZY) {
		task_pause();
		return 0;
	}
	if (wait != BENCH_POLL)
		return rtintercept_ring_wait(rti, -1);
	pfd.fd = rtintercept_fd(rti);
	return poll(&pfd, 1, -1) < 0 ? -errno : 0;
}

static int ours_loop(struct bench_task *task)
{
	int error;

	while (!task_stopped(task)) {
		if (receive_one(task))
			continue;
		error = wait_for_record(task->wait);
		if (error < 0 && error != -EINTR)
			return task_failed(task, error, "waiting for a record");
	}
	return 0;
}

/* After the stop the counters are exact; what is left in the ring belongs to the books. */
static void keep_books(struct bench_task *task)
{
	struct rtintercept_rule_counters *rule;
	int count;

	if (rtintercept_stop(rti))
		return;
	while (receive_one(task))
		;
	rtintercept_ring_counters(rti, &task->report->ring);
	rtintercept_waits(rti, &task->report->waits);
	task->report->stats.size = sizeof(task->report->stats);
	if (rtintercept_stats(rti, 0, &task->report->stats))
		memset(&task->report->stats, 0, sizeof(task->report->stats));
	count = rtintercept_rule_stats(rti, 0, &rule);
	if (count == (int)task->settings->rules)
		task->report->rule = rule[count - 1];
	if (count >= 0)
		free(rule);
}

static void ours_close(struct bench_task *task)
{
	if (rti && !task->report->error)
		keep_books(task);
	rtintercept_close(rti);
	rti = NULL;
	udp_sinks_close();
}

const struct bench_role ours_role = {
	.open = ours_open,
	.loop = ours_loop,
	.close = ours_close,
};
