/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which rule a packet meets. Part of rtintercept.bpf.c, which has the maps and
 * includes it once.
 *
 * As in the module: a look at fixed places of a plain packet turns most away; what it
 * leaves is parsed and searched. Of a table of one rule, as most are, the look is
 * at the rule itself. The steps of a search are the kernel's to count,
 * bpf_loop(), so the verifier follows one. What is not inlined and not static it
 * follows once, for whatever table and key, and not again for each of the ways in
 * which a packet can be parsed.
 */
#ifndef RTI_BPF_FIND_H
#define RTI_BPF_FIND_H

/* NULL: stopped. */
static __always_inline const struct rti_xdp_table *live_table(void)
{
	const __u32 first = 0;
	void *inner = bpf_map_lookup_elem(&rti_tables, &first);

	return inner ? bpf_map_lookup_elem(inner, &first) : NULL;
}

/* Of a table that is large. The next call may return the next table's. */
static __always_inline const struct rti_xdp_large *live_large(void)
{
	const __u32 first = 0;
	void *inner = bpf_map_lookup_elem(&rti_large, &first);

	return inner ? bpf_map_lookup_elem(inner, &first) : NULL;
}

/* ---- the look ---- */

/* Returns the family of a plain packet, with its @view; 0: parse it first. */
static __always_inline int view_plain(const struct rti_frame *frame,
				      struct rti_view *view)
{
	const __u8 *l3 = frame->data + RTI_ETH_BYTES;
	__u16 ethertype;

	if (l3 + RTI_INDEX_IPV4_BYTES > frame->end)
		return 0;
	ethertype = rti_get16(frame->data + 12);
	if (rti_index_plain(ethertype, l3, RTI_INDEX_IPV4_BYTES)) {
		rti_view_ipv4(view, l3);
		return 4;
	}
	if (l3 + RTI_INDEX_IPV6_BYTES > frame->end ||
	    !rti_index_plain(ethertype, l3, RTI_INDEX_IPV6_BYTES))
		return 0;
	rti_view_ipv6(view, l3);
	return 6;
}

/* Of a table of one rule: its ports, which most rules have. */
static __always_inline int only_rule_admits(const struct rti_xdp_table *table,
					    const struct rti_frame *frame)
{
	const struct rti_matcher *m = (const void *)(table->image +
						     RTI_INDEX_PAGE_WORDS);
	const __u8 *l3 = frame->data + RTI_ETH_BYTES;

	if (l3 + RTI_INDEX_IPV4_BYTES > frame->end ||
	    !rti_index_plain(rti_get16(frame->data + 12), l3, RTI_INDEX_IPV4_BYTES))
		return 1;
	return !(rti_outside(rti_get16(l3 + 20), m->src_port_min, m->src_port_max) |
		 rti_outside(rti_get16(l3 + 22), m->dst_port_min, m->dst_port_max));
}

static __always_inline __u64 look_small(const struct rti_xdp_table *table,
					const struct rti_view *view, int ip)
{
	const struct rti_index *ix = (const void *)table->image;
	const struct rti_image image = { table->image, RTI_XDP_SMALL_WORDS };

	return rti_index_look_small(ix, &image, view->byte,
				    rti_index_start(ix, ip)).low;
}

/* ---- the search ---- */

/**
 * struct rti_finding - a search under way
 * @search: in the index
 * @ctx: the packet
 * @key: what it was parsed into
 * @rule: the rules, by rank
 * @mask: of a rank
 */
struct rti_finding {
	struct rti_search search;
	struct xdp_md *ctx;
	const struct rti_key *key;
	const struct rtintercept_rule *rule;
	__u64 mask;
};

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

/* An rti_confirm. */
static __always_inline int confirm(void *finding, __u32 rank)
{
	const struct rti_finding *f = finding;
	__u64 at = rank;

	at &= f->mask;
	rti_keep(at);
	return payload_matches(f->ctx, &f->rule[at], f->key);
}

/* A step of bpf_loop(). */
static int search_step(__u32 i, void *finding)
{
	struct rti_finding *f = finding;

	return rti_search_step(&f->search, f->key, confirm, f);
}

/* Likewise, to the first group of which a rule is left. */
static int look_step(__u32 i, void *search)
{
	struct rti_search *s = search;

	return !rti_search_group(s) || s->rules;
}

/* @rules: what the look has left, 0: there was none. Returns a slot, or -1. */
__noinline int rti_find_small(struct xdp_md *ctx, const struct rti_xdp_table *table,
			      const struct rti_key *key, __u64 rules)
{
	struct rti_view view = {};
	struct rti_finding f = {};
	struct rti_image image;

	if (!table || !key)
		return -1;
	rti_view_key(&view, key);
	if (!rules)
		rules = look_small(table, &view, key->has & RTI_HAS_IP);
	image = (struct rti_image) { table->image, RTI_XDP_SMALL_WORDS };
	rti_search_begin(&f.search, (const void *)table->image, &image, view.byte,
			 (struct rti_set) { rules, 0 });
	f.ctx = ctx;
	f.key = key;
	f.rule = table->rule;
	f.mask = RTI_INDEX_SMALL_RULES - 1;
	bpf_loop(RTI_INDEX_SMALL_RULES + 1, search_step, &f, 0);
	return f.search.best;
}

