/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ordinary way: a UDP socket with the system's defaults and recv(). T3 is
 * the clock directly behind recv(). With busy polling, recv() asks the driver
 * itself before it sleeps, as the kernel's Documentation/networking/napi.rst says.
 */
#include <errno.h>
#include <sys/socket.h>
#include "tools/bench/peer.h"
#include "tools/stamp.h"

#define BUSY_POLL_US		1000	/* longer than the pause between packets at 1,000/s */
#define BUSY_POLL_BUDGET	8

static int fd = -1;
static char buffer[65536];
static int64_t realtime_offset_ns;	/* CLOCK_MONOTONIC - CLOCK_REALTIME */

static int socket_open(struct bench_task *task)
{
	int error;

	fd = udp_open(task);
	if (fd < 0)
		return fd;
	peer_how(task, "recv(), %s, SO_RCVBUF %u",
		 task->wait == BENCH_SPIN ? "MSG_DONTWAIT" : "blocking",
		 task->report->rcvbuf_bytes);
	if (!task->settings->kernel_t1)
		return 0;
	realtime_offset_ns = stamp_offset_ns();
	error = stamp_ask(fd);
	return error ? task_failed(task, error, "asking for receive time stamps") : 0;
}

static int busy_open(struct bench_task *task)
{
	const int us = BUSY_POLL_US, budget = BUSY_POLL_BUDGET, on = 1;
	int error = socket_open(task);

	if (error)
		return error;
	if (setsockopt(fd, SOL_SOCKET, SO_BUSY_POLL, &us, sizeof(us)) ||
	    setsockopt(fd, SOL_SOCKET, SO_PREFER_BUSY_POLL, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_BUSY_POLL_BUDGET, &budget, sizeof(budget)))
		return task_failed(task, errno, "asking for busy polling");
	peer_how(task, "recv(), blocking, SO_BUSY_POLL %d us, SO_PREFER_BUSY_POLL, "
		 "budget %d, SO_RCVBUF %u", us, budget, task->report->rcvbuf_bytes);
	return 0;
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

static inline int take(struct bench_task *task)
{
	const int flags = task->wait == BENCH_BLOCK ? 0 : MSG_DONTWAIT;
	uint64_t t1_ns = 0, t3_ns;
	ssize_t bytes;

	if (task->settings->kernel_t1)
		bytes = receive_stamped(flags, &t1_ns);
	else
		bytes = recv(fd, buffer, sizeof(buffer), flags);
	if (bytes < 0)
		return errno == EAGAIN || errno == EINTR ? 0 :
		       task_failed(task, errno, "receiving from the socket");
	t3_ns = rtintercept_clock_ns();
	task_arrived(task, buffer, bytes, t1_ns, t3_ns);
	return 1;
}

static int socket_loop(struct bench_task *task)
{
	return peer_loop(task, take, -1);
}

static void socket_close(struct bench_task *task)
{
	udp_close(task, fd);
	fd = -1;
}

const struct bench_role socket_role = {
	.open = socket_open,
	.loop = socket_loop,
	.close = socket_close,
};

const struct bench_role busy_poll_role = {
	.open = busy_open,
	.loop = socket_loop,
	.close = socket_close,
};
