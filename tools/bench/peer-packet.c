/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A packet socket with a mapped ring, as the kernel's packet_mmap.rst describes.
 * TPACKET_V2 hands over packet by packet. TPACKET_V3 hands over block by block: a
 * block is as small, and given up as soon, as it can be.
 */
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "tools/bench/peer.h"

#define RING_BYTES	(4 << 20)
#define FRAME_BYTES	2048
#define V2_BLOCK_BYTES	65536
#define V3_BLOCK_BYTES	4096	/* a page: the least */
#define V3_RETIRE_MS	1	/* likewise */

static int fd = -1;
static char *ring;
static uint32_t at;	/* of the frames or blocks, the next */

static int make_ring(struct bench_task *task, int version)
{
	const uint32_t block = version == TPACKET_V3 ? V3_BLOCK_BYTES : V2_BLOCK_BYTES;
	struct tpacket_req3 request = {
		.tp_block_size = block,
		.tp_block_nr = RING_BYTES / block,
		.tp_frame_size = FRAME_BYTES,
		.tp_frame_nr = RING_BYTES / FRAME_BYTES,
		.tp_retire_blk_tov = V3_RETIRE_MS,
	};
	const size_t bytes = version == TPACKET_V3 ? sizeof(struct tpacket_req3) :
						     sizeof(struct tpacket_req);

	if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, bytes))
		return task_failed(task, errno, "making a packet socket's ring");
	ring = mmap(NULL, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_LOCKED, fd, 0);
	if (ring == MAP_FAILED)
		return task_failed(task, errno, "mapping a packet socket's ring");
	task->report->buffer_bytes = RING_BYTES;
	return 0;
}

static int packet_open(struct bench_task *task, int version)
{
	struct sockaddr_ll at_interface = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = if_nametoindex(task->settings->interface),
	};
	const int on = 1;
	int error;

	udp_sinks_open(task->settings, true);
	/* Protocol 0: nothing comes before filter and ring are there. */
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return task_failed(task, errno, "opening a packet socket");
	error = filter_attach(task, fd);
	if (!error)
		error = make_ring(task, version);
	if (error)
		return error;
	setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&at_interface, sizeof(at_interface)))
		return task_failed(task, errno, "binding a packet socket to --interface");
	return 0;
}

static int v2_open(struct bench_task *task)
{
	int error = packet_open(task, TPACKET_V2);

	if (!error)
		peer_how(task, "TPACKET_V2, %d frames of %d B, socket filter, %s",
			 RING_BYTES / FRAME_BYTES, FRAME_BYTES,
			 task->wait == BENCH_SPIN ? "tp_status watched" : "poll()");
	return error;
}

static int v3_open(struct bench_task *task)
{
	int error = packet_open(task, TPACKET_V3);

	if (!error)
		peer_how(task, "TPACKET_V3, %d blocks of %d B, given up after %d ms, "
			 "socket filter, %s", RING_BYTES / V3_BLOCK_BYTES, V3_BLOCK_BYTES,
			 V3_RETIRE_MS,
			 task->wait == BENCH_SPIN ? "block_status watched" : "poll()");
	return error;
}

static inline int v2_take(struct bench_task *task)
{
	struct tpacket2_hdr *h = (struct tpacket2_hdr *)(ring + (size_t)at * FRAME_BYTES);

	if (!(__atomic_load_n(&h->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
		return 0;
	peer_frame(task, (char *)h + h->tp_mac, h->tp_snaplen, 0, rtintercept_clock_ns());
	__atomic_store_n(&h->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	at = (at + 1) % (RING_BYTES / FRAME_BYTES);
	return 1;
}

static inline int v3_take(struct bench_task *task)
{
	char *block = ring + (size_t)at * V3_BLOCK_BYTES;
	struct tpacket_hdr_v1 *b = &((struct tpacket_block_desc *)block)->hdr.bh1;
	struct tpacket3_hdr *h;
	uint32_t i;

	if (!(__atomic_load_n(&b->block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
		return 0;
	h = (struct tpacket3_hdr *)(block + b->offset_to_first_pkt);
	for (i = 0; i < b->num_pkts; i++) {
		peer_frame(task, (char *)h + h->tp_mac, h->tp_snaplen, 0,
			   rtintercept_clock_ns());
		h = (struct tpacket3_hdr *)((char *)h + h->tp_next_offset);
	}
	__atomic_store_n(&b->block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	at = (at + 1) % (RING_BYTES / V3_BLOCK_BYTES);
	return 1;
}

static int v2_loop(struct bench_task *task)
{
	return peer_loop(task, v2_take, fd);
}

static int v3_loop(struct bench_task *task)
{
	return peer_loop(task, v3_take, fd);
}

static void packet_close(struct bench_task *task)
{
	struct tpacket_stats_v3 stats = { 0 };
	socklen_t bytes = sizeof(stats);

	if (fd >= 0 && !getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &bytes))
		task->report->socket_drops = stats.tp_drops;
	if (fd >= 0)
		close(fd);
	fd = -1;
	udp_sinks_close();
}

const struct bench_role packet_v2_role = {
	.open = v2_open,
	.loop = v2_loop,
	.close = packet_close,
};

const struct bench_role packet_v3_role = {
	.open = v3_open,
	.loop = v3_loop,
	.close = packet_close,
};
