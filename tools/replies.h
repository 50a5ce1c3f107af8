/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The replies of a session, as the kernel has them. */
#ifndef REPLIES_H
#define REPLIES_H

#include "rule-text.h"

#define REPLIES_MAX	64	/* in one session, of any backend */

/**
 * struct replies - all of them
 * @reply: @count of them
 * @count: how many
 * @set: how many of them, the last ones, are there by our doing
 */
struct replies {
	struct rtintercept_reply_set reply[REPLIES_MAX];
	int count;
	int set;
};

int replies_read(struct replies *replies, struct rtintercept *rti, __u32 session_id);
int replies_set_for(struct replies *replies, struct rtintercept *rti,
		    __u32 session_id, struct rule_line *lines, int count);
void replies_undo(struct replies *replies, struct rtintercept *rti, __u32 session_id);
void replies_tell(const struct replies *replies, struct rule_line *lines, int count);

#endif /* REPLIES_H */
