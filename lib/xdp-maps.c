/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The maps of a session: ours are made here, another's are opened by the id of
 * its map rti_session. Everything else works on either alike.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "lib/xdp.h"

#define SLOTS_BYTES	(RTI_XDP_SHARED_SLOTS * sizeof(struct rti_xdp_slot))

static void maps_init(struct rti_xdp_maps *maps)
{
	memset(maps, 0, sizeof(*maps));
	maps->session_fd = maps->rules_fd = maps->tables_fd = -1;
	maps->large_fd = maps->counters_fd = maps->slots_fd = -1;
	maps->replies_fd = maps->due_fd = -1;
	maps->ring_fd = -1;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void rti_xdp_maps_close(struct rti_xdp_maps *maps)
{
	if (maps->slots)
		munmap((void *)maps->slots, SLOTS_BYTES);
	if (maps->session)
		munmap(maps->session, sizeof(*maps->session));
	close_fd(maps->ring_fd);
	close_fd(maps->due_fd);
	close_fd(maps->replies_fd);
	close_fd(maps->slots_fd);
	close_fd(maps->counters_fd);
	close_fd(maps->large_fd);
	close_fd(maps->tables_fd);
	close_fd(maps->rules_fd);
	close_fd(maps->session_fd);
	maps_init(maps);
}

/* @id: out: what other processes open the map by. Returns 0, or -errno. */
int rti_xdp_map_id(int fd, __u32 *id)
{
	struct bpf_map_info info = {};
	__u32 bytes = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &bytes))
		return -errno;
	*id = info.id;
	return 0;
}

static int map_session(struct rti_xdp_maps *maps)
{
	void *p = mmap(NULL, sizeof(*maps->session), PROT_READ | PROT_WRITE,
		       MAP_SHARED, maps->session_fd, 0);
	int err;

	if (p == MAP_FAILED)
		return -errno;
	maps->session = p;
	err = rti_xdp_map_id(maps->session_fd, &maps->session_id);
	maps->session_id |= RTI_XDP_SESSION_ID;
	return err;
}

static int map_slots(struct rti_xdp_maps *maps)
{
	void *p = mmap(NULL, SLOTS_BYTES, PROT_READ, MAP_SHARED, maps->slots_fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	maps->slots = p;
	return 0;
}

static __u64 netns_inode(void)
{
	struct stat st;

	return stat("/proc/thread-self/ns/net", &st) ? 0 : st.st_ino;
}

static int tell_ids(const struct rti_xdp_maps *maps)
{
	struct rti_xdp_session *session = maps->session;
	const struct {
		int fd;
		__u32 *id;
	} all[] = {
		{ maps->rules_fd, &session->rules_map },
		{ maps->tables_fd, &session->tables_map },
		{ maps->large_fd, &session->large_map },
		{ maps->counters_fd, &session->counters_map },
		{ maps->slots_fd, &session->slots_map },
		{ maps->replies_fd, &session->replies_map },
		{ maps->due_fd, &session->due_map },
	};
	int err = 0;
	size_t i;

	for (i = 0; !err && i < sizeof(all) / sizeof(all[0]); i++)
		err = rti_xdp_map_id(all[i].fd, all[i].id);
	return err;
}

/* Who we are, for those who list sessions. The first record rings the bell. */
static void introduce(const struct rti_xdp_maps *maps)
{
	struct rti_xdp_session *session = maps->session;

	session->abi_version = RTINTERCEPT_ABI_VERSION;
	session->armed = 1;
	session->pid = (__u32)getpid();
	session->uid = getuid();
	session->netns = netns_inode();
	session->opened_ns = rtintercept_clock_ns();
	strncpy(session->command, program_invocation_short_name,
		sizeof(session->command) - 1);
	__atomic_store_n(&session->magic, RTI_XDP_MAGIC, __ATOMIC_RELEASE);
}

static int create_array(int *fd, const char *name, enum bpf_map_type type,
			__u32 value_bytes, __u32 entries, __u32 flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags);

	*fd = bpf_map_create(type, name, sizeof(__u32), value_bytes, entries, &opts);
	return *fd < 0 ? -errno : 0;
}

