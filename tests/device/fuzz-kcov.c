/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of the module a program of calls reached, handed to libFuzzer: the kernel
 * (KCOV) tells the address of each basic block that the calling thread came by, and
 * each counts in a table that libFuzzer looks at. What runs in interrupts is not seen;
 * a packet that is written to a tap is received by the writing thread.
 */
#include <fcntl.h>
#include <linux/kcov.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "fuzz-calls.h"

#define ADDRESSES	(1UL << 18)
#define COUNTERS	(1UL << 15)

/* libFuzzer finds it by the section's name. */
__attribute__((section("__libfuzzer_extra_counters")))
static __u8 counters[COUNTERS];

static int kcov = -1;
static unsigned long *reached;

/* Return: 0; -1 this kernel has no KCOV: inputs are only tried. */
int kcov_open(void)
{
	kcov = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (kcov < 0)
		return -1;
	FUZZ_CHECK(!ioctl(kcov, KCOV_INIT_TRACE, ADDRESSES));
	reached = mmap(NULL, ADDRESSES * sizeof(*reached), PROT_READ | PROT_WRITE,
		       MAP_SHARED, kcov, 0);
	FUZZ_CHECK(reached != MAP_FAILED);
	return 0;
}

void kcov_begin(void)
{
	if (!reached)
		return;
	FUZZ_CHECK(!ioctl(kcov, KCOV_ENABLE, KCOV_TRACE_PC));
	__atomic_store_n(&reached[0], 0, __ATOMIC_RELAXED);
}

/* Return: how many blocks were come by. */
unsigned long kcov_end(void)
{
	unsigned long n, i;
	__u8 *counter;

	if (!reached)
		return 0;
	n = __atomic_load_n(&reached[0], __ATOMIC_RELAXED);
	FUZZ_CHECK(!ioctl(kcov, KCOV_DISABLE, 0));
	for (i = 1; i <= n; i++) {
		counter = &counters[(reached[i] * 0x9e3779b97f4a7c15UL >> 40) % COUNTERS];
		*counter += *counter != 255;
	}
	return n;
}
