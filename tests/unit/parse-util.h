/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parsing in a test: the bytes are copied to a heap block of exactly their
 * size, so that a sanitizer sees the first byte read too many.
 */
#ifndef RTI_UNIT_PARSE_UTIL_H
#define RTI_UNIT_PARSE_UTIL_H

#include <stdlib.h>

#include "driver/match.h"
#include "packet.h"

/* @frame says all but where the bytes are; @bytes of @data are at hand. */
static inline struct rti_key parse_frame(struct rti_frame frame,
					 const __u8 *data, __u32 bytes)
{
	__u8 *copy = malloc(bytes ? bytes : 1);
	struct rti_key key;

	/* What the parser must fill in, all of it, whatever was there. */
	memset(&key, 0xa5, sizeof(key));
	memcpy(copy, data, bytes);
	frame.data = copy;
	frame.end = copy + bytes;
	rti_parse(&frame, &key);
	free(copy);
	return key;
}

/*
 * Does a packet match a rule altogether? @data: as on the wire, @bytes of them at
 * hand; @m: the rule compiled.
 */
static inline int match_data(const struct rtintercept_rule *rule,
			     const struct rti_matcher *m, const struct rti_key *key,
			     const __u8 *data, __u32 bytes)
{
	__u8 payload[RTINTERCEPT_PAYLOAD_MAX];
	__u32 at = (__u32)key->payload_offset + rule->payload_offset;

	if (!rti_match(m, key))
		return 0;
	if (!(m->flags & RTI_MATCHER_PAYLOAD))
		return 1;
	if (!rti_payload_reaches(rule, key) || at + rule->payload_bytes > bytes)
		return 0;
	/* What is behind the rule's bytes must not count. */
	memset(payload, 0x5a, sizeof(payload));
	memcpy(payload, data + at, rule->payload_bytes);
	return rti_payload_match(rule, payload);
}

/* The first @bytes of a packet that has @wire. */
static inline struct rti_key parse_part(const struct packet *p, __u32 bytes,
					__u32 wire)
{
	struct rti_frame frame = { .wire_bytes = wire };

	return parse_frame(frame, p->data, bytes);
}

static inline struct rti_key parse_packet(const struct packet *p)
{
	return parse_part(p, p->bytes, p->bytes);
}

static inline struct rti_key parse_merged(const struct packet *p)
{
	struct rti_frame frame = { .wire_bytes = p->bytes, .merged = 1 };

	return parse_frame(frame, p->data, p->bytes);
}

/* The packet as a hook finds it whose outermost tag was taken out of the bytes. */
static inline struct rti_key parse_out_of_band(const struct packet *p)
{
	struct rti_frame frame = { .wire_bytes = p->bytes };
	struct packet without = *p;

	frame.vlan_proto = (__u16)(p->data[12] << 8 | p->data[13]);
	frame.vlan_tci = (__u16)(p->data[14] << 8 | p->data[15]);
	memmove(without.data + 12, without.data + 16, p->bytes - 16);
	return parse_frame(frame, without.data, p->bytes - 4);
}

/* The packet as a device without Ethernet headers brings it. */
static inline struct rti_key parse_no_mac(const struct packet *p)
{
	struct rti_frame frame = {
		.wire_bytes = p->bytes - 14,
		.ethertype = (__u16)(p->data[12] << 8 | p->data[13]),
	};

	return parse_frame(frame, p->data + 14, p->bytes - 14);
}

#endif /* RTI_UNIT_PARSE_UTIL_H */
