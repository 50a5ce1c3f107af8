/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was measured, for people: a table, and where there is a terminal a histogram. */
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "latency/latency.h"
#include "latency/json.h"

#define BAR_COLUMNS	24
#define TIME_TEXT	16

/* "12.3 us" */
static const char *time_text(char text[TIME_TEXT], __u64 ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	double n = (double)ns;
	int unit = 0;

	while (n >= 1000 && unit < 3) {
		n /= 1000;
		unit++;
	}
	snprintf(text, TIME_TEXT, unit && n < 100 ? "%.2f %s" : "%.0f %s", n, units[unit]);
	return text;
}

static void print_head(void)
{
	printf("%-16s %10s %9s %7s %9s %9s %9s %9s %9s\n", "", "packets", "per s",
	       "lost", "p50", "p90", "p99", "p99.9", "max");
}

static void print_row(const char *name, const char *when, const struct hist *h,
		      double seconds, __u64 lost)
{
	static const __u32 per_million[] = { 500000, 900000, 990000, 999000 };
	char text[TIME_TEXT];
	size_t i;

	printf("%-6s %-9s %10llu %9.0f %7llu", name, when,
	       (unsigned long long)h->count,
	       seconds > 0 ? (double)h->count / seconds : 0,
	       (unsigned long long)lost);
	for (i = 0; i < sizeof(per_million) / sizeof(per_million[0]); i++)
		printf(" %9s", h->count ?
		       time_text(text, hist_percentile(h, per_million[i])) : "-");
	printf(" %9s\n", h->count ? time_text(text, h->max) : "-");
}

static int sides(const struct latency *l)
{
	return l->o->port ? 2 : 1;
}

static void print_last(const struct latency *l, double seconds)
{
	const struct side *s;
	int i;

	for (i = 0; i < sides(l); i++) {
		s = &l->sides[i];
		print_row(s->name, "last", &s->last, seconds, s->lost - s->lost_before);
	}
}

static void print_all(const struct latency *l, __u64 now_ns)
{
	double seconds = (double)(now_ns - l->begin_ns) / 1e9;
	int i;

	for (i = 0; i < sides(l); i++)
		print_row(l->sides[i].name, "in all", &l->sides[i].all, seconds,
			  l->sides[i].lost);
}

/* How many from @low on, below twice that. */
static __u64 in_octave(const struct hist *h, __u64 low)
{
	return hist_above(h, low - 1) - hist_above(h, 2 * low - 1);
}

static void print_bar(const struct hist *h, __u64 count, __u64 tallest, int ascii)
{
	int length = tallest ? (int)(count * BAR_COLUMNS / tallest) : 0, i;

	printf(" %10llu ", (unsigned long long)count);
	if (count && !length)
		length = 1;	/* one packet alone still shows */
	for (i = 0; i < BAR_COLUMNS; i++)
		fputs(i >= length ? " " : ascii ? "#" : "\u2588", stdout);
}

/* One line for each octave, from the first that has any to the last. */
static void print_histogram(const struct latency *l)
{
	const int ascii = l->o->ascii || strcmp(nl_langinfo(CODESET), "UTF-8");
	__u64 first = 0, last = 0, tallest[2] = { 0, 0 }, low, count;
	char text[TIME_TEXT];
	int i;

	for (low = 1; low && low < 1ULL << 40; low *= 2) {
		for (i = 0; i < sides(l); i++) {
			count = in_octave(&l->sides[i].all, low);
			if (count > tallest[i])
				tallest[i] = count;
			if (count)
				last = low;
			if (count && !first)
				first = low;
		}
	}
	for (low = first; low && low <= last; low *= 2) {
		printf("from %9s", time_text(text, low));
		for (i = 0; i < sides(l); i++)
			print_bar(&l->sides[i].all, in_octave(&l->sides[i].all, low),
				  tallest[i], ascii);
		putchar('\n');
	}
}

static void print_title(const struct latency *l, __u64 now_ns)
{
	const struct intercept_options *o = &l->o->intercept;
	int i;

	for (i = 0; i < o->interfaces_count; i++)
		printf("%s%s", i ? ", " : "", o->interfaces[i]);
	printf(": %s; %s; %.0f s\n", l->rule, l->o->spin ? "spinning" : "sleeping",
	       (double)(now_ns - l->begin_ns) / 1e9);
}

/* On a terminal the picture replaces the last one; else a block follows a block. */
void show_interval(struct latency *l, __u64 now_ns)
{
	double seconds = (double)(now_ns - l->looked_ns) / 1e9;

	if (l->o->intercept.common.json) {
		json_interval(l, now_ns);
	} else if (isatty(STDOUT_FILENO)) {
		fputs("\033[H\033[J", stdout);
		print_title(l, now_ns);
		print_head();
		print_last(l, seconds);
		print_all(l, now_ns);
		print_histogram(l);
	} else {
		if (l->looked_ns == l->begin_ns)
			print_head();
		print_last(l, seconds);
	}
	fflush(stdout);
}

static void print_usage(const struct side *s, const struct usage *usage)
{
	printf("%s: %.1f %% of a CPU, %llu page faults", s->name, usage->wall_ns ?
	       100.0 * (double)usage->cpu_ns / (double)usage->wall_ns : 0,
	       (unsigned long long)usage->faults);
	if (s->unjoined)
		printf(", %llu packets whose T1 is not known",
		       (unsigned long long)s->unjoined);
	putchar('\n');
}

/* At the end, with all there is. */
void show_summary(struct latency *l, __u64 now_ns)
{
	if (l->o->intercept.common.json) {
		json_summary(l, now_ns);
		return;
	}
	if (isatty(STDOUT_FILENO))
		fputs("\033[H\033[J", stdout);
	print_title(l, now_ns);
	print_head();
	print_all(l, now_ns);
	print_histogram(l);
	print_usage(&l->sides[0], &l->ring.usage);
	if (l->o->port)
		print_usage(&l->sides[1], &l->socket.usage);
	fflush(stdout);
}
