/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which known word did somebody mean who typed an unknown one? */
#ifndef GUESS_H
#define GUESS_H

#include <stddef.h>

/**
 * struct guess - the best so far
 * @word: as typed
 * @best: nearest known word; NULL: none is near
 * @cost: how far @best is away
 */
struct guess {
	const char *word;
	const char *best;
	size_t cost;
};

void guess_init(struct guess *guess, const char *word);
void guess_offer(struct guess *guess, const char *known);

#endif /* GUESS_H */
