/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each call by which the library asks for memory, a socket, a map, a link or a mapping
 * (failing.c) fails once: the first,
 * the second, and so on until nothing is left to fail, for every operation of the XDP
 * backend. One that fails says with which errno, has done nothing or all, and
 * succeeds the next time; nothing stays behind. The same of the module: tests/device/
 * test-failnth.c.
 *
 * RTI_CALL: only operations with that in their name.
 */
#include <dirent.h>
#include <unistd.h>

#include "bpf.h"
#include "failing.h"

#define RING		65536UL
#define PORT		4711
#define LARGE		200U	/* rules: more than are searched one by one */
#define POINTS_MAX	1000

/* ---- what is done ---- */

static struct rtintercept *rti, *other, *watcher;
static __u32 here;

static int open_one(struct rtintercept **out)
{
	const struct rtintercept_open_opts opts = {
		.size = sizeof(opts), .backend = RTINTERCEPT_BACKEND_XDP,
	};

	return rtintercept_open(out, &opts);
}

static __u32 other_id(void)
{
	struct rtintercept_info info;

	must(rtintercept_info(other, &info), "info");
	return info.session_id;
}

static int begin_nothing(void)
{
	return 0;
}

static int begin_new(void)
{
	return open_one(&rti);
}

static int add(__u32 session_id)
{
	struct rtintercept_rule rule = rule_udp(PORT);

	return rtintercept_rule_add(rti, session_id, &rule);
}

static int begin_rule(void)
{
	return begin_new() ?: add(0);
}

static int begin_ring(void)
{
	return begin_rule() ?: rtintercept_ring_setup(rti, RING);
}

static int attach(__u32 hook)
{
	return rtintercept_attach(rti, here, &hook);
}

static int begin_attached(void)
{
	return begin_rule() ?: attach(RTINTERCEPT_HOOK_XDP_NATIVE);
}

static int begin_two_interfaces(void)
{
	__u32 hook = RTINTERCEPT_HOOK_XDP_GENERIC;

	return begin_attached() ?: rtintercept_attach(rti, index_of("lo"), &hook);
}

static int begin_two(void)
{
	return begin_ring() ?: open_one(&other);
}

/* A new session is one that others find. */
static int do_open(void)
{
	const int left = failing.point;
	struct rtintercept_stats stats;
	struct rtintercept_info info;
	struct rtintercept *one;
	int err = open_one(&one);

	if (err)
		return err;
	failing.point = 0;
	must(rtintercept_info(one, &info), "info");
	err = rtintercept_stats(watcher, info.session_id, &stats);
	rtintercept_close(one);
	failing.point = failing.injected ? 0 : left;
	return err;
}

static int do_attach_native(void) { return attach(RTINTERCEPT_HOOK_XDP_NATIVE); }
static int do_attach_generic(void) { return attach(RTINTERCEPT_HOOK_XDP_GENERIC); }
static int do_detach(void) { return rtintercept_detach(rti, here); }
static int do_ring(void) { return rtintercept_ring_setup(rti, RING); }
static int do_start(void) { return rtintercept_start(rti); }
static int do_stop(void) { return rtintercept_stop(rti); }
static int do_wakeup(void) { return rtintercept_wakeup(rti, 8, 4096, 1000); }
static int do_add(void) { return add(0); }
static int do_add_other(void) { return add(other_id()); }
static int do_del(void) { return rtintercept_rule_del(rti, 0, 1); }
static int do_flush(void) { return rtintercept_rule_flush(rti, 0); }

static int replace(__u32 count)
{
	struct rtintercept_rule rules[LARGE];
	__u32 i;

	for (i = 0; i < count; i++)
		rules[i] = rule_udp((__u16)(PORT + i));
	return rtintercept_rule_replace(rti, 0, rules, count, NULL);
}

static int do_replace(void) { return replace(2); }
static int do_replace_large(void) { return replace(LARGE); }

static int do_strategy(void)
{
	const struct rtintercept_strategy s = {
		.size = sizeof(s), .strategy = RTINTERCEPT_STRATEGY_PERIODIC,
	};

	return rtintercept_strategy(rti, &s);
}

static int do_reply(void)
{
	struct rtintercept_reply_set set = {
		.size = sizeof(set), .reply_id = 1, .type = RTINTERCEPT_REPLY_ECHO,
		.rate_pps = 100,
	};

	return rtintercept_reply_set(rti, 0, &set);
}

static int do_stats_other(void)
{
	struct rtintercept_stats s;

	return rtintercept_stats(rti, other_id(), &s);
}

static int do_rule_list(void)
{
	struct rtintercept_rule *rules = NULL;
	int n = rtintercept_rule_list(rti, 0, &rules, NULL);

	free(rules);
	return n;
}

static int do_rule_stats(void)
{
	struct rtintercept_rule_counters *counters = NULL;
	int n = rtintercept_rule_stats(rti, 0, &counters);

	free(counters);
	return n;
}

/* Ours: others come and go. */
static int do_sessions(void)
{
	struct rtintercept_session *sessions = NULL;
	int n = rtintercept_session_list(rti, &sessions), ours = 0, i;

	for (i = 0; i < n; i++)
		ours += sessions[i].pid == (__u32)getpid();
	free(sessions);
	return n < 0 ? n : ours;
}

static int do_attachments(void)
{
	struct rtintercept_attachment *attachments = NULL;
	int n = rtintercept_attachment_list(rti, 0, &attachments);

	free(attachments);
	return n;
}

