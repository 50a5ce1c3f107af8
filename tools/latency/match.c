/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the T1 of a packet that a socket has received; see match.h. Pure. */
#include <string.h>

#include "latency/match.h"

#define STEPS_MAX	4096	/* equal packets that are compared */

/* The finaliser of splitmix64 by Vigna, public domain. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

static uint64_t add_bytes(uint64_t key, const uint8_t *bytes, size_t count)
{
	uint64_t word;

	for (; count >= sizeof(word); count -= sizeof(word), bytes += sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		key = mix(key ^ word);
	}
	word = 0;
	memcpy(&word, bytes, count);
	return mix(key ^ word);
}

/**
 * match_key() - the name of a packet
 * @addr: source address; IPv4 as ::ffff:a.b.c.d
 * @sport: source port
 * @payload: of UDP, at least its first MATCH_BYTES
 * @payload_bytes: all of its length
 */
uint64_t match_key(const uint8_t addr[16], uint16_t sport, const void *payload,
		   size_t payload_bytes)
{
	uint64_t key = mix((uint64_t)payload_bytes << 16 | sport);

	key = add_bytes(key, addr, 16);
	return add_bytes(key, payload, payload_bytes < MATCH_BYTES ?
				       payload_bytes : MATCH_BYTES);
}

/**
 * match_seen() - remember a packet; in the order in which they were seen
 * @m: where
 * @key: its name
 * @seen_ns: T1
 */
void match_seen(struct match *m, uint64_t key, uint64_t seen_ns)
{
	const uint64_t number = ++m->count;
	uint64_t *last = &m->last[key % MATCH_ROOM];

	m->entries[number % MATCH_ROOM] = (struct match_entry) {
		.key = key,
		.seen_ns = seen_ns,
		.before = *last,
	};
	*last = number;
}

/* Has it been overwritten? */
static int gone(const struct match *m, uint64_t number)
{
	return !number || m->count - number >= MATCH_ROOM;
}

/**
 * match_find() - the T1 of a packet that was received
 * @m: where
 * @key: its name
 * @stamp_ns: when the kernel had it from the driver, about
 *
 * Return: T1, which is not found again; 0: there is none near.
 */
uint64_t match_find(struct match *m, uint64_t key, uint64_t stamp_ns)
{
	uint64_t number = m->last[key % MATCH_ROOM];
	int64_t apart, nearest = MATCH_NEAR_NS + 1;
	struct match_entry *e, *best = NULL;
	int steps = STEPS_MAX;

	for (; !gone(m, number) && steps--; number = e->before) {
		e = &m->entries[number % MATCH_ROOM];
		apart = (int64_t)(stamp_ns - e->seen_ns);
		if (apart > MATCH_NEAR_NS)
			break;		/* and all before it are older */
		if (apart < 0)
			apart = -apart;
		if (e->key != key || e->found || apart >= nearest)
			continue;
		nearest = apart;
		best = e;
	}
	if (!best)
		return 0;
	best->found = 1;
	return best->seen_ns;
}
