/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is not there when the reader wants it. */
#include <stdio.h>
#include <string.h>

#include "doctor/doctor.h"

static void look_thp(const struct patient *p, struct finding *f)
{
	char enabled[128];

	if (look_at(f, enabled, sizeof(enabled),
		    "/sys/kernel/mm/transparent_hugepage/enabled"))
		return unknown(f, "this kernel has no transparent huge pages");
	found(f, "%s", enabled);
	if (strstr(enabled, "[always]"))
		advice(f, "the kernel compacts memory and moves pages under running "
		       "programs", "echo madvise "
		       ">/sys/kernel/mm/transparent_hugepage/enabled");
}

static void look_swap(const struct patient *p, struct finding *f)
{
	char swaps[TREE_TEXT_BYTES];
	const char *line;
	int count = 0;

	if (look_at(f, swaps, sizeof(swaps), "/proc/swaps"))
		return unknown(f, "this kernel does not tell");
	for (line = strchr(swaps, '\n'); line; line = strchr(line + 1, '\n'))
		count++;
	found(f, "%d swap areas", count);
	if (count)
		advice(f, "a page of the reader that is on disk takes milliseconds",
		       "read with --rt PRIO (rtintercept_realtime() in C), which "
		       "locks the memory; or swapoff -a");
}

static void look_numa(const struct patient *p, struct finding *f)
{
	long long balancing;

	if (look_number(f, &balancing, "/proc/sys/kernel/numa_balancing"))
		return unknown(f, "this kernel has no NUMA balancing");
	found(f, "numa_balancing %lld", balancing);
	if (balancing)
		advice(f, "pages are taken away to see who touches them: page faults",
		       "sysctl -w kernel.numa_balancing=0");
}

const struct check memory_checks[] = {
	{ "huge-pages", look_thp },
	{ "swap", look_swap },
	{ "numa-balancing", look_numa },
	{ NULL, NULL }
};
