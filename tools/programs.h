/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The programs of a session, as the kernel has them. */
#ifndef PROGRAMS_H
#define PROGRAMS_H

#include "program-code.h"
#include "rule-text.h"

/**
 * struct programs - all of them
 * @id: @count names
 * @code: what is behind each
 * @count: how many
 * @set: how many of them, the last ones, are there by our doing
 */
struct programs {
	__u32 id[RTINTERCEPT_PROGRAMS_MAX];
	struct program_code code[RTINTERCEPT_PROGRAMS_MAX];
	int count;
	int set;
};

int programs_read(struct programs *programs, struct rtintercept *rti, __u32 session_id);
int programs_set(struct programs *programs, struct rtintercept *rti, __u32 session_id,
		 __u32 *id, struct program_code *code);
int programs_set_for(struct programs *programs, struct rtintercept *rti,
		     __u32 session_id, struct rule_line *lines, int count);
void programs_undo(struct programs *programs, struct rtintercept *rti,
		   __u32 session_id);
void programs_tell(const struct programs *programs, struct rule_line *lines, int count);
void programs_destroy(struct programs *programs);

#endif /* PROGRAMS_H */
