/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mapping the ring: what is refused, and that no munmap, mremap, mprotect, fork
 * or passing on of the descriptor breaks it.
 */
#include <setjmp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "device.h"

#define PAGE	4096UL
#define RING	65536UL
#define DATA	(PAGE + 2 * RING)
#define SHARED	MAP_SHARED
#define READ	PROT_READ
#define WRITE	(PROT_READ | PROT_WRITE)

static int fd;

/* Returns 0, or a negative errno; what was mapped is unmapped. */
static int map(int flags, int protection, unsigned long offset,
	       unsigned long bytes)
{
	void *p = mmap(NULL, bytes, protection, flags, fd, (off_t)offset);

	if (p == MAP_FAILED)
		return -errno;
	munmap(p, bytes);
	return 0;
}

static void *map_it(unsigned long offset, unsigned long bytes, int protection)
{
	void *p = mmap(NULL, bytes, protection, SHARED, fd, (off_t)offset);

	return p == MAP_FAILED ? NULL : p;
}

static void test_offsets_and_lengths(void)
{
	int bad = 0;
	unsigned long offset, bytes;

	for (offset = 2 * PAGE; offset < 2 * DATA; offset += PAGE)
		all_are(bad, map(SHARED, READ, offset, PAGE), -EINVAL);
	all_are(bad, map(SHARED, READ, 1UL << 40, PAGE), -EINVAL);
	all_are(bad, map(SHARED, READ, 1UL << 62, PAGE), -EINVAL);
	ok(!bad, "every other offset is EINVAL");
	bad = 0;
	for (bytes = 2 * PAGE; bytes < 2 * DATA; bytes += PAGE)
		all_are(bad, map(SHARED, READ, 0, bytes), -EINVAL);
	for (bytes = PAGE; bytes < 2 * DATA; bytes += PAGE)
		if (bytes != DATA)
			all_are(bad, map(SHARED, READ, PAGE, bytes), -EINVAL);
	ok(!bad, "every other length is EINVAL");
}

static void test_protections(void)
{
	is(map(SHARED, READ, 0, PAGE), 0, "the consumer page, read-only");
	is(map(SHARED, WRITE, 0, PAGE), 0, "the consumer page, writable");
	is(map(SHARED, READ, PAGE, DATA), 0, "producer and data, read-only");
	is(map(SHARED, PROT_NONE, PAGE, DATA), 0, "producer and data, not at all");
	is(map(SHARED, WRITE, PAGE, DATA), -EPERM, "producer and data, writable");
	is(map(SHARED, PROT_WRITE, PAGE, DATA), -EPERM,
	   "producer and data, write-only");
	is(map(SHARED, READ | PROT_EXEC, PAGE, DATA), -EPERM,
	   "producer and data, executable");
	is(map(SHARED, READ | PROT_EXEC, 0, PAGE), -EPERM,
	   "the consumer page, executable");
	is(map(MAP_PRIVATE, READ, 0, PAGE), -EINVAL,
	   "the consumer page, private");
	is(map(MAP_PRIVATE, WRITE, PAGE, DATA), -EINVAL,
	   "producer and data, private");
}

/* Flags that change nothing of what may be mapped, and some that cannot be. */
static void test_flags(void)
{
	static const int harmless[] = {
		MAP_POPULATE, MAP_POPULATE | MAP_NONBLOCK, MAP_NORESERVE, MAP_LOCKED,
		MAP_STACK,
	};
	int bad = 0;
	size_t i;

	for (i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		all_are(bad, map(SHARED | harmless[i], READ, PAGE, DATA), 0);
		all_are(bad, map(SHARED | harmless[i], WRITE, 0, PAGE), 0);
		all_are(bad, map(SHARED | harmless[i], WRITE, PAGE, DATA), -EPERM);
		all_are(bad, map(MAP_PRIVATE | harmless[i], READ, 0, PAGE), -EINVAL);
	}
	ok(!bad, "no flag opens what is closed");
	is(map(SHARED | MAP_HUGETLB, READ, PAGE, DATA), -EINVAL, "huge pages");
	is(map(MAP_SHARED_VALIDATE | MAP_SYNC, READ, PAGE, DATA), -EOPNOTSUPP,
	   "persistent memory");
	is(map(SHARED | MAP_GROWSDOWN, READ, PAGE, DATA), -EINVAL, "a stack");
}

static void test_mprotect(void)
{
	char *data = map_it(PAGE, DATA, READ), *consumer = map_it(0, PAGE, READ);
	int bad = 0;
	unsigned long at;

	for (at = 0; at < DATA; at += PAGE) {
		all_are(bad, mprotect(data + at, PAGE, WRITE) ? -errno : 0, -EACCES);
		all_are(bad, mprotect(data + at, PAGE, READ | PROT_EXEC) ?
			-errno : 0, -EACCES);
	}
	ok(!bad, "no page of producer and data becomes writable by mprotect");
	is(mprotect(consumer, PAGE, WRITE) ? -errno : 0, -EACCES,
	   "nor does the consumer page, mapped read-only");
	munmap(data, DATA);
	munmap(consumer, PAGE);
}

static void test_read_only_descriptor(void)
{
	int own = fd;

	fd = open(RTINTERCEPT_DEVICE, O_RDONLY);
	is(dev_ring(fd, RING, NULL), 0, "a read-only descriptor has a ring");
	is(map(SHARED, READ, PAGE, DATA), 0, "which can be read");
	is(map(SHARED, WRITE, 0, PAGE), -EACCES, "and not written");
	close(fd);
	fd = own;
}

