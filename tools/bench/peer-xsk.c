/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AF_XDP in copy mode, which every driver has: an XDP program redirects the urgent
 * packets to a socket of libxdp, and they never reach the stack. Batches and the
 * wake-up flag are used as the kernel's af_xdp.rst recommends.
 */
#include <bpf/libbpf.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <xdp/xsk.h>
#include "peers.skel.h"
#include "tools/bench/peer.h"
#include "tools/bench/peers.h"

#define FRAMES		2048	/* a power of two */
#define FRAME_BYTES	XSK_UMEM__DEFAULT_FRAME_SIZE
#define BATCH		64
/*
 * The kernel tells late what it has taken from the fill ring: of twice the frames'
 * number there is always room to give one back.
 */
#define FILL_ENTRIES	(2 * FRAMES)

static struct peers_bpf *skeleton;
static struct xsk_umem *umem;
static struct xsk_socket *xsk;
static struct xsk_ring_prod fill;
static struct xsk_ring_cons completed;
static struct xsk_ring_cons rx;
static void *memory;

static int make_memory(struct bench_task *task)
{
	const struct xsk_umem_config config = {
		.fill_size = FILL_ENTRIES,
		.comp_size = XSK_RING_CONS__DEFAULT_NUM_DESCS,
		.frame_size = FRAME_BYTES,
	};
	uint32_t index, i;
	int error;

	if (posix_memalign(&memory, 4096, (size_t)FRAMES * FRAME_BYTES))
		return task_failed(task, ENOMEM, "making packet memory");
	error = xsk_umem__create(&umem, memory, (uint64_t)FRAMES * FRAME_BYTES, &fill,
				 &completed, &config);
	if (error)
		return task_failed(task, error, "registering packet memory");
	if (xsk_ring_prod__reserve(&fill, FRAMES, &index) != FRAMES)
		return task_failed(task, ENOSPC, "giving packet memory to the kernel");
	for (i = 0; i < FRAMES; i++)
		*xsk_ring_prod__fill_addr(&fill, index + i) = (uint64_t)i * FRAME_BYTES;
	xsk_ring_prod__submit(&fill, FRAMES);
	task->report->buffer_bytes = (uint64_t)FRAMES * FRAME_BYTES;
	return 0;
}

static int make_socket(struct bench_task *task)
{
	const struct xsk_socket_config config = {
		.rx_size = FRAMES,
		.libbpf_flags = XSK_LIBBPF_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = XDP_COPY | XDP_USE_NEED_WAKEUP,
	};
	const uint32_t queue = 0;
	int error = xsk_socket__create(&xsk, task->settings->interface, queue, umem, &rx,
				       NULL, &config);
	int fd;

	if (error)
		return task_failed(task, error, "making an AF_XDP socket");
	fd = xsk_socket__fd(xsk);
	if (bpf_map_update_elem(bpf_map__fd(skeleton->maps.xsks_map), &queue, &fd, BPF_ANY))
		return task_failed(task, errno, "handing the AF_XDP socket to the program");
	return 0;
}

static int xsk_open(struct bench_task *task)
{
	int error = xdp_peer_load(task, &skeleton);

	if (error)
		return error;
	udp_sinks_open(task->settings, true);
	error = make_memory(task);
	if (!error)
		error = make_socket(task);
	if (!error)
		error = xdp_peer_attach(task, bpf_program__fd(skeleton->progs.to_socket));
	if (error)
		return error;
	peer_how(task, "AF_XDP, copy mode, %s, %d frames of %d B, batches of %d, need_wakeup, "
		 "%s", hook_name(task->report->hook), FRAMES, FRAME_BYTES, BATCH,
		 task->wait == BENCH_SPIN ? "the RX ring watched" : "poll()");
	return 0;
}

static void take_one(struct bench_task *task, const struct xdp_desc *packet)
{
	const char *frame = xsk_umem__get_data(memory, packet->addr);
	const uint64_t t3_ns = rtintercept_clock_ns();
	uint64_t t1_ns;

	memcpy(&t1_ns, frame - sizeof(t1_ns), sizeof(t1_ns));
	peer_frame(task, frame, packet->len, t1_ns, t3_ns);
}

/* Frames go back as soon as they have been read; there is always room for them. */
static inline int take(struct bench_task *task)
{
	uint32_t from, to, i;
	uint32_t count = xsk_ring_cons__peek(&rx, BATCH, &from);

	if (!count)
		return 0;
	for (i = 0; i < count; i++)
		take_one(task, xsk_ring_cons__rx_desc(&rx, from + i));
	if (xsk_ring_prod__reserve(&fill, count, &to) != count)
		return task_failed(task, ENOSPC, "giving frames back");
	for (i = 0; i < count; i++) {
		uint64_t address = xsk_ring_cons__rx_desc(&rx, from + i)->addr;

		*xsk_ring_prod__fill_addr(&fill, to + i) =
			address - address % FRAME_BYTES;
	}
	xsk_ring_prod__submit(&fill, count);
	xsk_ring_cons__release(&rx, count);
	if (xsk_ring_prod__needs_wakeup(&fill))
		recvfrom(xsk_socket__fd(xsk), NULL, 0, MSG_DONTWAIT, NULL, NULL);
	return count;
}

static int xsk_loop(struct bench_task *task)
{
	return peer_loop(task, take, xsk_socket__fd(xsk));
}

static void tell_drops(struct bench_task *task)
{
	struct xdp_statistics stats = { 0 };
	socklen_t bytes = sizeof(stats);

	if (!getsockopt(xsk_socket__fd(xsk), SOL_XDP, XDP_STATISTICS, &stats, &bytes))
		task->report->socket_drops = stats.rx_dropped + stats.rx_ring_full +
					     stats.rx_fill_ring_empty_descs;
}

static void xsk_close(struct bench_task *task)
{
	if (xsk) {
		tell_drops(task);
		xsk_socket__delete(xsk);
	}
	if (umem)
		xsk_umem__delete(umem);
	xdp_peer_close(skeleton);
	free(memory);
	skeleton = NULL;
	xsk = NULL;
	umem = NULL;
	memory = NULL;
	udp_sinks_close();
}

const struct bench_role xsk_role = {
	.open = xsk_open,
	.loop = xsk_loop,
	.close = xsk_close,
};
