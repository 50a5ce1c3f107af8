/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: lib/realtime.c lib/session.c lib/ring.c lib/wait.c lib/growing.c */
/* LINK: lib/note.c lib/strategy.c lib/timetable.c lib/period.c */
/*
 * The real-time set-up: what it refuses, what each step reports, what a required
 * one stops, and what it does without privileges. Each test is a process.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/backend.h"
#include "unit.h"

#define RING_BYTES	(64U << 10)
#define STEP(bit)	__builtin_ctz(RTINTERCEPT_REALTIME_##bit)
#define NOBODY		65534

/* AddressSanitizer takes mlockall() away. */
#ifdef __SANITIZE_ADDRESS__
#define UNLOCKED	0
#else
#define UNLOCKED	(-EPERM)
#endif

const struct rti_backend_ops rti_module_ops;	/* opens nothing */

static struct rtintercept_realtime of(__u32 steps)
{
	return (struct rtintercept_realtime) {
		.size = sizeof(struct rtintercept_realtime),
		.steps = steps,
		.priority = 1,
	};
}

START_TEST(what_is_wrong_is_refused_and_changes_nothing)
{
	struct {
		struct rtintercept_realtime rt;
		char more[8];
	} longer = { of(0), "" };
	struct rtintercept_realtime rt = of(1U << 7);
	const int slack = prctl(PR_GET_TIMERSLACK);

	ck_assert_int_eq(rtintercept_realtime(NULL, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_realtime(NULL, &rt), -EOPNOTSUPP);
	rt = of(RTINTERCEPT_REALTIME_SLACK);
	rt.required = RTINTERCEPT_REALTIME_MEMORY;
	ck_assert_int_eq(rtintercept_realtime(NULL, &rt), -EINVAL);
	rt.required = 1U << 31;
	ck_assert_int_eq(rtintercept_realtime(NULL, &rt), -EOPNOTSUPP);
	rt = of(RTINTERCEPT_REALTIME_SLACK | RTINTERCEPT_REALTIME_CPU);
	rt.cpu = -1;
	ck_assert_int_eq(rtintercept_realtime(NULL, &rt), -EINVAL);
	rt = of(RTINTERCEPT_REALTIME_SLACK | RTINTERCEPT_REALTIME_PRIORITY);
	for (rt.priority = -1; rt.priority < 200; rt.priority += 101)
		ck_assert_int_eq(rtintercept_realtime(NULL, &rt), -EINVAL);
	rt = of(RTINTERCEPT_REALTIME_SLACK);
	rt.size--;
	ck_assert_int_eq(rtintercept_realtime(NULL, &rt), -EINVAL);
	longer.rt.size = sizeof(longer);
	ck_assert_int_eq(rtintercept_realtime(NULL, &longer.rt), 0);
	longer.more[7] = 1;
	ck_assert_int_eq(rtintercept_realtime(NULL, &longer.rt), -E2BIG);
	ck_assert_int_eq(prctl(PR_GET_TIMERSLACK), slack);
}
END_TEST

START_TEST(each_step_reports_for_itself)
{
	struct rtintercept_realtime rt = of(RTINTERCEPT_REALTIME_CPU |
					    RTINTERCEPT_REALTIME_SLACK |
					    RTINTERCEPT_REALTIME_STACK |
					    RTINTERCEPT_REALTIME_RING);
	int i;

	rt.cpu = 100000;
	memset(rt.errors, 0x55, sizeof(rt.errors));
	ck_assert_int_eq(rtintercept_realtime(NULL, &rt), 2);
	ck_assert_int_eq(rt.errors[STEP(CPU)], -EINVAL);
	ck_assert_int_eq(rt.errors[STEP(RING)], -EINVAL);
	for (i = 0; i < RTINTERCEPT_REALTIME_STEPS; i++)
		if (i != STEP(CPU) && i != STEP(RING))
			ck_assert_int_eq(rt.errors[i], 0);
	ck_assert_int_eq(prctl(PR_GET_TIMERSLACK), 1);
}
END_TEST

START_TEST(a_required_step_that_fails_stops_those_behind_it)
{
	struct rtintercept_realtime rt = of(RTINTERCEPT_REALTIME_CPU |
					    RTINTERCEPT_REALTIME_SLACK);
	const int slack = prctl(PR_GET_TIMERSLACK);

	rt.cpu = 100000;
	rt.required = RTINTERCEPT_REALTIME_CPU;
	ck_assert_int_eq(rtintercept_realtime(NULL, &rt), -EINVAL);
	ck_assert_int_eq(rt.errors[STEP(CPU)], -EINVAL);
	ck_assert_int_eq(prctl(PR_GET_TIMERSLACK), slack);
}
END_TEST

START_TEST(the_cpu_is_the_one_that_was_asked_for)
{
	struct rtintercept_realtime rt = of(RTINTERCEPT_REALTIME_CPU);
	cpu_set_t set;

	ck_assert_int_eq(sched_getaffinity(0, sizeof(set), &set), 0);
	while (!CPU_ISSET(rt.cpu, &set))
		rt.cpu++;
	ck_assert_int_eq(rtintercept_realtime(NULL, &rt), 0);
	ck_assert_int_eq(sched_getaffinity(0, sizeof(set), &set), 0);
	ck_assert_int_eq(CPU_COUNT(&set), 1);
	ck_assert(CPU_ISSET(rt.cpu, &set));
}
END_TEST

/* As a user whom nobody has given anything. */
START_TEST(what_the_user_may_not_do_is_told)
{
	const struct rlimit none = { 0, 0 };
	struct rtintercept_realtime rt = of(RTINTERCEPT_REALTIME_SLACK |
					    RTINTERCEPT_REALTIME_LATENCY |
					    RTINTERCEPT_REALTIME_MEMORY |
					    RTINTERCEPT_REALTIME_PRIORITY);
	int node;

	ck_assert_int_eq(setrlimit(RLIMIT_RTPRIO, &none), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_MEMLOCK, &none), 0);
	if (!geteuid())
		ck_assert_int_eq(setuid(NOBODY), 0);
	node = access("/dev/cpu_dma_latency", R_OK | W_OK) ? -errno : 0;
	ck_assert_int_eq(rtintercept_realtime(NULL, &rt),
			 1 + !!UNLOCKED + !!node);
	ck_assert_int_eq(rt.errors[STEP(LATENCY)], node);
	ck_assert_int_eq(rt.errors[STEP(MEMORY)], UNLOCKED);
	ck_assert_int_eq(rt.errors[STEP(PRIORITY)], -EPERM);
	ck_assert_int_eq(rt.errors[STEP(SLACK)], 0);
	ck_assert_int_eq(prctl(PR_GET_TIMERSLACK), 1);
	ck_assert_int_eq(sched_getscheduler(0), SCHED_OTHER);
}
END_TEST

