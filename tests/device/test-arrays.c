/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The arrays of the ioctls: every count, element size and address that is wrong,
 * for those that are filled and those that are read; and that nothing comes back
 * but what was meant: no byte more, and none that is left over from before.
 */
#include "program.h"

#define PAGE	4096U
#define RULES	3
#define STALE	0xa5

/* As many as the kernel has; the least element there is. */
static char *array, *edge;
static int fd;

/**
 * struct filling - an ioctl that fills an array
 * @nr: its number
 * @bytes: of its struct
 * @size_at: offset of the element's size, 0: it is fixed
 * @address_at: offset of the array's address
 * @count_at: offset of the count
 * @element: bytes of one
 * @count: how many there are
 */
struct filling {
	const char *name;
	unsigned int nr;
	__u32 bytes;
	__u32 size_at;
	__u32 address_at;
	__u32 count_at;
	__u32 element;
	__u32 count;
};

#define FILLING(_name, _type, _size, _address, _element, _count)	\
	{ #_name, RTINTERCEPT_IOC_##_name, sizeof(struct _type), _size,	\
	  offsetof(struct _type, _address), offsetof(struct _type, count), \
	  _element, _count }
#define SIZED(_name, _type, _size, _address, _element, _count)		\
	FILLING(_name, _type, offsetof(struct _type, _size), _address,	\
		sizeof(struct _element), _count)

static const struct filling fillings[] = {
	SIZED(RULE_LIST, rtintercept_rule_list, rule_size, rules,
	      rtintercept_rule, RULES),
	SIZED(RULE_STATS, rtintercept_rule_stats, counters_size, counters,
	      rtintercept_rule_counters, RULES),
	SIZED(SESSION_LIST, rtintercept_session_list, session_size, sessions,
	      rtintercept_session, 1),
	SIZED(ATTACHMENT_LIST, rtintercept_attachment_list, attachment_size,
	      attachments, rtintercept_attachment, 2),
	FILLING(PROGRAM_GET, rtintercept_program_get, 0, program,
		sizeof(struct sock_filter), 4),
};

static void put(void *args, __u32 at, const void *value, __u32 bytes)
{
	memcpy((char *)args + at, value, bytes);
}

/* Calls it; @count comes back. */
static int call(const struct filling *f, void *to, __u32 *count, __u32 element)
{
	char args[256] = { 0 };
	const __u64 address = (__u64)(unsigned long)to;
	int err;

	put(args, 0, &f->bytes, 4);
	if (f->size_at)
		put(args, f->size_at, &element, 4);
	put(args, f->address_at, &address, 8);
	put(args, f->count_at, count, 4);
	err = dev_ioctl(fd, f->nr, args);
	memcpy(count, args + f->count_at, 4);
	return err;
}

static void test_counts(const struct filling *f)
{
	static const __u32 enough[] = { 1000, 65536, 1U << 31, ~0U };
	__u32 count, i, bad = 0;

	for (i = 0; i < f->count; i++) {
		count = i;
		all_are(bad, call(f, array, &count, f->element), -EMSGSIZE);
		all_are(bad, count, f->count);
	}
	ok(!bad, "%s: too little room is EMSGSIZE, with the count that is needed",
	   f->name);
	bad = 0;
	for (i = 0; i < COUNT_OF(enough); i++) {
		memset(array, STALE, PAGE);
		count = enough[i];
		all_are(bad, call(f, array, &count, f->element), 0);
		all_are(bad, count, f->count);
		all_are(bad, (__u8)array[f->count * f->element], STALE);
	}
	ok(!bad, "%s: any larger count will do, and no byte more is written", f->name);
}

static void test_element_sizes(const struct filling *f)
{
	static const __u32 crooked[] = { 0, 1, 4, 7, 9, 12, 4095 };
	static const __u32 absurd[] = { 4104, 65536, 1U << 31, ~7U };
	__u32 i, count, bad = 0;

	if (!f->size_at)
		return;
	for (i = 0; i < COUNT_OF(crooked); i++) {
		count = f->count;
		all_are(bad, call(f, array, &count, crooked[i]), -EINVAL);
	}
	for (i = 0; i < COUNT_OF(absurd); i++) {
		count = f->count;
		all_are(bad, call(f, array, &count, absurd[i]), -E2BIG);
	}
	ok(!bad, "%s: crooked elements are EINVAL, absurd ones E2BIG", f->name);
	memset(array, STALE, 4 * PAGE);
	count = f->count;
	is(call(f, array, &count, PAGE), 0, "%s: elements of a page", f->name);
	for (i = f->element; i < PAGE; i++)
		all_are(bad, array[i], 0);
	ok(!bad, "%s: what we do not know of them is zero", f->name);
}

static void test_addresses(const struct filling *f)
{
	static const unsigned long wrong[] = {
		0, 1, 4096, 1UL << 47, 0xffff888000000000UL, ~0UL - 4095, ~0UL,
	};
	__u32 i, count, bad = 0;

	for (i = 0; i < COUNT_OF(wrong); i++) {
		count = f->count;
		all_are(bad, call(f, (void *)wrong[i], &count, f->element), -EFAULT);
	}
	for (i = 1; i < f->count * f->element; i += 3) {
		count = f->count;
		all_are(bad, call(f, edge - i, &count, f->element), -EFAULT);
	}
	ok(!bad, "%s: an array that cannot be written is EFAULT", f->name);
	count = f->count;
	is(call(f, edge - f->count * f->element, &count, f->element), 0,
	   "%s: up to the last byte of a page it can", f->name);
}

