/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each allocation and each copy of every call fails once: the first, the second,
 * and so on until nothing is left to fail (Documentation/fault-injection of the
 * kernel, fail-nth). A call that fails has done nothing, or all; the next one
 * succeeds. Needs a kernel with fault injection: tests/vm/debug-kernel.
 *
 * RTI_CALL: only calls with that in their name.
 */
#include <sys/sendfile.h>
#include <sys/syscall.h>

#include "faults.h"
#include "program.h"

#define PAGE		4096UL
#define RING		65536UL
#define DATA		(PAGE + 2 * RING)
#define POINTS_MAX	20000

static int fd = -1, module = -1, filter = -1;
static __u32 program_id;

/* ---- what is done ---- */

static int call(unsigned int nr, void *args, __u32 bytes)
{
	memcpy(args, &bytes, sizeof(bytes));
	return dev_ioctl(fd, nr, args);
}

#define CALL(_name, _type)						\
static int do_##_type(void)						\
{									\
	struct rtintercept_##_type args = { 0 };			\
									\
	return call(RTINTERCEPT_IOC_##_name, &args, sizeof(args));	\
}

CALL(INFO, info)
CALL(RULE_FLUSH, rule_flush)
CALL(START, start)
CALL(STOP, stop)
CALL(WAKEUP, wakeup)
CALL(STATS, stats)
CALL(WAIT, wait)

static int do_open(void)
{
	int own = dev_open();

	return own < 0 ? own : close(own);
}

static int do_ring(void)
{
	return dev_ring(fd, RING, NULL);
}

static int do_add(void)
{
	struct rtintercept_rule rule = rule_udp(9);

	return dev_rule(fd, &rule);
}

static int do_del(void)
{
	struct rtintercept_rule_del del = { .size = sizeof(del), .rule_id = 1 };

	return dev_ioctl(fd, RTINTERCEPT_IOC_RULE_DEL, &del);
}

static int do_replace(void)
{
	struct rtintercept_rule rules[20];
	struct rtintercept_rule_replace r = {
		.size = sizeof(r), .rule_size = sizeof(rules[0]), .count = 20,
		.rules = (__u64)(unsigned long)rules,
	};
	__u32 i;

	for (i = 0; i < 20; i++)
		rules[i] = rule_udp((__u16)i);
	return dev_ioctl(fd, RTINTERCEPT_IOC_RULE_REPLACE, &r);
}

static char array[4 * PAGE];

#define LIST(_name, _type, _size, _address, _element)			\
static int do_##_type(void)						\
{									\
	struct rtintercept_##_type args = {				\
		.size = sizeof(args), .count = 8,			\
		._size = sizeof(struct _element),			\
		._address = (__u64)(unsigned long)array,		\
	};								\
									\
	return dev_ioctl(fd, RTINTERCEPT_IOC_##_name, &args);		\
}

LIST(RULE_LIST, rule_list, rule_size, rules, rtintercept_rule)
LIST(RULE_STATS, rule_stats, counters_size, counters, rtintercept_rule_counters)
LIST(SESSION_LIST, session_list, session_size, sessions, rtintercept_session)
LIST(ATTACHMENT_LIST, attachment_list, attachment_size, attachments,
     rtintercept_attachment)

static int do_ingress(void)
{
	return dev_attach(fd, HERE, RTINTERCEPT_HOOK_INGRESS);
}

static int do_rx_handler(void)
{
	return dev_attach(fd, HERE, RTINTERCEPT_HOOK_RX_HANDLER);
}

static int do_detach(void)
{
	struct rtintercept_detach d = { .size = sizeof(d), .ifindex = index_of(HERE) };

	return dev_ioctl(fd, RTINTERCEPT_IOC_DETACH, &d);
}

static int do_program(void)
{
	const struct sock_filter all[] = { LOAD8(0), RET(~0U) };

	return program_cbpf(fd, &program_id, all, 2);
}

static int do_ebpf(void)
{
	return program_set(fd, &program_id, RTINTERCEPT_PROGRAM_EBPF, (__u32)filter, 0);
}

static int do_program_get(void)
{
	struct rtintercept_program_get g = {
		.size = sizeof(g), .count = 8, .program = (__u64)(unsigned long)array,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_PROGRAM_GET, &g);
}

static int do_reply(void)
{
	struct rtintercept_reply_set r = {
		.size = sizeof(r), .reply_id = 1, .type = RTINTERCEPT_REPLY_ECHO,
		.rate_pps = 100,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_REPLY_SET, &r);
}

static int do_program_none(void)
{
	return program_none(fd, program_id);
}

/* Unmapped when nothing fails any more: that takes memory, too. */
static void *mapped;
static size_t mapped_bytes;

static int map(unsigned long offset, unsigned long bytes, int protection)
{
	mapped = mmap(NULL, bytes, protection, MAP_SHARED, fd, (off_t)offset);
	mapped_bytes = bytes;
	if (mapped != MAP_FAILED)
		return 0;
	mapped = NULL;
	return -errno;
}

static int do_map_consumer(void)
{
	return map(0, PAGE, PROT_READ | PROT_WRITE);
}

static int do_map_data(void)
{
	return map(PAGE, DATA, PROT_READ);
}

static int do_poll(void)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) < 0 ? -errno : 0;
}

/*
 * A copy in memory, and read-only, or it could not be loaded: what fails shall be the
 * module's, not the file system's that it came from. Return: its descriptor.
 */
static int module_copy(void)
{
	const char *file = getenv("RTI_KO");
	int copy, at = open(file ? file : "", O_RDONLY | O_CLOEXEC);
	int memory = memfd_create("rtintercept.ko", MFD_CLOEXEC);
	char path[64];

	while (sendfile(memory, at, NULL, 1 << 20) > 0)
		;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
	copy = open(path, O_RDONLY | O_CLOEXEC);
	close(memory);
	close(at);
	return copy;
}

