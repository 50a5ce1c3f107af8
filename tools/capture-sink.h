/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where captured records go: lines of text or JSON, or a pcapng file. */
#ifndef CAPTURE_SINK_H
#define CAPTURE_SINK_H

#include "pcapng.h"

/**
 * struct sink - an output
 * @out: the stream
 * @put: write one record
 * @realtime_ns: what to add to CLOCK_MONOTONIC to get CLOCK_REALTIME
 * @next_seq: sequence number that follows the last record
 * @pcapng: used by that form alone
 */
struct sink {
	FILE *out;
	int (*put)(struct sink *sink, const struct rtintercept_record *record,
		   __u64 lost);
	__s64 realtime_ns;
	__u64 next_seq;
	struct pcapng pcapng;
};

int sink_open(struct sink *sink, const char *file, int json);
int sink_close(struct sink *sink);
int sink_begin(struct sink *sink, const char *const *interfaces, int count);
int sink_record(struct sink *sink, const struct rtintercept_record *record);
int sink_flush(struct sink *sink);

#endif /* CAPTURE_SINK_H */
