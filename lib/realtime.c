/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Real-time set-up of the calling thread, in steps. Each step does what it can
 * and reports what it could not; none undoes another.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lib/backend.h"

#define LATENCY_DEVICE	"/dev/cpu_dma_latency"
#define STACK_BYTES	(256U << 10)	/* as far down as a reader may ever get */
#define STACK_SPARE	(16U << 10)	/* of a smaller stack: left alone */

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static int pin(struct rtintercept *rti, const struct rtintercept_realtime *rt)
{
	const int cpus = rt->cpu + 1;
	cpu_set_t *set = CPU_ALLOC(cpus);
	int err = 0;

	if (!set)
		return -ENOMEM;
	CPU_ZERO_S(CPU_ALLOC_SIZE(cpus), set);
	CPU_SET_S(rt->cpu, CPU_ALLOC_SIZE(cpus), set);
	if (sched_setaffinity(0, CPU_ALLOC_SIZE(cpus), set))
		err = -errno;
	CPU_FREE(set);
	return err;
}

/*
 * The kernel keeps to the bound as long as the file is open. Without a session
 * that is as long as the process lives: one file, whoever asks.
 */
static int bound_latency(struct rtintercept *rti,
			 const struct rtintercept_realtime *rt)
{
	static int latency_fd = -1;
	int *held = rti ? &rti->latency_fd : &latency_fd;
	const int32_t bound_us = 0;
	int nobody = -1, fd, err;

	if (__atomic_load_n(held, __ATOMIC_RELAXED) >= 0)
		return 0;
	fd = open(LATENCY_DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, &bound_us, sizeof(bound_us)) != sizeof(bound_us)) {
		err = errno ? -errno : -EIO;
		close(fd);
		return err;
	}
	if (!__atomic_compare_exchange_n(held, &nobody, fd, 0, __ATOMIC_RELAXED,
					 __ATOMIC_RELAXED))
		close(fd);
	return 0;
}

static int cut_slack(struct rtintercept *rti,
		     const struct rtintercept_realtime *rt)
{
	return prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL) ? -errno : 0;
}

static int lock_memory(struct rtintercept *rti,
		       const struct rtintercept_realtime *rt)
{
	int err = mlockall(MCL_CURRENT | MCL_FUTURE) ? -errno : 0;

	rtintercept_clock_ns();	/* its page, the kernel's, cannot be locked */
	return err;
}

/* Page by page downwards, as a stack grows. */
static __attribute__((noinline)) void touch_stack(size_t bytes)
{
	char room[bytes];
	size_t at;

	for (at = bytes; at >= page_bytes(); at -= page_bytes()) {
		room[at - 1] = 0;
		__asm__("" : : "r" (room) : "memory");
	}
}

/* How much of the stack is still below us. */
static int stack_left(size_t *bytes)
{
	pthread_attr_t attr;
	void *low;
	size_t size;
	int err = -pthread_getattr_np(pthread_self(), &attr);

	if (err)
		return err;
	err = -pthread_attr_getstack(&attr, &low, &size);
	pthread_attr_destroy(&attr);
	*bytes = (size_t)((char *)__builtin_frame_address(0) - (char *)low);
	return err;
}

static int fault_stack(struct rtintercept *rti,
		       const struct rtintercept_realtime *rt)
{
	size_t left;
	int err = stack_left(&left);

	if (err)
		return err;
	if (left < STACK_SPARE + page_bytes())
		return -ENOMEM;
	left -= STACK_SPARE;
	touch_stack(left < STACK_BYTES ? left : STACK_BYTES);
	return 0;
}

static void touch(const char *memory, size_t bytes)
{
	size_t at;

	for (at = 0; at < bytes; at += page_bytes())
		__atomic_load_n(&memory[at], __ATOMIC_RELAXED);
}

/* The consumer page is written: a mapping that was only read would fault again. */
static int fault_ring(struct rtintercept *rti,
		      const struct rtintercept_realtime *rt)
{
	struct rti_ring *ring;

	if (!rti || !rti->ring.consumer)
		return -EINVAL;
	ring = &rti->ring;
	touch((const char *)ring->producer, page_bytes());
	touch(ring->data, 2 * (size_t)(ring->mask + 1));
	__atomic_store_n(&ring->consumer->position, ring->told,
			 __ATOMIC_RELEASE);
	return 0;
}

static int schedule(struct rtintercept *rti,
		    const struct rtintercept_realtime *rt)
{
	const struct sched_param param = { .sched_priority = rt->priority };

	return sched_setscheduler(0, SCHED_FIFO, &param) ? -errno : 0;
}

/*
 * In this order: the memory after what is to be locked is there, the priority
 * last, so that nothing of the set-up is done at it.
 */
static const struct {
	__u32 step;
	int (*take)(struct rtintercept *rti,
		    const struct rtintercept_realtime *rt);
} steps[] = {
	{ RTINTERCEPT_REALTIME_CPU, pin },
	{ RTINTERCEPT_REALTIME_LATENCY, bound_latency },
	{ RTINTERCEPT_REALTIME_SLACK, cut_slack },
	{ RTINTERCEPT_REALTIME_STACK, fault_stack },
	{ RTINTERCEPT_REALTIME_RING, fault_ring },
	{ RTINTERCEPT_REALTIME_MEMORY, lock_memory },
	{ RTINTERCEPT_REALTIME_PRIORITY, schedule },
};

static int check(const struct rtintercept_realtime *rt)
{
	if ((rt->steps | rt->required) & ~RTINTERCEPT_REALTIME_ALL)
		return -EOPNOTSUPP;
	if (rt->required & ~rt->steps)
		return -EINVAL;
	if (rt->steps & RTINTERCEPT_REALTIME_CPU && rt->cpu < 0)
		return -EINVAL;
	if (rt->steps & RTINTERCEPT_REALTIME_PRIORITY &&
	    (rt->priority < sched_get_priority_min(SCHED_FIFO) ||
	     rt->priority > sched_get_priority_max(SCHED_FIFO)))
		return -EINVAL;
	return 0;
}

RTI_EXPORT int rtintercept_realtime(struct rtintercept *rti,
				    struct rtintercept_realtime *rt)
{
	struct rtintercept_realtime known;
	int err, failed = 0;
	size_t i;

	if (!rt || rt->size < sizeof(known))
		return -EINVAL;
	err = rti_opts_read(&known, sizeof(known), rt);
	if (!err)
		err = check(&known);
	if (err)
		return err;
	memset(rt->errors, 0, sizeof(rt->errors));
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (!(known.steps & steps[i].step))
			continue;
		err = steps[i].take(rti, &known);
		rt->errors[__builtin_ctz(steps[i].step)] = err;
		failed += !!err;
		if (err && known.required & steps[i].step)
			return err;
	}
	return failed;
}