static int load(void)
{
	return (int)syscall(SYS_finit_module, module, "", 0) ? -errno : 0;
}

/* ---- what it starts from, and what it leaves ---- */

static int begin_new(void)
{
	program_id = 0;
	fd = dev_open();
	return fd < 0;
}

static int begin_whole(void)
{
	return begin_new() || do_ring() || do_add() || do_program() || do_ingress();
}

/* No module: it is to be loaded. */
static int begin_unloaded(void)
{
	fd = -1;
	return access("/sys/module/rtintercept", F_OK) == 0 &&
	       syscall(SYS_delete_module, "rtintercept", O_NONBLOCK) != 0;
}

static void end(void)
{
	if (mapped)
		munmap(mapped, mapped_bytes);
	mapped = NULL;
	if (fd >= 0)
		close(fd);
	fd = -1;
}

/**
 * struct state - what of a session a failed call may have left half done
 * @there: is there a program; without a session, is there a device?
 */
struct state {
	struct dev_state session;
	__u64 there;
};

static struct state state(void)
{
	if (fd < 0)
		return (struct state) { .there = !access(RTINTERCEPT_DEVICE, F_OK) };
	return (struct state) { dev_state(fd), !do_program_get() };
}

static int is_same(struct state a, struct state b)
{
	return !memcmp(&a, &b, sizeof(a));
}

static const struct op {
	const char *name;
	int (*begin)(void);
	int (*act)(void);
} ops[] = {
	{ "open", begin_new, do_open },
	{ "INFO", begin_whole, do_info },
	{ "ATTACH, ingress", begin_new, do_ingress },
	{ "ATTACH, rx_handler", begin_new, do_rx_handler },
	{ "DETACH", begin_whole, do_detach },
	{ "RULE_ADD", begin_whole, do_add },
	{ "RULE_DEL", begin_whole, do_del },
	{ "RULE_LIST", begin_whole, do_rule_list },
	{ "RULE_REPLACE", begin_whole, do_replace },
	{ "RULE_FLUSH", begin_whole, do_rule_flush },
	{ "RING_SETUP", begin_new, do_ring },
	{ "START", begin_whole, do_start },
	{ "STOP", begin_whole, do_stop },
	{ "WAKEUP", begin_whole, do_wakeup },
	{ "STATS", begin_whole, do_stats },
	{ "RULE_STATS", begin_whole, do_rule_stats },
	{ "SESSION_LIST", begin_whole, do_session_list },
	{ "ATTACHMENT_LIST", begin_whole, do_attachment_list },
	{ "PROGRAM_SET", begin_new, do_program },
	{ "PROGRAM_SET, another", begin_whole, do_program },
	{ "PROGRAM_SET, eBPF", begin_new, do_ebpf },
	{ "PROGRAM_SET, none", begin_whole, do_program_none },
	{ "PROGRAM_GET", begin_whole, do_program_get },
	{ "REPLY_SET", begin_whole, do_reply },
	{ "WAIT", begin_whole, do_wait },
	{ "mmap, the consumer's page", begin_whole, do_map_consumer },
	{ "mmap, the data", begin_whole, do_map_data },
	{ "poll", begin_whole, do_poll },
	{ "the module is loaded", begin_unloaded, load },
};

/* The state that the call leaves when nothing fails. Returns its errno. */
static int succeed(const struct op *op, struct state *done)
{
	int err = op->begin() ?: op->act();

	*done = state();
	end();
	return err;
}

/* Returns whether something was made to fail. */
static int try(const struct op *op, int nth, struct state done, int *bad)
{
	struct state before, after;
	int err, injected;

	if (op->begin()) {
		printf("Bail out! %s: nothing to begin with\n", op->name);
		exit(1);
	}
	before = state();
	faults_arm(nth);
	err = op->act();
	injected = faults_disarm();
	after = state();
	if (err ? !is_same(after, before) && !is_same(after, done) :
		  !is_same(after, done)) {
		printf("# %s: point %d: error %d, and half is done\n", op->name,
		       nth, err);
		(*bad)++;
	}
	if (err && (!injected || (is_same(after, before) && op->act()))) {
		printf("# %s: point %d: error %d, and it does not recover\n",
		       op->name, nth, err);
		(*bad)++;
	}
	end();
	return injected;
}

static void sweep(const struct op *op)
{
	struct state done;
	int nth = 1, bad = 0, err = succeed(op, &done);

	if (err == -EOPNOTSUPP) {
		skip(op->name, "INFO does not offer it");
		return;
	}
	if (!is(err, 0, "%s: when nothing fails", op->name))
		return;
	while (nth < POINTS_MAX && try(op, nth, done, &bad))
		nth++;
	ok(!bad && nth < POINTS_MAX, "%s: %d points of failure", op->name, nth - 1);
	printf("# figure failnth_points %d\n", nth - 1);
}

int main(void)
{
	const struct bpf_insn insns[] = { MOVE(BPF_REG_0, 64), EXIT };
	const char *only = getenv("RTI_CALL") ?: "";
	size_t i;

	if (faults_set_up()) {
		skip("points of failure", "this kernel injects no faults");
		return tap_end();
	}
	module = module_copy();
	filter = program_load(BPF_PROG_TYPE_SOCKET_FILTER, insns, COUNT_OF(insns));
	for (i = 0; i < COUNT_OF(ops); i++)
		if (strstr(ops[i].name, only))
			sweep(&ops[i]);
	is(access("/sys/module/rtintercept", F_OK) ? load() : 0, 0,
	   "the module is there");
	return tap_end();
}
