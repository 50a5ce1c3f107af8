/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every ioctl while another thread changes its struct, and the arrays that it
 * names, all the time: what was checked must be what is used. Each call ends as
 * if it had met one of the values, and what it leaves behind is sound.
 *
 * RTI_CALLS of each ioctl (100), by the dice of RTI_SEED.
 */
#include <pthread.h>

#include "program.h"

#define PAGE	4096U
#define ARRAY	8192U

/* All but WAIT, which would sleep until a time that nobody chose. */
static const struct victim {
	const char *name;
	unsigned int nr;
	__u32 size;
} victims[] = {
	{ "INFO", RTINTERCEPT_IOC_INFO, sizeof(struct rtintercept_info) },
	{ "ATTACH", RTINTERCEPT_IOC_ATTACH, sizeof(struct rtintercept_attach) },
	{ "DETACH", RTINTERCEPT_IOC_DETACH, sizeof(struct rtintercept_detach) },
	{ "RULE_ADD", RTINTERCEPT_IOC_RULE_ADD, sizeof(struct rtintercept_rule_add) },
	{ "RULE_DEL", RTINTERCEPT_IOC_RULE_DEL, sizeof(struct rtintercept_rule_del) },
	{ "RULE_LIST", RTINTERCEPT_IOC_RULE_LIST, sizeof(struct rtintercept_rule_list) },
	{ "RULE_REPLACE", RTINTERCEPT_IOC_RULE_REPLACE,
	  sizeof(struct rtintercept_rule_replace) },
	{ "RULE_FLUSH", RTINTERCEPT_IOC_RULE_FLUSH,
	  sizeof(struct rtintercept_rule_flush) },
	{ "RING_SETUP", RTINTERCEPT_IOC_RING_SETUP,
	  sizeof(struct rtintercept_ring_setup) },
	{ "START", RTINTERCEPT_IOC_START, sizeof(struct rtintercept_start) },
	{ "STOP", RTINTERCEPT_IOC_STOP, sizeof(struct rtintercept_stop) },
	{ "WAKEUP", RTINTERCEPT_IOC_WAKEUP, sizeof(struct rtintercept_wakeup) },
	{ "STATS", RTINTERCEPT_IOC_STATS, sizeof(struct rtintercept_stats) },
	{ "RULE_STATS", RTINTERCEPT_IOC_RULE_STATS,
	  sizeof(struct rtintercept_rule_stats) },
	{ "SESSION_LIST", RTINTERCEPT_IOC_SESSION_LIST,
	  sizeof(struct rtintercept_session_list) },
	{ "ATTACHMENT_LIST", RTINTERCEPT_IOC_ATTACHMENT_LIST,
	  sizeof(struct rtintercept_attachment_list) },
	{ "PROGRAM_SET", RTINTERCEPT_IOC_PROGRAM_SET,
	  sizeof(struct rtintercept_program_set) },
	{ "PROGRAM_GET", RTINTERCEPT_IOC_PROGRAM_GET,
	  sizeof(struct rtintercept_program_get) },
	{ "REPLY_SET", RTINTERCEPT_IOC_REPLY_SET, sizeof(struct rtintercept_reply_set) },
	{ "REPLY_GET", RTINTERCEPT_IOC_REPLY_GET, sizeof(struct rtintercept_reply_get) },
};

/* What an ioctl may say to values that make no sense. */
static const int allowed[] = {
	0, -EINVAL, -E2BIG, -EOPNOTSUPP, -EFAULT, -EMSGSIZE, -ENOENT, -EEXIST,
	-ENOSPC, -EBUSY, -EBADF, -ENOMEM, -ENODEV,
};

/* The struct and the array; behind each is a page that nobody can touch. */
static char *args, *array;
static const struct victim *now;
static int fd, stop;

static __u64 next_random(__u64 *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random;
}

