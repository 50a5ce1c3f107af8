/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrays that the kernel fills and that may turn out to be too small. */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/growing.h"

#define FIRST_ROOM	16
#define TRIES_MAX	16

/* Without memory the first call is made with no room at all. */
void rti_growing_init(struct rti_growing *array, size_t element_bytes)
{
	array->array = calloc(FIRST_ROOM, element_bytes);
	array->element_bytes = element_bytes;
	array->room = array->array ? FIRST_ROOM : 0;
	array->tries = 0;
}

/* The array's address as an ioctl's member; 0 goes with no room. */
__u64 rti_growing_address(const struct rti_growing *array)
{
	return (uintptr_t)array->array;
}

/**
 * rti_growing_again() - is the call to be made once more?
 * @array: grown, if so
 * @err: in: of the call; out: what stopped us, if anything
 * @count: how many elements the kernel said there are
 */
int rti_growing_again(struct rti_growing *array, int *err, __u32 count)
{
	__u32 room = count + count / 4 + 1;	/* they may become more */
	void *grown;

	if (*err != -EMSGSIZE || ++array->tries == TRIES_MAX)
		return 0;
	if (count > INT_MAX / 2)
		return 0;
	grown = calloc(room, array->element_bytes);
	if (!grown) {
		*err = -ENOMEM;
		return 0;
	}
	free(array->array);
	array->array = grown;
	array->room = room;
	return 1;
}

/**
 * rti_growing_finish() - hand the array to the caller
 * @array: not to be used any more
 * @err: of the last call
 * @count: elements in use
 * @out: the array, NULL if there are no elements; untouched on failure
 *
 * Return: @count, or @err.
 */
int rti_growing_finish(struct rti_growing *array, int err, __u32 count,
		       void **out)
{
	if (!err && count > array->room)
		err = -EMSGSIZE;
	if (err || !count) {
		free(array->array);
		array->array = NULL;
	}
	if (err)
		return err;
	*out = array->array;
	return (int)count;
}
