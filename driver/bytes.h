/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading the bytes of a packet, which stand at any alignment. Pure. Whether they
 * are there at all is for parse.h to know.
 */
#ifndef RTI_BYTES_H
#define RTI_BYTES_H

#include "pure.h"

/*
 * The BPF compiler would fetch them one by one; but the verifier knows where they
 * stand, and what the machine can do.
 */
#ifdef __bpf__
#define rti_get_native(type, p)		(*(const type *)(p))
#else
#define rti_get_native(type, p)		\
	({ type value_; memcpy(&value_, p, sizeof(value_)); value_; })
#endif

static __always_inline __u16 rti_get16(const __u8 *p)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return __builtin_bswap16(rti_get_native(__u16, p));
#else
	return rti_get_native(__u16, p);
#endif
}

/* @bytes: a multiple of 4, known to the compiler */
static __always_inline void rti_get_bytes(__u8 *to, const __u8 *p, __u32 bytes)
{
#ifdef __bpf__
	__u32 i;

#pragma unroll
	for (i = 0; i < bytes; i += 4)
		*(__u32 *)(to + i) = rti_get_native(__u32, p + i);
#else
	memcpy(to, p, bytes);
#endif
}

#endif /* RTI_BYTES_H */
