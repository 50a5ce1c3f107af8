/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture: opens a session of its own and shows or writes what it intercepts,
 * until a signal, a count, or the end of the interface; then closes the books.
 */
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture-sink.h"
#include "fields.h"
#include "netdev.h"
#include "options.h"
#include "rule-text.h"

#define INTERFACES_MAX		16
#define RULE_BYTES		1024
#define RING_BYTES		(4ULL << 20)
#define NS_PER_S		1000000000LL
#define LOOK_NS			(NS_PER_S / 5)	/* how soon a signal is noticed */

struct capture_options {
	struct common_options common;
	const char *interfaces[INTERFACES_MAX];
	int interfaces_count;
	__u32 hook;
	__u64 count;
	__u64 snap_bytes;
	__u64 ring_bytes;
	int text;
	const char *file;
};

/**
 * struct capture - one that runs
 * @rti: our session
 * @o: what was asked for
 * @sink: where records go
 * @written: how many went there
 */
struct capture {
	struct rtintercept *rti;
	const struct capture_options *o;
	struct sink sink;
	__u64 written;
};

/* Written by the signal handler alone. */
static int stopping;

static void on_signal(int number)
{
	__atomic_store_n(&stopping, 1, __ATOMIC_RELAXED);
}

static int set_interface(void *options, const char *value)
{
	struct capture_options *o = options;

	if (o->interfaces_count == INTERFACES_MAX)
		return usage_error("-i", "at most %d interfaces", INTERFACES_MAX);
	if (!if_nametoindex(value))
		return usage_error("-i", "there is no interface \"%s\"; ip link lists them",
				   value);
	o->interfaces[o->interfaces_count++] = value;
	return 0;
}

static int set_hook(void *options, const char *value)
{
	struct capture_options *o = options;
	__u32 i;

	for (i = 0; hook_names[i]; i++) {
		if (!strcmp(hook_names[i], value)) {
			o->hook = i;
			return 0;
		}
	}
	return usage_error("--hook", "\"%s\" is no hook; give auto, ingress, "
			   "rx_handler, xdp_native or xdp_generic", value);
}

static int set_count(void *options, const char *value)
{
	struct capture_options *o = options;

	return options_number("-c", value, ~0ULL, &o->count);
}

static int set_snap(void *options, const char *value)
{
	struct capture_options *o = options;

	return options_number("-s", value, 0xffffffffU, &o->snap_bytes);
}

static int set_ring(void *options, const char *value)
{
	struct capture_options *o = options;

	if (options_number("--ring", value, 1ULL << 40, &o->ring_bytes))
		return CTL_USAGE;
	if (!o->ring_bytes || o->ring_bytes & (o->ring_bytes - 1))
		return usage_error("--ring", "%s is no power of two", value);
	return 0;
}

static int set_text(void *options, const char *value)
{
	struct capture_options *o = options;

	o->text = 1;
	return 0;
}

static int set_file(void *options, const char *value)
{
	struct capture_options *o = options;

	o->file = value;
	return 0;
}

static const struct option_spec options_table[] = {
	{ "interface", "IFACE", "intercept here; may be given again",
	  set_interface, 'i' },
	{ "hook", "HOOK", "auto (default), ingress, rx_handler, xdp_native, xdp_generic",
	  set_hook, 0 },
	{ "count", "COUNT", "end after so many records", set_count, 'c' },
	{ "snap", "BYTES", "record only the first bytes of each packet",
	  set_snap, 's' },
	{ "write", "FILE", "write pcapng to a file, or - for stdout",
	  set_file, 'w' },
	{ "text", NULL, "one line for each packet (default)", set_text, 0 },
	{ "ring", "BYTES", "size of the ring: a power of two; 4194304 if not given",
	  set_ring, 0 },
	OPTION_BACKEND,
	OPTION_JSON,
	OPTION_END
};

