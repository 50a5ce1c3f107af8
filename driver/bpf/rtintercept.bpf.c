/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The XDP companion: looks at each packet before an skb exists, and does with it
 * what the module would: the same parser, the same matchers, the same record in
 * a ring of the same layout. Loaded and fed by lib/xdp*.c.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "driver/bpf/image.h"
#include "driver/bpf/shared.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/*
 * The library makes all maps but rti_deadline and rti_scratch itself, before it loads: so that
 * a session exists, and others see it, while it has no interface yet.
 */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} rti_ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} rti_bell SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rti_xdp_counters);
} rti_counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, RTI_XDP_SHARED_SLOTS);
	__type(key, __u32);
	__type(value, struct rti_xdp_slot);
} rti_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct {
		__uint(type, BPF_MAP_TYPE_ARRAY);
		__uint(max_entries, 1);
		__uint(key_size, sizeof(__u32));
		__uint(value_size, sizeof(struct rti_xdp_table));
	});
} rti_tables SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct {
		__uint(type, BPF_MAP_TYPE_ARRAY);
		__uint(max_entries, 1);
		__uint(key_size, sizeof(__u32));
		__uint(value_size, sizeof(struct rti_xdp_large));
	});
} rti_large SEC(".maps");

/* What REPLY answers; a reply is a map that nobody changes, as a table is. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, RTI_REPLIES_MAX);
	__type(key, __u32);
	__array(values, struct {
		__uint(type, BPF_MAP_TYPE_ARRAY);
		__uint(max_entries, 1);
		__uint(key_size, sizeof(__u32));
		__uint(value_size, sizeof(struct rti_reply));
	});
} rti_replies SEC(".maps");

/* By slot: the state of the rule's rate, see rate.h. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RTI_XDP_SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} rti_due SEC(".maps");

struct rti_xdp_deadline {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rti_xdp_deadline);
} rti_deadline SEC(".maps");

struct rti_xdp_session rti_session SEC(".data.rti_xdp");

/*
 * Constants to the verifier, which follows no branch that they exclude, and
 * variables to the compiler: the library sets them before it loads.
 */
#define RTI_SETTING	SEC(".rodata.rti")

/* The program may use timers. */
__u32 rti_timers RTI_SETTING = 1;

/* The program may read kernel memory, which lockdown=confidentiality forbids. */
__u32 rti_reads RTI_SETTING = 1;

/*
 * PREEMPT_RT: one packet's program may be interrupted by another's on the same
 * CPU, so that even a CPU's own counters need atomics.
 */
__u32 rti_preempted RTI_SETTING = 0;

static __always_inline void count(__u64 *counter, __u64 n)
{
	if (rti_preempted)
		__sync_fetch_and_add(counter, n);
	else
		*counter += n;
}

static __always_inline struct rti_xdp_counters *my_counters(void)
{
	const __u32 first = 0;

	return bpf_map_lookup_elem(&rti_counters, &first);
}

#include "driver/bpf/wake.h"
#include "driver/bpf/record.h"
#include "driver/bpf/find.h"
#include "driver/bpf/answer.h"

static __always_inline int consume(struct rti_xdp_counters *counters)
{
	count(&counters->consumed, 1);
	return XDP_DROP;
}

/*
 * Behind the commit: what the reader need not wait for. The ring's fill is read
 * here and not with the reserve, which would delay the record.
 */
static __always_inline void recorded(const struct rti_packet *packet,
				     struct rti_xdp_counters *counters)
{
	const __u64 used = bpf_ringbuf_query(&rti_ring, BPF_RB_AVAIL_DATA);
	const __u64 bytes = rti_xdp_room(packet->captured);

	if (used > counters->ring_peak_bytes)
		counters->ring_peak_bytes = used;
	if (watermark_reached(packet->seq, packet->time_ns, bytes, used))
		ring_bell(counters);
	fetch_next(packet);
}

/* struct books - where a rule counts; @shared: by all CPUs */
struct books {
	struct rti_xdp_slot *slot;
	int shared;
};

static __always_inline void count_rule(const struct books *books, __u64 *counter,
				       __u64 n)
{
	if (books->shared)
		__sync_fetch_and_add(counter, n);
	else
		count(counter, n);
}

static __always_inline struct books books_of(struct rti_xdp_counters *counters,
					     __u32 slot)
{
	struct books books = { &counters->slot[slot % RTI_XDP_CPU_SLOTS], 0 };
	struct rti_xdp_slot *shared;

	if (slot < RTI_XDP_CPU_SLOTS)
		return books;
	slot -= RTI_XDP_CPU_SLOTS;
	shared = bpf_map_lookup_elem(&rti_slots, &slot);
	if (shared)
		books = (struct books) { shared, 1 };
	return books;
}

/**
 * struct answering - is a packet answered?
 * @reply: what with; NULL: its rule does not say so
 * @answer: of rti_answer_begin(); only with @reply
 */
struct answering {
	const struct rti_reply *reply;
	struct rti_answer answer;
};

/* What cannot be answered is passed on. 0, or -1: no such reply, which cannot be. */
static __always_inline int begin_answer(struct rti_packet *packet,
					const struct rti_hit *hit,
					struct answering *a)
{
	a->reply = live_reply(*hit->reply);
	if (!a->reply)
		return -1;
	a->answer = (struct rti_answer) { .slot = hit->slot };
	rti_answer_begin(packet->ctx, &packet->key, a->reply, &a->answer,
			 packet->time_ns);
	packet->verdict = a->answer.verdict;
	return 0;
}

