/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The members of uAPI structs, in tables, and what JSON becomes of them. */
#include <string.h>

#include <rtintercept.h>

#include "fields.h"

const char *const state_names[] = { "new", "ready", "running", "dead", NULL };
const char *const backend_names[] = { "auto", "module", "xdp", NULL };
const char *const verdict_names[] = { "pass", "drop", "reply", NULL };
const char *const hook_names[] = {
	"auto", "ingress", "rx_handler", "xdp_native", "xdp_generic", NULL
};

const char *const feature_names[] = {
	"hook_ingress", "hook_rx_handler", "hook_xdp", "watermark", "read",
	"match_payload", "reply", "program_cbpf", "program_ebpf",
	"other_sessions", "wait", NULL
};

#define MEMBER(type, member) \
	#member, offsetof(struct type, member), sizeof(((struct type *)0)->member)
#define COUNTER(type, member, help) \
	{ MEMBER(type, member), FIELD_COUNTER, NULL, help }
#define GAUGE(type, member, help) \
	{ MEMBER(type, member), FIELD_GAUGE, NULL, help }
#define NAMED(type, member, names) \
	{ MEMBER(type, member), FIELD_NAME, names, NULL }
#define TEXT(type, member) \
	{ MEMBER(type, member), FIELD_TEXT, NULL, NULL }
#define END	{ NULL, 0, 0, FIELD_GAUGE, NULL, NULL }

#define T rtintercept_stats
const struct field stats_fields[] = {
	GAUGE(T, session_id, "Number of the session"),
	NAMED(T, state, state_names),
	GAUGE(T, time_ns, "When the counters were read, CLOCK_MONOTONIC"),
	GAUGE(T, generation, "Generation of the rule table"),
	COUNTER(T, seen, "Packets looked at"),
	COUNTER(T, seen_bytes, "Bytes of the packets looked at"),
	COUNTER(T, unmatched, "Packets that no rule matched"),
	COUNTER(T, matched, "Packets that a rule matched"),
	COUNTER(T, recorded, "Records written to the ring"),
	COUNTER(T, not_to_record, "Packets of rules that do not record"),
	COUNTER(T, dropped_ring_full,
		"Records dropped because the reader was too slow"),
	COUNTER(T, dropped_too_big, "Records dropped because they exceed the ring"),
	COUNTER(T, dropped_hostile_consumer,
		"Records dropped because the reader's position made no sense"),
	COUNTER(T, passed, "Packets that went on to the stack"),
	COUNTER(T, consumed, "Packets taken away"),
	COUNTER(T, replied, "Packets answered"),
	COUNTER(T, failed_open,
		"Packets passed on because they could not be recorded"),
	COUNTER(T, wakeups, "Times the sleeping reader was woken"),
	COUNTER(T, next_seq, "Records, dropped ones included"),
	GAUGE(T, ring_bytes, "Size of the ring"),
	GAUGE(T, ring_used_bytes, "Bytes in the ring"),
	GAUGE(T, ring_peak_bytes, "Most bytes that were ever in the ring"),
	GAUGE(T, rules, "Rules in the table"),
	GAUGE(T, attachments, "Interfaces attached"),
	COUNTER(T, reply_unfit,
		"Packets not answered because they are no requests that can be"),
	COUNTER(T, reply_limited, "Packets not answered because of the rate"),
	COUNTER(T, reply_failed,
		"Packets not answered for want of memory or of the interface"),
	END
};
#undef T

#define T rtintercept_rule_counters
const struct field rule_counters_fields[] = {
	GAUGE(T, rule_id, "Number of the rule"),
	COUNTER(T, matched, "Packets that the rule matched"),
	COUNTER(T, matched_bytes, "Bytes of the packets that the rule matched"),
	COUNTER(T, recorded, "Records of the rule"),
	COUNTER(T, not_to_record, "Packets that the rule does not record"),
	COUNTER(T, dropped_ring_full,
		"Records of the rule dropped because the reader was too slow"),
	COUNTER(T, dropped_too_big,
		"Records of the rule dropped because they exceed the ring"),
	COUNTER(T, dropped_hostile_consumer,
		"Records of the rule dropped because the reader's position made no sense"),
	COUNTER(T, replied, "Packets of the rule that were answered"),
	END
};
#undef T

