/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets for the tests, written byte by byte: each helper appends a header to
 * what is there. Lengths are filled in by packet_close(), unless a test wants
 * them to lie. Knows nothing of the parser under test.
 */
#ifndef RTI_UNIT_PACKET_H
#define RTI_UNIT_PACKET_H

#include <string.h>
#include <linux/types.h>

#define PACKET_MAX	9216

/**
 * struct packet - bytes, and where the headers in them are
 * @data: the packet
 * @bytes: how many
 * @l3: offset of the IP header, if @family
 * @l4: offset of the transport header
 * @family: 4, 6 or 0
 * @udp: offset of a UDP header whose length packet_close() fills in, or 0
 */
struct packet {
	__u8 data[PACKET_MAX];
	__u32 bytes;
	__u32 l3;
	__u32 l4;
	__u32 family;
	__u32 udp;
};

static inline void put16(__u8 *p, __u32 value)
{
	p[0] = (__u8)(value >> 8);
	p[1] = (__u8)value;
}

static inline __u8 *packet_add(struct packet *p, __u32 bytes)
{
	__u8 *at = p->data + p->bytes;

	memset(at, 0, bytes);
	p->bytes += bytes;
	return at;
}

static inline void packet_eth(struct packet *p, __u16 ethertype)
{
	__u8 *at;

	memset(p, 0, sizeof(*p));
	at = packet_add(p, 14);
	memcpy(at, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02", 12);
	put16(at + 12, ethertype);
}

/* A tag: the ethertype in front of it must be the tag's. */
static inline void packet_vlan(struct packet *p, __u16 tci, __u16 ethertype)
{
	__u8 *at = packet_add(p, 4);

	put16(at, tci);
	put16(at + 2, ethertype);
}

/* 10.1.2.3 to 10.4.5.6 */
static inline void packet_ipv4(struct packet *p, __u8 protocol, __u32 header,
			       __u16 fragment)
{
	__u8 *at;

	p->l3 = p->bytes;
	p->family = 4;
	at = packet_add(p, header);
	at[0] = (__u8)(0x40 | header / 4);
	put16(at + 6, fragment);
	at[8] = 64;
	at[9] = protocol;
	memcpy(at + 12, "\x0a\x01\x02\x03\x0a\x04\x05\x06", 8);
	p->l4 = p->bytes;
}

/* fd00::1 to fd00::2 */
static inline void packet_ipv6(struct packet *p, __u8 next)
{
	__u8 *at;

	p->l3 = p->bytes;
	p->family = 6;
	at = packet_add(p, 40);
	at[0] = 0x60;
	at[6] = next;
	at[7] = 64;
	at[8] = at[24] = 0xfd;
	at[23] = 1;
	at[39] = 2;
	p->l4 = p->bytes;
}

/* An extension header of @bytes; Fragment and AH differ in what its length says. */
static inline __u8 *packet_extension(struct packet *p, __u8 protocol,
				     __u8 next, __u32 bytes)
{
	__u8 *at = packet_add(p, bytes);

	at[0] = next;
	if (protocol == 51)
		at[1] = (__u8)(bytes / 4 - 2);
	else if (protocol != 44)
		at[1] = (__u8)(bytes / 8 - 1);
	p->l4 = p->bytes;
	return at;
}

static inline void packet_udp(struct packet *p, __u16 src, __u16 dst)
{
	__u8 *at;

	p->l4 = p->udp = p->bytes;
	at = packet_add(p, 8);
	put16(at, src);
	put16(at + 2, dst);
}

static inline void packet_tcp(struct packet *p, __u16 src, __u16 dst,
			      __u32 header)
{
	__u8 *at;

	p->l4 = p->bytes;
	at = packet_add(p, header);
	put16(at, src);
	put16(at + 2, dst);
	at[12] = (__u8)(header / 4 << 4);
}

static inline void packet_payload(struct packet *p, __u32 bytes)
{
	memset(packet_add(p, bytes), 0xab, bytes);
}

/* The lengths, as a sender sets them. */
static inline void packet_close(struct packet *p)
{
	if (p->family == 4)
		put16(p->data + p->l3 + 2, p->bytes - p->l3);
	else if (p->family == 6)
		put16(p->data + p->l3 + 4, p->bytes - p->l3 - 40);
	if (p->udp)
		put16(p->data + p->udp + 4, p->bytes - p->udp);
}

/* The two that most tests begin with: whole, untagged, @payload bytes. */
static inline void packet_udp4(struct packet *p, __u32 payload)
{
	packet_eth(p, 0x0800);
	packet_ipv4(p, 17, 20, 0);
	packet_udp(p, 1111, 8080);
	packet_payload(p, payload);
	packet_close(p);
}

static inline void packet_udp6(struct packet *p, __u32 payload)
{
	packet_eth(p, 0x86dd);
	packet_ipv6(p, 17);
	packet_udp(p, 1111, 8080);
	packet_payload(p, payload);
	packet_close(p);
}

#endif /* RTI_UNIT_PACKET_H */
