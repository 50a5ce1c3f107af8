/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long an answer takes: what is measured, and what comes of it. */
#ifndef RTINTERCEPT_BENCH_REPLY_H
#define RTINTERCEPT_BENCH_REPLY_H

#include <sys/types.h>
#include "tools/bench/answer.h"
#include "tools/bench/hist.h"

#define REPLY_TURNS	4
#define REPLY_LOAD_MAX	64

/**
 * struct reply_options - what the command line said
 * @interface: where requests come in
 * @client_netns: network namespace at its other end; NULL: this one
 * @client_interface: there, a veth, which needs a program for XDP's answers; or NULL
 * @to: address of the interface
 * @json: file to write, NULL: none
 * @backend: RTINTERCEPT_BACKEND_*
 * @count: requests to each server, in REPLY_TURNS turns
 * @bytes: payload of a request
 * @load: processes that keep each CPU busy
 * @client_priority: SCHED_FIFO; 0: SCHED_OTHER
 * @server_priority: likewise
 * @client_cpu: where it runs; -1: anywhere
 * @server_cpu: likewise
 */
struct reply_options {
	const char *interface;
	const char *client_netns;
	const char *client_interface;
	const char *to;
	const char *json;
	uint32_t backend;
	int count;
	int bytes;
	int load;
	int client_priority;
	int server_priority;
	int client_cpu;
	int server_cpu;
};

/**
 * struct reply_run - a measurement under way
 * @o: as given
 * @client: socket, connected; its answers have the kernel's time stamps
 * @server: with its socket
 * @peer: the session on @client_interface
 * @hist: by who answers
 * @to_hook: from the client's clock to T1
 * @load: the processes that keep CPUs busy
 * @loads: how many
 */
struct reply_run {
	const struct reply_options *o;
	int client;
	struct answer server;
	struct rtintercept *peer;
	struct hist hist[ANSWER_KINDS];
	struct hist to_hook;
	pid_t load[REPLY_LOAD_MAX];
	int loads;
};

/* Return: 0, or -errno. */
int reply_measure(struct reply_run *run);

#endif
