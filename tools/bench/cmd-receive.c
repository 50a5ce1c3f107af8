/* SPDX-License-Identifier: GPL-2.0-or-later */
/* receive: one receiver, for a sender elsewhere. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include "tools/bench/bench.h"
#include "tools/bench/result.h"

/* What lies between the first and the last uid that came was sent. */
static void guess_sent(struct bench_shared *shared, enum bench_who who)
{
	const uint64_t *arrived_ns = shared->arrived_ns[who];
	uint64_t first = UINT64_MAX, last = 0, uid;

	for (uid = 0; uid < shared->total; uid++) {
		if (!arrived_ns[uid])
			continue;
		if (first == UINT64_MAX)
			first = uid;
		last = uid;
	}
	for (uid = first; uid <= last; uid++)
		shared->t0_ns[uid] = 1;
}

static int show(const struct bench_settings *s, struct bench_shared *shared,
		struct bench_result *result)
{
	const int flags = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	struct bench_machine machine;
	struct json_object *json;
	int status = BENCH_DONE;

	guess_sent(shared, result->who);
	join_round(result, s, shared);
	machine_describe(&machine);
	machine_sample(&machine, s->sender_cpu, s->spin_cpu);
	json = results_new(s, &machine);
	results_add(json, s, result);
	if (s->json && !strcmp(s->json, "-"))
		puts(json_object_to_json_string_ext(json, flags));
	else
		show_results(json, s->ascii);
	if (s->json && strcmp(s->json, "-") &&
	    json_object_to_file_ext(s->json, json, flags)) {
		complain("%s: %s", s->json, json_util_get_last_err());
		status = BENCH_FAILED;
	}
	json_object_put(json);
	return status;
}

int cmd_receive(int argc, char **argv)
{
	static struct bench_result result;
	struct bench_settings settings;
	struct bench_shared *shared;
	int status = options_parse(argc, argv, "receive", &settings);

	if (status != BENCH_DONE)
		return status;
	settings.receive_only = true;
	settings.kernel_t1 = !settings.receive_ours &&
			     settings.peer->role == receiver_find("socket")->role;
	result.books_closed = true;
	result.wait = settings.receive_wait;
	result.who = settings.receive_ours ? BENCH_OURS : BENCH_PEER;
	result.bench_case.snap_bytes = settings.records[0];
	if (settings.receive_ours)
		result.bench_case.ours = settings.receive_wait;
	else
		result.bench_case.peer = settings.receive_wait;
	/* Only a socket asks the kernel for a stamp; beside others a session keeps T1. */
	if (!settings.receive_ours && !settings.kernel_t1 && !settings.peer->own_t1)
		result.bench_case.ours = BENCH_LAZY;
	shared = bench_shared_alloc(&settings, &result.bench_case);
	if (!shared) {
		complain("no memory for %u packets", settings.count);
		return BENCH_FAILED;
	}
	if (measure_case(&settings, &result.bench_case, shared,
			 result.who == BENCH_OURS ? "ours" :
			 settings.peer->name))
		status = BENCH_FAILED;
	else
		status = show(&settings, shared, &result);
	bench_shared_free(shared);
	return status;
}
