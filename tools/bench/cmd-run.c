/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run: measures every case in turn, as often as there are rounds, and shows the results. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/bench/bench.h"
#include "tools/bench/result.h"

static const enum bench_who results_of[] = {
	BENCH_OURS, BENCH_SECOND, BENCH_MORE, BENCH_PEER,
};

#define RESULTS_OF	(sizeof(results_of) / sizeof(results_of[0]))
#define RESULTS_MAX	(BENCH_CASES_MAX * BENCH_RECORDS_MAX * RESULTS_OF)

static int spinners(const struct bench_case *bc)
{
	return bench_spins(bc->ours) + bench_spins(bc->second) + bench_spins(bc->peer);
}

/* Who knows T1 in this case? Return: BENCH_DONE, or BENCH_USAGE after a complaint. */
static int check_t1(const struct bench_settings *s, const struct bench_case *bc)
{
	const bool ours = bc->ours != BENCH_ABSENT || bc->second != BENCH_ABSENT;

	if (s->peer->own_t1 && bc->peer != BENCH_ABSENT) {
		if (!ours)
			return BENCH_DONE;
		complain("%s takes the packets itself: --case none:...", s->peer->name);
		return BENCH_USAGE;
	}
	if (bc->ours == BENCH_ABSENT && !s->kernel_t1) {
		complain("--case none:...: without our receiver there is no T1, "
			 "but see --t1 kernel");
		return BENCH_USAGE;
	}
	if (ours && s->kernel_t1) {
		complain("--t1 kernel goes with --case none:... only");
		return BENCH_USAGE;
	}
	return BENCH_DONE;
}

static int check_case(const struct bench_settings *s, const struct bench_case *bc)
{
	if (spinners(bc) > 1) {
		complain("--case spin:spin: they would share CPU %d", s->spin_cpu);
		return BENCH_USAGE;
	}
	if (s->both != (bc->second != BENCH_ABSENT)) {
		complain("--case with three receivers goes with --backend both");
		return BENCH_USAGE;
	}
	if (bench_ours_only(bc->peer)) {
		complain("a peer spins or blocks, there is no %s", wait_name(bc->peer));
		return BENCH_USAGE;
	}
	if (s->peer->no_spin && bc->peer == BENCH_SPIN) {
		complain("%s cannot be asked without sleeping", s->peer->name);
		return BENCH_USAGE;
	}
	if (s->peer->no_block && bc->peer == BENCH_BLOCK) {
		complain("%s cannot sleep", s->peer->name);
		return BENCH_USAGE;
	}
	if (spinners(bc) && s->spin_cpu == s->sender_cpu)
		complain("warning: who spins shares CPU %d with the sender", s->spin_cpu);
	return check_t1(s, bc);
}

static int check_cases(const struct bench_settings *s)
{
	uint32_t i;

	for (i = 0; i < s->cases_count; i++)
		if (check_case(s, &s->cases[i]))
			return BENCH_USAGE;
	return BENCH_DONE;
}

static bool is_measured(enum bench_wait wait)
{
	return wait == BENCH_SPIN || wait == BENCH_BLOCK || bench_ours_only(wait);
}

/* Our readers are one result where all wait alike. */
static bool is_result(const struct bench_result *result)
{
	return is_measured(result->wait) &&
	       (result->who != BENCH_MORE || result->wait != result->bench_case.ours);
}

/* One entry per receiver that is measured, in the order of the cases. */
static uint32_t list_results(const struct bench_settings *s, struct bench_result *results)
{
	uint32_t count = 0, r, i, w;

	for (r = 0; r < s->records_count; r++)
		for (i = 0; i < s->cases_count; i++)
			for (w = 0; w < RESULTS_OF; w++) {
				struct bench_result *result = &results[count];

				result->bench_case = s->cases[i];
				result->bench_case.snap_bytes = s->records[r];
				result->books_closed = true;
				result->who = results_of[w];
				result->wait = case_wait(s, &s->cases[i], result->who);
				count += is_result(result);
			}
	return count;
}

static bool same_case(const struct bench_case *a, const struct bench_case *b)
{
	return a->ours == b->ours && a->second == b->second && a->peer == b->peer &&
	       a->snap_bytes == b->snap_bytes;
}

static int run_case(const struct bench_settings *s, const struct bench_case *bc,
		    uint32_t round, struct bench_result *results, uint32_t count)
{
	struct bench_shared *shared = bench_shared_alloc(s, bc);
	char title[96], text[64];
	uint32_t i;
	int error;

	if (!shared) {
		complain("no memory for %u packets", s->count);
		return -ENOMEM;
	}
	case_text(s, bc, text, sizeof(text));
	if (s->rounds > 1)
		snprintf(title, sizeof(title), "round %u, %s", round + 1, text);
	else
		snprintf(title, sizeof(title), "%s", text);
	error = measure_case(s, bc, shared, title);
	for (i = 0; i < count && !error; i++)
		if (same_case(&results[i].bench_case, bc))
			join_round(&results[i], s, shared);
	bench_shared_free(shared);
	return error;
}

/* The cases take turns, so that a slow minute of the machine hits them all alike. */
static int run_rounds(const struct bench_settings *s, struct bench_machine *machine,
		      struct bench_result *results, uint32_t count)
{
	uint32_t round, r, i;
	int error = 0;

	for (round = 0; round < s->rounds && !error; round++)
		for (r = 0; r < s->records_count && !error; r++)
			for (i = 0; i < s->cases_count && !error; i++) {
				struct bench_case bc = s->cases[i];

				bc.snap_bytes = s->records[r];
				error = run_case(s, &bc, round, results, count);
				if (!error)
					error = machine_sample(machine, s->sender_cpu,
							       s->spin_cpu);
			}
	return error;
}

static int finish(const struct bench_settings *s, struct json_object *json)
{
	const int flags = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	const bool standard = s->json && !strcmp(s->json, "-");
	int broken = 0;

	if (standard) {
		puts(json_object_to_json_string_ext(json, flags));
	} else {
		show_results(json, s->ascii);
		if (s->floors)
			broken = floors_show(json);
	}
	if (s->json && !standard && json_object_to_file_ext(s->json, json, flags)) {
		complain("%s: %s", s->json, json_util_get_last_err());
		return BENCH_FAILED;
	}
	return broken ? BENCH_FAILED : BENCH_DONE;
}

static int run(const struct bench_settings *s)
{
	struct bench_result *results = calloc(RESULTS_MAX, sizeof(*results));
	struct bench_machine machine;
	struct json_object *json;
	uint32_t count, i;
	int error;

	if (!results)
		return BENCH_FAILED;
	count = list_results(s, results);
	machine_describe(&machine);
	error = machine_sample(&machine, s->sender_cpu, s->spin_cpu);
	if (error)
		complain("CPU %d or %d: %s", s->sender_cpu, s->spin_cpu, strerror(-error));
	machine_pin(s->sender_cpu);
	if (!error)
		error = run_rounds(s, &machine, results, count);
	if (error) {
		free(results);
		return error == -ENOENT || error == -EACCES || error == -EPERM ?
		       BENCH_MISSING : BENCH_FAILED;
	}
	json = results_new(s, &machine);
	for (i = 0; i < count; i++)
		results_add(json, s, &results[i]);
	error = finish(s, json);
	json_object_put(json);
	free(results);
	return error;
}

int cmd_run(int argc, char **argv)
{
	struct bench_settings settings;
	int status = options_parse(argc, argv, "run", &settings);

	if (status == BENCH_DONE)
		status = check_cases(&settings);
	if (status != BENCH_DONE)
		return status;
	return run(&settings);
}
