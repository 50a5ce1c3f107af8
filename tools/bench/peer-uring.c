/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A UDP socket by io_uring: one multishot receive into a ring of buffers, so that
 * no system call is needed for each packet; completions are handed over when the
 * receiver asks, as io_uring_setup(2) recommends for a thread of its own.
 */
#include <errno.h>
#include <liburing.h>
#include <stdlib.h>
#include "tools/bench/peer.h"

#define BUFFERS		1024	/* a power of two */
#define BUFFER_BYTES	2048
#define GROUP		0

static int fd = -1;
static struct io_uring uring;
static bool have_uring;
static struct io_uring_buf_ring *ring;
static char (*buffers)[BUFFER_BYTES];

static void give_buffer(uint16_t id)
{
	io_uring_buf_ring_add(ring, buffers[id], BUFFER_BYTES, id,
			      io_uring_buf_ring_mask(BUFFERS), 0);
	io_uring_buf_ring_advance(ring, 1);
}

static int make_buffers(struct bench_task *task)
{
	struct io_uring_buf_reg reg = { .ring_entries = BUFFERS, .bgid = GROUP };
	int error, i;

	ring = aligned_alloc(4096, BUFFERS * sizeof(struct io_uring_buf));
	buffers = aligned_alloc(4096, BUFFERS * BUFFER_BYTES);
	if (!ring || !buffers)
		return task_failed(task, ENOMEM, "making io_uring's buffers");
	reg.ring_addr = (uintptr_t)ring;
	error = io_uring_register_buf_ring(&uring, &reg, 0);
	if (error)
		return task_failed(task, error, "registering io_uring's buffers");
	io_uring_buf_ring_init(ring);
	for (i = 0; i < BUFFERS; i++)
		give_buffer(i);
	task->report->buffer_bytes += BUFFERS * BUFFER_BYTES;
	return 0;
}

static int arm(struct bench_task *task)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&uring);
	int count;

	if (!sqe)
		return task_failed(task, EBUSY, "asking io_uring to receive");
	io_uring_prep_recv_multishot(sqe, fd, NULL, 0, 0);
	sqe->flags |= IOSQE_BUFFER_SELECT;
	sqe->buf_group = GROUP;
	count = io_uring_submit(&uring);
	return count < 0 ? task_failed(task, count, "asking io_uring to receive") : 0;
}

static int uring_open(struct bench_task *task)
{
	struct io_uring_params params = {
		.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
			 IORING_SETUP_CQSIZE,
		.cq_entries = 2 * BUFFERS,
	};
	int error;

	fd = udp_open(task);
	if (fd < 0)
		return fd;
	error = io_uring_queue_init_params(8, &uring, &params);
	if (error)
		return task_failed(task, error, "setting up io_uring");
	have_uring = true;
	error = make_buffers(task);
	if (error)
		return error;
	peer_how(task, "io_uring, multishot recv, %d buffers of %d B, DEFER_TASKRUN, %s, "
		 "SO_RCVBUF %u", BUFFERS, BUFFER_BYTES,
		 task->wait == BENCH_SPIN ? "asked without waiting" : "waiting",
		 task->report->rcvbuf_bytes);
	return arm(task);
}

static int complete(struct bench_task *task, struct io_uring_cqe *cqe, uint64_t t3_ns)
{
	if (cqe->flags & IORING_CQE_F_BUFFER) {
		uint16_t id = cqe->flags >> IORING_CQE_BUFFER_SHIFT;

		if (cqe->res >= 0)
			task_arrived(task, buffers[id], cqe->res, 0, t3_ns);
		give_buffer(id);
	} else if (cqe->res < 0 && cqe->res != -ENOBUFS) {
		return task_failed(task, cqe->res, "receiving by io_uring");
	}
	return cqe->flags & IORING_CQE_F_MORE ? 0 : arm(task);
}

static inline int take(struct bench_task *task)
{
	struct io_uring_cqe *cqe;
	unsigned int head;
	int count = 0, error = 0;

	if (task->wait == BENCH_BLOCK)
		io_uring_wait_cqe(&uring, &cqe);
	else
		io_uring_get_events(&uring);
	io_uring_for_each_cqe(&uring, head, cqe) {
		error = complete(task, cqe, rtintercept_clock_ns());
		if (error)
			break;
		count++;
	}
	io_uring_cq_advance(&uring, count);
	return error ? error : count;
}

/* The thread that sets it up must be the one that asks: it is. */
static int uring_loop(struct bench_task *task)
{
	return peer_loop(task, take, -1);
}

static void uring_close(struct bench_task *task)
{
	if (have_uring)
		io_uring_queue_exit(&uring);
	have_uring = false;
	udp_close(task, fd);
	fd = -1;
	free(ring);
	free(buffers);
	ring = NULL;
	buffers = NULL;
}

const struct bench_role uring_role = {
	.open = uring_open,
	.loop = uring_loop,
	.close = uring_close,
};
