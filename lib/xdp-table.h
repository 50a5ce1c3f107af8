/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changing the rules of an XDP session; lib/xdp-table.c. Not installed. */
#ifndef RTI_LIB_XDP_TABLE_H
#define RTI_LIB_XDP_TABLE_H

#include "lib/xdp.h"

/**
 * struct rti_xdp_change - the rules of a table to be
 * @generation: out: of the table
 * @count: how many
 * @last_id: out: the id of what stood last in @rule
 * @rule: in any order, ids 0 where one is to be chosen; one more than there may
 *	be, to be refused
 */
struct rti_xdp_change {
	__u64 generation;
	__u32 count;
	__u32 last_id;
	struct rtintercept_rule rule[RTI_INDEX_RULES_MAX + 1];
};

typedef int (*rti_xdp_edit)(const void *arg, const struct rti_xdp_rules *old,
			    struct rti_xdp_change *change);

int rti_xdp_table_change(const struct rti_xdp_maps *maps, rti_xdp_edit edit,
			 const void *arg, struct rti_xdp_change *change);

#endif /* RTI_LIB_XDP_TABLE_H */
