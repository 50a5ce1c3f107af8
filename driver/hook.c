// SPDX-License-Identifier: GPL-2.0-only
/*
 * The packet path, and the only file that knows an sk_buff. Runs in softirq,
 * under RCU, for every packet of an attached interface: no allocation, no log,
 * no loop without a bound, no lock but the ring's reserve. The skb may be
 * shared, so it is only read; where its bytes are is believed of the network
 * and MAC header only, because that is all that both hooks guarantee.
 */
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "compat.h"
#include "confirm.h"
#include "hook.h"
#include "ringmem.h"
#include "trace.h"

/* IANA keeps it reserved. */
#define ETHERTYPE_NONE	0xffff

/* Up to so many bytes are copied by words. */
#define COPY_WORDS_MAX	256
#define COPY_STEP	32

/**
 * struct packet - a packet on its way through this file
 * @skb: the packet, read-only; data stands at the network header
 * @mac_bytes: of the Ethernet header in front of it, 0: there is none
 * @time_ns: T1
 * @key: what was parsed
 * @ifindex: interface
 * @hook: RTINTERCEPT_HOOK_*
 * @snap_bytes: of the rule that it meets, or fewer if its program says so
 */
struct packet {
	const struct sk_buff *skb;
	u32 mac_bytes;
	u64 time_ns;
	struct rti_key key;
	u32 ifindex;
	u8 hook;
	u32 snap_bytes;
};

/* A tag that was taken out of the bytes; without a MAC header none has a place. */
static __always_inline bool has_tag(const struct sk_buff *skb, u32 mac_bytes)
{
	return skb_vlan_tag_present(skb) && mac_bytes;
}

/* As on the wire: with the MAC header and the tag that was taken out. */
static __always_inline u32 wire_bytes_of(const struct sk_buff *skb, u32 mac_bytes)
{
	return skb->len + mac_bytes + (has_tag(skb, mac_bytes) ? VLAN_HLEN : 0);
}

/*
 * Ethernet, with its header where the hook says it is? Then its length; a VLAN
 * device with reorder_hdr off leaves the tag in it.
 */
