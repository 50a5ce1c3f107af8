/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nearest words, by Levenshtein's distance. */
#include <string.h>

#include "guess.h"

#define LONGEST		31
#define NEAR		2	/* further away than that is no help */

void guess_init(struct guess *guess, const char *word)
{
	guess->word = word;
	guess->best = NULL;
	guess->cost = ~(size_t)0;
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Letters to insert, to delete or to change, one row of the matrix at a time. */
static size_t distance(const char *a, const char *b)
{
	size_t row[LONGEST + 1], i, j, diagonal, above, length = strlen(b);

	if (strlen(a) > LONGEST || length > LONGEST)
		return LONGEST;
	for (j = 0; j <= length; j++)
		row[j] = j;
	for (i = 1; *a; i++, a++) {
		diagonal = row[0];
		row[0] = i;
		for (j = 1; j <= length; j++) {
			above = row[j];
			row[j] = least(above + 1, row[j - 1] + 1,
				       diagonal + (*a != b[j - 1]));
			diagonal = above;
		}
	}
	return row[length];
}

/* Near is what differs in few letters; the first letter is rarely mistyped. */
void guess_offer(struct guess *guess, const char *known)
{
	size_t d = distance(guess->word, known);
	size_t cost = 2 * d + (guess->word[0] != known[0]);

	if (d <= NEAR && 2 * d <= strlen(known) && cost < guess->cost) {
		guess->best = known;
		guess->cost = cost;
	}
}
