/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The open-loop UDP sender. Each packet has an absolute time at which it is
 * meant to leave; what is late is sent at once, so a stall is not hidden by
 * sending less. T0 is taken in front of send().
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "tools/bench/bench.h"
#include "tools/bench/payload.h"
#include "tools/bench/random.h"

#define NS_PER_S		1000000000ULL
#define BACKGROUND_MIN_BYTES	20
#define BACKGROUND_MAX_BYTES	1400
#define LATE_NS			1000000ULL	/* so late is a stall, not a wake-up */

static int urgent_fds[BENCH_READERS_MAX * BENCH_FLOWS_MAX];	/* by address, then flow */
static uint32_t urgent_fds_count;
static int background_fd = -1;
static char packet[65536];
static const char noise[BACKGROUND_MAX_BYTES];

/* Each has a source port of its own, which the kernel chooses. */
static int open_flow(struct bench_task *task, const struct sockaddr_in *address)
{
	struct sockaddr_in to = *address;
	const struct bench_settings *s = task->settings;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return task_failed(task, errno, "opening the sender's sockets");
	urgent_fds[urgent_fds_count++] = fd;
	if (s->have_source &&
	    bind(fd, (const struct sockaddr *)&s->source, sizeof(s->source)))
		return task_failed(task, errno, "binding the sender to --source");
	to.sin_port = s->to.sin_port;
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)))
		return task_failed(task, errno, "connecting the sender to --to");
	return 0;
}

static int sender_open(struct bench_task *task)
{
	const struct bench_settings *s = task->settings;
	int error = 0;

	background_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (background_fd < 0)
		return task_failed(task, errno, "opening the sender's sockets");
	while (urgent_fds_count < s->flows && !error)
		error = open_flow(task, &s->to);
	while (urgent_fds_count < s->flows * (1 + s->also_to_count) && !error)
		error = open_flow(task, &s->also_to[urgent_fds_count / s->flows - 1]);
	return error;
}

static void wait_until(const struct bench_task *task, uint64_t due_ns)
{
	const enum bench_wait wait = task->settings->sender_wait;
	struct timespec due = {
		.tv_sec = due_ns / NS_PER_S,
		.tv_nsec = due_ns % NS_PER_S,
	};

	if (wait == BENCH_BLOCK && rtintercept_clock_ns() < due_ns)
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
	while (rtintercept_clock_ns() < due_ns)
		if (wait == BENCH_YIELD)
			sched_yield();
}

static void send_urgent(struct bench_task *task, uint64_t uid, uint64_t due_ns,
			uint64_t *random)
{
	const struct bench_settings *s = task->settings;
	uint32_t bytes = s->bytes, i;
	uint64_t now_ns;

	if (s->bytes_max > bytes)
		bytes += random_below(random, s->bytes_max - bytes + 1);
	payload_put(packet, uid, due_ns);
	now_ns = rtintercept_clock_ns();
	for (i = uid % s->flows; i < urgent_fds_count; i += s->flows)
		if (send(urgent_fds[i], packet, bytes, 0) < 0)
			task->report->errors++;
		else
			task->shared->t0_ns[uid] = now_ns;
	task_count(task, uid + 1);
}

static void send_background(struct bench_task *task, uint64_t *random)
{
	const struct bench_settings *s = task->settings;
	struct sockaddr_in to = s->to;
	size_t bytes = BACKGROUND_MIN_BYTES +
		random_below(random, BACKGROUND_MAX_BYTES - BACKGROUND_MIN_BYTES + 1);

	to.sin_port = htons(s->background_port +
			    random_below(random, s->background_ports));
	if (sendto(background_fd, noise, bytes, 0, (struct sockaddr *)&to, sizeof(to)) >= 0)
		task->report->background++;
}

/*
 * After a stall all that is overdue goes out, burst_pkts at a time with a
 * period between: a receive buffer is not flooded by the sender's own fault.
 */
static void bound_burst(struct bench_task *task, uint64_t due_ns, uint64_t period_ns,
			uint32_t *burst)
{
	uint64_t now_ns = rtintercept_clock_ns();

	if (now_ns < due_ns + LATE_NS) {
		*burst = 0;
		return;
	}
	if (++*burst < task->settings->burst_pkts)
		return;
	*burst = 0;
	task->report->bursts++;
	wait_until(task, now_ns + period_ns);
}

static int sender_loop(struct bench_task *task)
{
	const struct bench_settings *s = task->settings;
	const uint64_t period_ns = NS_PER_S / s->rate_pps;
	const uint64_t start_ns = task->shared->start_ns;
	uint64_t background_ns = s->background_pps ? start_ns : UINT64_MAX;
	uint64_t random = s->seed;
	uint32_t burst = 0;
	uint64_t uid = 0;

	while (uid < task->shared->total && !task_stopped(task)) {
		uint64_t due_ns = bench_due_ns(s, task->shared, uid);

		if (background_ns < due_ns) {
			wait_until(task, background_ns);
			send_background(task, &random);
			background_ns += random_interval_ns(&random,
							    NS_PER_S / s->background_pps);
			continue;
		}
		wait_until(task, due_ns);
		send_urgent(task, uid++, due_ns, &random);
		bound_burst(task, due_ns, period_ns, &burst);
	}
	return 0;
}

static void sender_close(struct bench_task *task)
{
	while (urgent_fds_count)
		close(urgent_fds[--urgent_fds_count]);
	if (background_fd >= 0)
		close(background_fd);
	background_fd = -1;
}

const struct bench_role sender_role = {
	.open = sender_open,
	.loop = sender_loop,
	.close = sender_close,
};
