/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How soon a reader that spins has a record, at the processor's own speed: from the
 * counter's reading in the packet, taken before the stack got it, to one behind the
 * peek. That is T2 - T1, and the way from the driver to the hook on top.
 *
 * usage: spin SEND.KO COUNT GAP_US RESULTS
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tools/bench/hist.h"
#include "tools/bench/uml/uml.h"

#define REPEATS		5
#define WARM_UP		500
#define LOOKS_MAX	4000000000ULL	/* nothing comes any more */

/* How long a frame is, and how much of it is recorded; 0: all. */
static const struct size {
	uint32_t frame_bytes;
	uint32_t snap_bytes;
} sizes[] = { { 512, 64 }, { 64, 0 }, { 512, 0 }, { 1024, 0 }, { 1500, 0 } };

#define SIZES	(sizeof(sizes) / sizeof(sizes[0]))

/**
 * struct run - a case, once
 * @hist: of ns
 * @received: with the warm-up
 * @clock_ns: a reading of the kernel's clock
 */
struct run {
	struct hist hist;
	uint32_t received;
	double clock_ns;
};

/* Loading it is sending: -EAGAIN says that all were sent. */
static void send_all(const char *module, const struct size *size, uint32_t count, int gap_us)
{
	char params[128];
	int fd = open(module, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		uml_fail(module);
	uml_pin(UML_SENDER_CPU);
	snprintf(params, sizeof(params), "device=%s frame_bytes=%u count=%u gap_us=%d",
		 UML_DEVICE, size->frame_bytes, count, gap_us);
	if (!syscall(SYS_finit_module, fd, params, 0) || errno != EAGAIN)
		uml_fail("sending");
	_exit(0);
}

static void take(struct run *run, const struct rtintercept_record *record, uint64_t t2,
		 double ticks_per_ns)
{
	struct stamp stamp;

	memcpy(&stamp, record->data + record->payload_offset, sizeof(stamp));
	run->clock_ns = stamp.clock_ticks / ticks_per_ns;
	if (run->received++ >= WARM_UP)
		hist_add(&run->hist, (t2 - stamp.ticks) / ticks_per_ns);
}

static void receive_all(struct run *run, struct rtintercept *rti, uint32_t count,
			double ticks_per_ns)
{
	uint64_t looks = 0;

	while (run->received < count && looks++ < LOOKS_MAX) {
		const struct rtintercept_record *record = rtintercept_ring_peek(rti);
		uint64_t t2;

		if (!record)
			continue;
		t2 = stamp_ticks();
		take(run, record, t2, ticks_per_ns);
		rtintercept_ring_release(rti);
		looks = 0;
	}
}

static void measure(struct run *run, const char *module, const struct size *size,
		    uint32_t count, int gap_us, double ticks_per_ns)
{
	const struct rtintercept_rule rule = uml_rule(1, size->snap_bytes);
	struct rtintercept *rti = uml_session(&rule, 1);
	pid_t sender;
	int status;

	memset(run, 0, sizeof(*run));
	count += WARM_UP;
	sender = fork();
	if (sender < 0)
		uml_fail("fork");
	if (!sender)
		send_all(module, size, count, gap_us);
	receive_all(run, rti, count, ticks_per_ns);
	if (waitpid(sender, &status, 0) != sender || status)
		exit(1);
	rtintercept_close(rti);
}

static void tell(FILE *out, const struct run *run, const struct size *size, int repeat,
		 uint32_t count, double ticks_per_ns)
{
	const double half = uml_half_round_trip() / ticks_per_ns;

	fprintf(out, "{\"environment\": \"uml\", \"case\": \"spin\", \"receiver\": \"module\", "
		"\"wait\": \"spin\", \"stress\": \"idle\", \"repeat\": %d, "
		"\"frame_bytes\": %u, \"snap_bytes\": %u, \"sent\": %u, \"received\": %u, "
		"\"lost\": %u, ", repeat, size->frame_bytes, size->snap_bytes, count + WARM_UP,
		run->received, count + WARM_UP - run->received);
	fprintf(out, "\"n\": %llu, \"p50_ns\": %llu, \"p90_ns\": %llu, \"p99_ns\": %llu, "
		"\"p99_9_ns\": %llu, \"max_ns\": %llu, ",
		(unsigned long long)run->hist.count,
		(unsigned long long)hist_percentile(&run->hist, 500000),
		(unsigned long long)hist_percentile(&run->hist, 900000),
		(unsigned long long)hist_percentile(&run->hist, 990000),
		(unsigned long long)hist_percentile(&run->hist, 999000),
		(unsigned long long)run->hist.max);
	fprintf(out, "\"half_round_trip_ns\": %.1f, \"clock_ns\": %.1f, "
		"\"counter_ns\": %.1f, \"cold_copy_ns\": %.1f}\n", half, run->clock_ns,
		uml_counter_reading() / ticks_per_ns,
		uml_cold_copy(size->snap_bytes ? size->snap_bytes : size->frame_bytes) /
		ticks_per_ns);
}

int main(int argc, char **argv)
{
	double ticks_per_ns;
	struct run run;
	uint32_t count;
	int repeat;
	size_t i;
	FILE *out;

	if (argc != 5)
		return 2;
	out = fopen(argv[4], "w");
	if (!out)
		uml_fail(argv[4]);
	uml_pin(UML_READER_CPU);
	count = strtoul(argv[2], NULL, 0);
	ticks_per_ns = uml_ticks_per_ns();
	for (repeat = 1; repeat <= REPEATS; repeat++)
		for (i = 0; i < SIZES; i++) {
			measure(&run, argv[1], &sizes[i], count, atoi(argv[3]),
				ticks_per_ns);
			tell(out, &run, &sizes[i], repeat, count, ticks_per_ns);
		}
	return fclose(out) ? 1 : 0;
}
