/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The general ioctl format, for every ioctl: sizes, tails, flags, reserved
 * members, pointers; and that what is refused has changed nothing.
 */
#include "device.h"

#define PAGE	4096U

/**
 * struct format - an ioctl, as the header promises it
 * @nr: its number
 * @size: of its struct
 * @first: of its struct in the first version
 * @reserved: offset of the reserved member, 0: none
 * @returns: has out members, so that a read-only struct is refused
 */
struct format {
	const char *name;
	unsigned int nr;
	__u32 size;
	__u32 first;
	__u32 reserved;
	int returns;
};

#define FORMAT_GROWN(_name, _type, _added, _returns)			\
	{ #_name, RTINTERCEPT_IOC_##_name, sizeof(struct _type),	\
	  offsetof(struct _type, _added), 0, _returns }
#define FORMAT(_name, _type, _returns)					\
	{ #_name, RTINTERCEPT_IOC_##_name, sizeof(struct _type),	\
	  sizeof(struct _type), 0, _returns }
#define FORMAT_RESERVED(_name, _type, _returns)				\
	{ #_name, RTINTERCEPT_IOC_##_name, sizeof(struct _type),	\
	  sizeof(struct _type), offsetof(struct _type, __reserved), _returns }

static const struct format formats[] = {
	FORMAT_GROWN(INFO, rtintercept_info, max_replies, 1),
	FORMAT(ATTACH, rtintercept_attach, 1),
	FORMAT_RESERVED(DETACH, rtintercept_detach, 0),
	FORMAT_RESERVED(RULE_ADD, rtintercept_rule_add, 1),
	FORMAT(RULE_DEL, rtintercept_rule_del, 0),
	FORMAT_RESERVED(RULE_LIST, rtintercept_rule_list, 1),
	FORMAT_RESERVED(RULE_REPLACE, rtintercept_rule_replace, 1),
	FORMAT_RESERVED(RULE_FLUSH, rtintercept_rule_flush, 0),
	FORMAT(RING_SETUP, rtintercept_ring_setup, 1),
	FORMAT(START, rtintercept_start, 0),
	FORMAT(STOP, rtintercept_stop, 0),
	FORMAT_RESERVED(WAKEUP, rtintercept_wakeup, 0),
	FORMAT_GROWN(STATS, rtintercept_stats, reply_unfit, 1),
	FORMAT_RESERVED(RULE_STATS, rtintercept_rule_stats, 1),
	FORMAT(SESSION_LIST, rtintercept_session_list, 1),
	FORMAT_RESERVED(ATTACHMENT_LIST, rtintercept_attachment_list, 1),
	FORMAT(PROGRAM_SET, rtintercept_program_set, 1),
	FORMAT(REPLY_SET, rtintercept_reply_set, 1),
	FORMAT_RESERVED(REPLY_GET, rtintercept_reply_get, 1),
	FORMAT_RESERVED(WAIT, rtintercept_wait, 1),
	FORMAT_RESERVED(PROGRAM_GET, rtintercept_program_get, 1),
};
#define FORMATS	(sizeof(formats) / sizeof(formats[0]))

static int fd;

/* A page, and behind it one that cannot be touched. */
static char *page;

static int call(const struct format *f, __u32 size)
{
	memcpy(page, &size, sizeof(size));
	return dev_ioctl(fd, f->nr, page);
}

static void clear(void)
{
	memset(page, 0, PAGE);
}

/* What an empty struct of the right size gives: no error of format. */
static int is_semantic(const struct format *f, int err)
{
	return err == 0 || err == -ENOENT || (err == -EMSGSIZE && f->returns) ||
	       err == -EINVAL || err == -EOPNOTSUPP;
}

static void test_sizes(const struct format *f)
{
	int bad = 0;
	__u32 size;

	for (size = 0; size < f->first; size++) {
		clear();
		all_are(bad, call(f, size), -EINVAL);
	}
	ok(!bad, "%s: a struct that is too short is EINVAL", f->name);
	bad = 0;
	clear();
	all_are(bad, call(f, PAGE + 1), -E2BIG);
	all_are(bad, call(f, 2 * PAGE), -E2BIG);
	all_are(bad, call(f, 1U << 31), -E2BIG);
	all_are(bad, call(f, ~0U), -E2BIG);
	ok(!bad, "%s: an absurd size is E2BIG", f->name);
}

/* The exact size, and a longer struct whose tail says nothing. */
static void test_accepted(const struct format *f)
{
	int bad = 0, plain;

	clear();
	plain = call(f, f->size);
	ok(is_semantic(f, plain), "%s: the exact size is no error of format",
	   f->name);
	clear();
	all_are(bad, call(f, f->size + 8), plain);
	clear();
	all_are(bad, call(f, PAGE), plain);
	ok(!bad, "%s: a tail of zero is as if it were not", f->name);
	clear();
	all_are(bad, call(f, f->first), plain);
	ok(!bad, "%s: as short as in the first version", f->name);
}