/* One value; the kernel clears it. */
static int create_value(int *fd, const char *name, __u32 bytes, __u32 flags)
{
	return create_array(fd, name, BPF_MAP_TYPE_ARRAY, bytes, 1, flags);
}

/* @places for maps with one value of @bytes, which one of no use shows. */
static int create_places(int *fd, const char *name, __u32 bytes, __u32 places)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	int inner, err;

	err = create_value(&inner, name, bytes, 0);
	if (err)
		return err;
	opts.inner_map_fd = (__u32)inner;
	*fd = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, name, sizeof(__u32),
			     sizeof(__u32), places, &opts);
	err = *fd < 0 ? -errno : 0;
	close(inner);
	return err;
}

static int create_books(struct rti_xdp_maps *maps)
{
	int err;

	err = create_array(&maps->counters_fd, "rti_counters",
			   BPF_MAP_TYPE_PERCPU_ARRAY,
			   sizeof(struct rti_xdp_counters), 1, 0);
	if (err)
		return err;
	return create_array(&maps->slots_fd, "rti_slots", BPF_MAP_TYPE_ARRAY,
			    sizeof(struct rti_xdp_slot), RTI_XDP_SHARED_SLOTS,
			    BPF_F_MMAPABLE);
}

static int create_replies(struct rti_xdp_maps *maps)
{
	int err;

	err = create_places(&maps->replies_fd, "rti_replies", sizeof(struct rti_reply),
			    RTI_REPLIES_MAX);
	if (err)
		return err;
	return create_array(&maps->due_fd, "rti_due", BPF_MAP_TYPE_ARRAY,
			    sizeof(__u64), RTI_XDP_SLOTS, 0);
}

static int create_all(struct rti_xdp_maps *maps)
{
	int err;

	err = create_value(&maps->rules_fd, "rti_rules",
			   sizeof(struct rti_xdp_rules), 0);
	if (!err)
		err = create_places(&maps->tables_fd, "rti_tables",
				    sizeof(struct rti_xdp_table), 1);
	if (!err)
		err = create_places(&maps->large_fd, "rti_large",
				    sizeof(struct rti_xdp_large), 1);
	if (!err)
		err = create_books(maps);
	if (!err)
		err = create_replies(maps);
	if (!err)
		err = create_value(&maps->session_fd, RTI_XDP_SESSION_MAP,
				   sizeof(struct rti_xdp_session), BPF_F_MMAPABLE);
	return err;
}

/**
 * rti_xdp_maps_create() - the maps of a new session
 * @maps: out; the caller closes them
 *
 * Return: 0, or -errno.
 */
int rti_xdp_maps_create(struct rti_xdp_maps *maps)
{
	int err;

	maps_init(maps);
	err = create_all(maps);
	if (!err)
		err = map_session(maps);
	if (!err)
		err = map_slots(maps);
	if (!err)
		err = tell_ids(maps);
	if (err) {
		rti_xdp_maps_close(maps);
		return err;
	}
	introduce(maps);
	return 0;
}

/* Is map @id a session's? Returns its fd, or -ENOENT it is not. Names can be had by anyone. */
static int open_session(__u32 id)
{
	struct bpf_map_info info = {};
	__u32 bytes = sizeof(info);
	int fd = bpf_map_get_fd_by_id(id), err = -ENOENT;

	if (fd < 0)
		return -errno;
	if (bpf_obj_get_info_by_fd(fd, &info, &bytes))
		err = -errno;
	else if (!strcmp(info.name, RTI_XDP_SESSION_MAP) &&
		 info.type == BPF_MAP_TYPE_ARRAY && info.max_entries == 1 &&
		 info.value_size == sizeof(struct rti_xdp_session) &&
		 (info.map_flags & BPF_F_MMAPABLE))
		return fd;
	close(fd);
	return err;
}

