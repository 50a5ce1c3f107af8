/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the XDP program and the library have in common: the values of the maps.
 * Only values; how they are reached belongs to rtintercept.bpf.c and lib/xdp*.c.
 */
#ifndef RTI_BPF_SHARED_H
#define RTI_BPF_SHARED_H

#include "driver/match.h"

#define RTI_XDP_MAGIC		0x5844502d49545252ULL
#define RTI_XDP_ATTACHMENTS	8

/* The longest capture: two pieces of 32 KiB, see record.h. */
#define RTI_XDP_SNAP_MAX	65536U

/* Keys of the map `rti_tables`. */
#define RTI_XDP_TABLE_LIVE	0	/* what packets meet; absent: stopped */
#define RTI_XDP_TABLE_KEPT	1	/* what the rule calls change; never absent */
#define RTI_XDP_TABLES		2

#define RTI_CACHELINE		__attribute__((aligned(64)))

/**
 * struct rti_xdp_rule_counters - one rule's books on one CPU, in one cache line
 * @matched_bytes: wire lengths
 * @recorded: all as in struct rtintercept_rule_counters
 * @not_to_record: likewise
 * @dropped_ring_full: likewise
 * @dropped_too_big: likewise
 * @__pad: 0
 *
 * @matched is the sum of the four below it, so it needs no counter of its own.
 */
struct rti_xdp_rule_counters {
	__u64 matched_bytes;
	__u64 recorded;
	__u64 not_to_record;
	__u64 dropped_ring_full;
	__u64 dropped_too_big;
	__u64 __pad[3];
};

/**
 * struct rti_xdp_counters - one CPU's books: the value of map `rti_counters`
 * @unmatched: as in struct rtintercept_stats, likewise what follows
 * @unmatched_bytes: their wire lengths
 * @consumed: likewise
 * @failed_open: likewise
 * @wakeups: likewise
 * @ring_peak_bytes: highest fill that this CPU saw
 * @__pad: 0
 * @rule: by counter slot, see struct rti_xdp_table
 *
 * Only ever grow, and user space never writes them: what a slot held when a
 * rule got it is subtracted by the reader. The session's sums are those of all
 * slots.
 */
struct rti_xdp_counters {
	__u64 unmatched;
	__u64 unmatched_bytes;
	__u64 consumed;
	__u64 failed_open;
	__u64 wakeups;
	__u64 ring_peak_bytes;
	__u64 __pad[2];
	struct rti_xdp_rule_counters rule[RTI_RULES_MAX];
};

/**
 * struct rti_xdp_place - where a packet goes that matched
 * @index: the place's own index. Read from here and not from the loop, so that
 *	the verifier follows one unknown rule instead of 64 known ones.
 * @slot: counter slot of the rule: stays with the rule's id
 */
struct rti_xdp_place {
	__u32 index;
	__u32 slot;
};

/**
 * struct rti_xdp_table - a rule table: the value of an inner map of `rti_tables`
 * @generation: grows with each change
 * @count: rules
 * @next_id: where the search for a free id begins
 * @place: by position in the table
 * @matcher: in the order in which they are tried
 * @rule: the same rules as the application gave them
 * @base: by position: what the rule's counter slot held when it got it
 *
 * Never changed once it is in `rti_tables`: a change makes a new inner map.
 */
struct rti_xdp_table {
	__u64 generation;
	__u32 count;
	__u32 next_id;
	struct rti_xdp_place place[RTI_RULES_MAX];
	struct rti_matcher matcher[RTI_RULES_MAX] RTI_CACHELINE;
	struct rtintercept_rule rule[RTI_RULES_MAX];
	struct rti_xdp_rule_counters base[RTI_RULES_MAX];
};

/**
 * struct rti_xdp_session - map `.data.rti_xdp`, mapped by the library
 *
 * @next_seq: the program's: sequence number of the next record; atomic
 * @first_ns: the program's: T1 of the record that found the ring empty; only
 *	with a watermark
 * @timer_on: the program's: a deadline is running; 0 or 1, atomic
 * @armed: a reader is about to sleep. The reader stores 1; whoever takes it away
 *	with an atomic exchange has to ring the bell. (D)
 * @wake_bytes: the reader's: bell at so many unread bytes; 0: bytes do not count
 * @wake_seq: the reader's: bell at this record or a later one
 * @deadline_ns: the reader's: 0: no watermark, bell at the first record
 *
 * The rest is the library's, the program only reads @attachment and @ring_bytes.
 *
 * @magic: RTI_XDP_MAGIC, stored last
 * @abi_version: RTINTERCEPT_ABI_VERSION
 * @lock: pid of a process that changes the rules, or 0
 * @pid: who opened the session, and so on: as in struct rtintercept_session
 * @uid: likewise
 * @ring_bytes: size of the ring's data area, 0: none yet
 * @counters_map: id of that session's `rti_counters`
 * @tables_map: id of its `rti_tables`
 * @ring_map: id of its `rti_ring`, 0: none yet
 * @dead: the last interface has gone
 * @__reserved: 0
 * @netns: inode number
 * @opened_ns: when
 * @command: name of the process
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
	__u64 ring_bytes;
	__u32 counters_map;
	__u32 tables_map;
	__u32 ring_map;
	__u32 dead;
	__u64 netns;
	__u64 opened_ns;
	char command[16];
	struct rtintercept_attachment attachment[RTI_XDP_ATTACHMENTS];
};

#endif /* RTI_BPF_SHARED_H */
