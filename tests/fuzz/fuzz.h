/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzzers share: values taken from the input one after the other, 0
 * where it has ended, and a check that a fuzzer notices.
 */
#ifndef RTI_FUZZ_H
#define RTI_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/types.h>

#define FUZZ_CHECK(what) do {						\
	if (!(what)) {							\
		fprintf(stderr, "%s:%d: not: %s\n", __FILE__, __LINE__, #what); \
		abort();						\
	}								\
} while (0)

/* struct fuzz - what of the input has not been taken yet */
struct fuzz {
	const __u8 *at;
	size_t left;
};

static inline void fuzz_bytes(struct fuzz *fuzz, void *to, size_t bytes)
{
	size_t have = bytes < fuzz->left ? bytes : fuzz->left;

	memset(to, 0, bytes);
	memcpy(to, fuzz->at, have);
	fuzz->at += have;
	fuzz->left -= have;
}

static inline __u8 fuzz_u8(struct fuzz *fuzz)
{
	__u8 value;

	fuzz_bytes(fuzz, &value, sizeof(value));
	return value;
}

static inline __u16 fuzz_u16(struct fuzz *fuzz)
{
	__u16 value;

	fuzz_bytes(fuzz, &value, sizeof(value));
	return value;
}

static inline __u64 fuzz_u64(struct fuzz *fuzz)
{
	__u64 value;

	fuzz_bytes(fuzz, &value, sizeof(value));
	return value;
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t bytes);

#endif /* RTI_FUZZ_H */
