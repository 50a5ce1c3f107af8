/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The interface of /dev/rtintercept: every struct, number and flag that the
 * kernel and user space share, for the module and for the XDP program alike.
 *
 * General ioctl format. Each ioctl takes a pointer to its own struct, which
 * begins with ``__u32 size`` (set it to sizeof the struct you compiled with)
 * and ``__u32 flags``. A kernel that knows a longer struct reads the missing
 * tail as zero; one that knows a shorter struct accepts a zero tail and refuses
 * any other with E2BIG. Unknown flag bits and values are refused with
 * EOPNOTSUPP, reserved members that are not zero with EINVAL, and a refused
 * call has changed nothing. Where an ioctl fills an array, the caller gives the
 * size of one element as it knows it, a multiple of 8, so that arrays can grow as
 * structs do.
 *
 * ENOTTY no such ioctl, EFAULT bad pointer, EPERM a capability is missing (see
 * each ioctl): these hold for every ioctl and are not repeated below.
 *
 * All times are CLOCK_MONOTONIC nanoseconds. Ports, VLAN ids and ethertypes are
 * in host byte order, addresses are bytes as they stand in the packet.
 */
#ifndef _UAPI_LINUX_RTINTERCEPT_H
#define _UAPI_LINUX_RTINTERCEPT_H

#include <linux/types.h>
#include <linux/ioctl.h>

#define RTINTERCEPT_ABI_VERSION		1
#define RTINTERCEPT_DEVICE		"/dev/rtintercept"

/* Which kernel half serves a session. */
#define RTINTERCEPT_BACKEND_AUTO	0
#define RTINTERCEPT_BACKEND_MODULE	1
#define RTINTERCEPT_BACKEND_XDP		2

/*
 * The ring
 * ========
 * The memory layout and the protocol of BPF_MAP_TYPE_RINGBUF, byte for byte.
 * P is the page size, S the size given to RTINTERCEPT_IOC_RING_SETUP:
 *
 *	offset 0	consumer page: struct rtintercept_ring_consumer; the only
 *			page that user space may map writable
 *	offset P	producer page: struct rtintercept_ring_producer
 *	offset 2P	data, S bytes
 *	offset 2P + S	the same S bytes again, so that no record ever wraps
 *
 * Positions are byte counts that only grow; (position & (S - 1)) is the offset
 * in the data. A record is a struct rtintercept_ring_header, then the number of
 * bytes it tells, then padding up to the next multiple of 8.
 *
 * The barriers, by letter; each site in the code names its letter and its pair:
 *
 *	 kernel, producing			 user space, consuming
 *	 -----------------			 ---------------------
 *	 load consumer position (C) acquire
 *	 no room: count the drop, end
 *	 header = length | BUSY
 *	 store producer position (A) release --> load producer position (A) acquire
 *	 fill in the record			 consumer == producer: empty
 *	 header = length (B) full barrier -----> load header (B) acquire
 *	 load "a sleeper is armed" (D)		 BUSY: not ready yet; empty
 *	 armed and due: disarm, wake		 read the record, in place
 *					 (C) <-- store consumer position (C) release
 *
 *	 poll(), WAIT: armed, (D) full barrier, load header of the next record.
 *
 * (A) A reader that sees a position sees BUSY in the header in front of it.
 * (B) A reader that sees BUSY cleared sees the whole record.
 * (C) A record is overwritten only after its reader has let go of it.
 * (D) Store-then-check on both sides. Release and acquire are not enough: both
 *     loads could be satisfied before either store is visible, the producer
 *     would see nobody asleep, the sleeper no record, and a wake-up be lost.
 */
#define RTINTERCEPT_RING_BUSY		(1U << 31)
#define RTINTERCEPT_RING_DISCARD	(1U << 30)
#define RTINTERCEPT_RING_LENGTH		(~(RTINTERCEPT_RING_BUSY | RTINTERCEPT_RING_DISCARD))
#define RTINTERCEPT_RING_ALIGN		8U

/**
 * struct rtintercept_ring_header - stands in front of each record
 * @length: bytes that follow, without padding; RTINTERCEPT_RING_BUSY while the
 *	kernel is still writing them, RTINTERCEPT_RING_DISCARD to be skipped
 * @page_offset: of the kernel's own use; no meaning to user space
 */
struct rtintercept_ring_header {
	__u32 length;
	__u32 page_offset;
};

/**
 * struct rtintercept_ring_consumer - the page at offset 0, written by the reader
 * @position: bytes consumed since the ring was set up; only ever grows, by whole
 *	records. A value that cannot be (beyond the producer, backwards, not a
 *	multiple of 8) makes the kernel refuse to record, and nothing else.
 */
struct rtintercept_ring_consumer {
	__u64 position;
};

/**
 * struct rtintercept_ring_producer - the page at offset P, written by the kernel
 * @position: bytes produced since the ring was set up
 * @__unused: keeps the counters out of the position's cache line
 * @next_seq: sequence number that the next record will get; the module only,
 *	as are all that follow (the XDP backend has them in RTINTERCEPT_IOC_STATS)
 * @dropped_ring_full: records dropped because there was no room
 * @dropped_too_big: records dropped because they exceed the whole ring
 * @dropped_hostile_consumer: records dropped because the consumer's position
 *	made no sense
 * @peak_bytes: highest number of bytes that were in the ring at once
 */
struct rtintercept_ring_producer {
	__u64 position;
	__u64 __unused[7];
	__u64 next_seq;
	__u64 dropped_ring_full;
	__u64 dropped_too_big;
	__u64 dropped_hostile_consumer;
	__u64 peak_bytes;
};