static __always_inline int end_answer(const struct rti_packet *packet,
				      const struct answering *a,
				      struct rti_xdp_counters *counters,
				      const struct books *mine)
{
	switch (a->answer.answered) {
	case RTI_ANSWERED:
		rti_answer_send(packet->ctx, &packet->key, a->reply, &a->answer);
		count_rule(mine, &mine->slot->replied, 1);
		return XDP_TX;
	case RTI_ANSWER_UNFIT:
		count(&counters->reply_unfit, 1);
		return XDP_PASS;
	case RTI_ANSWER_LIMITED:
		count(&counters->reply_limited, 1);
		return XDP_PASS;
	default:
		count(&counters->reply_failed, 1);
		return XDP_PASS;
	}
}

static __always_inline int end(const struct rti_packet *packet,
			       const struct rti_matcher *m, const struct answering *a,
			       struct rti_xdp_counters *counters,
			       const struct books *mine)
{
	if (a->reply)
		return end_answer(packet, a, counters, mine);
	return m->verdict == RTINTERCEPT_VERDICT_DROP ? consume(counters) : XDP_PASS;
}

/* No record could be made. The reader, if it sleeps, had better look. */
static __always_inline int dropped(const struct rti_packet *packet,
				   const struct rti_matcher *m,
				   const struct answering *a,
				   struct rti_xdp_counters *counters,
				   const struct books *mine)
{
	if (rti_xdp_room(packet->captured) > rti_session.ring_bytes)
		count_rule(mine, &mine->slot->dropped_too_big, 1);
	else
		count_rule(mine, &mine->slot->dropped_ring_full, 1);
	ring_bell(counters);
	if (m->verdict == RTINTERCEPT_VERDICT_PASS ||
	    (m->flags & RTINTERCEPT_RULE_ON_FULL_DROP))
		return end(packet, m, a, counters, mine);
	count(&counters->failed_open, 1);
	if (a->reply && a->answer.answered == RTI_ANSWERED)
		rti_answer_undo(a->reply, &a->answer);
	return XDP_PASS;
}

/* First the record, for which somebody waits, then the books. */
static __always_inline int carry_out(struct rti_packet *packet,
				     const struct rti_hit *hit)
{
	const struct rti_matcher *m = hit->matcher;
	const int wanted = m->flags & RTINTERCEPT_RULE_RECORD;
	struct rti_xdp_counters *counters;
	struct answering a = { .reply = NULL };
	struct books mine;
	int err;

	packet->verdict = m->verdict;
	if (m->verdict == RTINTERCEPT_VERDICT_REPLY && begin_answer(packet, hit, &a))
		return XDP_PASS;
	err = wanted ? record(packet, m) : 0;
	counters = my_counters();
	if (!counters)
		return XDP_PASS;
	mine = books_of(counters, hit->slot);
	count_rule(&mine, &mine.slot->matched_bytes, packet->key.wire_bytes);
	if (err)
		return dropped(packet, m, &a, counters, &mine);
	if (wanted) {
		count_rule(&mine, &mine.slot->recorded, 1);
		recorded(packet, counters);
	} else {
		count_rule(&mine, &mine.slot->not_to_record, 1);
	}
	return end(packet, m, &a, counters, &mine);
}

static __always_inline int unmatched(__u32 wire_bytes)
{
	struct rti_xdp_counters *counters = my_counters();

	if (counters) {
		count(&counters->unmatched, 1);
		count(&counters->unmatched_bytes, wire_bytes);
	}
	return XDP_PASS;
}

static __always_inline int handle(struct xdp_md *ctx, int frags)
{
	const struct rti_xdp_table *table = live_table();
	struct rti_packet packet = { .ctx = ctx, .frags = frags };
	struct rti_frame frame = {};
	struct rti_hit hit;
	__u64 rules;

	if (!table)
		return XDP_PASS;
	frame.data = (const __u8 *)(long)ctx->data;
	frame.end = (const __u8 *)(long)ctx->data_end;
	frame.wire_bytes = frags ? (__u32)bpf_xdp_get_buff_len(ctx) :
				   (__u32)(frame.end - frame.data);
	if (!worth_parsing(table, &frame, &rules))
		return unmatched(frame.wire_bytes);
	packet.time_ns = bpf_ktime_get_ns();
	rti_parse(&frame, &packet.key);
	if (table->large ? find_large(ctx, &packet.key, &hit) :
			   find_small(ctx, table, &packet.key, rules, &hit))
		return carry_out(&packet, &hit);
	return unmatched(frame.wire_bytes);
}

SEC("xdp")
int rti_xdp(struct xdp_md *ctx)
{
	return handle(ctx, 0);
}

/* For packets of more than one buffer: large MTUs, from Linux 5.18 on. */
SEC("xdp.frags")
int rti_xdp_frags(struct xdp_md *ctx)
{
	return handle(ctx, 1);
}

/* Never runs: what this kernel makes of it tells whether there are timers. */
SEC("xdp")
int rti_probe_timers(struct xdp_md *ctx)
{
	const __u32 first = 0;
	struct rti_xdp_deadline *d = bpf_map_lookup_elem(&rti_deadline, &first);

	if (d)
		bpf_timer_init(&d->timer, &rti_deadline, RTI_XDP_CLOCK_MONOTONIC);
	return XDP_PASS;
}

/* Never runs either: whether the program may read kernel memory. */
SEC("xdp")
int rti_probe_reads(struct xdp_md *ctx)
{
	__u64 word;

	bpf_probe_read_kernel(&word, sizeof(word), ctx);
	return XDP_PASS;
}
