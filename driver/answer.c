// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers, made of the requests. On the packet path; see hook.c. In two steps, so that
 * the request can be recorded in between: what may fail comes first and leaves the
 * packet as it is; what changes it comes last and cannot fail.
 *
 * A packet that nobody else holds becomes the answer in place. Of one that others see,
 * a packet socket or another clone, the headers are copied and its fragments shared,
 * as forwarding would do.
 */
#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/pkt_sched.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/checksum.h>

#include "answer.h"
#include "compat.h"

/* @reply: a struct rti_reply. Context: may sleep; no packet is answered with it. */
void rti_reply_free(void *reply)
{
	kfree(reply);
}

/* From skb->data on, where the network header is; the key counts from the MAC header. */
static u32 behind_udp(const struct rti_answer *answer)
{
	return answer->request.l4_offset + RTI_UDP_BYTES - answer->mac_bytes;
}

/*
 * Will the checksum that the sender left to be computed be that of this datagram? In
 * a tunnel it may be one further inside.
 */
static bool is_to_be_summed(const struct sk_buff *skb, const struct rti_answer *answer)
{
	return skb_checksum_start_offset(skb) + RTI_UDP_BYTES ==
	       (int)behind_udp(answer);
}

/*
 * An echo of what arrived damaged is as damaged, and its receiver finds out. A template
 * gets a new checksum, so what it is made of has to be right. @l3: the IP header.
 */
static bool sum_is_right(const struct sk_buff *skb, const struct rti_answer *answer,
			 const u8 *l3)
{
	const u8 *l4 = l3 + answer->request.l4_offset - answer->request.l3_offset;
	const u32 udp_bytes = answer->request.payload_bytes + RTI_UDP_BYTES;
	const u64 pseudo = rti_sum_pseudo(l3, answer->family, udp_bytes);
	__wsum sum;

	if (skb->ip_summed == CHECKSUM_UNNECESSARY ||
	    !rti_get16(l4 + RTI_UDP_CHECKSUM))
		return true;
	sum = skb_checksum(skb, behind_udp(answer) - RTI_UDP_BYTES, udp_bytes,
			   (__force __wsum)(u32)rti_sum_fold(pseudo));
	return !csum_fold(sum);
}

/* Is it a request to this interface that the reply has an answer to? */
static bool fits(struct rti_answer *answer, const struct sk_buff *skb,
		 const struct rti_frame *frame, const struct rti_key *key)
{
	const struct net_device *dev = skb->dev;
	int bytes;

	if (!rti_request_fits(frame, key, &answer->request) ||
	    !ether_addr_equal_unaligned(frame->data, dev->dev_addr) ||
	    skb_has_frag_list(skb) || !rti_compat_frags_readable(skb))
		return false;
	bytes = rti_reply_bytes(answer->reply, answer->request.payload_bytes);
	if (bytes < 0 || behind_udp(answer) + bytes > READ_ONCE(dev->mtu))
		return false;
	answer->payload_bytes = bytes;
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		return is_to_be_summed(skb, answer);
	return answer->reply->type == RTINTERCEPT_REPLY_ECHO ||
	       sum_is_right(skb, answer, frame->data + answer->request.l3_offset);
}

/* Headers and, of a template, the payload are to stand in the linear part. */
static bool make_room(struct sk_buff *skb, const struct rti_answer *answer)
{
	const u32 head = behind_udp(answer);
	int lacking;

	if (!pskb_may_pull(skb, head))
		return false;
	if (answer->reply->type == RTINTERCEPT_REPLY_ECHO)
		return true;
	lacking = (int)answer->payload_bytes -
		  (int)(skb_end_pointer(skb) - skb->data - head);
	return lacking <= 0 || !pskb_expand_head(skb, 0, lacking, GFP_ATOMIC);
}

/* The MAC header is none of the data, so it is copied by hand. */
static struct sk_buff *copy_of(struct sk_buff *skb, u32 mac_bytes)
{
	struct sk_buff *copy = pskb_copy(skb, GFP_ATOMIC);

	if (copy)
		memcpy(copy->data - mac_bytes, skb->data - mac_bytes, mac_bytes);
	return copy;
}

/* NULL: no memory; the packet is as it was. */
static struct sk_buff *writable(struct sk_buff *skb, const struct rti_answer *answer)
{
	struct sk_buff *copy;

