/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processes of a measurement: shared memory, namespace, CPU, priority, what they cost. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include "tools/bench/bench.h"
#include "tools/realtime.h"

static uint64_t lines(uint64_t bytes)
{
	return (bytes / BENCH_LINE + 1) * BENCH_LINE;
}

/*
 * Arrays only for those who take part. All of it is touched before the measurement by
 * mlockall() in each process. @bc: NULL: nobody receives
 */
struct bench_shared *bench_shared_alloc(const struct bench_settings *settings,
					const struct bench_case *bc)
{
	const uint64_t total = settings->warmup_pkts + (uint64_t)settings->count;
	const uint64_t stride = lines(total * sizeof(uint64_t));
	uint64_t bytes = lines(sizeof(struct bench_shared)) + stride;
	struct bench_shared *shared;
	char *arrays;
	int who;

	for (who = BENCH_PEER; bc && who < BENCH_TASKS; who++)
		if (case_wait(settings, bc, who) != BENCH_ABSENT)
			bytes += 2 * stride;
	shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (shared == MAP_FAILED)
		return NULL;
	arrays = (char *)shared + lines(sizeof(*shared));
	shared->bytes = bytes;
	shared->total = total;
	shared->t0_ns = (uint64_t *)arrays;
	for (who = BENCH_PEER; bc && who < BENCH_TASKS; who++) {
		if (case_wait(settings, bc, who) == BENCH_ABSENT)
			continue;
		arrays += stride;
		shared->seen_ns[who] = (uint64_t *)arrays;
		arrays += stride;
		shared->arrived_ns[who] = (uint64_t *)arrays;
	}
	return shared;
}

void bench_shared_free(struct bench_shared *shared)
{
	if (shared)
		munmap(shared, shared->bytes);
}

int task_failed(struct bench_task *task, int error, const char *what)
{
	task->report->error = error < 0 ? -error : error;
	snprintf(task->report->what, sizeof(task->report->what), "%s", what);
	return -task->report->error;
}

static int enter_netns(const char *name)
{
	char path[256];
	int fd, error = 0;

	if (!name)
		return 0;
	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (setns(fd, CLONE_NEWNET))
		error = -errno;
	close(fd);
	return error;
}

/*
 * The sender stands for an interrupt: who is woken by a packet need not wait until the
 * sender has set its timer and sleeps.
 */
static int task_priority(const struct bench_task *task)
{
	const int priority = task->settings->rt_priority;

	return task->who == BENCH_SENDER && priority > 1 ? priority - 1 : priority;
}

/*
 * What fails ends the measurement, but where CPUs cannot be kept awake: there it
 * holds for all receivers alike.
 */
static int task_realtime(struct bench_task *task, uint32_t steps, int cpu)
{
	struct rtintercept_realtime rt;
	char text[REALTIME_TEXT_BYTES];
	int step, error;

	realtime_want(&rt, task_priority(task), cpu);
	rt.steps = steps;
	rt.required = steps & ~RTINTERCEPT_REALTIME_LATENCY;
	error = rtintercept_realtime(NULL, &rt);
	if (error >= 0)
		return 0;
	for (step = 0; step < RTINTERCEPT_REALTIME_STEPS; step++)
		if (realtime_why(&rt, step, text))
			complain("%s: %s", realtime_step(step), text);
	return task_failed(task, error, "setting up for real time");
}

static int task_place(struct bench_task *task)
{
	const struct bench_settings *s = task->settings;
	uint32_t steps = RTINTERCEPT_REALTIME_CPU | RTINTERCEPT_REALTIME_SLACK;
	int cpu = s->block_cpu;
	int error;

	if (task->who == BENCH_SENDER)
		cpu = s->sender_cpu;
	else if (bench_spins(task->wait))
		cpu = s->spin_cpu;
	error = enter_netns(task->who == BENCH_SENDER ? s->sender_netns : s->receiver_netns);
	if (error)
		return task_failed(task, error, "entering the network namespace");
	if (s->rt_priority && task->wait != BENCH_LAZY)
		steps |= RTINTERCEPT_REALTIME_PRIORITY | RTINTERCEPT_REALTIME_LATENCY;
	return task_realtime(task, steps, cpu);
}

/* Interrupts a sleeping system call; the loop then sees shared->stop. */
static void on_signal(int signal)
{
}

static uint64_t grown(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

static int task_measured(struct bench_task *task, const struct bench_role *role)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	struct rusage begin, end;
	uint64_t begin_ns;
	int error;

	/* Behind open(): what it has mapped is locked too. */
	error = task_realtime(task, RTINTERCEPT_REALTIME_MEMORY |
			      RTINTERCEPT_REALTIME_STACK, -1);
	if (error)
		return error;
	atomic_store(&task->report->ready, 1);
	while (!atomic_load(&task->shared->go) && !task_stopped(task))
		nanosleep(&pause, NULL);
	begin_ns = rtintercept_clock_ns();
	getrusage(RUSAGE_SELF, &begin);
	error = role->loop(task);
	getrusage(RUSAGE_SELF, &end);
	task->report->wall_ns = rtintercept_clock_ns() - begin_ns;
	task->report->cpu_ns =
		(end.ru_utime.tv_sec - begin.ru_utime.tv_sec +
		 end.ru_stime.tv_sec - begin.ru_stime.tv_sec) * 1000000000LL +
		(end.ru_utime.tv_usec - begin.ru_utime.tv_usec +
		 end.ru_stime.tv_usec - begin.ru_stime.tv_usec) * 1000LL;
	task->report->voluntary = end.ru_nvcsw - begin.ru_nvcsw;
	task->report->involuntary = end.ru_nivcsw - begin.ru_nivcsw;
	return error;
}

/* In the caller's process: the whole life of a task. */
int task_here(const struct bench_task *given)
{
	const struct bench_role *role = &ours_role;
	struct sigaction action = { .sa_handler = on_signal };
	struct bench_task task = *given;
	uint64_t before_bytes;
	int error;

	if (task.who == BENCH_SENDER)
		role = &sender_role;
	else if (task.who == BENCH_PEER)
		role = task.settings->peer->role;
	sigaction(SIGUSR1, &action, NULL);
	error = task_place(&task);
	if (error)
		goto out;
	before_bytes = machine_memory(getpid());
	error = role->open(&task);
	task.report->memory_bytes = grown(machine_memory(getpid()), before_bytes);
	if (!error)
		error = task_measured(&task, role);
	role->close(&task);
out:
	atomic_store(&task.report->ready, 1);
	atomic_store(&task.report->done, 1);
	return error;
}

pid_t task_fork(const struct bench_task *task)
{
	pid_t parent = getpid();
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid)
		return pid;
	signal(SIGINT, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(BENCH_FAILED);
	_exit(task_here(task) ? BENCH_FAILED : BENCH_DONE);
}
