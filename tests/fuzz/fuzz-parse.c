/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parser on any bytes, found in any way that a hook may find them: nothing is
 * read beyond them, and it sees what a naive parser sees.
 */
#include "fuzz.h"
#include "parse-util.h"
#include "same.h"

#define MERGED		(1U << 0)
#define NO_MAC		(1U << 1)
#define OUT_OF_BAND	(1U << 2)
#define SHORT		(1U << 3)	/* not all of the packet is at hand */

/* A tag at the packet's begin is taken out of the bytes. */
static void look(__u8 how, const __u8 *data, __u32 at_hand, __u32 wire)
{
	struct rti_frame frame = { .wire_bytes = wire, .merged = how & MERGED };
	struct naive_facts facts;
	struct rti_key key;
	__u8 bytes[512];

	memcpy(bytes, data, at_hand);
	if (at_hand >= 18 && (how & OUT_OF_BAND) &&
	    rti_is_vlan(rti_get16(bytes + 12))) {
		frame.vlan_proto = rti_get16(bytes + 12);
		frame.vlan_tci = rti_get16(bytes + 14);
		memmove(bytes + 12, bytes + 16, at_hand - 16);
		key = parse_frame(frame, bytes, at_hand - 4);
	} else {
		key = parse_frame(frame, bytes, at_hand);
	}
	naive_look(&facts, data, at_hand, wire, how & MERGED);
	assert_same(&key, &facts);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t bytes)
{
	struct fuzz fuzz = { data, bytes };
	struct rti_frame frame = {};
	__u8 how = fuzz_u8(&fuzz), cut = how & SHORT ? fuzz_u8(&fuzz) : 0;
	__u32 wire;

	if (fuzz.left > 512)
		return 0;
	wire = (__u32)fuzz.left;
	if (how & NO_MAC) {
		frame.ethertype = how & OUT_OF_BAND ? RTI_ETH_P_IPV6 : RTI_ETH_P_IPV4;
		frame.wire_bytes = wire;
		parse_frame(frame, fuzz.at, cut < wire ? wire - cut : 0);
	} else {
		look(how, fuzz.at, cut < wire ? wire - cut : 0, wire);
	}
	return 0;
}
