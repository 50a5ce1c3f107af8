/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints: what the packet path does, for those who ask. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM rtintercept

#if !defined(RTI_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define RTI_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(rtintercept_record,
	TP_PROTO(u32 session_id, u32 rule_id, u64 seq, u32 captured_bytes),
	TP_ARGS(session_id, rule_id, seq, captured_bytes),
	TP_STRUCT__entry(
		__field(u32, session_id)
		__field(u32, rule_id)
		__field(u64, seq)
		__field(u32, captured_bytes)
	),
	TP_fast_assign(
		__entry->session_id = session_id;
		__entry->rule_id = rule_id;
		__entry->seq = seq;
		__entry->captured_bytes = captured_bytes;
	),
	TP_printk("session_id=%u rule_id=%u seq=%llu captured_bytes=%u",
		  __entry->session_id, __entry->rule_id, __entry->seq,
		  __entry->captured_bytes)
);

TRACE_EVENT(rtintercept_drop,
	TP_PROTO(u32 session_id, u32 rule_id, int reason),
	TP_ARGS(session_id, rule_id, reason),
	TP_STRUCT__entry(
		__field(u32, session_id)
		__field(u32, rule_id)
		__field(int, reason)
	),
	TP_fast_assign(
		__entry->session_id = session_id;
		__entry->rule_id = rule_id;
		__entry->reason = reason;
	),
	TP_printk("session_id=%u rule_id=%u reason=%s", __entry->session_id,
		  __entry->rule_id,
		  __print_symbolic(__entry->reason, { 1, "ring_full" },
				   { 2, "too_big" }, { 3, "hostile_consumer" }))
);

TRACE_EVENT(rtintercept_wakeup,
	TP_PROTO(u32 session_id),
	TP_ARGS(session_id),
	TP_STRUCT__entry(
		__field(u32, session_id)
	),
	TP_fast_assign(
		__entry->session_id = session_id;
	),
	TP_printk("session_id=%u", __entry->session_id)
);

#endif /* RTI_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