/* What becomes of the packet itself. */
#define RTINTERCEPT_VERDICT_PASS	0	/* travels on as if nothing had been */
#define RTINTERCEPT_VERDICT_DROP	1	/* consumed; the stack never sees it */
#define RTINTERCEPT_VERDICT_REPLY	2	/* answered by the kernel and consumed */

/* struct rtintercept_record, @flags. */
#define RTINTERCEPT_RECORD_TRUNCATED	(1U << 0)  /* captured_bytes < wire_bytes */
#define RTINTERCEPT_RECORD_VLAN		(1U << 1)  /* vlan_tci, vlan_proto valid */
#define RTINTERCEPT_RECORD_CSUM_PARTIAL	(1U << 2)  /* checksum not yet computed */
#define RTINTERCEPT_RECORD_GRO		(1U << 3)  /* merged: gso_bytes, gso_segs valid */
#define RTINTERCEPT_RECORD_FRAG_FIRST	(1U << 4)  /* first fragment of an IP packet */
#define RTINTERCEPT_RECORD_FRAG_LATER	(1U << 5)  /* later fragment: no ports */
#define RTINTERCEPT_RECORD_HW_TIME	(1U << 6)  /* hw_time_ns valid */
#define RTINTERCEPT_RECORD_RX_QUEUE	(1U << 7)  /* rx_queue valid */
#define RTINTERCEPT_RECORD_FLOW_HASH	(1U << 8)  /* flow_hash valid */
#define RTINTERCEPT_RECORD_L3		(1U << 9)  /* l3_offset valid: well-formed IPv4 or IPv6 */
#define RTINTERCEPT_RECORD_L4		(1U << 10) /* l4_offset valid: upper header found */
#define RTINTERCEPT_RECORD_PAYLOAD	(1U << 11) /* payload_offset valid: UDP or TCP */
#define RTINTERCEPT_RECORD_MALFORMED	(1U << 12) /* a header lies or is cut short */
#define RTINTERCEPT_RECORD_NO_MAC	(1U << 13) /* no Ethernet header: data begins with L3 */
#define RTINTERCEPT_RECORD_IPV6		(1U << 14) /* with _L3: IPv6, else IPv4 */

/**
 * struct rtintercept_record - one intercepted packet, as the application gets it
 * @seq: counts the records of a session, dropped ones included, from 0; unique
 *	and without holes, so what is missing was dropped. In the module's ring
 *	they ascend. With XDP two CPUs at once may write neighbours in either order.
 * @time_ns: T1, when the hook saw the packet; CLOCK_MONOTONIC. Read as soon as a
 *	first look does not rule the packet out, before it is parsed or matched.
 * @hw_time_ns: the NIC's own time of arrival, in the NIC's clock, or 0
 * @ifindex: interface it arrived on, in the session's network namespace
 * @rule_id: rule that matched
 * @wire_bytes: length of the packet from the MAC header on, VLAN tags included
 * @captured_bytes: how many of them follow in @data
 * @flags: RTINTERCEPT_RECORD_*
 * @flow_hash: the kernel's or the NIC's receive hash
 * @rx_queue: receive queue of the NIC
 * @vlan_tci: outermost VLAN tag: priority, DEI and id
 * @vlan_proto: ethertype of that tag: 0x8100 or 0x88a8
 * @l3_offset: of the IP header, in bytes from the begin of @data
 * @l4_offset: of the transport header, likewise
 * @payload_offset: of the bytes behind the UDP or TCP header, likewise
 * @gso_bytes: payload of each packet that was merged into this one
 * @gso_segs: how many were merged
 * @verdict: RTINTERCEPT_VERDICT_*, as it was carried out
 * @hook: RTINTERCEPT_HOOK_* where it was taken
 * @__reserved: 0
 * @data: the packet from the MAC header on, VLAN tags in place as on the wire.
 *	Offsets may point behind what was captured.
 */
struct rtintercept_record {
	__u64 seq;
	__u64 time_ns;
	__u64 hw_time_ns;
	__u32 ifindex;
	__u32 rule_id;
	__u32 wire_bytes;
	__u32 captured_bytes;
	__u32 flags;
	__u32 flow_hash;
	__u16 rx_queue;
	__u16 vlan_tci;
	__u16 vlan_proto;
	__u16 l3_offset;
	__u16 l4_offset;
	__u16 payload_offset;
	__u16 gso_bytes;
	__u16 gso_segs;
	__u8 verdict;
	__u8 hook;
	__u8 __reserved[6];
	__u8 data[];
};

/* Where on an interface packets are taken. */
#define RTINTERCEPT_HOOK_AUTO		0
#define RTINTERCEPT_HOOK_INGRESS	1	/* netfilter ingress; shared with others */
#define RTINTERCEPT_HOOK_RX_HANDLER	2	/* exclusive: bridge, bond, macvlan hold it too */
#define RTINTERCEPT_HOOK_XDP_NATIVE	3	/* in the driver, before an skb exists */
#define RTINTERCEPT_HOOK_XDP_GENERIC	4	/* behind the driver, on any interface */

/*
 * Rules
 * =====
 */

/* struct rtintercept_rule, @match: which members below it are compared. */
#define RTINTERCEPT_MATCH_ETHERTYPE	(1ULL << 0)
#define RTINTERCEPT_MATCH_VLAN		(1ULL << 1)
#define RTINTERCEPT_MATCH_VLAN_INNER	(1ULL << 2)
#define RTINTERCEPT_MATCH_PROTOCOL	(1ULL << 3)
#define RTINTERCEPT_MATCH_SRC_ADDR	(1ULL << 4)
#define RTINTERCEPT_MATCH_DST_ADDR	(1ULL << 5)
#define RTINTERCEPT_MATCH_SRC_PORT	(1ULL << 6)
#define RTINTERCEPT_MATCH_DST_PORT	(1ULL << 7)
#define RTINTERCEPT_MATCH_FRAGMENT	(1ULL << 8)
#define RTINTERCEPT_MATCH_LENGTH	(1ULL << 9)
#define RTINTERCEPT_MATCH_PAYLOAD	(1ULL << 10)	/* INFO: _FEATURE_MATCH_PAYLOAD */
#define RTINTERCEPT_MATCH_PROGRAM	(1ULL << 11)	/* INFO: _FEATURE_PROGRAM_* */

