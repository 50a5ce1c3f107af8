// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ring's memory. The pages are those of the uAPI's picture: the consumer's,
 * the producer's, then the data, which the kernel and every reader see twice in
 * a row. The arithmetic is ring.h's; who sleeps and who is woken is wakeup.c's.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/prefetch.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "ringmem.h"

#define RTI_RING_META_PAGES	2

/* As many lines as a processor fetches at once. */
#define RTI_RING_EXPECT_BYTES	1024

static void free_pages_of(struct rti_ringmem *ring)
{
	u32 i;

	for (i = 0; i < ring->nr_pages; i++)
		__free_page(ring->pages[i]);
	kvfree(ring->pages);
}

/* The array lists the data pages twice: that is what maps them twice. */
static int alloc_pages_of(struct rti_ringmem *ring, u32 data_pages)
{
	const u32 total = RTI_RING_META_PAGES + data_pages;
	struct page *page;
	u32 i;

	ring->pages = kvcalloc(total + data_pages, sizeof(*ring->pages),
			       GFP_KERNEL_ACCOUNT);
	if (!ring->pages)
		return -ENOMEM;
	for (i = 0; i < total; i++) {
		page = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN);
		if (!page) {
			free_pages_of(ring);
			return -ENOMEM;
		}
		ring->pages[i] = page;
		ring->nr_pages++;
		if (i >= RTI_RING_META_PAGES)
			ring->pages[data_pages + i] = page;
	}
	return 0;
}

/**
 * rti_ringmem_alloc() - make a ring
 * @bytes: size of the data area, checked by the caller: a power of two, whole
 *	pages, RTI_RING_MIN_BYTES .. RTI_RING_MAX_BYTES
 *
 * Return: the ring, or ERR_PTR(-ENOMEM). Context: may sleep.
 */
struct rti_ringmem *rti_ringmem_alloc(u64 bytes)
{
	const u32 data_pages = bytes >> PAGE_SHIFT;
	struct rti_ringmem *ring;
	void *area;

	ring = kzalloc(sizeof(*ring), GFP_KERNEL_ACCOUNT);
	if (!ring)
		return ERR_PTR(-ENOMEM);
	if (alloc_pages_of(ring, data_pages))
		goto err_free;
	area = vmap(ring->pages, RTI_RING_META_PAGES + 2 * data_pages,
		    VM_MAP | VM_USERMAP, PAGE_KERNEL);
	if (!area)
		goto err_free_pages;

	raw_spin_lock_init(&ring->lock);
	ring->consumer = area;
	ring->producer = area + PAGE_SIZE;
	ring->data = area + RTI_RING_META_PAGES * PAGE_SIZE;
	ring->bytes = bytes;
	ring->state.mask = bytes - 1;
	ring->state.page_shift = PAGE_SHIFT;
	return ring;

err_free_pages:
	free_pages_of(ring);
err_free:
	kfree(ring);
	return ERR_PTR(-ENOMEM);
}

/* Context: may sleep; nobody produces and nothing is mapped any more. */
void rti_ringmem_free(struct rti_ringmem *ring)
{
	if (!ring)
		return;
	vunmap(ring->consumer);
	free_pages_of(ring);
	kfree(ring);
}

static void count_drop(struct rtintercept_ring_producer *p, int outcome)
{
	if (outcome == RTI_RING_FULL)
		WRITE_ONCE(p->dropped_ring_full, p->dropped_ring_full + 1);
	else if (outcome == RTI_RING_TOO_BIG)
		WRITE_ONCE(p->dropped_too_big, p->dropped_too_big + 1);
	else
		WRITE_ONCE(p->dropped_hostile_consumer,
			   p->dropped_hostile_consumer + 1);
}

/**
 * rti_ringmem_reserve() - room for one record
 * @ring: the ring
 * @bytes: of the record, header of the ring not counted
 * @record: out: where to write it, with its sequence number in place, when OK
 *
 * The record stays invisible to readers until rti_ringmem_commit().
 *
 * Return: RTI_RING_*. Context: any but NMI.
 */
int rti_ringmem_reserve(struct rti_ringmem *ring, u32 bytes,
			struct rtintercept_record **record)
{
	struct rtintercept_ring_producer *p = ring->producer;
	struct rti_ring_state *st = &ring->state;
	u64 consumer, position, used;
	unsigned long flags;
	int outcome;

	raw_spin_lock_irqsave(&ring->lock, flags);
	/* (C) pairs with (C): lib/ring.c rtintercept_ring_release() */
	consumer = smp_load_acquire(&ring->consumer->position);
	outcome = rti_ring_reserve(st, ring->data, consumer, bytes, &position);
	WRITE_ONCE(p->next_seq, st->next_seq);
	if (outcome == RTI_RING_OK) {
		*record = (void *)(rti_ring_header(st, ring->data, position) + 1);
		(*record)->seq = st->next_seq - 1;
		used = st->producer - st->consumer;
		if (used > p->peak_bytes)
			WRITE_ONCE(p->peak_bytes, used);
		/* (A) pairs with (A): lib/ring.c rtintercept_ring_peek() */
		smp_store_release(&p->position, st->producer);
	} else {
		count_drop(p, outcome);
	}
	raw_spin_unlock_irqrestore(&ring->lock, flags);
	return outcome;
}

/**
 * rti_ringmem_commit() - let readers have a record
 * @record: of rti_ringmem_reserve(), filled in
 *
 * A full barrier, so that the caller may look for sleepers next. Context: any.
 */
