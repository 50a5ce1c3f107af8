/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random packets, mostly sound, some broken; and random rules, all sound, with
 * values that packets are likely to have.
 */
#ifndef RTI_UNIT_RANDOM_PACKET_H
#define RTI_UNIT_RANDOM_PACKET_H

#include "naive.h"
#include "packet.h"
#include "unit.h"

#define PICK(random, array) \
	((array)[unit_random_below(random, sizeof(array) / sizeof((array)[0]))])

static inline int chance(struct unit_random *random, __u32 percent)
{
	return unit_random_below(random, 100) < percent;
}

static const __u16 random_ids[] = { 0, 1, 5, 100, 4094, 4095 };
static const __u16 random_ports[] = { 0, 1, 53, 8079, 8080, 8081, 65535 };
static const __u8 random_protocols[] = { 1, 6, 6, 17, 17, 17, 58, 59, 50, 0, 60 };

/* Two addresses of each family that share a random number of leading bits. */
static inline void random_address(struct unit_random *random, __u8 *at,
				  __u32 bytes)
{
	__u32 from = unit_random_below(random, bytes * 8 + 1), i;

	memcpy(at, bytes == 4 ? "\x0a\x01\x02\x03" :
	       "\xfd\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4", bytes);
	for (i = from; i < bytes * 8; i++)
		if (chance(random, 30))
			at[i / 8] ^= (__u8)(0x80 >> i % 8);
}

static inline void random_transport(struct unit_random *random,
				    struct packet *p, __u8 protocol)
{
	if (protocol == 17)
		packet_udp(p, PICK(random, random_ports),
			   PICK(random, random_ports));
	else if (protocol == 6)
		packet_tcp(p, PICK(random, random_ports),
			   PICK(random, random_ports),
			   20 + 4 * unit_random_below(random, 11));
}

static inline void random_ipv4(struct unit_random *random, struct packet *p)
{
	static const __u16 fragments[] = { 0, 0, 0, 0x4000, 0x2000, 0x2001, 7 };
	__u8 protocol = PICK(random, random_protocols);
	__u32 header = chance(random, 70) ? 20 :
		       20 + 4 * unit_random_below(random, 11);

	packet_ipv4(p, protocol, header, PICK(random, fragments));
	random_address(random, p->data + p->l3 + 12, 4);
	random_address(random, p->data + p->l3 + 16, 4);
	random_transport(random, p, protocol);
}

static inline void random_ipv6(struct unit_random *random, struct packet *p)
{
	static const __u8 types[] = { 0, 43, 44, 44, 51, 60, 135 };
	static const __u16 fragments[] = { 0, 1, 6, 8, 9 };
	__u8 chain[12], protocol = PICK(random, random_protocols), *at;
	__u32 count, i;

	count = chance(random, 50) ? 0 : unit_random_below(random, 12);
	for (i = 0; i < count; i++)
		chain[i] = PICK(random, types);
	chain[count] = protocol;
	packet_ipv6(p, chain[0]);
	random_address(random, p->data + p->l3 + 8, 16);
	random_address(random, p->data + p->l3 + 24, 16);
	for (i = 0; i < count; i++) {
		at = packet_extension(p, chain[i], chain[i + 1], chain[i] == 44 ?
				      8 : 8 + 8 * unit_random_below(random, 5));
		if (chain[i] == 44)
			put16(at + 2, PICK(random, fragments));
	}
	random_transport(random, p, protocol);
}

/* Most bytes are 0xab: rules know that. */
static inline void random_payload(struct unit_random *random, struct packet *p)
{
	__u32 bytes = unit_random_below(random, 64), from = p->bytes;

	packet_payload(p, bytes);
	while (bytes--)
		if (chance(random, 15))
			p->data[from + bytes] ^= (__u8)(1 << unit_random_below(random, 8));
}

static inline void random_packet(struct unit_random *random, struct packet *p)
{
	static const __u16 tags[] = { 0x8100, 0x88a8 };
	static const __u16 types[] = { 0x0800, 0x0800, 0x86dd, 0x86dd, 0x0806 };
	__u32 count = chance(random, 50) ? 0 : unit_random_below(random, 4), i;
	__u16 type = PICK(random, types);

	packet_eth(p, count ? PICK(random, tags) : type);
	for (i = 0; i < count; i++)
		packet_vlan(p, (__u16)(PICK(random, random_ids) |
				       unit_random_below(random, 16) << 12),
			    i + 1 < count ? PICK(random, tags) : type);
	if (type == 0x0800)
		random_ipv4(random, p);
	else if (type == 0x86dd)
		random_ipv6(random, p);
	random_payload(random, p);
	packet_close(p);
	if (chance(random, 10))
		packet_payload(p, unit_random_below(random, 20));
	for (i = chance(random, 25) ? unit_random_below(random, 4) : 0; i; i--)
		p->data[unit_random_below(random, p->bytes)] ^=
			(__u8)unit_random_next(random);
}

