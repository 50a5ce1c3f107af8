/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the library promises of a session, on XDP: verdict, record and truncation,
 * priorities, START and STOP, a ring that is full, other processes, an interface
 * that goes. Waiting is in tests/bpf/waiting.c.
 *
 * usage: api [jumbo]
 */
#include <signal.h>
#include <sys/wait.h>

#include <bpf/bpf.h>

#include "bpf.h"
#include "lib/xdp.h"

#define PORT	7000
#define COUNT	20

static int raw, udp;

static struct rtintercept *open_session(__u64 ring_bytes)
{
	__u32 hook = RTINTERCEPT_HOOK_AUTO;

	return session_of(RTINTERCEPT_BACKEND_XDP, HERE, &hook, ring_bytes);
}

static void send_packets(int count, __u32 payload)
{
	static struct packet p;

	packet_to_here(&p, PORT, payload);
	while (count--)
		raw_send(raw, &p);
}

static struct rtintercept_stats stats_of(struct rtintercept *rti)
{
	struct rtintercept_stats s;

	must(rtintercept_stats(rti, 0, &s), "stats");
	return s;
}

/* Waits until so many have been looked at. */
static struct rtintercept_stats wait_seen(struct rtintercept *rti, __u64 seen)
{
	const __u64 end_ns = now_ns() + 5000 * MS;
	struct rtintercept_stats s;

	while ((s = stats_of(rti)).seen < seen && now_ns() < end_ns)
		usleep(1000);
	return s;
}

static int received(int timeout_ms)
{
	static __u8 data[10000];
	int n = 0;

	while (udp_receive(udp, data, sizeof(data), n ? 50 : timeout_ms) >= 0)
		n++;
	return n;
}

/* ---- verdict x record x truncation ---- */

static void test_action(__u32 verdict, __u32 flags, __u32 snap, __u32 payload)
{
	struct rtintercept_rule rule = rule_udp(PORT);
	const __u32 bytes = payload + 42;
	const __u32 want = snap && snap < bytes ? snap : bytes;
	const struct rtintercept_record *r;
	struct rtintercept *rti = open_session(RING_BYTES);
	char name[80];
	int i, bad = 0;

	snprintf(name, sizeof(name), "%s, %s %u of %u bytes", verdict ? "DROP" : "PASS",
		 flags ? "record" : "no record,", want, bytes);
	rule.verdict = verdict;
	rule.flags = flags;
	rule.snap_bytes = flags ? snap : 0;
	session_rule(rti, rule);
	must(rtintercept_start(rti), "start");
	send_packets(COUNT, payload);
	is(wait_seen(rti, COUNT).matched, COUNT, "%s: all match", name);
	for (i = 0; (r = rtintercept_ring_peek(rti)); i++) {
		all_are(bad, r->captured_bytes, want);
		all_are(bad, r->wire_bytes, bytes);
		all_are(bad, !!(r->flags & RTINTERCEPT_RECORD_TRUNCATED), want < bytes);
		all_are(bad, r->verdict, verdict);
		all_are(bad, want <= 42 || r->data[want - 1] == 0xab, 1);
		rtintercept_ring_release(rti);
	}
	is(i, flags ? COUNT : 0, "%s: records", name);
	ok(!bad, "%s: what they say", name);
	is(received(verdict ? 20 : 1000), verdict ? 0 : COUNT, "%s: the socket", name);
	session_close(rti, name);
}

static void test_actions(int jumbo)
{
	static const __u32 snaps[] = { 0, 1, 42, 63, 64, 65, 100, 512, 1024, 5000 };
	const __u32 payload = jumbo ? 7000 : 500;
	size_t i;

	for (i = 0; i < sizeof(snaps) / sizeof(snaps[0]); i++)
		test_action(i % 2, RTINTERCEPT_RULE_RECORD, snaps[i], payload);
	test_action(RTINTERCEPT_VERDICT_PASS, 0, 0, payload);
	test_action(RTINTERCEPT_VERDICT_DROP, 0, 0, payload);
}

/* ---- rules ---- */

static __u32 winner(struct rtintercept *rti)
{
	const struct rtintercept_record *r;
	__u32 id = 0;

	send_packets(1, 100);
	r = session_next(rti);
	if (r)
		id = r->rule_id;
	rtintercept_ring_release(rti);
	return id;
}

static void add(struct rtintercept *rti, __u32 id, __u32 priority, __u16 port)
{
	struct rtintercept_rule rule = rule_udp(port);

	rule.id = id;
	rule.priority = priority;
	session_rule(rti, rule);
}

static void test_priorities(void)
{
	struct rtintercept *rti = open_session(RING_BYTES);

	add(rti, 30, 1, PORT);
	must(rtintercept_start(rti), "start");
	is(winner(rti), 30, "the only rule wins");
	add(rti, 20, 1, PORT);
	is(winner(rti), 20, "of equal priority the lowest id wins");
	add(rti, 40, 7, PORT);
	is(winner(rti), 40, "the greatest priority wins");
	add(rti, 10, 9, PORT + 1);
	is(winner(rti), 40, "but not if it does not match");
	must(rtintercept_rule_del(rti, 0, 40), "rule del");
	is(winner(rti), 20, "without it the next wins");
	must(rtintercept_rule_flush(rti, 0), "rule flush");
	send_packets(1, 100);
	is(wait_seen(rti, 6).unmatched, 1, "without rules nothing matches");
	session_close(rti, "priorities");
}

