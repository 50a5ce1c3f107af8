/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wake-ups: one thread sends a packet while another sleeps for it, on the same
 * processor. If the reader is the more urgent one, it runs as soon as it is
 * woken and the processor is free to switch; if it is the less urgent one, the
 * sender comes back first, and tells what the wake-up alone costs.
 */
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "tools/bench/payload.h"
#include "tools/bench/wake.h"

#define FRAME_BYTES	64
#define ROUNDS		401
#define WARM_UP		32
#define PAUSE_NS	200000
#define PRIORITY	50

/**
 * struct wake - one measurement
 * @path: the flows; the first is used
 * @rti: the session, or NULL
 * @how: how the reader sleeps
 * @urgent: the reader goes first
 * @t0_ns: when the packet under way was sent
 * @t1_ns: when the hook saw it
 * @rung: WAKE_FUTEX: how often the sender has rung
 * @n: samples so far, by the reader
 * @to_reader: samples
 * @to_hook: likewise
 * @to_sender: likewise
 */
struct wake {
	const struct path *path;
	struct rtintercept *rti;
	enum wake_how how;
	int urgent;
	_Atomic uint64_t t0_ns;
	_Atomic uint64_t t1_ns;
	_Atomic uint32_t rung;
	_Atomic uint32_t n;
	uint64_t to_reader[WARM_UP + ROUNDS];
	uint64_t to_hook[WARM_UP + ROUNDS];
	uint64_t to_sender[WARM_UP + ROUNDS];
};

/* What is there stays as it is if it is right already. */
static void sleep_for_record(const struct wake *w)
{
	struct rtintercept_wait wait = {
		.size = sizeof(wait), .deadline_ns = RTINTERCEPT_WAIT_FOREVER,
		.reason = RTINTERCEPT_WAIT_RECORD,
	};
	struct pollfd pfd = { .fd = rtintercept_fd(w->rti), .events = POLLIN };

	if (w->how == WAKE_POLL)
		poll(&pfd, 1, -1);
	else
		ioctl(pfd.fd, RTINTERCEPT_IOC_WAIT, &wait);
}

/* No packet at all: when the reader knows that it has been rung for. */
static uint64_t hear(struct wake *w, uint64_t *t1_ns)
{
	while (w->rung == w->n)
		syscall(SYS_futex, &w->rung, FUTEX_WAIT_PRIVATE, w->n, NULL, NULL, 0);
	*t1_ns = w->t0_ns;
	return rtintercept_clock_ns();
}

/* One packet; when the reader has it, and T1. */
static uint64_t receive(const struct wake *w, uint64_t *t1_ns)
{
	const struct rtintercept_record *record;
	char bytes[FRAME_BYTES];
	uint64_t now_ns;

	if (w->how == WAKE_RECV) {
		recv(w->path->rx, bytes, sizeof(bytes), 0);
		now_ns = rtintercept_clock_ns();
		*t1_ns = w->t0_ns;
		if (!w->rti)
			return now_ns;
		record = rtintercept_ring_peek(w->rti);
	} else {
		while (!(record = rtintercept_ring_peek(w->rti)))
			sleep_for_record(w);
		now_ns = rtintercept_clock_ns();
	}
	*t1_ns = record->time_ns;
	rtintercept_ring_release(w->rti);
	return now_ns;
}

static void *reader(void *arg)
{
	struct wake *w = arg;
	uint64_t t1_ns, t2_ns;

	while (w->n < WARM_UP + ROUNDS) {
		t2_ns = w->how == WAKE_FUTEX ? hear(w, &t1_ns) : receive(w, &t1_ns);
		w->to_reader[w->n] = t2_ns - t1_ns;
		w->to_hook[w->n] = t1_ns - w->t0_ns;
		w->t1_ns = t1_ns;
		w->n++;
	}
	return NULL;
}

static void pause_a_while(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };

	nanosleep(&pause, NULL);
}

/* The passed packets' way ends in a socket where nobody sleeps. */
static void drain(const struct wake *w)
{
	char bytes[FRAME_BYTES];

	if (w->how == WAKE_RECV)
		return;
	while (recv(w->path->rx, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
}

static int wake(struct wake *w)
{
	static const char bytes[FRAME_BYTES - PAYLOAD_HEADERS];
	ssize_t done;

	if (w->how == WAKE_FUTEX) {
		w->rung++;
		done = syscall(SYS_futex, &w->rung, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	} else {
		done = send(w->path->tx[0], bytes, sizeof(bytes), 0);
	}
	return done < 0 ? -errno : 0;
}

static int send_one(struct wake *w)
{
	const uint32_t n = w->n;
	uint64_t t1_ns, end_ns;
	int err;

	pause_a_while();
	w->t0_ns = rtintercept_clock_ns();
	err = wake(w);
	if (err)
		return err;
	end_ns = rtintercept_clock_ns();
	if (w->how == WAKE_NOBODY) {
		receive(w, &t1_ns);
		w->t1_ns = t1_ns;
		w->n++;
	}
	while (w->n == n)
		pause_a_while();
	w->to_sender[n] = end_ns - w->t1_ns;
	drain(w);
	return 0;
}

static int by_size(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static double median(uint64_t *samples)
{
	qsort(samples + WARM_UP, ROUNDS, sizeof(*samples), by_size);
	return (double)samples[WARM_UP + ROUNDS / 2];
}

static int start_reader(struct wake *w, pthread_t *thread)
{
	struct sched_param param = { .sched_priority = w->urgent ? PRIORITY : 0 };
	int err = pthread_create(thread, NULL, reader, w);

	if (!err)
		err = pthread_setschedparam(*thread, w->urgent ? SCHED_FIFO : SCHED_IDLE,
					    &param);
	return -err;
}

/**
 * wake_measure() - what a wake-up costs
 * @path: the flows
 * @rti: the session, running, whose rule records; NULL: none, with WAKE_RECV only
 * @how: how the reader sleeps
 * @urgent: the reader goes before the sender, else behind it
 * @costs: out
 *
 * Return: 0 or -errno.
 */
int wake_measure(const struct path *path, struct rtintercept *rti, enum wake_how how,
		 int urgent, struct wake_costs *costs)
{
	struct wake *w = calloc(1, sizeof(*w));
	pthread_t thread;
	int err = 0;

	if (!w)
		return -ENOMEM;
	w->path = path;
	w->rti = rti;
	w->how = how;
	w->urgent = urgent;
	if (how != WAKE_NOBODY)
		err = start_reader(w, &thread);
	while (!err && w->n < WARM_UP + ROUNDS)
		err = send_one(w);
	if (!err && how != WAKE_NOBODY)
		pthread_join(thread, NULL);
	costs->to_reader = median(w->to_reader);
	costs->to_hook = median(w->to_hook);
	costs->to_sender = median(w->to_sender);
	if (!err)
		free(w);
	return err;
}
