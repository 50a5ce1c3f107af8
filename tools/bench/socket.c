/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ordinary way: a UDP socket with the system's defaults and recv(). T3 is
 * the clock directly behind recv(). It also keeps the background's ports open,
 * with a socket each that nobody reads.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "tools/bench/bench.h"
#include "tools/bench/payload.h"
#include "tools/stamp.h"

#define LAZY_NS			10000000
#define LAZY_RCVBUF_BYTES	(16 << 20)
#define SINKS_MAX		64

#ifndef SO_MEMINFO
#define SO_MEMINFO		55
#endif
#define MEMINFO_DROPS		8	/* SK_MEMINFO_DROPS of linux/sock_diag.h */

static int fd = -1;
static int sinks[SINKS_MAX];
static int sinks_count;
static char buffer[65536];
static int64_t realtime_offset_ns;	/* CLOCK_MONOTONIC - CLOCK_REALTIME */

static int bound_socket(in_addr_t address, uint16_t port)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = address,
		.sin_port = htons(port),
	};
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int error;

	if (s < 0)
		return -errno;
	if (!bind(s, (struct sockaddr *)&to, sizeof(to)))
		return s;
	error = -errno;
	close(s);
	return error;
}

static void open_sinks(const struct bench_settings *s)
{
	const int least = 1;

	while (s->background_pps && sinks_count < s->background_ports &&
	       sinks_count < SINKS_MAX) {
		int sink = bound_socket(INADDR_ANY, s->background_port + sinks_count);

		if (sink < 0)
			return;
		setsockopt(sink, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least));
		sinks[sinks_count++] = sink;
	}
}

static void set_rcvbuf(const struct bench_task *task)
{
	int bytes = task->settings->rcvbuf_bytes;
	socklen_t length = sizeof(bytes);

	if (task->wait == BENCH_LAZY)
		bytes = LAZY_RCVBUF_BYTES;
	if (bytes && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (!getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &length))
		task->report->rcvbuf_bytes = bytes;
}

static int socket_open(struct bench_task *task)
{
	const struct bench_settings *s = task->settings;
	int error;

	fd = bound_socket(s->to.sin_addr.s_addr, ntohs(s->to.sin_port));
	if (fd < 0)
		return task_failed(task, fd, "binding the receiving socket to --to");
	set_rcvbuf(task);
	open_sinks(s);
	if (!s->kernel_t1)
		return 0;
	realtime_offset_ns = stamp_offset_ns();
	error = stamp_ask(fd);
	return error ? task_failed(task, error, "asking for receive time stamps") : 0;
}

static ssize_t receive_stamped(int flags, uint64_t *t1_ns)
{
	char control[STAMP_CONTROL_BYTES];
	struct iovec iov = { .iov_base = buffer, .iov_len = sizeof(buffer) };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t bytes = recvmsg(fd, &message, flags);

	if (bytes >= 0)
		*t1_ns = stamp_ns(&message, realtime_offset_ns);
	return bytes;
}

static void take(struct bench_task *task, size_t bytes, uint64_t t1_ns, uint64_t t3_ns)
{
	struct bench_shared *shared = task->shared;
	uint64_t uid, intended_ns;

	if (payload_get(buffer, bytes, &uid, &intended_ns) || uid >= shared->total) {
		task->report->strangers++;
		return;
	}
	if (shared->t3_ns[uid]) {
		task->report->duplicates++;
		return;
	}
	shared->t3_ns[uid] = t3_ns;
	if (t1_ns)
		shared->t1_ns[uid] = t1_ns;
	task_count(task, task->report->packets + 1);
}

/* Return: whether there was a packet. */
static bool receive_one(struct bench_task *task, int flags)
{
	uint64_t t1_ns = 0, t3_ns;
	ssize_t bytes;

	if (task->settings->kernel_t1)
		bytes = receive_stamped(flags, &t1_ns);
	else
		bytes = recv(fd, buffer, sizeof(buffer), flags);
	if (bytes < 0)
		return false;
	t3_ns = rtintercept_clock_ns();
	take(task, bytes, t1_ns, t3_ns);
	return true;
}

static int socket_loop(struct bench_task *task)
{
	const struct timespec pause = { .tv_nsec = LAZY_NS };
	const int flags = task->wait == BENCH_BLOCK ? 0 : MSG_DONTWAIT;

	while (!task_stopped(task)) {
		if (receive_one(task, flags))
			continue;
		if (errno != EAGAIN && errno != EINTR)
			return task_failed(task, errno, "receiving from the socket");
		if (task->wait == BENCH_LAZY)
			nanosleep(&pause, NULL);
	}
	return 0;
}

static void socket_close(struct bench_task *task)
{
	uint32_t info[16] = { 0 };
	socklen_t length = sizeof(info);

	if (fd >= 0 && !getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &length))
		task->report->socket_drops = info[MEMINFO_DROPS];
	if (fd >= 0)
		close(fd);
	fd = -1;
	while (sinks_count)
		close(sinks[--sinks_count]);
}

const struct bench_role socket_role = {
	.open = socket_open,
	.loop = socket_loop,
	.close = socket_close,
};
