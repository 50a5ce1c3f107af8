/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of rtintercept-bench share: the settings, the memory that the
 * processes of one measurement have in common, and what each file offers.
 *
 * A measurement is a sender, a receiver of ours, perhaps one of the other
 * backend, and a peer: a socket, or another way to receive; a process each, on the
 * same packets. Per packet these times are kept, all CLOCK_MONOTONIC: T0 it was
 * sent, T1 the hook saw it (from the record), T2 our receiver has the record in
 * hand, T3 the peer has the packet in hand.
 */
#ifndef RTINTERCEPT_BENCH_H
#define RTINTERCEPT_BENCH_H

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "lib/rtintercept.h"
#include "tools/bench/waits.h"

#define BENCH_LINE	128	/* two cache lines: they are fetched in pairs */
#define BENCH_READERS_MAX	8	/* sessions of ours */

enum bench_who {
	BENCH_SENDER,
	BENCH_PEER,
	BENCH_OURS,
	BENCH_SECOND,	/* ours too, with the other backend */
	BENCH_MORE,	/* the second of several readers of ours; the others follow */
	BENCH_TASKS = BENCH_MORE + BENCH_READERS_MAX - 1
};

/**
 * struct bench_case - one measurement
 * @ours: how our receiver waits
 * @second: how our receiver with the other backend waits
 * @peer: how the peer waits
 * @snap_bytes: how much of each packet is recorded; 0: all
 */
struct bench_case {
	enum bench_wait ours;
	enum bench_wait second;
	enum bench_wait peer;
	uint32_t snap_bytes;
};

#define BENCH_CASES_MAX	16
#define BENCH_NAME_BYTES	16	/* IFNAMSIZ, which two headers define */
#define BENCH_RECORDS_MAX	4
#define BENCH_FLOWS_MAX		64
#define BENCH_RULES_MAX		4096
#define BENCH_SLICES_MAX	120

/**
 * struct bench_settings - what the command line said
 * @interface: that our receiver attaches to, in the receivers' namespace; or several with
 *	commas between, that our readers take in turn
 * @sender_netns: name of a network namespace, NULL: this one
 * @receiver_netns: likewise
 * @to: address and port of the urgent packets
 * @also_to: where each of them is sent as well
 * @also_to_count: how many
 * @source: address that the sender binds to
 * @have_source: whether @source is given
 * @bytes: UDP payload of the urgent packets; the smallest, if their sizes are mixed
 * @bytes_max: the greatest
 * @rate_pps: urgent packets per second
 * @jitter_permille: of the period, at random, that each is due earlier or later
 * @train_pkts: so many of them are due at the same time, at an unchanged rate
 * @flows: source ports that they come from in turn
 * @count: urgent packets that are measured
 * @warmup_pkts: urgent packets sent before those
 * @burst_pkts: late packets sent back to back at most
 * @sender_wait: how the sender waits for the time of the next packet
 * @background_pps: packets per second to other ports, at random times
 * @background_port: the first of those ports
 * @background_ports: how many
 * @seed: of the background's times, sizes and ports
 * @backend: RTINTERCEPT_BACKEND_*
 * @both: the second receiver of ours has XDP, the first the module
 * @peer: the other way to receive
 * @peer_first: who starts first; interfaces serve taps in the order they came
 * @hook: RTINTERCEPT_HOOK_*
 * @ring_bytes: of our receiver's ring
 * @readers: sessions of ours, a process each; the first waits as the case says, the
 *	others too, but sleep where it spins: it has its CPU to itself
 * @watermark: records that wake a sleeping receiver of ours; 0: the first
 * @rules: of each session; the last is the one that matches
 * @slice_s: what is found is told for each such piece of the time, too; 0: it is not
 * @rcvbuf_bytes: of a measured socket; 0: the system's default
 * @kernel_t1: T1 is the socket's own receive time stamp, no record is needed
 * @sender_cpu: where the sender runs, and the coordinator
 * @spin_cpu: where a receiver that spins runs
 * @block_cpu: where one that sleeps runs
 * @rt_priority: SCHED_FIFO priority of sender and receivers; 0: SCHED_OTHER
 * @rounds: how often the list of cases is gone through
 * @cases: what to measure, in order
 * @cases_count: how many
 * @cases_given: how many of them on the command line
 * @records: snap_bytes to measure each of the cases with; 0: whole packets
 * @records_count: how many
 * @receive_only: nothing is sent by this run; how much another has is not known
 * @receive_ours: receive: our receiver, else the socket
 * @receive_wait: receive: how it waits
 * @json: file to write, NULL: none
 * @ascii: no UTF-8 in the output
 * @floors: compare with the project's promises
 * @quiet: no progress
 */
