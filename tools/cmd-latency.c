/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * latency: how long packets take from the hook to a reader, T2 - T1, and on
 * request to an ordinary socket beside it, T3 - T1; live.
 */
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "latency/latency.h"
#include "rule-text.h"

#define TICK_NS		20000000L
#define LATE_NS		200000000ULL	/* the ring's reader has had a packet by then */
#define RULE_TEXT	64

static int set_spin(void *options, const char *value)
{
	struct latency_options *o = options;

	o->spin = 1;
	return 0;
}

static int set_block(void *options, const char *value)
{
	struct latency_options *o = options;

	o->spin = 0;
	return 0;
}

static int set_ascii(void *options, const char *value)
{
	struct latency_options *o = options;

	o->ascii = 1;
	return 0;
}

static int set_socket(void *options, const char *value)
{
	struct latency_options *o = options;
	__u64 port;
	int err = options_number("--socket", value, 65535, &port);

	if (!err && !port)
		return usage_error("--socket", "ports are 1 to 65535");
	o->port = (__u16)port;
	return err;
}

static int set_count(void *options, const char *value)
{
	struct latency_options *o = options;

	return options_number("-c", value, ~0ULL, &o->count);
}

static int read_seconds(const char *what, const char *value, double *seconds)
{
	char *end;

	*seconds = strtod(value, &end);
	if (*end || !(*seconds >= 0.1 && *seconds <= 31536000))
		return usage_error(what, "\"%s\" is no number of seconds from 0.1 to "
				   "31536000", value);
	return 0;
}

static int set_seconds(void *options, const char *value)
{
	struct latency_options *o = options;

	return read_seconds("--seconds", value, &o->seconds);
}

static int set_interval(void *options, const char *value)
{
	struct latency_options *o = options;

	return read_seconds("--interval", value, &o->interval);
}

static const struct option_spec options_table[] = {
	INTERCEPT_OPTIONS,
	{ "socket", "PORT", "receive from a UDP socket on this port, too", set_socket, 0 },
	{ "spin", NULL, "do not sleep: ask again at once", set_spin, 0 },
	{ "block", NULL, "sleep until a packet comes (default)", set_block, 0 },
	{ "interval", "SECONDS", "show so often (1)", set_interval, 0 },
	{ "seconds", "SECONDS", "end after so long", set_seconds, 0 },
	{ "count", "COUNT", "end after so many records", set_count, 'c' },
	{ "ascii", NULL, "draw without UTF-8", set_ascii, 0 },
	OPTION_JSON,
	OPTION_END
};

static void add(struct side *side, __u64 seen_ns, __u64 had_ns)
{
	/* clocks of two CPUs may differ by a few ns */
	__u64 ns = had_ns > seen_ns ? had_ns - seen_ns : 0;

	hist_add(&side->all, ns);
	hist_add(&side->last, ns);
}

static void take_ring(struct latency *l)
{
	const struct sample *s;

	while ((s = samples_first(&l->ring.samples))) {
		add(&l->sides[0], s->seen_ns, s->had_ns);
		if (s->key)
			match_seen(&l->match, s->key, s->seen_ns);
		samples_take(&l->ring.samples);
	}
	l->sides[0].lost = __atomic_load_n(&l->ring.lost, __ATOMIC_RELAXED);
}

/* What came before @until_ns: by then the ring's reader has told of it. */
static void take_socket(struct latency *l, __u64 until_ns)
{
	struct side *side = &l->sides[1];
	const struct sample *s;
	__u64 seen_ns;

	while ((s = samples_first(&l->socket.samples)) && s->had_ns < until_ns) {
		seen_ns = match_find(&l->match, s->key, s->seen_ns);
		if (seen_ns)
			add(side, seen_ns, s->had_ns);
		else if (s->seen_ns > l->begin_ns && s->seen_ns < l->end_ns)
			side->unjoined++;
		samples_take(&l->socket.samples);
	}
	side->lost = __atomic_load_n(&l->socket.lost, __ATOMIC_RELAXED);
}

static void look(struct latency *l, __u64 now_ns)
{
	int i;

	show_interval(l, now_ns);
	l->looked_ns = now_ns;
	for (i = 0; i < 2; i++) {
		memset(&l->sides[i].last, 0, sizeof(l->sides[i].last));
		l->sides[i].lost_before = l->sides[i].lost;
	}
}

static int over(const struct latency *l, __u64 now_ns)
{
	const struct latency_options *o = l->o;

	return intercept_stopped() ||
	       (o->count && l->sides[0].all.count >= o->count) ||
	       (o->seconds > 0 && (double)(now_ns - l->begin_ns) >= o->seconds * 1e9);
}

