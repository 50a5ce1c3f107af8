/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was measured, as JSON: an object for each look, one line each. */
#include "latency/json.h"
#include "output.h"

static void add(json_object *object, const char *key, __u64 number)
{
	json_object_object_add(object, key, json_object_new_uint64(number));
}

/* Keys are those of the bench's results. */
static json_object *hist_json(const struct hist *h, __u64 lost)
{
	json_object *object = json_object_new_object();

	add(object, "n", h->count);
	add(object, "lost", lost);
	add(object, "p50_ns", hist_percentile(h, 500000));
	add(object, "p90_ns", hist_percentile(h, 900000));
	add(object, "p99_ns", hist_percentile(h, 990000));
	add(object, "p999_ns", hist_percentile(h, 999000));
	add(object, "max_ns", h->max);
	return object;
}

static json_object *buckets_json(const struct hist *h)
{
	json_object *array = json_object_new_array(), *bucket;
	size_t i;

	for (i = 0; i < HIST_BUCKETS; i++) {
		if (!h->buckets[i])
			continue;
		bucket = json_object_new_array();
		json_object_array_add(bucket, json_object_new_uint64(hist_low(i)));
		json_object_array_add(bucket, json_object_new_uint64(hist_high(i)));
		json_object_array_add(bucket, json_object_new_uint64(h->buckets[i]));
		json_object_array_add(array, bucket);
	}
	return array;
}

static json_object *head(const struct latency *l, int summary, __u64 from_ns,
			 __u64 now_ns)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "summary", json_object_new_boolean(summary));
	json_object_object_add(object, "rule", json_object_new_string(l->rule));
	json_object_object_add(object, "wait", json_object_new_string(
						       l->o->spin ? "spin" : "block"));
	add(object, "time_ns", now_ns);
	add(object, "elapsed_ns", now_ns - from_ns);
	return object;
}

void json_interval(const struct latency *l, __u64 now_ns)
{
	json_object *object = head(l, 0, l->looked_ns, now_ns);
	const struct side *s;
	int i;

	for (i = 0; i < (l->o->port ? 2 : 1); i++) {
		s = &l->sides[i];
		json_object_object_add(object, s->name,
				       hist_json(&s->last, s->lost - s->lost_before));
	}
	output_json(object, 0);
}

static json_object *whole(const struct side *s, const struct usage *usage)
{
	json_object *object = hist_json(&s->all, s->lost);

	add(object, "unjoined", s->unjoined);
	json_object_object_add(object, "cpu_percent", json_object_new_double(
		usage->wall_ns ? 100.0 * (double)usage->cpu_ns /
				 (double)usage->wall_ns : 0));
	add(object, "page_faults", usage->faults);
	json_object_object_add(object, "histogram", buckets_json(&s->all));
	return object;
}

void json_summary(const struct latency *l, __u64 now_ns)
{
	json_object *object = head(l, 1, l->begin_ns, now_ns);

	json_object_object_add(object, l->sides[0].name,
			       whole(&l->sides[0], &l->ring.usage));
	if (l->o->port)
		json_object_object_add(object, l->sides[1].name,
				       whole(&l->sides[1], &l->socket.usage));
	output_json(object, 0);
}
