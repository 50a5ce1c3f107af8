/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the XDP program and the library have in common: the values of the maps.
 * Only values; how they are reached belongs to rtintercept.bpf.c and lib/xdp*.c.
 */
#ifndef RTI_BPF_SHARED_H
#define RTI_BPF_SHARED_H

#include "driver/match.h"

#define RTI_XDP_MAGIC		0x5844502d49545252ULL
#define RTI_XDP_RULES_MAX	64
#define RTI_XDP_ATTACHMENTS	8

/* Twice the rules: a new rule always finds a slot that no old one counts in. */
#define RTI_XDP_SLOTS		(2 * RTI_XDP_RULES_MAX)

/* The longest capture: two pieces of 32 KiB, see record.h. */
#define RTI_XDP_SNAP_MAX	65536U

#define RTI_XDP_CLOCK_MONOTONIC	1

/* The session's map is found by this name. */
#define RTI_XDP_SESSION_MAP	"rti_session"

#define RTI_LINE_BYTES		64U
#define RTI_CACHELINE		__attribute__((aligned(RTI_LINE_BYTES)))

/* What a capture of @captured bytes takes in the ring. */
static __always_inline __u64 rti_xdp_room(__u32 captured)
{
	return (sizeof(struct rtintercept_ring_header) +
		sizeof(struct rtintercept_record) + captured +
		RTINTERCEPT_RING_ALIGN - 1) & ~(__u64)(RTINTERCEPT_RING_ALIGN - 1);
}

/**
 * struct rti_xdp_slot - one rule's books on one CPU, in one cache line
 * @matched_bytes: wire lengths
 * @recorded: all as in struct rtintercept_rule_counters
 * @not_to_record: likewise
 * @dropped_ring_full: likewise
 * @dropped_too_big: likewise
 * @__pad: 0
 *
 * What matched is the sum of the last four, so it needs no counter of its own.
 */
struct rti_xdp_slot {
	__u64 matched_bytes;
	__u64 recorded;
	__u64 not_to_record;
	__u64 dropped_ring_full;
	__u64 dropped_too_big;
	__u64 __pad[3];
};

/**
 * struct rti_xdp_counters - one CPU's books: the value of map rti_counters
 * @unmatched: as in struct rtintercept_stats, likewise what follows
 * @unmatched_bytes: their wire lengths
 * @consumed: likewise
 * @failed_open: likewise
 * @wakeups: likewise
 * @ring_peak_bytes: highest fill that this CPU saw
 * @__pad: 0
 * @slot: by rule, see struct rti_xdp_table
 *
 * They only ever grow, and user space never writes them: what a slot held when
 * a rule got it is subtracted by whoever reads. The session's books are the
 * sums of all slots.
 */
struct rti_xdp_counters {
	__u64 unmatched;
	__u64 unmatched_bytes;
	__u64 consumed;
	__u64 failed_open;
	__u64 wakeups;
	__u64 ring_peak_bytes;
	__u64 __pad[2];
	struct rti_xdp_slot slot[RTI_XDP_SLOTS];
};

/**
 * struct rti_xdp_table - a rule table
 * @generation: grows with each change
 * @count: rules
 * @next_id: where the search for a free id begins
 * @slot: by position in the table: where the rule counts; stays with its id
 * @matcher: in the order in which they are tried
 * @rule: the same rules as the application gave them
 * @base: by position: what the rule's slot held when it got it
 *
 * The one value of map rti_rules, which the rule calls change, and of the map
 * in rti_tables, which packets meet and nobody changes: a change, or START,
 * puts a new map there; STOP takes it away.
 */
struct rti_xdp_table {
	__u64 generation;
	__u32 count;
	__u32 next_id;
	__u32 slot[RTI_XDP_RULES_MAX];
	struct rti_matcher matcher[RTI_XDP_RULES_MAX] RTI_CACHELINE;
	struct rtintercept_rule rule[RTI_XDP_RULES_MAX];
	struct rti_xdp_slot base[RTI_XDP_RULES_MAX];
};

/**
 * struct rti_xdp_session - the value of map rti_session, mapped by the library
 *
 * @next_seq: the program's: sequence number of the next record; atomic
 * @first_ns: the program's: T1 of the record that found the ring empty; only
 *	with a watermark
 * @timer_on: the program's: a deadline is running; 0 or 1, atomic
 * @armed: 1: nobody has rung the bell since the reader emptied it. The reader
 *	stores 1 before it sleeps; whoever takes it away with an atomic exchange
 *	has to ring. (D)
 * @wake_bytes: the reader's: ring at so many unread bytes; 0: bytes do not count
 * @wake_seq: the reader's: ring at this record or a later one
 * @deadline_ns: the reader's: 0: no watermark, ring at the first record
 *
 * The rest is the library's; the program only reads @attachment and @ring_bytes.
 *
 * @magic: RTI_XDP_MAGIC, stored last
 * @abi_version: RTINTERCEPT_ABI_VERSION
 * @lock: pid of a process that reads or changes the rules, or 0
 * @pid: who opened the session; as in struct rtintercept_session, likewise @uid,
 *	@netns, @opened_ns and @command
 * @uid: likewise
 * @rules_map: id of that session's rti_rules
 * @tables_map: id of its rti_tables
 * @counters_map: id of its rti_counters
 * @ring_map: id of its rti_ring, 0: none yet
 * @dead: the last interface has gone
 * @__reserved: 0
 * @ring_bytes: size of the ring's data area, 0: none yet
 * @netns: likewise
 * @opened_ns: likewise
 * @command: likewise
 * @attachment: those with ifindex 0 are free
 */
struct rti_xdp_session {
	__u64 next_seq;
	__u64 first_ns;
	__u32 timer_on;

	__u32 armed RTI_CACHELINE;
	__u32 wake_bytes;
	__u64 wake_seq;
	__u64 deadline_ns;

	__u64 magic RTI_CACHELINE;
	__u32 abi_version;
	__u32 lock;
	__u32 pid;
	__u32 uid;
	__u32 rules_map;
	__u32 tables_map;
	__u32 counters_map;
	__u32 ring_map;
	__u32 dead;
	__u32 __reserved;
	__u64 ring_bytes;
	__u64 netns;
	__u64 opened_ns;
	char command[16];
	struct rtintercept_attachment attachment[RTI_XDP_ATTACHMENTS];
};

#endif /* RTI_BPF_SHARED_H */
