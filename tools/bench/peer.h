/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the peers share: the loop, and how a frame is taken apart. */
#ifndef RTINTERCEPT_BENCH_PEER_H
#define RTINTERCEPT_BENCH_PEER_H

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include "tools/bench/bench.h"

#define FRAME_ETHERNET	14
#define FRAME_UDP	8

/* peer_take - take what is there; Return: how many packets, or -errno after task_failed() */
typedef int (*peer_take)(struct bench_task *task);

/*
 * Receives until the end. @fd: to sleep on; -1: @take sleeps itself if the task
 * blocks. Inline, so that @take is no indirect call.
 */
static inline __attribute__((always_inline)) int peer_loop(struct bench_task *task,
							    peer_take take, int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	while (!task_stopped(task)) {
		int count = take(task);

		if (count > 0)
			continue;
		if (count < 0)
			return count;
		if (task->wait == BENCH_LAZY)
			task_pause();
		else if (task->wait == BENCH_BLOCK && fd >= 0)
			poll(&poll_fd, 1, -1);
	}
	return 0;
}

/* A whole frame; the kernel has made sure that it is UDP over IPv4 to the right port. */
static inline void peer_frame(struct bench_task *task, const void *frame, size_t bytes,
			      uint64_t seen_ns, uint64_t arrived_ns)
{
	const uint8_t *p = frame;
	size_t headers;

	headers = bytes > FRAME_ETHERNET ? FRAME_ETHERNET + (p[FRAME_ETHERNET] & 15) * 4 +
					   FRAME_UDP : 0;
	if (!headers || headers > bytes)
		task->report->strangers++;
	else
		task_arrived(task, p + headers, bytes - headers, seen_ns, arrived_ns);
}

/* Tell how it is set up. */
static inline __attribute__((format(printf, 2, 3))) void peer_how(struct bench_task *task,
								   const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(task->report->how, sizeof(task->report->how), format, args);
	va_end(args);
}

/* udp.c */
int udp_open(struct bench_task *task);
void udp_close(struct bench_task *task, int fd);
void udp_sinks_open(const struct bench_settings *s, bool urgent);
void udp_also_sinks_open(const struct bench_settings *s);
void udp_sinks_close(void);

/* filter.c: in the kernel, UDP to the urgent port only; 0 or -errno */
int filter_attach(struct bench_task *task, int fd);
const char *filter_text(const struct bench_settings *s, char text[64]);

#endif
