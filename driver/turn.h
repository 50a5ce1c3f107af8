/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Turning a request round: may this packet be answered, and its headers made into
 * those of the answer, in place. Pure; the same source in the module, in the XDP
 * program and in the unit tests.
 *
 * What is answered is plain UDP from one host to one host. The rest travels on to
 * the stack, which can do more:
 *
 * - IPv4 options, IPv6 extension headers and fragments, merged packets, and bytes
 *   between the end of UDP and that of IP.
 * - Multicast or broadcast, at either end, by MAC or by IP: the answers of many to one
 *   are how floods are made. An answer to a source that no host can have (port 0,
 *   0.0.0.0/8, 127.0.0.0/8, 224.0.0.0/3, ::/64, ff00::/8) would be for nobody, one to
 *   the address it comes from would be for ourselves.
 * - IPv6 without a UDP checksum, an IPv4 header whose checksum is wrong (the answer would
 *   have a right one), and a request that no router could pass on any more.
 *
 * The answer has the priority (DSCP) of the request, no ECN marks, no flow label, IP id
 * 0 and DF, which go together (RFC 6864). It may travel one hop less than the request
 * still could, and 64 at most: so two machines that answer each other's answers come
 * to an end, whatever their limits. A client that begins with 64 hops, as most do, is
 * reached over 31 routers.
 */
#ifndef RTI_TURN_H
#define RTI_TURN_H

#include "parse.h"

#define RTI_REPLY_HOPS		64
#define RTI_IPV4_BYTES		20
#define RTI_IPV6_BYTES		40
#define RTI_UDP_BYTES		8
#define RTI_UDP_CHECKSUM	6	/* offset in the header */

/**
 * struct rti_request - a packet that may be answered
 * @l3_offset: of the IP header, from struct rti_frame's @data on
 * @l4_offset: of the UDP header, likewise
 * @payload_bytes: of UDP
 */
struct rti_request {
	__u32 l3_offset;
	__u32 l4_offset;
	__u32 payload_bytes;
};

/* Can a host have this address? 4 bytes of IPv4 in the first, or all of IPv6. */
static __always_inline int rti_is_host(const __u8 *addr, __u8 family)
{
	if (family == 4)
		return addr[0] != 0 && addr[0] != 127 && addr[0] < 224;
	return rti_get_native(__u64, addr) != 0 && addr[0] != 0xff;
}

static __always_inline int rti_are_hosts(const struct rti_key *key)
{
	if (!rti_is_host(key->src_addr, key->family) ||
	    !rti_is_host(key->dst_addr, key->family))
		return 0;
	return ((key->word[0] ^ key->word[2]) |
		(key->word[1] ^ key->word[3])) != 0;
}

/* What its key tells. */
static __always_inline int rti_key_is_plain_udp(const struct rti_key *key)
{
	const __u32 wanted = RTINTERCEPT_RECORD_PAYLOAD;
	const __u32 refused = RTINTERCEPT_RECORD_NO_MAC |
			      RTINTERCEPT_RECORD_MALFORMED;
	const __u32 header = key->family == 4 ? RTI_IPV4_BYTES : RTI_IPV6_BYTES;

	return (key->flags & (wanted | refused)) == wanted &&
	       key->protocol == RTI_PROTO_UDP &&
	       key->fragment == RTINTERCEPT_FRAGMENT_NONE &&
	       key->l4_offset - key->l3_offset == (int)header &&
	       key->src_port && key->dst_port && rti_are_hosts(key);
}

/* What the IP header at @l3 tells: the hops that are left, and its payload's length. */
static __always_inline __u32 rti_ip_hops(const __u8 *l3, __u8 family)
{
	return family == 4 ? l3[8] : l3[7];
}

static __always_inline __u32 rti_ip_payload(const __u8 *l3, __u8 family)
{
	return family == 4 ? rti_get16(l3 + 2) - RTI_IPV4_BYTES :
			     rti_get16(l3 + 4);
}

/* Sums of 16-bit words as they stand in memory; any byte order, see RFC 1071. */
static __always_inline __u64 rti_sum_words(const __u8 *p, __u32 bytes)
{
	__u64 sum = 0;
	__u32 i;

#ifdef __bpf__
#pragma unroll
#endif
	for (i = 0; i < bytes; i += 4) {
		sum += rti_get_native(__u32, p + i);
		rti_keep(sum);	/* or BPF's compiler first fetches all of them */
	}
	return sum;
}

static __always_inline __u16 rti_sum_fold(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)sum;
}

/**
 * rti_request_fits() - may this packet be answered?
 * @frame: the packet
 * @key: what rti_parse() made of it
 * @request: out, if so
 *
 * Return: 1 or 0. Whether the MAC address is the interface's own is for the caller
 * to know.
 */
static __always_inline int rti_request_fits(const struct rti_frame *frame,
					    const struct rti_key *key,
					    struct rti_request *request)
{
	const __u32 shift = frame->vlan_proto ? RTI_VLAN_BYTES : 0;
	const __u8 *eth, *l3, *l4;
	__u32 udp_bytes;

