/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A session of the tool's own: opened, attached, stopped, accounted for. */
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "fields.h"
#include "intercept.h"
#include "netdev.h"
#include "realtime.h"
#include "programs.h"
#include "replies.h"
#include "rule-operands.h"

#define RING_BYTES	(4ULL << 20)

/* Written by the signal handler, or by a thread that gives up. */
static int stopping;

static void on_signal(int number)
{
	intercept_stop();
}

void intercept_stop(void)
{
	__atomic_store_n(&stopping, 1, __ATOMIC_RELAXED);
}

int intercept_stopped(void)
{
	return __atomic_load_n(&stopping, __ATOMIC_RELAXED);
}

/* From now on SIGINT and SIGTERM end the loop, not the program. */
void intercept_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
}

/**
 * intercept_rule() - the rule of the command line, which records unless it says
 * otherwise
 * @o: the options
 * @what: the command
 * @argc: words of the rule; 0: all packets
 * @argv: likewise
 * @line: out: after success rule_line_destroy() it
 *
 * Return: 0, or an exit code after a message.
 */
int intercept_rule(const struct intercept_options *o, const char *what, int argc,
		   char **argv, struct rule_line *line)
{
	char any[] = "any", *all[] = { any };
	int status;

	if (!o->interfaces_count)
		return usage_error(what, "say where: -i IFACE");
	status = rule_operands(what, argc ? argc : 1, argc ? argv : all,
			       RULE_ACTION_RECORD, line);
	if (status)
		return status;
	if (o->snap_bytes)
		line->rule.snap_bytes = (__u32)o->snap_bytes;
	if (line->rule.flags & RTINTERCEPT_RULE_RECORD)
		return 0;
	rule_line_destroy(line);
	return usage_error(what, "this rule records nothing; say record too");
}

/* Return: 0, or an exit code after a message. */
int intercept_open(const struct intercept_options *o, const char *what,
		   struct rtintercept **out)
{
	struct rtintercept_open_opts opts = {
		.size = sizeof(opts),
		.backend = o->common.backend,
	};
	int err = rtintercept_open(out, &opts);

	if (!err)
		return 0;
	message(what, err == -ENOENT ? "the module is not loaded; "
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

static int attach(const struct intercept_options *o, struct rtintercept *rti)
{
	const char *name;
	__u32 hook;
	int i, err;

	for (i = 0; i < o->interfaces_count; i++) {
		name = o->interfaces[i];
		hook = o->hook;
		err = rtintercept_attach(rti, if_nametoindex(name), &hook);
		if (err)
			return attach_error(rti, name, err);
		if (hook == RTINTERCEPT_HOOK_XDP_GENERIC && hook != o->hook)
			message(name, "the driver has no XDP of its own; "
				"generic XDP is in use");
	}
	return 0;
}

static int set_rule(struct rtintercept *rti, struct rule_line *line)
{
	struct programs programs = { .count = 0 };
	struct replies replies = { .count = 0 };
	int err = programs_set_for(&programs, rti, 0, line, 1);

	programs_destroy(&programs);
	if (err == -EOPNOTSUPP) {
		message("rule", "this backend runs no programs; the module does");
		return CTL_FAILED;
	}
	if (!err)
		err = replies_set_for(&replies, rti, 0, line, 1);
	if (!err)
		err = rtintercept_rule_add(rti, 0, &line->rule);
	return err ? rule_error("rule", err) : 0;
}

/* Rule, ring, interfaces, start. Return: 0, or an exit code after a message. */
int intercept_set_up(const struct intercept_options *o, struct rtintercept *rti,
		     struct rule_line *line)
{
	__u64 ring_bytes = o->ring_bytes ? o->ring_bytes : RING_BYTES;
	struct rtintercept_info info;
	int err = rtintercept_info(rti, &info);

	if (!err && !o->ring_bytes && ring_bytes > info.ring_max_bytes)
		ring_bytes = info.ring_max_bytes;
	if (err)
		return errno_error("info", err);
	err = set_rule(rti, line);
	if (err)
		return err;
	err = rtintercept_ring_setup(rti, ring_bytes);
	if (err)
		return errno_error("--ring", err);
	err = attach(o, rti);
	if (err)
		return err;
	err = rtintercept_start(rti);
	return err ? errno_error("start", err) : 0;
}

/*
 * In the thread that reads. What cannot be done is told, and done without.
 * @rti: NULL: in another thread, of which nothing needs to be told again
 */
void intercept_realtime(const struct intercept_options *o,
			struct rtintercept *rti)
{
	char text[REALTIME_TEXT_BYTES];
	struct rtintercept_realtime rt;
	int step, err;

	realtime_want(&rt, o->priority, o->cpu - 1);
	if (!rti)
		rt.steps &= ~RTINTERCEPT_REALTIME_RING;
	err = rtintercept_realtime(rti, &rt);
	if (!rti)
		return;
	if (err < 0)
		message("--rt", "%s", errno_text(err));
	for (step = 0; step < RTINTERCEPT_REALTIME_STEPS; step++)
		if (realtime_why(&rt, step, text))
			message("--rt", "%s: %s", realtime_step(step), text);
}

static unsigned long long ull(__u64 n)
{
	return n;
}

/**
 * intercept_books() - account for every packet; the session is stopped, its ring empty
 * @rti: the session
 * @what: the command
 * @used: of the records that were read, so many were
 * @used_how: written, measured
 *
 * Return: CTL_OK, or an exit code after a message.
 */
int intercept_books(struct rtintercept *rti, const char *what, __u64 used,
		    const char *used_how)
{
	struct rtintercept_ring_counters counters;
	struct rtintercept_stats s;
	int err = rtintercept_stats(rti, 0, &s);
	__u64 dropped;

	if (err)
		return errno_error(what, err);
	rtintercept_ring_counters(rti, &counters);
	dropped = s.dropped_ring_full + s.dropped_too_big +
		  s.dropped_hostile_consumer;
	message(what, "seen %llu = unmatched %llu + matched %llu; "
		"matched %llu = recorded %llu + not to record %llu + dropped %llu; "
		"recorded %llu, read %llu, %s %llu", ull(s.seen), ull(s.unmatched),
		ull(s.matched), ull(s.matched), ull(s.recorded),
		ull(s.not_to_record), ull(dropped), ull(s.recorded),
		ull(counters.read), used_how, ull(used));
	if (s.seen == s.unmatched + s.matched && s.recorded == counters.read &&
	    s.matched == s.recorded + s.not_to_record + dropped)
		return CTL_OK;
	message(what, "these books do not close");
	return CTL_FAILED;
}
