/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The least that brings a packet's time to user space, as a measure for ours: it
 * looks at one port of plain UDP, and knows no rules, books, options, losses.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "least.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, LEAST_RING_BYTES);
} least_ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} least_word SEC(".maps");

static __always_inline int is_urgent(struct xdp_md *ctx)
{
	const __u8 *data = (const __u8 *)(long)ctx->data;
	const __u8 *end = (const __u8 *)(long)ctx->data_end;
	const struct ethhdr *eth = (const void *)data;
	const struct iphdr *ip = (const void *)(eth + 1);
	const struct udphdr *udp = (const void *)(ip + 1);

	return data + LEAST_BYTES <= end && eth->h_proto == bpf_htons(ETH_P_IP) &&
	       ip->ihl == 5 && ip->protocol == IPPROTO_UDP &&
	       udp->dest == bpf_htons(LEAST_PORT);
}

/* T1 into a word of memory that user space has mapped: no ring, no bytes. */
SEC("xdp")
int least_to_word(struct xdp_md *ctx)
{
	const __u64 time_ns = bpf_ktime_get_ns();
	const __u32 first = 0;
	__u64 *word;

	if (!is_urgent(ctx))
		return XDP_PASS;
	word = bpf_map_lookup_elem(&least_word, &first);
	if (word)
		*word = time_ns;
	return XDP_PASS;
}

/* T1 and the first bytes, as long as a record of ours. */
SEC("xdp")
int least_to_ring(struct xdp_md *ctx)
{
	const __u64 time_ns = bpf_ktime_get_ns();
	struct least_record *record;
	const __u64 *from;
	int i;

	if (!is_urgent(ctx))
		return XDP_PASS;
	from = (const __u64 *)(long)ctx->data;
	if ((const __u8 *)from + LEAST_BYTES > (const __u8 *)(long)ctx->data_end)
		return XDP_PASS;
	record = bpf_ringbuf_reserve(&least_ring, sizeof(*record), 0);
	if (!record)
		return XDP_PASS;
	record->time_ns = time_ns;
#pragma unroll
	for (i = 0; i < LEAST_BYTES / 8; i++)
		record->bytes[i] = from[i];
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
