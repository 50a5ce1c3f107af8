/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Barrier (D) under the C++11 memory model, as checked by relacy: a producer that
 * commits and looks for a sleeper, a reader that arms and looks for a record. One
 * of the two must see the other. With -DWEAK_x one of the full barriers is
 * missing: then relacy must find the lost wake-up.
 */
/* MUST FAIL: WEAK_D_COMMIT */
/* MUST FAIL: WEAK_D_ARM */
#include <relacy/relacy.hpp>

#define BUSY	0x80000000U
#define LENGTH	8U

static void full_barrier()
{
	rl::atomic_thread_fence(rl::mo_seq_cst, $);
}

struct sleeper : rl::test_suite<sleeper, 3> {
	rl::atomic<unsigned> header[2], armed;
	unsigned woken;		/* the wait queue's lock orders these two */
	bool asleep;

	void before()
	{
		header[0].store(LENGTH | BUSY, rl::mo_relaxed, $);
		header[1].store(LENGTH | BUSY, rl::mo_relaxed, $);
		armed.store(0, rl::mo_relaxed, $);
		woken = 0;
		asleep = false;
	}

	/* driver/ringmem.c rti_ringmem_commit(), driver/wakeup.c rti_wakeup_committed() */
	void produce(unsigned i)
	{
#ifdef WEAK_D_COMMIT
		header[i].store(LENGTH, rl::mo_release, $);
#else
		full_barrier();
		header[i].exchange(LENGTH, rl::mo_relaxed, $);
		full_barrier();
#endif
		if (!armed.load(rl::mo_acquire, $))
			return;
		/* Is the first record there? Behind the other producer's it may not be. */
		if (header[0].load(rl::mo_acquire, $) & BUSY)
			return;
		full_barrier();
		if (armed.exchange(0, rl::mo_relaxed, $))
			woken++;
		full_barrier();
	}

	/* driver/wakeup.c rti_wakeup_arm() */
	void consume()
	{
#ifdef WEAK_D_ARM
		armed.store(1, rl::mo_release, $);
#else
		full_barrier();
		armed.exchange(1, rl::mo_relaxed, $);
		full_barrier();
#endif
		asleep = header[0].load(rl::mo_acquire, $) & BUSY;
	}

	void thread(unsigned index)
	{
		if (index < 2)
			produce(index);
		else
			consume();
	}

	/* All is committed: who sleeps must have been woken. */
	void after()
	{
		RL_ASSERT(!asleep || woken);
	}
};

int main(int argc, char **argv)
{
	rl::test_params p;

	p.search_type = rl::random_scheduler_type;
	p.iteration_count = argc > 1 ? atoi(argv[1]) : 100000;
	return rl::simulate<sleeper>(p) ? 0 : 1;
}