static void test_start_stop(void)
{
	struct rtintercept *rti = open_session(RING_BYTES);

	session_rule(rti, rule_udp(PORT));
	send_packets(COUNT, 100);
	received(1000);
	is(stats_of(rti).seen, 0, "before START nothing is looked at");
	must(rtintercept_start(rti), "start");
	send_packets(COUNT, 100);
	is(wait_seen(rti, COUNT).recorded, COUNT, "after START all is");
	must(rtintercept_stop(rti), "stop");
	send_packets(COUNT, 100);
	is(received(1000), 2 * COUNT, "the socket has what came before and after");
	is(stats_of(rti).seen, COUNT, "after STOP nothing is looked at");
	is(session_drain(rti), COUNT, "the ring stays readable");
	must(rtintercept_start(rti), "start again");
	send_packets(COUNT, 100);
	is(wait_seen(rti, 2 * COUNT).recorded, 2 * COUNT, "after START all is again");
	is(received(1000), COUNT, "and passes on");
	session_close(rti, "START and STOP");
}

/* ---- no room ---- */

static void test_full(__u32 flags, __u64 passed, const char *name)
{
	const __u32 count = 100;
	struct rtintercept_rule rule = rule_udp(PORT);
	struct rtintercept *rti = open_session(4096);
	struct rtintercept_ring_counters c;
	struct rtintercept_stats s;

	rule.verdict = RTINTERCEPT_VERDICT_DROP;
	rule.flags |= flags;
	session_rule(rti, rule);
	must(rtintercept_start(rti), "start");
	send_packets((int)count, 500);
	s = wait_seen(rti, count);
	is(s.recorded + s.dropped_ring_full, count, "%s: recorded or counted", name);
	is(s.recorded, 4096 / 632, "%s: what fits is there", name);
	is(s.passed, passed, "%s: passed on", name);
	is(received(passed ? 1000 : 20), (long long)passed, "%s: the socket", name);
	is(session_drain(rti), (long long)s.recorded, "%s: read", name);
	send_packets(1, 500);
	wait_seen(rti, count + 1);
	is(session_drain(rti), 1, "%s: there is room again", name);
	rtintercept_ring_counters(rti, &c);
	is(c.lost, s.dropped_ring_full, "%s: the gap is what was dropped", name);
	session_close(rti, name);
	received(20);
}

static void test_too_big(void)
{
	struct rtintercept *rti = open_session(4096);

	session_rule(rti, rule_udp(PORT));
	must(rtintercept_start(rti), "start");
	send_packets(COUNT, 5000);
	is(wait_seen(rti, COUNT).dropped_too_big, COUNT,
	   "longer than the ring: counted as such");
	is(received(1000), COUNT, "longer than the ring: passed on");
	session_close(rti, "longer than the ring");
}

/* ---- other processes ---- */

/* Return: 0; else the step that failed. */
static int look_from_outside(pid_t pid)
{
	const struct rtintercept_open_opts opts = {
		.size = sizeof(opts),
		.backend = RTINTERCEPT_BACKEND_XDP,
	};
	struct rtintercept_rule rule = rule_udp(PORT), *rules;
	struct rtintercept_session *list = NULL;
	struct rtintercept_stats s;
	struct rtintercept *rti;
	__u32 id = 0;
	int i, n;

	if (rtintercept_open(&rti, &opts))
		return 1;
	n = rtintercept_session_list(rti, &list);
	for (i = 0; i < n; i++)
		if (list[i].pid == (__u32)pid)
			id = list[i].session_id;
	if (!id)
		return 2;
	if (rtintercept_stats(rti, id, &s) || s.recorded != COUNT ||
	    s.state != RTINTERCEPT_STATE_RUNNING || s.attachments != 1)
		return 3;
	if (rtintercept_rule_list(rti, id, &rules, NULL) != 1)
		return 4;
	rule.priority = 5;
	if (rtintercept_rule_add(rti, id, &rule))
		return 5;
	if (rtintercept_rule_del(rti, id, rules->id) ||
	    rtintercept_rule_del(rti, id, rules->id) != -ENOENT)
		return 6;
	rtintercept_close(rti);
	return 0;
}

