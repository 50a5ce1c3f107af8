/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the unit tests share: running a suite, and random numbers whose seed is
 * printed and can be given again in RTI_SEED.
 */
#ifndef RTI_UNIT_H
#define RTI_UNIT_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <linux/types.h>

/* @add adds the cases; a case's name is the specification. */
static inline int unit_run(const char *name, void (*add)(TCase *tcase))
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 100);
	add(tcase);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* A random sequence; splitmix64 by Vigna, public domain. */
struct unit_random {
	__u64 state;
};

static inline void unit_random_init(struct unit_random *random)
{
	const char *seed = getenv("RTI_SEED");

	random->state = seed ? strtoull(seed, NULL, 0) :
		(__u64)time(NULL) * 1000003ULL + (__u64)clock();
	printf("# RTI_SEED=%llu\n", (unsigned long long)random->state);
	fflush(stdout);
}

static inline __u64 unit_random_next(struct unit_random *random)
{
	__u64 z = (random->state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/* From 0 to @below - 1. */
static inline __u32 unit_random_below(struct unit_random *random, __u32 below)
{
	return (__u32)(unit_random_next(random) % below);
}

#endif /* RTI_UNIT_H */
