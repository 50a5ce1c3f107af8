/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the uAPI header says a rule means, done the slow and obvious way: facts
 * of a packet are read one by one, a rule is compared member by member, an
 * address bit by bit. Shares nothing with the code under test.
 */
#ifndef RTI_UNIT_NAIVE_H
#define RTI_UNIT_NAIVE_H

#include <stdbool.h>
#include <string.h>
#include <linux/rtintercept.h>

/* What can be said about a packet. Offsets count from the MAC header on. */
struct naive_facts {
	bool malformed;
	int tags;
	unsigned int vlan_id[2];
	unsigned int ethertype;
	int family;
	unsigned int protocol;
	unsigned char src[16];
	unsigned char dst[16];
	bool first;
	bool later;
	bool has_l4;
	bool has_ports;
	unsigned int src_port;
	unsigned int dst_port;
	unsigned int l3;
	unsigned int l4;
	unsigned int payload;
	unsigned int payload_bytes;
	unsigned int wire;
	unsigned int at_hand;
	const unsigned char *data;
};

/* Bytes that can be read, and where we are in them. */
struct naive_cursor {
	const unsigned char *data;
	unsigned int have;
	unsigned int at;
	bool merged;
};

static bool naive_has(const struct naive_cursor *c, unsigned int bytes)
{
	return c->at + bytes <= c->have;
}

static unsigned int naive_u8(const struct naive_cursor *c, unsigned int offset)
{
	return c->data[c->at + offset];
}

static unsigned int naive_u16(const struct naive_cursor *c, unsigned int offset)
{
	return naive_u8(c, offset) * 256 + naive_u8(c, offset + 1);
}

/* UDP or TCP of which @left bytes belong to the packet. False: it lies. */
static bool naive_transport(struct naive_facts *f, const struct naive_cursor *c,
			    unsigned int left)
{
	unsigned int says;

	if (f->protocol == 17) {
		if (left < 8 || !naive_has(c, 8))
			return false;
		says = naive_u16(c, 4);
		if (says == 0 && c->merged)
			says = left;
		if (says < 8)
			return false;
		if (says > left && !f->first)
			return false;
		f->payload = c->at + 8;
		f->payload_bytes = (says < left ? says : left) - 8;
	} else if (f->protocol == 6) {
		if (left < 20 || !naive_has(c, 20))
			return false;
		says = naive_u8(c, 12) / 16 * 4;
		if (says < 20 || says > left)
			return false;
		f->payload = c->at + says;
		f->payload_bytes = left - says;
	} else {
		return true;
	}
	f->has_ports = true;
	f->src_port = naive_u16(c, 0);
	f->dst_port = naive_u16(c, 2);
	return true;
}

static bool naive_is_extension(unsigned int protocol)
{
	return protocol == 0 || protocol == 43 || protocol == 44 ||
	       protocol == 51 || protocol == 60 || protocol == 135;
}

/* Walks one extension header. False: it is cut short or lies. */
static bool naive_extension(struct naive_facts *f, struct naive_cursor *c,
			    unsigned int *left)
{
	unsigned int bytes, next;

	if (!naive_has(c, 8))
		return false;
	next = naive_u8(c, 0);
	bytes = 8 + naive_u8(c, 1) * 8;
	if (f->protocol == 51)
		bytes = 8 + naive_u8(c, 1) * 4;
	if (f->protocol == 44)
		bytes = 8;
	if (bytes > *left)
		return false;
	if (f->protocol == 44) {
		if (naive_u16(c, 2) / 8 > 0) {
			f->later = true;
			f->first = false;
		} else if (naive_u16(c, 2) % 2 == 1) {
			f->first = true;
		}
	}
	f->protocol = next;
	c->at += bytes;
	*left -= bytes;
	return true;
}

/* True: a transport header may follow. */
static bool naive_chain(struct naive_facts *f, struct naive_cursor *c,
			unsigned int *left)
{
	int walked;

	for (walked = 0; naive_is_extension(f->protocol); walked++) {
		if (f->later)
			return false;
		if (walked == 8 || !naive_extension(f, c, left)) {
			f->malformed = true;
			return false;
		}
	}
	return true;
}

/* False: not an IPv4 header that can be believed. */
static bool naive_ipv4(struct naive_facts *f, struct naive_cursor *c,
		       unsigned int *left)
{
	unsigned int header, total, room = f->wire - c->at;

	if (!naive_has(c, 20) || naive_u8(c, 0) / 16 != 4)
		return false;
	header = naive_u8(c, 0) % 16 * 4;
	total = naive_u16(c, 2);
	if (total == 0 && c->merged)
		total = room;
	if (header < 20 || total < header || total > room)
		return false;
	f->later = naive_u16(c, 6) % 0x2000 != 0;
	f->first = !f->later && naive_u16(c, 6) / 0x2000 % 2 == 1;
	f->protocol = naive_u8(c, 9);
	memcpy(f->src, c->data + c->at + 12, 4);
	memcpy(f->dst, c->data + c->at + 16, 4);
	f->family = 4;
	f->l3 = c->at;
	*left = total - header;
	c->at += header;
	return true;
}

static bool naive_ipv6(struct naive_facts *f, struct naive_cursor *c,
		       unsigned int *left)
{
	unsigned int room = f->wire - c->at;

	if (!naive_has(c, 40) || naive_u8(c, 0) / 16 != 6)
		return false;
	*left = naive_u16(c, 4);
	if (*left == 0 && c->merged)
		*left = room - 40;
	if (*left + 40 > room)
		return false;
	f->protocol = naive_u8(c, 6);
	memcpy(f->src, c->data + c->at + 8, 16);
	memcpy(f->dst, c->data + c->at + 24, 16);
	f->family = 6;
	f->l3 = c->at;
	c->at += 40;
	return true;
}

