/* SPDX-License-Identifier: GPL-2.0-only */
/* ioctls: from the user's bytes to a session, and back. */
#ifndef RTI_IOCTL_H
#define RTI_IOCTL_H

#include "reply.h"
#include "session.h"

#define RTI_FEATURES	(RTINTERCEPT_FEATURE_HOOK_RX_HANDLER |	\
			 RTINTERCEPT_FEATURE_WATERMARK |	\
			 RTINTERCEPT_FEATURE_READ |		\
			 RTINTERCEPT_FEATURE_OTHER_SESSIONS |	\
			 RTINTERCEPT_FEATURE_MATCH_PAYLOAD |	\
			 RTINTERCEPT_FEATURE_WAIT |		\
			 RTINTERCEPT_FEATURE_REPLY |		\
			 RTINTERCEPT_FEATURE_PROGRAM_CBPF |	\
			 (IS_ENABLED(CONFIG_BPF_SYSCALL) ?	\
			  RTINTERCEPT_FEATURE_PROGRAM_EBPF : 0) | \
			 (IS_ENABLED(CONFIG_NETFILTER_INGRESS) ? \
			  RTINTERCEPT_FEATURE_HOOK_INGRESS : 0))

long rti_ioctl(struct rti_session *session, unsigned int cmd, unsigned long arg);

/* ioctl_rule.c; @cmd is a struct of the ioctl's, checked for size and flags. */
int rti_ioctl_rule_add(struct rti_session *own, void *cmd);
int rti_ioctl_rule_del(struct rti_session *own, void *cmd);
int rti_ioctl_rule_list(struct rti_session *own, void *cmd);
int rti_ioctl_rule_replace(struct rti_session *own, void *cmd);
int rti_ioctl_rule_flush(struct rti_session *own, void *cmd);
int rti_ioctl_rule_stats(struct rti_session *own, void *cmd);

/* ioctl_name.c */
int rti_ioctl_name_set(struct rti_session *s, struct rti_names *names, u32 *id,
		       void *thing);

/* ioctl_reply.c, likewise. */
int rti_ioctl_reply_set(struct rti_session *own, void *cmd);
int rti_ioctl_reply_get(struct rti_session *own, void *cmd);

/* ioctl_program.c, likewise. */
int rti_ioctl_program_set(struct rti_session *own, void *cmd);
int rti_ioctl_program_get(struct rti_session *own, void *cmd);

int rti_copy_array_to_user(u64 address, u32 capacity, u32 user_size,
			   const void *array, u32 count, size_t element);

#endif /* RTI_IOCTL_H */
