/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records as a pcapng file (draft-ietf-opsawg-pcapng). */
#ifndef PCAPNG_H
#define PCAPNG_H

#include <stdio.h>

#include <rtintercept.h>

#define PCAPNG_INTERFACES_MAX	64

/**
 * struct pcapng - a file that is being written
 * @out: the file; the caller's
 * @realtime_ns: what to add to CLOCK_MONOTONIC to get CLOCK_REALTIME
 * @interfaces: @count of them, in the order of their description blocks
 * @count: how many
 */
struct pcapng {
	FILE *out;
	__s64 realtime_ns;
	struct {
		__u32 ifindex;
		int has_ethernet;
	} interfaces[PCAPNG_INTERFACES_MAX];
	int count;
};

int pcapng_init(struct pcapng *pcapng, FILE *out, __s64 realtime_ns);
int pcapng_interface(struct pcapng *pcapng, __u32 ifindex, const char *name,
		     int has_ethernet);
int pcapng_packet(struct pcapng *pcapng, const struct rtintercept_record *record,
		  const char *ifname, __u64 lost);

#endif /* PCAPNG_H */
