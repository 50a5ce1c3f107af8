/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names: the numbers by which rules refer to what is not in them, programs and
 * replies, so that it can be swapped while packets meet it. What it is does not
 * matter here; who may set it is ioctl's.
 */
#ifndef RTI_NAMES_H
#define RTI_NAMES_H

#include <linux/rcupdate.h>

#include "pure.h"

#define RTI_NAMES_MAX	64	/* of one kind, in one session */

/**
 * struct rti_name - what rules of this number mean
 * @id: constant
 * @slot: where it stands in struct rti_names; constant
 * @thing: RCU; swapped under the session's lock. Never NULL.
 */
struct rti_name {
	u32 id;
	u32 slot;
	void __rcu *thing;
};

/**
 * struct rti_names - those of one kind, in one session
 * @slot: the session's lock
 * @free: for a thing that no packet meets any more; constant
 */
struct rti_names {
	struct rti_name *slot[RTI_NAMES_MAX];
	void (*free)(void *thing);
};

struct rti_name *rti_name_find(const struct rti_names *names, u32 id);
struct rti_name *rti_name_from(const struct rti_names *names, u32 id);
void *rti_name_set(struct rti_names *names, u32 *id, void *thing);
void rti_name_free(const struct rti_names *names, struct rti_name *name);
void rti_names_destroy(struct rti_names *names);

/* The thing, for who holds the session's lock, or when no packet looks any more. */
static inline void *rti_name_thing(const struct rti_name *name)
{
	return rcu_dereference_protected(name->thing, 1);
}

#endif /* RTI_NAMES_H */
