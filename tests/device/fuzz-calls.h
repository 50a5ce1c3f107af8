/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fuzzer of calls: what it takes from its input, one after the other.
 *
 *	fuzz-calls.c		a program of calls, and what must hold
 *	fuzz-arguments.c	an ioctl's struct
 *	fuzz-tap.c		the interface, and a packet
 *	fuzz-kcov.c		what the kernel reached
 */
#ifndef RTI_DEVICE_FUZZ_CALLS_H
#define RTI_DEVICE_FUZZ_CALLS_H

#include "../fuzz/fuzz.h"

#define TAP_NAME	"fuzz0"
#define TAP_PORT	8080	/* of the packets that are built */
#define ARGUMENTS_BYTES	512	/* no struct is longer */

/**
 * struct fuzz_world - what arguments are about
 * @ifindex: the interface's
 * @filter: descriptor of an eBPF socket filter
 */
struct fuzz_world {
	__u32 ifindex;
	int filter;
};

/* ---- fuzz-arguments.c ---- */

void arguments_init(void);
__u32 arguments(struct fuzz *fuzz, const struct fuzz_world *world,
		__u8 args[ARGUMENTS_BYTES]);

/* ---- fuzz-tap.c ---- */

int tap_open(__u32 *ifindex);
void tap_up(int up);
void tap_packet(int fd, struct fuzz *fuzz);
void tap_drain(int fd);

/* ---- fuzz-kcov.c ---- */

int kcov_open(void);
void kcov_begin(void);
unsigned long kcov_end(void);

#endif /* RTI_DEVICE_FUZZ_CALLS_H */