static void naive_ip(struct naive_facts *f, struct naive_cursor *c)
{
	unsigned int left = 0;
	bool sound = f->ethertype == 0x0800 ? naive_ipv4(f, c, &left) :
					      naive_ipv6(f, c, &left);

	if (!sound) {
		f->malformed = true;
		return;
	}
	if (f->family == 6 && !naive_chain(f, c, &left))
		return;
	if (f->later || f->protocol == 59)
		return;
	if (!naive_transport(f, c, left)) {
		f->malformed = true;
		return;
	}
	f->has_l4 = true;
	f->l4 = c->at;
}

/*
 * @data: the packet as on the wire, tags in place; @at_hand bytes of it can be
 * read, as long as @f is used.
 */
static inline void naive_look(struct naive_facts *f, const unsigned char *data,
		       unsigned int at_hand, unsigned int wire, bool merged)
{
	struct naive_cursor c = { .data = data, .merged = merged };

	memset(f, 0, sizeof(*f));
	c.have = at_hand < 256 ? at_hand : 256;
	f->wire = wire;
	f->data = data;
	f->at_hand = at_hand;
	if (!naive_has(&c, 14)) {
		f->malformed = true;
		return;
	}
	f->ethertype = naive_u16(&c, 12);
	c.at = 14;
	while (f->tags < 2 &&
	       (f->ethertype == 0x8100 || f->ethertype == 0x88a8)) {
		if (!naive_has(&c, 4)) {
			f->malformed = true;
			return;
		}
		f->vlan_id[f->tags++] = naive_u16(&c, 0) % 4096;
		f->ethertype = naive_u16(&c, 2);
		c.at += 4;
	}
	if (f->ethertype == 0x0800 || f->ethertype == 0x86dd)
		naive_ip(f, &c);
}

static bool naive_prefix(const unsigned char *a, const unsigned char *b, int bits)
{
	int i;

	for (i = 0; i < bits; i++)
		if ((a[i / 8] >> (7 - i % 8) & 1) != (b[i / 8] >> (7 - i % 8) & 1))
			return false;
	return true;
}

static bool naive_vlan(const struct naive_facts *f, int which, unsigned int id)
{
	if (id == RTINTERCEPT_VLAN_UNTAGGED)
		return f->tags <= which;
	return f->tags > which && f->vlan_id[which] == id;
}

static bool naive_match_l2(const struct rtintercept_rule *r,
			   const struct naive_facts *f)
{
	if ((r->match & RTINTERCEPT_MATCH_ETHERTYPE) &&
	    f->ethertype != r->ethertype)
		return false;
	if ((r->match & RTINTERCEPT_MATCH_VLAN) && !naive_vlan(f, 0, r->vlan_id))
		return false;
	if ((r->match & RTINTERCEPT_MATCH_VLAN_INNER) &&
	    !naive_vlan(f, 1, r->vlan_inner_id))
		return false;
	return !(r->match & RTINTERCEPT_MATCH_LENGTH) ||
	       (f->wire >= r->length_min && f->wire <= r->length_max);
}

static bool naive_match_l3(const struct rtintercept_rule *r,
			   const struct naive_facts *f)
{
	unsigned int kind = f->later ? RTINTERCEPT_FRAGMENT_LATER : f->first ?
		RTINTERCEPT_FRAGMENT_FIRST : RTINTERCEPT_FRAGMENT_NONE;

	if ((r->match & RTINTERCEPT_MATCH_PROTOCOL) &&
	    (!f->family || f->protocol != r->protocol))
		return false;
	if ((r->match & RTINTERCEPT_MATCH_SRC_ADDR) &&
	    (f->family != r->family ||
	     !naive_prefix(f->src, r->src_addr, r->src_prefix_bits)))
		return false;
	if ((r->match & RTINTERCEPT_MATCH_DST_ADDR) &&
	    (f->family != r->family ||
	     !naive_prefix(f->dst, r->dst_addr, r->dst_prefix_bits)))
		return false;
	return !(r->match & RTINTERCEPT_MATCH_FRAGMENT) ||
	       (f->family && (r->fragments & kind));
}

static bool naive_match_payload(const struct rtintercept_rule *r,
				const struct naive_facts *f)
{
	unsigned int i, at;

	if (!f->has_ports)
		return false;
	for (i = 0; i < r->payload_bytes; i++) {
		at = r->payload_offset + i;
		if (at >= f->payload_bytes || f->payload + at >= f->at_hand ||
		    (f->data[f->payload + at] & r->payload_mask[i]) !=
		    r->payload_value[i])
			return false;
	}
	return true;
}

static inline bool naive_match(const struct rtintercept_rule *r,
			const struct naive_facts *f)
{
	if ((r->match & RTINTERCEPT_MATCH_SRC_PORT) &&
	    (!f->has_ports || f->src_port < r->src_port_min ||
	     f->src_port > r->src_port_max))
		return false;
	if ((r->match & RTINTERCEPT_MATCH_DST_PORT) &&
	    (!f->has_ports || f->dst_port < r->dst_port_min ||
	     f->dst_port > r->dst_port_max))
		return false;
	if ((r->match & RTINTERCEPT_MATCH_PAYLOAD) && !naive_match_payload(r, f))
		return false;
	return naive_match_l2(r, f) && naive_match_l3(r, f);
}

#endif /* RTI_UNIT_NAIVE_H */
