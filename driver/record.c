// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of packets: what the application gets. On the packet path; see hook.c. In two
 * steps, because a record says what became of its packet, and that may depend on
 * whether there is room for the record.
 */
#include "compat.h"
#include "record.h"
#include "ringmem.h"
#include "trace.h"

/* Up to so many bytes are copied by words. */
#define COPY_WORDS_MAX	256
#define COPY_STEP	32

/*
 * A few words are copied before a string instruction has begun; the compiler
 * shall not make one of it.
 */
static void copy_words(u8 *to, const u8 *from, u32 bytes)
{
	for (; bytes >= COPY_STEP; bytes -= COPY_STEP) {
		memcpy(to, from, COPY_STEP);
		to += COPY_STEP;
		from += COPY_STEP;
		OPTIMIZER_HIDE_VAR(to);
	}
	for (; bytes; bytes--) {
		*to++ = *from++;
		OPTIMIZER_HIDE_VAR(to);
	}
}

/*
 * The bytes as they were on the wire: a tag that was taken out of them is put
 * back between the addresses and the ethertype.
 */
static void copy_bytes(const struct rti_packet *pkt, u8 *to, u32 bytes)
{
	const int from = -(int)pkt->mac_bytes;
	const struct sk_buff *skb = pkt->skb;
	u8 head[2 * ETH_ALEN + VLAN_HLEN];
	u32 n;

	if (!rti_packet_has_tag(skb, pkt->mac_bytes)) {
		if (bytes <= COPY_WORDS_MAX && bytes <= skb_headlen(skb) + pkt->mac_bytes)
			copy_words(to, skb->data + from, bytes);
		else
			skb_copy_bits(skb, from, to, bytes);
		return;
	}
	memcpy(head, skb->data + from, 2 * ETH_ALEN);
	put_unaligned(skb->vlan_proto, (__be16 *)(head + 2 * ETH_ALEN));
	put_unaligned(htons(skb_vlan_tag_get(skb)),
		      (__be16 *)(head + 2 * ETH_ALEN + 2));
	n = min_t(u32, bytes, sizeof(head));
	memcpy(to, head, n);
	if (bytes > n)
		skb_copy_bits(skb, from + 2 * ETH_ALEN, to + n, bytes - n);
}

/* The members that come from the key and the rule; all but @seq, which is set. */
static void fill_parsed(struct rtintercept_record *rec, const struct rti_packet *pkt,
			const struct rti_matcher *m, u32 captured)
{
	const struct rti_key *key = &pkt->key;

	rec->time_ns = pkt->time_ns;
	rec->ifindex = pkt->ifindex;
	rec->rule_id = m->rule_id;
	rec->wire_bytes = key->wire_bytes;
	rec->captured_bytes = captured;
	rec->flags = key->flags;
	if (captured < key->wire_bytes)
		rec->flags |= RTINTERCEPT_RECORD_TRUNCATED;
	rec->vlan_tci = key->vlan_tci;
	rec->vlan_proto = key->vlan_proto;
	rec->l3_offset = key->l3_offset;
	rec->l4_offset = key->l4_offset;
	rec->payload_offset = key->payload_offset;
	rec->verdict = pkt->verdict;
	rec->hook = pkt->hook;
	memset(rec->__reserved, 0, sizeof(rec->__reserved));
}

/* The members that the skb brings along. */
static void fill_received(struct rtintercept_record *rec, const struct rti_packet *pkt)
{
	struct sk_buff *skb = (struct sk_buff *)pkt->skb;
	const bool merged = skb_is_gso(skb);

	rec->hw_time_ns = rti_compat_hw_time_ns(skb);
	if (rec->hw_time_ns)
		rec->flags |= RTINTERCEPT_RECORD_HW_TIME;
	rec->flow_hash = skb_get_hash_raw(skb);
	if (rec->flow_hash)
		rec->flags |= RTINTERCEPT_RECORD_FLOW_HASH;
	rec->rx_queue = skb_rx_queue_recorded(skb) ? skb_get_rx_queue(skb) : 0;
	if (skb_rx_queue_recorded(skb))
		rec->flags |= RTINTERCEPT_RECORD_RX_QUEUE;
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		rec->flags |= RTINTERCEPT_RECORD_CSUM_PARTIAL;
	rec->gso_bytes = merged ? skb_shinfo(skb)->gso_size : 0;
	rec->gso_segs = merged ? skb_shinfo(skb)->gso_segs : 0;
	if (merged)
		rec->flags |= RTINTERCEPT_RECORD_GRO;
}

/* Bytes that can be copied: a NIC may keep the fragments in memory of its own. */
static u32 readable_bytes_of(const struct rti_packet *pkt)
{
	return pkt->key.wire_bytes -
	       (rti_compat_frags_readable(pkt->skb) ? 0 : pkt->skb->data_len);
}

/* So that the ring's padding behind a record tells nothing of older ones. */
static void clear_last_word(struct rtintercept_record *rec, u32 captured)
{
	u64 *end = (u64 *)(rec->data + round_up(captured, sizeof(u64)));

	end[-1] = 0;
}

static u32 captured_of(const struct rti_packet *pkt)
{
	return min(readable_bytes_of(pkt), pkt->snap_bytes);
}

/**
 * rti_record_reserve() - room for a record
 * @path: of the session
 * @pkt: the packet
 * @m: the rule that it meets
 * @rec: out: to be given to rti_record_fill(); NULL: there is none
 *
 * Return: RTI_RING_*. Context: softirq, RCU.
 */
int rti_record_reserve(struct rti_path *path, const struct rti_packet *pkt,
		       const struct rti_matcher *m, struct rtintercept_record **rec)
{
	const u32 bytes = sizeof(**rec) + captured_of(pkt);
	const int outcome = rti_ringmem_reserve(path->ring, bytes, rec);

	if (outcome == RTI_RING_OK)
		return outcome;
	*rec = NULL;
	trace_rtintercept_drop(path->session_id, m->rule_id, outcome);
	return outcome;
}

/**
 * rti_record_fill() - make the record, for its reader to see
 * @path: of the session
 * @pkt: the packet, with its verdict
 * @m: the rule that it meets
 * @rec: of rti_record_reserve(); not to be touched after this
 *
 * Context: softirq, RCU.
 */
void rti_record_fill(struct rti_path *path, const struct rti_packet *pkt,
		     const struct rti_matcher *m, struct rtintercept_record *rec)
{
	const u32 captured = captured_of(pkt);

	clear_last_word(rec, captured);
	fill_parsed(rec, pkt, m, captured);
	fill_received(rec, pkt);
	copy_bytes(pkt, rec->data, captured);
	trace_rtintercept_record(path->session_id, m->rule_id, rec->seq, captured);
	rti_ringmem_commit(rec);
}

/**
 * rti_record_expect() - a record is made: have the room of one like it at hand
 * @path: of the session
 * @pkt: the packet; its skb may be gone
 *
 * Context: softirq, RCU.
 */
void rti_record_expect(const struct rti_path *path, const struct rti_packet *pkt)
{
	rti_ringmem_expect(path->ring, sizeof(struct rtintercept_record) +
			   min(pkt->snap_bytes, pkt->key.wire_bytes));
}
