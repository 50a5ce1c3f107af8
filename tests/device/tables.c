/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables, of either backend: what is refused leaves the old one in force, equal
 * rules are told apart by priority and id, and two tables that take turns at full
 * traffic never mix.
 */
#include <pthread.h>
#include <sys/socket.h>

#include "device.h"
#include "tables.h"

#define PORT		7001
#define MAX		4096
#define SECONDS		4
#define SWAPS		4		/* at least: with KCSAN one alone takes some seconds */

/* The id of the rule that the next packet meets; 0: none. */
static __u32 rule_met(struct rtintercept *rti)
{
	const int raw = raw_open(PEER, THERE);
	const struct rtintercept_record *r;
	struct packet p;
	__u32 id = 0;

	packet_to_here(&p, PORT, 20);
	raw_send(raw, &p);
	close(raw);
	if (rtintercept_ring_wait(rti, 500 * MS) <= 0)
		return 0;
	r = rtintercept_ring_peek(rti);
	id = r->rule_id;
	rtintercept_ring_release(rti);
	return id;
}

/* What is tried with @rules, @count of them, is refused, and rule 7 is in force. */
static void refused(struct rtintercept *rti, const struct rtintercept_rule *rules,
		    __u32 count, int want, const char *what)
{
	struct rtintercept_stats before, after;

	rtintercept_stats(rti, 0, &before);
	is(rtintercept_rule_replace(rti, 0, rules, count, NULL), want, "%s", what);
	rtintercept_stats(rti, 0, &after);
	ok(before.generation == after.generation && after.rules == 1 &&
	   rule_met(rti) == 7, "%s: the old table is in force", what);
}

/**
 * tables_refused() - what is refused leaves the old table in force
 * @rti: attached, with a ring; closed
 * @no_program: what a rule is refused with whose program there is not
 */
void tables_refused(struct rtintercept *rti, int no_program)
{
	struct rtintercept_rule *rules = calloc(MAX + 1, sizeof(*rules));
	struct rtintercept_rule old = rule_udp(PORT);
	__u32 i;

	old.id = 7;
	session_rule(rti, old);
	rtintercept_start(rti);
	for (i = 0; i <= MAX; i++)
		rules[i] = rule_udp((__u16)i);
	refused(rti, rules, MAX + 1, -ENOSPC, "4,097 rules");
	rules[MAX - 1].dst_port_min = 1;
	rules[MAX - 1].dst_port_max = 0;
	refused(rti, rules, MAX, -EINVAL, "4,096, the last upside down");
	rules[MAX - 1] = rules[0];
	rules[MAX - 1].match |= 1ULL << 62;
	refused(rti, rules, MAX, -EOPNOTSUPP, "4,096, the last of an unknown kind");
	rules[MAX - 1] = rules[0];
	rules[MAX - 1].id = rules[5].id = 9;
	refused(rti, rules, MAX, -EEXIST, "4,096, an id twice");
	rules[MAX - 1].id = 0;
	rules[MAX - 1].match |= RTINTERCEPT_MATCH_PROGRAM;
	rules[MAX - 1].program_id = 3;
	refused(rti, rules, MAX, no_program, "4,096, the last names no program");
	rules[MAX - 1] = rules[0];
	rules[MAX - 1].snap_bytes = 1;
	rules[MAX - 1].flags = 0;
	refused(rti, rules, MAX, -EINVAL, "4,096, the last cuts what it does not record");
	free(rules);
	session_close(rti, "refused tables");
}

/**
 * tables_equal() - all rules match the same; the winner goes, and the next one wins
 * @rti: attached, with a ring; closed
 */
void tables_equal(struct rtintercept *rti)
{
	struct rtintercept_rule *rules = calloc(MAX, sizeof(*rules)), *listed = NULL;
	int i, n, bad = 0;

	for (i = 0; i < MAX; i++) {
		rules[i] = rule_udp(PORT);
		rules[i].id = (__u32)(i * 2654435761U) | 1;
		rules[i].priority = (__u32)i % 3;
	}
	is(rtintercept_rule_replace(rti, 0, rules, MAX, NULL), 0,
	   "4,096 rules that match the same, of three priorities");
	n = rtintercept_rule_list(rti, 0, &listed, NULL);
	is(n, MAX, "are listed");
	for (i = 1; i < n; i++)
		bad += listed[i - 1].priority < listed[i].priority ||
		       (listed[i - 1].priority == listed[i].priority &&
			listed[i - 1].id >= listed[i].id);
	is(bad, 0, "by priority, then by id");
	rtintercept_start(rti);
	for (i = 0; i < 10 && i < n; i++) {
		all_are(bad, rule_met(rti), listed[i].id);
		all_are(bad, rtintercept_rule_del(rti, 0, listed[i].id), 0);
	}
	is(bad, 0, "the first of them wins, ten times");
	free(listed);
	free(rules);
	session_close(rti, "equal rules");
}

