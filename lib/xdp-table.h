/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changing the rule table of an XDP session; lib/xdp-table.c. Not installed. */
#ifndef RTI_LIB_XDP_TABLE_H
#define RTI_LIB_XDP_TABLE_H

#include "lib/xdp.h"

/**
 * struct rti_xdp_change - the rules of a table to be
 * @rule: in any order, ids 0 where one is to be chosen
 * @count: how many
 */
struct rti_xdp_change {
	struct rtintercept_rule rule[RTI_XDP_RULES_MAX];
	__u32 count;
};

typedef int (*rti_xdp_edit)(const void *arg, const struct rti_xdp_table *old,
			    struct rti_xdp_change *change);

int rti_xdp_table_change(const struct rti_xdp_maps *maps, rti_xdp_edit edit,
			 const void *arg, struct rti_xdp_table **table);
int rti_xdp_position(const struct rti_xdp_table *table, __u32 id);

#endif /* RTI_LIB_XDP_TABLE_H */
