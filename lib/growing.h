/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Arrays that the kernel fills: asked for again, with more room, for as long as
 * it answers EMSGSIZE. Not installed.
 */
#ifndef RTI_GROWING_H
#define RTI_GROWING_H

#include <linux/types.h>
#include <stddef.h>

/**
 * struct rti_growing - an array of @room elements
 * @array: heap; NULL: no room yet
 * @element_bytes: size of one
 * @room: elements it can hold
 * @tries: calls made; the number of rules may change between two of them, but
 *	not for ever
 */
struct rti_growing {
	void *array;
	size_t element_bytes;
	__u32 room;
	__u32 tries;
};

void rti_growing_init(struct rti_growing *array, size_t element_bytes);
__u64 rti_growing_address(const struct rti_growing *array);
int rti_growing_again(struct rti_growing *array, int *err, __u32 count);
int rti_growing_finish(struct rti_growing *array, int err, __u32 count,
		       void **out);

#endif /* RTI_GROWING_H */