	if (frame->merged || !rti_key_is_plain_udp(key))
		return 0;
	request->l3_offset = key->l3_offset - shift;
	request->l4_offset = key->l4_offset - shift;
	eth = rti_bytes_at(frame, 0, RTI_ETH_BYTES);
	l3 = rti_bytes_at(frame, request->l3_offset, RTI_IPV4_BYTES);
	l4 = rti_bytes_at(frame, request->l4_offset, RTI_UDP_BYTES);
	if (!eth || !l3 || !l4 || ((eth[0] | eth[6]) & 1))
		return 0;
	udp_bytes = rti_get16(l4 + 4);
	if (udp_bytes != rti_ip_payload(l3, key->family) ||
	    rti_ip_hops(l3, key->family) < 2)
		return 0;
	if (key->family == 6 ? !rti_get16(l4 + RTI_UDP_CHECKSUM) :
	    rti_sum_fold(rti_sum_words(l3, RTI_IPV4_BYTES)) != 0xffff)
		return 0;
	request->payload_bytes = udp_bytes - RTI_UDP_BYTES;
	return 1;
}

/* A 16-bit value as it would stand in memory. */
static __always_inline __u16 rti_sum_value(__u16 value)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return __builtin_bswap16(value);
#else
	return value;
#endif
}

/* The pseudo header of RFC 768 and RFC 8200; both ends' order makes no difference. */
static __always_inline __u64 rti_sum_pseudo(const __u8 *l3, __u8 family,
					    __u32 udp_bytes)
{
	const __u64 sum = family == 4 ? rti_sum_words(l3 + 12, 8) :
					rti_sum_words(l3 + 8, 32);

	return sum + rti_sum_value((__u16)udp_bytes) + rti_sum_value(RTI_PROTO_UDP);
}

static __always_inline __u8 rti_reply_hops(__u8 hops)
{
	return hops > RTI_REPLY_HOPS ? RTI_REPLY_HOPS : hops - 1;
}

static __always_inline void rti_turn_ipv4(__u8 *l3, __u32 payload_bytes)
{
	l3[1] &= 0xfc;
	rti_put16(l3 + 2, (__u16)(RTI_IPV4_BYTES + payload_bytes));
	rti_put16(l3 + 4, 0);
	rti_put16(l3 + 6, 0x4000);
	l3[8] = rti_reply_hops(l3[8]);
	rti_put16(l3 + 10, 0);
	rti_swap_native(__u32, l3 + 12, l3 + 16);
	rti_put_native(__u16, l3 + 10,
		       (__u16)~rti_sum_fold(rti_sum_words(l3, RTI_IPV4_BYTES)));
}

static __always_inline void rti_turn_ipv6(__u8 *l3, __u32 payload_bytes)
{
	l3[1] &= 0xc0;
	rti_put16(l3 + 2, 0);
	rti_put16(l3 + 4, (__u16)payload_bytes);
	l3[7] = rti_reply_hops(l3[7]);
	rti_swap_native(__u64, l3 + 8, l3 + 24);
	rti_swap_native(__u64, l3 + 16, l3 + 32);
}

/**
 * rti_turn() - make the headers of a request those of its answer
 * @eth: of the request, that fits: its MAC header
 * @l3: its IP header
 * @l4: its UDP header
 * @family: 4 or 6
 * @payload_bytes: of the answer's UDP payload
 *
 * VLAN tags stay as they are. The UDP checksum does too: it is right for an answer with
 * the same payload, even where it is not yet computed or, on IPv4, absent; any
 * other needs rti_turn_checksum().
 */
static __always_inline void rti_turn(__u8 *eth, __u8 *l3, __u8 *l4, __u8 family,
				     __u32 payload_bytes)
{
	rti_swap_native(__u32, eth, eth + 6);
	rti_swap_native(__u16, eth + 4, eth + 10);
	if (family == 4)
		rti_turn_ipv4(l3, RTI_UDP_BYTES + payload_bytes);
	else
		rti_turn_ipv6(l3, RTI_UDP_BYTES + payload_bytes);
	rti_swap_native(__u16, l4, l4 + 2);
	rti_put16(l4 + 4, (__u16)(RTI_UDP_BYTES + payload_bytes));
}

/**
 * rti_turn_checksum() - the UDP checksum of an answer
 * @l3: its IP header, turned
 * @l4: its UDP header, turned; out: the checksum
 * @family: 4 or 6
 * @payload_sum: rti_sum_words() of its payload, padded with 0
 */
static __always_inline void rti_turn_checksum(const __u8 *l3, __u8 *l4, __u8 family,
					      __u64 payload_sum)
{
	const __u32 udp_bytes = rti_get16(l4 + 4);
	__u16 sum;

	rti_put16(l4 + RTI_UDP_CHECKSUM, 0);
	sum = ~rti_sum_fold(rti_sum_pseudo(l3, family, udp_bytes) +
			    rti_sum_words(l4, RTI_UDP_BYTES) + payload_sum);
	rti_put_native(__u16, l4 + RTI_UDP_CHECKSUM, sum ? sum : 0xffff);
}

/**
 * rti_is_partial() - is the UDP checksum of a request only begun?
 * @l3: its IP header
 * @l4: its UDP header
 * @family: 4 or 6
 *
 * A sender whose device computes checksums leaves the pseudo header's sum there, and
 * on a virtual link nobody goes on. The skb knows; without one this tells, wrong once
 * in 65,536 times.
 */
static __always_inline int rti_is_partial(const __u8 *l3, const __u8 *l4,
					  __u8 family)
{
	return rti_get_native(__u16, l4 + RTI_UDP_CHECKSUM) ==
	       rti_sum_fold(rti_sum_pseudo(l3, family, rti_get16(l4 + 4)));
}

#endif /* RTI_TURN_H */
