/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Setting programs: what is refused, with which errno, and that the old one stays
 * in force then; names, limits, and what PROGRAM_GET tells.
 */
#include "program.h"

#define MAX	RTINTERCEPT_PROGRAM_MAX_INSNS

static int fd;
static const struct sock_filter all[] = { RET(~0U) };

static int cbpf(const struct sock_filter *insns, __u32 count)
{
	__u32 id = 7;

	return program_cbpf(fd, &id, insns, count);
}

static int get(__u32 *id, struct sock_filter *insns, __u32 *count,
	       struct rtintercept_program_get *out)
{
	struct rtintercept_program_get g = {
		.size = sizeof(g), .program_id = *id, .count = *count,
		.program = (__u64)(unsigned long)insns,
	};
	int err = dev_ioctl(fd, RTINTERCEPT_IOC_PROGRAM_GET, &g);

	*id = g.program_id;
	*count = g.count;
	if (out)
		*out = g;
	return err;
}

/* Program 7 is there and what it was. */
static void still_there(const char *what)
{
	struct sock_filter insns[4] = { 0 };
	__u32 id = 7, count = 4;

	ok(!get(&id, insns, &count, NULL) && id == 7 && count == 1 &&
	   !memcmp(insns, all, sizeof(all)), "%s: the old one is still there", what);
}

static void refused(const struct sock_filter *insns, __u32 count, int want,
		    const char *what)
{
	is(cbpf(insns, count), want, "%s", what);
	still_there(what);
}

static void test_cbpf(void)
{
	static const struct sock_filter endless[] = { LOAD8(0) };
	static const struct sock_filter jumps[] = { UNLESS(1, 9), RET(1) };
	static const struct sock_filter unknown[] = { BPF_STMT(0xffff, 0), RET(1) };
	static const struct sock_filter by_zero[] = {
		BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), RET(1),
	};
	static const struct sock_filter memory[] = {
		BPF_STMT(BPF_ST, BPF_MEMWORDS), RET(1),
	};
	static struct sock_filter longest[MAX + 1];
	__u32 i;

	for (i = 0; i < MAX; i++)
		longest[i] = (struct sock_filter)LOAD8(0);
	longest[MAX - 1] = longest[MAX] = (struct sock_filter)RET(1);
	is(cbpf(all, 1), 0, "a program");
	refused(all, 0, -EINVAL, "of no instruction");
	refused(longest, MAX + 1, -E2BIG, "of 4097");
	refused(all, ~0U, -E2BIG, "of very many");
	refused(NULL, 1, -EFAULT, "from nowhere");
	refused(endless, 1, -EINVAL, "that does not end");
	refused(jumps, 2, -EINVAL, "that jumps out of itself");
	refused(unknown, 2, -EINVAL, "of an unknown instruction");
	refused(by_zero, 2, -EINVAL, "that divides by zero");
	refused(memory, 2, -EINVAL, "that writes beyond its memory");
	is(cbpf(longest, MAX), 0, "of 4096 instructions");
	is(cbpf(all, 1), 0, "and back");
}