/* @flags of a rule. */
#define RTINTERCEPT_RULE_RECORD		(1U << 0)  /* hand the application a record */
#define RTINTERCEPT_RULE_ON_FULL_DROP	(1U << 1)  /* no record possible: consume all the same */

/* @fragments of a rule: a set. */
#define RTINTERCEPT_FRAGMENT_NONE	(1U << 0)  /* not a fragment */
#define RTINTERCEPT_FRAGMENT_FIRST	(1U << 1)
#define RTINTERCEPT_FRAGMENT_LATER	(1U << 2)

#define RTINTERCEPT_VLAN_UNTAGGED	0x1000	/* as a VLAN id: there is no such tag */
#define RTINTERCEPT_PAYLOAD_MAX		16

/**
 * struct rtintercept_rule - what to match, and what then
 * @id: names the rule within its session; 0 when adding: the kernel chooses
 * @priority: of the rules that match a packet the greatest wins; among equals
 *	the lowest id
 * @match: RTINTERCEPT_MATCH_*; members not named here must be 0. No bit at all
 *	matches every packet.
 * @verdict: RTINTERCEPT_VERDICT_*; DROP and REPLY need CAP_NET_ADMIN. What REPLY
 *	cannot answer goes to the stack.
 * @flags: RTINTERCEPT_RULE_*. ON_FULL_DROP is for rules that DROP or REPLY, and
 *	RECORD: without it a packet that could not be recorded goes to the stack.
 * @snap_bytes: with RECORD: capture at most so many bytes; 0: the whole packet
 * @ethertype: behind all VLAN tags
 * @vlan_id: of the outermost tag, or RTINTERCEPT_VLAN_UNTAGGED
 * @vlan_inner_id: of the second tag, or RTINTERCEPT_VLAN_UNTAGGED
 * @family: 4 or 6, which the addresses are of; 0 where neither is compared
 * @protocol: upper protocol; IPv6 extension headers are walked
 * @src_prefix_bits: how many leading bits of @src_addr count: 0..32 or 0..128
 * @dst_prefix_bits: likewise for @dst_addr
 * @fragments: RTINTERCEPT_FRAGMENT_*, at least one
 * @payload_bytes: how many bytes of @payload_value count: 1..16
 * @src_addr: source address; IPv4 in the first 4 bytes. Bits behind the prefix
 *	must be 0, as in all addresses.
 * @dst_addr: destination address
 * @src_port_min: source port, inclusive range. Rules on ports match UDP and TCP
 *	(or only one of them, by @protocol), never a later fragment.
 * @src_port_max: not below @src_port_min
 * @dst_port_min: destination port, likewise
 * @dst_port_max: not below @dst_port_min
 * @length_min: bytes from the MAC header on, inclusive range
 * @length_max: not below @length_min
 * @payload_offset: from the first byte behind the UDP or TCP header
 * @__reserved: 0
 * @payload_value: bytes to compare; 0 where @payload_mask is 0
 * @payload_mask: bits of them that count
 * @program_id: with MATCH_PROGRAM: which of RTINTERCEPT_IOC_PROGRAM_SET
 * @reply_id: with VERDICT_REPLY: which of RTINTERCEPT_IOC_REPLY_SET
 */
struct rtintercept_rule {
	__u32 id;
	__u32 priority;
	__u64 match;
	__u32 verdict;
	__u32 flags;
	__u32 snap_bytes;
	__u16 ethertype;
	__u16 vlan_id;
	__u16 vlan_inner_id;
	__u8 family;
	__u8 protocol;
	__u8 src_prefix_bits;
	__u8 dst_prefix_bits;
	__u8 fragments;
	__u8 payload_bytes;
	__u8 src_addr[16];
	__u8 dst_addr[16];
	__u16 src_port_min;
	__u16 src_port_max;
	__u16 dst_port_min;
	__u16 dst_port_max;
	__u32 length_min;
	__u32 length_max;
	__u16 payload_offset;
	__u16 __reserved[3];
	__u8 payload_value[RTINTERCEPT_PAYLOAD_MAX];
	__u8 payload_mask[RTINTERCEPT_PAYLOAD_MAX];
	__u32 program_id;
	__u32 reply_id;
};

/*
 * ioctls
 * ======
 * @session_id 0 is the caller's own session and needs no right but the file
 * descriptor. Any other id is ENOENT if there is none, and needs CAP_NET_ADMIN
 * in the user namespace that owns that session's network namespace.
 */
#define RTINTERCEPT_IOC_MAGIC		0xBE
#define RTINTERCEPT_IOC(nr)		_IO(RTINTERCEPT_IOC_MAGIC, nr)