struct bench_settings {
	const char *interface;
	const char *sender_netns;
	const char *receiver_netns;
	struct sockaddr_in to;
	struct sockaddr_in also_to[BENCH_READERS_MAX - 1];
	uint32_t also_to_count;
	struct sockaddr_in source;
	bool have_source;
	uint32_t bytes;
	uint32_t bytes_max;
	uint32_t rate_pps;
	uint32_t jitter_permille;
	uint32_t train_pkts;
	uint32_t flows;
	uint32_t count;
	uint32_t warmup_pkts;
	uint32_t burst_pkts;
	enum bench_wait sender_wait;
	uint32_t background_pps;
	uint16_t background_port;
	uint16_t background_ports;
	uint64_t seed;
	uint32_t backend;
	bool both;
	const struct bench_receiver *peer;
	bool peer_first;
	uint32_t hook;
	uint64_t ring_bytes;
	uint32_t readers;
	uint32_t watermark;
	uint32_t rules;
	uint32_t slice_s;
	uint32_t rcvbuf_bytes;
	bool kernel_t1;
	int sender_cpu;
	int spin_cpu;
	int block_cpu;
	int rt_priority;
	uint32_t rounds;
	struct bench_case cases[BENCH_CASES_MAX];
	uint32_t cases_count;
	uint32_t cases_given;
	uint32_t records[BENCH_RECORDS_MAX];
	uint32_t records_count;
	bool receive_only;
	bool receive_ours;
	enum bench_wait receive_wait;
	const char *json;
	bool ascii;
	bool floors;
	bool quiet;
};

/**
 * struct bench_report - what one process tells; written by it alone
 * @ready: set up, waits for the start
 * @done: has ended its loop and completed this report
 * @packets: sent or received so far, warm-up included
 * @background: packets sent to other ports
 * @strangers: packets that are not of the bench
 * @duplicates: packets that came twice
 * @errors: calls that failed, packets not sent among them
 * @bursts: times the sender paused because it had sent @burst_pkts late packets
 * @error: why the process gave up, an errno; 0: it did not
 * @what: what it was doing then
 * @cpu_ns: user and system time of the loop
 * @wall_ns: how long the loop took
 * @voluntary: context switches by sleeping, during the loop
 * @involuntary: by others
 * @rcvbuf_bytes: the socket's receive buffer
 * @buffer_bytes: memory that the kernel and the receiver share, or the kernel holds for it
 * @memory_bytes: what open() made the process alone grow by: heap, stack and data
 * @slice_bytes: what the process alone has of memory at the end of each slice, by the
 *	coordinator
 * @how: the peer's settings, for people
 * @socket_drops: packets that the socket's receive buffer had no room for
 * @hook: RTINTERCEPT_HOOK_* in use
 * @stats: the session's books
 * @rule: the rule's books
 * @ring: the reader's books
 * @waits: what became of its waits
 */
struct bench_report {
	_Alignas(BENCH_LINE) _Atomic uint64_t packets;
	_Alignas(BENCH_LINE) _Atomic uint32_t ready;
	_Atomic uint32_t done;
	uint64_t background;
	uint64_t strangers;
	uint64_t duplicates;
	uint64_t errors;
	uint64_t bursts;
	int error;
	char what[80];
	uint64_t cpu_ns;
	uint64_t wall_ns;
	uint64_t voluntary;
	uint64_t involuntary;
	uint32_t rcvbuf_bytes;
	uint32_t socket_drops;
	uint64_t buffer_bytes;
	uint64_t memory_bytes;
	uint64_t slice_bytes[BENCH_SLICES_MAX];
	char how[160];
	uint32_t hook;
	struct rtintercept_stats stats;
	struct rtintercept_rule_counters rule;
	struct rtintercept_ring_counters ring;
	struct rtintercept_waits waits;
};

/**
 * struct bench_shared - memory of all processes of one measurement
 * @go: the coordinator: begin
 * @stop: the coordinator: all has arrived that will
 * @start_ns: when the first packet is due
 * @total: warm-up and measured packets; length of the arrays
 * @t0_ns: per uid, by the sender; 0: not sent
 * @softirq_ns: what all CPUs spent in softirqs meanwhile
 * @bytes: of all this
 * @seen_ns: T1 per receiver; a peer that does not know it has that of ours. NULL:
 *	that receiver is absent
 * @arrived_ns: T2 or T3 per receiver; 0: never received
 * @reports: per process
 */
struct bench_shared {
	_Atomic uint32_t go;
	_Atomic uint32_t stop;
	uint64_t start_ns;
	uint64_t total;
	uint64_t *t0_ns;
	uint64_t softirq_ns;
	uint64_t bytes;
	uint64_t *seen_ns[BENCH_TASKS];
	uint64_t *arrived_ns[BENCH_TASKS];
	struct bench_report reports[BENCH_TASKS];
};

