/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The replies of a session: read, and set where a rule brings its own. As with
 * programs, one that is there already is used.
 */
#include <errno.h>
#include <string.h>

#include "replies.h"
#include "reply-text.h"

/**
 * replies_read() - those that are set
 * @replies: out
 * @rti: handle by which the session is reached
 * @session_id: 0: its own
 *
 * Return: 0, also of a backend that has none; else -errno.
 */
int replies_read(struct replies *replies, struct rtintercept *rti, __u32 session_id)
{
	struct rtintercept_reply_set reply = { .reply_id = 0 };
	int err = 0;

	memset(replies, 0, sizeof(*replies));
	while (replies->count < REPLIES_MAX) {
		err = rtintercept_reply_get(rti, session_id, &reply);
		if (err)
			break;
		replies->reply[replies->count++] = reply;
		if (!++reply.reply_id)
			break;
	}
	return err == -ENOENT || err == -EOPNOTSUPP ? 0 : err;
}

/* @reply: NULL: any of that number; @id: 0: any number */
static int find(const struct replies *replies, __u32 id,
		const struct rtintercept_reply_set *reply)
{
	int i;

	for (i = 0; i < replies->count; i++)
		if ((!id || replies->reply[i].reply_id == id) &&
		    (!reply || reply_same(&replies->reply[i], reply)))
			return i;
	return -1;
}

/* @id: in: its name; 0: any, also of one that is there; out: its name */
static int set(struct replies *replies, struct rtintercept *rti, __u32 session_id,
	       __u32 *id, struct rtintercept_reply_set *reply)
{
	int at = find(replies, *id, reply), swaps = *id && find(replies, *id, NULL) >= 0;
	int err;

	if (at >= 0) {
		*id = replies->reply[at].reply_id;
		return 0;
	}
	reply->reply_id = *id;
	err = rtintercept_reply_set(rti, session_id, reply);
	if (err)
		return err;
	*id = reply->reply_id;
	if (!swaps && replies->count < REPLIES_MAX) {
		replies->reply[replies->count++] = *reply;
		replies->set++;
	}
	return 0;
}

/* For each rule that brings one. Return: 0, or -errno; then replies_undo(). */
int replies_set_for(struct replies *replies, struct rtintercept *rti,
		    __u32 session_id, struct rule_line *lines, int count)
{
	int i, err = 0;

	for (i = 0; i < count && !err; i++)
		if (lines[i].reply)
			err = set(replies, rti, session_id, &lines[i].rule.reply_id,
				  lines[i].reply);
	return err;
}

/* Takes away those that we have added, in vain as it turned out. */
void replies_undo(struct replies *replies, struct rtintercept *rti, __u32 session_id)
{
	struct rtintercept_reply_set none = { .type = RTINTERCEPT_REPLY_NONE };

	for (; replies->set; replies->set--) {
		none.reply_id = replies->reply[replies->count - replies->set].reply_id;
		rtintercept_reply_set(rti, session_id, &none);
	}
}

/*
 * Tells with the first rule that names a reply what that is. It stays that of
 * @replies.
 */
void replies_tell(const struct replies *replies, struct rule_line *lines, int count)
{
	char told[REPLIES_MAX] = { 0 };
	int i, at;

	for (i = 0; i < count; i++) {
		if (lines[i].rule.verdict != RTINTERCEPT_VERDICT_REPLY)
			continue;
		at = find(replies, lines[i].rule.reply_id, NULL);
		if (at < 0 || told[at])
			continue;
		told[at] = 1;
		lines[i].reply = (struct rtintercept_reply_set *)&replies->reply[at];
	}
}
