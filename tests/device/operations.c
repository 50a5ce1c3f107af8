/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device's operations, each once, for whoever tries all of them. */
#include <net/if.h>

#include "operations.h"
#include "program.h"

static struct rtintercept_rule rule_that(__u32 verdict)
{
	struct rtintercept_rule rule = rule_udp(9);

	rule.verdict = verdict;
	return rule;
}

static int add(int fd, __u32 id, __u32 verdict)
{
	struct rtintercept_rule_add add = {
		.size = sizeof(add), .session_id = id, .rule = rule_that(verdict),
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_RULE_ADD, &add);
}

static int replace(int fd, __u32 id, __u32 verdict)
{
	struct rtintercept_rule rule = rule_that(verdict);
	struct rtintercept_rule_replace replace = {
		.size = sizeof(replace), .session_id = id, .rule_size = sizeof(rule),
		.rules = (__u64)(unsigned long)&rule, .count = 1,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_RULE_REPLACE, &replace);
}

static int add_pass(int fd, __u32 id)
{
	return add(fd, id, RTINTERCEPT_VERDICT_PASS);
}

static int add_drop(int fd, __u32 id)
{
	return add(fd, id, RTINTERCEPT_VERDICT_DROP);
}

static int replace_pass(int fd, __u32 id)
{
	return replace(fd, id, RTINTERCEPT_VERDICT_PASS);
}

static int replace_drop(int fd, __u32 id)
{
	return replace(fd, id, RTINTERCEPT_VERDICT_DROP);
}

static int del(int fd, __u32 id)
{
	struct rtintercept_rule_del del = {
		.size = sizeof(del), .session_id = id, .rule_id = 1,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_RULE_DEL, &del);
}

static int flush(int fd, __u32 id)
{
	struct rtintercept_rule_flush flush = { .size = sizeof(flush), .session_id = id };

	return dev_ioctl(fd, RTINTERCEPT_IOC_RULE_FLUSH, &flush);
}

static int list(int fd, __u32 id)
{
	struct rtintercept_rule rules[8];
	struct rtintercept_rule_list list = {
		.size = sizeof(list), .session_id = id, .count = 8,
		.rule_size = sizeof(rules[0]), .rules = (__u64)(unsigned long)rules,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_RULE_LIST, &list);
}

static int rule_stats(int fd, __u32 id)
{
	struct rtintercept_rule_counters counters[8];
	struct rtintercept_rule_stats stats = {
		.size = sizeof(stats), .session_id = id, .count = 8,
		.counters_size = sizeof(counters[0]),
		.counters = (__u64)(unsigned long)counters,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_RULE_STATS, &stats);
}

static int stats(int fd, __u32 id)
{
	struct rtintercept_stats stats = { .size = sizeof(stats), .session_id = id };

	return dev_ioctl(fd, RTINTERCEPT_IOC_STATS, &stats);
}

static int attachments(int fd, __u32 id)
{
	struct rtintercept_attachment list[8];
	struct rtintercept_attachment_list args = {
		.size = sizeof(args), .session_id = id, .count = 8,
		.attachment_size = sizeof(list[0]),
		.attachments = (__u64)(unsigned long)list,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_ATTACHMENT_LIST, &args);
}

static int set(int fd, __u32 id)
{
	const struct sock_filter all[] = { RET(~0U) };
	struct rtintercept_program_set set = {
		.size = sizeof(set), .session_id = id, .program_id = 1, .count = 1,
		.type = RTINTERCEPT_PROGRAM_CBPF, .program = (__u64)(unsigned long)all,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_PROGRAM_SET, &set);
}

static int get(int fd, __u32 id)
{
	struct sock_filter insns[1];
	struct rtintercept_program_get get = {
		.size = sizeof(get), .session_id = id, .count = 1,
		.program = (__u64)(unsigned long)insns,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_PROGRAM_GET, &get);
}

static int reply_set(int fd, __u32 id)
{
	struct rtintercept_reply_set set = {
		.size = sizeof(set), .session_id = id, .reply_id = 1,
		.type = RTINTERCEPT_REPLY_ECHO, .rate_pps = 1,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_REPLY_SET, &set);
}

