/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions that run: have their rings been large enough? */
#include <stdio.h>
#include <string.h>

#include "doctor/doctor.h"
#include "sessions.h"

#define HIGH_PERCENT	75

/* The one that is worst off. */
struct worst {
	__u32 session_id;
	__u64 dropped;
	unsigned int peak_percent;
};

static void look_into(const struct sessions *sessions, struct worst *worst)
{
	const struct rtintercept_session *s;
	struct rtintercept_stats stats;
	unsigned int percent;
	int i;

	for (i = 0; i < sessions->count; i++) {
		s = &sessions->list[i];
		if (rtintercept_stats(sessions_handle(sessions, s->session_id),
				      s->session_id, &stats) || !stats.ring_bytes)
			continue;
		percent = (unsigned int)(100.0 * (double)stats.ring_peak_bytes /
					 (double)stats.ring_bytes);
		if (s->dropped < worst->dropped ||
		    (s->dropped == worst->dropped && percent < worst->peak_percent))
			continue;
		worst->session_id = s->session_id;
		worst->dropped = s->dropped;
		worst->peak_percent = percent;
	}
}

static void tell(const struct sessions *sessions, struct finding *f)
{
	struct worst worst = { 0, 0, 0 };

	look_into(sessions, &worst);
	found(f, "%d sessions", sessions->count);
	if (worst.session_id)
		found(f, "%d sessions; session %u: ring at most %u %% full, %llu dropped",
		      sessions->count, worst.session_id, worst.peak_percent,
		      (unsigned long long)worst.dropped);
	if (worst.dropped || worst.peak_percent >= HIGH_PERCENT)
		advice(f, "its reader does not keep up at times",
		       "a larger ring for it (rtintercept_ring_setup(), --ring BYTES), "
		       "or a reader of higher priority (--rt)");
}

static void look_sessions(const struct patient *p, struct finding *f)
{
	struct sessions sessions;
	int err;

	snprintf(f->where, sizeof(f->where), CTL_NAME " stats");
	if (tree_is_fake()) {
		snprintf(f->where, sizeof(f->where), "%s", "");
		return unknown(f, "sessions are those of this machine, not of --root");
	}
	err = sessions_open(&sessions, RTINTERCEPT_BACKEND_AUTO, 0);
	if (!sessions.module.rti && !sessions.xdp.rti)
		unknown(f, "no backend can be used; " CTL_NAME " status tells why");
	else if (err)
		unknown(f, errno_text(err));
	else
		tell(&sessions, f);
	sessions_close(&sessions);
}

const struct check session_checks[] = {
	{ "sessions", look_sessions },
	{ NULL, NULL }
};
