/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the peers' XDP programs and the receivers that load them agree on. */
#ifndef RTINTERCEPT_BENCH_PEERS_H
#define RTINTERCEPT_BENCH_PEERS_H

#include <linux/types.h>

#define PEERS_RING_BYTES	(4 << 20)
#define PEERS_FRAME_BYTES	2048

/**
 * struct peers_record - what the ring buffer carries: of one size, for that is
 *	all that bpf_ringbuf_reserve() takes
 * @t1_ns: the program began
 * @bytes: of @frame
 */
struct peers_record {
	__u64 t1_ns;
	__u64 bytes;
	__u8 frame[PEERS_FRAME_BYTES];
};

struct bench_task;
struct peers_bpf;

/* xdp-peer.c: load and attach one of the two programs; 0 or -errno after task_failed() */
int xdp_peer_load(struct bench_task *task, struct peers_bpf **skeleton);
int xdp_peer_attach(struct bench_task *task, int program_fd);
void xdp_peer_close(struct peers_bpf *skeleton);

#endif
