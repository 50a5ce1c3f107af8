/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * latency: a thread that reads the ring, one that receives from a socket if that
 * was asked for, and one that joins their samples and shows them. The first two
 * do nothing but take times.
 */
#ifndef LATENCY_H
#define LATENCY_H

#include <pthread.h>
#include <stdio.h>

#include "intercept.h"
#include "latency/match.h"
#include "latency/samples.h"
#include "tools/bench/hist.h"

/**
 * struct latency_options - of the command line
 * @intercept: the session
 * @spin: the receivers spin; else they sleep
 * @port: of the socket; 0: there is none
 * @count: end after so many records; 0: never
 * @seconds: end after so long; 0: never
 * @interval: seconds between two looks
 * @ascii: no UTF-8
 */
struct latency_options {
	struct intercept_options intercept;
	int spin;
	__u16 port;
	__u64 count;
	double seconds;
	double interval;
	int ascii;
};

/**
 * struct usage - what a receiving thread cost
 * @cpu_ns: user and system time
 * @wall_ns: how long it ran
 * @faults: page faults
 */
struct usage {
	__u64 cpu_ns;
	__u64 wall_ns;
	__u64 faults;
};

/**
 * struct receiver - one of the two threads
 * @o: the options
 * @rti: of the reader: the session
 * @fd: of the listener: the socket
 * @samples: what it has measured
 * @lost: of the reader: missing sequence numbers; of the listener: what the
 *	socket had no room for
 * @err: why it gave up, negative errno; 0: it did not
 * @usage: when it has ended
 * @thread: itself
 */
struct receiver {
	const struct latency_options *o;
	struct rtintercept *rti;
	int fd;
	struct samples samples;
	__u64 lost;
	int err;
	struct usage usage;
	pthread_t thread;
};

/**
 * struct side - what is shown of a receiver
 * @name: "ring" or "socket"
 * @all: since the begin
 * @last: since the last look
 * @lost: since the begin
 * @lost_before: at the last look
 * @unjoined: of the socket: packets whose T1 is not known
 */
struct side {
	const char *name;
	struct hist all;
	struct hist last;
	__u64 lost;
	__u64 lost_before;
	__u64 unjoined;
};

/**
 * struct latency - one that runs
 * @o: the options
 * @ring: the thread that reads the ring
 * @socket: the one that receives
 * @sides: of ring and socket; the second only with a port
 * @match: T1 of packets that the socket has not yielded yet
 * @begin_ns: when it began; what a socket had before that was not seen
 * @end_ns: when it ended
 * @looked_ns: when it was last shown
 * @rule: its text
 */
struct latency {
	const struct latency_options *o;
	struct receiver ring;
	struct receiver socket;
	struct side sides[2];
	struct match match;
	__u64 begin_ns;
	__u64 end_ns;
	__u64 looked_ns;
	char *rule;
};

/* receiver.c */
int receiver_start(struct receiver *r, void *(*run)(void *receiver));
void receiver_begin(struct usage *usage);
void receiver_end(struct usage *usage);
void receiver_failed(struct receiver *r, int err);

void *reader_run(void *receiver);			/* reader.c */
int listener_open(struct receiver *r);			/* listener.c */
void *listener_run(void *receiver);

/* show.c */
void show_interval(struct latency *l, __u64 now_ns);
void show_summary(struct latency *l, __u64 now_ns);

#endif /* LATENCY_H */
