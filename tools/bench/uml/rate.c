/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many packets a second pass the hook: pktgen hands the same packet to the stack
 * again and again, without a session, with tables of rules that match and do not, and
 * with several sessions.
 * The packets are for another machine's address, so that the stack drops them early.
 *
 * usage: rate COUNT RESULTS
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tools/bench/table.h"
#include "tools/bench/uml/uml.h"

#define PKTGEN		"/proc/net/pktgen/"
#define REPEATS		3
#define RULES_MAX	4096
#define SESSIONS_MAX	8
#define SEED		1
#define FLOW_SRC	"198.18.0.1"
#define FLOW_DST	"198.18.0.2"

static const struct scenario {
	const char *name;
	uint32_t rules;
	int matches;
	int sessions;
} scenarios[] = {
	{ "none", 0, 0, 0 },
	{ "unmatched", 1, 0, 1 },
	{ "unmatched", RULES_MAX, 0, 1 },
	{ "matched", 1, 1, 1 },
	{ "matched", RULES_MAX, 1, 1 },
	{ "unmatched", 1, 0, 2 },
	{ "unmatched", 1, 0, 4 },
	{ "unmatched", 1, 0, SESSIONS_MAX },
	{ "matched", 1, 1, 2 },
	{ "matched", 1, 1, 4 },
	{ "matched", 1, 1, SESSIONS_MAX },
};

#define SCENARIOS	(sizeof(scenarios) / sizeof(scenarios[0]))

static void say(const char *file, const char *text)
{
	FILE *f = fopen(file, "w");

	if (!f || fputs(text, f) < 0 || fclose(f))
		uml_fail(file);
}

static void set_up(uint32_t count)
{
	static const char *const settings[] = {
		"pkt_size 64", "xmit_mode netif_receive", "burst 32", "delay 0",
		"src_min " FLOW_SRC, "src_max " FLOW_SRC, "dst_min " FLOW_DST,
		"dst_max " FLOW_DST, "dst_mac 02:00:00:00:00:99",
		"udp_src_min 8080", "udp_src_max 8080", "udp_dst_min 8080",
		"udp_dst_max 8080",
	};
	char line[64];
	size_t i;

	say(PKTGEN "kpktgend_0", "rem_device_all\n");
	say(PKTGEN "kpktgend_0", "add_device " UML_DEVICE "\n");
	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		say(PKTGEN UML_DEVICE, settings[i]);
	snprintf(line, sizeof(line), "count %u\n", count);
	say(PKTGEN UML_DEVICE, line);
}

/* Packets per second, by pktgen's own account. */
static unsigned long pps(void)
{
	unsigned long value = 0;
	FILE *f = fopen(PKTGEN UML_DEVICE, "r");
	char line[512];

	if (!f)
		uml_fail(PKTGEN UML_DEVICE);
	while (fgets(line, sizeof(line), f))
		if (strstr(line, "pps "))
			value = strtoul(line, NULL, 10);
	fclose(f);
	return value;
}

/* None matches the packets, but the last if it is to. */
static void make_rules(struct rtintercept_rule *rules, const struct scenario *s)
{
	struct table_flow flow = { .sport = STAMP_PORT, .dport = STAMP_PORT };
	uint64_t seed = SEED;

	flow.src = ntohl(inet_addr(FLOW_SRC));
	flow.dst = ntohl(inet_addr(FLOW_DST));
	table_random(rules, s->rules, &seed, &flow, 1);
	if (s->matches)
		rules[s->rules - 1] = uml_rule(s->rules, 0);
}

/* All sessions in turn. */
static void look(struct rtintercept *const *rti, int sessions)
{
	int i;

	for (i = 0; i < sessions; i++)
		if (rtintercept_ring_peek(rti[i]))
			rtintercept_ring_release(rti[i]);
}

/* The reader spins on its CPU meanwhile, as if it were there for the packets. */
static void run_pktgen(struct rtintercept *const *rti, int sessions)
{
	pid_t starter = fork();

	if (starter < 0)
		uml_fail("fork");
	if (!starter) {
		uml_pin(UML_SENDER_CPU);
		say(PKTGEN "pgctrl", "start\n");
		_exit(0);
	}
	while (waitpid(starter, NULL, WNOHANG) != starter) {
		int looks;

		for (looks = 0; sessions && looks < 100000000 / sessions; looks++)
			look(rti, sessions);
		if (!sessions)
			usleep(10000);
	}
}

static void add_stats(struct rtintercept_stats *sum, struct rtintercept *rti)
{
	struct rtintercept_stats stats = { .size = sizeof(stats) };

	if (rtintercept_stats(rti, 0, &stats))
		uml_fail("reading the counters");
	sum->seen += stats.seen;
	sum->matched += stats.matched;
	sum->recorded += stats.recorded;
	sum->dropped_ring_full += stats.dropped_ring_full;
}

static void measure(FILE *out, const struct scenario *s, int repeat, uint32_t count)
{
	struct rtintercept_rule *rules = calloc(RULES_MAX, sizeof(*rules));
	struct rtintercept *rti[SESSIONS_MAX] = { NULL };
	struct rtintercept_stats stats = { 0 };
	int i;

	if (!rules)
		uml_fail("memory");
	make_rules(rules, s);
	for (i = 0; i < s->sessions; i++)
		rti[i] = uml_session(rules, s->rules);
	set_up(count);
	run_pktgen(rti, s->sessions);
	for (i = 0; i < s->sessions; i++)
		add_stats(&stats, rti[i]);
	fprintf(out, "{\"environment\": \"uml\", \"case\": \"%s\", \"rules\": %u, "
		"\"sessions\": %d, \"repeat\": %d, \"frame_bytes\": 64, \"seed\": %d, "
		"\"sent\": %u, \"pps\": %lu, "
		"\"seen\": %llu, \"matched\": %llu, \"recorded\": %llu, \"dropped\": %llu}\n",
		s->name, s->rules, s->sessions, repeat, SEED, count, pps(), stats.seen,
		stats.matched, stats.recorded, stats.dropped_ring_full);
	for (i = 0; i < s->sessions; i++)
		rtintercept_close(rti[i]);
	free(rules);
}

int main(int argc, char **argv)
{
	uint32_t count;
	int repeat;
	size_t i;
	FILE *out;

	if (argc != 3)
		return 2;
	out = fopen(argv[2], "w");
	if (!out)
		uml_fail(argv[2]);
	count = strtoul(argv[1], NULL, 0);
	uml_pin(UML_READER_CPU);
	for (repeat = 1; repeat <= REPEATS; repeat++)
		for (i = 0; i < SCENARIOS; i++)
			measure(out, &scenarios[i], repeat, count);
	return fclose(out) ? 1 : 0;
}
