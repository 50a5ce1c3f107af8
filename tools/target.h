/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The session of another process that an action is about. */
#ifndef TARGET_H
#define TARGET_H

#include "options.h"
#include "sessions.h"

/**
 * struct target - one session
 * @sessions: all of them
 * @rti: handle by which it is reached
 * @session_id: its number
 */
struct target {
	struct sessions sessions;
	struct rtintercept *rti;
	__u32 session_id;
};

/* An action on it, with what it needs beside. Return: an exit code. */
typedef int (*target_action)(struct target *target,
			     const struct common_options *common, void *arg);

int target_run(const struct common_options *common, target_action action, void *arg);

#define TARGET_OPTIONS \
	OPTION_SESSION, \
	OPTION_BACKEND, \
	OPTION_JSON

#endif /* TARGET_H */
