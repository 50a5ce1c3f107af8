/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One measurement: starts the processes, lets the packets go, collects what arrives. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "tools/bench/bench.h"

#define TICK_NS		20000000ULL
#define SECOND_NS	1000000000ULL
#define LEAD_NS		50000000ULL	/* from "go" to the first packet */
#define QUIET_NS	1000000000ULL	/* nothing came for so long: nothing will */
#define READY_NS	30000000000ULL
#define END_NS		10000000000ULL

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
	interrupted = 1;
}

static void tick(void)
{
	const struct timespec pause = { .tv_nsec = TICK_NS };

	nanosleep(&pause, NULL);
}

static bool all_ready(const struct bench_shared *shared, const pid_t *pids)
{
	int i;

	for (i = 0; i < BENCH_TASKS; i++)
		if (pids[i] > 0 && !atomic_load(&shared->reports[i].ready))
			return false;
	return true;
}

static bool any_failed(const struct bench_shared *shared)
{
	int i;

	for (i = 0; i < BENCH_TASKS; i++)
		if (atomic_load(&shared->reports[i].done) && shared->reports[i].error)
			return true;
	return false;
}

static uint64_t received(const struct bench_shared *shared)
{
	uint64_t packets = 0;
	int who;

	for (who = BENCH_PEER; who < BENCH_TASKS; who++)
		packets += atomic_load(&shared->reports[who].packets);
	return packets;
}

static int receivers_of(const struct bench_task *tasks)
{
	int count = 0, who;

	for (who = BENCH_PEER; who < BENCH_TASKS; who++)
		count += tasks[who].wait != BENCH_ABSENT;
	return count;
}

/* When a slice is over. @slice: the next that will be */
static void look_at_memory(const struct bench_settings *settings, struct bench_shared *shared,
			   const pid_t *pids, uint64_t now_ns, uint32_t *slice)
{
	const uint64_t slice_ns = settings->slice_s * SECOND_NS;
	int who;

	if (!slice_ns || *slice == BENCH_SLICES_MAX ||
	    now_ns < shared->start_ns + (*slice + 1) * slice_ns)
		return;
	for (who = BENCH_PEER; who < BENCH_TASKS; who++)
		if (pids[who] > 0)
			shared->reports[who].slice_bytes[*slice] = machine_memory(pids[who]);
	++*slice;
}

/* Until the sender is done and nothing more arrives. */
static void watch(const struct bench_settings *settings, struct bench_shared *shared,
		  const struct bench_task *tasks, const pid_t *pids, const char *title)
{
	uint64_t now_ns = rtintercept_clock_ns();
	uint64_t shown_ns = now_ns, moved_ns = now_ns, before = 0;
	const int receivers = receivers_of(tasks);
	uint32_t slice = 0;

	while (!interrupted && !any_failed(shared)) {
		uint64_t now_received;
		bool sending;

		tick();
		now_ns = rtintercept_clock_ns();
		if (now_ns - shown_ns >= SECOND_NS) {
			shown_ns = now_ns;
			progress_line(settings, shared, title, false);
		}
		look_at_memory(settings, shared, pids, now_ns, &slice);
		now_received = received(shared);
		sending = settings->receive_only ? !now_received :
			  !atomic_load(&shared->reports[BENCH_SENDER].done);
		if (sending || now_received != before)
			moved_ns = now_ns;
		before = now_received;
		if (now_ns - moved_ns > QUIET_NS)
			return;
		if (!sending && now_received == receivers * shared->total)
			return;
	}
}

/* A signal can come in the moment before a receiver falls asleep: so, until it has gone. */
static void end_tasks(struct bench_shared *shared, pid_t *pids)
{
	uint64_t begin_ns = rtintercept_clock_ns();
	int i, left = 1;

	atomic_store(&shared->stop, 1);
	while (left) {
		bool late = rtintercept_clock_ns() - begin_ns > END_NS;

		for (i = left = 0; i < BENCH_TASKS; i++) {
			if (pids[i] <= 0)
				continue;
			if (waitpid(pids[i], NULL, WNOHANG) == pids[i]) {
				pids[i] = 0;
				continue;
			}
			kill(pids[i], late ? SIGKILL : SIGUSR1);
			left++;
		}
		if (left)
			tick();
	}
}

static int first_error(const struct bench_settings *settings,
		       const struct bench_shared *shared)
{
	int i;

	for (i = 0; i < BENCH_TASKS; i++) {
		const struct bench_report *report = &shared->reports[i];

		if (!report->error)
			continue;
		complain("%s: %s", report->what, strerror(report->error));
		return -report->error;
	}
	return interrupted && !settings->receive_only ? -EINTR : 0;
}

static int wait_ready(const struct bench_shared *shared, const pid_t *pids)
{
	uint64_t begin_ns = rtintercept_clock_ns();

	while (!all_ready(shared, pids) && !interrupted && !any_failed(shared)) {
		if (rtintercept_clock_ns() - begin_ns > READY_NS)
			return -ETIMEDOUT;
		tick();
	}
	return 0;
}

static int start_task(const struct bench_task *task, struct bench_shared *shared, pid_t *pids)
{
	if (task->wait == BENCH_ABSENT)
		return 0;
	pids[task->who] = task_fork(task);
	return pids[task->who] < 0 ? -errno : wait_ready(shared, pids);
}

/* One after the other: the order of hooks and taps is that of their coming. */
static int start_tasks(struct bench_task *tasks, struct bench_shared *shared, pid_t *pids)
{
	const bool peer_first = tasks->settings->peer_first;
	int error, who;

	error = start_task(&tasks[peer_first ? BENCH_PEER : BENCH_OURS], shared, pids);
	if (!error)
		error = start_task(&tasks[BENCH_SECOND], shared, pids);
	if (!error)
		error = start_task(&tasks[peer_first ? BENCH_OURS : BENCH_PEER], shared, pids);
	for (who = BENCH_MORE; !error && who < BENCH_TASKS; who++)
		error = start_task(&tasks[who], shared, pids);
	/* Receivers first: what is sent finds them there. */
	if (!error)
		error = start_task(&tasks[BENCH_SENDER], shared, pids);
	if (error)
		return error;
	shared->softirq_ns = machine_softirq_ns();
	shared->start_ns = rtintercept_clock_ns() + LEAD_NS;
	atomic_store(&shared->go, 1);
	return 0;
}

int measure_case(const struct bench_settings *settings, const struct bench_case *bc,
		 struct bench_shared *shared, const char *title)
{
	struct sigaction action = { .sa_handler = on_interrupt }, old_int, old_term;
	struct bench_task tasks[BENCH_TASKS];
	pid_t pids[BENCH_TASKS] = { 0 };
	int i, error;

	for (i = 0; i < BENCH_TASKS; i++)
		tasks[i] = (struct bench_task) {
			.settings = settings,
			.bench_case = bc,
			.shared = shared,
			.report = &shared->reports[i],
			.who = i,
			.wait = case_wait(settings, bc, i),
		};
	sigaction(SIGINT, &action, &old_int);
	sigaction(SIGTERM, &action, &old_term);
	error = start_tasks(tasks, shared, pids);
	if (error)
		complain("starting the processes: %s", strerror(-error));
	else
		watch(settings, shared, tasks, pids, title);
	shared->softirq_ns = machine_softirq_ns() - shared->softirq_ns;
	end_tasks(shared, pids);
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGTERM, &old_term, NULL);
	if (!error)
		error = first_error(settings, shared);
	if (!error)
		progress_line(settings, shared, title, true);
	return error;
}
