/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUs that sleep deeply or run slowly when a packet comes. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "doctor/doctor.h"

#define CPUS		"/sys/devices/system/cpu"
#define STATES_MAX	16
#define DEEP_US		10	/* takes so long to wake up from */
#define BOUND_DEVICE	"/dev/cpu_dma_latency"

/* What somebody has bounded every CPU to; -1: nobody, or it cannot be read. */
static long bound_us(void)
{
	int32_t us;

	if (tree_bytes(&us, sizeof(us), BOUND_DEVICE) != sizeof(us) || us < 0 ||
	    us >= 2000000000)
		return -1;
	return us;
}

/* The deepest state that is not disabled, and not cut off by the bound. */
static int deepest(const struct patient *p, struct finding *f, long long *latency,
		   char *name, size_t bytes)
{
	long long us, disabled, most = bound_us();
	int i, seen = 0;

	*latency = -1;
	for (i = 0; i < STATES_MAX; i++) {
		if (look_number(f, &us, CPUS "/cpu%d/cpuidle/state%d/latency",
				cpu_of(p), i))
			break;
		seen++;
		if (!look_number(f, &disabled, CPUS "/cpu%d/cpuidle/state%d/disable",
				 cpu_of(p), i) && disabled)
			continue;
		if ((most >= 0 && us > most) || us <= *latency)
			continue;
		*latency = us;
		look_at(f, name, bytes, CPUS "/cpu%d/cpuidle/state%d/name",
			cpu_of(p), i);
	}
	snprintf(f->where, sizeof(f->where), CPUS "/cpu%d/cpuidle", cpu_of(p));
	return seen;
}

static void look_cstates(const struct patient *p, struct finding *f)
{
	char name[32] = "", idle[32];
	long long us;

	if (!deepest(p, f, &us, name, sizeof(name))) {
		if (!command_line_word("idle=", idle, sizeof(idle))) {
			unknown(f, "the kernel shows no idle states: firmware or "
				"hypervisor decide");
			return;
		}
		found(f, "idle=%s", idle);
		fine(f);
		return;
	}
	found(f, "CPU %d may sleep in %s, %lld us to wake up; " BOUND_DEVICE
	      " %s", cpu_of(p), name[0] ? name : "no state", us < 0 ? 0 : us,
	      bound_us() < 0 ? "bounds nothing" : "is held");
	if (us > DEEP_US)
		advice(f, "a packet that comes to a sleeping CPU waits until it is awake",
		       "read with --rt PRIO (rtintercept_realtime() in C), which "
		       "holds " BOUND_DEVICE " at 0; or boot with "
		       "processor.max_cstate=1 intel_idle.max_cstate=0");
}

static void look_governor(const struct patient *p, struct finding *f)
{
	char governor[32];

	if (look_at(f, governor, sizeof(governor),
		    CPUS "/cpu%d/cpufreq/scaling_governor", cpu_of(p))) {
		unknown(f, "the kernel does not scale this CPU: firmware or "
			"hypervisor decide");
		return;
	}
	found(f, "CPU %d: %s", cpu_of(p), governor);
	if (strcmp(governor, "performance"))
		advice(f, "after a pause a CPU begins slowly",
		       "echo performance | tee " CPUS
		       "/cpu*/cpufreq/scaling_governor");
}

static void look_aspm(const struct patient *p, struct finding *f)
{
	char policy[128];

	if (look_at(f, policy, sizeof(policy),
		    "/sys/module/pcie_aspm/parameters/policy")) {
		unknown(f, "this kernel has no PCIe power management");
		return;
	}
	found(f, "%s", policy);
	if (!strstr(policy, "[performance]"))
		advice(f, "a PCIe link that sleeps delays the NIC's transfers",
		       "echo performance >/sys/module/pcie_aspm/parameters/policy; "
		       "or boot with pcie_aspm.policy=performance");
}

const struct check power_checks[] = {
	{ "c-states", look_cstates },
	{ "governor", look_governor },
	{ "pcie-power", look_aspm },
	{ NULL, NULL }
};
