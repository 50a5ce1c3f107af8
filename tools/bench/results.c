/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON document of a run: settings, machine, and one object per receiver and case. */
#include <arpa/inet.h>
#include <json-c/json.h>
#include <stdio.h>
#include "tools/bench/bench.h"
#include "tools/bench/payload.h"
#include "tools/bench/result.h"

static void put_u64(struct json_object *o, const char *key, uint64_t value)
{
	json_object_object_add(o, key, json_object_new_uint64(value));
}

static void put_text(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, value ? json_object_new_string(value) : NULL);
}

static void put_bool(struct json_object *o, const char *key, bool value)
{
	json_object_object_add(o, key, json_object_new_boolean(value));
}

/* Two decimals: a clock does not show more, and the file stays readable. */
static struct json_object *decimal(double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.2f", value);
	return json_object_new_double_s(value, text);
}

static struct json_object *settings_json(const struct bench_settings *s)
{
	struct json_object *o = json_object_new_object();
	char address[INET_ADDRSTRLEN] = "";

	inet_ntop(AF_INET, &s->to.sin_addr, address, sizeof(address));
	put_text(o, "interface", s->interface);
	put_text(o, "sender_netns", s->sender_netns);
	put_text(o, "receiver_netns", s->receiver_netns);
	put_text(o, "to", address);
	put_u64(o, "port", ntohs(s->to.sin_port));
	put_u64(o, "rate_pps", s->rate_pps);
	put_u64(o, "jitter_permille", s->jitter_permille);
	put_u64(o, "count", s->count);
	put_u64(o, "warmup_pkts", s->warmup_pkts);
	put_u64(o, "payload_bytes", s->bytes);
	put_u64(o, "payload_max_bytes", s->bytes_max);
	put_u64(o, "train_pkts", s->train_pkts);
	put_u64(o, "flows", s->flows);
	put_u64(o, "frame_bytes", s->bytes + PAYLOAD_HEADERS);
	put_u64(o, "burst_pkts", s->burst_pkts);
	put_text(o, "sender_wait", wait_name(s->sender_wait));
	put_u64(o, "background_pps", s->background_pps);
	put_u64(o, "background_port", s->background_port);
	put_u64(o, "background_ports", s->background_ports);
	put_u64(o, "seed", s->seed);
	put_text(o, "peer", s->peer->name);
	put_text(o, "first", s->peer_first ? "peer" : "ours");
	put_text(o, "hook", hook_name(s->hook));
	put_u64(o, "ring_bytes", s->ring_bytes);
	put_u64(o, "readers", s->readers);
	put_u64(o, "watermark", s->watermark);
	put_u64(o, "rules", s->rules);
	put_u64(o, "slice_s", s->slice_s);
	put_text(o, "t1", s->kernel_t1 ? "kernel" : "record");
	put_u64(o, "sender_cpu", s->sender_cpu);
	put_u64(o, "spin_cpu", s->spin_cpu);
	put_u64(o, "block_cpu", s->block_cpu);
	put_u64(o, "rt_priority", s->rt_priority);
	put_u64(o, "rounds", s->rounds);
	return o;
}

static struct json_object *samples_json(const double *samples, uint32_t count)
{
	struct json_object *o = json_object_new_array();
	uint32_t i;

	for (i = 0; i < count; i++)
		json_object_array_add(o, decimal(samples[i]));
	return o;
}

struct json_object *results_new(const struct bench_settings *settings,
				const struct bench_machine *machine)
{
	struct json_object *o = json_object_new_object();

	put_text(o, "tool", "rtintercept-bench " RTINTERCEPT_VERSION);
	put_text(o, "backend", backend_name(settings->backend));
	put_text(o, "kernel", machine->kernel);
	put_text(o, "kernel_command_line", machine->command_line);
	put_text(o, "cpu", machine->cpu);
	put_bool(o, "emulated", machine->emulated);
	put_text(o, "clocksource", machine->clocksource);
	json_object_object_add(o, "clock_ns", decimal(machine->clock_ns));
	json_object_object_add(o, "cacheline_half_rtt_ns",
			       decimal(machine->cacheline_half_rtt_ns));
	json_object_object_add(o, "cacheline_half_rtt_samples_ns",
			       samples_json(machine->cacheline_samples_ns, machine->samples));
	json_object_object_add(o, "settings", settings_json(settings));
	json_object_object_add(o, "runs", json_object_new_array());
	return o;
}