/* The rule of the command line, which records unless it says otherwise. */
static int read_rule(const struct capture_options *o, int argc, char **argv,
		     struct rtintercept_rule *rule)
{
	char text[RULE_BYTES] = "any", error[RULE_ERROR_BYTES];
	size_t used = 0;
	int i;

	for (i = 0; i < argc && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s ", argv[i]);
	if (used >= sizeof(text))
		return usage_error("capture", "too long for a rule");
	if (rule_parse(text, RULE_ACTION_RECORD, rule, error))
		return usage_error("capture", "%s", error);
	if (!(rule->flags & RTINTERCEPT_RULE_RECORD))
		return usage_error("capture", "this rule records nothing; say record too");
	if (o->snap_bytes)
		rule->snap_bytes = (__u32)o->snap_bytes;
	return 0;
}

static int check_options(const struct capture_options *o)
{
	if (!o->interfaces_count)
		return usage_error("capture", "say where: -i IFACE");
	if (!!o->file + o->text + o->common.json > 1)
		return usage_error("capture", "--text, --json and -w exclude each other");
	return 0;
}

static int open_session(struct capture *c)
{
	struct rtintercept_open_opts opts = {
		.size = sizeof(opts),
		.backend = c->o->common.backend,
	};
	int err = rtintercept_open(&c->rti, &opts);

	if (!err)
		return 0;
	message("capture", err == -ENOENT ? "the module is not loaded; "
		CTL_NAME " status tells more" : "%s", errno_text(err));
	return CTL_MISSING;
}

static int attach_error(const struct rtintercept *rti, const char *name, int err)
{
	char holder[IF_NAMESIZE];

	if (err == -EBUSY && rtintercept_backend(rti) != RTINTERCEPT_BACKEND_XDP &&
	    netdev_holder(name, holder))
		message(name, "its rx_handler is held by %s; try --hook ingress",
			holder);
	else if (err == -EBUSY && rtintercept_backend(rti) == RTINTERCEPT_BACKEND_XDP)
		message(name, "another XDP program is on it that does not share");
	else if (err == -EPERM && rtintercept_backend(rti) != RTINTERCEPT_BACKEND_XDP)
		message(name, "attaching takes CAP_NET_RAW; try as root");
	else
		return errno_error(name, err);
	return err == -EPERM ? CTL_MISSING : CTL_FAILED;
}

static int attach(struct capture *c)
{
	const char *name;
	__u32 hook;
	int i, err;

	for (i = 0; i < c->o->interfaces_count; i++) {
		name = c->o->interfaces[i];
		hook = c->o->hook;
		err = rtintercept_attach(c->rti, if_nametoindex(name), &hook);
		if (err)
			return attach_error(c->rti, name, err);
		if (hook == RTINTERCEPT_HOOK_XDP_GENERIC && hook != c->o->hook)
			message(name, "the driver has no XDP of its own; "
				"generic XDP is in use");
	}
	return 0;
}

/* Rule, ring, interfaces. Return: 0, or an exit code after a message. */
static int set_up(struct capture *c, struct rtintercept_rule *rule)
{
	__u64 ring_bytes = c->o->ring_bytes ? c->o->ring_bytes : RING_BYTES;
	struct rtintercept_info info;
	int err = rtintercept_info(c->rti, &info);

	if (!err && !c->o->ring_bytes && ring_bytes > info.ring_max_bytes)
		ring_bytes = info.ring_max_bytes;
	if (!err)
		err = rtintercept_rule_add(c->rti, 0, rule);
	if (err)
		return errno_error("rule", err);
	err = rtintercept_ring_setup(c->rti, ring_bytes);
	if (err)
		return errno_error("--ring", err);
	err = attach(c);
	if (err)
		return err;
	err = rtintercept_start(c->rti);
	return err ? errno_error("start", err) : 0;
}

static int enough(const struct capture *c)
{
	return c->o->count && c->written == c->o->count;
}

/* Everything that is in the ring, up to the count. Return: 0, or -1: cannot write. */
static int take(struct capture *c)
{
	const struct rtintercept_record *record;

	while (!enough(c) && (record = rtintercept_ring_peek(c->rti))) {
		if (sink_record(&c->sink, record))
			return -1;
		rtintercept_ring_release(c->rti);
		c->written++;
	}
	return sink_flush(&c->sink);
}

/* Return: CTL_OK at the wanted end, else an exit code after a message. */
static int loop(struct capture *c)
{
	int ready;

	while (!enough(c) && !__atomic_load_n(&stopping, __ATOMIC_RELAXED)) {
		ready = rtintercept_ring_wait(c->rti, LOOK_NS);
		if (ready < 0 && ready != -EINTR)
			return errno_error("capture", ready);
		if (ready > 0 && take(c)) {
			message("capture", "the output cannot be written");
			return CTL_FAILED;
		}
	}
	return CTL_OK;
}

/* Read what came before the stop and is not wanted any more. */
static void drain(struct capture *c)
{
	while (rtintercept_ring_peek(c->rti))
		rtintercept_ring_release(c->rti);
}

static unsigned long long ull(__u64 n)
{
	return n;
}

static int report(const struct rtintercept_stats *s, __u64 read, __u64 written)
{
	__u64 dropped = s->dropped_ring_full + s->dropped_too_big +
			s->dropped_hostile_consumer;

	message("capture", "seen %llu = unmatched %llu + matched %llu; "
		"matched %llu = recorded %llu + not to record %llu + dropped %llu; "
		"recorded %llu, read %llu, written %llu", ull(s->seen),
		ull(s->unmatched), ull(s->matched), ull(s->matched),
		ull(s->recorded), ull(s->not_to_record), ull(dropped),
		ull(s->recorded), ull(read), ull(written));
	if (s->seen == s->unmatched + s->matched && s->recorded == read &&
	    s->matched == s->recorded + s->not_to_record + dropped)
		return CTL_OK;
	message("capture", "these books do not close");
	return CTL_FAILED;
}

/* Stop, then account for every packet. */
static int close_books(struct capture *c)
{
	struct rtintercept_ring_counters counters;
	struct rtintercept_stats stats;
	int err = rtintercept_stop(c->rti);

	if (!err && take(c))
		err = -EIO;
	drain(c);
	if (!err)
		err = rtintercept_stats(c->rti, 0, &stats);
	if (err)
		return errno_error("capture", err);
	rtintercept_ring_counters(c->rti, &counters);
	return report(&stats, counters.read, c->written);
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
}

static int capture(struct capture *c, struct rtintercept_rule *rule)
{
	int status = set_up(c, rule), books;

	if (status)
		return status;
	if (sink_begin(&c->sink, c->o->interfaces, c->o->interfaces_count)) {
		message("capture", "the output cannot be written");
		return CTL_FAILED;
	}
	status = loop(c);
	books = close_books(c);
	return status ? status : books;
}

static int run(void *options, int argc, char **argv)
{
	struct capture c = { .o = options };
	struct rtintercept_rule rule;
	int status = check_options(c.o);

	if (!status)
		status = read_rule(c.o, argc, argv, &rule);
	if (!status)
		status = open_session(&c);
	if (status)
		return status;
	catch_signals();
	status = sink_open(&c.sink, c.o->file, c.o->common.json);
	if (!status) {
		status = capture(&c, &rule);
		if (sink_close(&c.sink) && !status) {
			message("capture", "the output cannot be written");
			status = CTL_FAILED;
		}
	}
	rtintercept_close(c.rti);
	return status;
}

const struct command cmd_capture = {
	.name = "capture",
	.operands = "-i IFACE... [RULE]",
	.summary = "show or write the packets that a rule matches, without a rule all",
	.notes = rule_grammar,
	.options = options_table,
	.options_bytes = sizeof(struct capture_options),
	.run = run,
};
