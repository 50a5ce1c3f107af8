/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each ioctl refuses, with which errno: values that are known but wrong, or
 * not offered. The format that all have in common is in test-ioctl-format.c.
 */
#include "device.h"

static int fd;

static void test_info(void)
{
	struct rtintercept_info info = { .size = sizeof(info) };

	is(dev_ioctl(fd, RTINTERCEPT_IOC_INFO, &info), 0, "INFO answers");
	is(info.size, sizeof(info), "INFO keeps the size");
	is(info.abi_version, RTINTERCEPT_ABI_VERSION, "INFO tells the ABI");
	is(info.backend, RTINTERCEPT_BACKEND_MODULE, "INFO tells the backend");
	ok(info.session_id > 0, "INFO tells the session");
	ok(info.max_rules >= 64 && info.max_attachments >= 1, "INFO has limits");
	ok(!strcmp(info.version, RTINTERCEPT_VERSION), "INFO tells the version");
	ok(info.features & RTINTERCEPT_FEATURE_MATCH_PAYLOAD, "INFO offers payload");
	ok(info.features & RTINTERCEPT_FEATURE_PROGRAM_CBPF, "INFO offers programs");
	ok(info.features & RTINTERCEPT_FEATURE_REPLY, "INFO offers replies");
	is(info.features & RTINTERCEPT_FEATURE_HOOK_XDP, 0,
	   "INFO offers nothing that is not there");
}

static int attach(__u32 ifindex, __u32 hook)
{
	struct rtintercept_attach a = {
		.size = sizeof(a), .ifindex = ifindex, .hook = hook,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_ATTACH, &a);
}

static int detach(__u32 ifindex)
{
	struct rtintercept_detach d = { .size = sizeof(d), .ifindex = ifindex };

	return dev_ioctl(fd, RTINTERCEPT_IOC_DETACH, &d);
}

static void test_attach(void)
{
	const __u32 here = index_of(HERE);
	__u32 hook;

	is(attach(0, 0), -ENOENT, "ATTACH: no interface 0");
	is(attach(99999, 0), -ENOENT, "ATTACH: unknown interface");
	is(attach(~0U, 0), -ENOENT, "ATTACH: interface -1");
	is(attach(1U << 31, 0), -ENOENT, "ATTACH: interface below 0");
	for (hook = 3; hook < 8; hook++)
		is(attach(here, hook), -EOPNOTSUPP, "ATTACH: hook %u", hook);
	is(attach(here, ~0U), -EOPNOTSUPP, "ATTACH: hook -1");
	is(detach(here), -ENOENT, "DETACH: what is not attached");
	is(attach(here, 0), 0, "ATTACH: AUTO");
	is(attach(here, 0), -EEXIST, "ATTACH: twice");
	is(attach(here, RTINTERCEPT_HOOK_RX_HANDLER), -EEXIST,
	   "ATTACH: twice, by the other hook");
	is(detach(here), 0, "DETACH");
	is(detach(here), -ENOENT, "DETACH: twice");
}

static void test_rules(void)
{
	struct rtintercept_rule rule = rule_udp(80);

	rule.dst_port_min = 81;
	is(dev_rule(fd, &rule), -EINVAL, "RULE_ADD: port range upside down");
	rule = rule_udp(80);
	rule.match |= RTINTERCEPT_MATCH_PAYLOAD;
	is(dev_rule(fd, &rule), -EINVAL, "RULE_ADD: payload of 0 bytes");
	rule.payload_bytes = 17;
	is(dev_rule(fd, &rule), -EINVAL, "RULE_ADD: payload of 17 bytes");
	rule.payload_bytes = 1;
	rule.payload_value[0] = 1;
	is(dev_rule(fd, &rule), -EINVAL, "RULE_ADD: payload beside its mask");
	rule = rule_udp(80);
	rule.match |= RTINTERCEPT_MATCH_PROGRAM;
	is(dev_rule(fd, &rule), -ENOENT, "RULE_ADD: program");
	rule = rule_udp(80);
	rule.verdict = RTINTERCEPT_VERDICT_REPLY;
	is(dev_rule(fd, &rule), -ENOENT, "RULE_ADD: reply");
	rule = rule_udp(80);
	rule.match |= 1ULL << 63;
	is(dev_rule(fd, &rule), -EOPNOTSUPP, "RULE_ADD: unknown match");
	rule = rule_udp(80);
	is(dev_rule(fd, &rule), 0, "RULE_ADD");
	ok(rule.id != 0, "RULE_ADD chooses an id");
	is(dev_rule(fd, &rule), -EEXIST, "RULE_ADD: the id is taken");
	rule.id = ~0U;
	is(dev_rule(fd, &rule), 0, "RULE_ADD: any id may be chosen");
}