	if (!skb_shared(skb) && !skb_cloned(skb))
		return make_room(skb, answer) ? skb : NULL;
	copy = copy_of(skb, answer->mac_bytes);
	if (copy && !make_room(copy, answer)) {
		kfree_skb(copy);
		return NULL;
	}
	return copy;
}

/**
 * rti_answer_begin() - get ready to answer a packet
 * @answer: out
 * @skb: the packet, data at the network header; still to be read after this, at
 *	whatever address its bytes are then
 * @frame: the same, with the headers in one piece
 * @key: what was parsed
 * @hit: the rule, which has a reply
 * @now_ns: CLOCK_MONOTONIC
 *
 * Return: RTI_REPLIED: rti_answer_send() has to follow; else why there is no answer,
 * and the packet is as it was. Context: softirq, RCU.
 */
enum rti_counter rti_answer_begin(struct rti_answer *answer, struct sk_buff *skb,
				  const struct rti_frame *frame,
				  const struct rti_key *key,
				  const struct rti_hit *hit, u64 now_ns)
{
	answer->reply = rcu_dereference(hit->reply->thing);
	answer->mac_bytes = skb->data - skb_mac_header(skb);
	answer->family = key->family;
	if (!fits(answer, skb, frame, key))
		return RTI_REPLY_UNFIT;
	if (!netif_running(skb->dev) || !netif_carrier_ok(skb->dev))
		return RTI_REPLY_FAILED;
	if (!rti_rate_admit(&answer->reply->rate, &hit->books->due_ns, now_ns))
		return RTI_REPLY_LIMITED;
	answer->skb = writable(skb, answer);
	return answer->skb ? RTI_REPLIED : RTI_REPLY_FAILED;
}

/* Puts the template in the place of the payload. Returns the sum of its words. */
static noinline u64 fill_in(const struct rti_answer *answer, struct sk_buff *skb)
{
	const struct rti_reply *reply = answer->reply;
	u8 request[RTINTERCEPT_REPLY_MAX_BYTES], out[RTINTERCEPT_REPLY_MAX_BYTES];
	const u32 head = behind_udp(answer);

	if (reply->from_bytes)
		skb_copy_bits(skb, head, request, reply->from_bytes);
	rti_reply_fill(reply, request, out);
	pskb_trim(skb, head);
	skb_put_data(skb, out, answer->payload_bytes);
	return rti_sum_words(out, round_up(answer->payload_bytes, sizeof(u32)));
}

/* As the stack would send it: nothing is left of how it came here. */
static void forget_arrival(struct sk_buff *skb)
{
	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	skb_clear_hash(skb);
	skb->priority = TC_PRIO_INTERACTIVE;
	skb->encapsulation = 0;
	memset(skb->cb, 0, sizeof(skb->cb));
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		skb->ip_summed = CHECKSUM_NONE;
}

/* @skb: data at the network header; afterwards at the MAC header, to be sent */
static void turn(const struct rti_answer *answer, struct sk_buff *skb)
{
	const bool echo = answer->reply->type == RTINTERCEPT_REPLY_ECHO;
	u64 sum = 0;
	u8 *eth, *l3, *l4;

	if (echo)
		pskb_trim(skb, behind_udp(answer) + answer->payload_bytes);
	else
		sum = fill_in(answer, skb);
	eth = skb_push(skb, answer->mac_bytes);
	l3 = eth + answer->request.l3_offset;
	l4 = eth + answer->request.l4_offset;
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, answer->request.l3_offset);
	skb_set_transport_header(skb, answer->request.l4_offset);
	skb_reset_mac_len(skb);
	rti_turn(eth, l3, l4, answer->family, answer->payload_bytes);
	if (echo)
		return;
	rti_turn_checksum(l3, l4, answer->family, sum);
	skb->ip_summed = CHECKSUM_NONE;
}

/**
 * rti_answer_send() - send the answer
 * @answer: of rti_answer_begin(); its @skb is gone after this
 *
 * By the interface's queues, like any packet: their policy holds, and packet sockets see
 * it. Context: softirq, RCU.
 */
void rti_answer_send(struct rti_answer *answer)
{
	struct sk_buff *skb = answer->skb;

	turn(answer, skb);
	forget_arrival(skb);
	dev_queue_xmit(skb);
}
