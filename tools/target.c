/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the session that an action is about, and lets go of it. */
#include "target.h"

/* Return: 0, or an exit code after a message; target_close() it in both cases. */
static int target_open(struct target *target,
		       const struct common_options *common)
{
	const struct rtintercept_session *session;
	int err = sessions_open(&target->sessions, common->backend,
				common->session_id);
	int status;

	if (err)
		return errno_error("sessions", err);
	status = sessions_missing(&target->sessions);
	if (!status)
		status = sessions_pick(&target->sessions, common->session_id,
				       &session);
	if (status)
		return status;
	target->session_id = session->session_id;
	target->rti = sessions_handle(&target->sessions, target->session_id);
	return 0;
}

static void target_close(struct target *target)
{
	sessions_close(&target->sessions);
}

/* Return: an exit code. */
int target_run(const struct common_options *common, target_action action, void *arg)
{
	struct target target;
	int status = target_open(&target, common);

	if (!status)
		status = action(&target, common, arg);
	target_close(&target);
	return status;
}