static int open_map(int *fd, __u32 id, __u32 value_bytes)
{
	struct bpf_map_info info = {};
	__u32 bytes = sizeof(info);

	*fd = bpf_map_get_fd_by_id(id);
	if (*fd < 0)
		return -errno;
	if (bpf_obj_get_info_by_fd(*fd, &info, &bytes))
		return -errno;
	return info.value_size == value_bytes ? 0 : -ENOENT;
}

/* What the session says of its other maps. */
static int open_others(struct rti_xdp_maps *maps)
{
	const struct rti_xdp_session *session = maps->session;
	int err;

	err = open_map(&maps->rules_fd, session->rules_map,
		       sizeof(struct rti_xdp_rules));
	if (!err)
		err = open_map(&maps->tables_fd, session->tables_map, sizeof(__u32));
	if (!err)
		err = open_map(&maps->large_fd, session->large_map, sizeof(__u32));
	if (!err)
		err = open_map(&maps->counters_fd, session->counters_map,
			       sizeof(struct rti_xdp_counters));
	if (!err)
		err = open_map(&maps->slots_fd, session->slots_map,
			       sizeof(struct rti_xdp_slot));
	if (!err)
		err = open_map(&maps->replies_fd, session->replies_map, sizeof(__u32));
	if (!err)
		err = open_map(&maps->due_fd, session->due_map, sizeof(__u64));
	if (!err && session->ring_map)
		err = open_map(&maps->ring_fd, session->ring_map, 0);
	return err ? err : map_slots(maps);
}

/**
 * rti_xdp_maps_open() - the maps of another's session
 * @maps: out; the caller closes them
 * @session_id: with RTI_XDP_SESSION_ID
 *
 * Return: 0; -ENOENT there is no such session; -EPERM no CAP_SYS_ADMIN, which
 * the kernel asks of those who open maps by their ids.
 */
int rti_xdp_maps_open(struct rti_xdp_maps *maps, __u32 session_id)
{
	int err;

	maps_init(maps);
	if (!(session_id & RTI_XDP_SESSION_ID))
		return -ENOENT;
	maps->session_fd = open_session(session_id & ~RTI_XDP_SESSION_ID);
	if (maps->session_fd < 0)
		return maps->session_fd;
	err = map_session(maps);
	if (!err && __atomic_load_n(&maps->session->magic, __ATOMIC_ACQUIRE) !=
		    RTI_XDP_MAGIC)
		err = -ENOENT;
	if (!err)
		err = open_others(maps);
	if (err)
		rti_xdp_maps_close(maps);
	return err;
}

/**
 * rti_xdp_maps_get() - the maps of the session that a call is about
 * @rti: our session
 * @session_id: 0, ours or another's
 * @borrowed: out; for rti_xdp_maps_put()
 *
 * Return: as rti_xdp_maps_open().
 */
int rti_xdp_maps_get(struct rtintercept *rti, __u32 session_id,
		     struct rti_xdp_maps *borrowed)
{
	struct rti_xdp *xdp = rti_xdp_of(rti);

	if (session_id && session_id != xdp->maps.session_id)
		return rti_xdp_maps_open(borrowed, session_id);
	*borrowed = xdp->maps;
	return 0;
}

void rti_xdp_maps_put(struct rtintercept *rti, struct rti_xdp_maps *borrowed)
{
	if (borrowed->session != rti_xdp_of(rti)->maps.session)
		rti_xdp_maps_close(borrowed);
}

/**
 * rti_xdp_next_session() - who else is here
 * @session_id: in: the last one, 0 at first; out: the next
 *
 * Return: 1; 0 there is no more (or the kernel does not let us look); or what we want for.
 */
int rti_xdp_next_session(__u32 *session_id)
{
	__u32 id = *session_id & ~RTI_XDP_SESSION_ID;
	int fd;

	while (!bpf_map_get_next_id(id, &id)) {
		fd = open_session(id);
		if (rti_xdp_is_want(fd))
			return fd;
		if (fd < 0)
			continue;
		close(fd);
		*session_id = RTI_XDP_SESSION_ID | id;
		return 1;
	}
	return 0;
}
