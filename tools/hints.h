/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may stand in the way, and what to do about it. */
#ifndef HINTS_H
#define HINTS_H

#include "sessions.h"

#define HINTS_MAX	8
#define HINT_BYTES	256

/**
 * struct hints - lines for the user
 * @text: @count of them
 * @count: how many
 */
struct hints {
	char text[HINTS_MAX][HINT_BYTES];
	int count;
};

void hints_collect(struct hints *hints, const struct sessions *sessions);
void hints_not_loadable(struct hints *hints, int err);

#endif /* HINTS_H */
