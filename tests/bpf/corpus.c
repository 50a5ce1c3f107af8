/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The golden packets through a session: what becomes of each, what its record
 * says, and that the books close. The same program for module and XDP.
 *
 * usage: corpus module|xdp HOOK wire|run [jumbo]
 *
 *   wire   as frames over the cable, and from the stack behind it
 *   run    by BPF_PROG_TEST_RUN
 *   jumbo  with those that need a large MTU
 */
#include <linux/bpf.h>

#include "bpf.h"
#include "tests/golden/corpus.h"
#include "tests/golden/expect.h"

#define TOLD_MAX	10

/* Everything about the run that does not change from packet to packet. */
static struct {
	struct rtintercept *rti;
	__u32 hook;
	int program_fd;
	int raw_fd;
	int jumbo;
	__u64 seq;
} me;

/* What did not come out as expected, by kind, in one table. */
enum bad { UNSEEN, VERDICT, ARRIVAL, RECORD, DATA, BADS };

static const char *const bad_names[BADS] = {
	"every packet is seen once", "the verdicts", "what arrives, byte for byte",
	"what the records say", "the bytes in the records",
};

static int bad[BADS];

static void tell(enum bad kind, const char *name, const char *what,
		 long long got, long long want)
{
	if (bad[kind]++ < TOLD_MAX)
		printf("# %s: %s: %lld (%#llx), not %lld (%#llx)\n", name, what,
		       got, (unsigned long long)got, want,
		       (unsigned long long)want);
}

static void compare(enum bad kind, const char *name, const char *what,
		    long long got, long long want)
{
	if (got != want)
		tell(kind, name, what, got, want);
}

static void compare_record(const struct rtintercept_record *r,
			   const struct rtintercept_record *want, const char *name)
{
	const int xdp = rtintercept_backend(me.rti) == RTINTERCEPT_BACKEND_XDP;

#define SAME(member)	compare(RECORD, name, #member, r->member, want->member)
	SAME(rule_id);
	SAME(wire_bytes);
	SAME(captured_bytes);
	SAME(vlan_tci);
	SAME(vlan_proto);
	SAME(l3_offset);
	SAME(l4_offset);
	SAME(payload_offset);
	SAME(gso_bytes);
	SAME(gso_segs);
	SAME(verdict);
	SAME(rx_queue);
#undef SAME
	compare(RECORD, name, "flags", r->flags & ~GOLDEN_FLAGS_OF_HOOK, want->flags);
	compare(RECORD, name, "seq", (long long)r->seq, (long long)me.seq);
	compare(RECORD, name, "hook", r->hook, me.hook);
	compare(RECORD, name, "ifindex", r->ifindex, index_of(HERE));
	compare(RECORD, name, "reserved",
		memcmp(r->__reserved, want->__reserved, sizeof(r->__reserved)), 0);
	compare(RECORD, name, "hw_time_ns", (long long)r->hw_time_ns, 0);
	if (!(r->flags & RTINTERCEPT_RECORD_FLOW_HASH))
		compare(RECORD, name, "flow_hash", r->flow_hash, 0);
	if (xdp)
		compare(RECORD, name, "what XDP knows",
			r->flags & GOLDEN_FLAGS_OF_HOOK,
			RTINTERCEPT_RECORD_RX_QUEUE);
}

static void check_record(const struct packet *p, const char *name, __u64 before_ns,
			 const struct rtintercept_rule *rule,
			 const struct rtintercept_record *want)
{
	const struct rtintercept_record *r;
	const int wanted = rule && (rule->flags & RTINTERCEPT_RULE_RECORD);

	r = wanted ? session_next(me.rti) : rtintercept_ring_peek(me.rti);
	compare(RECORD, name, "records", r != NULL, wanted);
	if (!r)
		return;
	if (wanted) {
		compare_record(r, want, name);
		compare(RECORD, name, "time in order",
			r->time_ns >= before_ns && r->time_ns <= now_ns(), 1);
		compare(DATA, name, "data", memcmp(r->data, p->data,
						   want->captured_bytes), 0);
		me.seq++;
	}
	rtintercept_ring_release(me.rti);
}

