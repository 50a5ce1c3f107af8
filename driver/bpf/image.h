/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An index as the XDP program has it: in the value of a map, whose bounds the
 * verifier wants to see kept. Included before driver/index.h.
 */
#ifndef RTI_BPF_IMAGE_H
#define RTI_BPF_IMAGE_H

#include "driver/pure.h"

#define RTI_INDEX_IN_MAP

/*
 * The lowest bit that is set: BPF has no instruction for it, and its compiler would
 * rather use up all memory than expand the builtin. By a de Bruijn sequence (Leiserson,
 * Prokop and Randall, "Using de Bruijn sequences to index a 1 in a computer word", 1998).
 */
static const __u8 rti_bit_by_sequence[64] = {
	0, 1, 48, 2, 57, 49, 28, 3, 61, 58, 50, 42, 38, 29, 17, 4,
	62, 55, 59, 36, 53, 51, 43, 22, 45, 39, 33, 30, 24, 18, 12, 5,
	63, 47, 56, 27, 60, 41, 37, 16, 54, 35, 52, 21, 44, 32, 23, 11,
	46, 26, 40, 15, 34, 20, 31, 10, 25, 14, 19, 9, 13, 8, 7, 6,
};

static __always_inline __u32 rti_first_bit(__u64 x)
{
	return rti_bit_by_sequence[(x & -x) * 0x03f79d71b4cb0a89ULL >> 58];
}

/**
 * struct rti_image - an image; known to the compiler, which keeps none of it
 * @word: where it begins
 * @words: so many it has room for
 */
struct rti_image {
	const __u64 *word;
	__u64 words;
};

static __always_inline const __u64 *rti_index_at(const void *image, __u32 word,
						 const __u32 words)
{
	const struct rti_image *in = image;
	__u64 at = word;

	rti_keep(at);
	if (at > in->words - words)
		return NULL;
	return in->word + at;
}

static __always_inline int rti_index_none(const void *p)
{
	return !p;
}

/* A view is on the stack, where the verifier wants values aligned: by bytes. */
static __always_inline __u32 rti_index_value(const __u8 *view, __u32 offset)
{
	offset &= 31;
	rti_keep(offset);
	return (__u32)view[offset] << 8 | view[offset + 1];
}

static __always_inline int rti_index_within(__u32 i, __u32 n)
{
	rti_keep(i);
	return i < n;
}

#endif /* RTI_BPF_IMAGE_H */
