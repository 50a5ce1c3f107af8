/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random tables and random packets through a hook: rule, verdict and capture of each
 * must be what a naive matcher says, which shares no line with the one under test.
 * Packets go out in batches, behind each of them one that ends it; what a rule does
 * not record is found in its counters.
 */
#include "agree.h"
#include "device.h"
#include "random-packet.h"

#define BATCH		64
#define TABLE_PACKETS	250	/* that one table gets */
#define END_RULE	1000000
#define END_TYPE	0x9999	/* no random packet has it */
#define SNAP		64

/**
 * struct expected - one record that has to come
 * @rule: that the packet meets
 * @wire_bytes: its length
 * @bytes: how it begins
 */
struct expected {
	const struct rtintercept_rule *rule;
	__u32 wire_bytes;
	__u8 bytes[SNAP];
};

/**
 * struct round - one table, and what it is to do
 * @rules: by rank; the last is the one that ends a batch
 * @matches: of each, by the naive matcher
 * @expected: records of the batch, @count of them
 */
struct round {
	struct rtintercept_rule *rules;
	__u64 *matches;
	__u32 rules_count;
	struct expected expected[BATCH];
	__u32 count;
};

static int by_rank(const void *a, const void *b)
{
	const struct rtintercept_rule *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority > y->priority ? -1 : 1;
	return x->id < y->id ? -1 : 1;
}

static void random_action(struct unit_random *random, struct rtintercept_rule *r)
{
	r->verdict = chance(random, 30) ? RTINTERCEPT_VERDICT_DROP :
					  RTINTERCEPT_VERDICT_PASS;
	if (!chance(random, 80))
		return;
	r->flags = RTINTERCEPT_RULE_RECORD;
	if (chance(random, 80))
		r->snap_bytes = 1 + unit_random_below(random, SNAP);
}

/* Mostly few rules, so that not all packets match; now and then very many. */
static void round_begin(struct unit_random *random, struct round *round,
			__u32 rules_max)
{
	const __u32 count = chance(random, 80) ? unit_random_below(random, 10) :
						 unit_random_below(random, rules_max);
	struct rtintercept_rule *r;
	__u32 i;

	round->rules = calloc(count + 1, sizeof(*round->rules));
	round->matches = calloc(count + 1, sizeof(*round->matches));
	round->rules_count = count + 1;
	for (i = 0; i < count; i++) {
		r = &round->rules[i];
		random_rule(random, r);
		r->id = i + 1;
		random_action(random, r);
	}
	r = &round->rules[count];
	r->id = END_RULE;
	r->match = RTINTERCEPT_MATCH_ETHERTYPE;
	r->ethertype = END_TYPE;
	r->priority = 100;
	r->flags = RTINTERCEPT_RULE_RECORD;
	qsort(round->rules, round->rules_count, sizeof(*round->rules), by_rank);
}

/* The rank of the rule that the packet meets, -1: none. */
static int naive_rank(const struct round *round, const struct naive_facts *facts)
{
	__u32 i;

	for (i = 0; i < round->rules_count; i++)
		if (naive_match(&round->rules[i], facts))
			return (int)i;
	return -1;
}

/* What the kernel lets into the receive path at all: headers of L2, whole. */
static void random_frame(struct unit_random *random, struct packet *p)
{
	random_packet(random, p);
	if (chance(random, 20))
		p->bytes = 1 + unit_random_below(random, p->bytes);
	if (p->bytes < 20)
		p->bytes = 20;
}

static void note_kind(struct agreement *a, const struct naive_facts *f)
{
	a->packets++;
	a->tagged += f->tags > 0;
	a->fragments += f->later;
	a->extended += f->family == 6 && f->has_l4 && f->l4 > f->l3 + 40;
	a->malformed += f->malformed;
}

static void expect(struct round *round, struct agreement *a, const struct packet *p)
{
	struct naive_facts facts;
	struct expected *e;
	int rank;

	naive_look(&facts, p->data, p->bytes, p->bytes, false);
	note_kind(a, &facts);
	rank = naive_rank(round, &facts);
	if (rank < 0)
		return;
	a->matched++;
	a->payloads += round->rules[rank].payload_bytes > 0;
	round->matches[rank]++;
	if (!(round->rules[rank].flags & RTINTERCEPT_RULE_RECORD))
		return;
	e = &round->expected[round->count++];
	e->rule = &round->rules[rank];
	e->wire_bytes = p->bytes;
	memcpy(e->bytes, p->data, p->bytes < SNAP ? p->bytes : SNAP);
}

