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
#include <linux/bitops.h>
#include <linux/atomic.h>
#include <asm/barrier.h>
#include <uapi/linux/rtintercept.h>

#define rti_first_bit(x)		__ffs64(x)
#define rti_keep(x)			((void)(x))
#define rti_load_once(p)		READ_ONCE(*(p))
#define rti_load_acquire(p)		smp_load_acquire(p)
#define rti_store_once(p, v)		WRITE_ONCE(*(p), v)
#define rti_store_release(p, v)		smp_store_release(p, v)
#define rti_compare_swap(p, old, new)	cmpxchg(p, old, new)

#else /* BPF and user space */
#include <linux/types.h>
#include <linux/rtintercept.h>

#ifdef __bpf__
/* Keeps a value in the register whose bounds the verifier has seen checked. */
#define rti_keep(x)	asm volatile("" : "+r"(x))
#define EINVAL		22
#define EOPNOTSUPP	95
#define memcpy		__builtin_memcpy
#define memset		__builtin_memset
#else
#include <errno.h>
#include <string.h>
#endif

#ifndef rti_keep
#define rti_keep(x)	((void)(x))
#endif
#ifndef __always_inline
#define __always_inline	inline __attribute__((__always_inline__))
#endif
#ifndef likely
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#endif

#ifndef __bpf__ /* there it is driver/bpf/image.h's */
#define rti_first_bit(x)		((__u32)__builtin_ctzll(x))
#endif
#define rti_compare_swap(p, old, new)	__sync_val_compare_and_swap(p, old, new)
#ifdef __bpf__ /* its compiler knows no atomic loads and stores; as READ_ONCE() */
#define rti_load_once(p)		(*(const volatile __typeof__(*(p)) *)(p))
#define rti_store_once(p, v)		(*(volatile __typeof__(*(p)) *)(p) = (v))
#else
#define rti_load_once(p)		__atomic_load_n(p, __ATOMIC_RELAXED)
#define rti_load_acquire(p)		__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define rti_store_once(p, v)		__atomic_store_n(p, v, __ATOMIC_RELAXED)
#define rti_store_release(p, v)		__atomic_store_n(p, v, __ATOMIC_RELEASE)
#endif
#endif

#endif /* RTI_PURE_H */
