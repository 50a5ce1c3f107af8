/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits and capabilities of whoever runs this: what a reader of theirs may do. */
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/doctor.h"

#define UNLIMITED	~0ULL

#ifndef CAP_PERFMON
#define CAP_PERFMON	38
#endif
#ifndef CAP_BPF
#define CAP_BPF		39
#endif

/* Return: 0, or -1: cannot be read. */
static int capabilities(struct finding *f, __u64 *mask)
{
	char text[TREE_TEXT_BYTES];
	const char *at;

	if (look_at(f, text, sizeof(text), "/proc/self/status"))
		return -1;
	at = strstr(text, "\nCapEff:");
	if (!at)
		return -1;
	*mask = strtoull(at + strlen("\nCapEff:"), NULL, 16);
	return 0;
}

static int has_capability(int number)
{
	struct finding unused;
	__u64 mask;

	return !capabilities(&unused, &mask) && mask & 1ULL << number;
}

/* The soft limit: the first number behind the name. Return: 0, or -1. */
static int limit(struct finding *f, const char *name, __u64 *value)
{
	char text[TREE_TEXT_BYTES], *end;
	const char *at;

	if (look_at(f, text, sizeof(text), "/proc/self/limits"))
		return -1;
	at = strstr(text, name);
	if (!at)
		return -1;
	at += strlen(name);
	at += strspn(at, " ");
	if (!strncmp(at, "unlimited", 9)) {
		*value = UNLIMITED;
		return 0;
	}
	*value = strtoull(at, &end, 10);
	return end == at ? -1 : 0;
}

static void look_priority(const struct patient *p, struct finding *f)
{
	int may = has_capability(CAP_SYS_NICE);
	__u64 most;

	if (limit(f, "Max realtime priority", &most))
		return unknown(f, "the limits cannot be read");
	found(f, "RLIMIT_RTPRIO %llu, %s CAP_SYS_NICE",
	      (unsigned long long)most, may ? "with" : "without");
	if (!may && most < 1)
		advice(f, "a reader of yours cannot have SCHED_FIFO: other tasks come first",
		       "\"USER - rtprio 98\" in /etc/security/limits.conf, or setcap "
		       "cap_sys_nice+ep PROGRAM");
}

static void look_memlock(const struct patient *p, struct finding *f)
{
	int may = has_capability(CAP_IPC_LOCK);
	__u64 most;

	if (limit(f, "Max locked memory", &most))
		return unknown(f, "the limits cannot be read");
	if (most == UNLIMITED)
		found(f, "RLIMIT_MEMLOCK unlimited");
	else
		found(f, "RLIMIT_MEMLOCK %llu KiB, %s CAP_IPC_LOCK",
		      (unsigned long long)most / 1024, may ? "with" : "without");
	if (!may && most < 64ULL << 20)
		advice(f, "a reader of yours cannot lock its memory: page faults",
		       "\"USER - memlock unlimited\" in /etc/security/limits.conf, or "
		       "setcap cap_ipc_lock+ep PROGRAM");
}

static void look_slack(const struct patient *p, struct finding *f)
{
	long long slack_ns;

	if (look_number(f, &slack_ns, "/proc/self/timerslack_ns"))
		return unknown(f, "this kernel does not tell");
	found(f, "%lld ns, as programs started from here have it", slack_ns);
	if (slack_ns > 1000)
		advice(f, "a sleep that ends by the clock ends so much later",
		       "read with --rt PRIO (rtintercept_realtime() in C), which sets 1 ns");
}

static void look_capabilities(const struct patient *p, struct finding *f)
{
	static const struct {
		int number;
		const char *name;
	} wanted[] = {
		{ CAP_NET_RAW, "cap_net_raw" }, { CAP_NET_ADMIN, "cap_net_admin" },
		{ CAP_BPF, "cap_bpf" }, { CAP_PERFMON, "cap_perfmon" },
	};
	char missing[128] = "";
	size_t i, used = 0;
	__u64 mask;

	if (capabilities(f, &mask))
		return unknown(f, "the capabilities cannot be read");
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (!(mask & 1ULL << wanted[i].number))
			used += (size_t)snprintf(missing + used, sizeof(missing) - used,
						 "%s%s", used ? "," : "", wanted[i].name);
	if (!used) {
		found(f, "all that intercepting takes");
		return;
	}
	found(f, "missing: %s", missing);
	advice(f, "the module takes cap_net_raw to attach and cap_net_admin to drop; "
	       "XDP takes all but cap_net_raw", "setcap %s+ep PROGRAM, or as root",
	       missing);
}

const struct check rights_checks[] = {
	{ "capabilities", look_capabilities },
	{ "rt-priority", look_priority },
	{ "locked-memory", look_memlock },
	{ "timer-slack", look_slack },
	{ NULL, NULL }
};
