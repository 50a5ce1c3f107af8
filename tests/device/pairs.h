/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two things at once, many times, each with a delay of its own. */
#ifndef RTI_DEVICE_PAIRS_H
#define RTI_DEVICE_PAIRS_H

#include <stddef.h>

/* Ends a list of results. */
#define PAIR_END	0x7fffffff
#define MAY(...)	((const int[]){ __VA_ARGS__, PAIR_END })

/**
 * struct pair - two things that two threads do at the same time
 * @name: of both
 * @begin: what each round starts from; not 0: cannot be tried here
 * @left: one of them, returns a result
 * @right: the other
 * @left_may: results that may be, ended by PAIR_END
 * @right_may: likewise
 * @one_wins: not 0: exactly one of both returns 0
 * @end: takes away what is left of the round
 */
struct pair {
	const char *name;
	int (*begin)(void);
	int (*left)(void);
	int (*right)(void);
	const int *left_may;
	const int *right_may;
	int one_wins;
	void (*end)(void);
};

void pairs_run(const struct pair *pairs, size_t count);

#endif /* RTI_DEVICE_PAIRS_H */
