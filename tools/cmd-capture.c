/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture: opens a session of its own and shows or writes what it intercepts,
 * until a signal, a count, or the end of the interface; then closes the books.
 */
#include <errno.h>

#include "capture-sink.h"
#include "intercept.h"
#include "rule-text.h"

#define NS_PER_S		1000000000LL
#define LOOK_NS			(NS_PER_S / 5)	/* how soon a signal is noticed */

struct capture_options {
	struct intercept_options intercept;
	__u64 count;
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

static int set_count(void *options, const char *value)
{
	struct capture_options *o = options;

	return options_number("-c", value, ~0ULL, &o->count);
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
	INTERCEPT_OPTIONS,
	{ "count", "COUNT", "end after so many records", set_count, 'c' },
	{ "write", "FILE", "write pcapng to a file, or - for stdout",
	  set_file, 'w' },
	{ "text", NULL, "one line for each packet (default)", set_text, 0 },
	OPTION_JSON,
	OPTION_END
};

static int check_options(const struct capture_options *o)
{
	if (!!o->file + o->text + o->intercept.common.json > 1)
		return usage_error("capture", "--text, --json and -w exclude each other");
	return 0;
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

	while (!enough(c) && !intercept_stopped()) {
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

/* Stop, then account for every packet. */
static int close_books(struct capture *c)
{
	int err = rtintercept_stop(c->rti);

	if (!err && take(c))
		err = -EIO;
	drain(c);
	if (err)
		return errno_error("capture", err);
	return intercept_books(c->rti, "capture", c->written, "written");
}

static int capture(struct capture *c, struct rule_line *line)
{
	const struct intercept_options *o = &c->o->intercept;
	int status = intercept_set_up(o, c->rti, line), books;

	if (status)
		return status;
	if (sink_begin(&c->sink, o->interfaces, o->interfaces_count)) {
		message("capture", "the output cannot be written");
		return CTL_FAILED;
	}
	intercept_realtime(o, c->rti);
	status = loop(c);
	books = close_books(c);
	return status ? status : books;
}

/* Opened, captured, closed. Return: an exit code. */
static int run_with(struct capture *c, struct rule_line *line)
{
	int status = intercept_open(&c->o->intercept, "capture", &c->rti);

	if (status)
		return status;
	intercept_signals();
	status = sink_open(&c->sink, c->o->file, c->o->intercept.common.json);
	if (!status) {
		status = capture(c, line);
		if (sink_close(&c->sink) && !status) {
			message("capture", "the output cannot be written");
			status = CTL_FAILED;
		}
	}
	rtintercept_close(c->rti);
	return status;
}

static int run(void *options, int argc, char **argv)
{
	struct capture c = { .o = options };
	struct rule_line line;
	int status = check_options(c.o);

	if (!status)
		status = intercept_rule(&c.o->intercept, "capture", argc, argv, &line);
	if (status)
		return status;
	status = run_with(&c, &line);
	rule_line_destroy(&line);
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
