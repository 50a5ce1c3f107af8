/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests for the tests of turn.h, and checksums done the slow and obvious way. */
#ifndef RTI_UNIT_REQUEST_H
#define RTI_UNIT_REQUEST_H

#include "random-packet.h"
#include "driver/turn.h"

/* RFC 1071, byte by byte, of @bytes bytes. */
static inline __u32 naive_add(__u32 sum, const __u8 *p, __u32 bytes)
{
	__u32 i;

	for (i = 0; i < bytes; i++)
		sum += i % 2 ? p[i] : (__u32)p[i] << 8;
	return sum;
}

static inline __u16 naive_fold(__u32 sum)
{
	while (sum > 0xffff)
		sum = sum % 0x10000 + sum / 0x10000;
	return (__u16)sum;
}

static inline __u16 naive_udp_sum(const struct packet *p)
{
	const __u32 bytes = p->bytes - p->l4;
	__u32 sum = 17 + bytes;

	sum = p->family == 4 ? naive_add(sum, p->data + p->l3 + 12, 8) :
			       naive_add(sum, p->data + p->l3 + 8, 32);
	return naive_fold(naive_add(sum, p->data + p->l4, bytes));
}

/* Fills in the checksums, as a sender does. */
static inline void packet_sums(struct packet *p)
{
	__u16 sum;

	if (p->family == 4) {
		put16(p->data + p->l3 + 10, 0);
		put16(p->data + p->l3 + 10,
		      (__u16)~naive_fold(naive_add(0, p->data + p->l3, 20)));
	}
	put16(p->data + p->l4 + 6, 0);
	sum = (__u16)~naive_udp_sum(p);
	put16(p->data + p->l4 + 6, sum ? sum : 0xffff);
}

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
