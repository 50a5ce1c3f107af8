/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random packets through a hook, against a naive statement of what becomes of them. */
#ifndef RTI_DEVICE_AGREE_H
#define RTI_DEVICE_AGREE_H

#include <rtintercept.h>

/**
 * struct agreement - what has been compared
 * @packets: sent
 * @matched: of them, by the naive matcher
 * @tagged: of them, and so on
 * @fragments: later ones
 * @extended: IPv6 with extension headers
 * @malformed: with a header that lies or is cut short
 * @payloads: matched by a rule on payload
 * @mismatches: packets of which the two did not say the same
 */
struct agreement {
	__u32 packets;
	__u32 matched;
	__u32 tagged;
	__u32 fragments;
	__u32 extended;
	__u32 malformed;
	__u32 payloads;
	__u32 mismatches;
};

void agree(struct rtintercept *rti, int raw, __u32 rules_max, __u32 packets,
	   struct agreement *a);

#endif /* RTI_DEVICE_AGREE_H */
