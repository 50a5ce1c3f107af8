/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Replies: is what user space sets sound, what does it compile into, and the bytes
 * of a template's answer. Pure. How a packet is turned into its answer is turn.h's.
 */
#ifndef RTI_REPLY_H
#define RTI_REPLY_H

#include "bytes.h"
#include "rate.h"

#define RTI_REPLIES_MAX		64	/* in one session */

/**
 * struct rti_reply - a reply, compiled
 * @type: RTINTERCEPT_REPLY_ECHO or _TEMPLATE
 * @flags: RTINTERCEPT_REPLY_*
 * @payload_bytes: of the template
 * @fields_count: fields in use
 * @from_bytes: so long must the request's payload at least be
 * @rate_pps: as it was set, for those who ask
 * @rate: how often
 * @fields: do not overlap in the template
 * @payload: the template; 0 behind @payload_bytes
 */
struct rti_reply {
	__u32 type;
	__u32 flags;
	__u32 payload_bytes;
	__u32 fields_count;
	__u32 from_bytes;
	__u32 rate_pps;
	struct rti_rate rate;
	struct rtintercept_reply_field fields[RTINTERCEPT_REPLY_MAX_FIELDS];
	__u8 payload[RTINTERCEPT_REPLY_MAX_BYTES];
};

/* In the template, in the first bytes of the request, and not on another field. */
static inline int rti_reply_check_field(const struct rtintercept_reply_set *set,
					__u32 index)
{
	const struct rtintercept_reply_field *f = &set->fields[index], *other;
	__u32 i;

	if (!f->bytes || f->__reserved ||
	    (__u32)f->to + f->bytes > set->payload_bytes ||
	    (__u32)f->from + f->bytes > RTINTERCEPT_REPLY_MAX_BYTES)
		return -EINVAL;
	for (i = 0; i < index; i++) {
		other = &set->fields[i];
		if (f->to < other->to + other->bytes &&
		    other->to < f->to + f->bytes)
			return -EINVAL;
	}
	return 0;
}

static inline int rti_reply_check_template(const struct rtintercept_reply_set *set)
{
	const __u32 bytes = set->payload_bytes, count = set->fields_count;
	__u32 i;

	if (bytes > RTINTERCEPT_REPLY_MAX_BYTES ||
	    count > RTINTERCEPT_REPLY_MAX_FIELDS ||
	    !rti_all_zero(set->payload + bytes,
			  RTINTERCEPT_REPLY_MAX_BYTES - bytes) ||
	    !rti_all_zero(set->fields + count,
			  (RTINTERCEPT_REPLY_MAX_FIELDS - count) *
			  (__u32)sizeof(set->fields[0])))
		return -EINVAL;
	for (i = 0; i < count; i++)
		if (rti_reply_check_field(set, i))
			return -EINVAL;
	return 0;
}

/**
 * rti_reply_check() - is a reply sound?
 * @set: as user space gave it
 *
 * Return: 0, -EOPNOTSUPP a flag or type that is not known, -EINVAL it contradicts
 * itself.
 */
static inline int rti_reply_check(const struct rtintercept_reply_set *set)
{
	if ((set->flags & ~RTINTERCEPT_REPLY_MAY_GROW) ||
	    set->type > RTINTERCEPT_REPLY_TEMPLATE)
		return -EOPNOTSUPP;
	if (set->type == RTINTERCEPT_REPLY_NONE ? set->rate_pps :
	    !set->rate_pps || set->rate_pps > RTI_RATE_MAX_PPS)
		return -EINVAL;
	if (set->type != RTINTERCEPT_REPLY_TEMPLATE &&
	    (set->flags || set->payload_bytes || set->fields_count))
		return -EINVAL;
	return rti_reply_check_template(set);
}

/**
 * rti_reply_compile() - make a sound reply into what is answered with
 * @set: checked by rti_reply_check(), and not _NONE
 * @reply: out, all of it
 */
static inline void rti_reply_compile(const struct rtintercept_reply_set *set,
				     struct rti_reply *reply)
{
	const struct rtintercept_reply_field *f;
	__u32 i;

	memset(reply, 0, sizeof(*reply));
	reply->type = set->type;
	reply->flags = set->flags;
	reply->payload_bytes = set->payload_bytes;
	reply->fields_count = set->fields_count;
	reply->rate_pps = set->rate_pps;
	rti_rate_init(&reply->rate, set->rate_pps);
	memcpy(reply->fields, set->fields, sizeof(reply->fields));
	memcpy(reply->payload, set->payload, sizeof(reply->payload));
	for (i = 0; i < set->fields_count; i++) {
		f = &set->fields[i];
		if (reply->from_bytes < (__u32)f->from + f->bytes)
			reply->from_bytes = (__u32)f->from + f->bytes;
	}
}

/**
 * rti_reply_bytes() - how long the answer to a request is
 * @reply: the reply
 * @request_bytes: of the request's payload
 *
 * Return: bytes of its payload; -EINVAL a field is beyond the request, or the
 * answer were longer than the request and may not be.
 */
static __always_inline int rti_reply_bytes(const struct rti_reply *reply,
					   __u32 request_bytes)
{
	if (reply->type == RTINTERCEPT_REPLY_ECHO)
		return (int)request_bytes;
	if (request_bytes < reply->from_bytes ||
	    (request_bytes < reply->payload_bytes &&
	     !(reply->flags & RTINTERCEPT_REPLY_MAY_GROW)))
		return -EINVAL;
	return (int)reply->payload_bytes;
}

/* The compiler for BPF would first fetch all of it, for which there is no room. */
static __always_inline void rti_reply_copy(__u8 *to, const __u8 *payload)
{
#ifdef __bpf__
	__u64 word;
	__u32 i;

#pragma unroll
	for (i = 0; i < RTINTERCEPT_REPLY_MAX_BYTES; i += 8) {
		word = rti_get_native(__u64, payload + i);
		rti_keep(word);
		rti_put_native(__u64, to + i, word);
	}
#else
	memcpy(to, payload, RTINTERCEPT_REPLY_MAX_BYTES);
#endif
}

/**
 * rti_reply_fill() - the payload of a template's answer
 * @reply: the reply, a template
 * @request: the first @reply->from_bytes bytes of the request's payload at least,
 *	in a buffer of RTINTERCEPT_REPLY_MAX_BYTES
 * @out: all RTINTERCEPT_REPLY_MAX_BYTES, 0 behind the template; not @request
 *
 * Offsets are sound since rti_reply_check(); the masks tell it to the BPF verifier.
 */
static __always_inline void rti_reply_fill(const struct rti_reply *reply,
					   const __u8 *request, __u8 *out)
{
	const __u32 mask = RTINTERCEPT_REPLY_MAX_BYTES - 1;
	const struct rtintercept_reply_field *f;
	__u32 i, j;

	rti_reply_copy(out, reply->payload);
	for (i = 0; i < RTINTERCEPT_REPLY_MAX_FIELDS; i++) {
		if (i >= reply->fields_count)
			break;
		f = &reply->fields[i];
		for (j = 0; j < RTINTERCEPT_REPLY_MAX_BYTES; j++) {
			if (j >= f->bytes)
				break;
			out[(f->to + j) & mask] = request[(f->from + j) & mask];
		}
	}
}

#endif /* RTI_REPLY_H */