static void loop(struct latency *l)
{
	const struct timespec tick = { .tv_nsec = TICK_NS };
	const __u64 interval_ns = (__u64)(l->o->interval * 1e9);
	__u64 now_ns = rtintercept_clock_ns();

	l->begin_ns = l->looked_ns = now_ns;
	l->end_ns = ~0ULL;
	while (!over(l, now_ns)) {
		nanosleep(&tick, NULL);
		now_ns = rtintercept_clock_ns();
		take_ring(l);
		take_socket(l, now_ns - LATE_NS);
		if (now_ns - l->looked_ns >= interval_ns)
			look(l, now_ns);
	}
}

static int failed(const struct receiver *r, const char *what)
{
	if (samples_refused(&r->samples))
		message(what, "%llu samples were left out: this machine is too slow "
			"to count them", (unsigned long long)samples_refused(&r->samples));
	return r->err ? errno_error(what, r->err) : 0;
}

/* Let the receivers end, take what is left, and account for it. */
static int finish(struct latency *l)
{
	int status, books;

	l->end_ns = rtintercept_clock_ns();
	intercept_stop();
	pthread_join(l->ring.thread, NULL);
	if (l->o->port)
		pthread_join(l->socket.thread, NULL);
	take_ring(l);
	take_socket(l, ~0ULL);
	show_summary(l, l->end_ns);
	status = failed(&l->ring, "latency");
	if (!status && l->o->port)
		status = failed(&l->socket, "--socket");
	books = intercept_books(l->ring.rti, "latency", l->sides[0].all.count,
				"measured");
	return status ? status : books;
}

static int start(struct latency *l)
{
	int err = receiver_start(&l->ring, reader_run);

	if (!err && l->o->port) {
		err = receiver_start(&l->socket, listener_run);
		if (err) {
			intercept_stop();
			pthread_join(l->ring.thread, NULL);
		}
	}
	return err;
}

static int measure(struct latency *l, struct rule_line *rule)
{
	int status, err;

	if (l->o->port) {
		status = listener_open(&l->socket);
		if (status)
			return status;
	}
	status = intercept_set_up(&l->o->intercept, l->ring.rti, rule);
	if (status)
		return status;
	err = start(l);
	if (err)
		return errno_error("latency", err);
	loop(l);
	return finish(l);
}

/* Without a rule, the packets of the socket are meant. */
static int read_rule(const struct latency_options *o, int argc, char **argv,
		     struct rule_line *rule)
{
	char port[RULE_TEXT], *words[] = { port };
	int status;

	snprintf(port, sizeof(port), "udp dport %u", o->port);
	if (o->port && !argc)
		status = intercept_rule(&o->intercept, "latency", 1, words, rule);
	else
		status = intercept_rule(&o->intercept, "latency", argc, argv, rule);
	if (status || !o->port || rule->rule.verdict == RTINTERCEPT_VERDICT_PASS)
		return status;
	rule_line_destroy(rule);
	return usage_error("--socket", "the rule has to pass what the socket is "
			   "to receive");
}

static char *text_of(const struct rule_line *rule)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return NULL;
	rule_print(out, rule);
	return fclose(out) ? NULL : text;
}

static int run(void *options, int argc, char **argv)
{
	struct latency_options *o = options;
	struct rule_line rule;
	struct latency *l;
	int status;

	if (o->interval == 0)
		o->interval = 1;
	status = read_rule(o, argc, argv, &rule);
	if (status)
		return status;
	l = aligned_alloc(128, sizeof(*l));
	if (!l) {
		rule_line_destroy(&rule);
		return errno_error("latency", -ENOMEM);
	}
	memset(l, 0, sizeof(*l));
	l->o = l->ring.o = l->socket.o = o;
	l->sides[0].name = "ring";
	l->sides[1].name = "socket";
	l->rule = text_of(&rule);
	setlocale(LC_CTYPE, "");
	status = l->rule ? intercept_open(&o->intercept, "latency", &l->ring.rti) :
		 errno_error("latency", -ENOMEM);
	if (!status) {
		intercept_signals();
		status = measure(l, &rule);
		rtintercept_close(l->ring.rti);
	}
	free(l->rule);
	free(l);
	rule_line_destroy(&rule);
	return status;
}

const struct command cmd_latency = {
	.name = "latency",
	.operands = "-i IFACE... [RULE]",
	.summary = "measure how long packets take to a reader, and to a socket beside it",
	.notes = rule_grammar,
	.options = options_table,
	.options_bytes = sizeof(struct latency_options),
	.run = run,
};
