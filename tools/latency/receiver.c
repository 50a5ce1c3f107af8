/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What both receiving threads have in common: starting, failing, what they cost. */
#include <signal.h>
#include <sys/resource.h>

#include "latency/latency.h"

static __u64 micros(struct timeval t)
{
	return (__u64)t.tv_sec * 1000000 + (__u64)t.tv_usec;
}

static struct usage usage_now(void)
{
	struct rusage r;

	getrusage(RUSAGE_THREAD, &r);
	return (struct usage) {
		.cpu_ns = (micros(r.ru_utime) + micros(r.ru_stime)) * 1000,
		.wall_ns = rtintercept_clock_ns(),
		.faults = (__u64)(r.ru_minflt + r.ru_majflt),
	};
}

/* In the thread, when it is set up. */
void receiver_begin(struct usage *usage)
{
	*usage = usage_now();
}

/* Likewise, when its loop has ended. */
void receiver_end(struct usage *usage)
{
	struct usage now = usage_now();

	usage->cpu_ns = now.cpu_ns - usage->cpu_ns;
	usage->wall_ns = now.wall_ns - usage->wall_ns;
	usage->faults = now.faults - usage->faults;
}

void receiver_failed(struct receiver *r, int err)
{
	r->err = err;
	intercept_stop();
}

/* Signals are the showing thread's: it sleeps, and is woken by them. */
int receiver_start(struct receiver *r, void *(*run)(void *receiver))
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = -pthread_create(&r->thread, NULL, run, r);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}
