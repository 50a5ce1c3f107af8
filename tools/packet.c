/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A record as a line of text. What the kernel found is taken from the record's
 * offsets; nothing is read beyond what was captured.
 */
#include <arpa/inet.h>
#include <time.h>

#include "fields.h"
#include "packet.h"
#include "rule-values.h"

#define NS_PER_S	1000000000ULL

/* @bytes bytes at @offset, or NULL: they were not captured. */
static const __u8 *at(const struct rtintercept_record *record, __u32 offset,
		      __u32 bytes)
{
	if (offset > record->captured_bytes ||
	    record->captured_bytes - offset < bytes)
		return NULL;
	return record->data + offset;
}

static __u32 be16(const __u8 *p)
{
	return (__u32)p[0] << 8 | p[1];
}

static void print_time(FILE *out, __u64 realtime_ns)
{
	time_t seconds = (time_t)(realtime_ns / NS_PER_S);
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		fprintf(out, "%02d:%02d:%02d.%09llu", tm.tm_hour, tm.tm_min,
			tm.tm_sec, (unsigned long long)(realtime_ns % NS_PER_S));
}

/* Length of an IPv6 extension header of kind @next, or 0: it is none. */
static __u32 extension_bytes(__u8 next, const __u8 *header)
{
	switch (next) {
	case 0:		/* hop-by-hop options */
	case 43:	/* routing */
	case 60:	/* destination options */
		return (header[1] + 1U) * 8;
	case 44:	/* fragment */
		return 8;
	case 51:	/* authentication */
		return (header[1] + 2U) * 4;
	default:
		return 0;
	}
}

/* The protocol behind IPv6's extension headers, or -1: it was not captured. */
static int upper_protocol6(const struct rtintercept_record *record)
{
	__u32 offset = record->l3_offset + 40U, bytes;
	const __u8 *p = at(record, record->l3_offset, 40);
	__u8 next;

	if (!p)
		return -1;
	next = p[6];
	while (offset < record->l4_offset) {
		p = at(record, offset, 2);
		if (!p)
			return -1;
		bytes = extension_bytes(next, p);
		if (!bytes)
			break;
		next = p[0];
		offset += bytes;
	}
	return next;
}

static int protocol(const struct rtintercept_record *record)
{
	const __u8 *p;

	if (record->flags & RTINTERCEPT_RECORD_IPV6)
		return upper_protocol6(record);
	p = at(record, record->l3_offset, 20);
	return p ? p[9] : -1;
}

static void print_end(FILE *out, const struct rtintercept_record *record,
		      int is_dst)
{
	int is6 = record->flags & RTINTERCEPT_RECORD_IPV6 ? 1 : 0;
	const __u8 *l3 = at(record, record->l3_offset, is6 ? 40 : 20);
	const __u8 *ports = at(record, record->l4_offset, 4);
	char text[INET6_ADDRSTRLEN];
	const __u8 *addr;

	if (!l3) {
		fputc('?', out);
		return;
	}
	addr = is6 ? l3 + 8 + 16 * is_dst : l3 + 12 + 4 * is_dst;
	inet_ntop(is6 ? AF_INET6 : AF_INET, addr, text, sizeof(text));
	if (!(record->flags & RTINTERCEPT_RECORD_PAYLOAD) || !ports)
		fputs(text, out);
	else
		fprintf(out, is6 ? "[%s]:%u" : "%s:%u", text,
			be16(ports + 2 * is_dst));
}

static void print_ip(FILE *out, const struct rtintercept_record *record)
{
	int proto = protocol(record);
	const char *name = proto < 0 ? "?" : name_of(protocol_names, (__u32)proto);

	print_end(out, record, 0);
	fputs(" > ", out);
	print_end(out, record, 1);
	if (name)
		fprintf(out, " %s", name);
	else
		fprintf(out, " proto %d", proto);
}

/* Not IP, or broken IP: the addresses of the link, and the ethertype there. */
static void print_link(FILE *out, const struct rtintercept_record *record)
{
	const __u8 *p = at(record, 0, 14);

	if (!p || record->flags & RTINTERCEPT_RECORD_NO_MAC) {
		fputs(record->flags & RTINTERCEPT_RECORD_MALFORMED ?
		      "malformed" : "unknown", out);
		return;
	}
	fprintf(out, "%02x:%02x:%02x:%02x:%02x:%02x > %02x:%02x:%02x:%02x:%02x:%02x"
		" ethertype 0x%04x", p[6], p[7], p[8], p[9], p[10], p[11], p[0],
		p[1], p[2], p[3], p[4], p[5], be16(p + 12));
}

static void print_flags(FILE *out, const struct rtintercept_record *record)
{
	__u32 flags = record->flags;

	if (flags & RTINTERCEPT_RECORD_VLAN)
		fprintf(out, " vlan %u", record->vlan_tci & 0xfffU);
	if (flags & RTINTERCEPT_RECORD_FRAG_FIRST)
		fputs(" first-fragment", out);
	if (flags & RTINTERCEPT_RECORD_FRAG_LATER)
		fputs(" later-fragment", out);
	if (flags & RTINTERCEPT_RECORD_GRO)
		fprintf(out, " merged %ux%u", record->gso_segs, record->gso_bytes);
	if (flags & RTINTERCEPT_RECORD_MALFORMED)
		fputs(" malformed", out);
	if (flags & RTINTERCEPT_RECORD_TRUNCATED)
		fprintf(out, " captured %u", record->captured_bytes);
}

/**
 * packet_print() - one line
 * @out: where
 * @record: the packet
 * @ifname: name of its interface
 * @realtime_ns: what to add to CLOCK_MONOTONIC to get CLOCK_REALTIME
 */
void packet_print(FILE *out, const struct rtintercept_record *record,
		  const char *ifname, __s64 realtime_ns)
{
	print_time(out, record->time_ns + (__u64)realtime_ns);
	fprintf(out, " %s ", ifname);
	if (record->flags & RTINTERCEPT_RECORD_L3)
		print_ip(out, record);
	else
		print_link(out, record);
	fprintf(out, " length %u", record->wire_bytes);
	print_flags(out, record);
	fprintf(out, " seq %llu rule %u %s\n", (unsigned long long)record->seq,
		record->rule_id, name_at(verdict_names, record->verdict));
}
