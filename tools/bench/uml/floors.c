/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What nobody can be sooner than: a cache line that goes to the other CPU, a reading of
 * the counter, a copy of bytes that are in no cache. Two processes, not two threads:
 * those of one process take turns in User-Mode Linux.
 */
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tools/bench/uml/uml.h"

#define BATCHES		101
#define ROUND_TRIPS	200
#define READS		1000
#define LINE		64
#define COPIES		1001
#define COPY_MAX	2048

static void throw_back(_Atomic uint64_t *ball)
{
	uint64_t turn;

	uml_pin(UML_SENDER_CPU);
	for (turn = 1; turn < 2ULL * BATCHES * ROUND_TRIPS; turn += 2) {
		while (atomic_load_explicit(ball, memory_order_acquire) != turn)
			;
		atomic_store_explicit(ball, turn + 1, memory_order_release);
	}
	_exit(0);
}

double uml_half_round_trip(void)
{
	_Atomic uint64_t *ball = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	double batches[BATCHES];
	uint64_t turn = 0;
	pid_t partner;
	int b, i;

	if (ball == MAP_FAILED)
		uml_fail("mmap");
	partner = fork();
	if (partner < 0)
		uml_fail("fork");
	if (!partner)
		throw_back(ball);
	for (b = 0; b < BATCHES; b++) {
		const uint64_t begin = stamp_ticks();

		for (i = 0; i < ROUND_TRIPS; i++, turn += 2) {
			atomic_store_explicit(ball, turn + 1, memory_order_release);
			while (atomic_load_explicit(ball, memory_order_acquire) != turn + 2)
				;
		}
		batches[b] = (double)(stamp_ticks() - begin) / ROUND_TRIPS / 2;
	}
	waitpid(partner, NULL, 0);
	munmap((void *)ball, 4096);
	return uml_median(batches, BATCHES);
}

double uml_counter_reading(void)
{
	double batches[BATCHES];
	int b, i;

	for (b = 0; b < BATCHES; b++) {
		const uint64_t begin = stamp_ticks();
		uint64_t end = begin;

		for (i = 0; i < READS; i++)
			end = stamp_ticks();
		batches[b] = (double)(end - begin) / READS;
	}
	return uml_median(batches, BATCHES);
}

static void forget(const char *bytes)
{
	size_t i;

	for (i = 0; i < COPY_MAX; i += LINE)
		__builtin_ia32_clflush(bytes + i);
	__builtin_ia32_mfence();
}

/* Neither source nor target is in a cache. */
double uml_cold_copy(uint32_t bytes)
{
	static _Alignas(4096) char from[COPY_MAX], to[COPY_MAX];
	static double copies[COPIES];
	int i;

	memset(from, 1, COPY_MAX);
	memset(to, 2, COPY_MAX);
	for (i = 0; i < COPIES; i++) {
		uint64_t begin;

		forget(from);
		forget(to);
		begin = stamp_ticks();
		memcpy(to, from, bytes);
		__asm__ __volatile__("" : : "r" (to) : "memory");
		copies[i] = stamp_ticks() - begin;
	}
	return uml_median(copies, COPIES);
}