#define T rtintercept_session
const struct field session_fields[] = {
	GAUGE(T, session_id, "Number of the session"),
	NAMED(T, state, state_names),
	NAMED(T, backend, backend_names),
	GAUGE(T, pid, "Process that opened it"),
	GAUGE(T, uid, "User of that process"),
	GAUGE(T, rules, "Rules in the table"),
	GAUGE(T, attachments, "Interfaces attached"),
	GAUGE(T, netns, "Inode number of the network namespace"),
	GAUGE(T, generation, "Generation of the rule table"),
	GAUGE(T, opened_ns, "When it was opened, CLOCK_MONOTONIC"),
	COUNTER(T, recorded, "Records so far"),
	COUNTER(T, dropped, "Records dropped so far"),
	TEXT(T, command),
	END
};
#undef T

#define T rtintercept_attachment
const struct field attachment_fields[] = {
	GAUGE(T, ifindex, "Number of the interface"),
	NAMED(T, hook, hook_names),
	GAUGE(T, flags, "RTINTERCEPT_ATTACHMENT_*"),
	TEXT(T, ifname),
	END
};
#undef T

#define T rtintercept_info
const struct field info_fields[] = {
	GAUGE(T, abi_version, "Version of the interface"),
	GAUGE(T, features, "RTINTERCEPT_FEATURE_*"),
	NAMED(T, backend, backend_names),
	GAUGE(T, max_rules, "Rules in one session"),
	GAUGE(T, max_attachments, "Interfaces in one session"),
	GAUGE(T, max_snap_bytes, "The longest packet that can be captured whole"),
	GAUGE(T, ring_min_bytes, "Smallest ring"),
	GAUGE(T, ring_max_bytes, "Largest ring"),
	TEXT(T, version),
	GAUGE(T, max_replies, "Replies in one session"),
	GAUGE(T, max_reply_pps, "The highest rate of a reply"),
	GAUGE(T, generation, "Generation of its own rule table"),
	END
};
#undef T

#define T rtintercept_record
const struct field record_fields[] = {
	GAUGE(T, seq, NULL),
	GAUGE(T, time_ns, NULL),
	GAUGE(T, hw_time_ns, NULL),
	GAUGE(T, ifindex, NULL),
	GAUGE(T, rule_id, NULL),
	GAUGE(T, wire_bytes, NULL),
	GAUGE(T, captured_bytes, NULL),
	GAUGE(T, flags, NULL),
	GAUGE(T, flow_hash, NULL),
	GAUGE(T, rx_queue, NULL),
	GAUGE(T, vlan_tci, NULL),
	GAUGE(T, vlan_proto, NULL),
	GAUGE(T, l3_offset, NULL),
	GAUGE(T, l4_offset, NULL),
	GAUGE(T, payload_offset, NULL),
	GAUGE(T, gso_bytes, NULL),
	GAUGE(T, gso_segs, NULL),
	NAMED(T, verdict, verdict_names),
	NAMED(T, hook, hook_names),
	END
};
#undef T

/* @names ends with NULL. Return: the word for @number, or "unknown". */
const char *name_at(const char *const *names, __u32 number)
{
	for (; *names; names++)
		if (!number--)
			return *names;
	return "unknown";
}

/* @bytes of the machine's byte order. */
static __u64 number_at(const void *at, __u32 bytes)
{
	__u16 two;
	__u32 four;
	__u64 eight;

	switch (bytes) {
	case 1:
		return *(const __u8 *)at;
	case 2:
		memcpy(&two, at, 2);
		return two;
	case 4:
		memcpy(&four, at, 4);
		return four;
	default:
		memcpy(&eight, at, 8);
		return eight;
	}
}

__u64 field_number(const struct field *field, const void *from)
{
	return number_at((const char *)from + field->offset, field->bytes);
}

static json_object *field_json(const struct field *field, const void *from)
{
	const char *at = (const char *)from + field->offset;

	switch (field->kind) {
	case FIELD_NAME:
		return json_object_new_string(name_at(field->names,
						      (__u32)field_number(field, from)));
	case FIELD_TEXT:
		return json_object_new_string_len(at, (int)strnlen(at, field->bytes));
	default:
		return json_object_new_uint64(field_number(field, from));
	}
}

/**
 * fields_json() - a struct as a JSON object
 * @fields: its members
 * @from: the struct
 *
 * Return: the object; the caller owns it.
 */
json_object *fields_json(const struct field *fields, const void *from)
{
	json_object *object = json_object_new_object();

	for (; fields->name; fields++)
		json_object_object_add(object, fields->name,
				       field_json(fields, from));
	return object;
}
