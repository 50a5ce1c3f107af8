/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nfqueue: the kernel hands each packet over by netlink and holds it until the
 * verdict comes back. The rule stands in raw PREROUTING, the first place there is;
 * it is made by iptables when the receiver opens, and taken away when it closes.
 */
#include <errno.h>
#include <netinet/in.h>		/* in front of <linux/netfilter.h>, which has its own */
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tools/bench/peer.h"

#define QUEUE		7
#define QUEUE_PKTS	8192
#define RCVBUF_BYTES	(4 << 20)
#define COPY_BYTES	2048

extern char **environ;

static struct nfq_handle *handle;
static struct nfq_q_handle *queue;
static bool have_rule;
static char buffer[COPY_BYTES + 4096] __attribute__((aligned(8)));

/* @action: -I or -D. Debian's legacy command works where the kernel has no nft_queue. */
static int iptables(const struct bench_settings *s, const char *action)
{
	char port[8], number[8];
	char *arguments[] = {
		"iptables-legacy", "-w", "-t", "raw", (char *)action, "PREROUTING",
		"-i", (char *)s->interface, "-p", "udp", "--dport", port,
		"-j", "NFQUEUE", "--queue-num", number, "--queue-bypass", NULL,
	};
	pid_t pid;
	int status;

	snprintf(port, sizeof(port), "%u", ntohs(s->to.sin_port));
	snprintf(number, sizeof(number), "%d", QUEUE);
	if (posix_spawnp(&pid, arguments[0], NULL, NULL, arguments, environ))
		return -1;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -1;
}

static int on_packet(struct nfq_q_handle *q, struct nfgenmsg *message, struct nfq_data *data,
		     void *context)
{
	struct bench_task *task = context;
	struct nfqnl_msg_packet_hdr *header = nfq_get_msg_packet_hdr(data);
	uint64_t t3_ns = rtintercept_clock_ns();
	unsigned char *packet;
	int bytes = nfq_get_payload(data, &packet);
	int headers = bytes > 0 ? (packet[0] & 15) * 4 + FRAME_UDP : 0;

	if (bytes < headers || !headers)
		task->report->strangers++;
	else
		task_arrived(task, packet + headers, bytes - headers, 0, t3_ns);
	return nfq_set_verdict(q, header ? ntohl(header->packet_id) : 0, NF_ACCEPT, 0, NULL);
}

static int make_queue(struct bench_task *task)
{
	const int on = 1;

	handle = nfq_open();
	if (!handle)
		return task_failed(task, errno, "opening nfqueue");
	queue = nfq_create_queue(handle, QUEUE, on_packet, task);
	if (!queue || nfq_set_mode(queue, NFQNL_COPY_PACKET, COPY_BYTES) < 0)
		return task_failed(task, errno, "making a queue of nfqueue");
	nfq_set_queue_maxlen(queue, QUEUE_PKTS);
	nfq_set_queue_flags(queue, NFQA_CFG_F_FAIL_OPEN | NFQA_CFG_F_GSO,
			    NFQA_CFG_F_FAIL_OPEN | NFQA_CFG_F_GSO);
	setsockopt(nfq_fd(handle), SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof(on));
	task->report->buffer_bytes = nfnl_rcvbufsiz(nfq_nfnlh(handle), RCVBUF_BYTES);
	return 0;
}

static int nfqueue_open(struct bench_task *task)
{
	int error;

	udp_sinks_open(task->settings, true);
	error = make_queue(task);
	if (error)
		return error;
	if (iptables(task->settings, "-I"))
		return task_failed(task, ENOENT, "iptables-legacy, making the rule for nfqueue");
	have_rule = true;
	peer_how(task, "raw PREROUTING, at most %d packets, copies %d B, fail-open, GSO, "
		 "NETLINK_NO_ENOBUFS, receive buffer %llu B, %s", QUEUE_PKTS, COPY_BYTES,
		 (unsigned long long)task->report->buffer_bytes,
		 task->wait == BENCH_SPIN ? "MSG_DONTWAIT" : "blocking recv()");
	return 0;
}

static inline int take(struct bench_task *task)
{
	const int flags = task->wait == BENCH_BLOCK ? 0 : MSG_DONTWAIT;
	ssize_t bytes = recv(nfq_fd(handle), buffer, sizeof(buffer), flags);

	if (bytes < 0)
		return errno == EAGAIN || errno == EINTR || errno == ENOBUFS ? 0 :
		       task_failed(task, errno, "receiving from nfqueue");
	nfq_handle_packet(handle, buffer, bytes);
	return 1;
}

static int nfqueue_loop(struct bench_task *task)
{
	return peer_loop(task, take, -1);
}

static void nfqueue_close(struct bench_task *task)
{
	if (have_rule)
		iptables(task->settings, "-D");
	have_rule = false;
	if (queue)
		nfq_destroy_queue(queue);
	if (handle)
		nfq_close(handle);
	queue = NULL;
	handle = NULL;
	udp_sinks_close();
}

const struct bench_role nfqueue_role = {
	.open = nfqueue_open,
	.loop = nfqueue_loop,
	.close = nfqueue_close,
};
