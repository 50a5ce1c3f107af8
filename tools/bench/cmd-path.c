/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path: what a session adds to a packet's way. In an emulator whose clock counts
 * instructions (QEMU, -icount shift=0) the unit is the instruction; anywhere
 * else it is the nanosecond, and says less.
 */
#include <errno.h>
#include <getopt.h>
#include <json-c/json.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include "tools/bench/bench.h"
#include "tools/bench/path.h"
#include "tools/bench/wake.h"

#define RING_BYTES	(1U << 20)
#define SMALL_FRAME	64
#define LARGE_FRAME	1024
#define RULES_MAX	4096

struct path_options {
	const char *interface;
	const char *sender_netns;
	const char *to;
	const char *json;
	uint32_t hook;
	uint32_t rounds;
	uint64_t seed;
};

/**
 * struct path_run - a measurement under way
 * @path: the flows
 * @rti: the session, attached
 * @base: cost of a packet without any session, by size: small, large
 * @recv: wake-up by a socket, without any session
 * @out: where results go
 * @options: as given
 */
struct path_run {
	struct path path;
	struct rtintercept *rti;
	double base[2];
	struct wake_costs recv;
	struct json_object *out;
	const struct path_options *options;
};

static const struct option longs[] = {
	{ "interface", required_argument, NULL, 'i' },
	{ "sender-netns", required_argument, NULL, 'n' },
	{ "to", required_argument, NULL, 't' },
	{ "hook", required_argument, NULL, 'k' },
	{ "rounds", required_argument, NULL, 'r' },
	{ "seed", required_argument, NULL, 's' },
	{ "json", required_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static const char help[] =
"usage: rtintercept-bench path --interface NAME --to ADDRESS [OPTION...]\n"
"\n"
"  --interface NAME     where the session attaches\n"
"  --to ADDRESS         IPv4 address of that interface\n"
"  --sender-netns NAME  network namespace at its other end\n"
"  --hook ingress|rx_handler   (ingress)\n"
"  --rounds N           measurements of each of 32 flows; the median counts (41)\n"
"  --seed N             of flows and rules (1)\n"
"  --json FILE          results as JSON\n"
"  --help\n"
"\n"
"One thread sends a packet and receives it again, without a session and with:\n"
"what is added is printed for unmatched packets of 64 bytes, by number of rules,\n"
"and for matched ones of 64 and 1,024 bytes. The rules are random, of mixed\n"
"shapes, and match none of the flows. Then what it takes to wake a reader: by a\n"
"socket, by poll() and by WAIT, and by a futex without a packet. Run it under QEMU\n"
"with -icount shift=0 on one processor: then the clock counts instructions.\n";

static int parse_number(const char *text, uint64_t max, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	return errno || *end || end == text || *value == 0 || *value > max ? -1 : 0;
}

static int parse_option(struct path_options *o, int letter)
{
	uint64_t value = 0;

	switch (letter) {
	case 'i':
		o->interface = optarg;
		return 0;
	case 'n':
		o->sender_netns = optarg;
		return 0;
	case 't':
		o->to = optarg;
		return 0;
	case 'j':
		o->json = optarg;
		return 0;
	case 's':
		return parse_number(optarg, UINT64_MAX, &o->seed);
	case 'r':
		if (parse_number(optarg, 1000000, &value))
			return -1;
		o->rounds = (uint32_t)value;
		return 0;
	case 'k':
		if (!strcmp(optarg, "ingress"))
			o->hook = RTINTERCEPT_HOOK_INGRESS;
		else if (!strcmp(optarg, "rx_handler"))
			o->hook = RTINTERCEPT_HOOK_RX_HANDLER;
		else
			return -1;
		return 0;
	default:
		return -1;
	}
}

static int parse_options(struct path_options *o, int argc, char **argv)
{
	int letter;

	while ((letter = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (letter == 'h') {
			fputs(help, stdout);
			return BENCH_HELPED;
		}
		if (letter == '?')
			return BENCH_USAGE;
		if (parse_option(o, letter)) {
			complain("'%s' is not a value that this option takes; see --help",
				 optarg);
			return BENCH_USAGE;
		}
	}
	if (o->interface && o->to && optind == argc)
		return BENCH_DONE;
	complain("path needs --interface and --to; see --help");
	return BENCH_USAGE;
}

static void put(struct json_object *to, const char *key, double value)
{
	json_object_object_add(to, key, json_object_new_int64((int64_t)(value + 0.5)));
}

/* Prints and keeps what is added to the cost without a session. */
static int report(struct path_run *run, struct json_object *to, const char *key,
		  const char *what, uint32_t frame_bytes)
{
	const double base = run->base[frame_bytes != SMALL_FRAME];
	const double cost = path_cost(&run->path, frame_bytes, run->rti);

	if (cost < 0) {
		complain("a packet was lost");
		return -EIO;
	}
	printf("%-34s %+8.0f\n", what, cost - base);
	put(to, key, cost - base);
	return 0;
}

static int measure_unmatched(struct path_run *run)
{
	static const uint32_t counts[] = { 1, 16, 64, 256, 1024, RULES_MAX };
	struct json_object *to = json_object_new_object();
	struct rtintercept_rule *rules = calloc(RULES_MAX, sizeof(*rules));
	uint64_t seed = run->options->seed;
	char key[16], what[64];
	int err = rules ? 0 : -ENOMEM;
	size_t i;

	json_object_object_add(run->out, "unmatched_added_insns", to);
	if (!err)
		err = report(run, to, "0", "unmatched, no rule", SMALL_FRAME);
	for (i = 0; !err && i < sizeof(counts) / sizeof(counts[0]); i++) {
		table_random(rules, counts[i], &seed, run->path.flows, PATH_FLOWS);
		err = rtintercept_rule_replace(run->rti, 0, rules, counts[i], NULL);
		snprintf(key, sizeof(key), "%u", counts[i]);
		snprintf(what, sizeof(what), "unmatched, %u rules", counts[i]);
		if (!err)
			err = report(run, to, key, what, SMALL_FRAME);
	}
	free(rules);
	return err;
}

static int measure_matched(struct path_run *run)
{
	struct json_object *to = json_object_new_object();
	struct rtintercept_rule rule = {
		.id = 1, .match = RTINTERCEPT_MATCH_PROTOCOL | RTINTERCEPT_MATCH_DST_PORT,
		.protocol = 17, .dst_port_min = run->path.flows[0].dport,
		.dst_port_max = run->path.flows[0].dport,
		.flags = RTINTERCEPT_RULE_RECORD,
	};
	int err = rtintercept_rule_replace(run->rti, 0, &rule, 1, NULL);

	json_object_object_add(run->out, "matched_insns", to);
	if (!err)
		err = report(run, to, "64", "matched, 64 B recorded", SMALL_FRAME);
	if (!err)
		err = report(run, to, "1024", "matched, 1,024 B recorded", LARGE_FRAME);
	return err;
}

/* The rule of measure_matched(), with a verdict. */
static int set_rule(struct path_run *run, uint32_t verdict)
{
	struct rtintercept_rule rule = {
		.id = 1, .match = RTINTERCEPT_MATCH_PROTOCOL | RTINTERCEPT_MATCH_DST_PORT,
		.protocol = 17, .dst_port_min = run->path.flows[0].dport,
		.dst_port_max = run->path.flows[0].dport,
		.flags = RTINTERCEPT_RULE_RECORD, .verdict = verdict,
	};

	return rtintercept_rule_replace(run->rti, 0, &rule, 1, NULL);
}

/**
 * struct wakes - wake-ups by verdict: PASS, DROP
 * @recv: by a socket, PASS only
 * @nobody: sleeps
 * @poll: by poll()
 * @wait: by WAIT
 * @late: by WAIT, the reader behind the sender
 * @futex: by a futex, without a packet
 */
struct wakes {
	struct wake_costs recv, futex, nobody[2], poll[2], wait[2], late[2];
};

static int measure_verdict(struct path_run *run, struct wakes *w, uint32_t verdict)
{
	int err = set_rule(run, verdict);

	if (!err)
		err = wake_measure(&run->path, run->rti, WAKE_NOBODY, 0, &w->nobody[verdict]);
	if (!err)
		err = wake_measure(&run->path, run->rti, WAKE_POLL, 1, &w->poll[verdict]);
	if (!err)
		err = wake_measure(&run->path, run->rti, WAKE_WAIT, 1, &w->wait[verdict]);
	if (!err)
		err = wake_measure(&run->path, run->rti, WAKE_WAIT, 0, &w->late[verdict]);
	return err;
}

static void print_wake(struct json_object *to, const char *key, const char *what,
		       double cost, double socket)
{
	printf("%-34s %8.0f   %.2f of the socket\n", what, cost, cost / socket);
	put(to, key, cost);
}

/*
 * From T1 to the packet in the reader's hand. The socket's is that of a packet
 * which is recorded too, or there is no T1. What it is without any session is
 * told as well: from T0, less the way from T0 to T1, which contains our first look
 * and so flatters the socket.
 */
static int measure_wakes(struct path_run *run)
{
	struct json_object *to = json_object_new_object();
	struct json_object *way = json_object_new_object();
	struct wakes w;
	double socket;
	int err = measure_verdict(run, &w, RTINTERCEPT_VERDICT_PASS);

	if (!err)
		err = wake_measure(&run->path, run->rti, WAKE_RECV, 1, &w.recv);
	if (!err)
		err = wake_measure(&run->path, run->rti, WAKE_FUTEX, 1, &w.futex);

	json_object_object_add(run->out, "wake_insns", to);
	json_object_object_add(run->out, "wake_way_insns", way);
	if (!err)
		err = measure_verdict(run, &w, RTINTERCEPT_VERDICT_DROP);
	if (err)
		return err;
	socket = w.recv.to_reader;
	print_wake(to, "socket_recv", "wake-up, socket, recv()", socket, socket);
	print_wake(to, "socket_recv_alone", "the same, without a session",
		   run->recv.to_reader - w.wait[0].to_hook, socket);
	print_wake(to, "poll_pass", "wake-up, poll(), passed", w.poll[0].to_reader, socket);
	print_wake(to, "poll_drop", "wake-up, poll(), dropped", w.poll[1].to_reader, socket);
	print_wake(to, "wait_pass", "wake-up, WAIT, passed", w.wait[0].to_reader, socket);
	print_wake(to, "wait_drop", "wake-up, WAIT, dropped", w.wait[1].to_reader, socket);
	print_wake(to, "futex", "a futex, without a packet", w.futex.to_reader, socket);
	printf("where the %0.f of WAIT, dropped, go:\n", w.wait[1].to_reader);
	put(way, "hook_and_sender", w.nobody[1].to_sender);
	put(way, "wake_up", w.late[1].to_sender - w.nobody[1].to_sender);
	put(way, "switch_and_return", w.wait[1].to_reader - w.late[1].to_sender);
	put(way, "stack", w.wait[0].to_reader - w.wait[1].to_reader);
	printf("  %-32s %8.0f\n", "hook, and the sender's way out", w.nobody[1].to_sender);
	printf("  %-32s %8.0f\n", "wake-up", w.late[1].to_sender - w.nobody[1].to_sender);
	printf("  %-32s %8.0f\n", "switch, and the return from WAIT",
	       w.wait[1].to_reader - w.late[1].to_sender);
	printf("  %-32s %+8.0f\n", "if passed: the stack, to a socket",
	       w.wait[0].to_reader - w.wait[1].to_reader);
	return 0;
}

static int measure(struct path_run *run)
{
	uint32_t hook = run->options->hook;
	int err;

	/*
	 * First, because it makes a thread: from then on send() and recv() of the C
	 * library are longer, with a session and without.
	 */
	err = wake_measure(&run->path, NULL, WAKE_RECV, 1, &run->recv);
	if (err)
		return err;
	run->base[0] = path_cost(&run->path, SMALL_FRAME, NULL);
	run->base[1] = path_cost(&run->path, LARGE_FRAME, NULL);
	if (run->base[0] < 0 || run->base[1] < 0)
		return -EIO;
	put(run->out, "without_64", run->base[0]);
	put(run->out, "without_1024", run->base[1]);
	printf("%-34s %8.0f\n", "a packet of 64 B without a session", run->base[0]);
	err = rtintercept_ring_setup(run->rti, RING_BYTES);
	if (!err)
		err = rtintercept_attach(run->rti, if_nametoindex(run->options->interface),
					 &hook);
	if (!err)
		err = report(run, run->out, "attached_added_insns",
			     "attached, not started", SMALL_FRAME);
	if (!err)
		err = rtintercept_start(run->rti);
	if (!err)
		err = measure_unmatched(run);
	if (!err)
		err = measure_matched(run);
	return err ? err : measure_wakes(run);
}

static int save(const struct path_run *run)
{
	const struct path_options *o = run->options;
	struct utsname uts;

	uname(&uts);
	json_object_object_add(run->out, "kernel", json_object_new_string(uts.release));
	json_object_object_add(run->out, "hook", json_object_new_string(
		o->hook == RTINTERCEPT_HOOK_INGRESS ? "ingress" : "rx_handler"));
	json_object_object_add(run->out, "seed", json_object_new_uint64(o->seed));
	json_object_object_add(run->out, "rounds", json_object_new_int64(o->rounds));
	if (!o->json)
		return 0;
	return json_object_to_file_ext(o->json, run->out, JSON_C_TO_STRING_PRETTY);
}

int cmd_path(int argc, char **argv)
{
	struct path_options options = {
		.hook = RTINTERCEPT_HOOK_INGRESS, .rounds = 41, .seed = 1,
	};
	struct rtintercept_open_opts opts = {
		.size = sizeof(opts), .backend = RTINTERCEPT_BACKEND_MODULE,
	};
	struct path_run run = { .options = &options };
	int err, status = parse_options(&options, argc, argv);
	uint64_t seed = options.seed;

	if (status != BENCH_DONE)
		return status;
	run.path.rounds = options.rounds;
	run.out = json_object_new_object();
	err = path_open(&run.path, options.sender_netns, options.to, &seed);
	if (!err)
		err = rtintercept_open(&run.rti, &opts);
	if (!err)
		err = measure(&run);
	if (!err && save(&run))
		err = -EIO;
	if (err)
		complain("path: %s", strerror(-err));
	rtintercept_close(run.rti);
	path_close(&run.path);
	json_object_put(run.out);
	return err ? BENCH_FAILED : BENCH_DONE;
}