static int list(__u32 count, __u32 size, void *rules, __u32 *needed)
{
	struct rtintercept_rule_list l = {
		.size = sizeof(l), .count = count, .rule_size = size,
		.rules = (__u64)(unsigned long)rules,
	};
	int err = dev_ioctl(fd, RTINTERCEPT_IOC_RULE_LIST, &l);

	*needed = l.count;
	return err;
}

static void test_rule_list(void)
{
	struct rtintercept_rule rules[8];
	const __u32 size = sizeof(rules[0]);
	__u32 needed;

	is(list(0, size, NULL, &needed), -EMSGSIZE, "RULE_LIST: no room");
	is(needed, 2, "RULE_LIST tells what is needed");
	is(list(1, size, rules, &needed), -EMSGSIZE, "RULE_LIST: too little room");
	is(list(2, size, NULL, &needed), -EFAULT, "RULE_LIST: no array");
	is(list(8, 0, rules, &needed), -EINVAL, "RULE_LIST: elements of 0 bytes");
	is(list(8, 1U << 20, rules, &needed), -E2BIG, "RULE_LIST: absurd elements");
	memset(rules, 0xa5, sizeof(rules));
	is(list(2, 2 * size, rules, &needed), 0, "RULE_LIST: longer elements");
	ok(rules[0].dst_port_min == 80 && rules[2].dst_port_min == 80 &&
	   rules[1].id == 0 && rules[3].dst_port_max == 0,
	   "RULE_LIST fills the rest of them with zero");
	memset(rules, 0xa5, sizeof(rules));
	is(list(2, 8, rules, &needed), 0, "RULE_LIST: shorter elements");
	ok(((__u32 *)rules)[2] == ~0U && ((__u32 *)rules)[4] == 0xa5a5a5a5,
	   "RULE_LIST writes no more than was asked for");
}

static int replace(struct rtintercept_rule *rules, __u32 count, __u32 size)
{
	struct rtintercept_rule_replace r = {
		.size = sizeof(r), .count = count, .rule_size = size,
		.rules = (__u64)(unsigned long)rules,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_RULE_REPLACE, &r);
}

/* INFO, STATS and the listings tell of the same table. */
static void test_generation(void)
{
	struct rtintercept_info info = { .size = sizeof(info) };
	struct rtintercept_session sessions[8] = { { 0 } };
	struct rtintercept_session_list list = {
		.size = sizeof(list), .session_size = sizeof(sessions[0]),
		.count = 8, .sessions = (__u64)(unsigned long)sessions,
	};
	struct rtintercept_stats stats;
	__u32 i;

	dev_ioctl(fd, RTINTERCEPT_IOC_INFO, &info);
	dev_stats(fd, &stats);
	ok(stats.generation > 0, "the table has a generation");
	is(info.generation, stats.generation, "INFO tells it");
	is(dev_ioctl(fd, RTINTERCEPT_IOC_SESSION_LIST, &list), 0, "SESSION_LIST");
	for (i = 0; i < list.count && sessions[i].session_id != info.session_id; i++)
		;
	is(sessions[i % 8].generation, stats.generation, "and tells it");
}

