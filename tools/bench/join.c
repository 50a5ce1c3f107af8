/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Joins the times of one round by uid into a result, and checks that the books close. */
#include <stdio.h>
#include <string.h>
#include "tools/bench/bench.h"
#include "tools/bench/result.h"

/*
 * Why the books do not close, NULL: they do. @sent packets were sent to the
 * rule's port by this run, and nobody else sends there; UINT64_MAX: not known.
 */
const char *books_open(const struct bench_report *report, uint64_t sent)
{
	const struct rtintercept_stats *s = &report->stats;
	const struct rtintercept_rule_counters *r = &report->rule;
	uint64_t dropped = s->dropped_ring_full + s->dropped_too_big +
			   s->dropped_hostile_consumer;

	if (!s->size)
		return "the session told no statistics";
	if (s->seen != s->unmatched + s->matched)
		return "seen != unmatched + matched";
	if (s->matched != s->recorded + s->not_to_record + dropped)
		return "matched != recorded + not_to_record + dropped";
	if (s->next_seq != s->recorded + dropped)
		return "next_seq != recorded + dropped";
	if (s->recorded != report->ring.read)
		return "recorded != read";
	if (report->ring.lost > dropped)
		return "more sequence numbers are missing than were dropped";
	if (r->matched != s->matched || r->recorded != s->recorded)
		return "the rule's books differ from the session's";
	if (sent != UINT64_MAX && s->matched != sent)
		return "matched != sent";
	return NULL;
}

static void join_packet(struct bench_result *result, const struct bench_shared *shared,
			enum bench_who who, struct hist *round, uint64_t uid,
			uint64_t intended_ns)
{
	uint64_t arrived_ns = shared->arrived_ns[who][uid];
	uint64_t seen_ns = bench_seen(shared, who, uid);

	result->sent++;
	hist_add(&result->late, shared->t0_ns[uid] > intended_ns ?
				shared->t0_ns[uid] - intended_ns : 0);
	if (!arrived_ns) {
		result->lost++;
		return;
	}
	result->received++;
	if (!seen_ns) {
		result->unjoined++;
		return;
	}
	if (arrived_ns < seen_ns) {
		result->backwards++;
		return;
	}
	hist_add(&result->latency, arrived_ns - seen_ns);
	hist_add(round, arrived_ns - seen_ns);
}

/* Of one receiver. Return: packets that were sent in all. */
static uint64_t join_packets(struct bench_result *result,
			     const struct bench_settings *settings,
			     const struct bench_shared *shared, enum bench_who who,
			     struct hist *round)
{
	const uint64_t *arrived_ns = shared->arrived_ns[who];
	uint64_t sent = 0, uid;

	for (uid = 0; uid < shared->total; uid++) {
		if (!shared->t0_ns[uid])
			continue;
		sent++;
		if (uid < settings->warmup_pkts)
			result->warmup_lost += !arrived_ns[uid];
		else
			join_packet(result, shared, who, round, uid,
				    bench_due_ns(settings, shared, uid));
	}
	return sent;
}

static void add_books(struct bench_result *result, const struct bench_report *report)
{
	const struct rtintercept_stats *from = &report->stats;
	struct rtintercept_stats *to = &result->books;

	to->seen += from->seen;
	to->unmatched += from->unmatched;
	to->matched += from->matched;
	to->recorded += from->recorded;
	to->not_to_record += from->not_to_record;
	to->dropped_ring_full += from->dropped_ring_full;
	to->dropped_too_big += from->dropped_too_big;
	to->dropped_hostile_consumer += from->dropped_hostile_consumer;
	to->wakeups += from->wakeups;
	to->ring_bytes = from->ring_bytes;
	if (from->ring_peak_bytes > to->ring_peak_bytes)
		to->ring_peak_bytes = from->ring_peak_bytes;
	result->ring.read += report->ring.read;
	result->ring.lost += report->ring.lost;
	result->hook = report->hook;
}

static void add_waits(struct rtintercept_waits *to, const struct rtintercept_waits *from)
{
	to->at_once += from->at_once;
	to->met += from->met;
	to->slept += from->slept;
	to->guard_ns = from->guard_ns;
}

/* Does a result stand for this receiver? Readers of ours that wait alike are one. */
static bool stands_for(const struct bench_result *result, enum bench_who who,
		       enum bench_wait wait)
{
	if (who < BENCH_MORE || wait == BENCH_ABSENT)
		return who == result->who && wait != BENCH_ABSENT;
	return result->who == BENCH_MORE ||
	       (result->who == BENCH_OURS && wait == result->wait);
}

static void check_books(struct bench_result *result, const struct bench_report *ours,
			uint64_t sent)
{
	add_books(result, ours);
	if (books_open(ours, sent)) {
		result->books_closed = false;
		complain("the books do not close: %s", books_open(ours, sent));
	}
}

/* What a receiver did and what it cost. */
static void join_receiver(struct bench_result *result, const struct bench_settings *settings,
			  const struct bench_shared *shared, enum bench_who who,
			  struct hist *round)
{
	const struct bench_report *report = &shared->reports[who];
	uint64_t sent = join_packets(result, settings, shared, who, round);

	result->duplicates += report->duplicates;
	result->cpu_ns += report->cpu_ns;
	result->wall_ns += report->wall_ns;
	result->voluntary += report->voluntary;
	result->involuntary += report->involuntary;
	result->buffer_bytes = report->buffer_bytes;
	result->memory_bytes = report->memory_bytes;
	snprintf(result->how, sizeof(result->how), "%s", report->how);
	add_waits(&result->waits, &report->waits);
	if (result->bench_case.ours == BENCH_ABSENT)
		return;
	check_books(result, &shared->reports[who == BENCH_PEER ? BENCH_OURS : who],
		    settings->receive_only ? UINT64_MAX : sent);
}

void join_round(struct bench_result *result, const struct bench_settings *settings,
		const struct bench_shared *shared)
{
	const struct bench_report *sender = &shared->reports[BENCH_SENDER];
	const uint32_t rounds_max = sizeof(result->round_p50_ns) /
				    sizeof(result->round_p50_ns[0]);
	struct hist round;
	int who;

	memset(&round, 0, sizeof(round));
	result->readers = 0;
	for (who = BENCH_PEER; who < BENCH_TASKS; who++)
		if (stands_for(result, who, case_wait(settings, &result->bench_case, who))) {
			join_receiver(result, settings, shared, who, &round);
			result->readers++;
		}
	if (result->rounds < rounds_max)
		result->round_p50_ns[result->rounds] = hist_percentile(&round, 500000);
	result->rounds++;
	result->softirq_ns += shared->softirq_ns;
	result->rcvbuf_bytes = shared->reports[BENCH_PEER].rcvbuf_bytes;
	result->socket_drops += shared->reports[BENCH_PEER].socket_drops;
	result->send_errors += sender->errors;
	result->background += sender->background;
	join_slices(result, settings, shared);
}
