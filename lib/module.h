/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the module's backend share. Not installed. */
#ifndef RTI_MODULE_H
#define RTI_MODULE_H

#include "lib/backend.h"

/* lib/module.c: an ioctl. Return: 0, or -errno. */
int rti_module_call(const struct rtintercept *rti, unsigned long request, void *arg);

/* lib/module-table.c: members of struct rti_backend_ops */
int rti_module_rule_add(struct rtintercept *rti, __u32 session_id,
			struct rtintercept_rule *rule);
int rti_module_rule_del(struct rtintercept *rti, __u32 session_id, __u32 rule_id);
int rti_module_rule_flush(struct rtintercept *rti, __u32 session_id);
int rti_module_rule_list(struct rtintercept *rti, __u32 session_id,
			 struct rtintercept_rule **rules, __u64 *generation);
int rti_module_rule_replace(struct rtintercept *rti, __u32 session_id,
			    const struct rtintercept_rule *rules, __u32 count,
			    __u64 *generation);
int rti_module_rule_stats(struct rtintercept *rti, __u32 session_id,
			  struct rtintercept_rule_counters **counters);
int rti_module_program_set(struct rtintercept *rti, __u32 session_id,
			   struct rtintercept_program_set *program);
int rti_module_program_get(struct rtintercept *rti, __u32 session_id,
			   struct rtintercept_program_get *program,
			   struct sock_filter **insns);
int rti_module_reply_set(struct rtintercept *rti, __u32 session_id,
			 struct rtintercept_reply_set *reply);
int rti_module_reply_get(struct rtintercept *rti, __u32 session_id,
			 struct rtintercept_reply_set *reply);

#endif /* RTI_MODULE_H */