#define RTINTERCEPT_IOC_INFO		RTINTERCEPT_IOC(0x00)
#define RTINTERCEPT_IOC_ATTACH		RTINTERCEPT_IOC(0x01)
#define RTINTERCEPT_IOC_DETACH		RTINTERCEPT_IOC(0x02)
#define RTINTERCEPT_IOC_RULE_ADD	RTINTERCEPT_IOC(0x03)
#define RTINTERCEPT_IOC_RULE_DEL	RTINTERCEPT_IOC(0x04)
#define RTINTERCEPT_IOC_RULE_LIST	RTINTERCEPT_IOC(0x05)
#define RTINTERCEPT_IOC_RULE_REPLACE	RTINTERCEPT_IOC(0x06)
#define RTINTERCEPT_IOC_RULE_FLUSH	RTINTERCEPT_IOC(0x07)
#define RTINTERCEPT_IOC_RING_SETUP	RTINTERCEPT_IOC(0x08)
#define RTINTERCEPT_IOC_START		RTINTERCEPT_IOC(0x09)
#define RTINTERCEPT_IOC_STOP		RTINTERCEPT_IOC(0x0a)
#define RTINTERCEPT_IOC_WAKEUP		RTINTERCEPT_IOC(0x0b)
#define RTINTERCEPT_IOC_STATS		RTINTERCEPT_IOC(0x0c)
#define RTINTERCEPT_IOC_RULE_STATS	RTINTERCEPT_IOC(0x0d)
#define RTINTERCEPT_IOC_SESSION_LIST	RTINTERCEPT_IOC(0x0e)
#define RTINTERCEPT_IOC_ATTACHMENT_LIST	RTINTERCEPT_IOC(0x0f)
#define RTINTERCEPT_IOC_PROGRAM_SET	RTINTERCEPT_IOC(0x10)
#define RTINTERCEPT_IOC_REPLY_SET	RTINTERCEPT_IOC(0x11)
#define RTINTERCEPT_IOC_WAIT		RTINTERCEPT_IOC(0x12)
#define RTINTERCEPT_IOC_PROGRAM_GET	RTINTERCEPT_IOC(0x13)
#define RTINTERCEPT_IOC_REPLY_GET	RTINTERCEPT_IOC(0x14)

/* struct rtintercept_info, @features. */
#define RTINTERCEPT_FEATURE_HOOK_INGRESS	(1ULL << 0)
#define RTINTERCEPT_FEATURE_HOOK_RX_HANDLER	(1ULL << 1)
#define RTINTERCEPT_FEATURE_HOOK_XDP		(1ULL << 2)
#define RTINTERCEPT_FEATURE_WATERMARK		(1ULL << 3)
#define RTINTERCEPT_FEATURE_READ		(1ULL << 4)	/* read() returns records */
#define RTINTERCEPT_FEATURE_MATCH_PAYLOAD	(1ULL << 5)
#define RTINTERCEPT_FEATURE_REPLY		(1ULL << 6)
#define RTINTERCEPT_FEATURE_PROGRAM_CBPF	(1ULL << 7)
#define RTINTERCEPT_FEATURE_PROGRAM_EBPF	(1ULL << 8)
#define RTINTERCEPT_FEATURE_OTHER_SESSIONS	(1ULL << 9)	/* session_id other than 0 */
#define RTINTERCEPT_FEATURE_WAIT		(1ULL << 10)	/* IOC_WAIT */

/**
 * struct rtintercept_info - RTINTERCEPT_IOC_INFO: what this kernel can do
 * @size: sizeof(struct rtintercept_info)
 * @flags: 0
 * @abi_version: out: RTINTERCEPT_ABI_VERSION; grows only when something that
 *	worked stops working
 * @session_id: out: the caller's own
 * @features: out: RTINTERCEPT_FEATURE_*
 * @backend: out: RTINTERCEPT_BACKEND_MODULE or _XDP
 * @max_rules: out: rules in one session
 * @max_attachments: out: interfaces in one session
 * @max_snap_bytes: out: the longest packet that can be captured whole
 * @ring_min_bytes: out: smallest ring
 * @ring_max_bytes: out: largest ring
 * @version: out: of the module or the XDP program, NUL-terminated
 * @max_replies: out: replies in one session; 0: no REPLY
 * @max_reply_pps: out: the highest rate of a reply
 * @generation: out: of the caller's own rule table
 */
struct rtintercept_info {
	__u32 size;
	__u32 flags;
	__u32 abi_version;
	__u32 session_id;
	__u64 features;
	__u32 backend;
	__u32 max_rules;
	__u32 max_attachments;
	__u32 max_snap_bytes;
	__u64 ring_min_bytes;
	__u64 ring_max_bytes;
	char version[32];
	__u32 max_replies;
	__u32 max_reply_pps;
	__u64 generation;
};

/**
 * struct rtintercept_attach - RTINTERCEPT_IOC_ATTACH: take an interface's packets
 * @size: sizeof(struct rtintercept_attach)
 * @flags: 0
 * @ifindex: in the network namespace in which the session was opened
 * @hook: in: RTINTERCEPT_HOOK_*; out: the one in use
 *
 * Needs CAP_NET_RAW in the user namespace that owns the network namespace.
 *
 * Errors: ENOENT no such interface; ENODEV it is just going away, or the
 * namespace has gone; EEXIST attached already; EBUSY the rx_handler is held by
 * another; EOPNOTSUPP hook not known here; ENOSPC max_attachments reached.
 */
struct rtintercept_attach {
	__u32 size;
	__u32 flags;
	__u32 ifindex;
	__u32 hook;
};

/**
 * struct rtintercept_detach - RTINTERCEPT_IOC_DETACH: let an interface go
 * @size: sizeof(struct rtintercept_detach)
 * @flags: 0
 * @ifindex: as attached
 * @__reserved: 0
 *
 * Errors: ENOENT not attached.
 */
struct rtintercept_detach {
	__u32 size;
	__u32 flags;
	__u32 ifindex;
	__u32 __reserved;
};

/**
 * struct rtintercept_rule_add - RTINTERCEPT_IOC_RULE_ADD: one more rule
 * @size: sizeof(struct rtintercept_rule_add)
 * @flags: 0
 * @session_id: 0 or another's
 * @__reserved: 0
 * @rule: in: the rule; out: @rule.id
 *
 * A rule that consumes or answers needs CAP_NET_ADMIN.
 *
 * Errors: EINVAL the rule contradicts itself; EOPNOTSUPP it wants what INFO does
 * not offer; EEXIST the id is taken; ENOSPC max_rules reached; ENOENT it names a
 * program or a reply that there is not.
 */