static void test_ebpf(void)
{
	const struct bpf_insn insns[] = { MOVE(BPF_REG_0, 2), EXIT };
	int filter = program_load(BPF_PROG_TYPE_SOCKET_FILTER, insns, 2);
	int xdp = program_load(BPF_PROG_TYPE_XDP, insns, 2);
	int file = open("/dev/null", O_RDONLY);
	struct rtintercept_program_get g;
	__u32 id = 7, count = 0;

	if (!ok(filter >= 0 && xdp >= 0, "eBPF programs load"))
		return;
	is(program_set(fd, &id, RTINTERCEPT_PROGRAM_EBPF, (__u64)xdp, 0), -EINVAL,
	   "a program for XDP");
	is(program_set(fd, &id, RTINTERCEPT_PROGRAM_EBPF, (__u64)file, 0), -EINVAL,
	   "a file that is none");
	is(program_set(fd, &id, RTINTERCEPT_PROGRAM_EBPF, 1000, 0), -EBADF,
	   "no file");
	is(program_set(fd, &id, RTINTERCEPT_PROGRAM_EBPF, 1ULL << 32, 0), -EBADF,
	   "no number of a file");
	is(program_set(fd, &id, RTINTERCEPT_PROGRAM_EBPF, (__u64)filter, 1),
	   -EINVAL, "with a count");
	is(program_set(fd, &id, 3, 0, 0), -EOPNOTSUPP, "of an unknown type");
	still_there("eBPF that was refused");
	is(program_set(fd, &id, RTINTERCEPT_PROGRAM_EBPF, (__u64)filter, 0), 0,
	   "eBPF in place of classic");
	is(get(&id, NULL, &count, &g), 0, "PROGRAM_GET of it");
	ok(g.type == RTINTERCEPT_PROGRAM_EBPF && g.count == 0 && g.bpf_id > 0,
	   "tells its number");
	is(cbpf(all, 1), 0, "and classic in place of eBPF");
	close(filter);
	close(xdp);
	close(file);
}

static void test_rules(void)
{
	struct rtintercept_rule rule = rule_udp(9);
	struct rtintercept_rule_del del = { .size = sizeof(del) };
	struct rtintercept_stats before, after;

	rule.match |= RTINTERCEPT_MATCH_PROGRAM;
	dev_stats(fd, &before);
	is(dev_rule(fd, &rule), -ENOENT, "a rule that names no program");
	rule.program_id = 8;
	is(dev_rule(fd, &rule), -ENOENT, "a rule that names one that is not there");
	dev_stats(fd, &after);
	is(after.generation, before.generation, "the table is the old one");
	rule.program_id = 7;
	is(dev_rule(fd, &rule), 0, "one that is there");
	is(program_none(fd, 7), -EBUSY, "which cannot be taken away now");
	still_there("a program in use");
	is(cbpf(all, 1), 0, "but changed");
	del.rule_id = rule.id;
	is(dev_ioctl(fd, RTINTERCEPT_IOC_RULE_DEL, &del), 0, "without the rule");
	is(program_none(fd, 7), 0, "it can be taken away");
	is(program_none(fd, 7), -ENOENT, "once");
	is(program_none(fd, 0), -ENOENT, "0 is no program");
}

static void test_names(void)
{
	struct sock_filter insns[2];
	__u32 id, count, i, bad = 0;

	for (i = 1; i <= RTINTERCEPT_PROGRAMS_MAX; i++) {
		id = i == 3 ? ~0U : 0;
		all_are(bad, program_cbpf(fd, &id, all, 1), 0);
		all_are(bad, id, i == 3 ? ~0U : i > 3 ? i - 1 : i);
	}
	is(bad, 0, "the lowest unused ids are chosen");
	id = 0;
	is(program_cbpf(fd, &id, all, 1), -ENOSPC, "one more than there may be");
	id = 12;
	is(program_cbpf(fd, &id, all, 1), 0, "but there may be another in its place");
	for (id = 0, i = 0; ; id++, i++) {
		count = 2;
		if (get(&id, insns, &count, NULL) || id == ~0U)
			break;
	}
	is(i, RTINTERCEPT_PROGRAMS_MAX - 1, "PROGRAM_GET goes through all");
	is(id, ~0U, "to the last");
	id = count = 0;
	is(get(&id, NULL, &count, NULL), -EMSGSIZE, "PROGRAM_GET: no room");
	is(count, 1, "tells what is needed");
	is(get(&id, NULL, &count, NULL), -EFAULT, "PROGRAM_GET: no array");
	is(program_none(fd, ~0U), 0, "without the last");
	id = 64;
	is(get(&id, insns, &count, NULL), -ENOENT, "PROGRAM_GET: no more");
}

int main(void)
{
	fd = dev_open();
	if (!ok(fd >= 0, "the device opens"))
		return tap_end();
	test_cbpf();
	test_ebpf();
	test_rules();
	test_names();
	close(fd);
	return tap_end();
}
