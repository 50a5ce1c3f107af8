/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has to become of a golden packet, and what its record has to say: by the
 * naive statement of the rules' meaning, which shares nothing with the parser.
 * Also the rule tables that the corpus is sent through.
 */
#ifndef RTI_GOLDEN_EXPECT_H
#define RTI_GOLDEN_EXPECT_H

#include "tests/unit/naive.h"
#include "tests/unit/packet.h"

#define GOLDEN_RULES_MAX	8

/* Flags that say where the record comes from, not what the packet is. */
#define GOLDEN_FLAGS_OF_HOOK	(RTINTERCEPT_RECORD_RX_QUEUE | \
				 RTINTERCEPT_RECORD_FLOW_HASH | \
				 RTINTERCEPT_RECORD_HW_TIME | \
				 RTINTERCEPT_RECORD_CSUM_PARTIAL)

/* struct golden_table - rules, in the order in which they are tried */
struct golden_table {
	const char *name;
	__u32 count;
	struct rtintercept_rule rule[GOLDEN_RULES_MAX];
};

#define GOLDEN_RECORD	.flags = RTINTERCEPT_RULE_RECORD
#define GOLDEN_DROP	.verdict = RTINTERCEPT_VERDICT_DROP

static const struct golden_table golden_tables[] = {
	{ "all, whole", 1, { { .id = 1, GOLDEN_RECORD } } },
	{ "all dropped, first 64", 1, {
		{ .id = 2, GOLDEN_RECORD, GOLDEN_DROP, .snap_bytes = 64 } } },
	{ "all dropped, not recorded", 1, { { .id = 3, GOLDEN_DROP } } },
	{ "UDP port 8080 dropped, first 100", 1, {
		{ .id = 4, GOLDEN_RECORD, GOLDEN_DROP, .snap_bytes = 100,
		  .match = RTINTERCEPT_MATCH_PROTOCOL | RTINTERCEPT_MATCH_DST_PORT,
		  .protocol = 17, .dst_port_min = 8080, .dst_port_max = 8080 } } },
	{ "by ethertype", 3, {
		{ .id = 13, .priority = 3, GOLDEN_RECORD, GOLDEN_DROP,
		  .match = RTINTERCEPT_MATCH_ETHERTYPE, .ethertype = 0x0806 },
		{ .id = 12, .priority = 2, GOLDEN_DROP,
		  .match = RTINTERCEPT_MATCH_ETHERTYPE, .ethertype = 0x8100 },
		{ .id = 11, .priority = 1, GOLDEN_RECORD, .snap_bytes = 1,
		  .match = RTINTERCEPT_MATCH_ETHERTYPE, .ethertype = 0x86dd } } },
	{ "eight rules of all kinds", 8, {
		{ .id = 28, .priority = 9, GOLDEN_DROP,
		  .match = RTINTERCEPT_MATCH_FRAGMENT,
		  .fragments = RTINTERCEPT_FRAGMENT_LATER },
		{ .id = 27, .priority = 8, GOLDEN_RECORD, .snap_bytes = 128,
		  .match = RTINTERCEPT_MATCH_VLAN | RTINTERCEPT_MATCH_VLAN_INNER,
		  .vlan_id = 5, .vlan_inner_id = RTINTERCEPT_VLAN_UNTAGGED },
		{ .id = 26, .priority = 7, GOLDEN_RECORD, GOLDEN_DROP, .snap_bytes = 17,
		  .match = RTINTERCEPT_MATCH_VLAN_INNER, .vlan_inner_id = 7 },
		{ .id = 25, .priority = 6, GOLDEN_RECORD, GOLDEN_DROP,
		  .match = RTINTERCEPT_MATCH_SRC_ADDR | RTINTERCEPT_MATCH_DST_PORT,
		  .family = 6, .src_prefix_bits = 15, .src_addr = { 0xfc },
		  .dst_port_min = 8000, .dst_port_max = 8999 },
		{ .id = 23, .priority = 5, .match = RTINTERCEPT_MATCH_LENGTH,
		  .length_min = 15, .length_max = 30 },
		{ .id = 24, .priority = 5, GOLDEN_RECORD,
		  .match = RTINTERCEPT_MATCH_DST_ADDR | RTINTERCEPT_MATCH_FRAGMENT,
		  .family = 4, .dst_prefix_bits = 32, .dst_addr = { 10, 4, 5, 6 },
		  .fragments = RTINTERCEPT_FRAGMENT_FIRST },
		{ .id = 22, .priority = 4, GOLDEN_RECORD, GOLDEN_DROP,
		  .match = RTINTERCEPT_MATCH_SRC_PORT,
		  .src_port_min = 1112, .src_port_max = 65535 },
		{ .id = 21, .priority = 0, GOLDEN_RECORD, .snap_bytes = 14,
		  .match = RTINTERCEPT_MATCH_PROTOCOL, .protocol = 0x3a } } },
	{ "by payload", 4, {
		{ .id = 34, .priority = 4, GOLDEN_RECORD, GOLDEN_DROP,
		  .match = RTINTERCEPT_MATCH_PAYLOAD | RTINTERCEPT_MATCH_DST_PORT,
		  .dst_port_min = 8080, .dst_port_max = 8080,
		  .payload_offset = 20, .payload_bytes = 16,
		  .payload_value = { 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab,
				     0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab },
		  .payload_mask = { 255, 255, 255, 255, 255, 255, 255, 255,
				    255, 255, 255, 255, 255, 255, 255, 255 } },
		{ .id = 33, .priority = 3, GOLDEN_RECORD, GOLDEN_DROP,
		  .match = RTINTERCEPT_MATCH_PAYLOAD, .payload_bytes = 1,
		  .payload_value = { 0xaa }, .payload_mask = { 0xff } },
		{ .id = 32, .priority = 2, GOLDEN_RECORD, .snap_bytes = 60,
		  .match = RTINTERCEPT_MATCH_PAYLOAD, .payload_offset = 10,
		  .payload_bytes = 3, .payload_value = { 0x0b, 0, 0x20 },
		  .payload_mask = { 0x0f, 0, 0x30 } },
		{ .id = 31, .priority = 1, GOLDEN_RECORD, GOLDEN_DROP,
		  .match = RTINTERCEPT_MATCH_PAYLOAD, .payload_bytes = 8,
		  .payload_value = { 0xab }, .payload_mask = { 0xff } } } },
};