/**
 * struct bench_task - one process of a measurement, as it sees itself
 * @settings: of the run
 * @bench_case: that is being measured
 * @shared: memory of all
 * @report: its own part of it
 * @who: it is
 * @wait: how it waits
 */
struct bench_task {
	const struct bench_settings *settings;
	const struct bench_case *bench_case;
	struct bench_shared *shared;
	struct bench_report *report;
	enum bench_who who;
	enum bench_wait wait;
};

/**
 * struct bench_role - what a process does; each function returns 0 or -errno
 * @open: get ready; not measured
 * @loop: the measured part, until all is sent or shared->stop is set
 * @close: complete the report, let everything go; also after a failed open
 */
struct bench_role {
	int (*open)(struct bench_task *task);
	int (*loop)(struct bench_task *task);
	void (*close)(struct bench_task *task);
};

extern const struct bench_role sender_role;	/* sender.c */
extern const struct bench_role ours_role;	/* ours.c */

/**
 * struct bench_receiver - a way to receive that is measured as a peer
 * @name: on the command line and in the results
 * @role: NULL: not built in, for want of a library
 * @needs: the Debian package that brings it, NULL: none
 * @no_spin: it cannot be asked without sleeping
 * @no_block: it cannot sleep
 * @own_t1: takes T1 itself, in a program of its own, and the packets away: nothing
 *	of ours can run beside it
 * @about: what it is, for the help
 */
struct bench_receiver {
	const char *name;
	const struct bench_role *role;
	const char *needs;
	bool no_spin;
	bool no_block;
	bool own_t1;
	const char *about;
};

/* receivers.c */
const struct bench_receiver *receiver_find(const char *name);
void receivers_print(void);

/* task.c */
struct bench_shared *bench_shared_alloc(const struct bench_settings *settings,
					const struct bench_case *bc);
void bench_shared_free(struct bench_shared *shared);
pid_t task_fork(const struct bench_task *task);
int task_here(const struct bench_task *task);
int task_failed(struct bench_task *task, int error, const char *what);

static inline bool task_stopped(const struct bench_task *task)
{
	return atomic_load_explicit(&task->shared->stop, memory_order_relaxed);
}

static inline void task_count(struct bench_task *task, uint64_t packets)
{
	atomic_store_explicit(&task->report->packets, packets, memory_order_relaxed);
}

/* due.c */
uint64_t bench_due_ns(const struct bench_settings *settings,
		      const struct bench_shared *shared, uint64_t uid);

/* arrive.c */
void task_arrived(struct bench_task *task, const void *payload, size_t bytes,
		  uint64_t seen_ns, uint64_t arrived_ns);
void task_pause(void);

/* T1 of a packet as @who knows it; 0: nobody does. */
static inline uint64_t bench_seen(const struct bench_shared *shared, enum bench_who who,
				  uint64_t uid)
{
	const uint64_t own = shared->seen_ns[who][uid];

	return own || who != BENCH_PEER || !shared->seen_ns[BENCH_OURS] ? own :
	       shared->seen_ns[BENCH_OURS][uid];
}

/* measure.c */
int measure_case(const struct bench_settings *settings, const struct bench_case *bc,
		 struct bench_shared *shared, const char *title);

/* progress.c */
void progress_line(const struct bench_settings *settings, const struct bench_shared *shared,
		   const char *title, bool last);

/* machine.c */
int machine_pin(int cpu);

/* system.c */
uint64_t machine_memory(pid_t pid);
uint64_t machine_softirq_ns(void);

/* names.c */
const char *wait_name(enum bench_wait wait);
int wait_parse(const char *text, enum bench_wait *wait);
const char *backend_name(uint32_t backend);
const char *hook_name(uint32_t hook);
const char *case_text(const struct bench_settings *settings, const struct bench_case *bc,
		      char *text, size_t bytes);
const char *interface_of(const struct bench_settings *settings, uint32_t reader,
			 char name[BENCH_NAME_BYTES]);
enum bench_wait case_wait(const struct bench_settings *settings, const struct bench_case *bc,
			  enum bench_who who);

/* options.c: BENCH_DONE, BENCH_USAGE or BENCH_HELPED */
int options_parse(int argc, char **argv, const char *command,
		  struct bench_settings *settings);

__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

int cmd_run(int argc, char **argv);
int cmd_send(int argc, char **argv);
int cmd_receive(int argc, char **argv);
int cmd_path(int argc, char **argv);
int cmd_reply(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_plot(int argc, char **argv);

/* Exit status. */
#define BENCH_DONE	0
#define BENCH_FAILED	1
#define BENCH_USAGE	2
#define BENCH_MISSING	3
#define BENCH_HELPED	-1	/* --help was asked for and given */

#endif
