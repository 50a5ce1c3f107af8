/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What parsing starts from, the bytes of a packet as a hook finds them, and what
 * it comes to, the values that rules compare. Pure.
 */
#ifndef RTI_KEY_H
#define RTI_KEY_H

#include "pure.h"

#define RTI_ETH_BYTES		14
#define RTI_VLAN_BYTES		4

#define RTI_ETH_P_IPV4		0x0800
#define RTI_ETH_P_8021Q		0x8100
#define RTI_ETH_P_IPV6		0x86dd
#define RTI_ETH_P_8021AD	0x88a8

#define RTI_PROTO_HOPOPTS	0
#define RTI_PROTO_TCP		6
#define RTI_PROTO_UDP		17
#define RTI_PROTO_ROUTING	43
#define RTI_PROTO_FRAGMENT	44
#define RTI_PROTO_AH		51
#define RTI_PROTO_NONE		59
#define RTI_PROTO_DSTOPTS	60
#define RTI_PROTO_MOBILITY	135

/* struct rti_key, @has. */
#define RTI_HAS_VLAN		(1U << 0)
#define RTI_HAS_VLAN_INNER	(1U << 1)
#define RTI_HAS_IP		(1U << 2)
#define RTI_HAS_PORTS		(1U << 3)
#define RTI_HAS_NEVER		(1U << 7)	/* no packet has */

#define RTI_KEY_WORDS		6

/**
 * struct rti_frame - the bytes of a packet, as a hook finds them
 * @data: first byte of the MAC header, or of L3 where @ethertype says so
 * @end: behind the last byte at hand; the packet may be longer
 * @wire_bytes: length of the whole packet from @data on, an out-of-band VLAN
 *	tag counted
 * @ethertype: 0: an Ethernet header is at @data; else there is none, and this
 *	is what @data is
 * @vlan_proto: ethertype of a tag that was taken out of the bytes, or 0
 * @vlan_tci: its value
 * @merged: merged by GRO: an IP length of 0 means "too long for the field"
 */
struct rti_frame {
	const __u8 *data;
	const __u8 *end;
	__u32 wire_bytes;
	__u16 ethertype;
	__u16 vlan_proto;
	__u16 vlan_tci;
	__u16 merged;
};

/**
 * struct rti_key - the values parsed from a packet
 * @word: the values that rules compare, as words, so that one comparison needs
 *	no branch; absent values are 0
 * @src_addr: IPv4 in the first 4 bytes
 * @dst_addr: likewise
 * @ethertype: host byte order, as all that follow
 * @vlan_id: 12 bits
 * @vlan_inner_id: 12 bits
 * @family: 4, 6 or 0
 * @protocol: upper protocol
 * @src_port: UDP or TCP
 * @dst_port: likewise
 * @fragment: exactly one of RTINTERCEPT_FRAGMENT_*
 * @has: RTI_HAS_*
 * @__zero: 0
 * @wire_bytes: of struct rti_frame
 * @flags: RTINTERCEPT_RECORD_* as far as parsing can tell
 * @vlan_tci: of the outermost tag
 * @vlan_proto: of the outermost tag
 * @l3_offset: as the record gives it: as if every tag were in the bytes
 * @l4_offset: likewise
 * @payload_offset: likewise
 * @__pad: 0
 * @payload_bytes: behind the UDP or TCP header, by what the headers say: neither
 *	padding nor, of a first fragment, what the others bring
 */
struct rti_key {
	union {
		__u64 word[RTI_KEY_WORDS];
		struct {
			__u8 src_addr[16];
			__u8 dst_addr[16];
			__u16 ethertype;
			__u16 vlan_id;
			__u16 vlan_inner_id;
			__u8 family;
			__u8 protocol;
			__u16 src_port;
			__u16 dst_port;
			__u8 fragment;
			__u8 has;
			__u16 __zero;
		};
	};
	__u32 wire_bytes;
	__u32 flags;
	__u16 vlan_tci;
	__u16 vlan_proto;
	__u16 l3_offset;
	__u16 l4_offset;
	__u16 payload_offset;
	__u16 __pad;
	__u32 payload_bytes;
};

#endif /* RTI_KEY_H */
