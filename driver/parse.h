/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Parsing: from the bytes of a packet to a key, once. Pure; the same source in
 * the module, in the XDP program and in the unit tests. Every length is checked
 * against the bytes at hand and against what the outer header allows; nothing
 * is believed that the hook's position does not guarantee.
 *
 * What becomes of awkward packets, for all backends alike:
 *
 * - Headers are looked for in the first RTI_PARSE_BYTES bytes only. What lies
 *   beyond is as if absent.
 * - A header that is cut short or lies (IHL below 5, a total length longer than
 *   the packet or shorter than its header) sets RECORD_MALFORMED; this header
 *   and all inside it are as if absent, so only rules on what is outside match.
 * - A later fragment has a protocol, but neither L4 nor ports. An IPv6 packet
 *   with a fragment header that is no fragment (RFC 6946) is whole.
 * - IPv6 extension headers are walked, at most RTI_EXTENSIONS_MAX of them.
 * - The two outermost VLAN tags count; the ethertype is what is behind them. A
 *   third tag is that ethertype.
 */
#ifndef RTI_PARSE_H
#define RTI_PARSE_H

#include "plain.h"

#define RTI_PARSE_BYTES		256
#define RTI_EXTENSIONS_MAX	8

/*
 * The one place where bytes are reached: @bytes at @offset, or NULL. The limit
 * counts a tag that was taken out, so that all backends stop at the same byte.
 * The order of the comparisons is what the BPF verifier needs to follow the
 * bounds.
 */
static __always_inline const __u8 *rti_bytes_at(const struct rti_frame *frame,
						__u32 offset, __u32 bytes)
{
	const __u32 shift = frame->vlan_proto ? RTI_VLAN_BYTES : 0;
	const __u8 *p;

	rti_keep(offset);
	if (offset > RTI_PARSE_BYTES || offset + shift + bytes > RTI_PARSE_BYTES)
		return NULL;
	p = frame->data + offset;
	if (p + bytes > frame->end)
		return NULL;
	return p;
}

static __always_inline int rti_is_vlan(__u16 ethertype)
{
	return ethertype == RTI_ETH_P_8021Q || ethertype == RTI_ETH_P_8021AD;
}

static __always_inline void rti_key_add_tag(struct rti_key *key, __u16 proto,
					    __u16 tci)
{
	if (!(key->has & RTI_HAS_VLAN)) {
		key->has |= RTI_HAS_VLAN;
		key->vlan_id = tci & 0xfff;
		key->vlan_tci = tci;
		key->vlan_proto = proto;
		key->flags |= RTINTERCEPT_RECORD_VLAN;
	} else {
		key->has |= RTI_HAS_VLAN_INNER;
		key->vlan_inner_id = tci & 0xfff;
	}
}

/*
 * Walks in-band tags. Returns the offset behind them, with key->ethertype set;
 * a tag that is cut short ends the walk and stays the ethertype.
 */
static __always_inline __u32 rti_parse_tags(const struct rti_frame *frame,
					    struct rti_key *key, __u32 offset)
{
	const __u8 *p;
	int i;

	for (i = 0; i < 2; i++) {
		if (!rti_is_vlan(key->ethertype) ||
		    (key->has & RTI_HAS_VLAN_INNER))
			break;
		p = rti_bytes_at(frame, offset, RTI_VLAN_BYTES);
		if (!p) {
			key->flags |= RTINTERCEPT_RECORD_MALFORMED;
			break;
		}
		rti_key_add_tag(key, key->ethertype, rti_get16(p));
		key->ethertype = rti_get16(p + 2);
		offset += RTI_VLAN_BYTES;
	}
	return offset;
}

/* struct rti_l3 - where the transport header is, and how long it and its payload are */
struct rti_l3 {
	__u32 offset;
	__u32 bytes;
};

static __always_inline int rti_parse_ipv4(const struct rti_frame *frame,
					  struct rti_key *key, __u32 offset,
					  __u32 room, struct rti_l3 *l3)
{
	const __u8 *p = rti_bytes_at(frame, offset, 20);
	__u32 header, total;
	__u16 frag;

	if (!p || (p[0] >> 4) != 4)
		return -EINVAL;
	header = (p[0] & 0xf) * 4;
	total = rti_get16(p + 2);
	if (total == 0 && frame->merged)
		total = room;
	if (header < 20 || total < header || total > room)
		return -EINVAL;

	frag = rti_get16(p + 6);
	if (frag & 0x1fff)
		key->fragment = RTINTERCEPT_FRAGMENT_LATER;
	else if (frag & 0x2000)
		key->fragment = RTINTERCEPT_FRAGMENT_FIRST;
	rti_get_bytes(key->src_addr, p + 12, 4);
	rti_get_bytes(key->dst_addr, p + 16, 4);
	key->family = 4;
	key->protocol = p[9];
	l3->offset = offset + header;
	l3->bytes = total - header;
	return 0;
}

