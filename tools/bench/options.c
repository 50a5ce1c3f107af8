/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of run, send and receive: one table for parsing and for the help. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/bench/bench.h"
#include "tools/bench/values.h"
#include "tools/realtime.h"

#define RUN		1	/* which commands know an option */
#define SEND		2
#define RECEIVE		4
#define ALL		(RUN | SEND | RECEIVE)

enum option_type {
	TYPE_FLAG,	/* bool */
	TYPE_TEXT,	/* const char * */
	TYPE_U16,
	TYPE_U32,
	TYPE_U64,
	TYPE_INT,
	TYPE_CALL,	/* @parse */
};

/**
 * struct option_row - one option
 * @name: without the dashes
 * @argument: what the help calls its value, NULL: it has none
 * @commands: RUN, SEND, RECEIVE: who knows it
 * @type: of the member of struct bench_settings
 * @offset: of that member
 * @min: least value of a number
 * @max: greatest
 * @parse: for TYPE_CALL
 * @help: what it does, and the default
 */
struct option_row {
	const char *name;
	const char *argument;
	unsigned int commands;
	enum option_type type;
	size_t offset;
	uint64_t min;
	uint64_t max;
	int (*parse)(struct bench_settings *s, const char *text);
	const char *help;
};

#define AT(member)	offsetof(struct bench_settings, member)

