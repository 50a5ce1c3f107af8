/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ring's barriers under the C++11 memory model, as checked by relacy: each
 * load may return any value that the model allows, each plain access that is not
 * ordered with a conflicting one is an error. Two producers, one reader, a ring
 * with room for two records, which come round.
 *
 * The kernel's xchg() is a full barrier on both sides, its smp_load_acquire() and
 * smp_store_release() are no stronger than their namesakes here. A lock orders
 * producers among themselves, and no reader. With -DWEAK_x one of the barriers is
 * missing: then relacy must find a run that goes wrong.
 */
/* MUST FAIL: WEAK_A_STORE */
/* MUST FAIL: WEAK_A_LOAD */
/* MUST FAIL: WEAK_B_STORE */
/* MUST FAIL: WEAK_B_LOAD */
/* MUST FAIL: WEAK_C_STORE */
/* MUST FAIL: WEAK_C_LOAD */
#include <relacy/relacy.hpp>

#define RECORDS	2		/* in the ring at once */
#define BUSY	0x80000000U
#define LENGTH	8U		/* of a record; anything but 0 */

#ifdef WEAK_A_STORE
#define A_STORE rl::mo_relaxed
#else
#define A_STORE rl::mo_release
#endif
#ifdef WEAK_A_LOAD
#define A_LOAD rl::mo_relaxed
#else
#define A_LOAD rl::mo_acquire
#endif
#ifdef WEAK_B_LOAD
#define B_LOAD rl::mo_relaxed
#else
#define B_LOAD rl::mo_acquire
#endif
#ifdef WEAK_C_STORE
#define C_STORE rl::mo_relaxed
#else
#define C_STORE rl::mo_release
#endif
#ifdef WEAK_C_LOAD
#define C_LOAD rl::mo_relaxed
#else
#define C_LOAD rl::mo_acquire
#endif

static void full_barrier()
{
	rl::atomic_thread_fence(rl::mo_seq_cst, $);
}

struct ring : rl::test_suite<ring, 3> {
	rl::atomic<unsigned> consumer, producer;
	rl::atomic<unsigned> header[RECORDS];
	rl::var<unsigned> data[RECORDS];
	rl::mutex lock;
	unsigned reserved;	/* under the lock */

	void before()
	{
		consumer.store(0, rl::mo_relaxed, $);
		producer.store(0, rl::mo_relaxed, $);
		for (int i = 0; i < RECORDS; i++) {
			header[i].store(0, rl::mo_relaxed, $);
			data[i]($) = ~0U;
		}
		reserved = 0;
	}

	/* driver/ringmem.c rti_ringmem_reserve(): the position, or -1 */
	int reserve()
	{
		int position = -1;

		lock.lock($);
		unsigned c = consumer.load(C_LOAD, $);
		if (reserved - c < RECORDS) {
			position = reserved++;
			header[position % RECORDS].store(LENGTH | BUSY,
							 rl::mo_relaxed, $);
			producer.store(reserved, A_STORE, $);
		}
		lock.unlock($);
		return position;
	}

	/* driver/ringmem.c rti_ringmem_commit() */
	void commit(int position)
	{
#ifdef WEAK_B_STORE
		header[position % RECORDS].store(LENGTH, rl::mo_relaxed, $);
#else
		full_barrier();
		header[position % RECORDS].exchange(LENGTH, rl::mo_relaxed, $);
		full_barrier();
#endif
	}

	void produce()
	{
		for (int i = 0; i < 2; i++) {
			int position = reserve();

			if (position < 0)
				continue;
			data[position % RECORDS]($) = position;
			commit(position);
		}
	}

	/* lib/ring.c rtintercept_ring_peek(), rtintercept_ring_release() */
	void consume()
	{
		unsigned position = 0;

		for (int i = 0; i < 6; i++) {
			if (producer.load(A_LOAD, $) == position)
				continue;
			if (header[position % RECORDS].load(B_LOAD, $) & BUSY)
				continue;
			RL_ASSERT(unsigned(data[position % RECORDS]($)) == position);
			position++;
			consumer.store(position, C_STORE, $);
		}
	}

	void thread(unsigned index)
	{
		if (index < 2)
			produce();
		else
			consume();
	}
};

int main(int argc, char **argv)
{
	rl::test_params p;

	p.search_type = rl::random_scheduler_type;
	p.iteration_count = argc > 1 ? atoi(argv[1]) : 100000;
	return rl::simulate<ring>(p) ? 0 : 1;
}