/* Twice into memory of another pattern: what differs was not written. */
static void test_whole(const struct filling *f)
{
	const __u32 bytes = f->count * f->element;
	__u32 count = f->count, i, bad = 0;
	char *twice = array + 2 * PAGE;

	memset(array, STALE, bytes);
	memset(twice, ~STALE, bytes);
	call(f, array, &count, f->element);
	call(f, twice, &count, f->element);
	for (i = 0; i < bytes; i++)
		bad += array[i] == (char)STALE && twice[i] == (char)~STALE;
	is(bad, 0, "%s: each byte of it is written", f->name);
}

/* ---- arrays that are read ---- */

static int replace(const void *rules, __u32 count, __u32 size)
{
	struct rtintercept_rule_replace r = {
		.size = sizeof(r), .count = count, .rule_size = size,
		.rules = (__u64)(unsigned long)rules,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_RULE_REPLACE, &r);
}

static __u64 generation(void)
{
	struct rtintercept_stats s;

	dev_stats(fd, &s);
	return s.generation;
}

static void test_replace(void)
{
	const __u32 size = sizeof(struct rtintercept_rule);
	const __u64 before = generation();
	struct rtintercept_rule *r = (void *)array;
	__u32 i, bad = 0;

	memset(array, 0, 4 * PAGE);
	r[0] = r[1] = rule_udp(1);
	for (i = 1; i < 2 * size; i += 5)
		all_are(bad, replace(memcpy(edge - 2 * size, r, 2 * size) + i, 2, size),
			-EFAULT);
	ok(!bad, "RULE_REPLACE: an array that ends too early is EFAULT");
	for (bad = 0, i = size; i < size + 64; i++) {
		memset(array, 0, PAGE);
		r[0] = rule_udp(1);
		array[i] = 1;
		all_are(bad, replace(array, 1, size + 64), -E2BIG);
	}
	ok(!bad, "RULE_REPLACE: a dirty tail of an element is E2BIG");
	for (bad = 0, i = 0; i < size; i++)
		all_are(bad, replace(array, 1, i), -EINVAL);
	ok(!bad, "RULE_REPLACE: every element too short is EINVAL");
	is(generation(), before, "RULE_REPLACE: nothing of that was done");
}

static void test_program(void)
{
	static struct sock_filter many[RTINTERCEPT_PROGRAM_MAX_INSNS + 1];
	__u32 id = 9, i, bad = 0;

	for (i = 0; i < COUNT_OF(many); i++)
		many[i] = (struct sock_filter)RET(0);
	is(program_cbpf(fd, &id, many, 0), -EINVAL, "PROGRAM_SET: no instruction");
	is(program_cbpf(fd, &id, many, RTINTERCEPT_PROGRAM_MAX_INSNS), 0,
	   "PROGRAM_SET: as many as there may be");
	is(program_cbpf(fd, &id, many, COUNT_OF(many)), -E2BIG,
	   "PROGRAM_SET: one too many");
	is(program_cbpf(fd, &id, many, ~0U), -E2BIG, "PROGRAM_SET: 4 billion");
	for (i = 1; i < 2 * sizeof(many[0]); i++)
		all_are(bad, program_cbpf(fd, &id, (void *)(edge - i), 2), -EFAULT);
	all_are(bad, program_cbpf(fd, &id, NULL, 1), -EFAULT);
	all_are(bad, program_cbpf(fd, &id, (void *)~0UL, 1), -EFAULT);
	ok(!bad, "PROGRAM_SET: an array that cannot be read is EFAULT");
	is(program_none(fd, id), 0, "PROGRAM_SET: it can be taken away");
}

/* Three rules, two interfaces, one program of four instructions. */
static int set_up(void)
{
	const struct sock_filter four[] = { LOAD8(0), RET(0), RET(1), RET(2) };
	struct rtintercept_rule rule;
	__u32 i, id = 1;
	int err = 0;

	fd = dev_open();
	for (i = 0; i < RULES; i++) {
		rule = rule_udp((__u16)(i + 1));
		err = err ?: dev_rule(fd, &rule);
	}
	err = err ?: program_cbpf(fd, &id, four, 4);
	err = err ?: dev_attach(fd, HERE, 0);
	return err ?: dev_attach(fd, "lo", 0);
}

int main(void)
{
	size_t i;

	array = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	edge = array + 7 * PAGE;
	mprotect(edge, PAGE, PROT_NONE);
	if (!is(set_up(), 0, "a session with something to tell"))
		return tap_end();
	for (i = 0; i < COUNT_OF(fillings); i++) {
		test_counts(&fillings[i]);
		test_element_sizes(&fillings[i]);
		test_addresses(&fillings[i]);
		test_whole(&fillings[i]);
	}
	test_replace();
	test_program();
	close(fd);
	return tap_end();
}
