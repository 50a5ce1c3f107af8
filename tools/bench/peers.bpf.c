/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The XDP programs of the peers that bring their own: one redirects the urgent
 * packets to an AF_XDP socket, one copies them into a BPF ring buffer. Both take
 * T1 first, as ours does.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "tools/bench/peers.h"

__u16 urgent_port;	/* network byte order; set before loading; 0: any */

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} xsks_map SEC(".maps");	/* DPDK finds it by this name */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, PEERS_RING_BYTES);
} ring SEC(".maps");

__u64 ring_full;

static __always_inline int is_urgent(void *data, void *end)
{
	struct ethhdr *eth = data;
	struct iphdr *ip = data + sizeof(*eth);
	struct udphdr *udp;

	if ((void *)(ip + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP) ||
	    ip->ihl != 5 || ip->protocol != IPPROTO_UDP ||
	    ip->frag_off & bpf_htons(0x1fff))
		return 0;
	udp = (void *)(ip + 1);
	return (void *)(udp + 1) <= end && (!urgent_port || udp->dest == urgent_port);
}

static __always_inline void *data_of(struct xdp_md *ctx)
{
	return (void *)(long)ctx->data;
}

static __always_inline void *end_of(struct xdp_md *ctx)
{
	return (void *)(long)ctx->data_end;
}

/*
 * T1 travels in the packet's metadata, which an AF_XDP socket copies along. The first
 * program: DPDK takes that.
 */
SEC("xdp")
int to_socket(struct xdp_md *ctx)
{
	__u64 t1_ns = bpf_ktime_get_ns();
	__u64 *meta;

	if (!is_urgent(data_of(ctx), end_of(ctx)))
		return XDP_PASS;
	if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*meta)))
		return XDP_PASS;
	meta = (void *)(long)ctx->data_meta;
	if ((void *)(meta + 1) > data_of(ctx))
		return XDP_PASS;
	*meta = t1_ns;
	return bpf_redirect_map(&xsks_map, ctx->rx_queue_index, XDP_PASS);
}

SEC("xdp")
int to_ring(struct xdp_md *ctx)
{
	__u64 t1_ns = bpf_ktime_get_ns();
	struct peers_record *record;
	__u64 bytes;

	if (!is_urgent(data_of(ctx), end_of(ctx)))
		return XDP_PASS;
	bytes = end_of(ctx) - data_of(ctx);
	if (!bytes || bytes > PEERS_FRAME_BYTES)
		return XDP_PASS;
	record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
	if (!record) {
		__sync_fetch_and_add(&ring_full, 1);
		return XDP_PASS;
	}
	record->t1_ns = t1_ns;
	record->bytes = bytes;
	if (bpf_xdp_load_bytes(ctx, 0, record->frame, bytes)) {
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		return XDP_PASS;
	}
	bpf_ringbuf_submit(record, 0);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
