/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls of the library to the system, of which one fails on purpose. */
#ifndef RTI_TESTS_FAILING_H
#define RTI_TESTS_FAILING_H

/**
 * struct failing - which, and what became of it
 * @point: calls until one fails; 0: none does
 * @injected: the errno of the one that did
 * @failed: its name
 * @allocated: blocks of memory that the library has
 */
struct failing {
	int point;
	int injected;
	const char *failed;
	long allocated;
};

extern struct failing failing;

#endif /* RTI_TESTS_FAILING_H */
