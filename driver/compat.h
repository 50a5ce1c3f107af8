/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel drift, and nothing else: every place where kernels from 5.10 on differ
 * stands here. Probes (RTI_HAVE_*) are made by the Kbuild file, by looking into
 * the headers that are built against, because distributions backport.
 */
#ifndef RTI_COMPAT_H
#define RTI_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/netfilter.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/version.h>
#include <linux/vmalloc.h>

#ifndef CONFIG_64BIT
#error "rtintercept needs a 64-bit kernel: ring positions are single 64-bit words"
#endif

/* vm_flags became read-only, with accessors. */
static inline void rti_compat_vm_flags(struct vm_area_struct *vma,
				       vm_flags_t set, vm_flags_t clear)
{
#ifdef RTI_HAVE_VM_FLAGS_MOD
	vm_flags_mod(vma, set, clear);
#else
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#endif
}

/* hrtimer_init() gave way to hrtimer_setup(). */
static inline void rti_compat_hrtimer_setup(struct hrtimer *timer,
					    enum hrtimer_restart (*fn)(struct hrtimer *),
					    clockid_t clock, enum hrtimer_mode mode)
{
#ifdef RTI_HAVE_HRTIMER_SETUP
	hrtimer_setup(timer, fn, clock, mode);
#else
	hrtimer_init(timer, clock, mode);
	timer->function = fn;
#endif
}

/*
 * A driver may leave a cookie where the hardware time would be; only a packet
 * without the flag has a time in place.
 */
static inline u64 rti_compat_hw_time_ns(struct sk_buff *skb)
{
#ifdef RTI_HAVE_HWTSTAMP_COOKIE
	if (skb_shinfo(skb)->tx_flags & SKBTX_HW_TSTAMP_NETDEV)
		return 0;
#endif
	return ktime_to_ns(skb_hwtstamps(skb)->hwtstamp);
}

/* Devices learnt to receive into memory that the kernel cannot read. */
static inline bool rti_compat_frags_readable(const struct sk_buff *skb)
{
#ifdef RTI_HAVE_FRAGS_READABLE
	return skb_frags_readable(skb);
#else
	return true;
#endif
}

/* Sleepers became freezable by a flag; before, a freeze interrupts them. */
#ifndef TASK_FREEZABLE
#define TASK_FREEZABLE	0
#endif

static inline bool rti_compat_have_ingress(void)
{
	return IS_ENABLED(CONFIG_NETFILTER_INGRESS);
}

#endif /* RTI_COMPAT_H */
