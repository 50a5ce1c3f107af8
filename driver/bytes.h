/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading and writing the bytes of a packet, which stand at any alignment. Pure.
 * Whether they are there at all is for parse.h to know.
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
#define rti_put_native(type, p, v)	(*(type *)(p) = (v))
#else
#define rti_get_native(type, p)		\
	({ type value_; memcpy(&value_, p, sizeof(value_)); value_; })
#define rti_put_native(type, p, v)	\
	do { type put_ = (v); memcpy(p, &put_, sizeof(put_)); } while (0)
#endif

static __always_inline __u16 rti_get16(const __u8 *p)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return __builtin_bswap16(rti_get_native(__u16, p));
#else
	return rti_get_native(__u16, p);
#endif
}

static __always_inline void rti_put16(__u8 *p, __u16 value)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	value = __builtin_bswap16(value);
#endif
	rti_put_native(__u16, p, value);
}

/* Two values change places. */
#define rti_swap_native(type, a, b)	\
	do { \
		const type a_ = rti_get_native(type, a); \
		const type b_ = rti_get_native(type, b); \
		rti_put_native(type, a, b_); \
		rti_put_native(type, b, a_); \
	} while (0)

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

static inline int rti_all_zero(const void *p, __u32 bytes)
{
	const __u8 *b = p;
	__u8 any = 0;
	__u32 i;

	for (i = 0; i < bytes; i++)
		any |= b[i];
	return any == 0;
}

#endif /* RTI_BYTES_H */