/* All of a table or nothing of it. */
static void test_rule_replace(void)
{
	struct rtintercept_rule rules[3] = { rule_udp(1), rule_udp(2), rule_udp(3) };
	const __u32 size = sizeof(rules[0]);
	struct rtintercept_stats before, after;

	dev_stats(fd, &before);
	rules[2].dst_port_min = 4;
	is(replace(rules, 3, size), -EINVAL, "RULE_REPLACE: the last is wrong");
	rules[2] = rules[0];
	rules[0].id = rules[2].id = 5;
	is(replace(rules, 3, size), -EEXIST, "RULE_REPLACE: an id twice");
	is(replace(rules, 3, size - 8), -EINVAL, "RULE_REPLACE: short elements");
	is(replace(rules, 3, 1U << 20), -E2BIG, "RULE_REPLACE: absurd elements");
	is(replace(NULL, 3, size), -EFAULT, "RULE_REPLACE: no array");
	is(replace(rules, 100000, size), -ENOSPC, "RULE_REPLACE: too many");
	is(replace(rules, ~0U, size), -ENOSPC, "RULE_REPLACE: 4 billion");
	dev_stats(fd, &after);
	is(after.generation, before.generation, "the table is as it was");
	is(after.rules, before.rules, "with all its rules");
	rules[2].id = 0;
	is(replace(rules, 3, size), 0, "RULE_REPLACE");
	dev_stats(fd, &after);
	is(after.generation, before.generation + 1, "the generation has grown");
	is(after.rules, 3, "the table is the new one");
	is(replace(NULL, 0, size), 0, "RULE_REPLACE: by an empty table");
}

static void test_rule_limit(void)
{
	struct rtintercept_info info = { .size = sizeof(info) };
	struct rtintercept_rule *rules, one = rule_udp(9);
	__u32 i;

	dev_ioctl(fd, RTINTERCEPT_IOC_INFO, &info);
	rules = calloc(info.max_rules + 1, sizeof(*rules));
	for (i = 0; i <= info.max_rules; i++)
		rules[i] = rule_udp((__u16)i);
	is(replace(rules, info.max_rules + 1, sizeof(*rules)), -ENOSPC,
	   "RULE_REPLACE: one rule too many");
	is(replace(rules, info.max_rules, sizeof(*rules)), 0,
	   "RULE_REPLACE: as many as INFO says");
	is(dev_rule(fd, &one), -ENOSPC, "RULE_ADD: the table is full");
	is(replace(NULL, 0, sizeof(*rules)), 0, "RULE_REPLACE: none");
	free(rules);
}

static void test_rule_del(void)
{
	struct rtintercept_rule_del del = { .size = sizeof(del) };
	struct rtintercept_rule rule = rule_udp(9);

	is(dev_ioctl(fd, RTINTERCEPT_IOC_RULE_DEL, &del), -ENOENT, "RULE_DEL: no 0");
	del.rule_id = 12345;
	is(dev_ioctl(fd, RTINTERCEPT_IOC_RULE_DEL, &del), -ENOENT,
	   "RULE_DEL: unknown");
	dev_rule(fd, &rule);
	del.rule_id = rule.id;
	is(dev_ioctl(fd, RTINTERCEPT_IOC_RULE_DEL, &del), 0, "RULE_DEL");
	is(dev_ioctl(fd, RTINTERCEPT_IOC_RULE_DEL, &del), -ENOENT,
	   "RULE_DEL: twice");
}

static void test_ring(void)
{
	static const __u64 bad[] = { 0, 1, 8, 2048, 4095, 4097, 12288, ~0ULL };
	static const __u64 huge[] = { 1ULL << 27, 1ULL << 32, 1ULL << 63 };
	char byte;
	size_t i;

	is(dev_start(fd), -EINVAL, "START: no ring");
	is(read(fd, &byte, 1) < 0 ? -errno : 0, -EINVAL, "read: no ring");
	ok(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED &&
	   errno == EINVAL, "mmap: no ring");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		is(dev_ring(fd, bad[i], NULL), -EINVAL, "RING_SETUP: %llu bytes",
		   bad[i]);
	for (i = 0; i < sizeof(huge) / sizeof(huge[0]); i++)
		is(dev_ring(fd, huge[i], NULL), -E2BIG, "RING_SETUP: %llu bytes",
		   huge[i]);
	is(dev_ring(fd, 4096, NULL), 0, "RING_SETUP: the smallest");
	is(dev_ring(fd, 4096, NULL), -EEXIST, "RING_SETUP: twice");
	is(dev_start(fd), 0, "START");
	is(dev_start(fd), 0, "START: twice");
	is(dev_stop(fd), 0, "STOP");
	is(dev_stop(fd), 0, "STOP: twice");
}