static int is_expected(const struct rtintercept_record *r, const struct expected *e)
{
	const __u32 snap = e->rule->snap_bytes, wire = e->wire_bytes;
	const __u32 bytes = snap && snap < wire ? snap : wire;

	return r->rule_id == e->rule->id && r->verdict == e->rule->verdict &&
	       r->wire_bytes == wire && r->captured_bytes == bytes &&
	       !memcmp(r->data, e->bytes, bytes < SNAP ? bytes : SNAP);
}

static void tell(const struct agreement *a, const struct rtintercept_record *r,
		 const struct expected *e)
{
	printf("# batch before packet %u: rule %u verdict %u wire %u captured %u, not ",
	       a->packets, r->rule_id, r->verdict, r->wire_bytes, r->captured_bytes);
	if (e)
		printf("rule %u verdict %u wire %u snap %u\n", e->rule->id,
		       e->rule->verdict, e->wire_bytes, e->rule->snap_bytes);
	else
		puts("the end of it");
}

/* Reads to the end of the batch. */
static void compare_batch(struct rtintercept *rti, struct round *round,
			  struct agreement *a)
{
	const struct rtintercept_record *r;
	const struct expected *e;
	__u32 i, end = 0;

	for (i = 0; !end && (r = session_next(rti)); i++) {
		e = i < round->count ? &round->expected[i] : NULL;
		end = r->rule_id == END_RULE;
		if (!(end ? i == round->count : e && is_expected(r, e)) &&
		    a->mismatches++ < 5)
			tell(a, r, e);
		rtintercept_ring_release(rti);
	}
	a->mismatches += !end;
	round->count = 0;
}

static void send_end(int raw)
{
	static struct packet p;

	packet_eth(&p, END_TYPE);
	packet_payload(&p, 50);
	raw_send(raw, &p);
}

static void compare_counters(struct rtintercept *rti, const struct round *round,
			     struct agreement *a)
{
	struct rtintercept_rule_counters *c = NULL;
	int i, n = rtintercept_rule_stats(rti, 0, &c);

	a->mismatches += n != (int)round->rules_count;
	for (i = 0; i < n && i < (int)round->rules_count; i++)
		if (round->rules[i].id != END_RULE &&
		    (c[i].rule_id != round->rules[i].id ||
		     c[i].matched != round->matches[i]) && a->mismatches++ < 5)
			printf("# rule %u: matched %llu, not %llu\n", c[i].rule_id,
			       c[i].matched, round->matches[i]);
	free(c);
}

static void run_round(struct rtintercept *rti, int raw, struct unit_random *random,
		      struct round *round, struct agreement *a)
{
	static struct packet p;
	__u32 i;

	if (rtintercept_rule_flush(rti, 0) ||
	    rtintercept_rule_replace(rti, 0, round->rules, round->rules_count, NULL)) {
		a->mismatches++;
		return;
	}
	for (i = 1; i <= TABLE_PACKETS; i++) {
		random_frame(random, &p);
		expect(round, a, &p);
		raw_send(raw, &p);
		if (i % BATCH && i != TABLE_PACKETS)
			continue;
		send_end(raw);
		compare_batch(rti, round, a);
	}
	compare_counters(rti, round, a);
}

/**
 * agree() - compare
 * @rti: attached to where @raw sends to, running
 * @raw: of raw_open(); packets must arrive in the order in which they are sent
 * @rules_max: in a table
 * @packets: how many, in all
 * @a: out
 */
void agree(struct rtintercept *rti, int raw, __u32 rules_max, __u32 packets,
	   struct agreement *a)
{
	static struct round round;
	struct unit_random random;

	unit_random_init(&random);
	memset(a, 0, sizeof(*a));
	while (a->packets < packets && a->mismatches < 100) {
		round_begin(&random, &round, rules_max);
		run_round(rti, raw, &random, &round, a);
		free(round.rules);
		free(round.matches);
	}
}
