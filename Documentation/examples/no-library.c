/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads packets from /dev/rtintercept with nothing but <linux/rtintercept.h>.
 *
 * usage: no-library INTERFACE PORT [COUNT]
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/rtintercept.h>

#define RING_BYTES	(1U << 20)

/* What is mapped, and how far we have read. */
struct ring {
	struct rtintercept_ring_consumer *consumer;
	const struct rtintercept_ring_producer *producer;
	const char *data;
	__u64 position;
	__u64 bytes;
};

static void call(int fd, unsigned long request, void *arg, const char *what)
{
	if (ioctl(fd, request, arg) == 0)
		return;
	perror(what);
	exit(1);
}

static void *map(int fd, __u64 bytes, int prot, __u64 offset)
{
	void *p = mmap(NULL, bytes, prot, MAP_SHARED, fd, offset);

	if (p != MAP_FAILED)
		return p;
	perror("mmap");
	exit(1);
}

static void add_rule(int fd, int port)
{
	struct rtintercept_rule_add add = {
		.size = sizeof(add),
		.rule = {
			.match = RTINTERCEPT_MATCH_PROTOCOL |
				 RTINTERCEPT_MATCH_DST_PORT,
			.verdict = RTINTERCEPT_VERDICT_PASS,
			.flags = RTINTERCEPT_RULE_RECORD,
			.protocol = 17,
			.dst_port_min = port,
			.dst_port_max = port,
		},
	};

	call(fd, RTINTERCEPT_IOC_RULE_ADD, &add, "RULE_ADD");
	fprintf(stderr, "rule %u\n", add.rule.id);
}

static void setup_ring(int fd, struct ring *ring)
{
	struct rtintercept_ring_setup setup = {
		.size = sizeof(setup),
		.ring_bytes = RING_BYTES,
	};
	long page = sysconf(_SC_PAGESIZE);

	call(fd, RTINTERCEPT_IOC_RING_SETUP, &setup, "RING_SETUP");
	ring->consumer = map(fd, page, PROT_READ | PROT_WRITE,
			     setup.consumer_offset);
	ring->producer = map(fd, setup.producer_bytes, PROT_READ,
			     setup.producer_offset);
	ring->data = (const char *)ring->producer + page;
	ring->bytes = setup.ring_bytes;
	ring->position = ring->consumer->position;
}

static void attach(int fd, const char *interface)
{
	struct rtintercept_attach attach = {
		.size = sizeof(attach),
		.ifindex = if_nametoindex(interface),
		.hook = RTINTERCEPT_HOOK_AUTO,
	};
	struct rtintercept_start start = { .size = sizeof(start) };

	call(fd, RTINTERCEPT_IOC_ATTACH, &attach, interface);
	call(fd, RTINTERCEPT_IOC_START, &start, "START");
	fprintf(stderr, "hook %u\n", attach.hook);
}

/* ring.rst: from here */
/* What a record takes in the ring: header, bytes, padding. */
static __u64 room_of(__u32 length)
{
	return (sizeof(struct rtintercept_ring_header) + length +
		RTINTERCEPT_RING_ALIGN - 1) & ~(__u64)(RTINTERCEPT_RING_ALIGN - 1);
}

/* Let the kernel have the room of all in front of @position. */
static void release(struct ring *ring, __u64 position)
{
	ring->position = position;
	__atomic_store_n(&ring->consumer->position, position, __ATOMIC_RELEASE); /* (C) */
}

/* The next record, and where the one behind it begins; NULL: none there now. */
static const struct rtintercept_record *next_record(struct ring *ring, __u64 *behind)
{
	const struct rtintercept_ring_header *header;
	__u32 length;

	while (ring->position !=
	       __atomic_load_n(&ring->producer->position, __ATOMIC_ACQUIRE)) { /* (A) */
		header = (const void *)(ring->data +
					(ring->position & (ring->bytes - 1)));
		length = __atomic_load_n(&header->length, __ATOMIC_ACQUIRE); /* (B) */
		if (length & RTINTERCEPT_RING_BUSY)
			return NULL;
		*behind = ring->position + room_of(length & RTINTERCEPT_RING_LENGTH);
		if (!(length & RTINTERCEPT_RING_DISCARD))
			return (const void *)(header + 1);
		release(ring, *behind);
	}
	return NULL;
}

/* ring.rst: to here */
static void print_record(const struct rtintercept_record *rec)
{
	printf("seq %llu ifindex %u wire %u captured %u", rec->seq, rec->ifindex,
	       rec->wire_bytes, rec->captured_bytes);
	if (rec->flags & RTINTERCEPT_RECORD_PAYLOAD &&
	    rec->payload_offset < rec->captured_bytes)
		printf(" payload %.*s", (int)(rec->captured_bytes - rec->payload_offset),
		       (const char *)rec->data + rec->payload_offset);
	putchar('\n');
}

int main(int argc, char **argv)
{
	const struct rtintercept_record *rec;
	struct pollfd pfd = { .events = POLLIN };
	struct ring ring;
	__u64 behind, n = 0, count;

	if (argc < 3) {
		fprintf(stderr, "usage: no-library INTERFACE PORT [COUNT]\n");
		return 2;
	}
	count = argc > 3 ? strtoull(argv[3], NULL, 0) : 0;
	pfd.fd = open(RTINTERCEPT_DEVICE, O_RDWR | O_CLOEXEC);
	if (pfd.fd < 0) {
		perror(RTINTERCEPT_DEVICE);
		return 1;
	}
	add_rule(pfd.fd, atoi(argv[2]));
	setup_ring(pfd.fd, &ring);
	attach(pfd.fd, argv[1]);

	while (!count || n < count) {
		rec = next_record(&ring, &behind);
		if (rec) {
			print_record(rec);
			release(&ring, behind);
			n++;
			continue;
		}
		/* Only when the ring is empty: a dead session may have left records. */
		if (pfd.revents & POLLHUP)
			return 1;
		fflush(stdout);
		if (poll(&pfd, 1, -1) < 0 && errno != EINTR) {
			perror("poll");
			return 1;
		}
	}
	return 0;
}
