/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may do what: each operation by each kind of caller. The node's mode decides
 * who opens, capabilities in the namespace that the session lives in decide the
 * rest.
 */
#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "device.h"
#include "operations.h"

#define USER	65533
#define GROUP	65532
#define RAW	NEEDS_RAW
#define ADMIN	NEEDS_ADMIN

/*
 * @uid, @in_group, @capabilities: of the process. @nested: it is root in a user
 * namespace below, with a network namespace: NESTED_INSIDE: and opens there,
 * NESTED_LATER: has opened before. @has: what counts for its own session;
 * @others: what counts for another's.
 */
static const struct caller {
	const char *name;
	uid_t uid;
	int in_group;
	__u32 capabilities;
	enum { FLAT, NESTED_INSIDE, NESTED_LATER } nested;
	int opens;
	__u32 has;
	__u32 others;
} callers[] = {
	{ "root", 0, 0, RAW | ADMIN, FLAT, 0, RAW | ADMIN, ADMIN },
	{ "root without a capability", 0, 0, 0, FLAT, 0, 0, 0 },
	{ "root with CAP_NET_RAW alone", 0, 0, RAW, FLAT, 0, RAW, 0 },
	{ "a user", USER, 0, 0, FLAT, -EACCES, 0, 0 },
	{ "a user with both capabilities", USER, 0, RAW | ADMIN, FLAT, -EACCES, 0, 0 },
	{ "a member of the group", USER, 1, 0, FLAT, 0, 0, 0 },
	{ "a member with CAP_NET_RAW", USER, 1, RAW, FLAT, 0, RAW, 0 },
	{ "a member with CAP_NET_ADMIN", USER, 1, ADMIN, FLAT, 0, ADMIN, ADMIN },
	{ "a member with both", USER, 1, RAW | ADMIN, FLAT, 0, RAW | ADMIN, ADMIN },
	{ "root of a namespace of its own", USER, 1, 0, NESTED_INSIDE, 0, RAW | ADMIN, 0 },
	{ "who becomes that after opening", USER, 1, 0, NESTED_LATER, 0, 0, 0 },
};

static void must(int err, const char *what)
{
	if (!err)
		return;
	printf("Bail out! %s: %s\n", what, strerror(errno));
	_exit(1);
}

/* Keeps these capabilities and no others. */
static void become(const struct caller *who)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{ who->capabilities, who->capabilities, 0 },
	};
	gid_t group = GROUP;

	setgroups((size_t)who->in_group, &group);
	prctl(PR_SET_KEEPCAPS, 1);
	must(setresgid(who->uid, who->uid, who->uid), "setresgid");
	must(setresuid(who->uid, who->uid, who->uid), "setresuid");
	must((int)syscall(SYS_capset, &header, data), "capset");
}

static int open_as(const struct caller *who)
{
	int fd = who->nested == NESTED_LATER ? dev_open() : -1;

	if (who->nested != FLAT)
		must(unshare(CLONE_NEWUSER | CLONE_NEWNET), "unshare");
	return who->nested == NESTED_LATER ? fd : dev_open();
}

/* In a child, where cases cannot be counted: results go into the pipe. */
static void run_as(const struct caller *who, __u32 others_id, int to)
{
	int result, fd;
	size_t i;

	become(who);
	fd = open_as(who);
	result = fd < 0 ? fd : 0;
	must(write(to, &result, sizeof(result)) < 0, "write");
	for (i = 0; i < 2 * OPERATIONS && fd >= 0; i++) {
		result = operations[i / 2].run(fd, i % 2 ? others_id : 0);
		must(write(to, &result, sizeof(result)) < 0, "write");
	}
	_exit(0);
}

/* What it comes to; the other's session is asked for capabilities over it only. */
static int wanted(const struct operation *op, const struct caller *who, int other)
{
	if (other)
		return who->others & ADMIN ? 0 : -EPERM;
	return op->needs & ~who->has ? -EPERM : 0;
}

static void test_caller(const struct caller *who, __u32 others_id)
{
	int ends[2], got = -1000, other;
	size_t i;

	must(pipe(ends), "pipe");
	fflush(stdout);
	if (!fork())
		run_as(who, others_id, ends[1]);
	close(ends[1]);
	must(read(ends[0], &got, sizeof(got)) != sizeof(got), "a caller's result");
	is(got, who->opens, "%s: open", who->name);
	for (i = 0; i < 2 * OPERATIONS && !who->opens; i++) {
		other = (int)(i % 2);
		must(read(ends[0], &got, sizeof(got)) != sizeof(got), "a caller's result");
		if (!other || operations[i / 2].others)
			is(got, wanted(&operations[i / 2], who, other), "%s: %s%s",
			   who->name, operations[i / 2].name,
			   other ? " of another" : "");
	}
	wait(NULL);
	close(ends[0]);
}

static int listed(int fd)
{
	struct rtintercept_session_list args = {
		.size = sizeof(args), .session_size = sizeof(struct rtintercept_session),
	};

	dev_ioctl(fd, RTINTERCEPT_IOC_SESSION_LIST, &args);
	return (int)args.count;
}

/* Whom one may not touch one does not see. */
static void test_sight(void)
{
	static const __u32 capabilities[] = { 0, RAW, ADMIN };
	int seen[3] = { 0 }, ends[2], i;

	must(pipe(ends), "pipe");
	for (i = 0; i < 3; i++) {
		const struct caller who = {
			.uid = USER, .in_group = 1, .capabilities = capabilities[i],
		};

		fflush(stdout);
		if (!fork()) {
			become(&who);
			seen[i] = listed(dev_open());
			_exit(write(ends[1], &seen[i], sizeof(int)) < 0);
		}
		wait(NULL);
		must(read(ends[0], &seen[i], sizeof(int)) != sizeof(int), "sight");
	}
	is(seen[0], 1, "a member of the group sees its own session");
	is(seen[1], 1, "so does one with CAP_NET_RAW");
	is(seen[2], 2, "one with CAP_NET_ADMIN sees all");
}

int main(void)
{
	struct rtintercept_info others = { .size = sizeof(others) };
	const int fd = dev_open();
	struct stat st;
	size_t i;

	must(stat(RTINTERCEPT_DEVICE, &st), RTINTERCEPT_DEVICE);
	is(st.st_mode & 07777, 0660, "the node is for its owner and group");
	must(chown(RTINTERCEPT_DEVICE, 0, GROUP), "chown");
	must(dev_ioctl(fd, RTINTERCEPT_IOC_INFO, &others), "INFO");
	for (i = 0; i < sizeof(callers) / sizeof(callers[0]); i++)
		test_caller(&callers[i], others.session_id);
	test_sight();
	is(chown(RTINTERCEPT_DEVICE, 0, 0), 0, "as it was");
	close(fd);
	return tap_end();
}