static inline void random_range(struct unit_random *random, __u16 *min,
				__u16 *max)
{
	__u16 a = PICK(random, random_ports), b = PICK(random, random_ports);

	*min = a < b ? a : b;
	*max = a < b ? b : a;
}

static inline void random_rule_address(struct unit_random *random, __u8 *at,
				       __u8 *bits, __u32 bytes)
{
	__u32 i;

	random_address(random, at, bytes);
	*bits = (__u8)unit_random_below(random, bytes * 8 + 1);
	for (i = *bits; i < bytes * 8; i++)
		at[i / 8] &= (__u8)~(0x80 >> i % 8);
}

static inline void random_rule_ip(struct unit_random *random,
				  struct rtintercept_rule *r)
{
	if (r->match & (RTINTERCEPT_MATCH_SRC_ADDR | RTINTERCEPT_MATCH_DST_ADDR))
		r->family = chance(random, 50) ? 4 : 6;
	if (r->match & RTINTERCEPT_MATCH_SRC_ADDR)
		random_rule_address(random, r->src_addr, &r->src_prefix_bits,
				    r->family == 4 ? 4 : 16);
	if (r->match & RTINTERCEPT_MATCH_DST_ADDR)
		random_rule_address(random, r->dst_addr, &r->dst_prefix_bits,
				    r->family == 4 ? 4 : 16);
	if (r->match & RTINTERCEPT_MATCH_PROTOCOL)
		r->protocol = PICK(random, random_protocols);
	if (r->match & RTINTERCEPT_MATCH_FRAGMENT)
		r->fragments = (__u8)(1 + unit_random_below(random, 7));
	if (r->match & RTINTERCEPT_MATCH_SRC_PORT)
		random_range(random, &r->src_port_min, &r->src_port_max);
	if (r->match & RTINTERCEPT_MATCH_DST_PORT)
		random_range(random, &r->dst_port_min, &r->dst_port_max);
}

static inline void random_rule_payload(struct unit_random *random,
				       struct rtintercept_rule *r)
{
	__u32 i;

	r->payload_bytes = (__u8)(1 + unit_random_below(random,
							RTINTERCEPT_PAYLOAD_MAX));
	r->payload_offset = (__u16)unit_random_below(random, chance(random, 90) ?
						     24 : 65536);
	for (i = 0; i < r->payload_bytes; i++) {
		r->payload_mask[i] = (__u8)(chance(random, 30) ? 0xff :
			unit_random_next(random) & unit_random_next(random));
		r->payload_value[i] = 0xab & r->payload_mask[i];
		if (chance(random, 2))
			r->payload_value[i] ^= r->payload_mask[i];
	}
}

static inline void random_rule(struct unit_random *random,
			       struct rtintercept_rule *r)
{
	static const __u16 types[] = { 0x0800, 0x86dd, 0x0806, 0x8100 };
	static const __u16 ids[] = { 0, 1, 5, 100, 4094, 4095,
				     RTINTERCEPT_VLAN_UNTAGGED,
				     RTINTERCEPT_VLAN_UNTAGGED };
	__u32 bit;

	memset(r, 0, sizeof(*r));
	for (bit = 0; bit < 11; bit++)
		if (chance(random, 18))
			r->match |= 1ULL << bit;
	r->id = 1 + unit_random_below(random, 1000);
	r->priority = unit_random_below(random, 4);
	if (r->match & RTINTERCEPT_MATCH_ETHERTYPE)
		r->ethertype = PICK(random, types);
	if (r->match & RTINTERCEPT_MATCH_VLAN)
		r->vlan_id = PICK(random, ids);
	if (r->match & RTINTERCEPT_MATCH_VLAN_INNER)
		r->vlan_inner_id = PICK(random, ids);
	random_rule_ip(random, r);
	if (r->match & RTINTERCEPT_MATCH_LENGTH) {
		r->length_min = unit_random_below(random, 150);
		r->length_max = r->length_min + unit_random_below(random, 150);
	}
	if (r->match & RTINTERCEPT_MATCH_PAYLOAD)
		random_rule_payload(random, r);
}

#endif /* RTI_UNIT_RANDOM_PACKET_H */
