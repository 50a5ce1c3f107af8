/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sleeping and waking, barrier (D), with store buffers: what a processor stores
 * waits in a queue of its own, and others see it later, in order. A load does not
 * wait for that; a full barrier does. That is all that x86 reorders, and just what
 * release and acquire allow: the store of `armed` or of the header may be late for
 * the load behind it.
 *
 * Two producers commit RECORDS records, and a reader sleeps whenever it finds none.
 * It must read them all: who sleeps for ever is an invalid end state. Without XDP it is
 * WAIT, woken by driver/wakeup.c; with it the bell of driver/bpf/wake.h and
 * lib/xdp-wait.c.
 */
/* ALSO: XDP */
/* MUST FAIL: WEAK_COMMIT WEAK_ARM */
/* MUST FAIL: WEAK_COMMIT */
/* MUST FAIL: WEAK_ARM */
/* MUST FAIL: LOOK_BEFORE_ARM */
/* MUST FAIL: STATE_AFTER_LOOK */
/* MUST FAIL: XDP WEAK_COMMIT WEAK_ARM */
/* MUST FAIL: XDP WEAK_COMMIT */
/* MUST FAIL: XDP WEAK_ARM */
/* MUST FAIL: XDP LOOK_BEFORE_ARM */

#define RECORDS		4
#define PRODUCERS	2
#define READER		PRODUCERS
#define DEPTH		3	/* of a store buffer */

/* What is in memory: a header for each record, 1 is committed; then these. */
#define POSITION	RECORDS		/* the reader's */
#define ARMED		(RECORDS + 1)
#define ASLEEP		(RECORDS + 2)	/* the state of the reader's task */
#define BELL		(RECORDS + 3)	/* strokes so far */

byte memory[RECORDS + 4];
chan buffer[PRODUCERS + 1] = [DEPTH] of { byte, byte };
byte reserved;		/* under the ring's lock, whose holders see each other */

/* Release, or relaxed: the buffer keeps the order. */
inline store(cpu, where, value)
{
	buffer[cpu]!where, value
}

/* A full barrier, and a store that is in memory at once. */
inline store_full(cpu, where, value)
{
	d_step { empty(buffer[cpu]) -> memory[where] = value }
}

inline exchange(cpu, where, value, old)
{
	d_step { empty(buffer[cpu]) -> old = memory[where]; memory[where] = value }
}

/* The oldest store of any processor reaches memory. */
active proctype drain()
{
	byte where, value;

end:	do
	:: d_step { buffer[0]?where, value -> memory[where] = value; where = 0; value = 0 }
	:: d_step { buffer[1]?where, value -> memory[where] = value; where = 0; value = 0 }
	:: d_step { buffer[READER]?where, value -> memory[where] = value; where = 0; value = 0 }
	od
}

/* Is the first unread record there? Its own commit a processor sees at once. */
inline look_as_producer(mine, first, found)
{
	first = memory[POSITION];
	found = 0;
	if
	:: first == mine -> found = 1
	:: first != mine && first < RECORDS -> found = memory[first]
	:: else
	fi
}

proctype producer(byte cpu)
{
	byte mine, first, found, old;

next:	atomic {
		if
		:: reserved < RECORDS -> mine = reserved; reserved++
		:: else -> goto done
		fi
	}
	/* rti_ringmem_commit() */
#ifdef WEAK_COMMIT
	store(cpu, mine, 1);
#else
	store_full(cpu, mine, 1);
#endif
	/* rti_wakeup_committed(); ring_bell() */
	if
	:: !memory[ARMED] -> goto next
	:: else
	fi;
#ifdef XDP
	exchange(cpu, ARMED, 0, old);
	if
	:: old -> memory[BELL]++
	:: else
	fi;
#else
	look_as_producer(mine, first, found);
	if
	:: !found -> goto next
	:: else
	fi;
	exchange(cpu, ARMED, 0, old);
	if
	:: old -> memory[ASLEEP] = 0
	:: else
	fi;
#endif
	goto next;
done:	skip
}

inline arm()
{
#ifdef WEAK_ARM
	store(READER, ARMED, 1)
#else
	store_full(READER, ARMED, 1)
#endif
}

#ifdef XDP
/* rti_xdp_arm(), then the fd. */
inline sleep()
{
#ifdef LOOK_BEFORE_ARM
	there = memory[position];
#endif
	if
	:: !memory[ARMED] -> heard = memory[BELL]; arm()
	:: else
	fi;
#ifndef LOOK_BEFORE_ARM
	there = memory[position];
#endif
	if
	:: !there -> memory[BELL] != heard
	:: else
	fi
}
#else
/* rti_wakeup_wait() */
inline sleep()
{
#ifdef LOOK_BEFORE_ARM
	there = memory[position];
#endif
#ifndef STATE_AFTER_LOOK
	store_full(READER, ASLEEP, 1);
#endif
	arm();
#ifndef LOOK_BEFORE_ARM
	there = memory[position];
#endif
#ifdef STATE_AFTER_LOOK
	store_full(READER, ASLEEP, 1);
#endif
	if
	:: !there -> !memory[ASLEEP]
	:: else -> store_full(READER, ASLEEP, 0)
	fi;
	if
	:: memory[ARMED] -> store_full(READER, ARMED, 0)
	:: else
	fi
}
#endif

/* rtintercept_ring_wait(), peek and release */
proctype reader()
{
	byte position, there, heard;

	do
	:: position == RECORDS -> break
	:: else ->
		there = memory[position];
		if
		:: there -> position++; store(READER, POSITION, position)
		:: else -> sleep()
		fi
	od
}

init {
	atomic {
		run producer(0);
		run producer(1);
		run reader()
	}
}
