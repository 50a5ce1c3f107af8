/* SPDX-License-Identifier: GPL-2.0-or-later */
/* recvmmsg(): as many packets by one system call as there are, without waiting for more. */
#include <errno.h>
#include <sys/socket.h>
#include "tools/bench/peer.h"

#define BATCH		64
#define PACKET_BYTES	2048	/* of the bench's payloads what is read fits many times */

static int fd = -1;
static char buffers[BATCH][PACKET_BYTES];
static struct iovec iovs[BATCH];
static struct mmsghdr messages[BATCH];

static int mmsg_open(struct bench_task *task)
{
	int i;

	for (i = 0; i < BATCH; i++) {
		iovs[i] = (struct iovec) { buffers[i], PACKET_BYTES };
		messages[i].msg_hdr.msg_iov = &iovs[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	fd = udp_open(task);
	if (fd < 0)
		return fd;
	peer_how(task, "recvmmsg(), up to %d, %s, SO_RCVBUF %u", BATCH,
		 task->wait == BENCH_SPIN ? "MSG_DONTWAIT" : "MSG_WAITFORONE",
		 task->report->rcvbuf_bytes);
	return 0;
}

static inline int take(struct bench_task *task)
{
	const int flags = task->wait == BENCH_BLOCK ? MSG_WAITFORONE : MSG_DONTWAIT;
	int count = recvmmsg(fd, messages, BATCH, flags, NULL);
	uint64_t t3_ns;
	int i;

	if (count < 0)
		return errno == EAGAIN || errno == EINTR ? 0 :
		       task_failed(task, errno, "receiving from the socket");
	t3_ns = rtintercept_clock_ns();
	for (i = 0; i < count; i++)
		task_arrived(task, buffers[i], messages[i].msg_len, 0, t3_ns);
	return count;
}

static int mmsg_loop(struct bench_task *task)
{
	return peer_loop(task, take, -1);
}

static void mmsg_close(struct bench_task *task)
{
	udp_close(task, fd);
	fd = -1;
}

const struct bench_role recvmmsg_role = {
	.open = mmsg_open,
	.loop = mmsg_loop,
	.close = mmsg_close,
};
