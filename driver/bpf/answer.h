/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Answers, made of the requests, and sent back by XDP_TX. Part of rtintercept.bpf.c,
 * which has the maps and includes it once.
 *
 * In two steps, as in the module (driver/answer.c): what may fail comes first and
 * leaves the packet as it is, so that the request can be recorded in between.
 *
 * The packet keeps its length: behind a shorter answer stands what stood there, as
 * padding of the frame. To change it takes bpf_xdp_adjust_tail(), and since Linux 6.13 a
 * program in which that is so much as mentioned is refused by a dispatcher whose own
 * functions do not do it. So no answer is longer than its request, even if it may.
 *
 * What is not inlined and not static the verifier follows once, whatever the packet.
 */
#ifndef RTI_BPF_ANSWER_H
#define RTI_BPF_ANSWER_H

#include "driver/turn.h"

#define RTI_SUM_BYTES	RTINTERCEPT_REPLY_MAX_BYTES
#define RTI_SUM_STEPS	(RTI_XDP_SNAP_MAX / RTI_SUM_BYTES)

enum rti_answered {
	RTI_ANSWERED,		/* rti_answer_send() has to follow, or rti_answer_undo() */
	RTI_ANSWER_UNFIT,
	RTI_ANSWER_LIMITED,
	RTI_ANSWER_FAILED,
};

/**
 * struct rti_answer - an answer under way
 * @slot: in: where the rule counts, and its rate is kept
 * @answered: out: enum rti_answered
 * @verdict: out: what becomes of the packet, RTINTERCEPT_VERDICT_*
 * @payload_bytes: out: of the answer
 * @request: out: the packet
 * @payload_sum: out: of the request's payload; only with @partial
 * @partial: out: the request's checksum is only begun
 * @scratch: out: this CPU's scratch is ours
 */
struct rti_answer {
	__u32 slot;
	__u32 answered;
	__u32 verdict;
	__u32 payload_bytes;
	struct rti_request request;
	__u16 payload_sum;
	__u8 partial;
	__u8 scratch;
};

/**
 * struct rti_scratch - memory that the stack has no room for; one on each CPU
 * @busy: under PREEMPT_RT: an answer under way on this CPU uses it
 * @__pad: 0
 * @request: some of the request's payload
 * @out: the answer's
 */
struct rti_scratch {
	__u32 busy;
	__u32 __pad;
	__u8 request[RTINTERCEPT_REPLY_MAX_BYTES] __attribute__((aligned(8)));
	__u8 out[RTINTERCEPT_REPLY_MAX_BYTES] __attribute__((aligned(8)));
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rti_scratch);
} rti_scratch SEC(".maps");

static __always_inline struct rti_scratch *my_scratch(void)
{
	const __u32 first = 0;

	return bpf_map_lookup_elem(&rti_scratch, &first);
}

/* NULL: another answer, which this packet's program interrupted, uses it. */
static __always_inline struct rti_scratch *take_scratch(struct rti_answer *answer)
{
	struct rti_scratch *scratch = my_scratch();

	if (!scratch)
		return NULL;
	if (rti_preempted && __sync_val_compare_and_swap(&scratch->busy, 0, 1))
		return NULL;
	answer->scratch = 1;
	return scratch;
}

static __always_inline void leave_scratch(const struct rti_answer *answer)
{
	struct rti_scratch *scratch;

	if (!rti_preempted || !answer->scratch)
		return;
	scratch = my_scratch();
	if (scratch)
		rti_store_once(&scratch->busy, 0);
}

/* 1 to 256 as it is; so that the verifier of Linux 6.1 sees it too. */
static __always_inline __u32 in_scratch(__u32 n)
{
	n = (n - 1U) & (RTINTERCEPT_REPLY_MAX_BYTES - 1);
	rti_keep(n);
	return n + 1;
}

/* A reply that the rules name, or NULL. It stays as it is while this packet is here. */
static __always_inline const struct rti_reply *live_reply(__u32 at)
{
	const __u32 first = 0;
	void *inner = bpf_map_lookup_elem(&rti_replies, &at);

	return inner ? bpf_map_lookup_elem(inner, &first) : NULL;
}

/* ---- what may fail ---- */

/* Is this the address of the interface that the packet came by? */
static __always_inline int is_own_mac(const __u8 *mac, __u32 ifindex)
{
	__u32 i;

	for (i = 0; i < RTI_XDP_ATTACHMENTS; i++)
		if (rti_session.attachment[i].ifindex == ifindex)
			return rti_load_once(&rti_session.mac[i]) ==
			       rti_xdp_mac(mac);
	return 0;
}

/**
 * struct rti_sum - a sum under way
 * @ctx: the packet
 * @scratch: for its bytes
 * @sum: of those before @offset
 * @offset: of the next ones
 * @left: so many are to come
 */
