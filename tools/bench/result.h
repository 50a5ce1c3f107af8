/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run has found: the machine, a result per receiver and case, and who prints it. */
#ifndef RTINTERCEPT_BENCH_RESULT_H
#define RTINTERCEPT_BENCH_RESULT_H

#include "tools/bench/bench.h"
#include "tools/bench/hist.h"

struct json_object;

#define BENCH_SAMPLES_MAX	64

/**
 * struct bench_machine - what was measured of the machine itself
 * @clock_ns: reading the clock once
 * @cacheline_half_rtt_ns: half a round trip of a cache line between the CPU of
 *	the sender and that of the spinning reader; 0: they are the same
 * @clock_samples_ns: what @clock_ns is the median of
 * @cacheline_samples_ns: likewise; a hypervisor may move the CPUs, and then the
 *	cache line's way gets longer or shorter in the middle of a run
 * @samples: how many
 * @kernel: release
 * @command_line: what the kernel was started with
 * @cpu: its name
 * @clocksource: of the kernel
 * @emulated: the CPU is QEMU's software emulation
 */
struct bench_machine {
	double clock_ns;
	double cacheline_half_rtt_ns;
	double clock_samples_ns[BENCH_SAMPLES_MAX];
	double cacheline_samples_ns[BENCH_SAMPLES_MAX];
	uint32_t samples;
	char kernel[65];
	char command_line[512];
	char cpu[80];
	char clocksource[32];
	bool emulated;
};

/* machine.c */
void machine_describe(struct bench_machine *machine);
int machine_sample(struct bench_machine *machine, int cpu_a, int cpu_b);

/**
 * struct bench_slice - what became of the packets of a piece of the time
 * @sent: of those that are measured
 * @lost: of these
 * @over_100us: of these
 * @p50_ns: latency
 * @p99_ns: likewise
 * @max_ns: likewise
 * @behind_pkts: that were seen and not yet received, the most in the moment of any T1
 * @memory_bytes: what the receiver alone had at its end
 */
struct bench_slice {
	uint64_t sent;
	uint64_t lost;
	uint64_t over_100us;
	uint64_t p50_ns;
	uint64_t p99_ns;
	uint64_t max_ns;
	uint64_t behind_pkts;
	uint64_t memory_bytes;
};

/**
 * struct bench_result - one receiver in one case, over all rounds; or several readers
 *	of ours that wait alike, added up
 * @bench_case: the case
 * @who: BENCH_PEER, BENCH_OURS, BENCH_SECOND or BENCH_MORE, who stands for all of those
 * @wait: how it waited
 * @readers: how many
 * @sent: measured packets that were sent, to each of the readers
 * @received: of these, how many arrived
 * @lost: sent, and never received
 * @unjoined: received, but no T1 is known
 * @backwards: received before they were seen: clocks that disagree
 * @warmup_lost: lost before the measuring began
 * @duplicates: of all packets
 * @latency: T2 - T1 or T3 - T1
 * @late: T0 - intended time of sending
 * @round_p50_ns: median of each round, to show how much they differ
 * @rounds: how many there were
 * @cpu_ns: and the next two as in struct bench_report, summed
 * @wall_ns: likewise
 * @voluntary: likewise
 * @involuntary: likewise
 * @send_errors: packets that the sender's kernel refused
 * @softirq_ns: of the whole machine
 * @rcvbuf_bytes: of the socket
 * @socket_drops: for want of room in it
 * @buffer_bytes: and the next two as in struct bench_report, of the last round
 * @memory_bytes: likewise
 * @how: likewise
 * @books_closed: every round's books did
 * @hook: RTINTERCEPT_HOOK_* of the session
 * @books: the session's, summed over the rounds; ring_peak_bytes is the highest
 * @ring: the reader's books, likewise
 * @waits: the reader's waits, summed; @guard_ns is the last round's
 * @background: packets sent to other ports
 * @slices: of the last round
 * @slices_count: how many
 */
struct bench_result {
	struct bench_case bench_case;
	enum bench_who who;
	enum bench_wait wait;
	uint32_t readers;
	uint64_t sent;
	uint64_t received;
	uint64_t lost;
	uint64_t unjoined;
	uint64_t backwards;
	uint64_t warmup_lost;
	uint64_t duplicates;
	struct hist latency;
	struct hist late;
	uint64_t round_p50_ns[16];
	uint32_t rounds;
	uint64_t cpu_ns;
	uint64_t wall_ns;
	uint64_t voluntary;
	uint64_t involuntary;
	uint64_t send_errors;
	uint64_t softirq_ns;
	uint32_t rcvbuf_bytes;
	uint64_t socket_drops;
	uint64_t buffer_bytes;
	uint64_t memory_bytes;
	char how[160];
	bool books_closed;
	uint32_t hook;
	struct rtintercept_stats books;
	struct rtintercept_ring_counters ring;
	struct rtintercept_waits waits;
	uint64_t background;
	struct bench_slice slices[BENCH_SLICES_MAX];
	uint32_t slices_count;
};

/* slices.c */
void join_slices(struct bench_result *result, const struct bench_settings *settings,
		 const struct bench_shared *shared);

/* join.c */
void join_round(struct bench_result *result, const struct bench_settings *settings,
		const struct bench_shared *shared);
const char *books_open(const struct bench_report *report, uint64_t sent);

/* results.c: the JSON document, which everything that is shown is read from */
struct json_object *results_new(const struct bench_settings *settings,
				const struct bench_machine *machine);
void results_add(struct json_object *results, const struct bench_settings *settings,
		 const struct bench_result *result);

/* show.c, draw.c, floors.c, plot.c: print it */
void show_results(struct json_object *results, bool ascii);
void draw_runs(struct json_object *results, bool ascii);
int floors_show(struct json_object *results);
void plot_print(struct json_object *results, const char *png);

#endif
