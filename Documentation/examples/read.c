/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads packets from /dev/rtintercept by read(): no mapping, no library.
 *
 * usage: read INTERFACE
 */
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/rtintercept.h>

/* uapi.rst: from here */
static void use(const struct rtintercept_record *rec)
{
	printf("seq %llu wire %u captured %u\n", rec->seq, rec->wire_bytes,
	       rec->captured_bytes);
}

/* Until the session is dead (0) or something goes wrong (-1). */
static ssize_t read_all(int fd)
{
	static char buffer[1 << 16] __attribute__((aligned(8)));
	const struct rtintercept_record *rec;
	ssize_t n, at;

	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		for (at = 0; at < n; at += (sizeof(*rec) +
					    rec->captured_bytes + 7) & ~7UL) {
			rec = (const void *)(buffer + at);
			use(rec);
		}
	return n;
}
/* uapi.rst: to here */

int main(int argc, char **argv)
{
	struct rtintercept_rule_add add = {
		.size = sizeof(add),
		.rule.flags = RTINTERCEPT_RULE_RECORD,
	};
	struct rtintercept_ring_setup setup = {
		.size = sizeof(setup),
		.ring_bytes = 1 << 20,
	};
	struct rtintercept_attach attach = { .size = sizeof(attach) };
	struct rtintercept_start start = { .size = sizeof(start) };
	int fd = open(RTINTERCEPT_DEVICE, O_RDONLY | O_CLOEXEC);

	attach.ifindex = if_nametoindex(argc > 1 ? argv[1] : "");
	if (fd < 0 || ioctl(fd, RTINTERCEPT_IOC_RULE_ADD, &add) ||
	    ioctl(fd, RTINTERCEPT_IOC_RING_SETUP, &setup) ||
	    ioctl(fd, RTINTERCEPT_IOC_ATTACH, &attach) ||
	    ioctl(fd, RTINTERCEPT_IOC_START, &start) || read_all(fd) < 0) {
		perror("read");
		return 1;
	}
	return 0;
}
