/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sessions: opened with a backend, closed, and everything that is asked of one
 * handed on to its backend. What is common to the backends is checked here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/backend.h"

/* @member: a struct rti_backend_ops member; the rest: what follows @rti. */
#define CALL(rti, member, ...) \
	(!(rti) ? -EINVAL : \
	 !(rti)->ops->member ? -EOPNOTSUPP : \
	 (rti)->ops->member(rti, ##__VA_ARGS__))

/* Take what we know of the caller's @opts; refuse what we do not. */
int rti_opts_read(void *known, size_t known_bytes, const void *opts)
{
	const char *bytes = opts;
	size_t size, i;

	memcpy(&size, opts, sizeof(size));
	if (size < sizeof(size))
		return -EINVAL;
	for (i = known_bytes; i < size; i++)
		if (bytes[i])
			return -E2BIG;
	memset(known, 0, known_bytes);
	memcpy(known, opts, size < known_bytes ? size : known_bytes);
	memcpy(known, &known_bytes, sizeof(known_bytes));
	return 0;
}

static int read_opts(struct rtintercept_open_opts *known,
		     const struct rtintercept_open_opts *opts)
{
	static const struct rtintercept_open_opts none = { .size = sizeof(none) };
	int err = rti_opts_read(known, sizeof(*known), opts ? opts : &none);

	if (err)
		return err;
	if (known->flags || known->backend > RTINTERCEPT_BACKEND_XDP)
		return -EOPNOTSUPP;
	if (known->device && known->backend == RTINTERCEPT_BACKEND_XDP)
		return -EINVAL;
	return 0;
}

static int open_with(struct rtintercept **out, const struct rti_backend_ops *ops,
		     const struct rtintercept_open_opts *opts)
{
	struct rtintercept *rti = calloc(1, sizeof(*rti));
	int err;

	if (!rti)
		return -ENOMEM;
	rti->ops = ops;
	rti->fd = -1;
	rti->latency_fd = -1;
	err = ops->open(rti, opts);
	if (err) {
		free(rti);
		return err;
	}
	*out = rti;
	return 0;
}

static int open_xdp(struct rtintercept **out,
		    const struct rtintercept_open_opts *opts)
{
#ifdef RTI_HAVE_XDP
	return open_with(out, &rti_xdp_ops, opts);
#else
	return -EOPNOTSUPP;
#endif
}

RTI_EXPORT int rtintercept_open(struct rtintercept **out,
				const struct rtintercept_open_opts *opts)
{
	struct rtintercept_open_opts known;
	int err;

	if (!out)
		return -EINVAL;
	err = read_opts(&known, opts);
	if (err)
		return err;
	if (known.backend == RTINTERCEPT_BACKEND_XDP)
		return open_xdp(out, &known);
	err = open_with(out, &rti_module_ops, &known);
	if (err && known.backend == RTINTERCEPT_BACKEND_AUTO &&
	    !open_xdp(out, &known))
		return 0;
	return err;
}

/*
 * Another thread may be in rtintercept_ring_wait(): it is told, and awaited. Its
 * last access to the handle is to take @waiting back.
 */
static void end_wait(struct rtintercept *rti)
{
	const struct timespec pause = { .tv_nsec = 100000 };

	__atomic_store_n(&rti->closing, 1, __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&rti->waiting, __ATOMIC_SEQ_CST))
		return;
	if (rti->ops->interrupt)
		rti->ops->interrupt(rti);
	while (__atomic_load_n(&rti->waiting, __ATOMIC_ACQUIRE))
		nanosleep(&pause, NULL);
}

RTI_EXPORT void rtintercept_close(struct rtintercept *rti)
{
	if (!rti)
		return;
	end_wait(rti);
	rti->ops->close(rti);
	if (rti->latency_fd >= 0)
		close(rti->latency_fd);
	free(rti->waiter.table);
	free(rti);
}

/*
 * const is what the caller sees: every handle comes from open_with(). From now
 * on somebody may be asleep at any time.
 */
RTI_EXPORT int rtintercept_fd(const struct rtintercept *rti)
{
	struct rtintercept *mine = (struct rtintercept *)rti;

	if (!rti)
		return -EINVAL;
	mine->polled = 1;
	if (mine->ring.consumer)
		rti_ring_defer(&mine->ring, 0);
	return rti->fd;
}

RTI_EXPORT __u32 rtintercept_backend(const struct rtintercept *rti)
{
	return rti ? rti->ops->backend : RTINTERCEPT_BACKEND_AUTO;
}

RTI_EXPORT const char *rtintercept_version(void)
{
	return RTINTERCEPT_VERSION;
}

RTI_EXPORT int rtintercept_info(struct rtintercept *rti,
				struct rtintercept_info *info)
{
	if (!info)
		return -EINVAL;
	return CALL(rti, info, info);
}

RTI_EXPORT int rtintercept_attach(struct rtintercept *rti, __u32 ifindex,
				  __u32 *hook)
{
	__u32 automatic = RTINTERCEPT_HOOK_AUTO;

	return CALL(rti, attach, ifindex, hook ? hook : &automatic);
}

RTI_EXPORT int rtintercept_detach(struct rtintercept *rti, __u32 ifindex)
{
	return CALL(rti, detach, ifindex);
}

RTI_EXPORT int rtintercept_rule_add(struct rtintercept *rti, __u32 session_id,
				    struct rtintercept_rule *rule)
{
	if (!rule)
		return -EINVAL;
	return CALL(rti, rule_add, session_id, rule);
}

RTI_EXPORT int rtintercept_rule_del(struct rtintercept *rti, __u32 session_id,
				    __u32 rule_id)
{
	return CALL(rti, rule_del, session_id, rule_id);
}

RTI_EXPORT int rtintercept_rule_flush(struct rtintercept *rti, __u32 session_id)
{
	return CALL(rti, rule_flush, session_id);
}

RTI_EXPORT int rtintercept_rule_list(struct rtintercept *rti, __u32 session_id,
				     struct rtintercept_rule **rules,
				     __u64 *generation)
{
	__u64 unwanted;

	if (!rules)
		return -EINVAL;
	return CALL(rti, rule_list, session_id, rules,
		    generation ? generation : &unwanted);
}

RTI_EXPORT int rtintercept_rule_replace(struct rtintercept *rti,
					__u32 session_id,
					const struct rtintercept_rule *rules,
					__u32 count, __u64 *generation)
{
	__u64 unwanted;

	if (count && !rules)
		return -EINVAL;
	return CALL(rti, rule_replace, session_id, rules, count,
		    generation ? generation : &unwanted);
}

RTI_EXPORT int rtintercept_rule_stats(struct rtintercept *rti, __u32 session_id,
				      struct rtintercept_rule_counters **counters)
{
	if (!counters)
		return -EINVAL;
	return CALL(rti, rule_stats, session_id, counters);
}

RTI_EXPORT int rtintercept_program_set(struct rtintercept *rti, __u32 session_id,
				       struct rtintercept_program_set *program)
{
	if (!program)
		return -EINVAL;
	return CALL(rti, program_set, session_id, program);
}

RTI_EXPORT int rtintercept_program_get(struct rtintercept *rti, __u32 session_id,
				       struct rtintercept_program_get *program,
				       struct sock_filter **insns)
{
	if (!program || !insns)
		return -EINVAL;
	return CALL(rti, program_get, session_id, program, insns);
}

RTI_EXPORT int rtintercept_reply_set(struct rtintercept *rti, __u32 session_id,
				     struct rtintercept_reply_set *reply)
{
	if (!reply)
		return -EINVAL;
	return CALL(rti, reply_set, session_id, reply);
}

RTI_EXPORT int rtintercept_reply_get(struct rtintercept *rti, __u32 session_id,
				     struct rtintercept_reply_set *reply)
{
	if (!reply)
		return -EINVAL;
	return CALL(rti, reply_get, session_id, reply);
}

RTI_EXPORT int rtintercept_stats(struct rtintercept *rti, __u32 session_id,
				 struct rtintercept_stats *stats)
{
	if (!stats)
		return -EINVAL;
	return CALL(rti, stats, session_id, stats);
}

RTI_EXPORT int rtintercept_session_list(struct rtintercept *rti,
					struct rtintercept_session **sessions)
{
	if (!sessions)
		return -EINVAL;
	return CALL(rti, session_list, sessions);
}

RTI_EXPORT int rtintercept_attachment_list(struct rtintercept *rti,
					   __u32 session_id,
					   struct rtintercept_attachment **attachments)
{
	if (!attachments)
		return -EINVAL;
	return CALL(rti, attachment_list, session_id, attachments);
}

RTI_EXPORT int rtintercept_ring_setup(struct rtintercept *rti, __u64 ring_bytes)
{
	int err;

	if (rti && rti->ring.consumer)
		return -EEXIST;
	err = CALL(rti, ring_setup, ring_bytes);
	if (!err)
		rti_ring_defer(&rti->ring, !rti->polled);
	return err;
}

RTI_EXPORT int rtintercept_start(struct rtintercept *rti)
{
	return CALL(rti, start);
}

RTI_EXPORT int rtintercept_stop(struct rtintercept *rti)
{
	return CALL(rti, stop);
}

RTI_EXPORT int rtintercept_wakeup(struct rtintercept *rti, __u32 records,
				  __u32 bytes, __u32 deadline_us)
{
	int watermark = records > 1 || bytes;
	int err;

	if (!watermark != !deadline_us)
		return -EINVAL;
	err = CALL(rti, wakeup, records, bytes, deadline_us);
	if (!err)
		rti->watermark = watermark;
	return err;
}
