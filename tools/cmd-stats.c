/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stats: the books of the sessions, once or again and again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "options.h"
#include "sessions.h"
#include "stats.h"

struct stats_options {
	struct common_options common;
	int prometheus;
	int watch;
	double seconds;
};

static int set_prometheus(void *options, const char *value)
{
	struct stats_options *o = options;

	o->prometheus = 1;
	return 0;
}

static int set_watch(void *options, const char *value)
{
	struct stats_options *o = options;
	char *end;

	o->watch = 1;
	o->seconds = 1;
	if (!value)
		return 0;
	o->seconds = strtod(value, &end);
	if (*end || !(o->seconds >= 0.01 && o->seconds <= 86400))
		return usage_error("--watch",
				   "\"%s\" is no number of seconds from 0.01 to 86400",
				   value);
	return 0;
}

static const struct option_spec options_table[] = {
	OPTION_SESSION,
	OPTION_BACKEND,
	OPTION_JSON,
	{ "prometheus", NULL, "print metrics for Prometheus", set_prometheus, 0 },
	{ "watch", "[SECONDS]", "again every second, or so many", set_watch, 'w' },
	OPTION_END
};

static void sleep_for(double seconds)
{
	struct timespec t;

	t.tv_sec = (time_t)seconds;
	t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
	nanosleep(&t, NULL);
}

/* Read all books that were asked for. Return: 0, or an exit code. */
static int gather(const struct stats_options *o, struct books *books)
{
	const struct rtintercept_session *one = NULL;
	struct sessions sessions;
	int status, err;

	memset(books, 0, sizeof(*books));
	err = sessions_open(&sessions, o->common.backend, o->common.session_id);
	status = err ? errno_error("sessions", err) :
		 sessions_missing(&sessions);
	if (!status && o->common.session_id)
		status = sessions_pick(&sessions, o->common.session_id, &one);
	if (!status) {
		err = books_read(books, &sessions, one);
		status = err ? errno_error("stats", err) : 0;
	}
	sessions_close(&sessions);
	return status;
}

static void print(const struct stats_options *o, const struct books *books,
		  const struct books *before)
{
	if (o->common.json)
		books_print_json(books, !o->watch);
	else if (o->prometheus)
		books_print_prometheus(stdout, books);
	else if (before)
		books_print_rates(stdout, books, before);
	else
		books_print(stdout, books);
	fflush(stdout);
}

/* Until a signal, or until the output cannot be written any more. */
static int watch(const struct stats_options *o)
{
	struct books books, before;
	int status = gather(o, &before);

	if (!status)
		print(o, &before, NULL);
	if (!status && !o->common.json)
		books_print_rates_head(stdout);
	while (!status && !ferror(stdout)) {
		sleep_for(o->seconds);
		status = gather(o, &books);
		if (!status)
			print(o, &books, &before);
		books_free(&before);
		before = books;
	}
	books_free(&before);
	return status;
}

static int run(void *options, int argc, char **argv)
{
	const struct stats_options *o = options;
	struct books books;
	int status;

	if (o->prometheus && (o->common.json || o->watch))
		return usage_error("--prometheus",
				   "goes with neither --json nor --watch");
	if (o->watch)
		return watch(o);
	status = gather(o, &books);
	if (!status)
		print(o, &books, NULL);
	books_free(&books);
	return status;
}

const struct command cmd_stats = {
	.name = "stats",
	.summary = "print the counters of sessions and rules",
	.notes = "With --watch --json each reading is one line.\n",
	.options = options_table,
	.options_bytes = sizeof(struct stats_options),
	.run = run,
};
