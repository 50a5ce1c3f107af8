/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who else is on the reader's CPU. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "doctor/doctor.h"

#define CPUS	"/sys/devices/system/cpu"

/**
 * command_line_word() - an option the kernel was started with
 * @word: "isolcpus="
 * @value: out: what follows, up to the next blank
 * @bytes: room
 *
 * Return: whether it is there.
 */
int command_line_word(const char *word, char *value, size_t bytes)
{
	char line[TREE_TEXT_BYTES];
	const char *at = line;

	value[0] = '\0';
	if (tree_read(line, sizeof(line), "/proc/cmdline"))
		return 0;
	while ((at = strstr(at, word))) {
		if (at == line || at[-1] == ' ') {
			at += strlen(word);
			snprintf(value, bytes, "%.*s", (int)strcspn(at, " "), at);
			return 1;
		}
		at++;
	}
	return 0;
}

static void look_isolation(const struct patient *p, struct finding *f)
{
	char isolated[256] = "", ticks[256] = "", callbacks[256];

	look_at(f, ticks, sizeof(ticks), CPUS "/nohz_full");
	if (look_at(f, isolated, sizeof(isolated), CPUS "/isolated")) {
		unknown(f, "this kernel does not tell which CPUs are isolated");
		return;
	}
	command_line_word("rcu_nocbs=", callbacks, sizeof(callbacks));
	found(f, "isolated: %.60s; nohz_full: %.60s; rcu_nocbs: %.60s",
	      isolated[0] ? isolated : "none",
	      isdigit((unsigned char)ticks[0]) ? ticks : "none",
	      callbacks[0] ? callbacks : "none");
	if (p->cpu < 0 && isolated[0])
		return fine(f);
	if (p->cpu >= 0 && has_cpu(isolated, p->cpu) && has_cpu(ticks, p->cpu))
		return fine(f);
	if (p->cpu < 0)
		advice(f, "other tasks, ticks and RCU callbacks run where the reader does",
		       "boot with isolcpus=N nohz_full=N rcu_nocbs=N, and read with "
		       "--cpu N; " CTL_NAME " doctor --cpu N then looks at that CPU");
	else
		advice(f, "other tasks, ticks and RCU callbacks run where the reader does",
		       "boot with isolcpus=%d nohz_full=%d rcu_nocbs=%d", p->cpu,
		       p->cpu, p->cpu);
}

static void look_smt(const struct patient *p, struct finding *f)
{
	char siblings[128];
	long long active;

	if (p->cpu < 0) {
		if (look_number(f, &active, CPUS "/smt/active"))
			return unknown(f, "this kernel does not tell");
		found(f, "hyper-threading is %s", active ? "on" : "off");
		if (active)
			advice(f, "the sibling of the reader's CPU takes half of its core",
			       "echo off >" CPUS "/smt/control; or " CTL_NAME
			       " doctor --cpu N tells the sibling of N, to be kept idle");
		return;
	}
	if (look_at(f, siblings, sizeof(siblings),
		    CPUS "/cpu%d/topology/thread_siblings_list", p->cpu))
		return unknown(f, "there is no such CPU, or it is off");
	found(f, "CPU %d shares its core with: %s", p->cpu, siblings);
	if (strpbrk(siblings, ",-"))
		advice(f, "what runs on the sibling takes half of the reader's core",
		       "echo 0 >" CPUS "/cpuN/online for each N of %s but %d",
		       siblings, p->cpu);
}

/* A process of that name; @data: the pid, as text */
static int is_irqbalance(const char *name, void *data)
{
	char path[TREE_PATH_BYTES], comm[32];

	if (!isdigit((unsigned char)name[0]))
		return 0;
	snprintf(path, sizeof(path), "/proc/%.20s/comm", name);
	if (tree_read(comm, sizeof(comm), path) || strcmp(comm, "irqbalance"))
		return 0;
	snprintf(data, 32, "%.20s", name);
	return 1;
}

static void look_irqbalance(const struct patient *p, struct finding *f)
{
	char pid[32];
	int running = tree_each("/proc", is_irqbalance, pid);

	snprintf(f->where, sizeof(f->where), "/proc/*/comm");
	if (running < 0)
		return unknown(f, "/proc cannot be read");
	found(f, running ? "irqbalance runs, pid %s" : "irqbalance does not run%s",
	      running ? pid : "");
	if (running)
		advice(f, "it moves interrupts to other CPUs while packets come, the "
		       "reader's among them", "systemctl disable --now irqbalance");
}

const struct check cpu_checks[] = {
	{ "isolation", look_isolation },
	{ "smt", look_smt },
	{ "irqbalance", look_irqbalance },
	{ NULL, NULL }
};
