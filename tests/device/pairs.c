/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs pairs, or those whose name the expression RTI_PAIR finds: RTI_ROUNDS rounds
 * each (10), with random delays from RTI_SEED.
 * Two threads meet at a barrier, wait as long as the dice say, and go.
 */
#include <pthread.h>
#include <regex.h>

#include "device.h"
#include "pairs.h"

#define ROUNDS		10
#define DELAY_BITS	15

/**
 * struct side - one of the two threads
 * @cpu: where it runs
 * @random: of its delays
 * @act: what to do in this round, NULL: end
 * @result: what came of it
 */
struct side {
	int cpu;
	__u64 random;
	int (*act)(void);
	int result;
	pthread_t thread;
};

static pthread_barrier_t begin, end;

/* From nothing to some hundred microseconds, every order of magnitude as often. */
static void delay(struct side *side)
{
	__u64 loops;

	side->random ^= side->random << 13;
	side->random ^= side->random >> 7;
	side->random ^= side->random << 17;
	loops = side->random >> 8 & ((1ULL << side->random % DELAY_BITS) - 1);
	for (; loops; loops--)
		__asm__("" ::: "memory");
}

static void *work(void *arg)
{
	struct side *side = arg;

	stay_on_cpu(side->cpu);
	for (;;) {
		pthread_barrier_wait(&begin);
		if (!side->act)
			return NULL;
		delay(side);
		side->result = side->act();
		pthread_barrier_wait(&end);
	}
}

static int may_be(const int *list, int result)
{
	for (; *list != PAIR_END; list++)
		if (*list == result)
			return 1;
	return 0;
}

static int is_good(const struct pair *p, int left, int right)
{
	if (p->one_wins && !left == !right)
		return 0;
	return may_be(p->left_may, left) && may_be(p->right_may, right);
}

/* Returns how many rounds were done: fewer if it cannot be tried here. */
static int run_rounds(const struct pair *p, struct side *side, int rounds, int *bad)
{
	int i;

	for (i = 0; i < rounds; i++) {
		if (p->begin())
			break;
		side[0].act = p->left;
		side[1].act = p->right;
		pthread_barrier_wait(&begin);
		pthread_barrier_wait(&end);
		if (!is_good(p, side[0].result, side[1].result) && !(*bad)++)
			printf("# %s: round %d: %d and %d\n", p->name, i,
			       side[0].result, side[1].result);
		p->end();
	}
	return i;
}

static void start(struct side *side, __u64 seed)
{
	int i;

	pthread_barrier_init(&begin, NULL, 3);
	pthread_barrier_init(&end, NULL, 3);
	for (i = 0; i < 2; i++) {
		side[i] = (struct side) { .cpu = i, .random = seed + (__u64)i };
		pthread_create(&side[i].thread, NULL, work, &side[i]);
	}
}

static void finish(struct side *side)
{
	int i;

	side[0].act = side[1].act = NULL;
	pthread_barrier_wait(&begin);
	for (i = 0; i < 2; i++)
		pthread_join(side[i].thread, NULL);
}

void pairs_run(const struct pair *pairs, size_t count)
{
	const char *text = getenv("RTI_PAIR");
	const int rounds = (int)setting("RTI_ROUNDS", ROUNDS);
	const __u64 seed = setting("RTI_SEED", now_ns() | 1);
	struct side side[2];
	regex_t only;
	int done, bad;
	size_t i;

	if (regcomp(&only, text ?: "", REG_EXTENDED | REG_NOSUB)) {
		printf("Bail out! RTI_PAIR is no expression: %s\n", text);
		exit(1);
	}
	printf("# seed %llu\n", seed);
	start(side, seed);
	for (i = 0; i < count; i++) {
		if (regexec(&only, pairs[i].name, 0, NULL, 0))
			continue;
		bad = 0;
		done = run_rounds(&pairs[i], side, rounds, &bad);
		if (!done)
			skip(pairs[i].name, "not to be had here");
		else
			ok(!bad && done == rounds, "%s: %d rounds", pairs[i].name,
			   done);
		printf("# figure race_rounds %d\n# figure race_pairs %d\n", done, !!done);
	}
	finish(side);
	regfree(&only);
}