/*
 * An IPv6 extension header is ((its second byte, if COUNTS) + @add) << @shift
 * bytes long; 0 is no extension header. A table and arithmetic instead of a
 * switch: each branch that comes back to the loop below is one more path for
 * the BPF verifier to follow, multiplied at each turn.
 */
#define RTI_EXTENSION(add, shift)	((add) << 2 | (shift))
#define RTI_EXTENSION_COUNTS		(1U << 7)

static const __u8 rti_extension[256] = {
	[RTI_PROTO_HOPOPTS]	= RTI_EXTENSION_COUNTS | RTI_EXTENSION(1, 3),
	[RTI_PROTO_ROUTING]	= RTI_EXTENSION_COUNTS | RTI_EXTENSION(1, 3),
	[RTI_PROTO_FRAGMENT]	= RTI_EXTENSION(1, 3),
	[RTI_PROTO_AH]		= RTI_EXTENSION_COUNTS | RTI_EXTENSION(2, 2),
	[RTI_PROTO_DSTOPTS]	= RTI_EXTENSION_COUNTS | RTI_EXTENSION(1, 3),
	[RTI_PROTO_MOBILITY]	= RTI_EXTENSION_COUNTS | RTI_EXTENSION(1, 3),
};

static __always_inline __u32 rti_extension_bytes(__u8 kind, const __u8 *p)
{
	const __u32 counts = 0U - (kind >> 7);

	return ((p[1] & counts) + (kind >> 2 & 3)) << (kind & 3);
}

/*
 * What a fragment header at @p says: RTINTERCEPT_FRAGMENT_LATER or _FIRST, 0
 * for neither, or for a header of another kind. Without branches, likewise.
 */
static __always_inline __u8 rti_fragment_bits(__u8 protocol, const __u8 *p)
{
	const __u32 other = ((protocol ^ RTI_PROTO_FRAGMENT) + 0xffU) >> 8;
	const __u32 frag = rti_get16(p + 2) & (other - 1);
	const __u32 later = ((frag & 0xfff8) + 0xffff) >> 16;

	return (__u8)(later * RTINTERCEPT_FRAGMENT_LATER |
		      (frag & 1 & ~later) * RTINTERCEPT_FRAGMENT_FIRST);
}

/*
 * Walks extension headers from l3 on and leaves key->protocol at the first that
 * is none. A chain that is cut short, lies or is too long leaves the protocol
 * at the extension header where it stopped, with no transport header.
 */
static __always_inline int rti_parse_extensions(const struct rti_frame *frame,
						struct rti_key *key,
						struct rti_l3 *l3)
{
	__u8 fragment = 0, kind;
	const __u8 *p;
	__u32 bytes;
	int i, err = 0;

	for (i = 0; i < RTI_EXTENSIONS_MAX; i++) {
		kind = rti_extension[key->protocol];
		if (!kind)
			break;
		err = -EINVAL;
		p = rti_bytes_at(frame, l3->offset, 8);
		if (!p)
			break;
		bytes = rti_extension_bytes(kind, p);
		if (bytes > l3->bytes)
			break;
		err = 0;
		fragment |= rti_fragment_bits(key->protocol, p);
		key->protocol = p[0];
		l3->offset += bytes;
		l3->bytes -= bytes;
		if (fragment & RTINTERCEPT_FRAGMENT_LATER)
			break;
	}
	if (fragment & RTINTERCEPT_FRAGMENT_LATER)
		key->fragment = RTINTERCEPT_FRAGMENT_LATER;
	else if (fragment)
		key->fragment = RTINTERCEPT_FRAGMENT_FIRST;
	if (i == RTI_EXTENSIONS_MAX && rti_extension[key->protocol])
		err = -EINVAL;
	return err;
}

static __always_inline int rti_parse_ipv6(const struct rti_frame *frame,
					  struct rti_key *key, __u32 offset,
					  __u32 room, struct rti_l3 *l3)
{
	const __u8 *p = rti_bytes_at(frame, offset, 40);
	__u32 bytes;

	if (!p || (p[0] >> 4) != 6 || room < 40)
		return -EINVAL;
	bytes = rti_get16(p + 4);
	if (bytes == 0 && frame->merged)
		bytes = room - 40;
	if (bytes > room - 40)
		return -EINVAL;

	rti_get_bytes(key->src_addr, p + 8, 16);
	rti_get_bytes(key->dst_addr, p + 24, 16);
	key->family = 6;
	key->protocol = p[6];
	l3->offset = offset + 40;
	l3->bytes = bytes;
	return 0;
}

/*
 * UDP's or TCP's ports, and how long their payload is. Returns the length of the
 * header, 0 if the protocol is neither, -EINVAL if the header is cut short or lies.
 */
