/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A key says of a packet what naive.h says. */
#ifndef RTI_UNIT_SAME_H
#define RTI_UNIT_SAME_H

#include <check.h>

#include "driver/key.h"
#include "naive.h"

static inline void assert_same(const struct rti_key *key,
			       const struct naive_facts *f)
{
	__u32 kind = f->later ? RTINTERCEPT_FRAGMENT_LATER :
		     f->first ? RTINTERCEPT_FRAGMENT_FIRST :
				RTINTERCEPT_FRAGMENT_NONE;

	ck_assert_int_eq(!!(key->flags & RTINTERCEPT_RECORD_MALFORMED),
			 f->malformed);
	ck_assert_int_eq(!!(key->flags & RTINTERCEPT_RECORD_L3), f->family != 0);
	ck_assert_int_eq(!!(key->flags & RTINTERCEPT_RECORD_IPV6), f->family == 6);
	ck_assert_int_eq(!!(key->flags & RTINTERCEPT_RECORD_L4), f->has_l4);
	ck_assert_int_eq(!!(key->flags & RTINTERCEPT_RECORD_PAYLOAD), f->has_ports);
	ck_assert_int_eq(!!(key->flags & RTINTERCEPT_RECORD_VLAN), f->tags > 0);
	ck_assert_int_eq(!!(key->flags & RTINTERCEPT_RECORD_FRAG_FIRST), f->first);
	ck_assert_int_eq(!!(key->flags & RTINTERCEPT_RECORD_FRAG_LATER), f->later);
	ck_assert_uint_eq(key->ethertype, f->ethertype);
	ck_assert_uint_eq(key->vlan_id, f->vlan_id[0]);
	ck_assert_uint_eq(key->vlan_inner_id, f->vlan_id[1]);
	ck_assert_uint_eq(key->family, f->family);
	ck_assert_uint_eq(key->protocol, f->protocol);
	ck_assert_mem_eq(key->src_addr, f->src, 16);
	ck_assert_mem_eq(key->dst_addr, f->dst, 16);
	ck_assert_uint_eq(key->src_port, f->src_port);
	ck_assert_uint_eq(key->dst_port, f->dst_port);
	ck_assert_uint_eq(key->fragment, kind);
	ck_assert_uint_eq(key->l3_offset, f->l3);
	ck_assert_uint_eq(key->l4_offset, f->l4);
	ck_assert_uint_eq(key->payload_offset, f->payload);
	ck_assert_uint_eq(key->payload_bytes, f->payload_bytes);
	ck_assert_uint_eq(key->wire_bytes, f->wire);
}

#endif /* RTI_UNIT_SAME_H */
