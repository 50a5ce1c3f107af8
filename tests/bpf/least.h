/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests/bpf/least.bpf.c and tests/bpf/latency.c have in common. */
#ifndef RTI_TESTS_LEAST_H
#define RTI_TESTS_LEAST_H

#include <linux/types.h>

#define LEAST_PORT		8080
#define LEAST_BYTES		64
#define LEAST_RING_BYTES	(4U << 20)

/**
 * struct least_record - as long as a record of ours with as many bytes
 * @time_ns: T1
 * @__unused: what else ours has
 * @bytes: of the packet
 */
struct least_record {
	__u64 time_ns;
	__u64 __unused[8];
	__u64 bytes[LEAST_BYTES / 8];
};

#endif /* RTI_TESTS_LEAST_H */
