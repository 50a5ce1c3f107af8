/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the kernel schedules and what clock it has. */
#include <stdio.h>
#include <string.h>

#include "doctor/doctor.h"

static void look_throttling(const struct patient *p, struct finding *f)
{
	long long runtime, period;

	if (look_number(f, &period, "/proc/sys/kernel/sched_rt_period_us") ||
	    look_number(f, &runtime, "/proc/sys/kernel/sched_rt_runtime_us"))
		return unknown(f, "this kernel does not tell");
	found(f, "real-time tasks may run %lld of %lld us", runtime, period);
	if (runtime >= 0 && runtime < period)
		advice(f, "a reader that spins with SCHED_FIFO is stopped for the rest "
		       "of each period, when others want its CPU",
		       "sysctl -w kernel.sched_rt_runtime_us=-1 (only with the "
		       "reader on a CPU of its own: nothing else then runs there)");
}

#define FAIR_SERVER	"/sys/kernel/debug/sched/fair_server/cpu%d/"

/* Linux 6.12 and later. It knows nothing of sched_rt_runtime_us. */
static void look_fair_server(const struct patient *p, struct finding *f)
{
	const int cpu = cpu_of(p);
	long long runtime_ns, period_ns;

	if (look_number(f, &period_ns, FAIR_SERVER "period", cpu) ||
	    look_number(f, &runtime_ns, FAIR_SERVER "runtime", cpu))
		return unknown(f, "Linux before 6.12 has none, and later ones let root read "
			       "it, if debugfs is mounted");
	found(f, "ordinary tasks that wait for CPU %d get it for %lld of %lld ms", cpu,
	      runtime_ns / 1000000, period_ns / 1000000);
	if (runtime_ns)
		advice(f, "a reader that spins with SCHED_FIFO is stopped so long, whatever "
		       "sched_rt_runtime_us is",
		       "echo 0 >" FAIR_SERVER "runtime (only with the reader on a CPU of "
		       "its own: nothing else then runs there)", cpu);
}

/* Newer kernels choose at boot: "none (voluntary) full lazy". */
static int chosen(char *model, size_t bytes)
{
	char text[128], *open;

	if (tree_read(text, sizeof(text), "/sys/kernel/debug/sched/preempt"))
		return 0;
	open = strchr(text, '(');
	if (!open)
		return 0;
	snprintf(model, bytes, "%.*s", (int)strcspn(open + 1, ")"), open + 1);
	return 1;
}

static void look_preemption(const struct patient *p, struct finding *f)
{
	char version[512], model[32] = "";
	long long realtime;

	if (!look_number(f, &realtime, "/sys/kernel/realtime") && realtime == 1) {
		found(f, "PREEMPT_RT");
		return;
	}
	if (look_at(f, version, sizeof(version), "/proc/version"))
		return unknown(f, "this kernel does not tell");
	if (strstr(version, "PREEMPT_RT")) {
		found(f, "PREEMPT_RT");
	} else if (strstr(version, "PREEMPT_DYNAMIC")) {
		if (!chosen(model, sizeof(model)) &&
		    !command_line_word("preempt=", model, sizeof(model))) {
			found(f, "chosen at boot, not by the command line");
			return unknown(f, "/sys/kernel/debug/sched/preempt cannot be "
				       "read; preempt=full on the command line settles it");
		}
		found(f, "PREEMPT_DYNAMIC, %s", model);
		if (strcmp(model, "full"))
			advice(f, "a long system call of another task holds the reader up",
			       "boot with preempt=full");
	} else if (has_word(version, "PREEMPT")) {
		found(f, "PREEMPT");
	} else {
		found(f, "not preemptible, or voluntarily");
		advice(f, "a long system call of another task holds the reader up",
		       "install a kernel with CONFIG_PREEMPT or PREEMPT_RT "
		       "(apt-get install linux-image-rt-amd64)");
	}
}

static void look_clock(const struct patient *p, struct finding *f)
{
	static const char *const fast[] = {
		"tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "arch_sys_counter",
	};
	char source[64];
	size_t i;

	if (look_at(f, source, sizeof(source), "/sys/devices/system/clocksource/"
		    "clocksource0/current_clocksource"))
		return unknown(f, "this kernel does not tell");
	found(f, "%s", source);
	for (i = 0; i < sizeof(fast) / sizeof(fast[0]); i++)
		if (!strcmp(source, fast[i]))
			return fine(f);
	advice(f, "reading the time is a slow access to a device, in the hook and in "
	       "the reader",
	       "boot with clocksource=tsc tsc=reliable, if the TSCs do agree (dmesg | "
	       "grep -i tsc tells why it is not used)");
}

static void look_jit(const struct patient *p, struct finding *f)
{
	long long jit;

	if (look_number(f, &jit, "/proc/sys/net/core/bpf_jit_enable"))
		return unknown(f, "it is for root to read, or the kernel has no BPF");
	found(f, "bpf_jit_enable %lld", jit);
	if (!jit)
		advice(f, "the XDP program is interpreted, ten times slower",
		       "sysctl -w net.core.bpf_jit_enable=1");
	else if (jit == 2)
		advice(f, "2 is for debugging: each program is written to the log",
		       "sysctl -w net.core.bpf_jit_enable=1");
}

const struct check kernel_checks[] = {
	{ "rt-throttling", look_throttling },
	{ "fair-server", look_fair_server },
	{ "preemption", look_preemption },
	{ "clock", look_clock },
	{ "bpf-jit", look_jit },
	{ NULL, NULL }
};