static void test_contents(void)
{
	const struct rtintercept_ring_producer *p = map_it(PAGE, DATA, READ);
	const char *bytes = (const char *)p;
	unsigned long i;
	int bad = 0;

	for (i = 0; i < DATA; i++)
		all_are(bad, bytes[i], 0);
	ok(!bad, "a fresh ring is zero, every byte of it");
	munmap((void *)p, DATA);
}

/* What is left works, what is gone is gone, the kernel does not mind. */
static void test_unmapping_parts(void)
{
	char *data = map_it(PAGE, DATA, READ), *moved;

	is(munmap(data + PAGE, PAGE), 0, "a page in the middle can be unmapped");
	ok(data[0] == 0 && data[3 * PAGE] == 0, "what is around it can be read");
	munmap(data, DATA);
	data = map_it(PAGE, DATA, READ);
	moved = mremap(data, DATA, DATA, MREMAP_MAYMOVE);
	ok(moved != MAP_FAILED && moved[DATA - 1] == 0, "it can be moved");
	ok(mremap(moved, DATA, 2 * DATA, MREMAP_MAYMOVE) == MAP_FAILED,
	   "it cannot be made longer");
	data = mremap(moved, DATA, PAGE, 0);
	ok(data == moved && data[0] == 0, "it can be made shorter");
	moved = mremap(data, 0, PAGE, MREMAP_MAYMOVE);
	ok(moved == MAP_FAILED || moved[0] == 0,
	   "a copy of it by mremap does no harm");
	if (moved != MAP_FAILED)
		munmap(moved, PAGE);
	munmap(data, PAGE);
	data = map_it(PAGE, DATA, READ);
	moved = mmap(data + PAGE, PAGE, WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	moved[0] = 1;
	ok(data[0] == 0, "another mapping may be put over it");
	munmap(data, DATA);
}

static sigjmp_buf fault;

static void on_fault(int signal)
{
	siglongjmp(fault, signal);
}

static void test_writing(void)
{
	struct sigaction action = { .sa_handler = on_fault };
	static char *data;
	int caught;

	data = map_it(PAGE, DATA, READ);
	sigaction(SIGSEGV, &action, NULL);
	caught = sigsetjmp(fault, 1);
	if (!caught)
		__atomic_store_n(&data[8], 1, __ATOMIC_RELAXED);
	is(caught, SIGSEGV, "writing to producer and data is a fault");
	signal(SIGSEGV, SIG_DFL);
	munmap(data, DATA);
}

/* Reading straight into the ring: the kernel may not write there for us. */
static void test_kernel_writes(void)
{
	char *data = map_it(PAGE, DATA, READ);
	int from = open("/dev/zero", O_RDONLY);
	int mem = open("/proc/self/mem", O_RDWR);

	ok(read(from, data, PAGE) < 0 && errno == EFAULT,
	   "read() into the ring is EFAULT");
	ok(pwrite(mem, "x", 1, (off_t)(unsigned long)data) < 0,
	   "/proc/self/mem does not write there either");
	is(data[0], 0, "nothing was written");
	close(from);
	close(mem);
	munmap(data, DATA);
}

static void test_fork(void)
{
	struct rtintercept_ring_consumer *c = map_it(0, PAGE, WRITE);
	char *data = map_it(PAGE, DATA, READ);
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		c->position = 8;
		_exit(data[0] == 0 && data[DATA - 1] == 0 ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	is(status, 0, "a child has the ring too");
	is(c->position, 8, "it is the same memory");
	c->position = 0;
	munmap(c, PAGE);
	munmap(data, DATA);
}

static int send_fd(int to, int which)
{
	char room[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = room, .msg_controllen = sizeof(room),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &which, sizeof(int));
	return (int)sendmsg(to, &msg, 0);
}

static int receive_fd(int from)
{
	char room[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = room, .msg_controllen = sizeof(room),
	};
	int got;

	if (recvmsg(from, &msg, 0) < 0 || !CMSG_FIRSTHDR(&msg))
		return -1;
	memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return got;
}

/* The session lives as long as anybody has it open or mapped. */
static void test_passing_on(void)
{
	struct rtintercept_stats stats;
	int pair[2], status = -1, kept;
	char *data;
	pid_t pid;

	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	pid = fork();
	if (pid == 0) {
		int own = dev_open();

		dev_ring(own, RING, NULL);
		_exit(send_fd(pair[1], own) == 1 ? 0 : 1);
	}
	kept = receive_fd(pair[0]);
	waitpid(pid, &status, 0);
	is(status, 0, "a descriptor can be passed on");
	is(dev_stats(kept, &stats), 0, "and works when its opener has gone");
	is(stats.ring_bytes, RING, "with the ring that was set up");
	data = mmap(NULL, DATA, READ, SHARED, kept, PAGE);
	close(kept);
	ok(data != MAP_FAILED && data[DATA - 1] == 0,
	   "a mapping outlives its descriptor");
	munmap(data, DATA);
	close(pair[0]);
	close(pair[1]);
}

int main(void)
{
	fd = dev_open();
	if (!ok(fd >= 0 && !dev_ring(fd, RING, NULL), "the device has a ring"))
		return tap_end();
	test_contents();
	test_offsets_and_lengths();
	test_protections();
	test_flags();
	test_mprotect();
	test_read_only_descriptor();
	test_unmapping_parts();
	test_writing();
	test_kernel_writes();
	test_fork();
	test_passing_on();
	close(fd);
	return tap_end();
}
