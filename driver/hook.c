// SPDX-License-Identifier: GPL-2.0-only
/*
 * The packet path. Runs in softirq, under RCU, for every packet of an attached
 * interface: no allocation, no log, no loop without a bound, no lock but the ring's
 * reserve. The skb may be shared, so it is only read, until it is answered; where its
 * bytes are is believed of the network and MAC header only, because that is all that
 * both hooks guarantee.
 */
#include "answer.h"
#include "confirm.h"
#include "hook.h"
#include "look.h"
#include "packet.h"
#include "record.h"

static void count_matched(struct rti_counters __percpu *counters,
			  enum rti_counter outcome, u32 wire_bytes)
{
	rti_count(counters, RTI_MATCHED, 1);
	rti_count(counters, RTI_MATCHED_BYTES, wire_bytes);
	rti_count(counters, outcome, 1);
}

/* What becomes of the packet, now that it is known whether it can be recorded. */
static u8 verdict_of(struct rti_path *path, const struct rti_matcher *m, int outcome)
{
	if (outcome == RTI_RING_OK || m->verdict == RTINTERCEPT_VERDICT_PASS ||
	    (m->flags & RTINTERCEPT_RULE_ON_FULL_DROP))
		return m->verdict;
	rti_count(path->counters, RTI_FAILED_OPEN, 1);
	return RTINTERCEPT_VERDICT_PASS;
}

/* What cannot be answered is passed on. */
static void begin_answer(struct rti_path *path, struct rti_packet *pkt,
			 const struct rti_hit *hit, struct sk_buff *skb,
			 struct rti_answer *answer)
{
	const enum rti_counter counter = rti_answer_begin(answer, skb, &pkt->frame,
							  &pkt->key, hit,
							  pkt->time_ns);

	rti_count(path->counters, counter, 1);
	if (counter == RTI_REPLIED)
		rti_count(hit->books->counters, counter, 1);
	else
		pkt->verdict = RTINTERCEPT_VERDICT_PASS;
}

/*
 * Its reader may have been woken and waits for this CPU: let go of the packet in
 * the quickest way, which frees in bulk later. Both hooks run in softirq.
 */
static bool consume(struct sk_buff *skb)
{
	napi_consume_skb(skb, 1);
	return true;
}

/*
 * Carries out the rule. The record is there before the answer leaves, which takes its
 * bytes; to wake its reader takes longer than the answer should wait. Returns whether
 * the packet is gone.
 */
static bool act(struct rti_path *path, struct rti_packet *pkt, const struct rti_hit *hit,
		struct sk_buff *skb)
{
	const struct rti_matcher *m = hit->matcher;
	enum rti_counter counter = RTI_NOT_TO_RECORD;
	struct rtintercept_record *rec = NULL;
	int outcome = RTI_RING_OK;
	struct rti_answer answer;

	if (m->flags & RTINTERCEPT_RULE_RECORD) {
		outcome = rti_record_reserve(path, pkt, m, &rec);
		counter = rti_counter_of(outcome);
	}
	count_matched(path->counters, counter, pkt->key.wire_bytes);
	count_matched(hit->books->counters, counter, pkt->key.wire_bytes);
	pkt->verdict = verdict_of(path, m, outcome);
	if (pkt->verdict == RTINTERCEPT_VERDICT_REPLY)
		begin_answer(path, pkt, hit, skb, &answer);
	if (rec)
		rti_record_fill(path, pkt, m, rec);
	if (pkt->verdict == RTINTERCEPT_VERDICT_REPLY)
		rti_answer_send(&answer);
	if (rec) {
		rti_wakeup_committed(&path->wakeup, rec);
		rti_record_expect(path, pkt);
	}
	if (pkt->verdict == RTINTERCEPT_VERDICT_PASS)
		return false;
	if (pkt->verdict == RTINTERCEPT_VERDICT_DROP) {
		rti_count(path->counters, RTI_CONSUMED, 1);
		return consume(skb);
	}
	return answer.skb == skb || consume(skb);
}

/* The answers are filled in as they are needed. */
static void ask_about(struct rti_question *question, const struct rti_packet *pkt,
		      const struct rti_table *table)
{
	question->skb = pkt->skb;
	question->mac_bytes = pkt->mac_bytes;
	question->l3_shift = rti_packet_wire_bytes_of(pkt->skb, pkt->mac_bytes) - pkt->skb->len;
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
	struct rti_packet pkt;
	struct rti_question question;
	struct rti_hit hit;

	pkt.time_ns = ktime_get_ns();
	pkt.skb = skb;
	pkt.mac_bytes = rti_packet_mac_bytes_of(skb);
	pkt.ifindex = skb->dev->ifindex;
	pkt.hook = hook;
	rti_packet_parse(&pkt);
	ask_about(&question, &pkt, table);
	rti_view_key(&view, &pkt.key);
	if (!family)
		set = rti_index_look(index, index, view.byte,
				     rti_index_start(index, pkt.key.has & RTI_HAS_IP));
	rti_search_begin(&search, index, index, view.byte, set);
	if (!rti_table_search(table, &search, &pkt.key, rti_question_confirm,
			      &question, &hit))
		return rti_look_unmatched(path, pkt.key.wire_bytes);
	pkt.snap_bytes = hit.matcher->snap_bytes;
	if (hit.program)
		pkt.snap_bytes = min(pkt.snap_bytes, rti_question_ask(&question,
								   hit.program));
	return act(path, &pkt, &hit, skb);
}

/* A large table: most of what the first look leaves is nothing after all. */
static noinline bool look_closer(struct rti_path *path, const struct rti_table *table,
				 struct sk_buff *skb, u8 hook, struct rti_set set)
{
	const struct rti_index *index = table->index;

	set = rti_index_look_closer(index, index, skb->data, set);
	if (rti_set_is_empty(set))
		return rti_look_unmatched(path, rti_look_wire_bytes(skb));
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
		return rti_look_unmatched(path, rti_look_wire_bytes(skb));
	return look_at(path, table, skb, hook, 6, set);
}

/**
 * rti_hook_packet() - go on with a packet that the first look has not turned away
 * @path: of the session that looks
 * @table: its rules
 * @skb: the packet, data at the network header
 * @how: RTI_HOOK_HOW(): by which hook; 4 or 6: it is plain, 0: it is not
 * @set: of a plain IPv4 packet: what the first look has left; else all
 *
 * Return: true: it is gone; false: it is as it was. Context: softirq, RCU.
 */
bool rti_hook_packet(struct rti_path *path, const struct rti_table *table,
		     struct sk_buff *skb, u32 how, struct rti_set set)
{
	const int family = how >> 8;
	const u8 hook = how;

	if (family == 6)
		return look_ipv6(path, table, skb, hook);
	if (family && table->index->large)
		return look_closer(path, table, skb, hook, set);
	return look_at(path, table, skb, hook, family, set);
}