static const struct option_row rows[] = {
	{ "to", "ADDRESS[,...]", ALL, TYPE_CALL, 0, 0, 0, parse_to,
	  "IPv4 addresses that each packet goes to; a socket has the first (127.0.0.1)" },
	{ "port", "PORT", ALL, TYPE_CALL, 0, 0, 0, parse_port, "UDP port of them (8080)" },
	{ "source", "ADDRESS", RUN | SEND, TYPE_CALL, 0, 0, 0, parse_source,
	  "IPv4 address that they come from" },
	{ "interface", "NAME[,...]", RUN | RECEIVE, TYPE_TEXT, AT(interface), 0, 0, NULL,
	  "where the session attaches; several are for --readers, in turn (lo)" },
	{ "sender-netns", "NAME", RUN | SEND, TYPE_TEXT, AT(sender_netns), 0, 0, NULL,
	  "network namespace of the sender" },
	{ "receiver-netns", "NAME", RUN | RECEIVE, TYPE_TEXT, AT(receiver_netns), 0, 0, NULL,
	  "network namespace of the receivers and of --interface" },
	{ "backend", "module|xdp|both", RUN | RECEIVE, TYPE_CALL, 0, 0, 0, parse_backend,
	  "which receiver of ours is measured (module)" },
	{ "peer", "NAME", RUN, TYPE_CALL, 0, 0, 0, parse_peer,
	  "the other receiver, see below (socket)" },
	{ "first", "ours|peer", RUN, TYPE_CALL, 0, 0, 0, parse_first,
	  "which receiver starts first (ours)" },
	{ "receiver", "module|xdp|PEER", RECEIVE, TYPE_CALL, 0, 0, 0, parse_receiver,
	  "which receiver (socket); --backend keeps T1 of a peer that knows none" },
	{ "wait", "spin|block", RECEIVE, TYPE_CALL, 0, 0, 0, parse_wait,
	  "how it waits (block)" },
	{ "case", "OURS[:XDP]:PEER", RUN, TYPE_CALL, 0, 0, 0, parse_case,
	  "how they wait: spin, block, lazy (looks every 10 ms and is not measured) or "
	  "none, ours also poll, spin-block or periodic; may be repeated"
	  " (spin:lazy, lazy:spin, block:lazy, lazy:block)" },
	{ "record", "BYTES|whole[,...]", RUN | RECEIVE, TYPE_CALL, 0, 0, 0, parse_record,
	  "how much of each packet is recorded, 64 or more (whole)" },
	{ "t1", "record|kernel", RUN | RECEIVE, TYPE_CALL, 0, 0, 0, parse_t1,
	  "the socket's T1: the record's, or the kernel's receive time stamp (record)" },
	{ "rate", "PPS", RUN | SEND, TYPE_U32, AT(rate_pps), 1, 10000000, NULL,
	  "packets per second (1000)" },
	{ "jitter", "PERMILLE", RUN | SEND, TYPE_U32, AT(jitter_permille), 0, 500, NULL,
	  "each is due so much of the period earlier or later, at random (0)" },
	{ "count", "N", ALL, TYPE_U32, AT(count), 1, 1U << 26, NULL,
	  "packets that are measured (10000)" },
	{ "warmup", "N", ALL, TYPE_U32, AT(warmup_pkts), 0, 1U << 24, NULL,
	  "packets before those, that do not count (500)" },
	{ "bytes", "N[-M]", RUN | SEND, TYPE_CALL, 0, 0, 0, parse_bytes,
	  "UDP payload, random from N to M; a frame is 42 bytes longer (512)" },
	{ "train", "N", RUN | SEND, TYPE_U32, AT(train_pkts), 1, 1U << 16, NULL,
	  "packets that are due at the same time, at the same rate in all (1)" },
	{ "flows", "N", RUN | SEND, TYPE_U32, AT(flows), 1, BENCH_FLOWS_MAX, NULL,
	  "source ports that they come from in turn (1)" },
	{ "burst", "N", RUN | SEND, TYPE_U32, AT(burst_pkts), 1, 1U << 20, NULL,
	  "late packets sent back to back at most (64)" },
	{ "sender-wait", "block|yield|spin", RUN | SEND, TYPE_CALL, 0, 0, 0, parse_sender_wait,
	  "how the sender waits: sleeping, spinning, or spinning but letting others of its "
	  "CPU go first (block)" },
	{ "background", "PPS", RUN | SEND, TYPE_U32, AT(background_pps), 0, 1000000, NULL,
	  "packets of random sizes at random times to other ports (0)" },
	{ "background-port", "PORT", RUN | SEND, TYPE_U16, AT(background_port), 1, 65535,
	  NULL, "the first of those ports (9000)" },
	{ "background-ports", "N", RUN | SEND, TYPE_U16, AT(background_ports), 1, 64, NULL,
	  "how many (8)" },
	{ "seed", "N", RUN | SEND, TYPE_U64, AT(seed), 0, UINT64_MAX, NULL,
	  "of their randomness (1)" },
	{ "readers", "N", RUN, TYPE_U32, AT(readers), 1, BENCH_READERS_MAX, NULL,
	  "receivers of ours; the first waits as the case says, the others too, but sleep "
	  "where it spins (1)" },
	{ "watermark", "N", RUN, TYPE_U32, AT(watermark), 0, 65536, NULL,
	  "wake a sleeping receiver of ours at so many records, at the latest 10 ms after "
	  "the first (0: at the first)" },
	{ "rules", "N", RUN, TYPE_U32, AT(rules), 1, BENCH_RULES_MAX, NULL,
	  "of each session: all but the last are random, and match none of the packets (1)" },
	{ "slice", "SECONDS", RUN, TYPE_U32, AT(slice_s), 0, 3600, NULL,
	  "tell what is found for each such piece of the time, too (0: do not)" },
	{ "hook", "NAME", RUN | RECEIVE, TYPE_CALL, 0, 0, 0, parse_hook,
	  "auto, ingress, rx_handler, xdp_native or xdp_generic (auto)" },
	{ "ring", "BYTES", RUN | RECEIVE, TYPE_U64, AT(ring_bytes), 4096, 1ULL << 30, NULL,
	  "size of the ring, a power of two (4194304)" },
	{ "rcvbuf", "BYTES", RUN | RECEIVE, TYPE_U32, AT(rcvbuf_bytes), 0, 1U << 30, NULL,
	  "receive buffer of the measured socket (0: the system's default)" },
	{ "sender-cpu", "CPU", RUN | SEND, TYPE_INT, AT(sender_cpu), 0, 1023, NULL,
	  "CPU of the sender (0)" },
	{ "spin-cpu", "CPU", RUN | RECEIVE, TYPE_INT, AT(spin_cpu), 0, 1023, NULL,
	  "CPU of a receiver that spins (the last)" },
	{ "block-cpu", "CPU", RUN | RECEIVE, TYPE_INT, AT(block_cpu), 0, 1023, NULL,
	  "CPU of a receiver that sleeps (0)" },
	{ "cpu", "N", RUN | RECEIVE, TYPE_CALL, 0, 0, 0, parse_cpu,
	  "CPU of a receiver, however it waits: --spin-cpu and --block-cpu at once" },
	{ "rt", "PRIO", ALL, TYPE_INT, AT(rt_priority), 0, REALTIME_PRIORITY_MAX, NULL,
	  "SCHED_FIFO priority of receivers, the sender's is one lower; keeps CPUs awake "
	  "(0: none)" },
	{ "rounds", "N", RUN, TYPE_U32, AT(rounds), 1, 16, NULL,
	  "go through all cases so often, N packets each (1)" },
	{ "json", "FILE", ALL, TYPE_TEXT, AT(json), 0, 0, NULL,
	  "write the results there too; -: to standard output, and nothing else" },
	{ "floors", NULL, RUN, TYPE_FLAG, AT(floors), 0, 0, NULL,
	  "compare with what the project promises; exit status 1 if it does not hold" },
	{ "ascii", NULL, RUN | RECEIVE, TYPE_FLAG, AT(ascii), 0, 0, NULL,
	  "draw without UTF-8" },
	{ "quiet", NULL, ALL, TYPE_FLAG, AT(quiet), 0, 0, NULL, "no progress" },
};

