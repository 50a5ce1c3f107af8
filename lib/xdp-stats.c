/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The books of a session, ours or another's, and who else is here. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "lib/growing.h"
#include "lib/xdp.h"

static void add_slot(struct rti_xdp_slot *sum, const struct rti_xdp_slot *one)
{
	sum->matched_bytes += one->matched_bytes;
	sum->recorded += one->recorded;
	sum->not_to_record += one->not_to_record;
	sum->dropped_ring_full += one->dropped_ring_full;
	sum->dropped_too_big += one->dropped_too_big;
	sum->replied += one->replied;
}

static void add_cpu(struct rti_xdp_counters *sum,
		    const struct rti_xdp_counters *one)
{
	int i;

	sum->unmatched += one->unmatched;
	sum->unmatched_bytes += one->unmatched_bytes;
	sum->consumed += one->consumed;
	sum->failed_open += one->failed_open;
	sum->wakeups += one->wakeups;
	sum->reply_unfit += one->reply_unfit;
	sum->reply_limited += one->reply_limited;
	sum->reply_failed += one->reply_failed;
	if (one->ring_peak_bytes > sum->ring_peak_bytes)
		sum->ring_peak_bytes = one->ring_peak_bytes;
	for (i = 0; i < RTI_XDP_CPU_SLOTS; i++)
		add_slot(&sum->slot[i], &one->slot[i]);
}

/** rti_xdp_books_read() - @books: out; as long as @maps are open */
int rti_xdp_books_read(const struct rti_xdp_maps *maps, struct rti_xdp_books *books)
{
	int cpus = libbpf_num_possible_cpus(), i, err = 0;
	struct rti_xdp_counters *each;
	const __u32 first = 0;

	if (cpus < 0)
		return cpus;
	each = calloc((size_t)cpus, sizeof(*each));
	if (!each)
		return -ENOMEM;
	memset(books, 0, sizeof(*books));
	books->slots = maps->slots;
	books->slots_count = maps->session->slots;
	if (bpf_map_lookup_elem(maps->counters_fd, &first, each))
		err = -errno;
	for (i = 0; !err && i < cpus; i++)
		add_cpu(&books->sum, &each[i]);
	free(each);
	return err;
}

/* @slot: below RTI_XDP_SLOTS */
const struct rti_xdp_slot *rti_xdp_slot(const struct rti_xdp_books *books, __u32 slot)
{
	return slot < RTI_XDP_CPU_SLOTS ? &books->sum.slot[slot] :
					  &books->slots[slot - RTI_XDP_CPU_SLOTS];
}

static __u64 dropped(const struct rti_xdp_slot *slot)
{
	return slot->dropped_ring_full + slot->dropped_too_big;
}

static __u64 matched(const struct rti_xdp_slot *slot)
{
	return slot->recorded + slot->not_to_record + dropped(slot);
}

/* What a rule has counted since it got its slot. */
static void rule_counters(struct rtintercept_rule_counters *out,
			  const struct rti_xdp_rules *rules, __u32 at,
			  const struct rti_xdp_books *books)
{
	const struct rti_xdp_slot now =
		*rti_xdp_slot(books, rules->slot[at] % RTI_XDP_SLOTS);
	const struct rti_xdp_slot *base = &rules->base[at];

	memset(out, 0, sizeof(*out));
	out->rule_id = rules->rule[at].id;
	out->matched = matched(&now) - matched(base);
	out->matched_bytes = now.matched_bytes - base->matched_bytes;
	out->recorded = now.recorded - base->recorded;
	out->not_to_record = now.not_to_record - base->not_to_record;
	out->dropped_ring_full = now.dropped_ring_full - base->dropped_ring_full;
	out->dropped_too_big = now.dropped_too_big - base->dropped_too_big;
	out->replied = now.replied - base->replied;
}

