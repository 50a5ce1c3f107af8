// SPDX-License-Identifier: GPL-2.0-only
/* Counters: making, summing and freeing them. */
#include <linux/netdevice.h>

#include "stats.h"

struct rti_counters __percpu *rti_counters_alloc(void)
{
	return netdev_alloc_pcpu_stats(struct rti_counters);
}

void rti_counters_free(struct rti_counters __percpu *counters)
{
	free_percpu(counters);
}

/* Each CPU's share is read whole; between CPUs packets may arrive. */
void rti_counters_sum(const struct rti_counters __percpu *counters,
		      struct rti_totals *totals)
{
	const struct rti_counters *c;
	struct rti_totals share;
	unsigned int start;
	int cpu, i;

	memset(totals, 0, sizeof(*totals));
	for_each_possible_cpu(cpu) {
		c = per_cpu_ptr(counters, cpu);
		do {
			start = u64_stats_fetch_begin(&c->syncp);
			for (i = 0; i < RTI_COUNTERS; i++)
				share.n[i] = u64_stats_read(&c->n[i]);
		} while (u64_stats_fetch_retry(&c->syncp, start));
		for (i = 0; i < RTI_COUNTERS; i++)
			totals->n[i] += share.n[i];
	}
}
