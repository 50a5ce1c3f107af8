/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of the golden packets, and how to go through it with every truncation. */
#ifndef RTI_GOLDEN_CORPUS_H
#define RTI_GOLDEN_CORPUS_H

#include "golden.h"

static const struct golden golden[] = {
	{ "UDP over IPv4", golden_udp4, 64, 42 },
	{ "UDP over IPv4, no payload", golden_udp4, 0, 0 },
	{ "UDP over IPv4, 1 byte", golden_udp4, 1, 0 },
	{ "UDP over IPv4, frame of 64", golden_udp4, 22, 0 },
	{ "UDP over IPv4, frame of 127", golden_udp4, 85, 0 },
	{ "UDP over IPv4, frame of 128", golden_udp4, 86, 0 },
	{ "UDP over IPv4, frame of 129", golden_udp4, 87, 0 },
	{ "UDP over IPv4, frame of 512", golden_udp4, 470, 0 },
	{ "UDP over IPv4, frame of 1023", golden_udp4, 981, 0 },
	{ "UDP over IPv4, frame of 1024", golden_udp4, 982, 0 },
	{ "UDP over IPv4, frame of 1514", golden_udp4, 1472, 0 },
	{ "UDP over IPv4, jumbo of 4000", golden_udp4, 3958, 0 },
	{ "UDP over IPv4, jumbo of 9014", golden_udp4, 8972, 0 },
	{ "UDP over IPv6", golden_udp6, 64, 62 },
	{ "UDP over IPv6, no payload", golden_udp6, 0, 0 },
	{ "UDP over IPv6, jumbo of 4000", golden_udp6, 3938, 0 },
	{ "TCP over IPv4", golden_tcp4, 20, 54 },
	{ "TCP over IPv4, options", golden_tcp4, 60, 0 },
	{ "TCP over IPv6", golden_tcp6, 20, 74 },
	{ "TCP over IPv6, options", golden_tcp6, 32, 0 },
	{ "TCP, data offset 0", golden_tcp_offset, 0, 0 },
	{ "TCP, data offset 4", golden_tcp_offset, 4, 0 },
	{ "TCP, data offset up to the end", golden_tcp_offset, 8, 0 },
	{ "TCP, data offset beyond the packet", golden_tcp_offset, 9, 0 },
	{ "TCP, data offset 15", golden_tcp_offset, 15, 0 },
	{ "IPv4 options, 4 bytes", golden_options, 24, 0 },
	{ "IPv4 options, 40 bytes", golden_options, 60, 82 },
	{ "IHL 0", golden_first4, 0x40, 0 },
	{ "IHL 1", golden_first4, 0x41, 0 },
	{ "IHL 4", golden_first4, 0x44, 0 },
	{ "IHL 15 where no options are", golden_first4, 0x4f, 0 },
	{ "IPv4's ethertype, version 6", golden_first4, 0x65, 0 },
	{ "IPv4's ethertype, version 0", golden_first4, 0x05, 0 },
	{ "IPv6's ethertype, version 4", golden_first6, 0x45, 0 },
	{ "IPv6's ethertype, version 15", golden_first6, 0xf0, 0 },
	{ "IPv4 length 0", golden_length4, 0, 0 },
	{ "IPv4 length 19", golden_length4, 19, 0 },
	{ "IPv4 length 20: no room for UDP", golden_length4, 20, 0 },
	{ "IPv4 length 27: UDP cut short", golden_length4, 27, 0 },
	{ "IPv4 length 28: payload cut off", golden_length4, 28, 0 },
	{ "IPv4 length one too many", golden_length4, 61, 0 },
	{ "IPv4 length 65535", golden_length4, 65535, 0 },
	{ "IPv6 length 0", golden_length6, 0, 0 },
	{ "IPv6 length 7: UDP cut short", golden_length6, 7, 0 },
	{ "IPv6 length one too many", golden_length6, 41, 0 },
	{ "IPv6 length 65535", golden_length6, 65535, 0 },
	{ "UDP length 0", golden_udp_length4, 0, 0 },
	{ "UDP length 7", golden_udp_length4, 7, 0 },
	{ "UDP length 8: payload behind it", golden_udp_length4, 8, 0 },
	{ "UDP length one too many", golden_udp_length4, 41, 0 },
	{ "UDP length 65535", golden_udp_length4, 65535, 0 },
	{ "UDP over IPv6, length 0", golden_udp_length6, 0, 0 },
	{ "UDP over IPv6, length one too many", golden_udp_length6, 41, 0 },
	{ "IPv4, DF", golden_fragment4, 0x4000, 0 },
	{ "IPv4, first fragment", golden_fragment4, 0x2000, 42 },
	{ "IPv4, fragment in the middle", golden_fragment4, 0x2001, 0 },
	{ "IPv4, last fragment", golden_fragment4, 0x00b9, 0 },
	{ "IPv4, last fragment, offset 0x1fff", golden_fragment4, 0x1fff, 0 },
	{ "IPv4, reserved flag", golden_fragment4, 0x8000, 0 },
	{ "IPv6, atomic fragment", golden_fragment6, 0, 0 },
	{ "IPv6, first fragment", golden_fragment6, 1, 70 },
	{ "IPv6, fragment in the middle", golden_fragment6, 0x0009, 0 },
	{ "IPv6, last fragment", golden_fragment6, 0x0578, 0 },
	{ "IPv6, fragment's reserved bits", golden_fragment6, 6, 0 },
	{ "IPv6, later fragment in a chain", golden_chain_later, 0x0100, 0 },
	{ "IPv6, first fragment in a chain", golden_chain_later, 1, 0 },
	{ "IPv6, 1 extension header", golden_chain, 1, 0 },
	{ "IPv6, 4 extension headers", golden_chain, 4, 94 },
	{ "IPv6, 7 extension headers", golden_chain, 7, 0 },
	{ "IPv6, 8 extension headers", golden_chain, 8, 0 },
	{ "IPv6, 9 extension headers", golden_chain, 9, 0 },
	{ "IPv6, 20 extension headers", golden_chain, 20, 0 },
	{ "IPv6, hop-by-hop options of 24", golden_extension, 0, 0 },
	{ "IPv6, routing header of 24", golden_extension, 43, 0 },
	{ "IPv6, authentication header of 24", golden_extension, 51, 0 },
	{ "IPv6, destination options of 24", golden_extension, 60, 0 },
	{ "IPv6, mobility header of 24", golden_extension, 135, 0 },
	{ "IPv6, extension beyond the packet", golden_extension_lies, 200, 0 },
	{ "IPv6, extension one unit too long", golden_extension_lies, 5, 0 },
	{ "IPv6, extension up to the end", golden_extension_lies, 4, 0 },
	{ "IPv6, UDP in the last bytes looked at", golden_extension_long, 192, 0 },
	{ "IPv6, UDP half beyond what is looked at", golden_extension_long, 200, 0 },
	{ "IPv6, UDP beyond what is looked at", golden_extension_long, 256, 0 },
	{ "ICMP", golden_bare4, 1, 0 },
	{ "protocol 255", golden_bare4, 255, 0 },
	{ "protocol 59 in IPv4", golden_bare4, 59, 0 },
	{ "protocol 44 in IPv4 is no fragment header", golden_bare4, 44, 0 },
	{ "ICMPv6", golden_bare6, 58, 0 },
	{ "IPv6, no next header", golden_bare6, 59, 0 },
	{ "VLAN", golden_vlan, 5, 46 },
	{ "VLAN, priority 7 and DEI", golden_vlan, 0xf005, 0 },
	{ "VLAN 0: priority only", golden_vlan, 0xa000, 0 },
	{ "VLAN 4095", golden_vlan, 0x0fff, 0 },
	{ "VLAN by 0x88a8, IPv6", golden_vlan6, 5, 66 },
	{ "QinQ", golden_qinq, 0x88a8, 50 },
	{ "QinQ by 0x8100", golden_qinq, 0x8100, 0 },
	{ "three tags", golden_three_tags, 0, 0 },
	{ "ARP", golden_arp, 42, 42 },
	{ "ARP, padded", golden_arp, 60, 0 },
	{ "a local experiment's ethertype", golden_ethertype, 0x88b5, 0 },
	{ "PTP", golden_ethertype, 0x88f7, 0 },
	{ "802.3: a length instead of an ethertype", golden_ethertype, 46, 0 },
	{ "padded to 60, no payload", golden_padded4, 0, 0 },
	{ "padded to 60, 17 bytes", golden_padded4, 17, 0 },
	{ "VLAN, padded to 60", golden_padded_vlan, 0, 0 },
	{ "padding instead of payload", golden_padding_lies, 28, 0 },
	{ "padding instead of a UDP header", golden_padding_lies, 20, 0 },
};

