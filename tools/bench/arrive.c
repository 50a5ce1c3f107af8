/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every receiver does with a packet that it has: its times go where its uid says. */
#include <time.h>
#include "tools/bench/bench.h"
#include "tools/bench/payload.h"

#define LAZY_NS	10000000

/*
 * @payload: of UDP, @bytes of it are there
 * @seen_ns: T1; 0: this receiver does not know it
 * @arrived_ns: T2 or T3
 */
void task_arrived(struct bench_task *task, const void *payload, size_t bytes,
		  uint64_t seen_ns, uint64_t arrived_ns)
{
	const struct bench_shared *shared = task->shared;
	uint64_t uid, intended_ns;

	if (payload_get(payload, bytes, &uid, &intended_ns) || uid >= shared->total) {
		task->report->strangers++;
		return;
	}
	if (shared->arrived_ns[task->who][uid]) {
		task->report->duplicates++;
		return;
	}
	shared->seen_ns[task->who][uid] = seen_ns;
	shared->arrived_ns[task->who][uid] = arrived_ns;
	task_count(task, task->report->packets + 1);
}

/* What a lazy receiver does between two looks. */
void task_pause(void)
{
	const struct timespec pause = { .tv_nsec = LAZY_NS };

	nanosleep(&pause, NULL);
}
