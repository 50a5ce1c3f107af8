/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UDP sockets: the one that is measured, and those that nobody reads. Those keep
 * ports open: the background's, and the urgent one where a peer takes the packets
 * elsewhere; else the kernel would answer each packet with an ICMP error.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "tools/bench/peer.h"

#define LAZY_RCVBUF_BYTES	(16 << 20)
#define SINKS_MAX		(65 + BENCH_READERS_MAX)

#ifndef SO_MEMINFO
#define SO_MEMINFO		55
#endif
#define MEMINFO_DROPS		8	/* SK_MEMINFO_DROPS of linux/sock_diag.h */

static int sinks[SINKS_MAX];
static int sinks_count;

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

static void open_sink(in_addr_t address, uint16_t port)
{
	const int least = 1;
	int sink = bound_socket(address, port);

	if (sink < 0)
		return;
	setsockopt(sink, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least));
	sinks[sinks_count++] = sink;
}

/* @urgent: the urgent port too; 64 of the background at most, by the options */
void udp_sinks_open(const struct bench_settings *s, bool urgent)
{
	uint32_t i;

	if (urgent)
		open_sink(INADDR_ANY, ntohs(s->to.sin_port));
	for (i = 0; s->background_pps && i < s->background_ports; i++)
		open_sink(INADDR_ANY, s->background_port + i);
}

/* Where the packets go as well, and no socket is measured. */
void udp_also_sinks_open(const struct bench_settings *s)
{
	uint32_t i;

	for (i = 0; i < s->also_to_count; i++)
		open_sink(s->also_to[i].sin_addr.s_addr, ntohs(s->to.sin_port));
}

void udp_sinks_close(void)
{
	while (sinks_count)
		close(sinks[--sinks_count]);
}

static void set_rcvbuf(const struct bench_task *task, int fd)
{
	int bytes = task->settings->rcvbuf_bytes;
	socklen_t length = sizeof(bytes);

	if (task->wait == BENCH_LAZY)
		bytes = LAZY_RCVBUF_BYTES;
	if (bytes && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (!getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &length))
		task->report->buffer_bytes = task->report->rcvbuf_bytes = bytes;
}

/* Return: the measured socket, or -errno after task_failed(). */
int udp_open(struct bench_task *task)
{
	const struct bench_settings *s = task->settings;
	int fd = bound_socket(s->to.sin_addr.s_addr, ntohs(s->to.sin_port));

	if (fd < 0)
		return task_failed(task, fd, "binding the receiving socket to --to");
	set_rcvbuf(task, fd);
	udp_sinks_open(s, false);
	return fd;
}

void udp_close(struct bench_task *task, int fd)
{
	uint32_t info[16] = { 0 };
	socklen_t length = sizeof(info);

	if (fd >= 0 && !getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &length))
		task->report->socket_drops = info[MEMINFO_DROPS];
	if (fd >= 0)
		close(fd);
	udp_sinks_close();
}
