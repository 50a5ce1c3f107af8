/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One periodic flow. What is tracked is the phase: a grid of times at which
 * packets are due, corrected by a small part of what each packet is off (a
 * phase-locked loop of second order, critically damped). A packet far off the
 * grid, because its sender stalled, corrects nothing, nor do those that make up
 * for the stall; only when many are off has the period changed, and is learnt anew
 * from the last arrivals.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/period.h"

#define PHASE_GAIN	(1.0 / 8)
#define PERIOD_GAIN	(PHASE_GAIN * PHASE_GAIN / 4)	/* critical damping */
#define STRANGE_MAX	16
#define GATE_LEAST_NS	2000
#define WARM		16	/* values that say something */
#define GONE		16	/* periods without a packet: the sender began anew */
#define OWED_MAX	256

/* Index of the first value not less than @value. */
static __u32 index_of(const struct rti_window *w, __s64 value)
{
	__u32 low = 0, high = w->count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (w->sorted[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/** rti_window_add() - one more value; the oldest goes when there are too many */
void rti_window_add(struct rti_window *w, __s64 value)
{
	__u32 i;

	if (w->count == RTI_WINDOW_SAMPLES) {
		i = index_of(w, w->last[w->at]);
		w->count--;
		memmove(&w->sorted[i], &w->sorted[i + 1],
			(w->count - i) * sizeof(w->sorted[0]));
	}
	i = index_of(w, value);
	memmove(&w->sorted[i + 1], &w->sorted[i], (w->count - i) * sizeof(w->sorted[0]));
	w->sorted[i] = value;
	w->count++;
	w->last[w->at] = value;
	w->at = (w->at + 1) % RTI_WINDOW_SAMPLES;
}

/** rti_window_quantile() - what @share (0 to 1) of the values do not exceed; 0: none */
__s64 rti_window_quantile(const struct rti_window *w, double share)
{
	return w->count ? w->sorted[(__u32)((w->count - 1) * share)] : 0;
}

/**
 * rti_period_init() - nothing has come yet
 * @period: all of it is overwritten
 * @period_ns: as the application knows it, 0: to be learnt
 */
void rti_period_init(struct rti_period *period, __u64 period_ns)
{
	memset(period, 0, sizeof(*period));
	period->period_ns = (double)period_ns;
}

static int by_value(const void *a, const void *b)
{
	const __u64 x = *(const __u64 *)a, y = *(const __u64 *)b;

	return x < y ? -1 : x > y;
}

/* Most intervals alike: their mean is the period. Else there is none, yet. */
static void learn(struct rti_period *p)
{
	__u64 sorted[RTI_PERIOD_INTERVALS], median, sum = 0;
	__u32 i, n = 0;

	p->period_ns = 0;
	if (p->arrivals <= RTI_PERIOD_INTERVALS)
		return;
	for (i = 0; i < RTI_PERIOD_INTERVALS; i++)
		sorted[i] = p->arrival[i + 1] - p->arrival[i];
	qsort(sorted, RTI_PERIOD_INTERVALS, sizeof(sorted[0]), by_value);
	median = sorted[RTI_PERIOD_INTERVALS / 2];
	for (i = 0; i < RTI_PERIOD_INTERVALS; i++) {
		if (sorted[i] < median - median / 4 || sorted[i] > median + median / 4)
			continue;
		sum += sorted[i];
		n++;
	}
	if (!median || n < RTI_PERIOD_INTERVALS * 3 / 4)
		return;
	p->period_ns = (double)sum / n;
	p->phase_ns = p->arrival[RTI_PERIOD_INTERVALS];
	p->missed = p->strange = p->skipped = p->owed = 0;
	p->left_ns = 0;
	p->late.count = p->late.at = 0;
}

static void remember(struct rti_period *p, __u64 time_ns)
{
	if (p->arrivals > RTI_PERIOD_INTERVALS) {
		memmove(p->arrival, p->arrival + 1,
			RTI_PERIOD_INTERVALS * sizeof(p->arrival[0]));
		p->arrivals--;
	}
	p->arrival[p->arrivals++] = time_ns;
}

/* So far off the grid a packet may be and still correct it. */
static double gate(const struct rti_period *p)
{
	const double most = p->period_ns / 8;
	double width;

	if (p->late.count < WARM)
		return most;
	width = 4.0 * (double)(rti_window_quantile(&p->late, 0.9) -
			       rti_window_quantile(&p->late, 0.1));
	if (width < p->period_ns / 64)
		width = p->period_ns / 64;
	if (width < GATE_LEAST_NS)
		width = GATE_LEAST_NS;
	return width < most ? width : most;
}

/* Grows by 2, shrinks by 1: a third is too many. */
static int too_many(__u32 *count, int one_more)
{
	if (one_more)
		*count += 2;
	else if (*count)
		--*count;
	return *count >= STRANGE_MAX;
}

/**
 * struct place - where a packet came, seen from a time of a grid
 * @n: periods later, 0: before the next was due
 * @off_ns: later than that
 */
struct place {
	double n;
	double off_ns;
};

static struct place place_of(const struct rti_period *p, __u64 grid_ns, __u64 time_ns)
{
	const double since = (double)(__s64)(time_ns - grid_ns);
	struct place at = { .n = (double)(__s64)(since / p->period_ns + 0.5) };

	at.off_ns = since - at.n * p->period_ns;
	if (at.n < 0)
		at.n = 0;
	return at;
}

static int fits(const struct rti_period *p, const struct place *at)
{
	const double width = gate(p);

	return at->n >= 1 && at->off_ns <= width && at->off_ns >= -width;
}

/* @n periods have gone by, and one packet has come. */
static void owe(struct rti_period *p, double n)
{
	if (n < 2) {
		p->owed -= p->owed > 0;
		return;
	}
	n += p->owed - 1.0;
	p->owed = n < OWED_MAX ? (__u32)n : OWED_MAX;
}

/* Many periods had no packet: were they lost, or is one of so many the period? */
static int is_longer(struct rti_period *p)
{
	double first = (double)(p->arrival[1] - p->arrival[0]), by;
	__u32 i;

	p->skipped = 0;
	for (i = 2; i < p->arrivals; i++) {
		by = (double)(p->arrival[i] - p->arrival[i - 1]) - first;
		if (by > p->period_ns / 2 || by < -p->period_ns / 2)
			return 0;
	}
	return first > 1.5 * p->period_ns;
}

static void correct(struct rti_period *p, const struct place *at)
{
	const int fit = fits(p, at);
	double step = at->n * p->period_ns;
	int longer;

	if (at->n < 1 && p->owed) {
		p->owed--;
		return;
	}
	owe(p, at->n);
	if (fit) {
		rti_window_add(&p->late, (__s64)at->off_ns);
		step += PHASE_GAIN * at->off_ns;
		p->period_ns += PERIOD_GAIN * at->off_ns / at->n;
		p->left_ns = 0;
	}
	p->phase_ns += (__u64)(step + 0.5);
	p->missed = 0;
	longer = too_many(&p->skipped, at->n > 1) && is_longer(p);
	if (too_many(&p->strange, !fit) || longer)
		learn(p);
}

/* Or it was only a long stall: then the grid that is left here still holds. */
static void begin_anew(struct rti_period *p, const struct place *at, __u64 time_ns)
{
	p->left_ns = p->phase_ns + (__u64)(at->n * p->period_ns + 0.5);
	p->phase_ns = time_ns;
	p->missed = 0;
	owe(p, at->n);
	if (too_many(&p->strange, 1))
		learn(p);
}

/* Does it fit the grid that was left, and not this one? */
static void return_to_left(struct rti_period *p, struct place *at, __u64 time_ns)
{
	const struct place left = place_of(p, p->left_ns, time_ns);

	if (fits(p, at) || !fits(p, &left))
		return;
	p->phase_ns = p->left_ns;
	*at = left;
}

/**
 * rti_period_arrived() - a packet of the flow has come
 * @period: the flow
 * @time_ns: when; out of order is as good as not at all
 */
void rti_period_arrived(struct rti_period *p, __u64 time_ns)
{
	const __u32 before = p->arrivals;
	struct place at;

	if (before && time_ns < p->arrival[before - 1])
		return;
	remember(p, time_ns);
	if (p->period_ns == 0) {
		learn(p);
		return;
	}
	if (!before) {
		p->phase_ns = time_ns;
		return;
	}
	at = place_of(p, p->phase_ns, time_ns);
	if (at.n > GONE) {
		begin_anew(p, &at, time_ns);
		return;
	}
	if (p->left_ns)
		return_to_left(p, &at, time_ns);
	correct(p, &at);
}

/** rti_period_due() - when the next packet is due; 0: not known */
__u64 rti_period_due(const struct rti_period *p)
{
	if (p->period_ns == 0 || !p->arrivals)
		return 0;
	return p->phase_ns + (__u64)(p->period_ns * (p->missed + 1.0) + 0.5);
}

/** rti_period_pass() - what was due until @now_ns has not come */
void rti_period_pass(struct rti_period *p, __u64 now_ns)
{
	const __u64 due_ns = rti_period_due(p);

	if (due_ns && now_ns >= due_ns)
		p->missed += 1 + (__u32)((double)(now_ns - due_ns) / p->period_ns);
}
