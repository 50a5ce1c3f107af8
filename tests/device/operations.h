/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device's operations in a table, with what each needs. */
#ifndef RTI_DEVICE_OPERATIONS_H
#define RTI_DEVICE_OPERATIONS_H

#include <linux/capability.h>
#include <linux/types.h>

#define NEEDS_RAW	(1U << CAP_NET_RAW)
#define NEEDS_ADMIN	(1U << CAP_NET_ADMIN)
#define OPERATIONS	25

/**
 * struct operation - one; they are tried in the order of the table
 * @name: of the ioctl, and with what
 * @run: do it. @id: of the session that it is about, 0: the caller's. Return: 0,
 *	or -errno.
 * @needs: NEEDS_*, where it is about one's own session
 * @others: it may be about another's, which takes NEEDS_ADMIN
 */
struct operation {
	const char *name;
	int (*run)(int fd, __u32 id);
	__u32 needs;
	int others;
};

extern const struct operation operations[OPERATIONS];

#endif /* RTI_DEVICE_OPERATIONS_H */
