/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a reader of periodic packets keeps of each: whose it was, and when it came. */
#include <string.h>

#include "lib/backend.h"

static __u64 mix(__u64 key, const void *from, size_t bytes)
{
	__u64 word = 0;

	memcpy(&word, from, bytes);
	key = (key ^ word) * 0x9e3779b97f4a7c15ULL;
	return key ^ key >> 29;
}

/* Rule, sender's address and ports, as far as they were captured. */
static __u64 key_of(const struct rtintercept_record *r)
{
	const __u32 v6 = r->flags & RTINTERCEPT_RECORD_IPV6;
	const __u32 source = r->l3_offset + (v6 ? 8U : 12U);
	__u64 key = mix(r->ifindex, &r->rule_id, sizeof(r->rule_id));

	if (r->flags & RTINTERCEPT_RECORD_L3 &&
	    source + (v6 ? 16U : 4U) <= r->captured_bytes) {
		key = mix(key, r->data + source, v6 ? 8 : 4);
		if (v6)
			key = mix(key, r->data + source + 8, 8);
	}
	if (r->flags & RTINTERCEPT_RECORD_PAYLOAD &&
	    r->l4_offset + 4U <= r->captured_bytes)
		key = mix(key, r->data + r->l4_offset, 4);
	return key;
}

/** rti_note() - a record is about to be released: when was it, and whose? */
void rti_note(struct rti_waiter *w, const struct rtintercept_record *record)
{
	if (w->notes == RTI_NOTES)
		return;
	w->note[w->notes].key = key_of(record);
	w->note[w->notes++].time_ns = record->time_ns;
}
