/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the sessions there are, and the one that a command is about. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sessions.h"

static void backend_open(struct backend *backend, __u32 which)
{
	struct rtintercept_open_opts opts = {
		.size = sizeof(opts),
		.backend = which,
	};

	backend->err = rtintercept_open(&backend->rti, &opts);
	if (backend->err)
		return;
	backend->err = rtintercept_info(backend->rti, &backend->info);
	if (backend->err) {
		rtintercept_close(backend->rti);
		backend->rti = NULL;
	}
}

/* Our own, or that of another of our kind which only looks. */
static int only_looks(const struct rtintercept_session *session,
		      const struct backend *backend)
{
	return session->session_id == backend->info.session_id ||
	       (session->state == RTINTERCEPT_STATE_NEW &&
		!strncmp(session->command, CTL_NAME, sizeof(session->command)));
}

/* Add @backend's sessions to the list, without those that only look. */
static int add_sessions(struct sessions *sessions, const struct backend *backend)
{
	struct rtintercept_session *found, *grown;
	int i, n;

	if (!backend->rti)
		return 0;
	n = rtintercept_session_list(backend->rti, &found);
	if (n <= 0)
		return n == -EOPNOTSUPP ? 0 : n;
	grown = realloc(sessions->list,
			(size_t)(sessions->count + n) * sizeof(*grown));
	if (!grown) {
		free(found);
		return -ENOMEM;
	}
	sessions->list = grown;
	for (i = 0; i < n; i++)
		if (!only_looks(&found[i], backend))
			grown[sessions->count++] = found[i];
	free(found);
	return 0;
}

/**
 * sessions_open() - open what can be opened, and list
 * @sessions: out; sessions_close() it, whatever is returned
 * @backend: RTINTERCEPT_BACKEND_*; AUTO: both, or the one that @session_id is of
 * @session_id: the session that matters; 0: all do
 *
 * Return: 0, or an errno of listing. That a backend cannot be opened is no error
 * here: see sessions_missing().
 */
int sessions_open(struct sessions *sessions, __u32 backend, __u32 session_id)
{
	int err;

	if (backend == RTINTERCEPT_BACKEND_AUTO && session_id)
		backend = session_id & RTINTERCEPT_SESSION_ID_XDP ?
			  RTINTERCEPT_BACKEND_XDP : RTINTERCEPT_BACKEND_MODULE;
	memset(sessions, 0, sizeof(*sessions));
	sessions->wanted = backend;
	sessions->module.err = sessions->xdp.err = -EOPNOTSUPP;
	if (backend != RTINTERCEPT_BACKEND_XDP)
		backend_open(&sessions->module, RTINTERCEPT_BACKEND_MODULE);
	if (backend != RTINTERCEPT_BACKEND_MODULE)
		backend_open(&sessions->xdp, RTINTERCEPT_BACKEND_XDP);
	err = add_sessions(sessions, &sessions->module);
	return err ? err : add_sessions(sessions, &sessions->xdp);
}

void sessions_close(struct sessions *sessions)
{
	rtintercept_close(sessions->module.rti);
	rtintercept_close(sessions->xdp.rti);
	free(sessions->list);
}

/**
 * sessions_missing() - say so if no backend could be opened
 * @sessions: opened
 *
 * Return: 0, or CTL_MISSING after a message.
 */
int sessions_missing(const struct sessions *sessions)
{
	int err = sessions->module.err;

	if (sessions->module.rti || sessions->xdp.rti)
		return 0;
	if (sessions->wanted == RTINTERCEPT_BACKEND_XDP)
		message("xdp", "%s", errno_text(sessions->xdp.err));
	else if (err == -ENOENT)
		message(RTINTERCEPT_DEVICE, "the module is not loaded; "
			CTL_NAME " status tells more");
	else
		message(RTINTERCEPT_DEVICE, "%s", errno_text(err));
	return CTL_MISSING;
}

static void list_ids(const struct sessions *sessions, char *text, size_t bytes)
{
	size_t used = 0;
	int i;

	text[0] = '\0';
	for (i = 0; i < sessions->count && used < bytes; i++)
		used += (size_t)snprintf(text + used, bytes - used, "%s%u (%s)",
					 i ? ", " : "",
					 sessions->list[i].session_id,
					 sessions->list[i].command);
}

/* The id was given: is it there? */
static int pick_id(const struct sessions *sessions, __u32 session_id,
		   const struct rtintercept_session **out)
{
	char ids[512];
	int i;

	for (i = 0; i < sessions->count; i++) {
		if (sessions->list[i].session_id == session_id) {
			*out = &sessions->list[i];
			return 0;
		}
	}
	list_ids(sessions, ids, sizeof(ids));
	message("--session", "there is no session %u%s%s", session_id,
		sessions->count ? "; there are: " : "", ids);
	return CTL_FAILED;
}

/**
 * sessions_pick() - the session that a command is about
 * @sessions: opened
 * @session_id: as given on the command line; 0: not given
 * @out: out: the session, as long as @sessions
 *
 * Return: 0, or an exit code after a message.
 */
int sessions_pick(const struct sessions *sessions, __u32 session_id,
		  const struct rtintercept_session **out)
{
	char ids[512];

	if (session_id)
		return pick_id(sessions, session_id, out);
	if (sessions->count == 1) {
		*out = &sessions->list[0];
		return 0;
	}
	if (sessions->count) {
		list_ids(sessions, ids, sizeof(ids));
		return usage_error("--session", "say which one: %s", ids);
	}
	message("session", "there is none%s; an application has to open one first",
		geteuid() ? " that you may see (that takes CAP_NET_ADMIN)" : "");
	return CTL_FAILED;
}

static const struct backend *backend_of(const struct sessions *sessions,
					__u32 session_id)
{
	return session_id & RTINTERCEPT_SESSION_ID_XDP ?
	       &sessions->xdp : &sessions->module;
}

/* The handle through which a session is reached. */
struct rtintercept *sessions_handle(const struct sessions *sessions,
				    __u32 session_id)
{
	return backend_of(sessions, session_id)->rti;
}

/* RTINTERCEPT_FEATURE_* of the backend that serves a session. */
__u64 sessions_features(const struct sessions *sessions, __u32 session_id)
{
	return backend_of(sessions, session_id)->info.features;
}
