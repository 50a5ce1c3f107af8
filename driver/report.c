// SPDX-License-Identifier: GPL-2.0-only
/* Reports: what a session tells of itself, to its owner and to others. */
#include <linux/cred.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "report.h"
#include "ringmem.h"
#include "session.h"

static void fill_counters(struct rtintercept_stats *st, const struct rti_totals *t)
{
	st->seen = t->n[RTI_UNMATCHED] + t->n[RTI_MATCHED];
	st->seen_bytes = t->n[RTI_UNMATCHED_BYTES] + t->n[RTI_MATCHED_BYTES];
	st->unmatched = t->n[RTI_UNMATCHED];
	st->matched = t->n[RTI_MATCHED];
	st->recorded = t->n[RTI_RECORDED];
	st->not_to_record = t->n[RTI_NOT_TO_RECORD];
	st->dropped_ring_full = t->n[RTI_DROPPED_RING_FULL];
	st->dropped_too_big = t->n[RTI_DROPPED_TOO_BIG];
	st->dropped_hostile_consumer = t->n[RTI_DROPPED_HOSTILE_CONSUMER];
	st->consumed = t->n[RTI_CONSUMED];
	st->replied = t->n[RTI_REPLIED];
	st->passed = st->seen - st->consumed - st->replied;
	st->failed_open = t->n[RTI_FAILED_OPEN];
	st->reply_unfit = t->n[RTI_REPLY_UNFIT];
	st->reply_limited = t->n[RTI_REPLY_LIMITED];
	st->reply_failed = t->n[RTI_REPLY_FAILED];
	st->wakeups = t->n[RTI_WAKEUPS];
}

static void fill_ring(struct rtintercept_stats *st, struct rti_ringmem *ring)
{
	if (!ring)
		return;
	st->next_seq = READ_ONCE(ring->producer->next_seq);
	st->ring_bytes = ring->bytes;
	st->ring_used_bytes = rti_ringmem_used(ring);
	st->ring_peak_bytes = READ_ONCE(ring->producer->peak_bytes);
}

/* Returns the number of rules. */
static u32 fill_table(const struct rti_session *session, u64 *generation)
{
	const struct rti_table *table;
	u32 count;

	rcu_read_lock();
	table = rcu_dereference(session->path.table);
	count = table ? table->count : 0;
	*generation = table ? table->generation : 0;
	rcu_read_unlock();
	return count;
}

/* Of the table in force. Context: any. */
u64 rti_report_generation(const struct rti_session *session)
{
	u64 generation;

	fill_table(session, &generation);
	return generation;
}

/**
 * rti_report_stats() - a session's books
 * @session: whose
 * @stats: out: all but @size, @flags and @session_id
 *
 * Takes no lock: packets and changes may come between. Context: any.
 */
void rti_report_stats(struct rti_session *session, struct rtintercept_stats *stats)
{
	struct rti_totals totals;

	stats->state = rti_session_state(session);
	stats->time_ns = ktime_get_ns();
	rti_counters_sum(session->path.counters, &totals);
	fill_counters(stats, &totals);
	stats->next_seq = 0;
	stats->ring_bytes = 0;
	stats->ring_used_bytes = 0;
	stats->ring_peak_bytes = 0;
	/* Pairs with RING_SETUP's release: a ring that is seen is whole. */
	fill_ring(stats, smp_load_acquire(&session->path.ring));
	stats->attachments = READ_ONCE(session->attachments.count);
	stats->rules = fill_table(session, &stats->generation);
}

static void describe(struct rti_session *s, struct rtintercept_session *out)
{
	struct rti_totals totals;

	rti_counters_sum(s->path.counters, &totals);
	out->session_id = s->id;
	out->state = rti_session_state(s);
	out->backend = RTINTERCEPT_BACKEND_MODULE;
	out->pid = s->pid;
	out->uid = from_kuid_munged(current_user_ns(), s->uid);
	out->rules = fill_table(s, &out->generation);
	out->attachments = READ_ONCE(s->attachments.count);
	out->netns = s->netns;
	out->opened_ns = s->opened_ns;
	out->recorded = totals.n[RTI_RECORDED];
	out->dropped = rti_totals_dropped(&totals);
	memcpy(out->command, s->command, sizeof(out->command));
}

/* struct listing - where the next session goes */
struct listing {
	struct rtintercept_session *next;
	int count;
};

static void add_to_listing(struct rti_session *s, void *context)
{
	struct listing *listing = context;

	describe(s, &listing->next[listing->count++]);
}

/**
 * rti_report_sessions() - the sessions that the caller may know of
 * @own: the caller's
 * @list: out: array for kvfree()
 *
 * Return: how many, or -ENOMEM. Context: may sleep.
 */
int rti_report_sessions(struct rti_session *own, struct rtintercept_session **list)
{
	struct listing listing = {};

	listing.next = kvcalloc(RTI_SESSIONS_MAX, sizeof(*listing.next),
				GFP_KERNEL_ACCOUNT);
	if (!listing.next)
		return -ENOMEM;
	rti_session_visit(own, add_to_listing, &listing);
	*list = listing.next;
	return listing.count;
}
