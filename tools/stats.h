/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The books of sessions: read all at once, then printed in one form or another. */
#ifndef STATS_H
#define STATS_H

#include <stdio.h>

#include <json-c/json.h>

#include "sessions.h"

/**
 * struct book - one session's books
 * @session: which
 * @stats: its counters
 * @rules: its rules' counters, @rules_count of them
 * @rules_count: how many
 */
struct book {
	struct rtintercept_session session;
	struct rtintercept_stats stats;
	struct rtintercept_rule_counters *rules;
	int rules_count;
};

/**
 * struct books - of all sessions that were there
 * @book: @count of them
 * @count: how many
 */
struct books {
	struct book *book;
	int count;
};

int books_read(struct books *books, const struct sessions *sessions,
	       const struct rtintercept_session *one);
void books_free(struct books *books);

__u64 book_dropped(const struct rtintercept_stats *stats);
json_object *book_json(const struct book *book);

void books_print(FILE *out, const struct books *books);
void books_print_rates_head(FILE *out);
void books_print_rates(FILE *out, const struct books *books,
		       const struct books *before);
void books_print_json(const struct books *books, int pretty);
void books_print_prometheus(FILE *out, const struct books *books);

#endif /* STATS_H */
