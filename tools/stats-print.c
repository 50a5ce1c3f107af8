/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The books of sessions, printed for people and for Prometheus. */
#include <string.h>

#include "fields.h"
#include "output.h"
#include "stats.h"

static unsigned long long ull(__u64 n)
{
	return n;
}

/* "50 %" of @whole; "-" of nothing. */
static const char *percent(char text[16], __u64 part, __u64 whole)
{
	if (!whole)
		return "-";
	snprintf(text, 16, "%.0f %%", 100.0 * (double)part / (double)whole);
	return text;
}

static void print_ring(FILE *out, const struct rtintercept_stats *s)
{
	char size[BYTES_TEXT], used[16], peak[16];

	if (!s->ring_bytes)
		return;
	fprintf(out, "  ring      %s, %s full, at most %s; %llu wake-ups\n",
		output_bytes(size, s->ring_bytes),
		percent(used, s->ring_used_bytes, s->ring_bytes),
		percent(peak, s->ring_peak_bytes, s->ring_bytes),
		ull(s->wakeups));
}

static void print_rules(FILE *out, const struct book *book)
{
	const struct rtintercept_rule_counters *r;
	int i;

	if (book->rules_count)
		fprintf(out, "  %10s %12s %14s %12s %12s %12s\n", "rule",
			"matched", "bytes", "recorded", "dropped", "replied");
	for (i = 0; i < book->rules_count; i++) {
		r = &book->rules[i];
		fprintf(out, "  %10u %12llu %14llu %12llu %12llu %12llu\n",
			r->rule_id, ull(r->matched), ull(r->matched_bytes),
			ull(r->recorded),
			ull(r->dropped_ring_full + r->dropped_too_big +
			    r->dropped_hostile_consumer), ull(r->replied));
	}
}

static void print_book(FILE *out, const struct book *book)
{
	const struct rtintercept_stats *s = &book->stats;

	fprintf(out, "session %u  %s, %s, %.16s\n", s->session_id,
		name_at(backend_names, book->session.backend),
		name_at(state_names, s->state), book->session.command);
	fprintf(out, "  seen      %llu = unmatched %llu + matched %llu\n",
		ull(s->seen), ull(s->unmatched), ull(s->matched));
	fprintf(out, "  matched   %llu = recorded %llu + not to record %llu + dropped %llu\n",
		ull(s->matched), ull(s->recorded), ull(s->not_to_record),
		ull(book_dropped(s)));
	fprintf(out, "  dropped   ring full %llu, too big %llu, hostile consumer %llu\n",
		ull(s->dropped_ring_full), ull(s->dropped_too_big),
		ull(s->dropped_hostile_consumer));
	fprintf(out, "  packets   passed %llu (failed open %llu), consumed %llu, replied %llu\n",
		ull(s->passed), ull(s->failed_open), ull(s->consumed),
		ull(s->replied));
	if (s->replied || s->reply_unfit || s->reply_limited || s->reply_failed)
		fprintf(out, "  unanswered unfit %llu, over the rate %llu, failed %llu\n",
			ull(s->reply_unfit), ull(s->reply_limited),
			ull(s->reply_failed));
	print_ring(out, s);
	print_rules(out, book);
}

/* All counters, as sums that can be checked by eye. */
void books_print(FILE *out, const struct books *books)
{
	int i;

	if (!books->count)
		fputs("no sessions\n", out);
	for (i = 0; i < books->count; i++)
		print_book(out, &books->book[i]);
}

static const struct rtintercept_stats *stats_of(const struct books *books,
						__u32 session_id)
{
	int i;

	for (i = 0; i < books->count; i++)
		if (books->book[i].stats.session_id == session_id)
			return &books->book[i].stats;
	return NULL;
}

/* How long the ring would last if nobody read, at the rate of late. */
static const char *covers(char text[32], const struct rtintercept_stats *now,
			  double bytes_per_s)
{
	if (!now->ring_bytes || bytes_per_s <= 0)
		return "-";
	snprintf(text, 32, "%.1f ms",
		 1e3 * (double)now->ring_bytes / bytes_per_s);
	return text;
}