struct rtintercept_rule_add {
	__u32 size;
	__u32 flags;
	__u32 session_id;
	__u32 __reserved;
	struct rtintercept_rule rule;
};

/**
 * struct rtintercept_rule_del - RTINTERCEPT_IOC_RULE_DEL: one rule less
 * @size: sizeof(struct rtintercept_rule_del)
 * @flags: 0
 * @session_id: 0 or another's
 * @rule_id: which
 *
 * Errors: ENOENT no such rule.
 */
struct rtintercept_rule_del {
	__u32 size;
	__u32 flags;
	__u32 session_id;
	__u32 rule_id;
};

/**
 * struct rtintercept_rule_list - RTINTERCEPT_IOC_RULE_LIST: the whole table
 * @size: sizeof(struct rtintercept_rule_list)
 * @flags: 0
 * @session_id: 0 or another's
 * @rule_size: sizeof(struct rtintercept_rule) as the caller knows it
 * @rules: address of an array of rules, or 0 if @count is 0
 * @generation: out: grows with each change of the table
 * @count: in: elements in the array; out: rules in the table
 * @__reserved: 0
 *
 * Rules come in the order in which they are tried.
 *
 * Errors: EMSGSIZE the array is too small, @count tells what is needed.
 */
struct rtintercept_rule_list {
	__u32 size;
	__u32 flags;
	__u32 session_id;
	__u32 rule_size;
	__u64 rules;
	__u64 generation;
	__u32 count;
	__u32 __reserved;
};

/**
 * struct rtintercept_rule_replace - RTINTERCEPT_IOC_RULE_REPLACE: swap the table
 * @size: sizeof(struct rtintercept_rule_replace)
 * @flags: 0
 * @session_id: 0 or another's
 * @rule_size: sizeof(struct rtintercept_rule) as the caller knows it
 * @rules: address of an array of @count rules
 * @generation: out: of the new table
 * @count: rules in the array; 0 is an empty table
 * @__reserved: 0
 *
 * No packet meets a mixture of the old and the new table. Rules with id 0 get
 * one. A rule whose id was in the old table keeps its counters. Errors as of
 * RULE_ADD; then the old table stays in force.
 */
struct rtintercept_rule_replace {
	__u32 size;
	__u32 flags;
	__u32 session_id;
	__u32 rule_size;
	__u64 rules;
	__u64 generation;
	__u32 count;
	__u32 __reserved;
};

/**
 * struct rtintercept_rule_flush - RTINTERCEPT_IOC_RULE_FLUSH: an empty table
 * @size: sizeof(struct rtintercept_rule_flush)
 * @flags: 0
 * @session_id: 0 or another's
 * @__reserved: 0
 */
struct rtintercept_rule_flush {
	__u32 size;
	__u32 flags;
	__u32 session_id;
	__u32 __reserved;
};

/**
 * struct rtintercept_ring_setup - RTINTERCEPT_IOC_RING_SETUP: make the ring
 * @size: sizeof(struct rtintercept_ring_setup)
 * @flags: 0
 * @ring_bytes: size of the data area: a power of two, INFO's ring_min_bytes ..
 *	ring_max_bytes
 * @consumer_offset: out: mmap() offset of the consumer page; one page,
 *	MAP_SHARED, PROT_READ or PROT_READ | PROT_WRITE
 * @producer_offset: out: mmap() offset of the producer page and the data behind
 *	it; MAP_SHARED, PROT_READ only
 * @producer_bytes: out: length of that mapping: a page and twice @ring_bytes
 *
 * Once in a session's life.
 *
 * Errors: EEXIST there is one already; EINVAL not a power of two or too small;
 * E2BIG larger than ring_max_bytes; ENOMEM.
 */
struct rtintercept_ring_setup {
	__u32 size;
	__u32 flags;
	__u64 ring_bytes;
	__u64 consumer_offset;
	__u64 producer_offset;
	__u64 producer_bytes;
};

/**
 * struct rtintercept_start - RTINTERCEPT_IOC_START: packets are looked at from now on
 * @size: sizeof(struct rtintercept_start)
 * @flags: 0
 *
 * Starting what runs already does nothing. Errors: EINVAL no ring set up.
 */
struct rtintercept_start {
	__u32 size;
	__u32 flags;
};

/**
 * struct rtintercept_stop - RTINTERCEPT_IOC_STOP: packets are left alone from now on
 * @size: sizeof(struct rtintercept_stop)
 * @flags: 0
 *
 * When the call returns no packet is being looked at any more; what is in the
 * ring stays readable, counters stay.
 */
struct rtintercept_stop {
	__u32 size;
	__u32 flags;
};

/**
 * struct rtintercept_wakeup - RTINTERCEPT_IOC_WAKEUP: when to wake a sleeping reader
 * @size: sizeof(struct rtintercept_wakeup)
 * @flags: 0
 * @records: wake at so many unread records; 1, or 0 without @bytes: at the first
 * @bytes: wake at so many unread bytes in the ring; 0: bytes do not count. Half
 *	a ring always wakes.
 * @deadline_us: at the latest so long after the first unread record
 * @__reserved: 0
 *
 * All 0, the default: at the first record. Whichever comes first wakes.
 *
 * Errors: EINVAL a watermark without a deadline, a deadline without a
 * watermark, a deadline above 10 s.
 */
struct rtintercept_wakeup {
	__u32 size;
	__u32 flags;
	__u32 records;
	__u32 bytes;
	__u32 deadline_us;
	__u32 __reserved;
};

