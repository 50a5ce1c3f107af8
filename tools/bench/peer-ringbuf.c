/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plain XDP program that copies packets into a BPF ring buffer, read by libbpf. */
#include <bpf/libbpf.h>
#include <errno.h>
#include "peers.skel.h"
#include "tools/bench/peer.h"
#include "tools/bench/peers.h"

static struct peers_bpf *skeleton;
static struct ring_buffer *reader;

static int on_record(void *context, void *data, size_t bytes)
{
	const uint64_t t3_ns = rtintercept_clock_ns();
	const struct peers_record *record = data;

	peer_frame(context, record->frame, record->bytes, record->t1_ns, t3_ns);
	return 0;
}

static int ringbuf_open(struct bench_task *task)
{
	int error = xdp_peer_load(task, &skeleton);

	if (error)
		return error;
	udp_sinks_open(task->settings, true);
	reader = ring_buffer__new(bpf_map__fd(skeleton->maps.ring), on_record, task, NULL);
	if (!reader)
		return task_failed(task, errno, "making a reader of the ring buffer");
	error = xdp_peer_attach(task, bpf_program__fd(skeleton->progs.to_ring));
	if (error)
		return error;
	task->report->buffer_bytes = PEERS_RING_BYTES;
	peer_how(task, "libbpf %s, %s, ring %d B, records of %zu B, %s",
		 libbpf_version_string(), hook_name(task->report->hook), PEERS_RING_BYTES,
		 sizeof(struct peers_record), task->wait == BENCH_SPIN ?
		 "ring_buffer__consume()" : "ring_buffer__poll(), adaptive wake-up");
	return 0;
}

static inline int take(struct bench_task *task)
{
	int count = task->wait == BENCH_BLOCK ? ring_buffer__poll(reader, -1) :
						ring_buffer__consume(reader);

	return count >= 0 || count == -EINTR ? count > 0 ? count : 0 :
	       task_failed(task, count, "reading the ring buffer");
}

static int ringbuf_loop(struct bench_task *task)
{
	return peer_loop(task, take, -1);
}

static void ringbuf_close(struct bench_task *task)
{
	ring_buffer__free(reader);
	reader = NULL;
	if (skeleton && skeleton->bss)
		task->report->socket_drops = skeleton->bss->ring_full;
	xdp_peer_close(skeleton);
	skeleton = NULL;
	udp_sinks_close();
}

const struct bench_role ringbuf_role = {
	.open = ringbuf_open,
	.loop = ringbuf_loop,
	.close = ringbuf_close,
};
