/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of tests/bpf share: sessions of either backend, the way packets
 * take to the program, and what arrives behind it. The network is that of
 * tests/device/device.h, laid by tests/bpf/lib.sh.
 */
#ifndef RTI_TESTS_BPF_H
#define RTI_TESTS_BPF_H

#include "tests/device/device.h"

#define JUMBO_BYTES	9018

void must(int err, const char *what);
__u32 hook_by_name(const char *name);
struct rtintercept *session_of(__u32 backend, const char *ifname, __u32 *hook,
			       __u64 ring_bytes);
void deafen(const char *ifname);

/* ---- what arrives at the stack: arrivals.c ---- */

void arrivals_open(void);
int arrived(const struct packet *p, int timeout_ms);
int arrivals_left(void);

/* ---- running the program without an interface: test-run.c ---- */

int program_of(struct rtintercept *rti);
int program_run(int program_fd, const struct packet *p, __u32 ifindex);

/* ---- what two CPUs and the clock take by themselves: machine.c ---- */

/**
 * struct machine - the floor of every latency, in ns
 * @clock_ns: reading the clock
 * @half_rtt_ns: half a round trip of a cache line between two CPUs
 */
struct machine {
	__u64 clock_ns;
	__u64 half_rtt_ns;
};

void machine_throw_back(void);
void machine_measure(struct machine *machine);

#endif /* RTI_TESTS_BPF_H */