/* @reason of a wait's end. */
#define RTINTERCEPT_WAIT_RECORD		1	/* a record is there; with a watermark: enough */
#define RTINTERCEPT_WAIT_DEADLINE	2	/* time is up */
#define RTINTERCEPT_WAIT_DEAD		3	/* the session is dead, and no record is due */

#define RTINTERCEPT_WAIT_FOREVER	(~0ULL)	/* a deadline that never comes */

/**
 * struct rtintercept_wait - RTINTERCEPT_IOC_WAIT: sleep until a record is there
 * @size: sizeof(struct rtintercept_wait)
 * @flags: 0
 * @deadline_ns: sleep no longer than to this time; one in the past: only look;
 *	RTINTERCEPT_WAIT_FOREVER
 * @reason: out: RTINTERCEPT_WAIT_*
 * @__reserved: 0
 *
 * The shortest sleep there is, for one thread; poll() is for event loops. When
 * to wake is as RTINTERCEPT_IOC_WAKEUP says. Time being up, there may be records,
 * fewer than the watermark.
 *
 * Errors: EINVAL no ring set up; EBUSY another thread waits here; EINTR a
 * signal; EBADF the file descriptor was closed meanwhile.
 */
struct rtintercept_wait {
	__u32 size;
	__u32 flags;
	__u64 deadline_ns;
	__u32 reason;
	__u32 __reserved;
};

/* @state of a session. */
#define RTINTERCEPT_STATE_NEW		0	/* opened */
#define RTINTERCEPT_STATE_READY		1	/* ring set up */
#define RTINTERCEPT_STATE_RUNNING	2	/* started */
#define RTINTERCEPT_STATE_DEAD		3	/* its last interface has gone, or its namespace */

/**
 * struct rtintercept_stats - RTINTERCEPT_IOC_STATS: the session's books
 * @size: sizeof(struct rtintercept_stats)
 * @flags: 0
 * @session_id: 0 or another's
 * @state: out: RTINTERCEPT_STATE_*
 * @time_ns: out: when these counters were read
 * @generation: out: of the rule table
 * @seen: out: packets looked at while running = unmatched + matched
 * @seen_bytes: out: their wire lengths
 * @unmatched: out: no rule; passed on
 * @matched: out: = recorded + not_to_record + the sum of dropped_*
 * @recorded: out: records committed to the ring
 * @not_to_record: out: matched a rule without RECORD
 * @dropped_ring_full: out: records dropped, the reader was too slow
 * @dropped_too_big: out: records dropped, longer than the whole ring
 * @dropped_hostile_consumer: out: records dropped, the reader's position made no sense
 * @passed: out: packets that went on to the stack = seen - consumed - replied
 * @consumed: out: packets taken away by DROP
 * @replied: out: packets answered by REPLY: the answer was handed to the interface,
 *	which counts what it then drops
 * @failed_open: out: packets that DROP would have consumed, or REPLY answered,
 *	passed on because they could not be recorded
 * @wakeups: out: times that a reader which had gone to sleep was to be woken
 * @next_seq: out: = recorded + the sum of dropped_*
 * @ring_bytes: out: size of the ring's data area, 0: none
 * @ring_used_bytes: out: in the ring now
 * @ring_peak_bytes: out: most ever
 * @rules: out: in the table
 * @attachments: out: interfaces attached now
 * @reply_unfit: out: packets that met a REPLY rule and were passed on because they
 *	are none that can be answered
 * @reply_limited: out: likewise, because more came than the rate allows
 * @reply_failed: out: likewise, because there was no memory, or the interface is
 *	down
 *
 * What met a REPLY rule is @replied, one of the three above, or in @failed_open.
 *
 * Counters are summed over the CPUs one after the other: while packets arrive
 * the sums may be off by what arrived meanwhile; after STOP they are exact.
 */
struct rtintercept_stats {
	__u32 size;
	__u32 flags;
	__u32 session_id;
	__u32 state;
	__u64 time_ns;
	__u64 generation;
	__u64 seen;
	__u64 seen_bytes;
	__u64 unmatched;
	__u64 matched;
	__u64 recorded;
	__u64 not_to_record;
	__u64 dropped_ring_full;
	__u64 dropped_too_big;
	__u64 dropped_hostile_consumer;
	__u64 passed;
	__u64 consumed;
	__u64 replied;
	__u64 failed_open;
	__u64 wakeups;
	__u64 next_seq;
	__u64 ring_bytes;
	__u64 ring_used_bytes;
	__u64 ring_peak_bytes;
	__u32 rules;
	__u32 attachments;
	__u64 reply_unfit;
	__u64 reply_limited;
	__u64 reply_failed;
};

/**
 * struct rtintercept_rule_counters - one rule's books
 * @rule_id: which
 * @__reserved: 0
 * @matched: packets = recorded + not_to_record + the sum of dropped_*
 * @matched_bytes: their wire lengths
 * @recorded: as in struct rtintercept_stats, likewise all that follow
 * @not_to_record: likewise
 * @dropped_ring_full: likewise
 * @dropped_too_big: likewise
 * @dropped_hostile_consumer: likewise
 * @replied: likewise
 */
struct rtintercept_rule_counters {
	__u32 rule_id;
	__u32 __reserved;
	__u64 matched;
	__u64 matched_bytes;
	__u64 recorded;
	__u64 not_to_record;
	__u64 dropped_ring_full;
	__u64 dropped_too_big;
	__u64 dropped_hostile_consumer;
	__u64 replied;
};

