/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tools say of the library's real-time set-up: why not, and how to mend it. */
#ifndef REALTIME_H
#define REALTIME_H

#include <stddef.h>

#include <rtintercept.h>

#define REALTIME_PRIORITY_MAX	99
#define REALTIME_TEXT_BYTES	192

void realtime_want(struct rtintercept_realtime *rt, int priority, int cpu);
const char *realtime_step(int step);
const char *realtime_why(const struct rtintercept_realtime *rt, int step,
			 char text[REALTIME_TEXT_BYTES]);

#endif /* REALTIME_H */
