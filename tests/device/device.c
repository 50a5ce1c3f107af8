/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device by its bare ioctls: each returns 0, or a negative errno. */
#include <net/if.h>

#include "device.h"

int dev_open(void)
{
	int fd = open(RTINTERCEPT_DEVICE, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int dev_ioctl(int fd, unsigned long cmd, void *arg)
{
	return ioctl(fd, cmd, arg) < 0 ? -errno : 0;
}

__u32 index_of(const char *ifname)
{
	return if_nametoindex(ifname);
}

int dev_attach(int fd, const char *ifname, __u32 hook)
{
	struct rtintercept_attach attach = {
		.size = sizeof(attach),
		.ifindex = index_of(ifname),
		.hook = hook,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_ATTACH, &attach);
}

/* @setup may be NULL. */
int dev_ring(int fd, __u64 bytes, struct rtintercept_ring_setup *setup)
{
	struct rtintercept_ring_setup own;

	if (!setup)
		setup = &own;
	memset(setup, 0, sizeof(*setup));
	setup->size = sizeof(*setup);
	setup->ring_bytes = bytes;
	return dev_ioctl(fd, RTINTERCEPT_IOC_RING_SETUP, setup);
}

int dev_rule(int fd, struct rtintercept_rule *rule)
{
	struct rtintercept_rule_add add = { .size = sizeof(add), .rule = *rule };
	int err = dev_ioctl(fd, RTINTERCEPT_IOC_RULE_ADD, &add);

	if (!err)
		rule->id = add.rule.id;
	return err;
}

int dev_stats(int fd, struct rtintercept_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	stats->size = sizeof(*stats);
	return dev_ioctl(fd, RTINTERCEPT_IOC_STATS, stats);
}

int dev_start(int fd)
{
	struct rtintercept_start start = { .size = sizeof(start) };

	return dev_ioctl(fd, RTINTERCEPT_IOC_START, &start);
}

int dev_stop(int fd)
{
	struct rtintercept_stop stop = { .size = sizeof(stop) };

	return dev_ioctl(fd, RTINTERCEPT_IOC_STOP, &stop);
}

struct dev_state dev_state(int fd)
{
	struct rtintercept_stats s;

	dev_stats(fd, &s);
	return (struct dev_state) {
		s.state, s.rules, s.attachments, s.ring_bytes, s.generation,
	};
}

/* Is it an answer that some call gives, as the header says? */
int answer_known(int err)
{
	static const int known[] = {
		0, -EINVAL, -E2BIG, -EOPNOTSUPP, -EFAULT, -EMSGSIZE, -ENOENT, -EEXIST,
		-ENOSPC, -EBUSY, -EBADF, -EAGAIN, -EPERM, -ENOTTY, -EMFILE, -ENODEV,
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i] == err)
			return 1;
	return 0;
}