/**
 * struct rtintercept_rule_stats - RTINTERCEPT_IOC_RULE_STATS: the rules' books
 * @size: sizeof(struct rtintercept_rule_stats)
 * @flags: 0
 * @session_id: 0 or another's
 * @counters_size: sizeof(struct rtintercept_rule_counters) as the caller knows it
 * @counters: address of an array, or 0 if @count is 0
 * @generation: out: of the table
 * @count: in: elements in the array; out: rules in the table
 * @__reserved: 0
 *
 * In the order of RULE_LIST. Errors: EMSGSIZE the array is too small, @count
 * tells what is needed.
 */
struct rtintercept_rule_stats {
	__u32 size;
	__u32 flags;
	__u32 session_id;
	__u32 counters_size;
	__u64 counters;
	__u64 generation;
	__u32 count;
	__u32 __reserved;
};

/**
 * struct rtintercept_session - one session, as others see it
 * @session_id: for the session_id of other ioctls
 * @state: RTINTERCEPT_STATE_*
 * @backend: RTINTERCEPT_BACKEND_MODULE or _XDP
 * @pid: process that opened it, in the initial pid namespace
 * @uid: its user, in the caller's user namespace
 * @rules: in the table
 * @attachments: interfaces attached now
 * @__reserved: 0
 * @netns: inode number of its network namespace, as in /proc/PID/ns/net
 * @opened_ns: when
 * @recorded: records so far
 * @dropped: records dropped so far, for whatever reason
 * @command: name of that process, NUL-terminated
 * @generation: of its rule table
 */
struct rtintercept_session {
	__u32 session_id;
	__u32 state;
	__u32 backend;
	__u32 pid;
	__u32 uid;
	__u32 rules;
	__u32 attachments;
	__u32 __reserved;
	__u64 netns;
	__u64 opened_ns;
	__u64 recorded;
	__u64 dropped;
	char command[16];
	__u64 generation;
};

/**
 * struct rtintercept_session_list - RTINTERCEPT_IOC_SESSION_LIST: who is here
 * @size: sizeof(struct rtintercept_session_list)
 * @flags: 0
 * @session_size: sizeof(struct rtintercept_session) as the caller knows it
 * @count: in: elements in the array; out: sessions
 * @sessions: address of an array, or 0 if @count is 0
 *
 * Lists the caller's own session and those for which the caller has
 * CAP_NET_ADMIN. Errors: EMSGSIZE the array is too small, @count tells what is
 * needed.
 */
struct rtintercept_session_list {
	__u32 size;
	__u32 flags;
	__u32 session_size;
	__u32 count;
	__u64 sessions;
};

/**
 * struct rtintercept_attachment - a session on an interface
 * @ifindex: in the session's network namespace
 * @hook: RTINTERCEPT_HOOK_* in use
 * @flags: RTINTERCEPT_ATTACHMENT_*
 * @__reserved: 0
 * @ifname: name of the interface now, NUL-terminated
 */
struct rtintercept_attachment {
	__u32 ifindex;
	__u32 hook;
	__u32 flags;
	__u32 __reserved;
	char ifname[16];
};

/* @flags of an attachment. */
#define RTINTERCEPT_ATTACHMENT_DISPATCHER	(1U << 0) /* XDP: by libxdp's dispatcher */
#define RTINTERCEPT_ATTACHMENT_FRAGS		(1U << 1) /* XDP: packets of many buffers too */

/**
 * struct rtintercept_attachment_list - RTINTERCEPT_IOC_ATTACHMENT_LIST
 * @size: sizeof(struct rtintercept_attachment_list)
 * @flags: 0
 * @session_id: 0 or another's
 * @attachment_size: sizeof(struct rtintercept_attachment) as the caller knows it
 * @attachments: address of an array, or 0 if @count is 0
 * @count: in: elements in the array; out: attachments
 * @__reserved: 0
 *
 * Errors: EMSGSIZE the array is too small, @count tells what is needed.
 */
struct rtintercept_attachment_list {
	__u32 size;
	__u32 flags;
	__u32 session_id;
	__u32 attachment_size;
	__u64 attachments;
	__u32 count;
	__u32 __reserved;
};

/* @type of a program. */
#define RTINTERCEPT_PROGRAM_NONE	0	/* take it away */
#define RTINTERCEPT_PROGRAM_CBPF	1	/* classic BPF: struct sock_filter[] */
#define RTINTERCEPT_PROGRAM_EBPF	2	/* eBPF socket filter, by file descriptor */

#define RTINTERCEPT_PROGRAMS_MAX	64	/* in one session */
#define RTINTERCEPT_PROGRAM_MAX_INSNS	4096	/* in one of classic BPF */

/**
 * struct rtintercept_program_set - RTINTERCEPT_IOC_PROGRAM_SET: own logic in rules
 * @size: sizeof(struct rtintercept_program_set)
 * @flags: 0
 * @session_id: 0 or another's
 * @program_id: name for MATCH_PROGRAM rules; setting it again swaps the program,
 *	also while rules use it. 0: the kernel chooses; out: what it chose
 * @type: RTINTERCEPT_PROGRAM_*
 * @count: CBPF: instructions; else 0
 * @program: CBPF: address of the instructions; EBPF: file descriptor, which may
 *	be closed afterwards; NONE: 0
 *
 * The program sees the packet from the MAC header on, without a VLAN tag that
 * was taken out of the bytes: that is in its metadata. It returns 0 for no match,
 * else how many bytes to record at most. It runs at most once for a packet, and
 * only if all else of some rule that names it matches; not always in the order of
 * the rules.
 *
 * Errors: EOPNOTSUPP INFO offers no such programs; EINVAL it is no sound program,
 * or not a socket filter; E2BIG more than RTINTERCEPT_PROGRAM_MAX_INSNS; EBADF no
 * such file descriptor; ENOSPC there are RTINTERCEPT_PROGRAMS_MAX; with NONE:
 * ENOENT no such program, EBUSY a rule names it.
 */
