/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The XDP companion: looks at each packet before an skb exists, and does with it
 * what the module would: the same parser, the same matchers, the same record in
 * a ring of the same layout. Loaded and fed by lib/xdp*.c.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

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

/* NULL: stopped. */
static __always_inline const struct rti_xdp_table *live_table(void)
{
	const __u32 first = 0;
	void *inner = bpf_map_lookup_elem(&rti_tables, &first);

	return inner ? bpf_map_lookup_elem(inner, &first) : NULL;
}

static __always_inline int payload_matches(struct xdp_md *ctx,
					   const struct rtintercept_rule *rule,
					   const struct rti_key *key)
{
	const __u32 at = key->payload_offset + rule->payload_offset;
	__u8 bytes[RTINTERCEPT_PAYLOAD_MAX] __attribute__((aligned(8))) = {};
	/* 1 to 16 as it is; so that the verifier of Linux 6.1 sees it too. */
	const __u32 n = ((rule->payload_bytes - 1U) & (sizeof(bytes) - 1)) + 1;

	if (!rti_payload_reaches(rule, key) ||
	    bpf_xdp_load_bytes(ctx, at, bytes, n))
		return 0;
	return rti_payload_match(rule, bytes);
}

/*
 * Index of the first rule that matches, or RTI_XDP_RULES_MAX. Not inlined and not
 * static: so the verifier follows it once, for whatever key and table, and not
 * again for each of the ways in which a packet can be parsed.
 */
__noinline int rti_find(struct xdp_md *ctx, const struct rti_xdp_table *table,
			const struct rti_key *key)
{
	__u32 i;

	if (!table || !key)
		return RTI_XDP_RULES_MAX;
	for (i = 0; i < RTI_XDP_RULES_MAX && i < table->count; i++)
		if (rti_match(&table->matcher[i], key) &&
		    (!(table->matcher[i].flags & RTI_MATCHER_PAYLOAD) ||
		     payload_matches(ctx, &table->rule[i], key)))
			return (int)i;
	return RTI_XDP_RULES_MAX;
}

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

/* No record could be made. The reader, if it sleeps, had better look. */
static __always_inline int dropped(const struct rti_packet *packet,
				   const struct rti_matcher *m,
				   struct rti_xdp_counters *counters,
				   struct rti_xdp_slot *mine)
{
	if (rti_xdp_room(packet->captured) > rti_session.ring_bytes)
		count(&mine->dropped_too_big, 1);
	else
		count(&mine->dropped_ring_full, 1);
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
				     const struct rti_matcher *m, __u32 slot)
{
	const int wanted = m->flags & RTINTERCEPT_RULE_RECORD;
	const int err = wanted ? record(packet, m) : 0;
	struct rti_xdp_counters *counters = my_counters();
	struct rti_xdp_slot *mine;

	if (!counters)
		return XDP_PASS;
	mine = &counters->slot[slot];
	count(&mine->matched_bytes, packet->key.wire_bytes);
	if (err)
		return dropped(packet, m, counters, mine);
	if (wanted) {
		count(&mine->recorded, 1);
		recorded(packet, counters);
	} else {
		count(&mine->not_to_record, 1);
	}
	return m->verdict == RTINTERCEPT_VERDICT_DROP ? consume(counters) :
							XDP_PASS;
}

/* As rti_find(), which most tables do not need: they have one rule. */
static __always_inline __u32 find(struct xdp_md *ctx,
				  const struct rti_xdp_table *table,
				  const struct rti_key *key)
{
	if (!table->count)
		return RTI_XDP_RULES_MAX;
	if (rti_match(&table->matcher[0], key)) {
		if (!(table->matcher[0].flags & RTI_MATCHER_UNSURE))
			return 0;
	} else if (table->count == 1) {
		return RTI_XDP_RULES_MAX;
	}
	return (__u32)rti_find(ctx, table, key);
}

static __always_inline int handle(struct xdp_md *ctx, int frags)
{
	const struct rti_xdp_table *table = live_table();
	struct rti_packet packet = { .ctx = ctx, .frags = frags };
	struct rti_xdp_counters *counters;
	struct rti_frame frame = {};
	__u32 found;

	if (!table)
		return XDP_PASS;
	packet.time_ns = bpf_ktime_get_ns();
	frame.data = (const __u8 *)(long)ctx->data;
	frame.end = (const __u8 *)(long)ctx->data_end;
	frame.wire_bytes = frags ? (__u32)bpf_xdp_get_buff_len(ctx) :
				   (__u32)(frame.end - frame.data);
	rti_parse(&frame, &packet.key);
	found = find(ctx, table, &packet.key);
	if (found < RTI_XDP_RULES_MAX)
		return carry_out(&packet, &table->matcher[found],
				 table->slot[found] % RTI_XDP_SLOTS);
	counters = my_counters();
	if (counters) {
		count(&counters->unmatched, 1);
		count(&counters->unmatched_bytes, frame.wire_bytes);
	}
	return XDP_PASS;
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
