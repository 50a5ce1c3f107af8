/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An io_uring of one entry, by its bare system calls: poll a descriptor once, and
 * wait until that is answered. As io_uring(7) says; there is one submitter.
 */
#include <linux/io_uring.h>
#include <sys/syscall.h>

#include "device.h"

/**
 * struct uring - the ring
 * @fd: its own; readable when there is an answer
 * @map: both queues
 * @sqe: the one entry
 * @p: where what is in @map
 */
static struct uring {
	int fd;
	char *map;
	struct io_uring_sqe *sqe;
	struct io_uring_params p;
} ring;

static __u32 *word(__u32 offset)
{
	return (__u32 *)(ring.map + offset);
}

static void *map(size_t bytes, __u64 offset)
{
	return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd,
		    (off_t)offset);
}

/* Return: 0 or -errno: this kernel has none, or forbids it. */
int uring_open(void)
{
	size_t bytes;

	ring.fd = (int)syscall(SYS_io_uring_setup, 1, &ring.p);
	if (ring.fd < 0)
		return -errno;
	bytes = ring.p.cq_off.cqes + ring.p.cq_entries * sizeof(struct io_uring_cqe);
	if (bytes < ring.p.sq_off.array + sizeof(__u32))
		bytes = ring.p.sq_off.array + sizeof(__u32);
	ring.map = map(bytes, IORING_OFF_SQ_RING);
	ring.sqe = map(sizeof(*ring.sqe), IORING_OFF_SQES);
	return ring.map == MAP_FAILED || (void *)ring.sqe == MAP_FAILED ? -errno : 0;
}

/* One poll for POLLIN is handed in. */
static int submit(int fd)
{
	const __u32 tail = *word(ring.p.sq_off.tail);

	*ring.sqe = (struct io_uring_sqe) {
		.opcode = IORING_OP_POLL_ADD, .fd = fd, .poll32_events = POLLIN,
	};
	*word(ring.p.sq_off.array) = 0;
	__atomic_store_n(word(ring.p.sq_off.tail), tail + 1, __ATOMIC_RELEASE);
	return syscall(SYS_io_uring_enter, ring.fd, 1, 0, 0, NULL, 0) == 1 ? 0 : -errno;
}

/* Return: what the poll said, 0: nothing in time. Then it is still under way. */
static int answer(int timeout_ms)
{
	struct pollfd pfd = { .fd = ring.fd, .events = POLLIN };
	const __u32 head = *word(ring.p.cq_off.head);
	const struct io_uring_cqe *cqe;
	int result;

	if (poll(&pfd, 1, timeout_ms) != 1)
		return 0;
	cqe = (void *)(ring.map + ring.p.cq_off.cqes);
	cqe += head & *word(ring.p.cq_off.ring_mask);
	if (__atomic_load_n(word(ring.p.cq_off.tail), __ATOMIC_ACQUIRE) == head)
		return -EAGAIN;
	result = cqe->res;
	__atomic_store_n(word(ring.p.cq_off.head), head + 1, __ATOMIC_RELEASE);
	return result;
}

/* Polls @fd for POLLIN. Return: its events, 0: none in time, or -errno. */
int uring_poll(int fd, int timeout_ms)
{
	static int under_way;
	int err = under_way ? 0 : submit(fd);

	if (err)
		return err;
	err = answer(timeout_ms);
	under_way = !err;
	return err;
}

void uring_close(void)
{
	close(ring.fd);
}
