/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions through the library, and the closing of their books. */
#include "device.h"

/* Records UDP to a port and lets it pass. */
struct rtintercept_rule rule_udp(__u16 port)
{
	struct rtintercept_rule rule = {
		.match = RTINTERCEPT_MATCH_PROTOCOL | RTINTERCEPT_MATCH_DST_PORT,
		.protocol = 17,
		.dst_port_min = port,
		.dst_port_max = port,
		.flags = RTINTERCEPT_RULE_RECORD,
	};

	return rule;
}

static void must(int err, const char *what)
{
	if (err >= 0)
		return;
	printf("Bail out! %s: %s\n", what, strerror(-err));
	exit(1);
}

/*
 * On an interface, or on none if @ifname is NULL; with a ring, not yet started, of the
 * backend that has this hook; ends the program if it cannot.
 */
struct rtintercept *session_open(const char *ifname, __u32 hook, __u64 ring_bytes)
{
	const struct rtintercept_open_opts opts = {
		.size = sizeof(opts),
		.backend = hook < RTINTERCEPT_HOOK_XDP_NATIVE ?
			   RTINTERCEPT_BACKEND_MODULE : RTINTERCEPT_BACKEND_XDP,
	};
	struct rtintercept *rti;

	must(rtintercept_open(&rti, &opts), "open");
	must(rtintercept_ring_setup(rti, ring_bytes), "ring setup");
	if (ifname)
		must(rtintercept_attach(rti, index_of(ifname), &hook), "attach");
	return rti;
}

void session_rule(struct rtintercept *rti, struct rtintercept_rule rule)
{
	must(rtintercept_rule_add(rti, 0, &rule), "rule add");
}

/* The next record, waiting up to a second; NULL: none came. */
const struct rtintercept_record *session_next(struct rtintercept *rti)
{
	const struct rtintercept_record *record = rtintercept_ring_peek(rti);

	if (!record && rtintercept_ring_wait(rti, 1000 * MS) > 0)
		record = rtintercept_ring_peek(rti);
	return record;
}

/* Reads all that is there now. Returns how many. */
int session_drain(struct rtintercept *rti)
{
	int count = 0;

	for (; rtintercept_ring_peek(rti); count++)
		rtintercept_ring_release(rti);
	return count;
}

static __u64 dropped(const struct rtintercept_stats *s)
{
	return s->dropped_ring_full + s->dropped_too_big +
	       s->dropped_hostile_consumer;
}

/* Do the books of a session that nobody uses close? */
int sums_are_right(const struct rtintercept_stats *s)
{
	return s->seen == s->unmatched + s->matched &&
	       s->matched == s->recorded + s->not_to_record + dropped(s) &&
	       s->next_seq == s->recorded + dropped(s) &&
	       s->passed == s->seen - s->consumed - s->replied &&
	       s->ring_peak_bytes <= s->ring_bytes &&
	       s->ring_used_bytes <= s->ring_bytes;
}

static int rules_are_right(struct rtintercept *rti)
{
	struct rtintercept_rule_counters *c = NULL;
	int i, good = 1, count = rtintercept_rule_stats(rti, 0, &c);

	for (i = 0; i < count; i++)
		good &= c[i].matched == c[i].recorded + c[i].not_to_record +
			c[i].dropped_ring_full + c[i].dropped_too_big +
			c[i].dropped_hostile_consumer;
	free(c);
	return good && count >= 0;
}

/* What a reader that has read all must have: every record, every gap a drop. */
static int reader_is_right(struct rtintercept *rti,
			   const struct rtintercept_stats *s)
{
	struct rtintercept_ring_counters c;

	rtintercept_ring_counters(rti, &c);
	if (c.read != s->recorded)
		return 0;
	return !c.read || c.first_seq + c.read + c.lost +
	       (s->next_seq - 1 - c.last_seq) == s->next_seq;
}

/* Stops the session, reads what is left, and adds everything up. */
void books_close(struct rtintercept *rti, const char *name)
{
	struct rtintercept_stats s;
	int good;

	must(rtintercept_stop(rti), "stop");
	session_drain(rti);
	must(rtintercept_stats(rti, 0, &s), "stats");
	good = sums_are_right(&s) && rules_are_right(rti) &&
	       reader_is_right(rti, &s);
	if (ok(good, "%s: the books close", name))
		return;
	printf("# seen %llu = unmatched %llu + matched %llu; recorded %llu not %llu\n"
	       "# full %llu big %llu hostile %llu; passed %llu consumed %llu next %llu\n",
	       s.seen, s.unmatched, s.matched, s.recorded, s.not_to_record,
	       s.dropped_ring_full, s.dropped_too_big, s.dropped_hostile_consumer,
	       s.passed, s.consumed, s.next_seq);
}

void session_close(struct rtintercept *rti, const char *name)
{
	books_close(rti, name);
	rtintercept_close(rti);
}
