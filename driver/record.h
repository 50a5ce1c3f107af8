/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of packets: reserved, then filled in. */
#ifndef RTI_RECORD_H
#define RTI_RECORD_H

#include "hook.h"
#include "packet.h"

int rti_record_reserve(struct rti_path *path, const struct rti_packet *pkt,
		       const struct rti_matcher *m, struct rtintercept_record **rec);
void rti_record_expect(const struct rti_path *path, const struct rti_packet *pkt);
void rti_record_fill(struct rti_path *path, const struct rti_packet *pkt,
		     const struct rti_matcher *m, struct rtintercept_record *rec);

#endif /* RTI_RECORD_H */
