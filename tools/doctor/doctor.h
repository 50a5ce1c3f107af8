/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What spoils latency: a table of checks, each a small function that looks at one
 * thing and fills in one finding. Nothing here changes anything.
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include <net/if.h>

#include "doctor/tree.h"

#define DOCTOR_INTERFACES_MAX	16
#define DOCTOR_FINDINGS_MAX	256

enum finding_state {
	FINDING_OK,
	FINDING_ADVICE,
	FINDING_UNKNOWN,
};

/**
 * struct finding - what a check came to
 * @check: its name
 * @interface: which it is about, "": the machine
 * @state: whether there is something to be done
 * @found: what there is
 * @where: where that was read
 * @why: what it does to latency, or why it cannot be told
 * @change: the command that changes it; "" if there is nothing to do
 */
struct finding {
	const char *check;
	char interface[IF_NAMESIZE];
	enum finding_state state;
	char found[256];
	char where[256];
	char why[256];
	char change[384];
};

/**
 * struct patient - what is looked at
 * @cpu: of the reader; -1: not said
 * @interfaces: @interfaces_count of them, names only
 * @interfaces_count: how many
 * @interface: the one that a check of interfaces is to look at
 * @shell: it, as a word for a shell
 */
struct patient {
	int cpu;
	char interfaces[DOCTOR_INTERFACES_MAX][IF_NAMESIZE];
	int interfaces_count;
	const char *interface;
	char shell[4 * IF_NAMESIZE];
};

/* The CPU to look at: that of the reader, or the first. */
static inline int cpu_of(const struct patient *p)
{
	return p->cpu < 0 ? 0 : p->cpu;
}

/**
 * struct check - one line of a table, which ends with a @name of NULL
 * @name: one word
 * @look: fill in the finding, which is zeroed: state, found, where, ...
 */
struct check {
	const char *name;
	void (*look)(const struct patient *p, struct finding *f);
};

/* One table for each file of that noun. */
extern const struct check power_checks[];	/* power.c: CPUs that sleep or are slow */
extern const struct check cpu_checks[];		/* cpu.c: who else is on the CPU */
extern const struct check kernel_checks[];	/* kernel.c: scheduler, clock */
extern const struct check memory_checks[];	/* memory.c */
extern const struct check rights_checks[];	/* rights.c: limits, capabilities */
extern const struct check session_checks[];	/* session.c: sessions that run */
extern const struct check nic_checks[];		/* nic.c: per interface */
extern const struct check steering_checks[];	/* steering.c: per interface, who handles it */

/* look.c: what checks are made of */
void found(struct finding *f, const char *format, ...) PRINTF(2, 3);
void fine(struct finding *f);
void advice(struct finding *f, const char *why, const char *format, ...) PRINTF(3, 4);
void unknown(struct finding *f, const char *why);
int look_at(struct finding *f, char *text, size_t bytes, const char *format, ...)
	PRINTF(4, 5);
int look_number(struct finding *f, long long *number, const char *format, ...)
	PRINTF(3, 4);
int has_word(const char *text, const char *word);
int has_cpu(const char *list, int cpu);
int has_bits(const char *mask);

/* cpu.c */
int command_line_word(const char *word, char *value, size_t bytes);

#endif /* DOCTOR_H */
