/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of REPLY by either backend. */
#ifndef RTI_DEVICE_REPLIES_H
#define RTI_DEVICE_REPLIES_H

#include "answers.h"

struct rtintercept_stats stats_of(struct rtintercept *rti);

/* replies.c: what is not answered, and what happens meanwhile */
void replies_kept_back(__u32 by_hook);
void replies_each_other(__u32 by_hook);

/* reply-names.c: replies as objects; @flags: of a template, if it takes any */
void replies_named(struct rtintercept *rti, __u32 flags);

/* reply-bytes.c: what is answered, byte for byte */
extern int replies_raw, replies_there;

void replies_open(__u32 largest_payload);
void replies_close(void);
int replies_echoes(struct packet *p);
int replies_fill(struct packet *p, const struct rtintercept_reply_set *reply);
struct rtintercept_reply_set reply_limits(void);
void replies_checked(struct rtintercept *rti, __u64 replied, __u64 unfit,
		     const char *name);
void replies_echo(__u32 hook);
void replies_template(__u32 hook);
void replies_sockets(__u32 hook, const char *name);
void replies_not_longer(__u32 hook);
void replies_tags(__u32 hook, const char *name);

#endif /* RTI_DEVICE_REPLIES_H */
