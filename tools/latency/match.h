/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the T1 of a packet that a socket has received. Arbitrary packets carry no
 * number, and several may be equal byte by byte. So the packet is looked for by
 * what a socket knows of it (source, port, length and first bytes of the
 * payload), and among equals the one whose T1 is nearest to the kernel's receive
 * time stamp is taken, each T1 once. The time stamp is taken microseconds from the
 * hook: equal packets are confused only if they come as close together as that,
 * and then the error is their distance. Pure.
 */
#ifndef LATENCY_MATCH_H
#define LATENCY_MATCH_H

#include <stddef.h>
#include <stdint.h>

#define MATCH_BYTES	64		/* of the payload, in the key */
#define MATCH_ROOM	(1U << 16)	/* packets that are remembered */
#define MATCH_NEAR_NS	10000000LL	/* hook and time stamp are closer than this */

/**
 * struct match_entry - a packet that was seen
 * @key: its name
 * @seen_ns: T1
 * @before: number of the one seen before it with such a key, from 1 on; 0: none
 * @found: it is taken
 */
struct match_entry {
	uint64_t key;
	uint64_t seen_ns;
	uint64_t before;
	int found;
};

/**
 * struct match - packets seen and not found yet; all zero is an empty one
 * @entries: a ring: the newest replaces the oldest; number n is at n % MATCH_ROOM
 * @last: per key, modulo: number of the newest; 0: none
 * @count: how many were ever added: the number of the newest
 */
struct match {
	struct match_entry entries[MATCH_ROOM];
	uint64_t last[MATCH_ROOM];
	uint64_t count;
};

uint64_t match_key(const uint8_t addr[16], uint16_t sport, const void *payload,
		   size_t payload_bytes);
void match_seen(struct match *m, uint64_t key, uint64_t seen_ns);
uint64_t match_find(struct match *m, uint64_t key, uint64_t stamp_ns);

#endif /* LATENCY_MATCH_H */