static __u64 seen(void)
{
	struct rtintercept_stats s;

	must(rtintercept_stats(me.rti, 0, &s), "stats");
	return s.seen;
}

/* So many more than @before, within 2 s. */
static void wait_seen(__u64 before, int count, const char *name)
{
	const __u64 end_ns = now_ns() + 2000 * MS;
	const __u64 want = before + (__u64)count;
	__u64 is;

	while ((is = seen()) < want && now_ns() < end_ns)
		usleep(1000);
	compare(UNSEEN, name, "seen", (long long)(is - before), count);
}

static void by_wire(const struct packet *p, const struct golden_walk *walk,
		    int dropped)
{
	static struct packet sent;
	int got;

	sent = *p;
	raw_send(me.raw_fd, &sent);
	if (dropped || (walk->flags & GOLDEN_STACK_DROPS))
		return;
	got = arrived(p, 1000);
	if (got != 1)
		tell(got ? ARRIVAL : VERDICT, walk->name, "arrived", got, 1);
}

static void by_run(const struct packet *p, const struct golden_walk *walk,
		   int dropped)
{
	compare(VERDICT, walk->name, "XDP_", program_run(me.program_fd, p,
							 index_of(HERE)),
		dropped ? XDP_DROP : XDP_PASS);
}

/* Who cannot get it: the module behind a stack that drops it, a small MTU. */
static int fits(const struct golden_walk *walk)
{
	if ((walk->flags & GOLDEN_STACK_DROPS) &&
	    rtintercept_backend(me.rti) == RTINTERCEPT_BACKEND_MODULE)
		return 0;
	return me.jumbo || !(walk->flags & GOLDEN_JUMBO);
}

static int walk_table(const struct golden_table *table)
{
	const struct rtintercept_rule *rule;
	struct rtintercept_record want;
	struct golden_walk walk = {};
	static struct packet p;
	__u64 before_ns;
	int n = 0, dropped;

	while (golden_next(&walk, &p)) {
		if (!fits(&walk))
			continue;
		rule = golden_expect(&p, table, &want);
		dropped = rule && rule->verdict == RTINTERCEPT_VERDICT_DROP;
		before_ns = now_ns();
		(me.program_fd >= 0 ? by_run : by_wire)(&p, &walk, dropped);
		check_record(&p, walk.name, before_ns, rule, &want);
		n++;
	}
	return n;
}

static void test_table(const struct golden_table *table)
{
	const __u64 before = seen();
	int i, left, n;

	memset(bad, 0, sizeof(bad));
	must(rtintercept_rule_replace(me.rti, 0, table->rule, table->count, NULL),
	     table->name);
	must(rtintercept_start(me.rti), "start");
	n = walk_table(table);
	wait_seen(before, n, table->name);
	left = me.program_fd < 0 ? arrivals_left() : 0;
	if (left)
		tell(VERDICT, table->name, "dropped ones that arrived", left, 0);
	printf("# %s: %d packets\n", table->name, n);
	for (i = 0; i < BADS; i++)
		ok(!bad[i], "%s: %s", table->name, bad_names[i]);
	books_close(me.rti, table->name);
}

int main(int argc, char **argv)
{
	__u32 backend;
	size_t i;

	if (argc < 4) {
		fprintf(stderr, "usage: corpus module|xdp HOOK wire|run [jumbo]\n");
		return 2;
	}
	backend = strcmp(argv[1], "xdp") ? RTINTERCEPT_BACKEND_MODULE :
					   RTINTERCEPT_BACKEND_XDP;
	me.hook = hook_by_name(argv[2]);
	me.jumbo = argc > 4;
	me.rti = session_of(backend, HERE, &me.hook, RING_BYTES);
	me.program_fd = me.raw_fd = -1;
	if (strcmp(argv[3], "run")) {
		arrivals_open();
		me.raw_fd = raw_open(PEER, THERE);
	} else {
		me.program_fd = program_of(me.rti);
	}
	for (i = 0; i < GOLDEN_TABLES; i++)
		test_table(&golden_tables[i]);
	rtintercept_close(me.rti);
	return tap_end();
}
