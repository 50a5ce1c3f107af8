/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program written from the uAPI header and its documentation alone, without
 * the library: opens the device, attaches to an interface, adds a rule, maps the
 * ring, and prints records until it has as many as it was asked for.
 *
 * usage: uapi-only INTERFACE UDP-PORT COUNT
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/rtintercept.h>

static void call(int fd, unsigned long request, void *arg, const char *name)
{
	if (ioctl(fd, request, arg) == 0)
		return;
	perror(name);
	exit(1);
}

static void attach(int fd, const char *ifname)
{
	struct rtintercept_attach attach = {
		.size = sizeof(attach),
		.ifindex = if_nametoindex(ifname),
		.hook = RTINTERCEPT_HOOK_AUTO,
	};

	call(fd, RTINTERCEPT_IOC_ATTACH, &attach, "ATTACH");
}

static void add_rule(int fd, __u16 port)
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
}

static void *map(int fd, __u64 bytes, int protection, __u64 offset)
{
	void *p = mmap(NULL, bytes, protection, MAP_SHARED, fd, (off_t)offset);

	if (p != MAP_FAILED)
		return p;
	perror("mmap");
	exit(1);
}

/* The ring, as a reader sees it. */
struct ring {
	struct rtintercept_ring_consumer *consumer;
	const struct rtintercept_ring_producer *producer;
	const char *data;
	__u64 mask;
	__u64 position;
};

static void set_up(struct ring *ring, int fd, __u64 bytes)
{
	struct rtintercept_ring_setup setup = {
		.size = sizeof(setup),
		.ring_bytes = bytes,
	};
	const __u64 page = (__u64)sysconf(_SC_PAGESIZE);

	call(fd, RTINTERCEPT_IOC_RING_SETUP, &setup, "RING_SETUP");
	ring->consumer = map(fd, page, PROT_READ | PROT_WRITE,
			     setup.consumer_offset);
	ring->producer = map(fd, setup.producer_bytes, PROT_READ,
			     setup.producer_offset);
	ring->data = (const char *)ring->producer + page;
	ring->mask = bytes - 1;
	ring->position = ring->consumer->position;
}

/* One record, or NULL; *@next is where the reader goes from there. */
static const struct rtintercept_record *look(const struct ring *ring, __u64 *next)
{
	const struct rtintercept_ring_header *header;
	__u32 length;

	if (ring->position == __atomic_load_n(&ring->producer->position,
					      __ATOMIC_ACQUIRE))
		return NULL;
	header = (const void *)(ring->data + (ring->position & ring->mask));
	length = __atomic_load_n(&header->length, __ATOMIC_ACQUIRE);
	if (length & RTINTERCEPT_RING_BUSY)
		return NULL;
	length &= RTINTERCEPT_RING_LENGTH;
	*next = ring->position + ((sizeof(*header) + length + 7) & ~7ULL);
	return (const void *)(header + 1);
}

static void let_go(struct ring *ring, __u64 next)
{
	ring->position = next;
	__atomic_store_n(&ring->consumer->position, next, __ATOMIC_RELEASE);
}

static void print(const struct rtintercept_record *r)
{
	printf("seq %llu bytes %u payload %.*s\n", (unsigned long long)r->seq,
	       r->wire_bytes, (int)(r->captured_bytes - r->payload_offset),
	       (const char *)r->data + r->payload_offset);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct rtintercept_start start = { .size = sizeof(start) };
	const struct rtintercept_record *record;
	struct pollfd wait = { .events = POLLIN };
	struct ring ring;
	__u64 next;
	int left;

	if (argc != 4)
		return 2;
	left = atoi(argv[3]);
	wait.fd = open(RTINTERCEPT_DEVICE, O_RDWR);
	if (wait.fd < 0) {
		perror(RTINTERCEPT_DEVICE);
		return 1;
	}
	attach(wait.fd, argv[1]);
	add_rule(wait.fd, (__u16)atoi(argv[2]));
	set_up(&ring, wait.fd, 65536);
	call(wait.fd, RTINTERCEPT_IOC_START, &start, "START");
	puts("ready");
	fflush(stdout);
	while (left > 0 && poll(&wait, 1, 10000) > 0) {
		if (wait.revents & POLLHUP)
			return 1;
		while (left > 0 && (record = look(&ring, &next))) {
			print(record);
			let_go(&ring, next);
			left--;
		}
	}
	return left != 0;
}