static int wakeup(__u32 records, __u32 bytes, __u32 deadline_us)
{
	struct rtintercept_wakeup w = {
		.size = sizeof(w), .records = records, .bytes = bytes,
		.deadline_us = deadline_us,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_WAKEUP, &w);
}

static void test_wakeup(void)
{
	is(wakeup(2, 0, 0), -EINVAL, "WAKEUP: records without a deadline");
	is(wakeup(0, 1, 0), -EINVAL, "WAKEUP: bytes without a deadline");
	is(wakeup(0, 0, 1), -EINVAL, "WAKEUP: a deadline alone");
	is(wakeup(1, 0, 1), -EINVAL, "WAKEUP: a deadline with the first record");
	is(wakeup(2, 0, 10000001), -EINVAL, "WAKEUP: a deadline above 10 s");
	is(wakeup(2, 0, ~0U), -EINVAL, "WAKEUP: a deadline far above 10 s");
	is(wakeup(2, 0, 10000000), 0, "WAKEUP: 2 records or 10 s");
	is(wakeup(~0U, ~0U, 1), 0, "WAKEUP: any watermark");
	is(wakeup(1, 0, 0), 0, "WAKEUP: the first record");
	is(wakeup(0, 0, 0), 0, "WAKEUP: the default");
}

static void test_other_sessions(void)
{
	struct rtintercept_stats stats = { .size = sizeof(stats) };
	struct rtintercept_rule_add add = { .size = sizeof(add) };
	struct rtintercept_rule_flush flush = { .size = sizeof(flush) };

	stats.session_id = add.session_id = flush.session_id = 4000000000U;
	is(dev_ioctl(fd, RTINTERCEPT_IOC_STATS, &stats), -ENOENT,
	   "STATS: no such session");
	is(dev_ioctl(fd, RTINTERCEPT_IOC_RULE_ADD, &add), -ENOENT,
	   "RULE_ADD: no such session");
	is(dev_ioctl(fd, RTINTERCEPT_IOC_RULE_FLUSH, &flush), -ENOENT,
	   "RULE_FLUSH: no such session");
}

static void test_replies(void)
{
	struct rtintercept_reply_set reply = { .size = sizeof(reply) };
	struct rtintercept_reply_get get = { .size = sizeof(get) };

	is(dev_ioctl(fd, RTINTERCEPT_IOC_REPLY_SET, &reply), -ENOENT,
	   "REPLY_SET: none to take away");
	reply.flags = 2;
	is(dev_ioctl(fd, RTINTERCEPT_IOC_REPLY_SET, &reply), -EOPNOTSUPP,
	   "REPLY_SET: unknown flag");
	reply.flags = 0;
	reply.type = 3;
	is(dev_ioctl(fd, RTINTERCEPT_IOC_REPLY_SET, &reply), -EOPNOTSUPP,
	   "REPLY_SET: unknown type");
	is(dev_ioctl(fd, RTINTERCEPT_IOC_REPLY_GET, &get), -ENOENT,
	   "REPLY_GET: there is none");
}

int main(void)
{
	fd = dev_open();
	if (!ok(fd >= 0, "the device opens"))
		return tap_end();
	test_info();
	test_attach();
	test_rules();
	test_rule_list();
	test_rule_replace();
	test_generation();
	test_rule_limit();
	test_rule_del();
	test_ring();
	test_wakeup();
	test_other_sessions();
	test_replies();
	close(fd);
	return tap_end();
}
