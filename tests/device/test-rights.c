/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may do what: the node's mode decides who opens, capabilities in the
 * namespace that the session lives in decide the rest.
 */
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "device.h"

#define USER	65533
#define GROUP	65532

static __u32 others_id;
static int pipe_ends[2];

/* The capabilities that are left once we are an ordinary user. */
static void become_user(int in_group, __u32 capabilities)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{ capabilities, capabilities, 0 },
	};
	gid_t group = GROUP;

	setgroups((size_t)in_group, &group);
	prctl(PR_SET_KEEPCAPS, 1);
	if (setresgid(USER, USER, USER) || setresuid(USER, USER, USER) ||
	    syscall(SYS_capset, &header, data)) {
		puts("Bail out! cannot become another user");
		_exit(1);
	}
}

/*
 * @test runs as that user in a child, where its cases cannot be counted: it
 * returns its errors as numbers, which are compared here.
 */
static void as_user(const char *name, int in_group, __u32 capabilities,
		    int (*test)(void), const int *want, int count)
{
	static const char *const what[] = {
		"opening", "INFO", "a ring", "attaching", "a rule that passes",
		"a rule that drops", "starting", "its own counters",
		"another's counters", "sessions listed",
	};
	int got[16] = { 0 }, i;

	fflush(stdout);
	if (fork() == 0) {
		become_user(in_group, capabilities);
		_exit(test());
	}
	wait(NULL);
	for (i = 0; i < count; i++) {
		if (read(pipe_ends[0], &got[i], sizeof(int)) != sizeof(int))
			got[i] = -1000;
		is(got[i], want[i], "%s: %s", name, what[i]);
	}
}

static void tell(int result)
{
	if (write(pipe_ends[1], &result, sizeof(result)) < 0)
		_exit(1);
}

static int stats_of(int fd, __u32 id)
{
	struct rtintercept_stats stats = { .size = sizeof(stats), .session_id = id };

	return dev_ioctl(fd, RTINTERCEPT_IOC_STATS, &stats);
}

static int sessions_listed(int fd)
{
	struct rtintercept_session list[16];
	struct rtintercept_session_list args = {
		.size = sizeof(args), .session_size = sizeof(list[0]),
		.count = 16, .sessions = (__u64)(unsigned long)list,
	};
	int err = dev_ioctl(fd, RTINTERCEPT_IOC_SESSION_LIST, &args);

	return err ? err : (int)args.count;
}

static int use(int fd, const char *ifname)
{
	struct rtintercept_info info = { .size = sizeof(info) };
	struct rtintercept_rule rule = rule_udp(9), drop = rule_udp(10);

	drop.verdict = RTINTERCEPT_VERDICT_DROP;
	tell(fd < 0 ? fd : 0);
	tell(dev_ioctl(fd, RTINTERCEPT_IOC_INFO, &info));
	tell(dev_ring(fd, 65536, NULL));
	tell(dev_attach(fd, ifname, 0));
	tell(dev_rule(fd, &rule));
	tell(dev_rule(fd, &drop));
	tell(dev_start(fd));
	tell(stats_of(fd, 0));
	tell(stats_of(fd, others_id));
	tell(sessions_listed(fd));
	return 0;
}

static int use_here(void)
{
	return use(dev_open(), HERE);
}

static int only_open(void)
{
	int fd = dev_open();

	tell(fd < 0 ? fd : 0);
	return 0;
}

/* Root of a namespace of its own, where all is allowed, and nothing outside. */
static int use_own_namespace(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET)) {
		perror("# unshare");
		return 1;
	}
	return use(dev_open(), "lo");
}

/* What was opened outside stays outside. */
static int use_from_namespace(void)
{
	int fd = dev_open();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET)) {
		perror("# unshare");
		return 1;
	}
	return use(fd, "lo");
}

static void test_root(int fd)
{
	struct rtintercept_info info = { .size = sizeof(info) };
	struct rtintercept_rule rule = rule_udp(9);
	struct rtintercept_rule_add add = { .size = sizeof(add), .rule = rule };
	int own = dev_open();

	dev_ioctl(fd, RTINTERCEPT_IOC_INFO, &info);
	others_id = info.session_id;
	is(stats_of(own, others_id), 0, "root: another's counters");
	is(sessions_listed(own), 2, "root: sessions listed");
	add.session_id = others_id;
	is(dev_ioctl(own, RTINTERCEPT_IOC_RULE_ADD, &add), 0,
	   "root: a rule for another");
	close(own);
}

#define ALL(...) (const int[]) { __VA_ARGS__ }, 10

int main(void)
{
	const __u32 raw = 1U << CAP_NET_RAW, admin = 1U << CAP_NET_ADMIN;
	int fd = dev_open();
	struct stat st;

	if (pipe(pipe_ends) || stat(RTINTERCEPT_DEVICE, &st))
		return 1;
	is(st.st_mode & 07777, 0660, "the node is for its owner and group");
	test_root(fd);
	as_user("a user", 0, 0, only_open, (const int[]) { -EACCES }, 1);
	if (chown(RTINTERCEPT_DEVICE, 0, GROUP))
		return 1;
	as_user("a user of another group", 0, 0, only_open,
		(const int[]) { -EACCES }, 1);
	as_user("a member of the group", 1, 0, use_here,
		ALL(0, 0, 0, -EPERM, 0, -EPERM, 0, 0, -EPERM, 1));
	as_user("with CAP_NET_RAW", 1, raw, use_here,
		ALL(0, 0, 0, 0, 0, -EPERM, 0, 0, -EPERM, 1));
	as_user("with CAP_NET_ADMIN", 1, admin, use_here,
		ALL(0, 0, 0, -EPERM, 0, 0, 0, 0, 0, 2));
	as_user("with both", 1, raw | admin, use_here,
		ALL(0, 0, 0, 0, 0, 0, 0, 0, 0, 2));
	as_user("root of its own namespace", 1, 0, use_own_namespace,
		ALL(0, 0, 0, 0, 0, 0, 0, 0, -EPERM, 1));
	as_user("in its own namespace, opened outside", 1, 0, use_from_namespace,
		ALL(0, 0, 0, -EPERM, 0, -EPERM, 0, 0, -EPERM, 1));
	is(chown(RTINTERCEPT_DEVICE, 0, 0), 0, "as it was");
	close(fd);
	return tap_end();
}