/* ---- what it starts from, and what it leaves ---- */

static void end(void)
{
	rtintercept_close(rti);
	rtintercept_close(other);
	rti = other = NULL;
}

/**
 * struct state - what of a session a failed call may have left half done
 * @reply: is there one?
 */
struct state {
	__u32 state, rules, attachments, reply;
	__u64 ring_bytes, generation;
};

static struct state state(void)
{
	struct rtintercept_reply_set reply = { .size = sizeof(reply), .reply_id = 1 };
	struct rtintercept_stats s = { 0 };

	if (!rti)
		return (struct state) { 0 };
	must(rtintercept_stats(rti, 0, &s), "stats");
	return (struct state) {
		s.state, s.rules, s.attachments, !rtintercept_reply_get(rti, 0, &reply),
		s.ring_bytes, s.generation,
	};
}

static int is_same(struct state a, struct state b)
{
	return !memcmp(&a, &b, sizeof(a));
}

/* What this process holds open, with one for the directory. */
static int fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	must(dir ? 0 : -errno, "/proc/self/fd");
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static const struct op {
	const char *name;
	int (*begin)(void);
	int (*act)(void);
} ops[] = {
	{ "open", begin_nothing, do_open },
	{ "attach, native", begin_ring, do_attach_native },
	{ "attach, generic", begin_rule, do_attach_generic },
	{ "detach", begin_attached, do_detach },
	{ "ring setup", begin_rule, do_ring },
	{ "ring setup, attached", begin_attached, do_ring },
	{ "ring setup, two interfaces", begin_two_interfaces, do_ring },
	{ "start", begin_ring, do_start },
	{ "stop", begin_ring, do_stop },
	{ "wakeup", begin_ring, do_wakeup },
	{ "rule add", begin_rule, do_add },
	{ "rule add, another's", begin_two, do_add_other },
	{ "rule del", begin_rule, do_del },
	{ "rule flush", begin_rule, do_flush },
	{ "rule replace", begin_rule, do_replace },
	{ "rule replace, large", begin_rule, do_replace_large },
	{ "rule list", begin_rule, do_rule_list },
	{ "rule stats", begin_rule, do_rule_stats },
	{ "reply set", begin_rule, do_reply },
	{ "stats, another's", begin_two, do_stats_other },
	{ "session list", begin_two, do_sessions },
	{ "attachment list", begin_attached, do_attachments },
	{ "strategy", begin_rule, do_strategy },
};

static void begin(const struct op *op)
{
	must(op->begin(), op->name);
}

/* What it returns, and the state that it leaves, when nothing fails. */
static int succeed(const struct op *op, struct state *done)
{
	int result;

	begin(op);
	result = op->act();
	must(result, op->name);
	*done = state();
	end();
	return result;
}

/* With all that it needs: a session that is ready records a packet. */
static int is_useless(void)
{
	struct state s = state();
	struct packet p;
	int raw;

	if (!s.ring_bytes || !s.attachments || !s.rules)
		return 0;
	must(rtintercept_start(rti), "start");
	raw = raw_open(PEER, THERE);
	packet_to_here(&p, PORT, 20);
	raw_send(raw, &p);
	close(raw);
	return rtintercept_ring_wait(rti, 1000000000) <= 0;
}

/* Is everything as it was before: @blocks and @files? */
static int is_clean(long blocks, int files)
{
	return failing.allocated == blocks && fds() == files;
}

/* Returns whether something was made to fail. */
static int try(const struct op *op, int nth, int result, struct state done, int *bad)
{
	const long blocks = failing.allocated;
	const int files = fds();
	struct state before, after;
	const char *wrong = NULL;
	int err;

	begin(op);
	before = state();
	failing.injected = 0;
	failing.failed = "nothing";
	failing.point = nth;
	err = op->act();
	failing.point = 0;
	after = state();
	if (err < 0 ? err != -failing.injected : err != result)
		wrong = "neither its errno nor what it should";
	else if (!is_same(after, done) && (err >= 0 || !is_same(after, before)))
		wrong = "half is done";
	else if (err < 0 && is_same(after, before) && op->act() != result)
		wrong = "it does not recover";
	else if (is_useless())
		wrong = "no packet is recorded";
	end();
	if (!wrong && !is_clean(blocks, files))
		wrong = "memory or a file is left";
	if (wrong) {
		printf("# %s: point %d, %s fails with %d: returns %d: %s\n", op->name, nth,
		       failing.failed, failing.injected, err, wrong);
		(*bad)++;
	}
	return failing.injected;
}

static int sweep(const struct op *op)
{
	struct state done;
	int result = succeed(op, &done), nth, bad = 0;

	for (nth = 1; nth < POINTS_MAX && try(op, nth, result, done, &bad); nth++)
		;
	ok(!bad && nth < POINTS_MAX, "%s: %d points of failure", op->name, nth - 1);
	return nth - 1;
}

int main(void)
{
	const char *only = getenv("RTI_CALL");
	int points = 0;
	size_t i;

	here = index_of(HERE);
	must(open_one(&watcher), "open");
	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (!only || strstr(ops[i].name, only))
			points += sweep(&ops[i]);
	rtintercept_close(watcher);
	ok(points, "something was made to fail");
	printf("# figure failnth_points %d\n", points);
	return tap_end();
}
