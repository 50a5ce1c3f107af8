/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any sound reply. */
#ifndef RTI_UNIT_RANDOM_REPLY_H
#define RTI_UNIT_RANDOM_REPLY_H

#include "driver/rate.h"
#include "unit.h"

/* Each field has its own part of the template. */
static inline void random_reply(struct unit_random *random, struct rtintercept_reply_set *reply)
{
	__u32 i, part;

	memset(reply, 0, sizeof(*reply));
	reply->rate_pps = 1 + unit_random_below(random, RTI_RATE_MAX_PPS);
	reply->type = RTINTERCEPT_REPLY_ECHO;
	if (!unit_random_below(random, 3))
		return;
	reply->type = RTINTERCEPT_REPLY_TEMPLATE;
	reply->flags = unit_random_below(random, 2);
	reply->payload_bytes = unit_random_below(random, 257);
	part = reply->payload_bytes / 8;
	reply->fields_count = part ? unit_random_below(random, 9) : 0;
	for (i = 0; i < reply->payload_bytes; i++)
		reply->payload[i] = (__u8)unit_random_next(random);
	for (i = 0; i < reply->fields_count; i++) {
		reply->fields[i].bytes = (__u16)(1 + unit_random_below(random, part));
		reply->fields[i].to = (__u16)(i * part);
		reply->fields[i].from = (__u16)unit_random_below(random,
					257U - reply->fields[i].bytes);
	}
}

#endif /* RTI_UNIT_RANDOM_REPLY_H */
