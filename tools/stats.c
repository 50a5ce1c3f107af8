/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The books of sessions, read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "output.h"
#include "stats.h"

/* A session that has ended meanwhile is -ENOENT. */
static int book_read(struct book *book, const struct sessions *sessions,
		     const struct rtintercept_session *session)
{
	struct rtintercept *rti = sessions_handle(sessions, session->session_id);
	int n = rtintercept_stats(rti, session->session_id, &book->stats);

	if (n < 0)
		return n;
	n = rtintercept_rule_stats(rti, session->session_id, &book->rules);
	if (n < 0)
		return n;
	book->rules_count = n;
	book->session = *session;
	return 0;
}

/**
 * books_read() - the books of all sessions, or of one
 * @books: out; books_free() it, whatever is returned
 * @sessions: opened
 * @one: only this one; NULL: all
 *
 * Return: 0, or -errno.
 */
int books_read(struct books *books, const struct sessions *sessions,
	       const struct rtintercept_session *one)
{
	const struct rtintercept_session *session = one ? one : sessions->list;
	int i, err, count = one ? 1 : sessions->count;

	memset(books, 0, sizeof(*books));
	books->book = calloc((size_t)count + 1, sizeof(*books->book));
	if (!books->book)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		err = book_read(&books->book[books->count], sessions,
				&session[i]);
		if (!err)
			books->count++;
		else if (one || err != -ENOENT)
			return err;
	}
	return 0;
}

void books_free(struct books *books)
{
	int i;

	for (i = 0; i < books->count; i++)
		free(books->book[i].rules);
	free(books->book);
	memset(books, 0, sizeof(*books));
}

/* Records dropped, for whatever reason. */
__u64 book_dropped(const struct rtintercept_stats *stats)
{
	return stats->dropped_ring_full + stats->dropped_too_big +
	       stats->dropped_hostile_consumer;
}

json_object *book_json(const struct book *book)
{
	json_object *object = fields_json(stats_fields, &book->stats);
	json_object *rules = json_object_new_array();
	int i;

	json_object_object_add(object, "backend",
		json_object_new_string(name_at(backend_names,
					       book->session.backend)));
	json_object_object_add(object, "pid",
			       json_object_new_uint64(book->session.pid));
	json_object_object_add(object, "command",
		json_object_new_string(book->session.command));
	for (i = 0; i < book->rules_count; i++)
		json_object_array_add(rules, fields_json(rule_counters_fields,
							 &book->rules[i]));
	json_object_object_add(object, "rule_counters", rules);
	return object;
}

void books_print_json(const struct books *books, int pretty)
{
	json_object *object = json_object_new_object();
	json_object *array = json_object_new_array();
	int i;

	for (i = 0; i < books->count; i++)
		json_object_array_add(array, book_json(&books->book[i]));
	json_object_object_add(object, "sessions", array);
	output_json(object, pretty);
}