static void put_percentiles(struct json_object *o, const struct hist *h, const char *prefix)
{
	static const struct {
		const char *name;
		uint32_t per_million;
	} percentiles[] = {
		{ "p50_ns", 500000 }, { "p90_ns", 900000 }, { "p99_ns", 990000 },
		{ "p999_ns", 999000 },
	};
	char key[32];
	size_t i;

	for (i = 0; i < sizeof(percentiles) / sizeof(percentiles[0]); i++) {
		snprintf(key, sizeof(key), "%s%s", prefix, percentiles[i].name);
		put_u64(o, key, hist_percentile(h, percentiles[i].per_million));
	}
	snprintf(key, sizeof(key), "%smax_ns", prefix);
	put_u64(o, key, h->max);
}

/* [lowest, highest, count] of each bucket that is not empty. */
static struct json_object *histogram_json(const struct hist *h)
{
	struct json_object *buckets = json_object_new_array();
	size_t i;

	for (i = 0; i < HIST_BUCKETS; i++) {
		struct json_object *bucket;

		if (!h->buckets[i])
			continue;
		bucket = json_object_new_array();
		json_object_array_add(bucket, json_object_new_uint64(hist_low(i)));
		json_object_array_add(bucket, json_object_new_uint64(hist_high(i)));
		json_object_array_add(bucket, json_object_new_uint64(h->buckets[i]));
		json_object_array_add(buckets, bucket);
	}
	return buckets;
}

static struct json_object *books_json(const struct bench_result *r)
{
	struct json_object *o = json_object_new_object();

	put_u64(o, "seen", r->books.seen);
	put_u64(o, "unmatched", r->books.unmatched);
	put_u64(o, "matched", r->books.matched);
	put_u64(o, "recorded", r->books.recorded);
	put_u64(o, "not_to_record", r->books.not_to_record);
	put_u64(o, "dropped_ring_full", r->books.dropped_ring_full);
	put_u64(o, "dropped_too_big", r->books.dropped_too_big);
	put_u64(o, "dropped_hostile_consumer", r->books.dropped_hostile_consumer);
	put_u64(o, "wakeups", r->books.wakeups);
	put_u64(o, "read", r->ring.read);
	put_u64(o, "gaps", r->ring.lost);
	put_u64(o, "ring_bytes", r->books.ring_bytes);
	put_u64(o, "ring_peak_bytes", r->books.ring_peak_bytes);
	put_bool(o, "closed", r->books_closed);
	return o;
}

/* How often a packet was there at once, met a reader that spun, or woke it. */
static struct json_object *waits_json(const struct rtintercept_waits *waits)
{
	struct json_object *o = json_object_new_object();

	put_u64(o, "at_once", waits->at_once);
	put_u64(o, "met", waits->met);
	put_u64(o, "slept", waits->slept);
	put_u64(o, "guard_ns", waits->guard_ns);
	return o;
}

static void put_beside(struct json_object *o, const struct bench_settings *settings,
		       const struct bench_result *r)
{
	char beside[96];

	const struct bench_case *bc = &r->bench_case;
	const uint32_t others = settings->readers - 1;
	const enum bench_wait more = case_wait(settings, bc, BENCH_MORE);
	size_t at = 0;

	beside[0] = '\0';
	if (r->who != BENCH_OURS && bc->ours != BENCH_ABSENT)
		at += snprintf(beside + at, sizeof(beside) - at, "%s %s ",
			       backend_name(settings->backend), wait_name(bc->ours));
	if (r->who != BENCH_SECOND && bc->second != BENCH_ABSENT)
		at += snprintf(beside + at, sizeof(beside) - at, "xdp %s ",
			       wait_name(bc->second));
	if (more != BENCH_ABSENT && r->who != BENCH_MORE && r->readers == 1)
		at += snprintf(beside + at, sizeof(beside) - at, "%u %s %s ", others,
			       backend_name(settings->backend), wait_name(more));
	if (r->who != BENCH_PEER && bc->peer != BENCH_ABSENT)
		at += snprintf(beside + at, sizeof(beside) - at, "%s %s ",
			       settings->peer->name, wait_name(bc->peer));
	beside[at ? at - 1 : 0] = '\0';
	put_text(o, "beside", beside);
}

