/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was measured, as JSON: an object for each look, one line each. */
#ifndef LATENCY_JSON_H
#define LATENCY_JSON_H

#include "latency/latency.h"

void json_interval(const struct latency *l, __u64 now_ns);
void json_summary(const struct latency *l, __u64 now_ns);

#endif /* LATENCY_JSON_H */