#define GOLDEN_COUNT	(sizeof(golden) / sizeof(golden[0]))

/**
 * struct golden_walk - where we are in the corpus; zero to begin with
 * @index: packets so far
 * @kind: into golden[]
 * @bytes: 0: whole; else cut off here
 * @honest: the IP length tells of the cut
 * @name: of the packet
 * @flags: GOLDEN_*
 */
struct golden_walk {
	__u32 index;
	__u32 kind;
	__u32 bytes;
	int honest;
	char name[GOLDEN_NAME_MAX];
	__u32 flags;
};

/* The stack takes the outer tag out, for which it wants the bytes to be there. */
static inline __u32 golden_flags(const struct packet *p)
{
	const int ethertype = p->data[12] << 8 | p->data[13];
	const int tagged = ethertype == 0x8100 || ethertype == 0x88a8;

	return (tagged && p->bytes < 14 + 6 ? GOLDEN_STACK_DROPS : 0) |
	       (p->bytes > 1518 ? GOLDEN_JUMBO : 0);
}

/* The cut packet's IP length is told by the cut, unless the header is cut itself. */
static inline int golden_cut(struct packet *p, __u32 bytes, int honest)
{
	p->bytes = bytes;
	p->udp = 0;
	if (honest && p->bytes >= p->l3 + (p->family == 4 ? 20 : 40))
		packet_close(p);
	else if (honest)
		return 0;
	return 1;
}