static __always_inline void begin_large(struct rti_search *search,
					const struct rti_xdp_large *large,
					const struct rti_image *image,
					const struct rti_view *view, int ip)
{
	const struct rti_index *ix = (const void *)large->image;

	rti_search_begin(search, ix, image, view->byte,
			 rti_index_look_large(ix, image, view->byte,
					      rti_index_start(ix, ip)));
}

/* Is any rule of a large table worth comparing with a plain packet? */
__noinline int rti_large_admits(const struct rti_view *view)
{
	const struct rti_xdp_large *large = live_large();
	struct rti_search search;
	struct rti_image image;

	if (!large || !view)
		return 0;
	image = (struct rti_image) { large->image, RTI_XDP_LARGE_WORDS };
	begin_large(&search, large, &image, view, 1);
	bpf_loop(RTI_INDEX_GROUPS_MAX + 1, look_step, &search, 0);
	return search.rules != 0;
}

/* As rti_find_small(), of a large table. */
__noinline int rti_find_large(struct xdp_md *ctx, const struct rti_xdp_large *large,
			      const struct rti_key *key)
{
	struct rti_finding f = {};
	struct rti_view view = {};
	struct rti_image image;

	if (!large || !key)
		return -1;
	image = (struct rti_image) { large->image, RTI_XDP_LARGE_WORDS };
	rti_view_key(&view, key);
	begin_large(&f.search, large, &image, &view, key->has & RTI_HAS_IP);
	f.ctx = ctx;
	f.key = key;
	f.rule = large->rule;
	f.mask = RTI_INDEX_RULES_MAX - 1;
	bpf_loop(RTI_SEARCH_STEPS, search_step, &f, 0);
	return f.search.best;
}

/* ---- both ---- */

/*
 * Can a packet match any rule? @rules: out: of a small table, those that are left;
 * 0: parse it first.
 */
static __always_inline int worth_parsing(const struct rti_xdp_table *table,
					 const struct rti_frame *frame, __u64 *rules)
{
	struct rti_view view = {};

	if (table->count == 1) {
		*rules = 1;
		return only_rule_admits(table, frame);
	}
	*rules = 0;
	if (!table->count || !view_plain(frame, &view))
		return table->count != 0;
	if (table->large)
		return rti_large_admits(&view);
	*rules = look_small(table, &view, 1);
	return *rules != 0;
}

/**
 * struct rti_hit - the rule that a packet meets
 * @matcher: compiled
 * @slot: where it counts
 * @reply: what it answers, if it does: where that stands; most packets need not look
 */
struct rti_hit {
	const struct rti_matcher *matcher;
	__u32 slot;
	const __u8 *reply;
};

static __always_inline const struct rti_matcher *matcher_at(const __u64 *image,
							    __u32 slot)
{
	return (const void *)(image + RTI_INDEX_PAGE_WORDS +
			      slot * RTI_MATCHER_WORDS);
}

/* The first rule that is left is the one, most of the time, or nothing is. */
static __always_inline int find_small(struct xdp_md *ctx,
				      const struct rti_xdp_table *table,
				      const struct rti_key *key, __u64 rules,
				      struct rti_hit *hit)
{
	__u32 slot = rules == 1 ? 0 : rti_first_bit(rules | 1ULL << 63);
	const struct rti_matcher *m;
	int found = -1, matches;

	slot &= RTI_INDEX_SMALL_RULES - 1;
	rti_keep(slot);
	m = matcher_at(table->image, slot);
	matches = rules && rti_match(m, key);
	if (!matches || (m->flags & RTI_MATCHER_UNSURE)) {
		if (!matches && rules && !(rules & (rules - 1)))
			return 0;
		found = rti_find_small(ctx, table, key, rules);
		if (found < 0)
			return 0;
		slot = (__u32)found & (RTI_INDEX_SMALL_RULES - 1);
		m = matcher_at(table->image, slot);
	}
	hit->matcher = m;
	hit->slot = table->slot[slot];
	hit->reply = &table->reply[slot];
	return 1;
}

/* In one table from here on, whichever the look was at. */
static __always_inline int find_large(struct xdp_md *ctx, const struct rti_key *key,
				      struct rti_hit *hit)
{
	const struct rti_xdp_large *large = live_large();
	__u32 slot;
	int found;

	if (!large)
		return 0;
	found = rti_find_large(ctx, large, key);
	if (found < 0)
		return 0;
	slot = (__u32)found & (RTI_INDEX_RULES_MAX - 1);
	hit->matcher = matcher_at(large->image, slot);
	hit->slot = large->slot[slot];
	hit->reply = &large->reply[slot];
	return 1;
}

#endif /* RTI_BPF_FIND_H */
