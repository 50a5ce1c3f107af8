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

static struct rtintercept *rti;

static int add_rule(const struct bench_task *task)
{
	const uint16_t port = ntohs(task->settings->to.sin_port);
	struct rtintercept_rule rule = {
		.match = RTINTERCEPT_MATCH_PROTOCOL | RTINTERCEPT_MATCH_DST_PORT,
		.verdict = RTINTERCEPT_VERDICT_PASS,
		.flags = RTINTERCEPT_RULE_RECORD,
		.snap_bytes = task->bench_case->snap_bytes,
		.protocol = IPPROTO_UDP,
		.dst_port_min = port,
		.dst_port_max = port,
	};

	return rtintercept_rule_add(rti, 0, &rule);
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
	unsigned int ifindex = if_nametoindex(s->interface);
	int error;

	if (!ifindex)
		return task_failed(task, errno, "finding --interface");
	/* Where no socket has the port, a sender elsewhere is told so, and refused to send. */
	if (s->receive_ours)
		udp_sinks_open(s, true);
	error = rtintercept_open(&rti, &opts);
	if (error)
		return task_failed(task, error, "opening a session");
	error = add_rule(task);
	if (error)
		return task_failed(task, error, "adding the rule");
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
	if (count == 1)
		task->report->rule = *rule;
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
