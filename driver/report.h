/* SPDX-License-Identifier: GPL-2.0-only */
/* Reports: what a session tells of itself. */
#ifndef RTI_REPORT_H
#define RTI_REPORT_H

struct rti_session;
struct rtintercept_session;
struct rtintercept_stats;

u64 rti_report_generation(const struct rti_session *session);
void rti_report_stats(struct rti_session *session, struct rtintercept_stats *stats);
int rti_report_sessions(struct rti_session *own, struct rtintercept_session **list);

#endif /* RTI_REPORT_H */
