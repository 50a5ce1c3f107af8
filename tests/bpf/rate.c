/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records per second: our reader against libbpf's ring_buffer, taking turns on
 * the same ring, which the program fills by BPF_PROG_TEST_RUN. Both read in
 * place and do the same with each record: check that it lies within its room,
 * keep the books that tell what was lost, look at its metadata.
 *
 * Judged is what comes through the ring while one CPU writes and another reads.
 * Printed is also how fast a ring that is full can be emptied.
 *
 * usage: rate [RESULTS]: the numbers as JSON, too
 */
#include <pthread.h>
#include <sched.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf.h"
#include "lib/xdp.h"

#define FRAME_BYTES	106
#define RING		(4U << 20)
#define FILL		(RING / 192 - 1)	/* 72 + 106 + 8, in eights */
#define THROUGH		20000	/* fits into the ring: none is dropped */
#define ROUNDS		61

static struct {
	struct rtintercept *rti;
	struct ring_buffer *rb;
	struct rtintercept_ring_counters books;
	int program;
	int done;
	__u64 sum;
	__u64 records;
} run_of;

static void look(const struct rtintercept_record *record)
{
	run_of.sum += record->seq + record->captured_bytes;
	run_of.records++;
}

/* What our reader does for each record, for the callback of theirs. */
static int sample(void *ctx, void *data, size_t bytes)
{
	struct rtintercept_ring_counters *books = ctx;
	const struct rtintercept_record *record = data;

	if (bytes < sizeof(*record) ||
	    record->captured_bytes > bytes - sizeof(*record))
		return 0;
	if (!books->read || record->seq < books->first_seq)
		books->first_seq = record->seq;
	if (record->seq > books->last_seq)
		books->last_seq = record->seq;
	books->read++;
	books->read_bytes += record->captured_bytes;
	look(record);
	return 0;
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	must(-pthread_setaffinity_np(pthread_self(), sizeof(set), &set), "pin");
}

static void produce(__u32 records)
{
	__u8 frame[FRAME_BYTES] = {};
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = frame,
		.data_size_in = sizeof(frame),
		.repeat = (int)records,
	);

	must(bpf_prog_test_run_opts(run_of.program, &opts), "run the program");
}

static void *producer(void *arg)
{
	pin(0);
	produce(THROUGH);
	__atomic_store_n(&run_of.done, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void ours(void)
{
	const struct rtintercept_record *record;

	while ((record = rtintercept_ring_peek(run_of.rti))) {
		look(record);
		rtintercept_ring_release(run_of.rti);
	}
	rti_ring_tell(&run_of.rti->ring);	/* theirs begins there */
}

static void theirs(void)
{
	must(ring_buffer__consume(run_of.rb), "ring_buffer__consume");
}

/* Theirs has read behind our back: begin where the ring is now. */
static void catch_up(void)
{
	struct rti_xdp *xdp = rti_xdp_of(run_of.rti);

	rti_ring_init(&run_of.rti->ring, xdp->ring_consumer, xdp->ring_producer,
		      run_of.rti->ring.data, RING);
	rti_ring_defer(&run_of.rti->ring, 1);
}

/* Million records a second. */
static double empty(void (*reader)(void))
{
	__u64 begin, ns;

	produce(FILL);
	begin = now_ns();
	reader();
	ns = now_ns() - begin;
	catch_up();
	return FILL * 1e3 / (double)ns;
}

static double through(void (*reader)(void))
{
	__u64 before = run_of.records, begin = now_ns(), ns;
	pthread_t thread;

	run_of.done = 0;
	must(-pthread_create(&thread, NULL, producer, NULL), "thread");
	while (!__atomic_load_n(&run_of.done, __ATOMIC_ACQUIRE))
		reader();
	reader();
	ns = now_ns() - begin;
	pthread_join(thread, NULL);
	catch_up();
	return (double)(run_of.records - before) * 1e3 / (double)ns;
}

/* Million records a second, and what neighbouring turns come to: ours / theirs. */
struct rates {
	double ours;
	double theirs;
	double ratio;
};

static int ascending(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), ascending);
	return values[ROUNDS / 2];
}

/* Which of the two is first changes from turn to turn. */
static struct rates compete(double (*how)(void (*reader)(void)), const char *name)
{
	double rate[2][ROUNDS], ratio[ROUNDS];
	struct rates r;
	int i, j, who;

	for (i = 0; i < ROUNDS; i++) {
		for (j = 0; j < 2; j++) {
			who = (i + j) % 2;
			rate[who][i] = how(who ? theirs : ours);
		}
		ratio[i] = rate[0][i] / rate[1][i];
	}
	r.ours = median(rate[0]);
	r.theirs = median(rate[1]);
	r.ratio = median(ratio);
	printf("# %s, million records a second: ours %.1f, ring_buffer %.1f; "
	       "median of the ratios %.3f\n",
	       name, r.ours, r.theirs, r.ratio);
	return r;
}

static void write_results(const char *path, struct rates ring, struct rates full)
{
	FILE *f = fopen(path, "we");

	must(f ? 0 : -errno, path);
	fprintf(f, "{\n"
		"  \"record_bytes\": %d,\n  \"turns\": %d,\n  \"records_each\": %d,\n"
		"  \"through_ours_mrps\": %.2f,\n  \"through_libbpf_mrps\": %.2f,\n"
		"  \"through_ratio\": %.3f,\n"
		"  \"emptying_ours_mrps\": %.2f,\n  \"emptying_libbpf_mrps\": %.2f,\n"
		"  \"emptying_ratio\": %.3f\n}\n",
		FRAME_BYTES, ROUNDS, ROUNDS * THROUGH, ring.ours, ring.theirs,
		ring.ratio, full.ours, full.theirs,
		full.ratio);
	must(fclose(f) ? -errno : 0, path);
}

int main(int argc, char **argv)
{
	struct rtintercept_rule rule = { .flags = RTINTERCEPT_RULE_RECORD };
	__u32 hook = RTINTERCEPT_HOOK_AUTO;
	struct rtintercept *rti = session_of(RTINTERCEPT_BACKEND_XDP, "lo", &hook,
					     RING);
	struct rtintercept_stats stats;
	struct rates ring, full;

	run_of.rti = rti;
	must(rtintercept_rule_add(rti, 0, &rule), "rule");
	must(rtintercept_start(rti), "start");
	run_of.program = program_of(rti);
	run_of.rb = ring_buffer__new(rti_xdp_of(rti)->maps.ring_fd, sample,
				     &run_of.books, NULL);
	must(run_of.rb ? 0 : -errno, "ring_buffer__new");
	pin(1);
	full = compete(empty, "emptying a full ring");
	ring = compete(through, "through the ring");
	ok(ring.ratio >= 0.95, "our reader keeps up with libbpf's");
	if (argc > 1)
		write_results(argv[1], ring, full);
	must(rtintercept_stats(rti, 0, &stats), "stats");
	is(run_of.records, stats.recorded, "every record was read once");
	ring_buffer__free(run_of.rb);
	rtintercept_close(rti);
	return tap_end();
}
