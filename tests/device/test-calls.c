/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls in any order: two threads do at random whatever can be done to a few
 * sessions, with sound and with crooked arguments, while packets come. Each call
 * must answer, with an errno that the header knows; in the end nothing is held.
 *
 * RTI_CALLS of each thread (500), by the dice of RTI_SEED.
 */
#include <pthread.h>

#include "program.h"

#define PORT	7001
#define PAGE	4096UL
#define SLOTS	4
#define MAPS	4

/**
 * struct caller - a thread, and what it has in hand
 * @random: of its choices
 * @calls: to make
 * @bad: answers that no call may give
 * @maps: its mappings
 */
struct caller {
	__u64 random;
	int calls;
	int bad;
	struct {
		void *at;
		size_t bytes;
	} maps[MAPS];
	pthread_t thread;
};

/* Shared by both: a descriptor may be closed, and used again, by the other. */
static int slot[SLOTS];
static int raw;

static __u32 dice(struct caller *c, __u32 sides)
{
	c->random ^= c->random << 13;
	c->random ^= c->random >> 7;
	c->random ^= c->random << 17;
	return (__u32)(c->random >> 16) % sides;
}

static int some_fd(struct caller *c)
{
	return __atomic_load_n(&slot[dice(c, SLOTS)], __ATOMIC_RELAXED);
}

/* Mostly a small number, now and then any. */
static __u32 some_number(struct caller *c)
{
	return dice(c, 8) ? dice(c, 6) : (__u32)c->random;
}

static int do_open(struct caller *c)
{
	int fd = dev_open(), old;

	if (fd < 0)
		return fd;
	old = __atomic_exchange_n(&slot[dice(c, SLOTS)], fd, __ATOMIC_RELAXED);
	return old < 0 || !close(old) ? 0 : -errno;
}

static int do_ring(struct caller *c)
{
	return dev_ring(some_fd(c), 4096ULL << dice(c, 5), NULL);
}

static int do_attach(struct caller *c)
{
	return dev_attach(some_fd(c), dice(c, 2) ? HERE : "lo", some_number(c));
}

static int do_detach(struct caller *c)
{
	struct rtintercept_detach d = {
		.size = sizeof(d), .ifindex = index_of(dice(c, 2) ? HERE : "lo"),
	};

	return dev_ioctl(some_fd(c), RTINTERCEPT_IOC_DETACH, &d);
}

static int do_rule(struct caller *c)
{
	struct rtintercept_rule rule = rule_udp(PORT);

	rule.priority = some_number(c);
	rule.verdict = dice(c, 2);
	rule.snap_bytes = some_number(c) * 16;
	if (!dice(c, 3)) {
		rule.match |= RTINTERCEPT_MATCH_PROGRAM;
		rule.program_id = some_number(c);
	}
	return dev_rule(some_fd(c), &rule);
}

static int do_program(struct caller *c)
{
	const struct sock_filter insns[] = { LOAD8(some_number(c)), RET(~0U) };
	__u32 id = some_number(c);

	return dice(c, 4) ? program_cbpf(some_fd(c), &id, insns, 2) :
			    program_none(some_fd(c), id);
}

/* Any ioctl, its struct of the right size with a few words of anything. */
static int do_anything(struct caller *c)
{
	__u32 words[256] = { 0 }, i;

	words[0] = dice(c, 4) ? 8 + 8 * dice(c, 100) : some_number(c);
	for (i = dice(c, 6); i; i--)
		words[1 + dice(c, 40)] = some_number(c);
	/* WAIT could sleep for ever. */
	i = dice(c, 24);
	if (RTINTERCEPT_IOC(i) == RTINTERCEPT_IOC_WAIT)
		return 0;
	return dev_ioctl(some_fd(c), RTINTERCEPT_IOC(i), words);
}

static int do_wait(struct caller *c)
{
	struct rtintercept_wait w = {
		.size = sizeof(w), .deadline_ns = now_ns() + dice(c, 2000) * 1000,
	};

	return dev_ioctl(some_fd(c), RTINTERCEPT_IOC_WAIT, &w);
}