static long minor_faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_minflt;
}

static char *fresh(size_t bytes)
{
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(memory, MAP_FAILED);
	return memory;
}

START_TEST(the_ring_is_touched_and_not_changed)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct rtintercept_realtime rt = of(RTINTERCEPT_REALTIME_RING);
	struct rtintercept rti = { .fd = -1, .latency_fd = -1 };
	char *consumer = fresh(page);
	char *rest = fresh(page + 2 * RING_BYTES);
	long before;
	size_t at;
	int sum = 0;

	*(__u64 *)consumer = 4096;
	rti_ring_init(&rti.ring, consumer, rest, rest + page, RING_BYTES);
	ck_assert_int_eq(rtintercept_realtime(&rti, &rt), 0);
	before = minor_faults();
	for (at = 0; at < page + 2 * RING_BYTES; at += page)
		sum += ((struct rtintercept_ring_producer *)(rest + at))->position != 0;
	ck_assert_int_le(minor_faults() - before, 1);
	ck_assert_int_eq(sum, 0);
	ck_assert_uint_eq(*(__u64 *)consumer, 4096);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, what_is_wrong_is_refused_and_changes_nothing);
	tcase_add_test(tc, each_step_reports_for_itself);
	tcase_add_test(tc, a_required_step_that_fails_stops_those_behind_it);
	tcase_add_test(tc, the_cpu_is_the_one_that_was_asked_for);
	tcase_add_test(tc, what_the_user_may_not_do_is_told);
	tcase_add_test(tc, the_ring_is_touched_and_not_changed);
}

int main(void)
{
	return unit_run("realtime", add);
}
