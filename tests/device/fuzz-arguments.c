/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ioctl's struct from bytes: sound at first, of a few small numbers, for random
 * bytes hardly ever pass the first check; then, where the input says so, with any
 * members changed.
 */
#include <linux/filter.h>
#include <stddef.h>
#include <sys/mman.h>
#include <time.h>

#include <linux/rtintercept.h>

#include "../fuzz/tidy.h"
#include "fuzz-calls.h"

#define AREA_BYTES	(64UL << 10)
#define AROUND		(1UL << 31)	/* on either side of it nothing is mapped */
#define ELEMENTS	8

/**
 * struct form - of an ioctl's struct
 * @bytes: its size
 * @array: offset of the member that points to an array, or 0
 * @count: offset of the array's count
 * @element: offset of the size of one element, or 0: there is no such member
 * @element_bytes: that size
 */
struct form {
	__u16 bytes;
	__u16 array;
	__u16 count;
	__u16 element;
	__u16 element_bytes;
};

#define NR(name)	(RTINTERCEPT_IOC_##name & 0xff)
#define AT(type, member)	offsetof(struct rtintercept_##type, member)
#define SIZE(type)	((__u16)sizeof(struct rtintercept_##type))

/* By number; each ioctl of the header: tests/drift/test-syzkaller. */
static const struct form forms[] = {
	[NR(INFO)] = { .bytes = SIZE(info) },
	[NR(ATTACH)] = { .bytes = SIZE(attach) },
	[NR(DETACH)] = { .bytes = SIZE(detach) },
	[NR(RULE_ADD)] = { .bytes = SIZE(rule_add) },
	[NR(RULE_DEL)] = { .bytes = SIZE(rule_del) },
	[NR(RULE_LIST)] = { SIZE(rule_list), AT(rule_list, rules), AT(rule_list, count),
			   AT(rule_list, rule_size), SIZE(rule) },
	[NR(RULE_REPLACE)] = { SIZE(rule_replace), AT(rule_replace, rules),
			      AT(rule_replace, count), AT(rule_replace, rule_size),
			      SIZE(rule) },
	[NR(RULE_FLUSH)] = { .bytes = SIZE(rule_flush) },
	[NR(RING_SETUP)] = { .bytes = SIZE(ring_setup) },
	[NR(START)] = { .bytes = SIZE(start) },
	[NR(STOP)] = { .bytes = SIZE(stop) },
	[NR(WAKEUP)] = { .bytes = SIZE(wakeup) },
	[NR(STATS)] = { .bytes = SIZE(stats) },
	[NR(RULE_STATS)] = { SIZE(rule_stats), AT(rule_stats, counters),
			    AT(rule_stats, count), AT(rule_stats, counters_size),
			    SIZE(rule_counters) },
	[NR(SESSION_LIST)] = { SIZE(session_list), AT(session_list, sessions),
			      AT(session_list, count), AT(session_list, session_size),
			      SIZE(session) },
	[NR(ATTACHMENT_LIST)] = { SIZE(attachment_list), AT(attachment_list, attachments),
				 AT(attachment_list, count),
				 AT(attachment_list, attachment_size), SIZE(attachment) },
	[NR(PROGRAM_SET)] = { .bytes = SIZE(program_set) },
	[NR(REPLY_SET)] = { .bytes = SIZE(reply_set) },
	[NR(WAIT)] = { .bytes = SIZE(wait) },
	[NR(PROGRAM_GET)] = { SIZE(program_get), AT(program_get, program),
			     AT(program_get, count), 0, sizeof(struct sock_filter) },
	[NR(REPLY_GET)] = { .bytes = SIZE(reply_get) },
};

/* What arrays are read from and written to. */
static __u8 *area;

