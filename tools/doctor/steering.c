/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An interface: which CPU handles its packets, and in what context. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/doctor.h"

#define NET	"/sys/class/net"

/**
 * struct queues - what was seen of an interface's queues
 * @p: the patient
 * @f: the finding, for where it was read
 * @kind: "rx-" or "tx-"
 * @file: the file of each queue
 * @count: how many there are
 * @set: in how many the file says something
 * @text: what the last of those says
 */
struct queues {
	const struct patient *p;
	struct finding *f;
	const char *kind;
	const char *file;
	int count;
	int set;
	char text[96];
};

static int look_queue(const char *name, void *data)
{
	struct queues *q = data;
	char text[96];

	if (strncmp(name, q->kind, 3))
		return 0;
	q->count++;
	if (look_at(q->f, text, sizeof(text), NET "/%s/queues/%.32s/%s",
		    q->p->interface, name, q->file) || !has_bits(text))
		return 0;
	q->set++;
	memcpy(q->text, text, sizeof(text));
	return 0;
}

/* Return: whether there are queues at all. */
static int look_queues(struct queues *q, const struct patient *p, struct finding *f,
		       const char *kind, const char *file)
{
	char path[TREE_PATH_BYTES];

	*q = (struct queues) { .p = p, .f = f, .kind = kind, .file = file };
	snprintf(path, sizeof(path), NET "/%s/queues", p->interface);
	tree_each(path, look_queue, q);
	snprintf(f->where, sizeof(f->where), NET "/%s/queues/%s*/%s", p->interface,
		 kind, file);
	return q->count > 0;
}

static void look_rps(const struct patient *p, struct finding *f)
{
	struct queues q;

	if (!look_queues(&q, p, f, "rx-", "rps_cpus"))
		return unknown(f, "it has no queues that can be seen");
	found(f, "%d of %d queues with CPUs%s%s", q.set, q.count,
	      q.set ? ": " : "", q.text);
	if (q.set)
		advice(f, "packets are handed to another CPU by an interrupt before the "
		       "module sees them", "for q in " NET "/%s/queues/rx-*; do "
		       "echo 0 >$q/rps_cpus; done", p->shell);
}

static void look_rfs(const struct patient *p, struct finding *f)
{
	long long entries = 0;
	struct queues q;

	if (look_number(f, &entries, "/proc/sys/net/core/rps_sock_flow_entries"))
		return unknown(f, "this kernel does not tell");
	if (!look_queues(&q, p, f, "rx-", "rps_flow_cnt"))
		return unknown(f, "it has no queues that can be seen");
	found(f, "rps_sock_flow_entries %lld, flows in %d of %d queues", entries,
	      q.set, q.count);
	if (entries && q.set)
		advice(f, "packets follow sockets' readers from CPU to CPU",
		       "sysctl -w net.core.rps_sock_flow_entries=0");
}

static void look_xps(const struct patient *p, struct finding *f)
{
	struct queues q;

	if (!look_queues(&q, p, f, "tx-", "xps_cpus"))
		return unknown(f, "it has no queues that can be seen");
	found(f, "%d of %d queues with CPUs", q.set, q.count);
	snprintf(f->why, sizeof(f->why), "it is about sending only");
}

static void look_threaded(const struct patient *p, struct finding *f)
{
	long long threaded;

	if (look_number(f, &threaded, NET "/%s/threaded", p->interface))
		return unknown(f, "this kernel or driver has no threaded NAPI");
	found(f, "threaded NAPI %s", threaded ? "on" : "off");
	if (threaded)
		advice(f, "packets wait for a thread of ordinary priority",
		       "echo 0 >" NET "/%s/threaded; or chrt -f -p 50 the threads "
		       "napi/%s-*", p->shell, p->shell);
}

static void look_deferred(const struct patient *p, struct finding *f)
{
	long long timeout_ns, rounds;

	if (look_number(f, &rounds, NET "/%s/napi_defer_hard_irqs", p->interface) ||
	    look_number(f, &timeout_ns, NET "/%s/gro_flush_timeout", p->interface))
		return unknown(f, "this kernel does not tell");
	found(f, "gro_flush_timeout %lld ns, napi_defer_hard_irqs %lld", timeout_ns,
	      rounds);
	if (timeout_ns || rounds)
		advice(f, "interrupts stay off for so long, packets wait for a timer",
		       "echo 0 >" NET "/%s/gro_flush_timeout; echo 0 >" NET
		       "/%s/napi_defer_hard_irqs", p->shell, p->shell);
}

/**
 * struct interrupts - an interface's
 * @p: the patient
 * @count: how many there are
 * @known: of how many the CPUs are known
 * @here: how many come to the reader's CPU
 * @text: number and CPUs of each, as far as there is room
 * @used: of @text
 * @number: one that comes to the reader's CPU
 */
struct interrupts {
	const struct patient *p;
	int count;
	int known;
	int here;
	char text[160];
	size_t used;
	char number[16];
};

static int look_interrupt(const char *name, void *data)
{
	struct interrupts *irqs = data;
	struct finding unused;
	char cpus[64];

	if (name[strspn(name, "0123456789")])
		return 0;
	irqs->count++;
	if (look_at(&unused, cpus, sizeof(cpus), "/proc/irq/%.12s/effective_affinity_list",
		    name) &&
	    look_at(&unused, cpus, sizeof(cpus), "/proc/irq/%.12s/smp_affinity_list",
		    name))
		return 0;
	irqs->known++;
	if (irqs->used < sizeof(irqs->text))
		irqs->used += (size_t)snprintf(irqs->text + irqs->used,
					       sizeof(irqs->text) - irqs->used,
					       "%s%.12s on %.24s", irqs->used ? ", " : "",
					       name, cpus);
	if (has_cpu(cpus, irqs->p->cpu)) {
		irqs->here++;
		snprintf(irqs->number, sizeof(irqs->number), "%.12s", name);
	}
	return 0;
}

/* Those of the device itself, or of the one that carries it (virtio). */
static void look_interrupts(const struct patient *p, struct finding *f)
{
	static const char *const places[] = { "device/msi_irqs", "device/../msi_irqs" };
	struct interrupts irqs = { .p = p };
	char path[TREE_PATH_BYTES];
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]) && !irqs.count; i++) {
		snprintf(path, sizeof(path), NET "/%s/%s", p->interface, places[i]);
		tree_each(path, look_interrupt, &irqs);
	}
	snprintf(f->where, sizeof(f->where), "%.200s, /proc/irq/*", path);
	if (!irqs.known)
		return unknown(f, "no interrupts of its own can be seen");
	found(f, "IRQ %s", irqs.text);
	if (irqs.here)
		advice(f, "interrupts take the reader's CPU away from it",
		       "echo N >/proc/irq/%s/smp_affinity_list, N another CPU than %d, "
		       "best one with the same cache", irqs.number, p->cpu);
	else if (p->cpu < 0)
		snprintf(f->why, sizeof(f->why), "with --cpu N it is told whether they "
			 "meet a reader there");
}

const struct check steering_checks[] = {
	{ "interrupts", look_interrupts },
	{ "rps", look_rps },
	{ "rfs", look_rfs },
	{ "xps", look_xps },
	{ "threaded-napi", look_threaded },
	{ "deferred-irqs", look_deferred },
	{ NULL, NULL }
};
