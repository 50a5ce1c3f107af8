/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tools say of the library's real-time set-up: why not, and how to mend
 * it. Shared by rtintercept-ctl and rtintercept-bench.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "realtime.h"

static const char *const names[RTINTERCEPT_REALTIME_STEPS] = {
	"the CPU", "/dev/cpu_dma_latency", "the timer slack", "the stack",
	"the ring", "locking the memory", "SCHED_FIFO",
};

/* @step: index of its bit */
const char *realtime_step(int step)
{
	return names[step] ? names[step] : "a step";
}

/**
 * realtime_want() - the steps that --rt and --cpu stand for
 * @rt: out
 * @priority: of --rt; 0: not given, and then nothing but the CPU is set
 * @cpu: of --cpu; -1: not given
 */
void realtime_want(struct rtintercept_realtime *rt, int priority, int cpu)
{
	memset(rt, 0, sizeof(*rt));
	rt->size = sizeof(*rt);
	rt->priority = priority;
	rt->cpu = cpu;
	if (priority)
		rt->steps = RTINTERCEPT_REALTIME_ALL & ~RTINTERCEPT_REALTIME_CPU;
	if (cpu >= 0)
		rt->steps |= RTINTERCEPT_REALTIME_CPU;
}

static unsigned long long limit(int resource)
{
	struct rlimit l = { 0, 0 };

	getrlimit(resource, &l);
	return l.rlim_cur;
}

static void why_priority(const struct rtintercept_realtime *rt, char *text)
{
	unsigned long long most = limit(RLIMIT_RTPRIO);

	if (most < (unsigned long long)rt->priority)
		snprintf(text, REALTIME_TEXT_BYTES, "RLIMIT_RTPRIO is %llu: ulimit -r %d, "
			 "\"rtprio %d\" in /etc/security/limits.conf, or CAP_SYS_NICE",
			 most, rt->priority, rt->priority);
	else
		snprintf(text, REALTIME_TEXT_BYTES, "the control group has no "
			 "real-time share: see cpu.rt_runtime_us, or CAP_SYS_NICE");
}

/* RLIMIT_MEMLOCK of a process that has the capability does not count. */
static void why_memory(char *text)
{
	snprintf(text, REALTIME_TEXT_BYTES, "RLIMIT_MEMLOCK is %llu KiB: ulimit -l "
		 "unlimited, \"memlock unlimited\" in /etc/security/limits.conf, "
		 "or CAP_IPC_LOCK", limit(RLIMIT_MEMLOCK) / 1024);
}

/**
 * realtime_why() - why a step could not be done, and what mends it
 * @rt: what rtintercept_realtime() has filled in
 * @step: index of the step's bit
 * @text: room
 *
 * Return: @text, or NULL: it was done, or not asked for.
 */
const char *realtime_why(const struct rtintercept_realtime *rt, int step,
			 char text[REALTIME_TEXT_BYTES])
{
	int err = rt->errors[step];

	if (!err)
		return NULL;
	snprintf(text, REALTIME_TEXT_BYTES, "%s", strerror(-err));
	if (1U << step == RTINTERCEPT_REALTIME_PRIORITY && err == -EPERM)
		why_priority(rt, text);
	else if (1U << step == RTINTERCEPT_REALTIME_MEMORY &&
		 (err == -EPERM || err == -ENOMEM))
		why_memory(text);
	else if (1U << step == RTINTERCEPT_REALTIME_LATENCY && err == -EACCES)
		snprintf(text, REALTIME_TEXT_BYTES, "it is root's: "
			 "chgrp rtintercept /dev/cpu_dma_latency && "
			 "chmod g+rw /dev/cpu_dma_latency");
	else if (1U << step == RTINTERCEPT_REALTIME_LATENCY && err == -ENOENT)
		snprintf(text, REALTIME_TEXT_BYTES, "it is not there: a container "
			 "has to be given it");
	else if (1U << step == RTINTERCEPT_REALTIME_CPU && err == -EINVAL)
		snprintf(text, REALTIME_TEXT_BYTES, "CPU %d is not there, or not in "
			 "this process's cpuset", rt->cpu);
	return text;
}
