/* SPDX-License-Identifier: GPL-2.0-or-later */
/* send: only the sender, for a receiver elsewhere; tells how late it was. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include "tools/bench/bench.h"
#include "tools/bench/hist.h"
#include "tools/bench/payload.h"

#define LEAD_NS		10000000ULL

static void print_json(const struct bench_settings *s, const struct bench_report *report,
		       const struct hist *late)
{
	struct json_object *o = json_object_new_object();
	FILE *to = strcmp(s->json, "-") ? fopen(s->json, "w") : stdout;

#define PUT(key, value) json_object_object_add(o, key, json_object_new_uint64(value))
	PUT("sent", late->count);
	PUT("background_pkts", report->background);
	PUT("send_errors", report->errors);
	PUT("bursts", report->bursts);
	PUT("payload_bytes", s->bytes);
	PUT("frame_bytes", s->bytes + PAYLOAD_HEADERS);
	PUT("rate_pps", s->rate_pps);
	PUT("seed", s->seed);
	PUT("send_late_p50_ns", hist_percentile(late, 500000));
	PUT("send_late_p99_ns", hist_percentile(late, 990000));
	PUT("send_late_max_ns", late->max);
#undef PUT
	if (!to)
		complain("%s: cannot be written", s->json);
	else
		fprintf(to, "%s\n", json_object_to_json_string(o));
	if (to && to != stdout)
		fclose(to);
	json_object_put(o);
}

static void show(const struct bench_settings *s, const struct bench_shared *shared)
{
	const struct bench_report *report = &shared->reports[BENCH_SENDER];
	static struct hist late;
	uint64_t uid;

	for (uid = 0; uid < shared->total; uid++) {
		uint64_t due_ns = bench_due_ns(s, shared, uid);

		if (shared->t0_ns[uid])
			hist_add(&late, shared->t0_ns[uid] > due_ns ?
					shared->t0_ns[uid] - due_ns : 0);
	}
	if (s->json)
		print_json(s, report, &late);
	if (s->json && !strcmp(s->json, "-"))
		return;
	printf("sent %llu of %llu packets of %u B payload (%u B frames) at %u/s, "
	       "%llu refused by the kernel, %llu others (seed %llu)\n",
	       (unsigned long long)late.count, (unsigned long long)shared->total, s->bytes,
	       s->bytes + PAYLOAD_HEADERS, s->rate_pps, (unsigned long long)report->errors,
	       (unsigned long long)report->background, (unsigned long long)s->seed);
	printf("late by p50 %llu ns, p99 %llu ns, at most %llu ns; %llu bursts cut short\n",
	       (unsigned long long)hist_percentile(&late, 500000),
	       (unsigned long long)hist_percentile(&late, 990000),
	       (unsigned long long)late.max, (unsigned long long)report->bursts);
}

int cmd_send(int argc, char **argv)
{
	struct bench_settings settings;
	struct bench_shared *shared;
	struct bench_task task;
	int status = options_parse(argc, argv, "send", &settings);

	if (status != BENCH_DONE)
		return status;
	shared = bench_shared_alloc(&settings, NULL);
	if (!shared) {
		complain("no memory for %u packets", settings.count);
		return BENCH_FAILED;
	}
	task = (struct bench_task) {
		.settings = &settings,
		.shared = shared,
		.report = &shared->reports[BENCH_SENDER],
	};
	shared->start_ns = rtintercept_clock_ns() + LEAD_NS;
	atomic_store(&shared->go, 1);
	if (task_here(&task)) {
		complain("%s: %s", task.report->what, strerror(task.report->error));
		status = BENCH_FAILED;
	} else {
		show(&settings, shared);
	}
	bench_shared_free(shared);
	return status;
}
