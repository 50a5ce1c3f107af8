/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ring: two producers reserve under the lock, fill and commit in any order;
 * one reader takes records one after the other, or, with -DHOSTILE, writes
 * whatever it likes. Records of one or two units in a ring of four; positions
 * only grow. Memory is in order here: barriers are tests/model/ring.cpp's.
 *
 * With -DM_x one step is left out or done too early: spin must find out.
 */
/* ALSO: HOSTILE */
/* MUST FAIL: M_NO_LOCK */
/* MUST FAIL: M_POSITION_FIRST */
/* MUST FAIL: M_COMMIT_FIRST */
/* MUST FAIL: M_RELEASE_FIRST */
/* MUST FAIL: HOSTILE M_NO_PENDING */
/* MUST FAIL: HOSTILE M_BELIEVE_ALL */
#define UNITS	4
#ifdef HOSTILE
#define TRIES	2	/* reserves of each producer */
#else
#define TRIES	3
#endif
#ifndef STEPS
#define STEPS	2	/* for RTI_RING_PENDING_STEPS; as few as can be */
#endif
#define AT(p)	((p) % UNITS)

/* shared memory */
byte consumer, producer;
byte length[UNITS];
bool busy[UNITS];
byte record[UNITS];	/* what a record's bytes say: its sequence number + 1 */

/* private to the kernel */
byte believed, reserved, pending, next_seq, dropped, refused;
bool locked;

/* not there in truth: what must never be */
byte writers[UNITS];	/* who is writing this unit now, 0: nobody */
bool unread[UNITS];
byte finished, got;

inline lock()
{
#ifdef M_NO_LOCK
	skip;
#else
	atomic { !locked -> locked = true; }
#endif
}

inline own(position, units, who)
{
	u = 0;
	do
	:: u < units ->
		assert(writers[AT(position + u)] == 0);
#ifndef HOSTILE
		assert(!unread[AT(position + u)]);
#endif
		writers[AT(position + u)] = who;
		unread[AT(position + u)] = true;
		u++;
	:: else -> u = 0; break;
	od;
}

inline disown(position, units)
{
	d_step {
		u = 0;
		do
		:: u < units -> writers[AT(position + u)] = 0; u++;
		:: else -> u = 0; break;
		od;
	}
}

proctype Produce(byte who)
{
	byte try, units, c, at, seq, u, steps;
	bool ok;

	for (try : 1 .. TRIES) {
		if
		:: units = 1;
		:: units = 2;
		fi;
		lock();
		c = consumer;
		/* Nobody sees the private part: in one step, up to the header. */
		atomic {
			seq = next_seq;
			next_seq++;
			ok = false;
			steps = 0;
			if
#ifdef M_BELIEVE_ALL
			:: true -> believed = c;
#else
			:: c < believed || c > reserved -> refused++; goto out;
			:: else -> believed = c;
#endif
			fi;
			do
			:: steps < STEPS && pending < reserved &&
			   !busy[AT(pending)] ->
				pending = pending + length[AT(pending)];
				steps++;
			:: else -> break;
			od;
			if
			:: reserved + units - believed > UNITS -> dropped++; goto out;
#ifndef M_NO_PENDING
			:: reserved + units - believed <= UNITS &&
			   reserved + units - pending > UNITS -> dropped++; goto out;
#endif
			:: else -> ok = true; at = reserved; reserved = at + units;
			fi;
			assert(believed <= reserved && reserved - believed <= UNITS);
			own(at, units, who);
		}
#ifdef M_POSITION_FIRST
		producer = at + units;
#endif
		atomic { length[AT(at)] = units; busy[AT(at)] = true; }
		producer = at + units;
out:		locked = false;
		if
		:: ok ->
#ifdef M_COMMIT_FIRST
			busy[AT(at)] = false;
			record[AT(at)] = seq + 1;
			disown(at, units);
#else
			record[AT(at)] = seq + 1;
			disown(at, units);
			busy[AT(at)] = false;
#endif
		:: else;
		fi;
		d_step { c = 0; at = 0; seq = 0; units = 0; steps = 0; ok = false; }
	}
	finished++;
}

#ifdef HOSTILE
proctype Read()
{
	byte tries;

	for (tries : 1 .. 3) {
		if
		:: consumer = 0;
		:: consumer = consumer + 1;
		:: consumer = producer;
		:: consumer = producer + 1;
		:: consumer = producer - 1;
		fi;
	}
}
#else
proctype Read()
{
	byte p, units, last, u;

end:	do
	:: producer != p && !busy[AT(p)] ->
		units = length[AT(p)];
#ifdef M_RELEASE_FIRST
		consumer = p + units;
#endif
		/* Ascending; what is missing was dropped. */
		assert(record[AT(p)] > last);
		assert(writers[AT(p)] == 0);
		last = record[AT(p)];
		got++;
		atomic {
			u = 0;
			do
			:: u < units -> unread[AT(p + u)] = false; u++;
			:: else -> u = 0; break;
			od;
			p = p + units;
		}
		consumer = p;
	:: finished == 2 && producer == p -> break;
	od;
	assert(got + dropped == next_seq && refused == 0);
}
#endif

init {
	atomic {
		run Produce(1);
		run Produce(2);
		run Read();
	}
}