static void test_others(void)
{
	struct rtintercept *rti = open_session(RING_BYTES);
	struct rtintercept_rule *rules = NULL;
	const pid_t parent = getpid();
	int status = -1;
	pid_t child;

	session_rule(rti, rule_udp(PORT));
	must(rtintercept_start(rti), "start");
	send_packets(COUNT, 100);
	wait_seen(rti, COUNT);
	child = fork();
	if (!child)
		_exit(look_from_outside(parent));
	waitpid(child, &status, 0);
	is(WEXITSTATUS(status), 0, "another process lists, counts and changes the rules");
	is(rtintercept_rule_list(rti, 0, &rules, NULL), 1, "its rule is in our table");
	is(rules ? rules->priority : 0, 5, "and ours is gone");
	free(rules);
	send_packets(COUNT, 100);
	is(wait_seen(rti, 2 * COUNT).recorded, 2 * COUNT, "its rule is in force");
	session_close(rti, "another process");
}

/* In a process of its own: takes the lock of session @id, tells it, and keeps it. */
static void hold_lock(__u32 id, int tell)
{
	struct rti_xdp_maps maps;

	if (!rti_xdp_maps_open(&maps, id) && !rti_xdp_lock(maps.session) &&
	    write(tell, "", 1) == 1)
		pause();
	_exit(1);
}

/* Anyone who may make maps can make one that looks like a session. */
static void test_pretender(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	struct rtintercept *rti = open_session(RING_BYTES);
	struct rti_xdp_session fake = *rti_xdp_of(rti)->maps.session;
	struct rtintercept_session *list = NULL;
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, RTI_XDP_SESSION_MAP, 4, sizeof(fake), 1, &opts);
	int slots = bpf_map_create(BPF_MAP_TYPE_ARRAY, "unmapped", 4,
				   sizeof(struct rti_xdp_slot), 1, NULL);
	const __u32 key = 0;

	must(rti_xdp_map_id(slots, &fake.slots_map), "a map");
	must(bpf_map_update_elem(fd, &key, &fake, 0), "a session's look");
	ok(rtintercept_session_list(rti, &list) > 0, "what pretends to be a session is left out");
	free(list);
	close(slots);
	close(fd);
	session_close(rti, "a pretender");
}

static void test_lock(void)
{
	struct rtintercept *rti = open_session(RING_BYTES);
	struct rtintercept_rule rule = rule_udp(PORT);
	struct rtintercept_info info;
	int ends[2];
	pid_t child;
	char c;

	must(rtintercept_info(rti, &info), "info");
	must(pipe(ends) ? -errno : 0, "pipe");
	child = fork();
	if (!child)
		hold_lock(info.session_id, ends[1]);
	must(read(ends[0], &c, 1) == 1 ? 0 : -EIO, "the lock is held");
	is(rtintercept_rule_add(rti, 0, &rule), -EBUSY, "who finds the lock held is told");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	is(rtintercept_rule_add(rti, 0, &rule), 0, "from one that has died it is taken");
	is(rtintercept_rule_del(rti, 0, rule.id), 0, "and is free again");
	close(ends[0]);
	close(ends[1]);
	session_close(rti, "a lock");
}

/* ---- an interface that goes: the last test, but for one that comes for it ---- */

static void test_gone_unheard(void)
{
	struct rtintercept *rti;
	__u32 hook = RTINTERCEPT_HOOK_AUTO;

	must(run("ip link add goes type veth peer name stays && ip link set goes up") ?
	     -EIO : 0, "ip link add");
	rti = session_of(RTINTERCEPT_BACKEND_XDP, "goes", &hook, RING_BYTES);
	deafen("goes");
	must(run("ip link del goes") ? -EIO : 0, "ip link del");
	is(rtintercept_ring_wait(rti, 2000 * MS), -ENODEV,
	   "an interface that goes, and the news of it are lost: told all the same");
	session_close(rti, "an interface that goes unheard");
}

static void test_gone(void)
{
	struct rtintercept *rti = open_session(RING_BYTES);
	struct pollfd pfd = { .fd = rtintercept_fd(rti), .events = POLLIN };

	session_rule(rti, rule_udp(PORT));
	must(rtintercept_start(rti), "start");
	send_packets(COUNT, 100);
	wait_seen(rti, COUNT);
	must(run("ip link del " HERE) ? -EIO : 0, "ip link del");
	is(session_drain(rti), COUNT, "what was recorded can still be read");
	is(poll(&pfd, 1, 2000), 1, "an interface that goes wakes the reader");
	is(rtintercept_ring_wait(rti, 2000 * MS), -ENODEV, "which is told");
	is(rtintercept_ring_wait(rti, 2000 * MS), -ENODEV, "and told again");
	is(stats_of(rti).state, RTINTERCEPT_STATE_DEAD, "the session is dead");
	session_close(rti, "an interface that goes");
}

int main(int argc, char **argv)
{
	const int jumbo = argc > 1;

	raw = raw_open(PEER, THERE);
	udp = udp_open(NULL, PORT);
	test_actions(jumbo);
	test_priorities();
	test_start_stop();
	test_full(0, 100 - 6, "full");
	test_full(RTINTERCEPT_RULE_ON_FULL_DROP, 0, "full, to be dropped");
	if (jumbo)
		test_too_big();
	test_others();
	test_pretender();
	test_lock();
	test_gone_unheard();
	test_gone();
	return tap_end();
}
