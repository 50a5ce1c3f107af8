/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The program and the ring. The program is loaded when the first interface is
 * attached, not before: who only lists sessions loads none.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "driver/ring.h"
#include "lib/xdp.h"
#include "rtintercept.skel.h"

/* The library never prints. libbpf's printer is the process's: put it back. */
static libbpf_print_fn_t quiet(void)
{
	return libbpf_set_print(NULL);
}

/*
 * A kernel that refuses the program lacks something it needs, which is what
 * EOPNOTSUPP says: dynptr and the like came with Linux 5.19. Or it looks at the
 * program of somebody without CAP_PERFMON more closely, and says EACCES or
 * EINVAL as it would of any program that is wrong.
 */
static int load_error(int err)
{
	if (err == -EPERM || rti_xdp_is_want(err))
		return err;
	return rti_xdp_trusted() ? -EOPNOTSUPP : -EPERM;
}

/* The program runs on our maps, not on those that its object describes. */
static int use_maps(struct rtintercept_bpf *skel, const struct rti_xdp *xdp)
{
	int err = 0;

	if (xdp->maps.ring_fd >= 0)
		err = bpf_map__reuse_fd(skel->maps.rti_ring, xdp->maps.ring_fd);
	if (!err)
		err = bpf_map__reuse_fd(skel->maps.rti_bell, xdp->bell_fd);
	if (!err)
		err = bpf_map__reuse_fd(skel->maps.rti_counters,
					xdp->maps.counters_fd);
	if (!err)
		err = bpf_map__reuse_fd(skel->maps.rti_slots,
					xdp->maps.slots_fd);
	if (!err)
		err = bpf_map__reuse_fd(skel->maps.rti_tables,
					xdp->maps.tables_fd);
	if (!err)
		err = bpf_map__reuse_fd(skel->maps.rti_large,
					xdp->maps.large_fd);
	if (!err)
		err = bpf_map__reuse_fd(skel->maps.rti_replies,
					xdp->maps.replies_fd);
	if (!err)
		err = bpf_map__reuse_fd(skel->maps.rti_due, xdp->maps.due_fd);
	if (!err)
		err = bpf_map__reuse_fd(skel->maps.data_rti_xdp,
					xdp->maps.session_fd);
	return err;
}

/**
 * rti_xdp_open_program() - the program, on our maps, not yet loaded
 * @xdp: our session
 * @frags: 1: the one that takes packets of several buffers
 * @out: out: for rtintercept_bpf__destroy(); untouched on failure
 */
int rti_xdp_open_program(const struct rti_xdp *xdp, int frags,
			 struct rtintercept_bpf **out)
{
	struct rtintercept_bpf *skel = rtintercept_bpf__open();
	int err = skel ? 0 : -errno;

	if (!err)
		err = rti_xdp_load_only(skel, frags ? skel->progs.rti_xdp_frags :
						      skel->progs.rti_xdp);
	if (!err)
		err = use_maps(skel, xdp);
	if (!err) {
		skel->rodata_rti->rti_timers = xdp->timers;
		skel->rodata_rti->rti_reads = xdp->reads;
		skel->rodata_rti->rti_preempted = xdp->preempted;
	}
	if (err)
		rtintercept_bpf__destroy(skel);
	else
		*out = skel;
	return err;
}

static int load(struct rtintercept_bpf **out, const struct rti_xdp *xdp,
		int frags)
{
	libbpf_print_fn_t printer = quiet();
	struct rtintercept_bpf *skel = NULL;
	int err = rti_xdp_open_program(xdp, frags, &skel);

	if (!err)
		err = rtintercept_bpf__load(skel);
	libbpf_set_print(printer);
	if (err) {
		rtintercept_bpf__destroy(skel);
		return load_error(err);
	}
	*out = skel;
	return 0;
}

/**
 * rti_xdp_program() - the program, loaded
 * @xdp: our session
 * @frags: 1: the one that takes packets of several buffers
 *
 * Return: its fd, which stays the session's; -EPERM a capability is missing;
 * -EOPNOTSUPP the kernel is too old.
 */
int rti_xdp_program(struct rti_xdp *xdp, int frags)
{
	struct rtintercept_bpf *skel;
	int err;

	if (!xdp->skel[frags]) {
		err = load(&xdp->skel[frags], xdp, frags);
		if (err)
			return err;
	}
	skel = xdp->skel[frags];
	return bpf_program__fd(frags ? skel->progs.rti_xdp_frags :
				       skel->progs.rti_xdp);
}

/* Closes our fds; what is attached keeps its program until it is detached. */
void rti_xdp_unload(struct rtintercept_bpf *skel[2])
{
	int i;

	for (i = 0; i < 2; i++) {
		rtintercept_bpf__destroy(skel[i]);
		skel[i] = NULL;
	}
}

static int map_ring(struct rti_xdp *xdp, __u64 ring_bytes)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t bytes = page + 2 * (size_t)ring_bytes;
	void *p;

	p = mmap(NULL, bytes, PROT_READ, MAP_SHARED | MAP_POPULATE,
		 xdp->maps.ring_fd, (off_t)page);
	if (p == MAP_FAILED)
		return -errno;
	xdp->ring_producer = p;
	xdp->ring_producer_bytes = bytes;
	p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		 xdp->maps.ring_fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	xdp->ring_consumer = p;
	return 0;
}

void rti_xdp_ring_unmap(struct rti_xdp *xdp)
{
	if (xdp->ring_producer)
		munmap(xdp->ring_producer, xdp->ring_producer_bytes);
	if (xdp->ring_consumer)
		munmap(xdp->ring_consumer, (size_t)sysconf(_SC_PAGESIZE));
	xdp->ring_producer = xdp->ring_consumer = NULL;
}

static int check_size(__u64 ring_bytes)
{
	if (ring_bytes > RTI_RING_MAX_BYTES)
		return -E2BIG;
	if (ring_bytes < RTI_RING_MIN_BYTES || (ring_bytes & (ring_bytes - 1)) ||
	    ring_bytes % (__u64)sysconf(_SC_PAGESIZE))
		return -EINVAL;
	return 0;
}

static void drop_ring(struct rti_xdp *xdp)
{
	rti_xdp_ring_unmap(xdp);
	close(xdp->maps.ring_fd);
	xdp->maps.ring_fd = -1;
}

/*
 * A program that was loaded before there was a ring, because an interface was
 * attached first, has one of the least size, in which nothing is recorded: it
 * is loaded again.
 */
int rti_xdp_ring_setup(struct rtintercept *rti, __u64 ring_bytes)
{
	struct rti_xdp *xdp = rti_xdp_of(rti);
	struct rti_xdp_session *session = xdp->maps.session;
	int err = check_size(ring_bytes);
	__u32 id;

	if (err)
		return err;
	xdp->maps.ring_fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "rti_ring", 0, 0,
					   (__u32)ring_bytes, NULL);
	if (xdp->maps.ring_fd < 0)
		return -errno;
	err = map_ring(xdp, ring_bytes);
	if (!err)
		err = rti_xdp_map_id(xdp->maps.ring_fd, &id);
	if (!err && (xdp->skel[0] || xdp->skel[1]))
		err = rti_xdp_reattach(xdp);
	if (err) {
		drop_ring(xdp);
		return err;
	}
	session->ring_bytes = ring_bytes;
	session->ring_map = id;
	rti_ring_init(&rti->ring, xdp->ring_consumer, xdp->ring_producer,
		      (char *)xdp->ring_producer + sysconf(_SC_PAGESIZE),
		      ring_bytes);
	return 0;
}
