/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests for the tests of turn.h. */
#ifndef RTI_UNIT_REQUEST_H
#define RTI_UNIT_REQUEST_H

#include "random-packet.h"
#include "sums.h"
#include "driver/turn.h"

static inline int fits(const struct packet *p, struct rti_request *request)
{
	struct rti_frame frame = {
		.data = p->data,
		.end = p->data + p->bytes,
		.wire_bytes = p->bytes,
	};
	struct rti_key key;

	rti_parse(&frame, &key);
	return rti_request_fits(&frame, &key, request);
}

static inline int fits_at_all(const struct packet *p)
{
	struct rti_request request;

	return fits(p, &request);
}

static inline void request4(struct packet *p, __u32 payload)
{
	packet_udp4(p, payload);
	packet_sums(p);
}

static inline void request6(struct packet *p, __u32 payload)
{
	packet_udp6(p, payload);
	packet_sums(p);
}

static inline void turn(struct packet *p, __u32 payload_bytes)
{
	rti_turn(p->data, p->data + p->l3, p->data + p->l4, (__u8)p->family,
		 payload_bytes);
}

#endif /* RTI_UNIT_REQUEST_H */