static int stop_sending;

/* As fast as it goes; what the interface does not take does not matter. */
static void *flood(void *unused)
{
	const int fd = raw_open(PEER, THERE);
	struct packet p;

	packet_to_here(&p, PORT, 20);
	while (!__atomic_load_n(&stop_sending, __ATOMIC_RELAXED))
		send(fd, p.data, p.bytes, MSG_DONTWAIT);
	close(fd);
	return NULL;
}

/*
 * Table 1: rule 1 takes all that is UDP, before rule 2, which has the port. Table 2:
 * the other way round, by rules 3 and 4. So a packet meets 1 or 3. One that met 2 or
 * 4, or none, has seen parts of two tables. @large: with 1,000 rules beside.
 */
static __u32 make_table(struct rtintercept_rule *rules, int which, int large)
{
	__u32 i, count = 2 + (large ? 1000 : 0);

	for (i = 0; i < count; i++)
		rules[i] = rule_udp((__u16)(PORT + i - 1));
	rules[0].match = RTINTERCEPT_MATCH_PROTOCOL;
	rules[0].dst_port_min = rules[0].dst_port_max = 0;
	for (i = 0; i < 2; i++) {
		rules[i].id = 1 + 2 * (__u32)which + (which ? 1 - i : i);
		rules[i].priority = rules[i].id % 2 ? 2 : 1;
		rules[i].snap_bytes = 40;
	}
	for (; i < count; i++)
		rules[i].id = 10 + i;
	return count;
}

static void read_all(struct rtintercept *rti, __u64 met[5])
{
	const struct rtintercept_record *r;

	while ((r = rtintercept_ring_peek(rti))) {
		met[r->rule_id < 5 ? r->rule_id : 0]++;
		rtintercept_ring_release(rti);
	}
}

/* Until a packet has met rule @id, which is in the table; not for ever. */
static void read_until_met(struct rtintercept *rti, __u64 met[5], int id)
{
	const __u64 before = met[id];
	int tries;

	for (tries = 0; met[id] == before && tries < 1000; tries++) {
		rtintercept_ring_wait(rti, 10 * MS);
		read_all(rti, met);
	}
}

/**
 * tables_turns() - two tables take turns at full traffic
 * @rti: attached, with a ring; closed
 * @large: are large: 1 the second, 3 both
 * @name: of the hook
 */
void tables_turns(struct rtintercept *rti, int large, const char *name)
{
	static struct rtintercept_rule rules[2][1002];
	__u64 met[5] = { 0 }, end = now_ns() + SECONDS * 1000000000ULL;
	__u64 first, last = 0, swaps = 0;
	struct rtintercept_stats s;
	__u32 count[2], i;
	pthread_t sender[2];
	int bad = 0;

	for (i = 0; i < 2; i++)
		count[i] = make_table(rules[i], (int)i, large & (1 << !i));
	rtintercept_rule_replace(rti, 0, rules[0], count[0], &first);
	rtintercept_start(rti);
	stop_sending = 0;
	for (i = 0; i < 2; i++)
		pthread_create(&sender[i], NULL, flood, NULL);
	while (now_ns() < end || swaps < SWAPS) {
		i = (__u32)(++swaps % 2);
		all_are(bad, rtintercept_rule_replace(rti, 0, rules[i], count[i], &last), 0);
		/* Mostly at once the next; a large one would leave the small no time. */
		if (swaps % 64 < 2)
			read_until_met(rti, met, i ? 3 : 1);
		else
			read_all(rti, met);
	}
	__atomic_store_n(&stop_sending, 1, __ATOMIC_RELAXED);
	for (i = 0; i < 2; i++)
		pthread_join(sender[i], NULL);
	rtintercept_stop(rti);
	read_all(rti, met);
	rtintercept_stats(rti, 0, &s);
	is(bad, 0, "%s: tables swapped %llu times among %llu packets", name,
	   swaps, s.seen);
	is(last - first, swaps, "%s: each is a generation", name);
	is(met[0] + met[2] + met[4], 0, "%s: no packet met a mixture", name);
	is(s.unmatched, 0, "%s: none met no table", name);
	ok(met[1] && met[3], "%s: both were met: %llu and %llu times", name,
	   met[1], met[3]);
	session_close(rti, "tables that take turns");
}
