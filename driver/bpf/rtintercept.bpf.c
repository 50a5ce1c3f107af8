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
 * The library makes all maps but rti_deadline itself, before it loads: so that
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

/* No record could be made. The reader, if it sleeps, had better look. */
static __always_inline int dropped(const struct rti_packet *packet,
				   const struct rti_matcher *m,
				   struct rti_xdp_counters *counters,
				   const struct books *mine)
{
	if (rti_xdp_room(packet->captured) > rti_session.ring_bytes)
		count_rule(mine, &mine->slot->dropped_too_big, 1);
	else
		count_rule(mine, &mine->slot->dropped_ring_full, 1);
	ring_bell(counters);
	if (m->verdict != RTINTERCEPT_VERDICT_DROP)
		return XDP_PASS;
	if (m->flags & RTINTERCEPT_RULE_ON_FULL_DROP)
		return consume(counters);
	count(&counters->failed_open, 1);
	return XDP_PASS;
}

/* First the record, for which somebody waits, then the books. */
static __always_inline int carry_out(struct rti_packet *packet,
				     const struct rti_hit *hit)
{
	const struct rti_matcher *m = hit->matcher;
	const int wanted = m->flags & RTINTERCEPT_RULE_RECORD;
	const int err = wanted ? record(packet, m) : 0;
	struct rti_xdp_counters *counters = my_counters();
	struct books mine;

	if (!counters)
		return XDP_PASS;
	mine = books_of(counters, hit->slot);
	count_rule(&mine, &mine.slot->matched_bytes, packet->key.wire_bytes);
	if (err)
		return dropped(packet, m, counters, &mine);
	if (wanted) {
		count_rule(&mine, &mine.slot->recorded, 1);
		recorded(packet, counters);
	} else {
		count_rule(&mine, &mine.slot->not_to_record, 1);
	}
	return m->verdict == RTINTERCEPT_VERDICT_DROP ? consume(counters) :
							XDP_PASS;
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
