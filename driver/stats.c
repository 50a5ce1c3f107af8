// SPDX-License-Identifier: GPL-2.0-only
/* Counters: making, summing and freeing them. */
#include <linux/gfp.h>

#include "stats.h"

struct rti_counters __percpu *rti_counters_alloc(void)
{
	return alloc_percpu_gfp(struct rti_counters, GFP_KERNEL_ACCOUNT);
}

void rti_counters_free(struct rti_counters __percpu *counters)
{
	free_percpu(counters);
}

/* One CPU after the other, one counter after the other: packets may arrive. */
void rti_counters_sum(const struct rti_counters __percpu *counters,
		      struct rti_totals *totals)
{
	int cpu, i;

	memset(totals, 0, sizeof(*totals));
	for_each_possible_cpu(cpu)
		for (i = 0; i < RTI_COUNTERS; i++)
			totals->n[i] += READ_ONCE(per_cpu_ptr(counters, cpu)->n[i]);
}