#define GOLDEN_TABLES	(sizeof(golden_tables) / sizeof(golden_tables[0]))

static inline __u32 golden_parse_flags(const struct naive_facts *f)
{
	__u32 flags = 0;

	flags |= f->malformed ? RTINTERCEPT_RECORD_MALFORMED : 0;
	flags |= f->tags ? RTINTERCEPT_RECORD_VLAN : 0;
	flags |= f->family ? RTINTERCEPT_RECORD_L3 : 0;
	flags |= f->family == 6 ? RTINTERCEPT_RECORD_IPV6 : 0;
	flags |= f->has_l4 ? RTINTERCEPT_RECORD_L4 : 0;
	flags |= f->has_ports ? RTINTERCEPT_RECORD_PAYLOAD : 0;
	flags |= f->first ? RTINTERCEPT_RECORD_FRAG_FIRST : 0;
	flags |= f->later ? RTINTERCEPT_RECORD_FRAG_LATER : 0;
	return flags;
}

/* All but what only the hook knows: times, interface, queue, hash. */
static inline void golden_record(struct rtintercept_record *r,
				 const struct rtintercept_rule *rule,
				 const struct naive_facts *f, const struct packet *p)
{
	memset(r, 0, sizeof(*r));
	r->rule_id = rule->id;
	r->wire_bytes = p->bytes;
	r->captured_bytes = p->bytes;
	if (rule->snap_bytes && rule->snap_bytes < p->bytes)
		r->captured_bytes = rule->snap_bytes;
	r->flags = golden_parse_flags(f);
	if (r->captured_bytes < p->bytes)
		r->flags |= RTINTERCEPT_RECORD_TRUNCATED;
	if (f->tags) {
		r->vlan_proto = (__u16)(p->data[12] << 8 | p->data[13]);
		r->vlan_tci = (__u16)(p->data[14] << 8 | p->data[15]);
	}
	r->l3_offset = (__u16)(f->family ? f->l3 : 0);
	r->l4_offset = (__u16)(f->has_l4 ? f->l4 : 0);
	r->payload_offset = (__u16)(f->has_ports ? f->payload : 0);
	r->verdict = (__u8)rule->verdict;
}

/**
 * golden_expect() - what has to become of a packet
 * @p: the packet
 * @table: the rules
 * @r: out: its record, if the rule records
 *
 * Return: the rule that wins, NULL: none matches.
 */
static inline const struct rtintercept_rule *
golden_expect(const struct packet *p, const struct golden_table *table,
	      struct rtintercept_record *r)
{
	struct naive_facts facts;
	__u32 i;

	naive_look(&facts, p->data, p->bytes, p->bytes, false);
	for (i = 0; i < table->count; i++) {
		if (naive_match(&table->rule[i], &facts)) {
			golden_record(r, &table->rule[i], &facts, p);
			return &table->rule[i];
		}
	}
	return NULL;
}

#endif /* RTI_GOLDEN_EXPECT_H */