/* Returns how many; @array: out. */
static int all_rule_counters(const struct rti_xdp_maps *maps,
			     struct rtintercept_rule_counters **array)
{
	struct rti_xdp_books books;
	struct rti_xdp_rules *rules;
	int n = rti_xdp_rules_read(maps, &rules), i, err;

	if (n)
		return n;
	err = rti_xdp_books_read(maps, &books);
	n = err ? err : (int)rules->count;
	if (n > 0) {
		*array = calloc((size_t)n, sizeof(**array));
		if (!*array)
			n = -ENOMEM;
	}
	for (i = 0; i < n; i++)
		rule_counters(&(*array)[i], rules, (__u32)i, &books);
	free(rules);
	return n;
}

int rti_xdp_rule_stats(struct rtintercept *rti, __u32 session_id,
		       struct rtintercept_rule_counters **counters)
{
	struct rtintercept_rule_counters *array = NULL;
	struct rti_xdp_maps maps;
	int n;

	n = rti_xdp_maps_get(rti, session_id, &maps);
	if (n)
		return n;
	n = all_rule_counters(&maps, &array);
	rti_xdp_maps_put(rti, &maps);
	if (n >= 0)
		*counters = array;
	return n;
}

/* @out: unread bytes; whoever has the map may look at both positions. */
static int ring_used(const struct rti_xdp_maps *maps, __u64 *out)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	__u64 consumer, producer, used;
	char *p;

	*out = 0;
	if (maps->ring_fd < 0)
		return 0;
	p = mmap(NULL, 2 * page, PROT_READ, MAP_SHARED, maps->ring_fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	consumer = __atomic_load_n((__u64 *)p, __ATOMIC_ACQUIRE);
	producer = __atomic_load_n((__u64 *)(p + page), __ATOMIC_ACQUIRE);
	munmap(p, 2 * page);
	used = producer - consumer;
	*out = used <= maps->session->ring_bytes ? used : 0;
	return 0;
}

static __u32 state_of(const struct rti_xdp_maps *maps)
{
	if (maps->session->dead)
		return RTINTERCEPT_STATE_DEAD;
	if (rti_xdp_running(maps))
		return RTINTERCEPT_STATE_RUNNING;
	return maps->session->ring_bytes ? RTINTERCEPT_STATE_READY :
					   RTINTERCEPT_STATE_NEW;
}

static __u32 count_attachments(const struct rti_xdp_session *session)
{
	__u32 n = 0, i;

	for (i = 0; i < RTI_XDP_ATTACHMENTS; i++)
		n += session->attachment[i].ifindex != 0;
	return n;
}

/* The session's sums are those of all slots, whoever had them. */
static void sum_slots(struct rti_xdp_slot *all, const struct rti_xdp_books *books)
{
	__u32 i;

	memset(all, 0, sizeof(*all));
	for (i = 0; i < books->slots_count && i < RTI_XDP_SLOTS; i++)
		add_slot(all, rti_xdp_slot(books, i));
}

static void fill_stats(struct rtintercept_stats *stats,
		       const struct rti_xdp_books *books)
{
	const struct rti_xdp_counters *sum = &books->sum;
	struct rti_xdp_slot all;

	sum_slots(&all, books);
	stats->unmatched = sum->unmatched;
	stats->matched = matched(&all);
	stats->seen = stats->unmatched + stats->matched;
	stats->seen_bytes = sum->unmatched_bytes + all.matched_bytes;
	stats->recorded = all.recorded;
	stats->not_to_record = all.not_to_record;
	stats->dropped_ring_full = all.dropped_ring_full;
	stats->dropped_too_big = all.dropped_too_big;
	stats->consumed = sum->consumed;
	stats->replied = all.replied;
	stats->passed = stats->seen - stats->consumed - stats->replied;
	stats->failed_open = sum->failed_open;
	stats->reply_unfit = sum->reply_unfit;
	stats->reply_limited = sum->reply_limited;
	stats->reply_failed = sum->reply_failed;
	stats->wakeups = sum->wakeups;
	stats->next_seq = all.recorded + dropped(&all);
	stats->ring_peak_bytes = sum->ring_peak_bytes;
}

