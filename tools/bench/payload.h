/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first bytes of each packet of the bench; they fit into a record of 64 bytes. Pure. */
#ifndef RTINTERCEPT_BENCH_PAYLOAD_H
#define RTINTERCEPT_BENCH_PAYLOAD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PAYLOAD_MAGIC		0x52544942U	/* "RTIB" */
#define PAYLOAD_BYTES		20		/* magic, uid, intended_ns */
#define PAYLOAD_MAX_BYTES	65507		/* of a UDP packet over IPv4 */
#define PAYLOAD_HEADERS		42		/* Ethernet, IPv4 and UDP in front of it */

/* In the sender's byte order and without holes: both ends are one machine, or alike. */
static inline void payload_put(void *to, uint64_t uid, uint64_t intended_ns)
{
	const uint32_t magic = PAYLOAD_MAGIC;
	char *p = to;

	memcpy(p, &magic, sizeof(magic));
	memcpy(p + 4, &uid, sizeof(uid));
	memcpy(p + 12, &intended_ns, sizeof(intended_ns));
}

/* Return: 0, or -1 if these are not the bytes of a packet of the bench. */
static inline int payload_get(const void *from, size_t bytes, uint64_t *uid,
			      uint64_t *intended_ns)
{
	const char *p = from;
	uint32_t magic;

	if (bytes < PAYLOAD_BYTES)
		return -1;
	memcpy(&magic, p, sizeof(magic));
	if (magic != PAYLOAD_MAGIC)
		return -1;
	memcpy(uid, p + 4, sizeof(*uid));
	memcpy(intended_ns, p + 12, sizeof(*intended_ns));
	return 0;
}

#endif
