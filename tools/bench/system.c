/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel's own books say of this process and of the machine. */
#include <stdio.h>
#include <unistd.h>
#include "tools/bench/bench.h"

/* Heap, stack and data; neither files nor what is shared with the kernel or others. */
uint64_t machine_memory(pid_t pid)
{
	unsigned long long kib = 0;
	char line[128];
	FILE *f;

	snprintf(line, sizeof(line), "/proc/%d/status", pid);
	f = fopen(line, "r");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "RssAnon: %llu kB", &kib) == 1)
			break;
	fclose(f);
	return kib * 1024;
}

/* Since boot, all CPUs; as fine as the kernel's tick, unless it accounts interrupts. */
uint64_t machine_softirq_ns(void)
{
	unsigned long long ticks = 0;
	FILE *f = fopen("/proc/stat", "r");

	if (!f)
		return 0;
	if (fscanf(f, "cpu %*u %*u %*u %*u %*u %*u %llu", &ticks) != 1)
		ticks = 0;
	fclose(f);
	return ticks * (1000000000ULL / sysconf(_SC_CLK_TCK));
}
