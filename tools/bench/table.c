/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random rule tables of mixed shapes, as a firewall's or a gateway's would be:
 * exact tuples, pairs of prefixes, ranges of ports, ports alone, prefixes with a
 * range. Rules that match a flow of the measurement are drawn again.
 */
#include <arpa/inet.h>
#include <string.h>
#include "tools/bench/random.h"
#include "tools/bench/table.h"

#define UDP		17
#define TCP		6
#define RANGE_MAX	1024	/* ports in a range, at most */
#define PREFIX_MIN	8	/* bits */

static void set_src(struct rtintercept_rule *r, uint32_t addr, uint8_t bits)
{
	const uint32_t value = htonl(addr & ~(uint32_t)((1ULL << (32 - bits)) - 1));

	r->match |= RTINTERCEPT_MATCH_SRC_ADDR;
	r->family = 4;
	r->src_prefix_bits = bits;
	memcpy(r->src_addr, &value, sizeof(value));
}

static void set_dst(struct rtintercept_rule *r, uint32_t addr, uint8_t bits)
{
	const uint32_t value = htonl(addr & ~(uint32_t)((1ULL << (32 - bits)) - 1));

	r->match |= RTINTERCEPT_MATCH_DST_ADDR;
	r->family = 4;
	r->dst_prefix_bits = bits;
	memcpy(r->dst_addr, &value, sizeof(value));
}

static void set_sport(struct rtintercept_rule *r, uint32_t min, uint32_t ports)
{
	r->match |= RTINTERCEPT_MATCH_SRC_PORT;
	r->src_port_min = (uint16_t)min;
	r->src_port_max = min + ports - 1 > 65535 ? 65535 : (uint16_t)(min + ports - 1);
}

static void set_dport(struct rtintercept_rule *r, uint32_t min, uint32_t ports)
{
	r->match |= RTINTERCEPT_MATCH_DST_PORT;
	r->dst_port_min = (uint16_t)min;
	r->dst_port_max = min + ports - 1 > 65535 ? 65535 : (uint16_t)(min + ports - 1);
}

static uint8_t random_prefix(uint64_t *seed)
{
	return (uint8_t)(PREFIX_MIN + random_below(seed, 33 - PREFIX_MIN));
}

static uint32_t random_addr(uint64_t *seed)
{
	return (uint32_t)random_u64(seed);
}

static uint32_t random_port(uint64_t *seed)
{
	return (uint32_t)random_below(seed, 65536);
}

static uint32_t random_ports(uint64_t *seed)
{
	return 2 + (uint32_t)random_below(seed, RANGE_MAX - 1);
}

static void draw(struct rtintercept_rule *r, uint64_t *seed)
{
	memset(r, 0, sizeof(*r));
	r->match = RTINTERCEPT_MATCH_PROTOCOL;
	r->protocol = random_below(seed, 4) ? UDP : TCP;
	r->flags = RTINTERCEPT_RULE_RECORD;
	switch (random_below(seed, 5)) {
	case 0:
		set_src(r, random_addr(seed), 32);
		set_dst(r, random_addr(seed), 32);
		set_sport(r, random_port(seed), 1);
		set_dport(r, random_port(seed), 1);
		break;
	case 1:
		set_src(r, random_addr(seed), random_prefix(seed));
		set_dst(r, random_addr(seed), random_prefix(seed));
		break;
	case 2:
		set_sport(r, random_port(seed), random_ports(seed));
		set_dport(r, random_port(seed), random_ports(seed));
		break;
	case 3:
		set_dport(r, random_port(seed), 1);
		break;
	default:
		set_dst(r, random_addr(seed), random_prefix(seed));
		set_dport(r, random_port(seed), random_ports(seed));
	}
}

static int in_prefix(const uint8_t *value, uint8_t bits, uint32_t addr)
{
	uint32_t network;

	memcpy(&network, value, sizeof(network));
	return !bits || !((ntohl(network) ^ addr) >> (32 - bits));
}

/**
 * table_matches() - does a rule of this generator match a UDP flow?
 * @rule: of table_random()
 * @flow: the flow
 */
int table_matches(const struct rtintercept_rule *rule, const struct table_flow *flow)
{
	const uint64_t m = rule->match;

	if (rule->protocol != UDP)
		return 0;
	if ((m & RTINTERCEPT_MATCH_SRC_ADDR) && flow->src &&
	    !in_prefix(rule->src_addr, rule->src_prefix_bits, flow->src))
		return 0;
	if ((m & RTINTERCEPT_MATCH_DST_ADDR) &&
	    !in_prefix(rule->dst_addr, rule->dst_prefix_bits, flow->dst))
		return 0;
	if ((m & RTINTERCEPT_MATCH_SRC_PORT) && flow->sport &&
	    (flow->sport < rule->src_port_min || flow->sport > rule->src_port_max))
		return 0;
	return !(m & RTINTERCEPT_MATCH_DST_PORT) ||
	       (flow->dport >= rule->dst_port_min && flow->dport <= rule->dst_port_max);
}

/**
 * table_random() - a table that matches none of some flows
 * @rules: out: @count rules with ids from 1 on
 * @count: how many
 * @seed: in and out
 * @flows: what must not match
 * @flows_count: how many
 */
void table_random(struct rtintercept_rule *rules, uint32_t count, uint64_t *seed,
		  const struct table_flow *flows, uint32_t flows_count)
{
	uint32_t i, f;

	for (i = 0; i < count; i++) {
		do {
			draw(&rules[i], seed);
			for (f = 0; f < flows_count; f++)
				if (table_matches(&rules[i], &flows[f]))
					break;
		} while (f < flows_count);
		rules[i].id = i + 1;
	}
}