static int do_start(struct caller *c)
{
	return dice(c, 4) ? dev_start(some_fd(c)) : dev_stop(some_fd(c));
}

static int do_stats(struct caller *c)
{
	struct rtintercept_stats s = { .size = sizeof(s), .session_id = some_number(c) };

	return dev_ioctl(some_fd(c), RTINTERCEPT_IOC_STATS, &s);
}

static int do_map(struct caller *c)
{
	const __u32 i = dice(c, MAPS), data = dice(c, 2);
	const size_t bytes = data ? PAGE + (2 * PAGE << dice(c, 5)) : PAGE;

	if (c->maps[i].at)
		munmap(c->maps[i].at, c->maps[i].bytes);
	c->maps[i].at = mmap(NULL, bytes, data ? PROT_READ : PROT_READ | PROT_WRITE,
			     MAP_SHARED, some_fd(c), data ? PAGE : 0);
	c->maps[i].bytes = bytes;
	if (c->maps[i].at != MAP_FAILED)
		return 0;
	c->maps[i].at = NULL;
	return -errno;
}

/* Reads all of a mapping; of a consumer's page also writes the position. */
static int do_touch(struct caller *c)
{
	const __u32 i = dice(c, MAPS);
	size_t at;
	int sum = 0;

	for (at = 0; c->maps[i].at && at < c->maps[i].bytes; at += PAGE)
		sum += ((char *)c->maps[i].at)[at];
	if (c->maps[i].at && c->maps[i].bytes == PAGE)
		*(__u64 *)c->maps[i].at = some_number(c) * 8ULL;
	return sum & 0;
}

static int do_read(struct caller *c)
{
	char buffer[1024];
	const int fd = some_fd(c);
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (poll(&p, 1, 0) != 1 || !(p.revents & POLLIN))
		return 0;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return read(fd, buffer, dice(c, sizeof(buffer))) < 0 ? -errno : 0;
}

static int do_send(struct caller *c)
{
	struct packet p;

	packet_to_here(&p, PORT, dice(c, 1000));
	raw_send(raw, &p);
	return 0;
}

static int (*const calls[])(struct caller *c) = {
	do_open, do_ring, do_attach, do_detach, do_rule, do_program, do_anything,
	do_anything, do_wait, do_start, do_stats, do_map, do_touch, do_read,
	do_send, do_send, do_send,
};

static void *call_all(void *arg)
{
	struct caller *c = arg;
	size_t i;
	int n, which, err;

	for (n = 0; n < c->calls; n++) {
		which = (int)dice(c, COUNT_OF(calls));
		err = calls[which](c);
		if (!answer_known(err) && !c->bad++)
			printf("# call %d, kind %d: %d\n", n, which, err);
	}
	for (i = 0; i < MAPS; i++)
		if (c->maps[i].at)
			munmap(c->maps[i].at, c->maps[i].bytes);
	return NULL;
}

int main(void)
{
	const int count = (int)setting("RTI_CALLS", 500);
	const __u64 seed = setting("RTI_SEED", now_ns() | 1);
	struct caller callers[2] = {
		{ .random = seed, .calls = count }, { .random = ~seed, .calls = count },
	};
	int i;

	printf("# seed %llu\n", seed);
	raw = raw_open(PEER, THERE);
	for (i = 0; i < SLOTS; i++)
		slot[i] = dev_open();
	for (i = 0; i < 2; i++)
		pthread_create(&callers[i].thread, NULL, call_all, &callers[i]);
	for (i = 0; i < 2; i++)
		pthread_join(callers[i].thread, NULL);
	is(callers[0].bad + callers[1].bad, 0, "%d calls in any order, each answered",
	   2 * count);
	for (i = 0; i < SLOTS; i++)
		close(slot[i]);
	close(raw);
	printf("# figure random_calls %d\n", 2 * count);
	return tap_end();
}
