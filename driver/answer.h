/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Answers: a request that the kernel answers itself, from the hook. What is answered,
 * and what with, is turn.h's and reply.h's; here it meets sk_buffs and devices.
 */
#ifndef RTI_ANSWER_H
#define RTI_ANSWER_H

#include "reply.h"
#include "rules.h"
#include "turn.h"

struct sk_buff;

/**
 * struct rti_answer - an answer under way, between rti_answer_begin() and _send()
 * @skb: becomes the answer: the packet itself, or a copy
 * @reply: what with
 * @request: the packet
 * @mac_bytes: of the header in front of @skb->data
 * @payload_bytes: of the answer
 * @family: 4 or 6
 */
struct rti_answer {
	struct sk_buff *skb;
	const struct rti_reply *reply;
	struct rti_request request;
	u32 mac_bytes;
	u32 payload_bytes;
	u8 family;
};

void rti_reply_free(void *reply);

enum rti_counter rti_answer_begin(struct rti_answer *answer, struct sk_buff *skb,
				  const struct rti_frame *frame,
				  const struct rti_key *key,
				  const struct rti_hit *hit, u64 now_ns);
void rti_answer_send(struct rti_answer *answer);

#endif /* RTI_ANSWER_H */
