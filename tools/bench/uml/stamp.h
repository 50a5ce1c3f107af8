/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the module that sends writes into each packet, at the start of its UDP payload. */
#ifndef RTINTERCEPT_BENCH_UML_STAMP_H
#define RTINTERCEPT_BENCH_UML_STAMP_H

#include <linux/types.h>

#define STAMP_PORT	8080

/**
 * struct stamp - it fits into a frame of 64 bytes
 * @ticks: of the processor's counter, directly before the packet is handed to the stack
 * @number: of the packet
 * @clock_ticks: what a reading of the kernel's clock takes here
 */
struct stamp {
	__u64 ticks;
	__u32 number;
	__u32 clock_ticks;
};

/* Not before what stands in front of it is done. */
static inline __u64 stamp_ticks(void)
{
	__u32 low, high;

	__asm__ __volatile__("lfence; rdtsc" : "=a" (low), "=d" (high) : : "memory");
	return (__u64)high << 32 | low;
}

#endif
