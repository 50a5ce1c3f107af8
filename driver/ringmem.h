/* SPDX-License-Identifier: GPL-2.0-only */
/* The ring's memory: pages, their two mappings, the lock round the reserve. */
#ifndef RTI_RINGMEM_H
#define RTI_RINGMEM_H

#include <linux/spinlock.h>

#include "ring.h"

struct vm_area_struct;

/**
 * struct rti_ringmem - a ring
 * @lock: guards @state and the drop counters in @producer. Raw, and held for
 *	the reserve's arithmetic only: no allocation, no wake-up and no other
 *	lock inside. Innermost of all locks.
 * @state: the kernel's own positions; under @lock
 * @consumer: the page that user space writes. Read once per reserve, never
 *	believed without rti_ring_believe().
 * @producer: the page that user space reads; the kernel never reads positions
 *	back from it
 * @data: the data, mapped twice in a row
 * @bytes: size of the data area; constant
 * @pages: all pages, as mapped; constant
 * @nr_pages: how many of them are distinct; constant
 */
struct rti_ringmem {
	raw_spinlock_t lock;
	struct rti_ring_state state;
	struct rtintercept_ring_consumer *consumer;
	struct rtintercept_ring_producer *producer;
	void *data;
	u64 bytes;
	struct page **pages;
	u32 nr_pages;
};

struct rti_ringmem *rti_ringmem_alloc(u64 bytes);
void rti_ringmem_free(struct rti_ringmem *ring);

int rti_ringmem_reserve(struct rti_ringmem *ring, u32 bytes,
			struct rtintercept_record **record);
void rti_ringmem_commit(struct rtintercept_record *record);
void rti_ringmem_expect(const struct rti_ringmem *ring, u32 bytes);

const struct rtintercept_record *rti_ringmem_first(struct rti_ringmem *ring,
						   u64 *position, u64 *next);
void rti_ringmem_consume(struct rti_ringmem *ring, u64 position);
u64 rti_ringmem_used(struct rti_ringmem *ring);
u64 rti_ringmem_dropped(const struct rti_ringmem *ring);

int rti_ringmem_mmap(struct rti_ringmem *ring, struct vm_area_struct *vma);
bool rti_ringmem_maps_consumer(const struct vm_area_struct *vma);

/* Is a record, just committed, the reader's next, as far as its word goes? */
static inline bool rti_ringmem_is_first(const struct rti_ringmem *ring,
					const struct rtintercept_record *record)
{
	const u64 consumer = READ_ONCE(ring->consumer->position);
	const void *first = ring->data + (consumer & ring->state.mask);

	return first + sizeof(struct rtintercept_ring_header) == (const void *)record;
}

static inline u64 rti_ringmem_producer_offset(void)
{
	return PAGE_SIZE;
}

static inline u64 rti_ringmem_producer_bytes(const struct rti_ringmem *ring)
{
	return PAGE_SIZE + 2 * ring->bytes;
}

#endif /* RTI_RINGMEM_H */