static int fill_state(struct rtintercept_stats *stats,
		      const struct rti_xdp_maps *maps)
{
	const struct rti_xdp_session *session = maps->session;

	stats->time_ns = rtintercept_clock_ns();
	stats->state = state_of(maps);
	stats->generation = session->generation;
	stats->rules = session->rules;
	stats->attachments = count_attachments(session);
	stats->ring_bytes = session->ring_bytes;
	return ring_used(maps, &stats->ring_used_bytes);
}

int rti_xdp_stats(struct rtintercept *rti, __u32 session_id,
		  struct rtintercept_stats *stats)
{
	struct rti_xdp_books books;
	struct rti_xdp_maps maps;
	int err;

	err = rti_xdp_gone(rti_xdp_of(rti));
	if (!err)
		err = rti_xdp_maps_get(rti, session_id, &maps);
	if (err)
		return err;
	err = rti_xdp_books_read(&maps, &books);
	if (!err) {
		memset(stats, 0, sizeof(*stats));
		stats->size = sizeof(*stats);
		stats->session_id = session_id;
		fill_stats(stats, &books);
		err = fill_state(stats, &maps);
	}
	rti_xdp_maps_put(rti, &maps);
	return err;
}

static int describe(const struct rti_xdp_maps *maps,
		    struct rtintercept_session *out)
{
	const struct rti_xdp_session *session = maps->session;
	struct rti_xdp_books books;
	struct rti_xdp_slot all;
	int err = rti_xdp_books_read(maps, &books);

	if (err)
		return err;
	sum_slots(&all, &books);
	memset(out, 0, sizeof(*out));
	out->session_id = maps->session_id;
	out->state = state_of(maps);
	out->backend = RTINTERCEPT_BACKEND_XDP;
	out->pid = session->pid;
	out->uid = session->uid;
	out->rules = session->rules;
	out->generation = session->generation;
	out->attachments = count_attachments(session);
	out->netns = session->netns;
	out->opened_ns = session->opened_ns;
	out->recorded = all.recorded;
	out->dropped = dropped(&all);
	memcpy(out->command, session->command, sizeof(out->command) - 1);
	return 0;
}

/* Makes room for one more; the library's arrays are counted in the int that is returned. */
static int append(struct rtintercept_session **array, int n,
		  const struct rti_xdp_maps *maps)
{
	struct rtintercept_session *grown;
	int err;

	grown = realloc(*array, ((size_t)n + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	*array = grown;
	err = describe(maps, &grown[n]);
	return err ? err : n + 1;
}

/*
 * As append(). A session that ends while it is being looked at is left out, as is what
 * only pretends to be one.
 */
static int append_other(struct rtintercept_session **array, int n, __u32 session_id)
{
	struct rti_xdp_maps maps;
	int err = rti_xdp_maps_open(&maps, session_id);

	if (!err) {
		err = append(array, n, &maps);
		rti_xdp_maps_close(&maps);
	}
	return err < 0 && !rti_xdp_is_want(err) ? n : err;
}

int rti_xdp_session_list(struct rtintercept *rti,
			 struct rtintercept_session **sessions)
{
	struct rti_xdp *xdp = rti_xdp_of(rti);
	struct rtintercept_session *array = NULL;
	__u32 id = 0;
	int n, more = 1;

	n = rti_xdp_gone(xdp);
	if (!n)
		n = append(&array, 0, &xdp->maps);
	while (n > 0 && more) {
		more = rti_xdp_next_session(&id);
		if (more < 0)
			n = more;
		else if (more && id != xdp->maps.session_id)
			n = append_other(&array, n, id);
	}
	if (n < 0)
		free(array);
	else
		*sessions = array;
	return n;
}