static inline void golden_step(struct golden_walk *w)
{
	const struct golden *kind = &golden[w->kind];

	if (kind->headers && !w->bytes) {
		w->bytes = 14;
	} else if (kind->headers && w->bytes + 1 < kind->headers) {
		w->bytes++;
	} else if (kind->headers && !w->honest) {
		w->honest = 1;
		w->bytes = 14;
	} else {
		w->honest = 0;
		w->bytes = 0;
		w->kind++;
	}
}

/**
 * golden_next() - the next packet of the corpus
 * @w: where we are
 * @p: out: the packet, with its index at GOLDEN_MARK
 *
 * Return: 1; 0: there is none.
 */
static inline int golden_next(struct golden_walk *w, struct packet *p)
{
	const struct golden *kind;
	int made = 0;

	while (!made && w->kind < GOLDEN_COUNT) {
		kind = &golden[w->kind];
		kind->make(p, kind->argument);
		made = !w->bytes || golden_cut(p, w->bytes, w->honest);
		snprintf(w->name, sizeof(w->name), w->bytes ?
			 "%s, cut at %u%s" : "%s", kind->name, w->bytes,
			 w->honest ? ", told" : "");
		golden_step(w);
	}
	if (!made)
		return 0;
	w->flags = golden_flags(p);
	put16(p->data + GOLDEN_MARK, w->index++);
	return 1;
}

#endif /* RTI_GOLDEN_CORPUS_H */
