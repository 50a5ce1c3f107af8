/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the XDP program and the library have in common: the values of the maps.
 * Only values; how they are reached belongs to rtintercept.bpf.c and lib/xdp*.c.
 */
#ifndef RTI_BPF_SHARED_H
#define RTI_BPF_SHARED_H

#include "driver/reply.h"
#include "driver/search.h"

#define RTI_XDP_MAGIC		0x5844502d49545252ULL
#define RTI_XDP_ATTACHMENTS	8

/*
 * Twice the rules: a new rule always finds a slot that no old one counts in. The
 * first ones, enough for small tables, are there on each CPU.
 */
#define RTI_XDP_SLOTS		(2 * RTI_INDEX_RULES_MAX)
#define RTI_XDP_CPU_SLOTS	(2 * RTI_INDEX_SMALL_RULES)
#define RTI_XDP_SHARED_SLOTS	(RTI_XDP_SLOTS - RTI_XDP_CPU_SLOTS)

/*
 * The largest images. Small: index, matchers, a page of rows for each field.
 * Large: index, 64 of matchers, 2 of ranks, 8 for each field, groups, and of each
 * group 256 rows for each field.
 */
#define RTI_XDP_SMALL_PAGES	(2 + RTI_INDEX_FIELDS)
#define RTI_XDP_LARGE_PAGES	(1 + 64 + 2 + 8 * RTI_INDEX_FIELDS + 1 + \
				 RTI_INDEX_GROUPS_MAX * RTI_INDEX_FIELDS / 4)
#define RTI_XDP_SMALL_WORDS	(RTI_XDP_SMALL_PAGES * RTI_INDEX_PAGE_WORDS)
#define RTI_XDP_LARGE_WORDS	(RTI_XDP_LARGE_PAGES * RTI_INDEX_PAGE_WORDS)

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

/* A MAC address, 6 bytes, as a number of this machine. */
static __always_inline __u64 rti_xdp_mac(const __u8 *mac)
{
	return (__u64)rti_get_native(__u16, mac + 4) << 32 | rti_get_native(__u32, mac);
}

/**
 * struct rti_xdp_slot - one rule's books, in one cache line
 * @matched_bytes: wire lengths
 * @recorded: all as in struct rtintercept_rule_counters
 * @not_to_record: likewise
 * @dropped_ring_full: likewise
 * @dropped_too_big: likewise
 * @replied: likewise
 * @__pad: 0
 *
 * What matched is the sum of the four before @replied, so it needs no counter of its
 * own.
 */
struct rti_xdp_slot {
	__u64 matched_bytes;
	__u64 recorded;
	__u64 not_to_record;
	__u64 dropped_ring_full;
	__u64 dropped_too_big;
	__u64 replied;
	__u64 __pad[2];
};

/**
 * struct rti_xdp_counters - one CPU's books: the value of map rti_counters
 * @unmatched: as in struct rtintercept_stats, likewise what follows
 * @unmatched_bytes: their wire lengths
 * @consumed: likewise
 * @failed_open: likewise
 * @wakeups: likewise
 * @ring_peak_bytes: highest fill that this CPU saw
 * @reply_unfit: as in struct rtintercept_stats, likewise what follows
 * @reply_limited: likewise
 * @reply_failed: likewise
 * @__pad: 0
 * @slot: the first slots
 *
 * All CPUs share the slots beyond, map rti_slots. Slots only ever grow, and user
 * space never writes them: what one held when a rule got it is subtracted by
 * whoever reads. The session's books are the sums of all slots.
 */
struct rti_xdp_counters {
	__u64 unmatched;
	__u64 unmatched_bytes;
	__u64 consumed;
	__u64 failed_open;
	__u64 wakeups;
	__u64 ring_peak_bytes;
	__u64 reply_unfit;
	__u64 reply_limited;
	__u64 reply_failed;
	__u64 __pad[7];
	struct rti_xdp_slot slot[RTI_XDP_CPU_SLOTS];
};

