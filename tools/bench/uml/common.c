/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUs, the counter's pace, and a session of the module. */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "tools/bench/uml/uml.h"

#define PACE_NS		200000000L

void uml_fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

void uml_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		uml_fail("sched_setaffinity");
}

/* By the clock, over so long a time that its price does not matter. */
double uml_ticks_per_ns(void)
{
	const struct timespec pause = { .tv_nsec = PACE_NS };
	const uint64_t begin_ns = rtintercept_clock_ns(), begin = stamp_ticks();
	uint64_t end_ns, end;

	nanosleep(&pause, NULL);
	end_ns = rtintercept_clock_ns();
	end = stamp_ticks();
	return (double)(end - begin) / (end_ns - begin_ns);
}

static void must(int error, const char *what)
{
	if (error >= 0)
		return;
	errno = -error;
	uml_fail(what);
}

/* UDP to the stamped port is recorded, and travels on. */
struct rtintercept_rule uml_rule(uint32_t id, uint32_t snap_bytes)
{
	return (struct rtintercept_rule) {
		.id = id,
		.match = RTINTERCEPT_MATCH_PROTOCOL | RTINTERCEPT_MATCH_DST_PORT,
		.verdict = RTINTERCEPT_VERDICT_PASS,
		.flags = RTINTERCEPT_RULE_RECORD,
		.snap_bytes = snap_bytes,
		.protocol = IPPROTO_UDP,
		.dst_port_min = STAMP_PORT,
		.dst_port_max = STAMP_PORT,
	};
}

/* Started, on the interface that all packets come in at. */
struct rtintercept *uml_session(const struct rtintercept_rule *rules, uint32_t count)
{
	const struct rtintercept_open_opts opts = {
		.size = sizeof(opts), .backend = RTINTERCEPT_BACKEND_MODULE,
	};
	struct rtintercept *rti = NULL;

	must(rtintercept_open(&rti, &opts), "opening a session");
	must(rtintercept_rule_replace(rti, 0, rules, count, NULL), "setting the rules");
	must(rtintercept_ring_setup(rti, UML_RING_BYTES), "setting up the ring");
	must(rtintercept_attach(rti, if_nametoindex(UML_DEVICE), NULL), "attaching");
	must(rtintercept_start(rti), "starting");
	return rti;
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double uml_median(double *values, int count)
{
	qsort(values, count, sizeof(*values), by_size);
	return values[count / 2];
}
