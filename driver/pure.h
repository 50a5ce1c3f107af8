/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the pure files stand on: integer types, byte order, errno and atomics,
 * the same in the kernel, in the BPF program and in user space. No object of
 * any of the three worlds belongs here.
 */
#ifndef RTI_PURE_H
#define RTI_PURE_H

#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/compiler.h>
#include <linux/build_bug.h>
#include <asm/barrier.h>
#include <asm/byteorder.h>
#include <uapi/linux/rtintercept.h>

#define rti_ntohs(x)			be16_to_cpu((__force __be16)(x))
#define rti_load_once(p)		READ_ONCE(*(p))
#define rti_load_acquire(p)		smp_load_acquire(p)
#define rti_store_once(p, v)		WRITE_ONCE(*(p), v)
#define rti_store_release(p, v)		smp_store_release(p, v)

#else /* BPF and user space */
#include <linux/types.h>
#include <linux/rtintercept.h>

#ifdef __bpf__
#define EINVAL		22
#define EOPNOTSUPP	95
#define memcpy		__builtin_memcpy
#define memset		__builtin_memset
#else
#include <errno.h>
#include <string.h>
#endif

#ifndef __always_inline
#define __always_inline	inline __attribute__((__always_inline__))
#endif
#ifndef likely
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#endif

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define rti_ntohs(x)			__builtin_bswap16(x)
#else
#define rti_ntohs(x)			((__u16)(x))
#endif
#define rti_load_once(p)		__atomic_load_n(p, __ATOMIC_RELAXED)
#define rti_load_acquire(p)		__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define rti_store_once(p, v)		__atomic_store_n(p, v, __ATOMIC_RELAXED)
#define rti_store_release(p, v)		__atomic_store_n(p, v, __ATOMIC_RELEASE)
#endif

/* Tells the compiler (and the BPF verifier) nothing, but keeps -Wextra quiet. */
#define RTI_MIN(a, b)			((a) < (b) ? (a) : (b))

#endif /* RTI_PURE_H */
