/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sessions of other processes, seen through a session of our own for each
 * backend that can be opened.
 */
#ifndef SESSIONS_H
#define SESSIONS_H

#include "ctl.h"

/**
 * struct backend - one backend, as far as it can be used
 * @rti: our own session; NULL: it could not be opened
 * @err: then the reason, negative errno
 * @info: what it can do
 */
struct backend {
	struct rtintercept *rti;
	int err;
	struct rtintercept_info info;
};

/**
 * struct sessions - everybody's, but not our own
 * @module: this backend
 * @xdp: and this
 * @wanted: RTINTERCEPT_BACKEND_*, AUTO: both were tried
 * @list: @count of them, of both backends
 * @count: how many
 */
struct sessions {
	struct backend module;
	struct backend xdp;
	__u32 wanted;
	struct rtintercept_session *list;
	int count;
};

int sessions_open(struct sessions *sessions, __u32 backend, __u32 session_id);
void sessions_close(struct sessions *sessions);
int sessions_missing(const struct sessions *sessions);
int sessions_pick(const struct sessions *sessions, __u32 session_id,
		  const struct rtintercept_session **out);
__u64 sessions_features(const struct sessions *sessions, __u32 session_id);
struct rtintercept *sessions_handle(const struct sessions *sessions,
				    __u32 session_id);

#endif /* SESSIONS_H */
