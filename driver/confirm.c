// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules that a packet's key cannot decide: what the search asks last. On the
 * packet path; see hook.c.
 */
#include <linux/bits.h>
#include <linux/skbuff.h>

#include "confirm.h"

static bool payload_matches(const struct rti_question *q,
			    const struct rtintercept_rule *rule)
{
	const int at = (int)(q->key->payload_offset - q->l3_shift) +
		       rule->payload_offset;
	u8 bytes[RTINTERCEPT_PAYLOAD_MAX] = { };

	return rti_payload_reaches(rule, q->key) &&
	       !skb_copy_bits(q->skb, at, bytes, rule->payload_bytes) &&
	       rti_payload_match(rule, bytes);
}

/* What the program says of the packet, once and for all. */
u32 rti_question_ask(struct rti_question *question,
		     const struct rti_name *program)
{
	const u64 bit = BIT_ULL(program->slot);

	if (!(question->asked & bit)) {
		question->answer[program->slot] =
			rti_program_run(program, question->skb,
					question->mac_bytes);
		question->asked |= bit;
	}
	return question->answer[program->slot];
}

/* A rti_confirm; @question is a struct rti_question. */
int rti_question_confirm(void *question, u32 rank)
{
	struct rti_question *q = question;
	const struct rtintercept_rule *rule = &q->table->rules[rank];

	if ((rule->match & RTINTERCEPT_MATCH_PAYLOAD) &&
	    !payload_matches(q, rule))
		return 0;
	return !(rule->match & RTINTERCEPT_MATCH_PROGRAM) ||
	       rti_question_ask(q, q->table->programs[rank]);
}