static u32 mac_bytes_of(const struct sk_buff *skb)
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
static void parse(struct packet *pkt)
{
	const struct sk_buff *skb = pkt->skb;
	const u32 linear = skb_headlen(skb) + pkt->mac_bytes;
	const u32 wanted = min_t(u32, skb->len + pkt->mac_bytes, RTI_PARSE_BYTES);
	u8 copy[RTI_PARSE_BYTES];
	struct rti_frame frame = {
		.data = skb->data - pkt->mac_bytes,
		.wire_bytes = wire_bytes_of(skb, pkt->mac_bytes),
		.merged = skb_is_gso(skb),
	};

	/* 0 would promise an Ethernet header. A tun device may be told any value. */
	if (!pkt->mac_bytes)
		frame.ethertype = ntohs(skb->protocol) ?: ETHERTYPE_NONE;
	if (has_tag(skb, pkt->mac_bytes)) {
		frame.vlan_proto = ntohs(skb->vlan_proto);
		frame.vlan_tci = skb_vlan_tag_get(skb);
	}
	if (linear < wanted &&
	    !skb_copy_bits(skb, -(int)pkt->mac_bytes, copy, wanted)) {
		frame.data = copy;
		frame.end = copy + wanted;
	} else {
		frame.end = frame.data + linear;
	}
	rti_parse(&frame, &pkt->key);
}

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
static void copy_bytes(const struct packet *pkt, u8 *to, u32 bytes)
{
	const int from = -(int)pkt->mac_bytes;
	const struct sk_buff *skb = pkt->skb;
	u8 head[2 * ETH_ALEN + VLAN_HLEN];
	u32 n;

	if (!has_tag(skb, pkt->mac_bytes)) {
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
static void fill_parsed(struct rtintercept_record *rec, const struct packet *pkt,
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
	rec->verdict = m->verdict;
	rec->hook = pkt->hook;
	memset(rec->__reserved, 0, sizeof(rec->__reserved));
}

/* The members that the skb brings along. */
static void fill_received(struct rtintercept_record *rec, const struct packet *pkt)
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
static u32 readable_bytes_of(const struct packet *pkt)
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

/* Returns RTI_RING_*. */
static int record(struct rti_path *path, const struct packet *pkt,
		  const struct rti_matcher *m)
{
	const u32 captured = min(readable_bytes_of(pkt), pkt->snap_bytes);
	struct rtintercept_record *rec;
	int outcome;

	outcome = rti_ringmem_reserve(path->ring, sizeof(*rec) + captured, &rec);
	if (outcome != RTI_RING_OK) {
		trace_rtintercept_drop(path->session_id, m->rule_id, outcome);
		return outcome;
	}
	clear_last_word(rec, captured);
	fill_parsed(rec, pkt, m, captured);
	fill_received(rec, pkt);
	copy_bytes(pkt, rec->data, captured);
	trace_rtintercept_record(path->session_id, m->rule_id, rec->seq, captured);
	rti_ringmem_commit(rec);
	rti_wakeup_committed(&path->wakeup, rec);
	return RTI_RING_OK;
}

static void count_matched(struct rti_counters __percpu *counters,
			  enum rti_counter outcome, u32 wire_bytes)
{
	rti_count(counters, RTI_MATCHED, 1);
	rti_count(counters, RTI_MATCHED_BYTES, wire_bytes);
	rti_count(counters, outcome, 1);
}

/* Carries out the rule. Returns whether the packet is to be consumed. */
static bool act(struct rti_path *path, const struct packet *pkt,
		const struct rti_hit *hit)
{
	const struct rti_matcher *m = hit->matcher;
	enum rti_counter counter = RTI_NOT_TO_RECORD;
	int outcome = RTI_RING_OK;

	if (m->flags & RTINTERCEPT_RULE_RECORD) {
		outcome = record(path, pkt, m);
		counter = rti_counter_of(outcome);
	}
	count_matched(path->counters, counter, pkt->key.wire_bytes);
	count_matched(hit->books->counters, counter, pkt->key.wire_bytes);
	if (m->verdict != RTINTERCEPT_VERDICT_DROP)
		return false;
	if (outcome != RTI_RING_OK && !(m->flags & RTINTERCEPT_RULE_ON_FULL_DROP)) {
		rti_count(path->counters, RTI_FAILED_OPEN, 1);
		return false;
	}
	rti_count(path->counters, RTI_CONSUMED, 1);
	return true;
}

static __always_inline bool unmatched(struct rti_path *path, u32 wire_bytes)
{
	rti_count(path->counters, RTI_UNMATCHED, 1);
	rti_count(path->counters, RTI_UNMATCHED_BYTES, wire_bytes);
	return false;
}

/* The answers are filled in as they are needed. */
static void ask_about(struct rti_question *question, const struct packet *pkt,
		      const struct rti_table *table)
{
	question->skb = pkt->skb;
	question->mac_bytes = pkt->mac_bytes;
	question->l3_shift = wire_bytes_of(pkt->skb, pkt->mac_bytes) - pkt->skb->len;
	question->key = &pkt->key;
	question->table = table;
	question->asked = 0;
}

/*
 * Some rule may match: time, parse, search. @family and @set are of the first
 * look; without a family there was none.
 */
static noinline bool look_at(struct rti_path *path, const struct rti_table *table,
			     struct sk_buff *skb, u8 hook, int family,
			     struct rti_set set)
{
	const struct rti_index *index = table->index;
	struct rti_search search;
	struct rti_view view;
	struct packet pkt;
	struct rti_question question;
	struct rti_hit hit;

	pkt.time_ns = ktime_get_ns();
	pkt.skb = skb;
	pkt.mac_bytes = mac_bytes_of(skb);
	pkt.ifindex = skb->dev->ifindex;
	pkt.hook = hook;
	parse(&pkt);
	ask_about(&question, &pkt, table);
	rti_view_key(&view, &pkt.key);
	if (!family)
		set = rti_index_look(index, index, view.byte,
				     rti_index_start(index, pkt.key.has & RTI_HAS_IP));
	rti_search_begin(&search, index, index, view.byte, set);
	if (!rti_table_search(table, &search, &pkt.key, rti_question_confirm,
			      &question, &hit))
		return unmatched(path, pkt.key.wire_bytes);
	pkt.snap_bytes = hit.matcher->snap_bytes;
	if (hit.program)
		pkt.snap_bytes = min(pkt.snap_bytes, rti_question_ask(&question,
								   hit.program));
	return act(path, &pkt, &hit);
}

/* A large table: most of what the first look leaves is nothing after all. */
static noinline bool look_closer(struct rti_path *path, const struct rti_table *table,
				 struct sk_buff *skb, u8 hook, struct rti_set set)
{
	const struct rti_index *index = table->index;

	set = rti_index_look_closer(index, index, skb->data, set);
	if (rti_set_is_empty(set))
		return unmatched(path, wire_bytes_of(skb, skb->mac_len));
	return look_at(path, table, skb, hook, 4, set);
}

/* Plain UDP or TCP over IPv6. */
static noinline bool look_ipv6(struct rti_path *path, const struct rti_table *table,
			       struct sk_buff *skb, u8 hook)
{
	const struct rti_index *index = table->index;
	struct rti_set set = rti_index_start(index, true);
	struct rti_view view;

	rti_view_ipv6(&view, skb->data);
	set = rti_index_look(index, index, view.byte, set);
	if (index->large)
		set = rti_index_look_closer(index, index, view.byte, set);
	if (rti_set_is_empty(set))
		return unmatched(path, wire_bytes_of(skb, skb->mac_len));
	return look_at(path, table, skb, hook, 6, set);
}

/**
 * rti_hook_packet() - look at one packet
 * @path: of the session that looks
 * @skb: the packet, data at the network header; only read
 * @hook: RTINTERCEPT_HOOK_*
 *
 * Most packets of a machine match nothing: what they cost is what stands here.
 *
 * Return: true: it is to be consumed, by the caller. Context: softirq, RCU.
 */
bool rti_hook_packet(struct rti_path *path, struct sk_buff *skb, u8 hook)
{
	const struct rti_index *index;
	const struct rti_table *table;
	struct rti_set set;
	int family;

	/* Pairs with START's release: a running session has its ring. */
	if (!smp_load_acquire(&path->running))
		return false;
	table = rcu_dereference(path->table);
	if (!table)
		return unmatched(path, wire_bytes_of(skb, skb->mac_len));
	index = table->index;
	set = rti_index_start(index, true);
	family = rti_index_plain(ntohs(skb->protocol), skb->data, skb_headlen(skb));
	if (unlikely(family != 4))
		return family ? look_ipv6(path, table, skb, hook) :
				look_at(path, table, skb, hook, 0, set);
	set = rti_index_look(index, index, skb->data, set);
	if (likely(rti_set_is_empty(set)))
		return unmatched(path, wire_bytes_of(skb, skb->mac_len));
	return index->large ? look_closer(path, table, skb, hook, set) :
			      look_at(path, table, skb, hook, 4, set);
}