/**
 * struct rti_xdp_table - the rules that packets meet: the value of the map in
 * rti_tables
 * @count: rules
 * @large: 1: they are in struct rti_xdp_large, and what follows is not in use
 * @slot: by slot of the index: where the rule counts
 * @reply: likewise: what it answers: an index of rti_replies
 * @image: the index
 * @rule: by rank: the rules as the application gave them
 *
 * Nobody changes it: a change, or START, puts a new map there; STOP takes it away.
 */
struct rti_xdp_table {
	__u32 count;
	__u32 large;
	__u16 slot[RTI_INDEX_SMALL_RULES];
	__u8 reply[RTI_INDEX_SMALL_RULES];
	__u64 image[RTI_XDP_SMALL_WORDS] RTI_CACHELINE;
	struct rtintercept_rule rule[RTI_INDEX_SMALL_RULES];
};

/**
 * struct rti_xdp_large - the rules of a large table: the value of the map in
 * rti_large
 * @image: as above, likewise what follows
 * @slot: likewise
 * @reply: likewise
 * @rule: likewise
 *
 * 3.6 MB, where the kernel lets the value of an array have 4. It is there before
 * a struct rti_xdp_table says so, and goes after it; of two large tables, one
 * follows the other here alone.
 */
struct rti_xdp_large {
	__u64 image[RTI_XDP_LARGE_WORDS];
	__u16 slot[RTI_INDEX_RULES_MAX];
	__u8 reply[RTI_INDEX_RULES_MAX];
	struct rtintercept_rule rule[RTI_INDEX_RULES_MAX];
};

/**
 * struct rti_xdp_rules - the rules, and the replies they name, as the calls change
 * them, running or not: the value of map rti_rules
 * @generation: grows with each change
 * @count: rules
 * @__pad: 0
 * @rule: by rank
 * @slot: by rank: where the rule counts; stays with its id
 * @base: by rank: what its slot held when it got it
 * @reply: by index of rti_replies: as it was set; where there is none, all is 0
 */
struct rti_xdp_rules {
	__u64 generation;
	__u32 count;
	__u32 __pad;
	struct rtintercept_rule rule[RTI_INDEX_RULES_MAX];
	__u32 slot[RTI_INDEX_RULES_MAX];
	struct rti_xdp_slot base[RTI_INDEX_RULES_MAX];
	struct rtintercept_reply_set reply[RTI_REPLIES_MAX];
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
 * The rest is the library's; the program only reads @attachment, @mac and @ring_bytes.
 *
 * @magic: RTI_XDP_MAGIC, stored last
 * @abi_version: RTINTERCEPT_ABI_VERSION
 * @lock: pid of a process that reads or changes the rules, or 0
 * @pid: who opened the session; as in struct rtintercept_session, likewise @uid,
 *	@netns, @opened_ns and @command
 * @uid: likewise
 * @rules_map: id of that session's rti_rules
 * @tables_map: id of its rti_tables
 * @large_map: id of its rti_large
 * @counters_map: id of its rti_counters
 * @slots_map: id of its rti_slots
 * @replies_map: id of its rti_replies
 * @due_map: id of its rti_due
 * @ring_map: id of its rti_ring, 0: none yet
 * @dead: the last interface has gone
 * @rules: how many there are; under @lock, likewise what follows
 * @slots: so many of the first slots have ever been in use
 * @large: the table in rti_tables is large, for certain
 * @__reserved: 0
 * @generation: of the rules
 * @ring_bytes: size of the ring's data area, 0: none yet
 * @netns: likewise
 * @opened_ns: likewise
 * @command: likewise
 * @attachment: those with ifindex 0 are free
 * @mac: their addresses, by rti_xdp_mac()
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
	__u32 large_map;
	__u32 counters_map;
	__u32 slots_map;
	__u32 replies_map;
	__u32 due_map;
	__u32 ring_map;
	__u32 dead;
	__u32 rules;
	__u32 slots;
	__u32 large;
	__u32 __reserved;
	__u64 generation;
	__u64 ring_bytes;
	__u64 netns;
	__u64 opened_ns;
	char command[16];
	struct rtintercept_attachment attachment[RTI_XDP_ATTACHMENTS];
	__u64 mac[RTI_XDP_ATTACHMENTS];
};

#endif /* RTI_BPF_SHARED_H */