struct rtintercept_program_set {
	__u32 size;
	__u32 flags;
	__u32 session_id;
	__u32 program_id;
	__u32 type;
	__u32 count;
	__u64 program;
};

/**
 * struct rtintercept_program_get - RTINTERCEPT_IOC_PROGRAM_GET: what was set
 * @size: sizeof(struct rtintercept_program_get)
 * @flags: 0
 * @session_id: 0 or another's
 * @program_id: in: the lowest id to look for; out: that of the first program
 *	there is from there on
 * @type: out: RTINTERCEPT_PROGRAM_CBPF or _EBPF
 * @count: in: instructions that the array has room for; out: CBPF: of the
 *	program; EBPF: 0
 * @program: address of an array of struct sock_filter, or 0 if @count is 0
 * @bpf_id: out: EBPF: the kernel's number for it, as bpftool shows it
 * @__reserved: 0
 *
 * Errors: ENOENT no more programs; EMSGSIZE the array is too small, @count tells
 * what is needed.
 */
struct rtintercept_program_get {
	__u32 size;
	__u32 flags;
	__u32 session_id;
	__u32 program_id;
	__u32 type;
	__u32 count;
	__u64 program;
	__u32 bpf_id;
	__u32 __reserved;
};

#define RTINTERCEPT_REPLY_MAX_BYTES	256
#define RTINTERCEPT_REPLY_MAX_FIELDS	8

/* @type of a reply. */
#define RTINTERCEPT_REPLY_NONE		0	/* take it away */
#define RTINTERCEPT_REPLY_ECHO		1	/* the request's payload */
#define RTINTERCEPT_REPLY_TEMPLATE	2	/* fixed bytes, with fields of the request */

/* @flags of a reply. */
#define RTINTERCEPT_REPLY_MAY_GROW	(1U << 0) /* may be longer than the request */

/**
 * struct rtintercept_reply_field - bytes to copy from the request's payload
 * @from: offset in the request's payload
 * @to: offset in the template
 * @bytes: how many
 * @__reserved: 0
 */
struct rtintercept_reply_field {
	__u16 from;
	__u16 to;
	__u16 bytes;
	__u16 __reserved;
};

/**
 * struct rtintercept_reply_set - RTINTERCEPT_IOC_REPLY_SET: what REPLY answers
 * @size: sizeof(struct rtintercept_reply_set)
 * @flags: of a template: RTINTERCEPT_REPLY_MAY_GROW
 * @session_id: 0 or another's
 * @reply_id: name for VERDICT_REPLY rules; setting it again swaps the reply, also
 *	while rules use it. 0: the kernel chooses; out: what it chose
 * @type: RTINTERCEPT_REPLY_*
 * @rate_pps: at most so many answers a second for each rule that names it, 1 ..
 *	INFO's max_reply_pps; a tenth of a second's worth may come at once
 * @payload_bytes: bytes of @payload in use
 * @fields_count: elements of @fields in use
 * @fields: what to copy into the template, no two to the same place. A request
 *	that is too short for one of them is not answered.
 * @payload: the template
 *
 * Members that the type has no use for are 0. Needs CAP_NET_ADMIN.
 *
 * Errors: EOPNOTSUPP INFO does not offer REPLY; EINVAL the reply contradicts
 * itself; ENOSPC max_replies reached; with NONE: ENOENT no such reply, EBUSY a
 * rule names it.
 */
struct rtintercept_reply_set {
	__u32 size;
	__u32 flags;
	__u32 session_id;
	__u32 reply_id;
	__u32 type;
	__u32 rate_pps;
	__u32 payload_bytes;
	__u32 fields_count;
	struct rtintercept_reply_field fields[RTINTERCEPT_REPLY_MAX_FIELDS];
	__u8 payload[RTINTERCEPT_REPLY_MAX_BYTES];
};

/**
 * struct rtintercept_reply_get - RTINTERCEPT_IOC_REPLY_GET: what was set
 * @size: sizeof(struct rtintercept_reply_get)
 * @flags: 0
 * @session_id: 0 or another's
 * @reply_id: in: the lowest id to look for; out: that of the first reply there is
 *	from there on
 * @type: out: as in struct rtintercept_reply_set, likewise all that follow
 * @rate_pps: likewise
 * @payload_bytes: likewise
 * @fields_count: likewise
 * @fields: likewise
 * @payload: likewise
 * @reply_flags: likewise, its @flags
 * @__reserved: 0
 *
 * Errors: EOPNOTSUPP INFO does not offer REPLY; ENOENT no more replies.
 */
struct rtintercept_reply_get {
	__u32 size;
	__u32 flags;
	__u32 session_id;
	__u32 reply_id;
	__u32 type;
	__u32 rate_pps;
	__u32 payload_bytes;
	__u32 fields_count;
	struct rtintercept_reply_field fields[RTINTERCEPT_REPLY_MAX_FIELDS];
	__u8 payload[RTINTERCEPT_REPLY_MAX_BYTES];
	__u32 reply_flags;
	__u32 __reserved;
};

/*
 * read(), for simple programs and the shell: returns whole records, each a
 * struct rtintercept_record with its data, padded to a multiple of 8, and
 * consumes them. EAGAIN nothing there and O_NONBLOCK; EMSGSIZE not even one fits;
 * 0 the session is dead and empty. Not beside a mapped ring: there is one consumer.
 *
 * poll(): EPOLLIN a record is there, EPOLLERR records were dropped since the
 * last poll() that said so, EPOLLHUP the session is dead: its last interface,
 * or its network namespace, has gone. What is in the ring stays readable;
 * attaching another interface revives the former.
 */

#endif /* _UAPI_LINUX_RTINTERCEPT_H */
