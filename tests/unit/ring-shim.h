/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ring in ordinary memory, mapped as the module maps it, with a producer that
 * does what driver/ringmem.c does: the kernel's half without a kernel.
 */
#ifndef RTI_UNIT_RING_SHIM_H
#define RTI_UNIT_RING_SHIM_H

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "driver/ring.h"
#include "lib/backend.h"

#define SHIM_PAGE	4096UL

/**
 * struct shim - a ring with both its halves
 * @lock: round the reserve, as in the module
 * @st: the kernel's half
 * @reader: user space's half
 */
struct shim {
	pthread_spinlock_t lock;
	struct rti_ring_state st;
	struct rti_ring reader;
	char *area;
	__u64 bytes;
	struct rtintercept_ring_consumer *consumer;
	struct rtintercept_ring_producer *producer;
	char *data;
};

static inline void *shim_map(int fd, void *at, size_t bytes, off_t offset)
{
	void *p = mmap(at, bytes, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_FIXED, fd, offset);

	if (p == MAP_FAILED)
		abort();
	return p;
}

static inline void shim_init(struct shim *s, __u64 bytes)
{
	int fd = memfd_create("ring", MFD_CLOEXEC);

	memset(s, 0, sizeof(*s));
	s->bytes = bytes;
	if (fd < 0 || ftruncate(fd, (off_t)(2 * SHIM_PAGE + bytes)))
		abort();
	s->area = mmap(NULL, 2 * SHIM_PAGE + 2 * bytes, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s->area == MAP_FAILED)
		abort();
	shim_map(fd, s->area, 2 * SHIM_PAGE + bytes, 0);
	shim_map(fd, s->area + 2 * SHIM_PAGE + bytes, bytes, 2 * SHIM_PAGE);
	close(fd);
	s->consumer = (void *)s->area;
	s->producer = (void *)(s->area + SHIM_PAGE);
	s->data = s->area + 2 * SHIM_PAGE;
	s->st.mask = bytes - 1;
	s->st.page_shift = 12;
	pthread_spin_init(&s->lock, PTHREAD_PROCESS_PRIVATE);
	rti_ring_init(&s->reader, s->consumer, s->producer, s->data, bytes);
}

static inline void shim_destroy(struct shim *s)
{
	munmap(s->area, 2 * SHIM_PAGE + 2 * s->bytes);
	pthread_spin_destroy(&s->lock);
}

/* As rti_ringmem_reserve(): RTI_RING_*, and where to write when OK. */
static inline int shim_reserve(struct shim *s, __u32 length,
			       struct rtintercept_record **record)
{
	__u64 consumer, position;
	int outcome;

	pthread_spin_lock(&s->lock);
	consumer = rti_load_acquire(&s->consumer->position);
	outcome = rti_ring_reserve(&s->st, s->data, consumer, length, &position);
	if (outcome == RTI_RING_OK) {
		*record = (void *)(rti_ring_header(&s->st, s->data, position) + 1);
		if (length >= sizeof(**record))
			(*record)->seq = s->st.next_seq - 1;
		rti_store_release(&s->producer->position, s->st.producer);
	}
	pthread_spin_unlock(&s->lock);
	return outcome;
}

/* As rti_ringmem_commit(); @flag: 0 or RTINTERCEPT_RING_DISCARD. */
static inline void shim_commit(struct rtintercept_record *record, __u32 flag)
{
	struct rtintercept_ring_header *header = (void *)record;

	header--;
	__atomic_exchange_n(&header->length,
			    (header->length & RTINTERCEPT_RING_LENGTH) | flag,
			    __ATOMIC_SEQ_CST);
}

/* A record's data tell what they are: the sequence number and where in it. */
static inline void shim_fill(struct rtintercept_record *record, __u32 length)
{
	__u32 i, bytes = length - (__u32)sizeof(*record);

	record->captured_bytes = bytes;
	for (i = 0; i < bytes; i++)
		record->data[i] = (__u8)(record->seq * 31 + i);
}

static inline int shim_is_filled(const struct rtintercept_record *record)
{
	__u32 i;

	for (i = 0; i < record->captured_bytes; i++)
		if (record->data[i] != (__u8)(record->seq * 31 + i))
			return 0;
	return 1;
}

/* Reserve, fill, commit at once. */
static inline int shim_produce(struct shim *s, __u32 length)
{
	struct rtintercept_record *record;
	int outcome = shim_reserve(s, length, &record);

	if (outcome == RTI_RING_OK) {
		shim_fill(record, length);
		shim_commit(record, 0);
	}
	return outcome;
}

#endif /* RTI_UNIT_RING_SHIM_H */