static void put_cost(struct json_object *o, const struct bench_result *r)
{
	double percent = r->wall_ns ? 100.0 * r->cpu_ns / r->wall_ns : 0;

	json_object_object_add(o, "cpu_percent", decimal(percent));
	put_u64(o, "voluntary_switches", r->voluntary);
	put_u64(o, "involuntary_switches", r->involuntary);
	/* Each time it slept and was woken. */
	put_u64(o, "wakeups", r->voluntary);
	put_u64(o, "softirq_ns", r->softirq_ns);
	put_u64(o, "wall_ns", r->wall_ns);
	put_u64(o, "memory_bytes", r->memory_bytes);
	put_u64(o, "buffer_bytes", r->buffer_bytes);
	if (r->who == BENCH_PEER) {
		put_u64(o, "rcvbuf_bytes", r->rcvbuf_bytes);
		put_u64(o, "socket_drops", r->socket_drops);
	}
}

static struct json_object *slice_json(const struct bench_slice *slice, uint64_t from_s)
{
	struct json_object *o = json_object_new_object();

	put_u64(o, "from_s", from_s);
	put_u64(o, "sent", slice->sent);
	put_u64(o, "lost", slice->lost);
	put_u64(o, "p50_ns", slice->p50_ns);
	put_u64(o, "p99_ns", slice->p99_ns);
	put_u64(o, "max_ns", slice->max_ns);
	put_u64(o, "over_100us", slice->over_100us);
	put_u64(o, "behind_pkts", slice->behind_pkts);
	put_u64(o, "memory_bytes", slice->memory_bytes);
	return o;
}

static struct json_object *slices_json(const struct bench_settings *settings,
				       const struct bench_result *r)
{
	struct json_object *o = json_object_new_array();
	uint32_t i;

	for (i = 0; i < r->slices_count; i++)
		json_object_array_add(o, slice_json(&r->slices[i], i * settings->slice_s));
	return o;
}

static const char *receiver_name(const struct bench_settings *s, enum bench_who who)
{
	if (who == BENCH_PEER)
		return s->peer->name;
	return backend_name(who == BENCH_SECOND ? RTINTERCEPT_BACKEND_XDP : s->backend);
}

void results_add(struct json_object *results, const struct bench_settings *settings,
		 const struct bench_result *r)
{
	struct json_object *o = json_object_new_object();
	struct json_object *rounds = json_object_new_array();
	const bool ours = r->bench_case.ours != BENCH_ABSENT;
	char record[16] = "whole";
	uint32_t i;

	if (r->bench_case.snap_bytes)
		snprintf(record, sizeof(record), "%u", r->bench_case.snap_bytes);
	put_text(o, "receiver", receiver_name(settings, r->who));
	put_text(o, "wait", wait_name(r->wait));
	put_u64(o, "readers", r->readers);
	put_text(o, "record", ours ? record : NULL);
	put_beside(o, settings, r);
	put_text(o, "hook", ours ? hook_name(r->hook) : NULL);
	put_text(o, "how", r->who == BENCH_PEER ? r->how : NULL);
	put_u64(o, "sent", r->sent);
	put_u64(o, "received", r->received);
	put_u64(o, "lost", r->lost);
	put_u64(o, "n", r->latency.count);
	put_percentiles(o, &r->latency, "");
	put_u64(o, "over_100us", hist_above(&r->latency, 100000));
	put_cost(o, r);
	put_u64(o, "unjoined", r->unjoined);
	put_u64(o, "backwards", r->backwards);
	put_u64(o, "duplicates", r->duplicates);
	put_u64(o, "warmup_lost", r->warmup_lost);
	put_u64(o, "send_errors", r->send_errors);
	put_u64(o, "background_pkts", r->background);
	put_percentiles(o, &r->late, "send_late_");
	for (i = 0; i < r->rounds && i < 16; i++)
		json_object_array_add(rounds, json_object_new_uint64(r->round_p50_ns[i]));
	json_object_object_add(o, "rounds_p50_ns", rounds);
	json_object_object_add(o, "books", ours ? books_json(r) : NULL);
	json_object_object_add(o, "waits", r->who == BENCH_PEER ? NULL :
					   waits_json(&r->waits));
	json_object_object_add(o, "histogram", histogram_json(&r->latency));
	if (settings->slice_s)
		json_object_object_add(o, "slices", slices_json(settings, r));
	json_object_array_add(json_object_object_get(results, "runs"), o);
}