void rti_ringmem_commit(struct rtintercept_record *record)
{
	struct rtintercept_ring_header *header = (void *)record;

	header--;
	/* (B) pairs with (B): lib/ring.c rtintercept_ring_peek() */
	xchg(&header->length, header->length & RTINTERCEPT_RING_LENGTH);
}

/**
 * rti_ringmem_expect() - have the next record's room at hand
 * @ring: the ring
 * @bytes: of the record just committed; the next may be as long
 *
 * The room is in no cache, or in the reader's, and to fetch it takes longer than to
 * fill it: so it is fetched while nobody waits. Others may produce meanwhile: then it
 * is somebody else's, and only time is lost. Context: any.
 */
void rti_ringmem_expect(const struct rti_ringmem *ring, u32 bytes)
{
	const u32 end = min_t(u32, bytes, RTI_RING_EXPECT_BYTES);
	const void *room = rti_ring_header(&ring->state, ring->data,
					   READ_ONCE(ring->state.producer));
	u32 at;

	for (at = 0; at < end; at += L1_CACHE_BYTES)
		prefetchw(room + at);
}

/**
 * rti_ringmem_first() - the reader's next record, as far as its word can be trusted
 * @ring: the ring
 * @position: out: where it begins
 * @next: out: where the one behind it begins
 *
 * The memory that is returned belongs to the ring whatever the reader claims;
 * what stands there is a record only if the reader is honest.
 *
 * Return: the record, or NULL: none, or not committed yet. Context: any.
 */
const struct rtintercept_record *rti_ringmem_first(struct rti_ringmem *ring,
						   u64 *position, u64 *next)
{
	struct rti_ring_state *st = &ring->state;
	struct rtintercept_ring_header *header;
	u64 consumer, producer;
	u32 length;

	/* Only this CPU's own earlier view matters: no pair. */
	consumer = READ_ONCE(ring->consumer->position);
	/* (A) pairs with (A): driver/ring.h rti_ring_reserve() */
	producer = smp_load_acquire(&st->producer);
	if (consumer >= producer || producer - consumer > ring->bytes ||
	    (consumer & (RTINTERCEPT_RING_ALIGN - 1)))
		return NULL;
	header = rti_ring_header(st, ring->data, consumer);
	/* (B) pairs with (B): driver/ringmem.c rti_ringmem_commit() */
	length = smp_load_acquire(&header->length);
	if (length & RTINTERCEPT_RING_BUSY)
		return NULL;
	length &= RTINTERCEPT_RING_LENGTH;
	if (length < sizeof(struct rtintercept_record) ||
	    rti_ring_bytes(length) > producer - consumer)
		return NULL;
	*position = consumer;
	*next = consumer + rti_ring_bytes(length);
	return (void *)(header + 1);
}

/* Moves the reader's position, for read(). */
void rti_ringmem_consume(struct rti_ringmem *ring, u64 position)
{
	/* (C) pairs with (C): driver/ringmem.c rti_ringmem_reserve() */
	smp_store_release(&ring->consumer->position, position);
}

/* Bytes in the ring now, as far as the reader's word makes sense. */
u64 rti_ringmem_used(struct rti_ringmem *ring)
{
	u64 consumer = READ_ONCE(ring->consumer->position);
	u64 producer = READ_ONCE(ring->state.producer);

	return min_t(u64, producer - consumer, ring->bytes);
}

u64 rti_ringmem_dropped(const struct rti_ringmem *ring)
{
	const struct rtintercept_ring_producer *p = ring->producer;

	return READ_ONCE(p->dropped_ring_full) + READ_ONCE(p->dropped_too_big) +
	       READ_ONCE(p->dropped_hostile_consumer);
}

bool rti_ringmem_maps_consumer(const struct vm_area_struct *vma)
{
	return vma->vm_pgoff == 0 && (vma->vm_flags & VM_WRITE);
}

/*
 * Which part a mapping wants, and whether it may: the consumer page as it
 * likes, all else read-only, and each part whole.
 */
static int check_mapping(const struct rti_ringmem *ring,
			 const struct vm_area_struct *vma)
{
	const u64 bytes = vma->vm_end - vma->vm_start;

	/* VM_SHARED is taken away again where the file was opened read-only. */
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (vma->vm_pgoff == 0)
		return bytes == PAGE_SIZE ? 0 : -EINVAL;
	if (vma->vm_pgoff != rti_ringmem_producer_offset() >> PAGE_SHIFT ||
	    bytes != rti_ringmem_producer_bytes(ring))
		return -EINVAL;
	return vma->vm_flags & VM_WRITE ? -EPERM : 0;
}

/**
 * rti_ringmem_mmap() - map a part of the ring
 * @ring: the ring
 * @vma: what the user asked for
 *
 * The mapping holds the pages by reference and the file by its own: no munmap,
 * mremap or fork can outlive or split what it needs.
 *
 * Return: 0, -EINVAL wrong offset, length or MAP_PRIVATE, -EPERM writable where
 * it may not be.
 */
int rti_ringmem_mmap(struct rti_ringmem *ring, struct vm_area_struct *vma)
{
	vm_flags_t clear = VM_MAYEXEC;
	int err;

	err = check_mapping(ring, vma);
	if (err)
		return err;
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;
	if (!rti_ringmem_maps_consumer(vma))
		clear |= VM_MAYWRITE;
	rti_compat_vm_flags(vma, VM_DONTEXPAND | VM_DONTDUMP, clear);
	return remap_vmalloc_range(vma, ring->consumer, vma->vm_pgoff);
}
