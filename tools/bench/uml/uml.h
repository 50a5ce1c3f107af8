/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the measuring programs for User-Mode Linux share. */
#ifndef RTINTERCEPT_BENCH_UML_UML_H
#define RTINTERCEPT_BENCH_UML_UML_H

#include <stdint.h>
#include <linux/rtintercept.h>
#include "lib/rtintercept.h"
#include "tools/bench/uml/stamp.h"

#define UML_DEVICE	"dummy0"
#define UML_SENDER_CPU	0
#define UML_READER_CPU	1
#define UML_RING_BYTES	(4 << 20)

/* common.c; what fails ends the program, and says why */
void uml_pin(int cpu);
double uml_ticks_per_ns(void);
__attribute__((noreturn)) void uml_fail(const char *what);
struct rtintercept *uml_session(const struct rtintercept_rule *rules, uint32_t count);
struct rtintercept_rule uml_rule(uint32_t id, uint32_t snap_bytes);

/* floors.c: the least that is possible here, in ticks of the counter */
double uml_half_round_trip(void);
double uml_counter_reading(void);
double uml_cold_copy(uint32_t bytes);

/* @values is sorted. */
double uml_median(double *values, int count);

#endif
