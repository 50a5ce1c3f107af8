/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The floor of every latency: what the clock and the cache cost on this machine. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include "tools/bench/bench.h"
#include "tools/bench/result.h"

#define BATCHES		100
#define CLOCK_READS	1000
#define ROUND_TRIPS	200

/**
 * struct ball - what the two threads throw at each other
 * @turn: round trips begun, twice, and one more while the ball is away
 * @cpu: where the partner runs
 * @failed: the partner could not go there
 */
struct ball {
	_Alignas(BENCH_LINE) _Atomic uint64_t turn;
	_Alignas(BENCH_LINE) int cpu;
	_Atomic int failed;
};

int machine_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, int count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

static double measure_clock(void)
{
	double batches[BATCHES];
	int b, i;

	for (b = 0; b < BATCHES; b++) {
		uint64_t begin = rtintercept_clock_ns(), end = begin;

		for (i = 0; i < CLOCK_READS; i++)
			end = rtintercept_clock_ns();
		batches[b] = (double)(end - begin) / CLOCK_READS;
	}
	return median(batches, BATCHES);
}

static void *throw_back(void *data)
{
	struct ball *ball = data;
	uint64_t turn = 1;

	if (machine_pin(ball->cpu))
		atomic_store(&ball->failed, 1);
	for (; turn < 2ULL * BATCHES * ROUND_TRIPS; turn += 2) {
		while (atomic_load_explicit(&ball->turn, memory_order_acquire) != turn)
			;
		atomic_store_explicit(&ball->turn, turn + 1, memory_order_release);
	}
	return NULL;
}

static double measure_cacheline(struct ball *ball)
{
	double batches[BATCHES];
	uint64_t turn = 0;
	int b, i;

	for (b = 0; b < BATCHES; b++) {
		uint64_t begin = rtintercept_clock_ns();

		for (i = 0; i < ROUND_TRIPS; i++, turn += 2) {
			atomic_store_explicit(&ball->turn, turn + 1, memory_order_release);
			while (atomic_load_explicit(&ball->turn,
						    memory_order_acquire) != turn + 2)
				;
		}
		batches[b] = (double)(rtintercept_clock_ns() - begin) / ROUND_TRIPS / 2;
	}
	return median(batches, BATCHES);
}

/* From @cpu_a, where the caller is, to @cpu_b and back. */
static int measure_pair(double *half_rtt_ns, int cpu_b)
{
	struct ball *ball = aligned_alloc(BENCH_LINE, sizeof(*ball));
	pthread_t thread;
	int error;

	if (!ball)
		return -ENOMEM;
	memset(ball, 0, sizeof(*ball));
	ball->cpu = cpu_b;
	error = pthread_create(&thread, NULL, throw_back, ball);
	if (!error) {
		*half_rtt_ns = measure_cacheline(ball);
		pthread_join(thread, NULL);
		error = atomic_load(&ball->failed) ? EINVAL : 0;
	}
	free(ball);
	return -error;
}

/* The first line of @path, or of its line that begins with @key what follows ": ". */
static void read_line(const char *path, const char *key, char *text, size_t bytes)
{
	char line[512];
	FILE *f = fopen(path, "r");

	snprintf(text, bytes, "unknown");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		const char *value = line;

		line[strcspn(line, "\n")] = '\0';
		if (key && strncmp(line, key, strlen(key)))
			continue;
		if (key)
			value = strstr(line, ": ") ? strstr(line, ": ") + 2 : "unknown";
		snprintf(text, bytes, "%.*s", (int)bytes - 1, value);
		break;
	}
	fclose(f);
}

void machine_describe(struct bench_machine *machine)
{
	struct utsname uts;

	memset(machine, 0, sizeof(*machine));
	uname(&uts);
	snprintf(machine->kernel, sizeof(machine->kernel), "%s", uts.release);
	read_line("/proc/cmdline", NULL, machine->command_line,
		  sizeof(machine->command_line));
	read_line("/proc/cpuinfo", "model name", machine->cpu, sizeof(machine->cpu));
	read_line("/sys/devices/system/clocksource/clocksource0/current_clocksource", NULL,
		  machine->clocksource, sizeof(machine->clocksource));
	machine->emulated = strstr(machine->cpu, "QEMU TCG") != NULL;
}

static double median_of(const double *samples, uint32_t count)
{
	double sorted[BENCH_SAMPLES_MAX];

	memcpy(sorted, samples, count * sizeof(*samples));
	return median(sorted, count);
}

/* Measure once more; what is told is the median of all samples so far. */
int machine_sample(struct bench_machine *machine, int cpu_a, int cpu_b)
{
	const uint32_t i = machine->samples;
	cpu_set_t old;
	int error;

	if (i == BENCH_SAMPLES_MAX)
		return 0;
	if (sched_getaffinity(0, sizeof(old), &old))
		return -errno;
	error = machine_pin(cpu_a);
	if (!error) {
		machine->clock_samples_ns[i] = measure_clock();
		if (cpu_a != cpu_b)
			error = measure_pair(&machine->cacheline_samples_ns[i], cpu_b);
	}
	sched_setaffinity(0, sizeof(old), &old);
	if (error)
		return error;
	machine->samples++;
	machine->clock_ns = median_of(machine->clock_samples_ns, machine->samples);
	machine->cacheline_half_rtt_ns = median_of(machine->cacheline_samples_ns,
						   machine->samples);
	return 0;
}
