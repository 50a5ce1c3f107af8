/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A session of the tool's own: the options it is made from, its life, its books. */
#ifndef INTERCEPT_H
#define INTERCEPT_H

#include "options.h"

struct rule_line;

#define INTERFACES_MAX	16

/**
 * struct intercept_options - at the begin of the struct of commands that intercept
 * @common: what most commands have
 * @interfaces: -i; @interfaces_count of them
 * @interfaces_count: how many
 * @hook: --hook, RTINTERCEPT_HOOK_*
 * @snap_bytes: -s; 0: not given
 * @ring_bytes: --ring; 0: not given
 * @priority: --rt; 0: not given
 * @cpu: --cpu, plus 1; 0: not given
 */
struct intercept_options {
	struct common_options common;
	const char *interfaces[INTERFACES_MAX];
	int interfaces_count;
	__u32 hook;
	__u64 snap_bytes;
	__u64 ring_bytes;
	int priority;
	int cpu;
};

int intercept_set_interface(void *options, const char *value);
int intercept_set_hook(void *options, const char *value);
int intercept_set_snap(void *options, const char *value);
int intercept_set_ring(void *options, const char *value);
int intercept_set_rt(void *options, const char *value);
int intercept_set_cpu(void *options, const char *value);

#define INTERCEPT_OPTIONS \
	{ "interface", "IFACE", "intercept here; may be given again", \
	  intercept_set_interface, 'i' }, \
	{ "hook", "HOOK", "auto (default), ingress, rx_handler, xdp_native, xdp_generic", \
	  intercept_set_hook, 0 }, \
	{ "snap", "BYTES", "record only the first bytes of each packet", \
	  intercept_set_snap, 's' }, \
	{ "ring", "BYTES", "size of the ring: a power of two; 4194304 if not given", \
	  intercept_set_ring, 0 }, \
	{ "rt", "PRIO", "read with SCHED_FIFO, memory locked, CPUs kept awake", \
	  intercept_set_rt, 0 }, \
	{ "cpu", "N", "read on this CPU", intercept_set_cpu, 0 }, \
	OPTION_BACKEND

int intercept_rule(const struct intercept_options *o, const char *what, int argc,
		   char **argv, struct rule_line *line);
int intercept_open(const struct intercept_options *o, const char *what,
		   struct rtintercept **out);
int intercept_set_up(const struct intercept_options *o, struct rtintercept *rti,
		     struct rule_line *line);
void intercept_realtime(const struct intercept_options *o,
			struct rtintercept *rti);
int intercept_books(struct rtintercept *rti, const char *what, __u64 used,
		    const char *used_how);

void intercept_signals(void);
void intercept_stop(void);
int intercept_stopped(void);

#endif /* INTERCEPT_H */