/* Values that a field may well have, and some that it may not. */
static __u32 value(__u64 random)
{
	const __u32 near = (__u32)(random >> 40) & 15;

	switch (random & 15) {
	case 0: return ~0U;
	case 1: return 1U << (random >> 8 & 31);
	case 2: return now->size;
	case 3: return now->size + near;
	case 4: return sizeof(struct rtintercept_rule);
	case 5: return PAGE;
	case 6: return 4096 + near;
	case 7: return RTINTERCEPT_MATCH_PROTOCOL;
	case 8: case 9: return near;
	default: return 0;
	}
}

/* The words of the struct in any order, its addresses to the array or nearby. */
static void *change(void *arg)
{
	__u64 random = *(__u64 *)arg;
	__u32 *words = (__u32 *)args;
	__u32 at;

	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		at = (__u32)(next_random(&random) % (now->size / 4));
		__atomic_store_n(&words[at], value(next_random(&random)),
				 __ATOMIC_RELAXED);
		if (!(random & 3))
			__atomic_store_n(words, now->size, __ATOMIC_RELAXED);
		if (!(random & 12))
			__atomic_store_n(words + 1, 0, __ATOMIC_RELAXED);
		if (at % 2 == 0 && (random & 0x300))
			__atomic_store_n((__u64 *)args + at / 2,
					 (__u64)(unsigned long)array +
						 (random >> 20 & 0x1fff),
					 __ATOMIC_RELAXED);
		at = (__u32)(next_random(&random) % (ARRAY / 4));
		__atomic_store_n((__u32 *)array + at, value(random),
				 __ATOMIC_RELAXED);
	}
	return NULL;
}

static int is_allowed(int err)
{
	size_t i;

	for (i = 0; i < COUNT_OF(allowed); i++)
		if (allowed[i] == err)
			return 1;
	return 0;
}

/* The rules that are in force are such as can be set. */
static void check_sound(const char *name)
{
	static struct rtintercept_rule rules[4097];
	struct rtintercept_rule_list list = {
		.size = sizeof(list), .count = 4097, .rule_size = sizeof(rules[0]),
		.rules = (__u64)(unsigned long)rules,
	};
	struct rtintercept_rule_replace again = {
		.size = sizeof(again), .rule_size = sizeof(rules[0]),
		.rules = (__u64)(unsigned long)rules,
	};

	is(dev_ioctl(fd, RTINTERCEPT_IOC_RULE_LIST, &list), 0,
	   "%s: the rules are listed", name);
	again.count = list.count;
	is(dev_ioctl(fd, RTINTERCEPT_IOC_RULE_REPLACE, &again), 0,
	   "%s: and each is sound (%u)", name, list.count);
}

static void test_victim(const struct victim *victim, int calls, __u64 seed)
{
	int i, err, bad = 0, done = 0;
	pthread_t thread;

	now = victim;
	memset(args, 0, PAGE);
	memset(array, 0, ARRAY);
	__atomic_store_n(&stop, 0, __ATOMIC_RELEASE);
	pthread_create(&thread, NULL, change, &seed);
	for (i = 0; i < calls; i++) {
		err = dev_ioctl(fd, victim->nr, args);
		done += !err;
		if (!is_allowed(err) && !bad++)
			printf("# %s: %d\n", victim->name, err);
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	ok(!bad, "%s: %d calls with a struct that changes, %d done", victim->name,
	   calls, done);
	check_sound(victim->name);
}

static char *fenced(size_t bytes)
{
	char *p = mmap(NULL, bytes + PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mprotect(p + bytes, PAGE, PROT_NONE);
	return p;
}

int main(void)
{
	const int calls = (int)setting("RTI_CALLS", 100);
	const __u64 seed = setting("RTI_SEED", now_ns() | 1);
	size_t i;

	printf("# seed %llu\n", seed);
	args = fenced(PAGE);
	array = fenced(ARRAY);
	fd = dev_open();
	if (!ok(fd >= 0, "the device opens"))
		return tap_end();
	for (i = 0; i < COUNT_OF(victims); i++)
		test_victim(&victims[i], calls, seed + i);
	close(fd);
	return tap_end();
}
