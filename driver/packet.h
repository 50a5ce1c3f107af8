/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A packet on its way through hook.c, record.c and answer.c: where its bytes are. The skb
 * may be shared, so it is only read; believed are the network and MAC header, because
 * that is all that both hooks guarantee.
 */
#ifndef RTI_PACKET_H
#define RTI_PACKET_H

#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "parse.h"

/* IANA keeps it reserved. */
#define ETHERTYPE_NONE	0xffff

/**
 * struct rti_packet - a packet on its way
 * @skb: the packet, read-only; data stands at the network header
 * @mac_bytes: of the Ethernet header in front of it, 0: there is none
 * @time_ns: T1
 * @frame: what is parsed: the packet's own bytes, or @copy
 * @copy: of the headers, where they are not linear
 * @key: what was parsed
 * @ifindex: interface
 * @hook: RTINTERCEPT_HOOK_*
 * @verdict: RTINTERCEPT_VERDICT_*, as it is carried out
 * @snap_bytes: of the rule that it meets, or fewer if its program says so
 */
struct rti_packet {
	const struct sk_buff *skb;
	u32 mac_bytes;
	u64 time_ns;
	struct rti_frame frame;
	u8 copy[RTI_PARSE_BYTES];
	struct rti_key key;
	u32 ifindex;
	u8 hook;
	u8 verdict;
	u32 snap_bytes;
};

/* A tag that was taken out of the bytes; without a MAC header none has a place. */
static __always_inline bool rti_packet_has_tag(const struct sk_buff *skb, u32 mac_bytes)
{
	return skb_vlan_tag_present(skb) && mac_bytes;
}

/* As on the wire: with the MAC header and the tag that was taken out. */
static __always_inline u32 rti_packet_wire_bytes_of(const struct sk_buff *skb, u32 mac_bytes)
{
	return skb->len + mac_bytes + (rti_packet_has_tag(skb, mac_bytes) ? VLAN_HLEN : 0);
}

/*
 * Ethernet, with its header where the hook says it is? Then its length; a VLAN
 * device with reorder_hdr off leaves the tag in it.
 */
static inline u32 rti_packet_mac_bytes_of(const struct sk_buff *skb)
{
	const unsigned short type = skb->dev->type;
	long bytes;

	if (type != ARPHRD_ETHER && type != ARPHRD_LOOPBACK)
		return 0;
	if (!skb_mac_header_was_set(skb))
		return 0;
	bytes = skb->data - skb_mac_header(skb);
	return bytes == ETH_HLEN || bytes == VLAN_ETH_HLEN ? bytes : 0;
}

/*
 * Parses in place where the headers are linear, else from a copy. skb_copy_bits()
 * takes offsets in front of skb->data as long as they are in the linear part.
 */
static inline void rti_packet_parse(struct rti_packet *pkt)
{
	const struct sk_buff *skb = pkt->skb;
	const u32 linear = skb_headlen(skb) + pkt->mac_bytes;
	const u32 wanted = min_t(u32, skb->len + pkt->mac_bytes, RTI_PARSE_BYTES);
	struct rti_frame *frame = &pkt->frame;

	*frame = (struct rti_frame) {
		.data = skb->data - pkt->mac_bytes,
		.wire_bytes = rti_packet_wire_bytes_of(skb, pkt->mac_bytes),
		.merged = skb_is_gso(skb),
	};
	/* 0 would promise an Ethernet header. A tun device may be told any value. */
	if (!pkt->mac_bytes)
		frame->ethertype = ntohs(skb->protocol) ?: ETHERTYPE_NONE;
	if (rti_packet_has_tag(skb, pkt->mac_bytes)) {
		frame->vlan_proto = ntohs(skb->vlan_proto);
		frame->vlan_tci = skb_vlan_tag_get(skb);
	}
	if (linear < wanted &&
	    !skb_copy_bits(skb, -(int)pkt->mac_bytes, pkt->copy, wanted)) {
		frame->data = pkt->copy;
		frame->end = pkt->copy + wanted;
	} else {
		frame->end = frame->data + linear;
	}
	rti_parse(frame, &pkt->key);
}

#endif /* RTI_PACKET_H */
