/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The floor of every latency: what the clock and the caches take by themselves. */
#include "bpf.h"

#define BATCHES		31
#define BATCH		1000

/* Odd: it is the partner's. */
static _Alignas(128) __u32 ball_at;

static void wait_for_ball(__u32 ball)
{
	while (__atomic_load_n(&ball_at, __ATOMIC_ACQUIRE) != ball)
		;
}

static void throw_ball(__u32 ball)
{
	__atomic_store_n(&ball_at, ball, __ATOMIC_RELEASE);
}

static __u64 read_clock(void)
{
	const __u64 begin = now_ns();
	int i;

	for (i = 1; i < BATCH; i++)
		now_ns();
	return (now_ns() - begin) / BATCH;
}

static __u64 half_round_trip(__u32 *ball)
{
	const __u64 begin = now_ns();
	int i;

	for (i = 0; i < BATCH; i++, *ball += 2) {
		throw_ball(*ball + 1);
		wait_for_ball(*ball + 2);
	}
	return (now_ns() - begin) / BATCH / 2;
}

static int ascending(const void *a, const void *b)
{
	const __u64 x = *(const __u64 *)a, y = *(const __u64 *)b;

	return x < y ? -1 : x > y;
}

/* The partner's part of machine_measure(), on another CPU at the same time. */
void machine_throw_back(void)
{
	__u32 ball;

	for (ball = 1; ball < 2 * BATCHES * BATCH; ball += 2) {
		wait_for_ball(ball);
		throw_ball(ball + 1);
	}
}

/* Medians. */
void machine_measure(struct machine *machine)
{
	__u64 clock[BATCHES], trip[BATCHES];
	__u32 ball = 0;
	int i;

	for (i = 0; i < BATCHES; i++) {
		clock[i] = read_clock();
		trip[i] = half_round_trip(&ball);
	}
	qsort(clock, BATCHES, sizeof(*clock), ascending);
	qsort(trip, BATCHES, sizeof(*trip), ascending);
	machine->clock_ns = clock[BATCHES / 2];
	machine->half_rtt_ns = trip[BATCHES / 2];
}