static void test_dirty_tail(const struct format *f)
{
	int bad = 0;
	__u32 i;

	for (i = f->size; i < f->size + 64; i++) {
		clear();
		page[i] = 1;
		all_are(bad, call(f, f->size + 64), -E2BIG);
	}
	clear();
	page[PAGE - 1] = 1;
	all_are(bad, call(f, PAGE), -E2BIG);
	ok(!bad, "%s: a dirty tail is E2BIG", f->name);
}

static __u32 known_flags(const struct format *f)
{
	return f->nr == RTINTERCEPT_IOC_REPLY_SET ? RTINTERCEPT_REPLY_MAY_GROW : 0;
}

static void test_flags(const struct format *f)
{
	__u32 flags;
	int bad = 0, bit;

	for (bit = 0; bit < 32; bit++) {
		clear();
		flags = 1U << bit;
		if (flags & known_flags(f))
			continue;
		memcpy(page + 4, &flags, sizeof(flags));
		all_are(bad, call(f, f->size), -EOPNOTSUPP);
	}
	ok(!bad, "%s: every unknown flag is EOPNOTSUPP", f->name);
}

static void test_reserved(const struct format *f)
{
	int bad = 0;
	__u32 i;

	if (!f->reserved)
		return;
	for (i = 0; i < 4; i++) {
		clear();
		page[f->reserved + i] = 1;
		all_are(bad, call(f, f->size), -EINVAL);
	}
	ok(!bad, "%s: every reserved byte that is not 0 is EINVAL", f->name);
}

static void test_pointers(const struct format *f)
{
	char *const end = page + PAGE;
	int bad = 0;
	__u32 n;

	all_are(bad, dev_ioctl(fd, f->nr, NULL), -EFAULT);
	all_are(bad, dev_ioctl(fd, f->nr, (void *)1), -EFAULT);
	all_are(bad, dev_ioctl(fd, f->nr, (void *)~0UL), -EFAULT);
	all_are(bad, dev_ioctl(fd, f->nr, (void *)0xffff888000000000UL), -EFAULT);
	all_are(bad, dev_ioctl(fd, f->nr, (void *)0x0000800000000000UL), -EFAULT);
	all_are(bad, dev_ioctl(fd, f->nr, end), -EFAULT);
	for (n = 4; n < f->size; n++) {
		clear();
		memcpy(end - n, &f->size, 4);
		all_are(bad, dev_ioctl(fd, f->nr, end - n), -EFAULT);
	}
	ok(!bad, "%s: bad pointers of every kind are EFAULT", f->name);
}

/* What cannot be answered is refused before anything is done. */
static void test_read_only(const struct format *f)
{
	if (!f->returns)
		return;
	clear();
	memcpy(page, &f->size, 4);
	mprotect(page, PAGE, PROT_READ);
	is(dev_ioctl(fd, f->nr, page), -EFAULT,
	   "%s: a struct that cannot be written is EFAULT", f->name);
	mprotect(page, PAGE, PROT_READ | PROT_WRITE);
}

static void test_numbers(void)
{
	int bad = 0;
	unsigned int nr;

	clear();
	for (nr = FORMATS; nr < 256; nr++)
		all_are(bad, dev_ioctl(fd, RTINTERCEPT_IOC(nr), page), -ENOTTY);
	for (nr = 0; nr < FORMATS; nr++) {
		all_are(bad, dev_ioctl(fd, _IO(RTINTERCEPT_IOC_MAGIC + 1, nr), page),
			-ENOTTY);
		all_are(bad, dev_ioctl(fd, _IOWR(RTINTERCEPT_IOC_MAGIC, nr, __u64),
				       page), -ENOTTY);
	}
	all_are(bad, dev_ioctl(fd, 0, page), -ENOTTY);
	ok(!bad, "every unknown number is ENOTTY");
}

/* What the session is, as far as the refused calls could have changed it. */
static struct rtintercept_stats state(void)
{
	struct rtintercept_stats stats;

	if (dev_stats(fd, &stats))
		memset(&stats, 0xff, sizeof(stats));
	stats.time_ns = 0;
	return stats;
}

static void test_refused(const struct format *f)
{
	struct rtintercept_stats before = state(), after;

	test_sizes(f);
	test_dirty_tail(f);
	test_flags(f);
	test_reserved(f);
	test_pointers(f);
	test_read_only(f);
	after = state();
	ok(!memcmp(&before, &after, sizeof(before)),
	   "%s: what was refused has changed nothing", f->name);
}

int main(void)
{
	__u32 i;

	page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(page + PAGE, PAGE, PROT_NONE);
	fd = dev_open();
	if (!ok(fd >= 0, "the device opens"))
		return tap_end();
	test_numbers();
	for (i = 0; i < FORMATS; i++) {
		test_accepted(&formats[i]);
		test_refused(&formats[i]);
	}
	close(fd);
	return tap_end();
}
