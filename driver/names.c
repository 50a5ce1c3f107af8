// SPDX-License-Identifier: GPL-2.0-only
/* Names: found, set, swapped, freed. */
#include <linux/err.h>
#include <linux/slab.h>

#include "names.h"

struct rti_name *rti_name_find(const struct rti_names *names, u32 id)
{
	u32 i;

	for (i = 0; i < RTI_NAMES_MAX; i++)
		if (names->slot[i] && names->slot[i]->id == id)
			return names->slot[i];
	return NULL;
}

/* The name of the lowest id that is at least @id, or NULL. */
struct rti_name *rti_name_from(const struct rti_names *names, u32 id)
{
	struct rti_name *found = NULL, *n;
	u32 i;

	for (i = 0; i < RTI_NAMES_MAX; i++) {
		n = names->slot[i];
		if (n && n->id >= id && (!found || n->id < found->id))
			found = n;
	}
	return found;
}

static u32 unused_id(const struct rti_names *names)
{
	u32 id = 1;

	while (rti_name_find(names, id))
		id++;
	return id;
}

/* @id: not in use; 0: the lowest that is not */
static struct rti_name *name_alloc(struct rti_names *names, u32 id, void *thing)
{
	struct rti_name *n;
	u32 slot = 0;

	while (slot < RTI_NAMES_MAX && names->slot[slot])
		slot++;
	if (slot == RTI_NAMES_MAX)
		return ERR_PTR(-ENOSPC);
	n = kzalloc(sizeof(*n), GFP_KERNEL_ACCOUNT);
	if (!n)
		return ERR_PTR(-ENOMEM);
	n->id = id ?: unused_id(names);
	n->slot = slot;
	RCU_INIT_POINTER(n->thing, thing);
	names->slot[slot] = n;
	return n;
}

/**
 * rti_name_set() - one more thing, or another in the place of one
 * @names: of the session
 * @id: in: its name; 0: the lowest that is not in use; out: its name
 * @thing: belongs to @names from now on, unless this fails
 *
 * Return: what it took the place of, to be freed when no packet meets it any more;
 * NULL; ERR_PTR(-ENOSPC), ERR_PTR(-ENOMEM). Context: may sleep; the session's lock
 * is held.
 */
void *rti_name_set(struct rti_names *names, u32 *id, void *thing)
{
	struct rti_name *n = *id ? rti_name_find(names, *id) : NULL;

	if (n)
		return rcu_replace_pointer(n->thing, thing, true);
	n = name_alloc(names, *id, thing);
	if (IS_ERR(n))
		return n;
	*id = n->id;
	return NULL;
}

/* Context: may sleep; it is in no table and no slot, and no packet looks at it. */
void rti_name_free(const struct rti_names *names, struct rti_name *name)
{
	names->free(rti_name_thing(name));
	kfree(name);
}

/* Context: may sleep; no packet looks any more. */
void rti_names_destroy(struct rti_names *names)
{
	u32 i;

	for (i = 0; i < RTI_NAMES_MAX; i++)
		if (names->slot[i])
			rti_name_free(names, names->slot[i]);
}