/* There is one only where it may be set. */
static int reply_get(int fd, __u32 id)
{
	struct rtintercept_reply_get get = { .size = sizeof(get), .session_id = id };
	int err = dev_ioctl(fd, RTINTERCEPT_IOC_REPLY_GET, &get);

	return err == -ENOENT ? 0 : err;
}

/* Of its own rule, which names a reply where it may. */
static int add_reply(int fd, __u32 id)
{
	struct rtintercept_rule_add add = {
		.size = sizeof(add), .session_id = id,
		.rule = rule_that(RTINTERCEPT_VERDICT_REPLY),
	};

	add.rule.reply_id = 1;
	return dev_ioctl(fd, RTINTERCEPT_IOC_RULE_ADD, &add);
}

static int info(int fd, __u32 id)
{
	struct rtintercept_info info = { .size = sizeof(info) };

	return dev_ioctl(fd, RTINTERCEPT_IOC_INFO, &info);
}

static int ring(int fd, __u32 id)
{
	return dev_ring(fd, 65536, NULL);
}

static int wakeup(int fd, __u32 id)
{
	struct rtintercept_wakeup wakeup = { .size = sizeof(wakeup), .records = 1 };

	return dev_ioctl(fd, RTINTERCEPT_IOC_WAKEUP, &wakeup);
}

/* To a time in the past: it only looks. */
static int wait_(int fd, __u32 id)
{
	struct rtintercept_wait wait = { .size = sizeof(wait), .deadline_ns = 1 };

	return dev_ioctl(fd, RTINTERCEPT_IOC_WAIT, &wait);
}

/* There is no record: that this is the answer says that one may ask. */
static int read_(int fd, __u32 id)
{
	char record[4096];
	int err;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	err = read(fd, record, sizeof(record)) < 0 ? -errno : 0;
	return err == -EAGAIN ? 0 : err;
}

static int start(int fd, __u32 id)
{
	return dev_start(fd);
}

static int stop(int fd, __u32 id)
{
	return dev_stop(fd);
}

/* lo: the one interface that every namespace has. */
static int attach(int fd, __u32 id)
{
	return dev_attach(fd, "lo", 0);
}

/* There is one only where it may be attached. */
static int detach(int fd, __u32 id)
{
	struct rtintercept_detach detach = {
		.size = sizeof(detach), .ifindex = if_nametoindex("lo"),
	};
	int err = dev_ioctl(fd, RTINTERCEPT_IOC_DETACH, &detach);

	return err == -ENOENT ? 0 : err;
}

static int sessions(int fd, __u32 id)
{
	struct rtintercept_session list[16];
	struct rtintercept_session_list args = {
		.size = sizeof(args), .session_size = sizeof(list[0]),
		.count = 16, .sessions = (__u64)(unsigned long)list,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_SESSION_LIST, &args);
}

const struct operation operations[OPERATIONS] = {
	{ "INFO", info, 0, 0 },
	{ "RING_SETUP", ring, 0, 0 },
	{ "WAKEUP", wakeup, 0, 0 },
	{ "ATTACH", attach, NEEDS_RAW, 0 },
	{ "RULE_ADD, pass", add_pass, 0, 1 },
	{ "RULE_ADD, drop", add_drop, NEEDS_ADMIN, 1 },
	{ "RULE_LIST", list, 0, 1 },
	{ "RULE_STATS", rule_stats, 0, 1 },
	{ "RULE_DEL", del, 0, 1 },
	{ "RULE_REPLACE, pass", replace_pass, 0, 1 },
	{ "RULE_REPLACE, drop", replace_drop, NEEDS_ADMIN, 1 },
	{ "RULE_FLUSH", flush, 0, 1 },
	{ "PROGRAM_SET", set, 0, 1 },
	{ "PROGRAM_GET", get, 0, 1 },
	{ "REPLY_SET", reply_set, NEEDS_ADMIN, 1 },
	{ "REPLY_GET", reply_get, 0, 1 },
	{ "RULE_ADD, reply", add_reply, NEEDS_ADMIN, 1 },
	{ "START", start, 0, 0 },
	{ "STATS", stats, 0, 1 },
	{ "WAIT", wait_, 0, 0 },
	{ "read()", read_, 0, 0 },
	{ "ATTACHMENT_LIST", attachments, 0, 1 },
	{ "SESSION_LIST", sessions, 0, 0 },
	{ "DETACH", detach, 0, 0 },
	{ "STOP", stop, 0, 0 },
};
