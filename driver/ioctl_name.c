// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the ioctls on programs and on replies have in common. A thing that rules
 * name is swapped as a whole: each packet meets the old one or the new one.
 */
#include <linux/err.h>

#include "ioctl.h"

static int take_away(struct rti_session *s, struct rti_names *names, u32 id)
{
	const struct rti_table *table;
	struct rti_name *name;
	int err = -ENOENT;

	mutex_lock(&s->lock);
	table = rti_session_table(s);
	name = rti_name_find(names, id);
	if (name)
		err = table && rti_table_names(table, name) ? -EBUSY : 0;
	if (!err)
		names->slot[name->slot] = NULL;
	mutex_unlock(&s->lock);
	if (err)
		return err;
	/* Packets may still look at a table that had it. */
	synchronize_rcu();
	rti_name_free(names, name);
	return 0;
}

/**
 * rti_ioctl_name_set() - set, swap or take away what rules refer to
 * @s: the session
 * @names: of the session
 * @id: in: its name; 0: the session chooses; out: its name
 * @thing: belongs to @names from now on, or is freed; NULL: take away
 *
 * Return: 0; -ENOSPC, -ENOMEM; to take away: -ENOENT there is none, -EBUSY a rule
 * names it. Context: may sleep.
 */
int rti_ioctl_name_set(struct rti_session *s, struct rti_names *names, u32 *id,
		       void *thing)
{
	void *old;

	if (!thing)
		return take_away(s, names, *id);
	mutex_lock(&s->lock);
	old = rti_name_set(names, id, thing);
	mutex_unlock(&s->lock);
	if (IS_ERR(old)) {
		names->free(thing);
		return PTR_ERR(old);
	}
	if (old) {
		synchronize_rcu();
		names->free(old);
	}
	return 0;
}
