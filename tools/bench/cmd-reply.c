/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reply: how long an answer takes, by who gives it: options and results. */
#include <errno.h>
#include <getopt.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "tools/bench/bench.h"
#include "tools/bench/reply.h"

static const struct option longs[] = {
	{ "interface", required_argument, NULL, 'i' },
	{ "client-netns", required_argument, NULL, 'n' },
	{ "client-interface", required_argument, NULL, 'I' },
	{ "to", required_argument, NULL, 't' },
	{ "backend", required_argument, NULL, 'b' },
	{ "count", required_argument, NULL, 'c' },
	{ "bytes", required_argument, NULL, 'l' },
	{ "load", required_argument, NULL, 'L' },
	{ "client-priority", required_argument, NULL, 'p' },
	{ "server-priority", required_argument, NULL, 'P' },
	{ "client-cpu", required_argument, NULL, 'u' },
	{ "server-cpu", required_argument, NULL, 'U' },
	{ "json", required_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static const char help[] =
"usage: rtintercept-bench reply --interface NAME --to ADDRESS [OPTION...]\n"
"\n"
"  --interface NAME     where requests come in\n"
"  --client-interface NAME  there, a veth, which must have a program of its own to\n"
"                       take the answers of --backend xdp\n"
"  --to ADDRESS         IPv4 address of that interface\n"
"  --client-netns NAME  network namespace at its other end\n"
"  --backend module|xdp (module)\n"
"  --count N            requests to each, in 4 turns (2000)\n"
"  --bytes N            payload of a request (22)\n"
"  --load N             processes that keep each CPU busy (0)\n"
"  --client-priority N  SCHED_FIFO (0: SCHED_OTHER)\n"
"  --server-priority N  likewise (0)\n"
"  --client-cpu N       where the client runs (anywhere)\n"
"  --server-cpu N       where the server runs (anywhere)\n"
"  --json FILE          results as JSON\n"
"  --help\n"
"\n"
"The same requests are answered by a socket's server, by a reader of records with\n"
"a socket, by the kernel, and by the kernel with a record for a reader. Under QEMU\n"
"with -icount shift=0 on one processor the unit is the instruction.\n";

static int parse_number(const char *text, uint64_t max, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	return errno || *end || end == text || *value > max ? -1 : 0;
}

/* The greatest value of an option, by its letter; 0: it takes no number. */
static uint64_t greatest(int letter)
{
	switch (letter) {
	case 'c':
		return 10000000;
	case 'l':
		return 1472;
	case 'L':
		return 8;
	case 'p':
	case 'P':
		return 99;
	case 'u':
	case 'U':
		return 4095;
	default:
		return 0;
	}
}

static int *number_of(struct reply_options *o, int letter)
{
	switch (letter) {
	case 'c':
		return &o->count;
	case 'l':
		return &o->bytes;
	case 'L':
		return &o->load;
	case 'p':
		return &o->client_priority;
	case 'P':
		return &o->server_priority;
	case 'u':
		return &o->client_cpu;
	default:
		return &o->server_cpu;
	}
}

static int parse_option(struct reply_options *o, int letter)
{
	uint64_t n;

	switch (letter) {
	case 'i':
		o->interface = optarg;
		return 0;
	case 'n':
		o->client_netns = optarg;
		return 0;
	case 'I':
		o->client_interface = optarg;
		return 0;
	case 't':
		o->to = optarg;
		return 0;
	case 'j':
		o->json = optarg;
		return 0;
	case 'b':
		o->backend = strcmp(optarg, "xdp") ? RTINTERCEPT_BACKEND_MODULE :
						     RTINTERCEPT_BACKEND_XDP;
		return strcmp(optarg, "xdp") && strcmp(optarg, "module") ? -1 : 0;
	default:
		if (parse_number(optarg, greatest(letter), &n))
			return -1;
		*number_of(o, letter) = (int)n;
		return o->count < REPLY_TURNS ? -1 : 0;
	}
}

static int parse_options(struct reply_options *o, int argc, char **argv)
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
	complain("reply needs --interface and --to; see --help");
	return BENCH_USAGE;
}

static void put(struct json_object *to, const char *key, uint64_t value)
{
	json_object_object_add(to, key, json_object_new_uint64(value));
}

/* Prints and keeps: since the client's clock; the least also since T1. */
static void report(const struct reply_run *run, struct json_object *out,
		   enum answer_by by)
{
	static const char *const names[] = ANSWER_NAMES;
	const struct hist *h = &run->hist[by];
	struct json_object *to = json_object_new_object();
	const uint64_t p50 = hist_percentile(h, 500000), p99 = hist_percentile(h, 990000);

	json_object_object_add(out, names[by], to);
	put(to, "count", h->count);
	put(to, "p50", p50);
	put(to, "p90", hist_percentile(h, 900000));
	put(to, "p99", p99);
	put(to, "p999", hist_percentile(h, 999000));
	put(to, "max", h->max);
	put(to, "min", h->min);
	put(to, "from_hook", h->min - run->to_hook.min);
	printf("%-14s p50 %10llu   p99 %10llu   max %10llu\n", names[by],
	       (unsigned long long)p50, (unsigned long long)p99,
	       (unsigned long long)h->max);
}

static int save(const struct reply_run *run)
{
	struct json_object *out = json_object_new_object();
	struct utsname uts;
	int by, err = 0;

	uname(&uts);
	json_object_object_add(out, "kernel", json_object_new_string(uts.release));
	put(out, "bytes", (uint64_t)run->o->bytes);
	put(out, "load", (uint64_t)run->o->load);
	put(out, "to_hook", run->to_hook.min);
	for (by = 0; by < ANSWER_KINDS; by++)
		report(run, out, (enum answer_by)by);
	if (run->o->json &&
	    json_object_to_file_ext(run->o->json, out, JSON_C_TO_STRING_PRETTY))
		err = -EIO;
	json_object_put(out);
	return err;
}

int cmd_reply(int argc, char **argv)
{
	struct reply_options options = {
		.backend = RTINTERCEPT_BACKEND_MODULE, .count = 2000, .bytes = 22,
		.client_cpu = -1, .server_cpu = -1,
	};
	struct reply_run *run;
	int err, status = parse_options(&options, argc, argv);

	if (status != BENCH_DONE)
		return status;
	run = calloc(1, sizeof(*run));
	if (!run)
		return BENCH_FAILED;
	run->o = &options;
	err = reply_measure(run);
	if (!err)
		err = save(run);
	if (err)
		complain("reply: %s", strerror(-err));
	free(run);
	return err ? BENCH_FAILED : BENCH_DONE;
}