static __always_inline int rti_parse_ports(const struct rti_frame *frame,
					   struct rti_key *key,
					   const struct rti_l3 *l3)
{
	__u32 header = 8, bytes = l3->bytes;
	const __u8 *p;

	if (key->protocol == RTI_PROTO_UDP) {
		p = rti_bytes_at(frame, l3->offset, 8);
		if (!p || l3->bytes < 8)
			return -EINVAL;
		bytes = rti_get16(p + 4);
		if (bytes == 0 && frame->merged)
			bytes = l3->bytes;
		if (bytes < 8 || (bytes > l3->bytes &&
				  key->fragment == RTINTERCEPT_FRAGMENT_NONE))
			return -EINVAL;
		if (bytes > l3->bytes)
			bytes = l3->bytes;
	} else if (key->protocol == RTI_PROTO_TCP) {
		p = rti_bytes_at(frame, l3->offset, 20);
		if (!p)
			return -EINVAL;
		header = (p[12] >> 4) * 4U;
		if (header < 20 || header > l3->bytes)
			return -EINVAL;
	} else {
		return 0;
	}
	key->src_port = rti_get16(p);
	key->dst_port = rti_get16(p + 2);
	key->has |= RTI_HAS_PORTS;
	key->payload_bytes = bytes - header;
	return (int)header;
}

/* The transport header at l3, if there is one; offsets shifted by @shift. */
static __always_inline void rti_parse_l4(const struct rti_frame *frame,
					 struct rti_key *key,
					 const struct rti_l3 *l3, __u32 shift)
{
	int header;

	if (key->fragment == RTINTERCEPT_FRAGMENT_LATER ||
	    key->protocol == RTI_PROTO_NONE)
		return;
	header = rti_parse_ports(frame, key, l3);
	if (header < 0) {
		key->flags |= RTINTERCEPT_RECORD_MALFORMED;
		return;
	}
	key->l4_offset = (__u16)(l3->offset + shift);
	key->flags |= RTINTERCEPT_RECORD_L4;
	if (!header)
		return;
	key->payload_offset = (__u16)(l3->offset + shift + (__u32)header);
	key->flags |= RTINTERCEPT_RECORD_PAYLOAD;
}

static __always_inline void rti_parse_l3(const struct rti_frame *frame,
					 struct rti_key *key, __u32 offset,
					 __u32 shift)
{
	struct rti_l3 l3 = {};
	__u32 room;
	int err;

	if (frame->wire_bytes < offset + shift)
		return;
	room = frame->wire_bytes - offset - shift;
	if (key->ethertype == RTI_ETH_P_IPV4)
		err = rti_parse_ipv4(frame, key, offset, room, &l3);
	else if (key->ethertype == RTI_ETH_P_IPV6)
		err = rti_parse_ipv6(frame, key, offset, room, &l3);
	else
		return;
	if (err) {
		key->flags |= RTINTERCEPT_RECORD_MALFORMED;
		return;
	}
	key->has |= RTI_HAS_IP;
	key->l3_offset = (__u16)(offset + shift);
	key->flags |= RTINTERCEPT_RECORD_L3;
	if (key->family == 6) {
		key->flags |= RTINTERCEPT_RECORD_IPV6;
		err = rti_parse_extensions(frame, key, &l3);
	}
	if (key->fragment == RTINTERCEPT_FRAGMENT_FIRST)
		key->flags |= RTINTERCEPT_RECORD_FRAG_FIRST;
	if (key->fragment == RTINTERCEPT_FRAGMENT_LATER)
		key->flags |= RTINTERCEPT_RECORD_FRAG_LATER;
	if (err)
		key->flags |= RTINTERCEPT_RECORD_MALFORMED;
	else
		rti_parse_l4(frame, key, &l3, shift);
}

/**
 * rti_parse() - the key of a packet
 * @frame: the packet
 * @key: out, all of it
 */
static __always_inline void rti_parse(const struct rti_frame *frame,
				      struct rti_key *key)
{
	__u32 offset = 0, shift = 0;
	const __u8 *p;

	if (likely(rti_parse_plain(frame, key)))
		return;
	memset(key, 0, sizeof(*key));
	key->fragment = RTINTERCEPT_FRAGMENT_NONE;
	key->wire_bytes = frame->wire_bytes;
	key->ethertype = frame->ethertype;
	if (frame->ethertype) {
		key->flags |= RTINTERCEPT_RECORD_NO_MAC;
	} else {
		p = rti_bytes_at(frame, 0, RTI_ETH_BYTES);
		if (!p) {
			key->flags |= RTINTERCEPT_RECORD_MALFORMED;
			return;
		}
		key->ethertype = rti_get16(p + 12);
		offset = RTI_ETH_BYTES;
	}
	if (frame->vlan_proto) {
		rti_key_add_tag(key, frame->vlan_proto, frame->vlan_tci);
		shift = RTI_VLAN_BYTES;
	}
	offset = rti_parse_tags(frame, key, offset);
	rti_parse_l3(frame, key, offset, shift);
}

#endif /* RTI_PARSE_H */
