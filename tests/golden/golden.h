/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The golden packets: one of every awkward kind that the design names, and
 * every truncation of its headers. The same corpus goes through the parser in
 * the unit tests, through the XDP program and through the module; what each has
 * to do with it is said by tests/golden/expect.h.
 */
#ifndef RTI_GOLDEN_H
#define RTI_GOLDEN_H

#include <stdio.h>

#include "tests/unit/packet.h"

#define GOLDEN_NAME_MAX	80

/* The source address's middle bytes tell a packet from all others. */
#define GOLDEN_MARK	8

/* An Ethernet stack drops it before anybody but XDP has seen it. */
#define GOLDEN_STACK_DROPS	(1U << 0)
/* Longer than an ordinary MTU allows. */
#define GOLDEN_JUMBO		(1U << 1)

/**
 * struct golden - a kind of packet
 * @name: what is special about it
 * @make: writes it
 * @argument: for @make
 * @headers: cut it short at each of its first so many bytes, from 14 on; 0: not
 */
struct golden {
	const char *name;
	void (*make)(struct packet *p, __u32 argument);
	__u32 argument;
	__u32 headers;
};

static inline void golden_udp4(struct packet *p, __u32 payload)
{
	packet_udp4(p, payload);
}

static inline void golden_udp6(struct packet *p, __u32 payload)
{
	packet_udp6(p, payload);
}

/* @header: of TCP */
static inline void golden_tcp4(struct packet *p, __u32 header)
{
	packet_eth(p, 0x0800);
	packet_ipv4(p, 6, 20, 0);
	packet_tcp(p, 1234, 8080, header);
	packet_payload(p, 12);
	packet_close(p);
}

static inline void golden_tcp6(struct packet *p, __u32 header)
{
	packet_eth(p, 0x86dd);
	packet_ipv6(p, 6);
	packet_tcp(p, 1234, 8080, header);
	packet_payload(p, 12);
	packet_close(p);
}

/* TCP whose data offset says @words */
static inline void golden_tcp_offset(struct packet *p, __u32 words)
{
	golden_tcp4(p, 20);
	p->data[p->l4 + 12] = (__u8)(words << 4);
}

/* @bytes of IPv4 header: with options */
static inline void golden_options(struct packet *p, __u32 bytes)
{
	packet_eth(p, 0x0800);
	packet_ipv4(p, 17, bytes, 0);
	memset(p->data + p->l3 + 20, 1, bytes - 20);
	packet_udp(p, 1111, 8080);
	packet_payload(p, 16);
	packet_close(p);
}

/* The first byte of an IPv4 header is @byte. */
static inline void golden_first4(struct packet *p, __u32 byte)
{
	packet_udp4(p, 32);
	p->data[p->l3] = (__u8)byte;
}

static inline void golden_first6(struct packet *p, __u32 byte)
{
	packet_udp6(p, 32);
	p->data[p->l3] = (__u8)byte;
}

/* The IP length is @length. */
static inline void golden_length4(struct packet *p, __u32 length)
{
	packet_udp4(p, 32);
	put16(p->data + p->l3 + 2, length);
}

static inline void golden_length6(struct packet *p, __u32 length)
{
	packet_udp6(p, 32);
	put16(p->data + p->l3 + 4, length);
}

static inline void golden_udp_length4(struct packet *p, __u32 length)
{
	packet_udp4(p, 32);
	put16(p->data + p->udp + 4, length);
}

static inline void golden_udp_length6(struct packet *p, __u32 length)
{
	packet_udp6(p, 32);
	put16(p->data + p->udp + 4, length);
}

/* IPv4 with @fragment: flags and offset */
static inline void golden_fragment4(struct packet *p, __u32 fragment)
{
	packet_eth(p, 0x0800);
	packet_ipv4(p, 17, 20, (__u16)fragment);
	packet_udp(p, 1111, 8080);
	packet_payload(p, 24);
	packet_close(p);
	/* The datagram is longer than its first fragment. */
	put16(p->data + p->udp + 4, 1400);
}

/* IPv6 with a fragment header: offset and flag are @fragment */
static inline void golden_fragment6(struct packet *p, __u32 fragment)
{
	packet_eth(p, 0x86dd);
	packet_ipv6(p, 44);
	put16(packet_extension(p, 44, 17, 8) + 2, fragment);
	packet_udp(p, 1111, 8080);
	packet_payload(p, 24);
	packet_close(p);
	if (fragment)
		put16(p->data + p->udp + 4, 1400);
}

/* @count extension headers of 8 bytes, then UDP */
static inline void golden_chain(struct packet *p, __u32 count)
{
	static const __u8 kinds[] = { 0, 60, 43, 135 };
	__u32 i;

	packet_eth(p, 0x86dd);
	packet_ipv6(p, count ? kinds[0] : 17);
	for (i = 0; i < count; i++)
		packet_extension(p, kinds[i % 4],
				 i + 1 < count ? kinds[(i + 1) % 4] : 17, 8);
	packet_udp(p, 1111, 8080);
	packet_payload(p, 8);
	packet_close(p);
}

