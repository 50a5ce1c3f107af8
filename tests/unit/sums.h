/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checksums, done the slow and obvious way. */
#ifndef RTI_UNIT_SUMS_H
#define RTI_UNIT_SUMS_H

#include "packet.h"

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

static inline void ip_sum(__u8 *header)
{
	put16(header + 10, 0);
	put16(header + 10, (__u16)~naive_fold(naive_add(0, header, 20)));
}

static inline void packet_ip_sum(struct packet *p)
{
	if (p->family == 4)
		ip_sum(p->data + p->l3);
}

/* Fills in the checksums, as a sender does. */
static inline void packet_sums(struct packet *p)
{
	__u16 sum;

	packet_ip_sum(p);
	put16(p->data + p->l4 + 6, 0);
	sum = (__u16)~naive_udp_sum(p);
	put16(p->data + p->l4 + 6, sum ? sum : 0xffff);
}

#endif /* RTI_UNIT_SUMS_H */
