/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records as a pcapng file: numbers by draft-ietf-opsawg-pcapng. */
#include <string.h>

#include "ctl.h"
#include "pcapng.h"

#define BLOCK_SECTION		0x0a0d0d0aU
#define BLOCK_INTERFACE		1U
#define BLOCK_PACKET		6U
#define BYTE_ORDER_MAGIC	0x1a2b3c4dU

#define OPTION_END		0
#define OPTION_USER_APPLICATION	4	/* of a section */
#define OPTION_NAME		2	/* of an interface */
#define OPTION_TIME_RESOLUTION	9	/* of an interface: 10^-n s */
#define OPTION_FLAGS		2	/* of a packet */
#define OPTION_DROP_COUNT	4	/* of a packet: lost since the last one */
#define OPTION_PACKET_ID	5	/* of a packet */

#define FLAGS_INBOUND		1U
#define LINKTYPE_ETHERNET	1
#define LINKTYPE_RAW		101	/* begins with the IP header */

static __u32 padded(__u32 bytes)
{
	return (bytes + 3) & ~3U;
}

/* What an option of @bytes bytes takes. */
static __u32 option_bytes(__u32 bytes)
{
	return 4 + padded(bytes);
}

static void put(struct pcapng *pcapng, const void *from, __u32 bytes)
{
	fwrite(from, 1, bytes, pcapng->out);
}

static void put32(struct pcapng *pcapng, __u32 n)
{
	put(pcapng, &n, sizeof(n));
}

static void put_padded(struct pcapng *pcapng, const void *from, __u32 bytes)
{
	static const char zero[4];

	put(pcapng, from, bytes);
	put(pcapng, zero, padded(bytes) - bytes);
}

static void put_option(struct pcapng *pcapng, __u16 code, const void *from,
		       __u32 bytes)
{
	__u16 head[2] = { code, (__u16)bytes };

	put(pcapng, head, sizeof(head));
	put_padded(pcapng, from, bytes);
}

/* A block: its type, its length, the body that follows, its length again. */
static void begin_block(struct pcapng *pcapng, __u32 type, __u32 body)
{
	put32(pcapng, type);
	put32(pcapng, body + 12);
}

/* Behind the last option; every block here has one. */
static int end_block(struct pcapng *pcapng, __u32 body)
{
	put32(pcapng, OPTION_END);
	put32(pcapng, body + 12);
	return ferror(pcapng->out) ? -1 : 0;
}

/**
 * pcapng_init() - begin a file
 * @pcapng: out
 * @out: the file, at its begin
 * @realtime_ns: what to add to CLOCK_MONOTONIC to get CLOCK_REALTIME
 *
 * Return: 0, or -1 it cannot be written; so do all that write here.
 */
int pcapng_init(struct pcapng *pcapng, FILE *out, __s64 realtime_ns)
{
	static const char name[] = CTL_NAME " " RTINTERCEPT_VERSION;
	static const __u16 version[2] = { 1, 0 };
	static const __u64 unknown_bytes = ~0ULL;
	__u32 body = 16 + option_bytes(sizeof(name) - 1) + option_bytes(0);

	memset(pcapng, 0, sizeof(*pcapng));
	pcapng->out = out;
	pcapng->realtime_ns = realtime_ns;
	begin_block(pcapng, BLOCK_SECTION, body);
	put32(pcapng, BYTE_ORDER_MAGIC);
	put(pcapng, version, sizeof(version));
	put(pcapng, &unknown_bytes, sizeof(unknown_bytes));
	put_option(pcapng, OPTION_USER_APPLICATION, name, sizeof(name) - 1);
	return end_block(pcapng, body);
}

static int find_interface(const struct pcapng *pcapng, __u32 ifindex,
			  int has_ethernet)
{
	int i;

	for (i = 0; i < pcapng->count; i++)
		if (pcapng->interfaces[i].ifindex == ifindex &&
		    pcapng->interfaces[i].has_ethernet == has_ethernet)
			return i;
	return -1;
}

/**
 * pcapng_interface() - describe an interface, once
 * @pcapng: the file
 * @ifindex: its number
 * @name: its name
 * @has_ethernet: do its packets begin with an Ethernet header?
 *
 * Return: its number in the file, or -1.
 */
int pcapng_interface(struct pcapng *pcapng, __u32 ifindex, const char *name,
		     int has_ethernet)
{
	static const __u8 nanoseconds = 9;
	__u32 length = (__u32)strlen(name);
	__u32 body = 8 + option_bytes(length) + option_bytes(1) + option_bytes(0);
	__u16 link[2] = { has_ethernet ? LINKTYPE_ETHERNET : LINKTYPE_RAW, 0 };
	int found = find_interface(pcapng, ifindex, has_ethernet);

	if (found >= 0)
		return found;
	if (pcapng->count == PCAPNG_INTERFACES_MAX)
		return -1;
	pcapng->interfaces[pcapng->count].ifindex = ifindex;
	pcapng->interfaces[pcapng->count].has_ethernet = has_ethernet;
	begin_block(pcapng, BLOCK_INTERFACE, body);
	put(pcapng, link, sizeof(link));
	put32(pcapng, 0);			/* no limit to a packet's length */
	put_option(pcapng, OPTION_NAME, name, length);
	put_option(pcapng, OPTION_TIME_RESOLUTION, &nanoseconds, 1);
	return end_block(pcapng, body) ? -1 : pcapng->count++;
}

static void put_packet_head(struct pcapng *pcapng, __u32 interface,
			    const struct rtintercept_record *record)
{
	__u64 time_ns = record->time_ns + (__u64)pcapng->realtime_ns;

	put32(pcapng, interface);
	put32(pcapng, (__u32)(time_ns >> 32));
	put32(pcapng, (__u32)time_ns);
	put32(pcapng, record->captured_bytes);
	put32(pcapng, record->wire_bytes);
}

/**
 * pcapng_packet() - one record
 * @pcapng: the file
 * @record: what to write
 * @ifname: name of its interface
 * @lost: records that are missing before it
 *
 * Return: 0 or -1.
 */
int pcapng_packet(struct pcapng *pcapng, const struct rtintercept_record *record,
		  const char *ifname, __u64 lost)
{
	static const __u32 flags = FLAGS_INBOUND;
	int interface = pcapng_interface(pcapng, record->ifindex, ifname,
					 !(record->flags &
					   RTINTERCEPT_RECORD_NO_MAC));
	__u32 body = 20 + padded(record->captured_bytes) +
		     option_bytes(sizeof(flags)) + option_bytes(sizeof(record->seq)) +
		     (lost ? option_bytes(sizeof(lost)) : 0) + option_bytes(0);

	if (interface < 0)
		return -1;
	begin_block(pcapng, BLOCK_PACKET, body);
	put_packet_head(pcapng, (__u32)interface, record);
	put_padded(pcapng, record->data, record->captured_bytes);
	put_option(pcapng, OPTION_FLAGS, &flags, sizeof(flags));
	if (lost)
		put_option(pcapng, OPTION_DROP_COUNT, &lost, sizeof(lost));
	put_option(pcapng, OPTION_PACKET_ID, &record->seq, sizeof(record->seq));
	return end_block(pcapng, body);
}