struct rti_sum {
	struct xdp_md *ctx;
	struct rti_scratch *scratch;
	__u64 sum;
	__u32 offset;
	__u32 left;
};

/* A step of bpf_loop(). */
static int sum_step(__u32 i, void *sum)
{
	struct rti_sum *s = sum;
	__u32 n = s->left;

	if (!n)
		return 1;
	if (n > RTI_SUM_BYTES)
		n = RTI_SUM_BYTES;
	n = in_scratch(n);
	memset(s->scratch->request, 0, RTI_SUM_BYTES);
	if (bpf_xdp_load_bytes(s->ctx, s->offset, s->scratch->request, n))
		return 1;
	s->sum += rti_sum_words(s->scratch->request, RTI_SUM_BYTES);
	s->offset += n;
	s->left -= n;
	return 0;
}

/* Returns 0, or -1: they cannot be read. */
static __always_inline int sum_payload(struct xdp_md *ctx, struct rti_scratch *scratch,
				       struct rti_answer *answer)
{
	struct rti_sum s = {
		.ctx = ctx,
		.scratch = scratch,
		.offset = answer->request.l4_offset + RTI_UDP_BYTES,
		.left = answer->request.payload_bytes,
	};

	bpf_loop(RTI_SUM_STEPS, sum_step, &s, 0);
	answer->payload_sum = rti_sum_fold(s.sum);
	return s.left ? -1 : 0;
}

/*
 * An echo of what arrived damaged is as damaged, and its receiver finds out; but a
 * checksum that is only begun has to be finished. A template gets a new one, so what
 * it is made of has to be right.
 */
static __always_inline enum rti_answered
look_at_sum(struct xdp_md *ctx, const struct rti_reply *reply,
	    struct rti_answer *answer, const __u8 *l3, const __u8 *l4, const __u8 family)
{
	const int echo = reply->type == RTINTERCEPT_REPLY_ECHO;
	const __u16 given = rti_get16(l4 + RTI_UDP_CHECKSUM);
	struct rti_scratch *scratch;

	answer->partial = given && rti_is_partial(l3, l4, family);
	if (echo && !answer->partial)
		return RTI_ANSWERED;
	scratch = take_scratch(answer);
	if (!scratch)
		return RTI_ANSWER_FAILED;
	if (!given || (!echo && answer->partial))
		return RTI_ANSWERED;
	if (sum_payload(ctx, scratch, answer))
		return RTI_ANSWER_FAILED;
	if (answer->partial ||
	    rti_sum_fold(rti_sum_pseudo(l3, family, rti_get16(l4 + 4)) +
			 rti_sum_words(l4, RTI_UDP_BYTES) + answer->payload_sum) == 0xffff)
		return RTI_ANSWERED;
	return RTI_ANSWER_UNFIT;
}

/* Is it a request to this interface that the reply has an answer to? */
static __always_inline enum rti_answered
fits(struct xdp_md *ctx, const struct rti_key *key, const struct rti_reply *reply,
     struct rti_answer *answer)
{
	const struct rti_frame frame = {
		.data = (const __u8 *)(long)ctx->data,
		.end = (const __u8 *)(long)ctx->data_end,
		.wire_bytes = key->wire_bytes,
	};
	const __u8 *eth, *l3;
	int bytes;

	if (!rti_request_fits(&frame, key, &answer->request))
		return RTI_ANSWER_UNFIT;
	eth = rti_bytes_at(&frame, 0, RTI_ETH_BYTES);
	if (!eth || !is_own_mac(eth, ctx->ingress_ifindex))
		return RTI_ANSWER_UNFIT;
	bytes = rti_reply_bytes(reply, answer->request.payload_bytes);
	if (bytes < 0 || (__u32)bytes > answer->request.payload_bytes)
		return RTI_ANSWER_UNFIT;
	answer->payload_bytes = (__u32)bytes;
	if (key->family == 4) {
		l3 = rti_bytes_at(&frame, answer->request.l3_offset,
				  RTI_IPV4_BYTES + RTI_UDP_BYTES);
		return l3 ? look_at_sum(ctx, reply, answer, l3, l3 + RTI_IPV4_BYTES, 4) :
			    RTI_ANSWER_UNFIT;
	}
	l3 = rti_bytes_at(&frame, answer->request.l3_offset,
			  RTI_IPV6_BYTES + RTI_UDP_BYTES);
	return l3 ? look_at_sum(ctx, reply, answer, l3, l3 + RTI_IPV6_BYTES, 6) :
		    RTI_ANSWER_UNFIT;
}

/**
 * rti_answer_begin() - get ready to answer a packet
 * @ctx: the packet; it is left as it is
 * @key: what was parsed
 * @reply: what with
 * @answer: in and out
 * @now_ns: T1
 *
 * What it finds out is in @answer, where the verifier takes it for anything: so it
 * does not follow what comes next once for each outcome. Return: 0.
 */