#define ROWS		(sizeof(rows) / sizeof(rows[0]))
#define OPTION_HELP	1000	/* no row, no letter */

static unsigned int command_bit(const char *command)
{
	if (!strcmp(command, "run"))
		return RUN;
	return strcmp(command, "send") ? RECEIVE : SEND;
}

static void print_help(const char *command)
{
	char left[64];
	size_t i;

	printf("usage: rtintercept-bench %s [OPTION...]\n\n", command);
	for (i = 0; i < ROWS; i++) {
		const struct option_row *row = &rows[i];

		if (!(row->commands & command_bit(command)))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", row->name, row->argument ? " " : "",
			 row->argument ? row->argument : "");
		printf("  %-26s %s\n", left, row->help);
	}
	printf("  %-26s %s\n", "--help", "this text");
	if (command_bit(command) == SEND)
		return;
	printf("\nPeers:\n");
	receivers_print();
}

static int parse_number(const struct option_row *row, const char *text, uint64_t *value)
{
	char *end;

	*value = strtoull(text, &end, 0);
	return *text >= '0' && *text <= '9' && !*end &&
	       *value >= row->min && *value <= row->max ? 0 : -1;
}

static int set_value(const struct option_row *row, struct bench_settings *s, const char *text)
{
	void *member = (char *)s + row->offset;
	uint64_t number = 0;

	if (row->type == TYPE_CALL)
		return row->parse(s, text);
	if (row->type != TYPE_FLAG && row->type != TYPE_TEXT &&
	    parse_number(row, text, &number))
		return -1;
	switch (row->type) {
	case TYPE_FLAG:
		*(bool *)member = true;
		break;
	case TYPE_TEXT:
		*(const char **)member = text;
		break;
	case TYPE_U16:
		*(uint16_t *)member = number;
		break;
	case TYPE_U64:
		*(uint64_t *)member = number;
		break;
	default:
		*(uint32_t *)member = number;
	}
	return 0;
}

static void set_defaults(struct bench_settings *s)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	*s = (struct bench_settings) {
		.interface = "lo",
		.to = {
			.sin_family = AF_INET,
			.sin_port = htons(8080),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		},
		.bytes = 512,
		.bytes_max = 512,
		.train_pkts = 1,
		.flows = 1,
		.peer = receiver_find("socket"),
		.rate_pps = 1000,
		.count = 10000,
		.warmup_pkts = 500,
		.burst_pkts = 64,
		.background_port = 9000,
		.background_ports = 8,
		.seed = 1,
		.backend = RTINTERCEPT_BACKEND_MODULE,
		.receive_wait = BENCH_BLOCK,
		.sender_wait = BENCH_BLOCK,
		.ring_bytes = 4 << 20,
		.readers = 1,
		.rules = 1,
		.spin_cpu = cpus > 1 ? cpus - 1 : 0,
		.rounds = 1,
		.records_count = 1,
		.cases = {
			{ .ours = BENCH_SPIN, .peer = BENCH_LAZY },
			{ .ours = BENCH_LAZY, .peer = BENCH_SPIN },
			{ .ours = BENCH_BLOCK, .peer = BENCH_LAZY },
			{ .ours = BENCH_LAZY, .peer = BENCH_BLOCK },
		},
		.cases_count = 4,
	};
}

static void long_options(const char *command, struct option *options)
{
	size_t count = 0, i;

	for (i = 0; i < ROWS; i++)
		if (rows[i].commands & command_bit(command))
			options[count++] = (struct option) {
				rows[i].name,
				rows[i].argument ? required_argument : no_argument,
				NULL, i,
			};
	options[count++] = (struct option) { "help", no_argument, NULL, OPTION_HELP };
}

/* Return: BENCH_DONE, BENCH_USAGE, or BENCH_HELPED after --help. */
int options_parse(int argc, char **argv, const char *command, struct bench_settings *settings)
{
	struct option options[ROWS + 2] = { 0 };
	int c;

	set_defaults(settings);
	long_options(command, options);
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == '?')
			return BENCH_USAGE;
		if (c == 'h' || c == OPTION_HELP) {
			print_help(command);
			return BENCH_HELPED;
		}
		if (set_value(&rows[c], settings, optarg)) {
			complain("--%s: '%s' is not %s", rows[c].name, optarg,
				 rows[c].argument);
			return BENCH_USAGE;
		}
	}
	if (optind < argc) {
		complain("%s: unexpected '%s'", command, argv[optind]);
		return BENCH_USAGE;
	}
	return BENCH_DONE;
}
