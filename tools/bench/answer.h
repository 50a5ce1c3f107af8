/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who answers a request: a socket's server, our reader with a socket, the kernel. */
#ifndef RTINTERCEPT_BENCH_ANSWER_H
#define RTINTERCEPT_BENCH_ANSWER_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include "lib/rtintercept.h"

enum answer_by {
	ANSWER_SOCKET,	/* recvfrom(), sendto() */
	ANSWER_READER,	/* a record, sendto(); the stack never sees the request */
	ANSWER_REPLY,	/* REPLY */
	ANSWER_RECORD,	/* REPLY, and a record */
	ANSWER_KINDS
};
#define ANSWER_NAMES { "socket", "reader", "reply", "reply_record" }

/**
 * struct answer - a server
 * @by: how it answers
 * @rti: a session, attached and running; not for ANSWER_SOCKET
 * @fd: socket, bound to the port
 * @priority: SCHED_FIFO; 0: SCHED_OTHER
 * @cpu: where it runs; -1: anywhere
 * @thread: where there is a server to run
 * @stop: it is to end
 */
struct answer {
	enum answer_by by;
	struct rtintercept *rti;
	int fd;
	int priority;
	int cpu;
	pthread_t thread;
	_Atomic int stop;
};

int answer_start(struct answer *a);
void answer_stop(struct answer *a);
int answer_set_thread(pthread_t thread, int priority, int cpu);

#endif
