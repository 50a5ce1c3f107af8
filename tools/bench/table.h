/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random rule tables that a seed reproduces. */
#ifndef RTINTERCEPT_BENCH_TABLE_H
#define RTINTERCEPT_BENCH_TABLE_H

#include <stdint.h>
#include <linux/rtintercept.h>

/* struct table_flow - a UDP flow over IPv4, host byte order; a source of 0: any */
struct table_flow {
	uint32_t src;
	uint32_t dst;
	uint16_t sport;
	uint16_t dport;
};

void table_random(struct rtintercept_rule *rules, uint32_t count, uint64_t *seed,
		  const struct table_flow *flows, uint32_t flows_count);
int table_matches(const struct rtintercept_rule *rule, const struct table_flow *flow);

#endif
