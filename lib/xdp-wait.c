/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Before and after sleeping: the bell, the watermark, and the one fd that all
 * of it makes readable. The program's half is driver/bpf/wake.h, which has the
 * picture.
 *
 * At any time the program has either been armed or has rung the bell. So
 * whoever takes the fd at whatever moment and waits for it misses nothing; at
 * worst it is readable although there is nothing left to read. A reader that
 * spins never empties the bell: it is rung once and costs nothing thereafter.
 */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "lib/xdp.h"

#define BELL_BYTES	4096U

static int add(int epoll_fd, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int open_bell(struct rti_xdp *xdp)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const __u32 bytes = page > BELL_BYTES ? (__u32)page : BELL_BYTES;
	void *p;

	xdp->bell_fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "rti_bell", 0, 0,
				      bytes, NULL);
	if (xdp->bell_fd < 0)
		return -errno;
	p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, xdp->bell_fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	xdp->bell_consumer = p;
	p = mmap(NULL, page, PROT_READ, MAP_SHARED, xdp->bell_fd, (off_t)page);
	if (p == MAP_FAILED)
		return -errno;
	xdp->bell_producer = p;
	return 0;
}

/** rti_xdp_wait_open() - undone by rti_xdp_wait_close(), also on failure */
int rti_xdp_wait_open(struct rtintercept *rti)
{
	struct rti_xdp *xdp = rti_xdp_of(rti);
	int err;

	rti->fd = epoll_create1(EPOLL_CLOEXEC);
	if (rti->fd < 0)
		return -errno;
	err = open_bell(xdp);
	if (!err)
		err = rti_xdp_watch_open(xdp);
	if (!err)
		err = add(rti->fd, xdp->bell_fd);
	if (!err)
		err = add(rti->fd, xdp->netlink_fd);
	if (!err)
		err = add(rti->fd, xdp->dead_fd);
	return err;
}

void rti_xdp_wait_close(struct rtintercept *rti)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct rti_xdp *xdp = rti_xdp_of(rti);

	rti_xdp_watch_close(xdp);
	if (xdp->bell_producer)
		munmap((void *)xdp->bell_producer, page);
	if (xdp->bell_consumer)
		munmap(xdp->bell_consumer, page);
	if (xdp->bell_fd >= 0)
		close(xdp->bell_fd);
	if (rti->fd >= 0)
		close(rti->fd);
}

/* No watermark in between: at worst the bell is rung once too often. */
int rti_xdp_wakeup(struct rtintercept *rti, __u32 records, __u32 bytes,
		   __u32 deadline_us)
{
	struct rti_xdp *xdp = rti_xdp_of(rti);
	struct rti_xdp_session *session = xdp->maps.session;

	if (deadline_us > 10000000)
		return -EINVAL;
	if (deadline_us && !xdp->timers)
		return -EOPNOTSUPP;
	xdp->records = records;
	__atomic_store_n(&session->deadline_ns, 0, __ATOMIC_RELEASE);
	session->wake_bytes = bytes;
	session->wake_seq = records > 1 ?
		__atomic_load_n(&session->next_seq, __ATOMIC_RELAXED) + records - 1 :
		~0ULL;
	__atomic_store_n(&session->deadline_ns, (__u64)deadline_us * 1000,
			 __ATOMIC_RELEASE);
	return 0;
}

/* The application may wait before there is a ring. */
static const struct rtintercept_record *peek(struct rtintercept *rti)
{
	return rti->ring.consumer ? rti_ring_peek(&rti->ring) : NULL;
}

static __u64 unread_bytes(const struct rti_ring *ring)
{
	return __atomic_load_n(&ring->producer->position, __ATOMIC_ACQUIRE) -
	       ring->position;
}

/*
 * From which record on the bell is to ring: counted from the first that is not
 * read yet. Dropped ones count, which wakes the reader when it is too slow.
 */
static void set_threshold(struct rti_xdp *xdp,
			  const struct rtintercept_record *next)
{
	struct rti_xdp_session *session = xdp->maps.session;
	__u64 seq;

	if (xdp->records <= 1)
		return;
	seq = next ? next->seq :
		     __atomic_load_n(&session->next_seq, __ATOMIC_RELAXED);
	__atomic_store_n(&session->wake_seq, seq + xdp->records - 1,
			 __ATOMIC_RELAXED);
}

/* With a watermark: is it reached already? If not, sleep until @until_ns at most. */
static int enough(struct rtintercept *rti, const struct rtintercept_record *next,
		  __u64 *until_ns)
{
	const struct rti_xdp *xdp = rti_xdp_of(rti);
	const struct rti_xdp_session *session = xdp->maps.session;
	__u64 due_ns;

	if (!next)
		return 0;
	if (xdp->records > 1 &&
	    __atomic_load_n(&session->next_seq, __ATOMIC_RELAXED) - next->seq >=
	    xdp->records)
		return 1;
	if (session->wake_bytes &&
	    unread_bytes(&rti->ring) >= session->wake_bytes)
		return 1;
	due_ns = next->time_ns + session->deadline_ns;
	if (rtintercept_clock_ns() >= due_ns)
		return 1;
	if (until_ns && *until_ns > due_ns)
		*until_ns = due_ns;
	return 0;
}

/**
 * rti_xdp_arm() - the reader is about to sleep; see struct rti_backend_ops
 *
 * Is the program still armed, it has rung for nothing that came since, and
 * there is nothing to empty.
 */
int rti_xdp_arm(struct rtintercept *rti, __u64 *until_ns)
{
	struct rti_xdp *xdp = rti_xdp_of(rti);
	struct rti_xdp_session *session = xdp->maps.session;
	const struct rtintercept_record *next;

	if (session->deadline_ns)
		set_threshold(xdp, peek(rti));
	if (!__atomic_load_n(&session->armed, __ATOMIC_RELAXED)) {
		__atomic_store_n(&xdp->bell_consumer->position,
				 __atomic_load_n(&xdp->bell_producer->position,
						 __ATOMIC_ACQUIRE),
				 __ATOMIC_RELEASE);
		__atomic_store_n(&session->armed, 1, __ATOMIC_RELAXED);
		/* (D) pairs with (D): driver/bpf/wake.h ring_bell() */
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	}
	next = peek(rti);
	if (!session->deadline_ns)
		return next != NULL;
	return enough(rti, next, until_ns);
}

/** rti_xdp_event() - the fd was readable, and there is no record */
int rti_xdp_event(struct rtintercept *rti)
{
	struct rti_xdp *xdp = rti_xdp_of(rti);
	int err = rti_xdp_gone(xdp);

	if (err)
		return err;
	return __atomic_load_n(&xdp->maps.session->dead, __ATOMIC_ACQUIRE) ?
	       -ENODEV : 0;
}