/* Bytes that the records took in the ring are known only by the mean packet. */
static double ring_bytes_per_s(const struct rtintercept_stats *now,
			       const struct rtintercept_stats *then, double s)
{
	__u64 seen = now->seen - then->seen;
	double mean;

	if (!seen)
		return 0;
	mean = (double)(now->seen_bytes - then->seen_bytes) / (double)seen;
	mean += sizeof(struct rtintercept_record) +
		sizeof(struct rtintercept_ring_header);
	return mean * (double)(now->recorded - then->recorded) / s;
}

static void print_rate(FILE *out, const struct rtintercept_stats *now,
		       const struct rtintercept_stats *then)
{
	double s = (double)(now->time_ns - then->time_ns) / 1e9;
	char used[16], text[32];

	if (s <= 0)
		return;
	fprintf(out, "%10u %12.0f %12.0f %12.0f %12.0f %12.0f %7s %10s\n",
		now->session_id, (double)(now->seen - then->seen) / s,
		(double)(now->matched - then->matched) / s,
		(double)(now->recorded - then->recorded) / s,
		(double)(book_dropped(now) - book_dropped(then)) / s,
		(double)(now->wakeups - then->wakeups) / s,
		percent(used, now->ring_used_bytes, now->ring_bytes),
		covers(text, now, ring_bytes_per_s(now, then, s)));
}

void books_print_rates_head(FILE *out)
{
	fprintf(out, "%10s %12s %12s %12s %12s %12s %7s %10s\n", "session",
		"seen/s", "matched/s", "recorded/s", "dropped/s", "wakeups/s",
		"ring", "covers");
}

/* What happened since @before, per second, one line for each session. */
void books_print_rates(FILE *out, const struct books *books,
		       const struct books *before)
{
	const struct rtintercept_stats *then;
	int i;

	for (i = 0; i < books->count; i++) {
		then = stats_of(before, books->book[i].stats.session_id);
		if (then)
			print_rate(out, &books->book[i].stats, then);
	}
}

static void print_help(FILE *out, const char *prefix, const struct field *field)
{
	const char *suffix = field->kind == FIELD_COUNTER ? "_total" : "";

	fprintf(out, "# HELP %s_%s%s %s.\n# TYPE %s_%s%s %s\n", prefix,
		field->name, suffix, field->help, prefix, field->name, suffix,
		field->kind == FIELD_COUNTER ? "counter" : "gauge");
}

static int is_metric(const struct field *field)
{
	return (field->kind == FIELD_COUNTER || field->kind == FIELD_GAUGE) &&
	       strcmp(field->name, "session_id") &&
	       strcmp(field->name, "rule_id");
}

static void print_metric(FILE *out, const struct field *field,
			 const struct books *books)
{
	const struct book *book;
	int i;

	print_help(out, "rtintercept", field);
	for (i = 0; i < books->count; i++) {
		book = &books->book[i];
		fprintf(out, "rtintercept_%s%s{session_id=\"%u\",backend=\"%s\"} %llu\n",
			field->name,
			field->kind == FIELD_COUNTER ? "_total" : "",
			book->stats.session_id,
			name_at(backend_names, book->session.backend),
			ull(field_number(field, &book->stats)));
	}
}

static void print_rule_metric(FILE *out, const struct field *field,
			      const struct books *books)
{
	const struct book *book;
	int i, j;

	print_help(out, "rtintercept_rule", field);
	for (i = 0; i < books->count; i++) {
		book = &books->book[i];
		for (j = 0; j < book->rules_count; j++)
			fprintf(out, "rtintercept_rule_%s_total"
				"{session_id=\"%u\",rule_id=\"%u\"} %llu\n",
				field->name, book->stats.session_id,
				book->rules[j].rule_id,
				ull(field_number(field, &book->rules[j])));
	}
}

/* The text format of Prometheus: all samples of one metric together. */
void books_print_prometheus(FILE *out, const struct books *books)
{
	const struct field *field;

	for (field = stats_fields; field->name; field++)
		if (is_metric(field))
			print_metric(out, field, books);
	for (field = rule_counters_fields; field->name; field++)
		if (is_metric(field))
			print_rule_metric(out, field, books);
}