/* Whoever changes some bytes of the area's address still hits nothing of ours. */
void arguments_init(void)
{
	__u8 *all = mmap(NULL, 2 * AROUND, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	FUZZ_CHECK(all != MAP_FAILED);
	area = all + AROUND;
	FUZZ_CHECK(!mprotect(area, AREA_BYTES, PROT_READ | PROT_WRITE));
}

/* Mostly one that takes the packets that are built; in any case a sound one. */
static void rule(struct fuzz *fuzz, struct rtintercept_rule *r)
{
	const __u8 how = fuzz_u8(fuzz);

	memset(r, 0, sizeof(*r));
	if (how & 0x80) {
		fuzz_bytes(fuzz, r, sizeof(*r));
		tidy(r);
		return;
	}
	r->priority = how & 3;
	r->verdict = (how >> 2 & 3) % 3;
	r->flags = how & 16 ? 0 : RTINTERCEPT_RULE_RECORD;
	if (r->verdict == RTINTERCEPT_VERDICT_REPLY)
		r->reply_id = 1;
	if (how & 32) {
		r->match = RTINTERCEPT_MATCH_DST_PORT;
		r->dst_port_min = r->dst_port_max = TAP_PORT;
	}
	if (how & 64) {
		r->match |= RTINTERCEPT_MATCH_PROGRAM;
		r->program_id = 1;
	}
}

static void program(struct fuzz *fuzz, const struct fuzz_world *world,
		    struct rtintercept_program_set *set)
{
	struct sock_filter *insns = (struct sock_filter *)area;
	const __u8 how = fuzz_u8(fuzz);

	set->program_id = how & 3;
	set->type = (how >> 2 & 3) % 3;
	if (set->type == RTINTERCEPT_PROGRAM_EBPF)
		set->program = (__u32)world->filter;
	if (set->type != RTINTERCEPT_PROGRAM_CBPF)
		return;
	set->count = 1 + (how >> 4) % ELEMENTS;
	set->program = (__u64)(unsigned long)insns;
	fuzz_bytes(fuzz, insns, (set->count - 1) * sizeof(*insns));
	insns[set->count - 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, ~0U);
}

static void reply(struct fuzz *fuzz, struct rtintercept_reply_set *set)
{
	const __u8 how = fuzz_u8(fuzz);
	__u32 i;

	set->reply_id = how & 1;
	set->type = (how >> 1 & 3) % 3;
	set->rate_pps = set->type ? 1000 : 0;
	if (set->type != RTINTERCEPT_REPLY_TEMPLATE)
		return;
	set->flags = how >> 3 & 1;
	set->fields_count = how >> 4 & 3;
	set->payload_bytes = 1 + fuzz_u8(fuzz);
	for (i = 0; i < set->fields_count; i++) {
		set->fields[i].from = fuzz_u8(fuzz);
		set->fields[i].to = (__u16)(8 * i);
		set->fields[i].bytes = 1 + fuzz_u8(fuzz) % 8;
	}
}

static void sound(struct fuzz *fuzz, const struct fuzz_world *world, __u32 nr, void *args)
{
	struct rtintercept_rule *rules = (struct rtintercept_rule *)area;
	const struct form *form = &forms[nr];
	__u32 *member = args, i;

	if (form->array) {
		*(__u64 *)((__u8 *)args + form->array) = (__u64)(unsigned long)area;
		*(__u32 *)((__u8 *)args + form->count) = fuzz_u8(fuzz) % ELEMENTS;
	}
	if (form->element)
		*(__u32 *)((__u8 *)args + form->element) = form->element_bytes;
	switch (RTINTERCEPT_IOC(nr)) {
	case RTINTERCEPT_IOC_ATTACH:
		member[3] = fuzz_u8(fuzz) % 3;
		/* fall through */
	case RTINTERCEPT_IOC_DETACH:
		member[2] = world->ifindex;
		break;
	case RTINTERCEPT_IOC_RULE_ADD:
		rule(fuzz, &((struct rtintercept_rule_add *)args)->rule);
		break;
	case RTINTERCEPT_IOC_RULE_DEL:
	case RTINTERCEPT_IOC_PROGRAM_GET:
	case RTINTERCEPT_IOC_REPLY_GET:
		member[3] = fuzz_u8(fuzz) % 4;
		break;
	case RTINTERCEPT_IOC_RULE_REPLACE:
		for (i = 0; i < ((struct rtintercept_rule_replace *)args)->count; i++)
			rule(fuzz, &rules[i]);
		break;
	case RTINTERCEPT_IOC_RING_SETUP:
		((struct rtintercept_ring_setup *)args)->ring_bytes =
			4096ULL << fuzz_u8(fuzz) % 5;
		break;
	case RTINTERCEPT_IOC_WAKEUP:
		member[2] = fuzz_u8(fuzz) % 4;
		member[3] = fuzz_u8(fuzz) * 16U;
		member[4] = member[2] > 1 || member[3] ? 1 : 0;
		break;
	case RTINTERCEPT_IOC_PROGRAM_SET:
		program(fuzz, world, args);
		break;
	case RTINTERCEPT_IOC_REPLY_SET:
		reply(fuzz, args);
		break;
	}
}

/* One member, or half of one, becomes something else. */
static void change(struct fuzz *fuzz, __u8 *args, __u32 bytes)
{
	static const __u64 values[] = {
		0, 1, 2, 3, 4, 7, 8, 15, 16, 64, 255, 256, 4095, 4096, 4097, 65535,
		1U << 16, 1U << 31, ~0U, 1ULL << 32, 1ULL << 63, ~0ULL,
	};
	const __u32 width = 1U << fuzz_u8(fuzz) % 4, at = fuzz_u8(fuzz) * width % bytes;
	const __u8 which = fuzz_u8(fuzz);
	__u64 value;

	if (which < 2 * sizeof(values) / sizeof(values[0]))
		value = values[which / 2];
	else
		value = fuzz_u64(fuzz);
	memcpy(args + at, &value, width < bytes - at ? width : bytes - at);
}

/* A sleep is no longer than what else a call takes. */
static void no_sleep(struct rtintercept_wait *wait)
{
	struct timespec now;
	__u64 soon;

	clock_gettime(CLOCK_MONOTONIC, &now);
	soon = (__u64)now.tv_sec * 1000000000ULL + (__u64)now.tv_nsec + 100000;
	if (wait->deadline_ns > soon)
		wait->deadline_ns = soon;
}

/* Return: the number of an ioctl, that is to be called with @args. */
__u32 arguments(struct fuzz *fuzz, const struct fuzz_world *world,
		__u8 args[ARGUMENTS_BYTES])
{
	const __u32 nr = fuzz_u8(fuzz) % (sizeof(forms) / sizeof(forms[0]));
	const __u8 changes = fuzz_u8(fuzz);
	__u32 i;

	memset(args, 0, ARGUMENTS_BYTES);
	*(__u32 *)args = forms[nr].bytes;
	sound(fuzz, world, nr, args);
	/* Most calls are as sound() made them, or nothing would come of any. */
	for (i = 0; changes < 96 && i < 1U + changes % 4; i++) {
		if (forms[nr].array && changes & 32)
			change(fuzz, area, ARGUMENTS_BYTES);
		else
			change(fuzz, args, forms[nr].bytes);
	}
	if (RTINTERCEPT_IOC(nr) == RTINTERCEPT_IOC_WAIT)
		no_sleep((struct rtintercept_wait *)args);
	return nr;
}