/* One extension header of @kind with 24 bytes */
static inline void golden_extension(struct packet *p, __u32 kind)
{
	packet_eth(p, 0x86dd);
	packet_ipv6(p, (__u8)kind);
	packet_extension(p, (__u8)kind, 17, 24);
	packet_udp(p, 1111, 8080);
	packet_payload(p, 8);
	packet_close(p);
}

/* An extension header that says it has @length units behind the first */
static inline void golden_extension_lies(struct packet *p, __u32 length)
{
	golden_extension(p, 60);
	p->data[p->l3 + 41] = (__u8)length;
}

/* A long extension header: what is behind it lies beyond what is looked at. */
static inline void golden_extension_long(struct packet *p, __u32 bytes)
{
	packet_eth(p, 0x86dd);
	packet_ipv6(p, 60);
	packet_extension(p, 60, 17, bytes);
	packet_udp(p, 1111, 8080);
	packet_payload(p, 8);
	packet_close(p);
}

/* A later fragment in the middle of a chain: nothing behind it is a header. */
static inline void golden_chain_later(struct packet *p, __u32 fragment)
{
	packet_eth(p, 0x86dd);
	packet_ipv6(p, 0);
	packet_extension(p, 0, 44, 8);
	put16(packet_extension(p, 44, 60, 8) + 2, fragment);
	packet_extension(p, 60, 17, 8);
	packet_udp(p, 1111, 8080);
	packet_payload(p, 8);
	packet_close(p);
}

/* Only an IP header, of protocol @protocol */
static inline void golden_bare4(struct packet *p, __u32 protocol)
{
	packet_eth(p, 0x0800);
	packet_ipv4(p, (__u8)protocol, 20, 0);
	packet_payload(p, 16);
	packet_close(p);
}

static inline void golden_bare6(struct packet *p, __u32 protocol)
{
	packet_eth(p, 0x86dd);
	packet_ipv6(p, (__u8)protocol);
	packet_payload(p, 16);
	packet_close(p);
}

/* One tag with @tci, UDP in IPv4 */
static inline void golden_vlan(struct packet *p, __u32 tci)
{
	packet_eth(p, 0x8100);
	packet_vlan(p, (__u16)tci, 0x0800);
	packet_ipv4(p, 17, 20, 0);
	packet_udp(p, 1111, 8080);
	packet_payload(p, 32);
	packet_close(p);
}

static inline void golden_vlan6(struct packet *p, __u32 tci)
{
	packet_eth(p, 0x88a8);
	packet_vlan(p, (__u16)tci, 0x86dd);
	packet_ipv6(p, 17);
	packet_udp(p, 1111, 8080);
	packet_payload(p, 32);
	packet_close(p);
}

/* Two tags, the outer one of ethertype @outer */
static inline void golden_qinq(struct packet *p, __u32 outer)
{
	packet_eth(p, (__u16)outer);
	packet_vlan(p, 0x6005, 0x8100);
	packet_vlan(p, 7, 0x0800);
	packet_ipv4(p, 17, 20, 0);
	packet_udp(p, 1111, 8080);
	packet_payload(p, 32);
	packet_close(p);
}

static inline void golden_three_tags(struct packet *p, __u32 unused)
{
	packet_eth(p, 0x88a8);
	packet_vlan(p, 5, 0x8100);
	packet_vlan(p, 6, 0x8100);
	packet_vlan(p, 7, 0x0800);
	packet_ipv4(p, 17, 20, 0);
	packet_udp(p, 1111, 8080);
	packet_payload(p, 32);
	packet_close(p);
}

/* No IP, @ethertype */
static inline void golden_ethertype(struct packet *p, __u32 ethertype)
{
	packet_eth(p, (__u16)ethertype);
	packet_payload(p, 46);
}

static inline void golden_arp(struct packet *p, __u32 bytes)
{
	packet_eth(p, 0x0806);
	memcpy(packet_add(p, 28), "\0\1\x08\0\6\4\0\2", 8);
	packet_payload(p, bytes - p->bytes);
}

/* A UDP packet of @payload bytes, padded to the least Ethernet frame */
static inline void golden_padded4(struct packet *p, __u32 payload)
{
	packet_udp4(p, payload);
	packet_add(p, 60 - p->bytes);
}

static inline void golden_padded_vlan(struct packet *p, __u32 unused)
{
	golden_vlan(p, 5);
	p->bytes = p->l4 + 8;
	packet_close(p);
	packet_add(p, 60 - p->bytes);
}

/* Padding that looks like what is missing: it is not part of the packet. */
static inline void golden_padding_lies(struct packet *p, __u32 total)
{
	packet_udp4(p, 32);
	put16(p->data + p->l3 + 2, total);
	put16(p->data + p->udp + 4, 8);
}

#endif /* RTI_GOLDEN_H */
