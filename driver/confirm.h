/* SPDX-License-Identifier: GPL-2.0-only */
/* What a packet's key does not tell of a rule: its payload and its program. */
#ifndef RTI_CONFIRM_H
#define RTI_CONFIRM_H

#include "rules.h"

/**
 * struct rti_question - what the search asks about
 * @skb: the packet, only read; data at the network header
 * @mac_bytes: of the header in front of it
 * @l3_shift: from an offset in the record to one behind skb->data
 * @key: the packet's
 * @table: that it meets
 * @asked: programs that have answered, a bit per slot: none runs twice
 * @answer: by slot, where @asked says so
 */
struct rti_question {
	const struct sk_buff *skb;
	u32 mac_bytes;
	u32 l3_shift;
	const struct rti_key *key;
	const struct rti_table *table;
	u64 asked;
	u32 answer[RTI_NAMES_MAX];
};

int rti_question_confirm(void *question, u32 rank);
u32 rti_question_ask(struct rti_question *question,
		     const struct rti_name *program);

#endif /* RTI_CONFIRM_H */