__noinline int rti_answer_begin(struct xdp_md *ctx, const struct rti_key *key,
				const struct rti_reply *reply, struct rti_answer *answer,
				__u64 now_ns)
{
	enum rti_answered answered;
	__u64 *due_ns;
	__u32 slot;

	if (!key || !reply || !answer)
		return 0;
	answered = fits(ctx, key, reply, answer);
	if (answered == RTI_ANSWERED) {
		slot = answer->slot;
		due_ns = bpf_map_lookup_elem(&rti_due, &slot);
		if (!due_ns || !rti_rate_admit(&reply->rate, due_ns, now_ns))
			answered = RTI_ANSWER_LIMITED;
	}
	if (answered != RTI_ANSWERED)
		leave_scratch(answer);
	answer->answered = answered;
	answer->verdict = answered == RTI_ANSWERED ? RTINTERCEPT_VERDICT_REPLY :
						     RTINTERCEPT_VERDICT_PASS;
	return 0;
}

/* There is no answer after all: it does not count for the rate. */
__noinline int rti_answer_undo(const struct rti_reply *reply,
			       const struct rti_answer *answer)
{
	__u64 *due_ns;
	__u32 slot;

	if (!reply || !answer)
		return 0;
	slot = answer->slot;
	due_ns = bpf_map_lookup_elem(&rti_due, &slot);
	if (due_ns)
		__sync_fetch_and_add(due_ns, -reply->rate.interval_ns);
	leave_scratch(answer);
	return 0;
}

/* ---- what cannot ---- */

/* Puts the template in the place of the payload. Returns the sum of its words. */
static __always_inline __u64 fill_in(struct xdp_md *ctx, const struct rti_reply *reply,
				     const struct rti_answer *answer)
{
	const __u32 at = answer->request.l4_offset + RTI_UDP_BYTES;
	struct rti_scratch *scratch = my_scratch();

	if (!scratch)
		return 0;
	if (reply->from_bytes)
		bpf_xdp_load_bytes(ctx, at, scratch->request,
				   in_scratch(reply->from_bytes));
	rti_reply_fill(reply, scratch->request, scratch->out);
	if (answer->payload_bytes)
		bpf_xdp_store_bytes(ctx, at, scratch->out,
				    in_scratch(answer->payload_bytes));
	return rti_sum_words(scratch->out, RTINTERCEPT_REPLY_MAX_BYTES);
}

/* @sum: of the answer's payload; only if @finish: the checksum is to be a new one */
static __always_inline void turn(__u8 *eth, __u8 *l3, const __u8 family,
				 __u32 payload_bytes, int finish, __u64 sum)
{
	__u8 *l4 = l3 + (family == 4 ? RTI_IPV4_BYTES : RTI_IPV6_BYTES);

	rti_turn(eth, l3, l4, family, payload_bytes);
	if (finish)
		rti_turn_checksum(l3, l4, family, sum);
}

/**
 * rti_answer_send() - make the packet into its answer, for XDP_TX
 * @ctx: the packet
 * @key: what was parsed
 * @reply: of rti_answer_begin(), likewise @answer
 * @answer: likewise
 */
__noinline int rti_answer_send(struct xdp_md *ctx, const struct rti_key *key,
			       const struct rti_reply *reply,
			       const struct rti_answer *answer)
{
	struct rti_frame frame = {};
	__u8 *eth, *l3;
	int finish;
	__u64 sum;

	if (!key || !reply || !answer)
		return 0;
	finish = answer->partial;
	sum = answer->payload_sum;
	if (reply->type != RTINTERCEPT_REPLY_ECHO) {
		finish = 1;
		sum = fill_in(ctx, reply, answer);
	}
	frame.data = (const __u8 *)(long)ctx->data;
	frame.end = (const __u8 *)(long)ctx->data_end;
	eth = (__u8 *)rti_bytes_at(&frame, 0, RTI_ETH_BYTES);
	if (key->family == 4) {
		l3 = (__u8 *)rti_bytes_at(&frame, answer->request.l3_offset,
					  RTI_IPV4_BYTES + RTI_UDP_BYTES);
		if (eth && l3)
			turn(eth, l3, 4, answer->payload_bytes, finish, sum);
	} else {
		l3 = (__u8 *)rti_bytes_at(&frame, answer->request.l3_offset,
					  RTI_IPV6_BYTES + RTI_UDP_BYTES);
		if (eth && l3)
			turn(eth, l3, 6, answer->payload_bytes, finish, sum);
	}
	leave_scratch(answer);
	return 0;
}

#endif /* RTI_BPF_ANSWER_H */
