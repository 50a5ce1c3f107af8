/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asks the kernel for a driver's XDP features, by generic netlink family
 * "netdev". Kernels before 6.3 have no such family, headers of them no such
 * numbers.
 */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "doctor/nic.h"

#define NETDEV_DEV_GET		1	/* NETDEV_CMD_DEV_GET */
#define NETDEV_IFINDEX		1	/* NETDEV_A_DEV_IFINDEX */
#define NETDEV_XDP_FEATURES	3	/* NETDEV_A_DEV_XDP_FEATURES */
#define NETDEV_XDP_BASIC	1	/* NETDEV_XDP_ACT_BASIC */

struct message {
	struct nlmsghdr nl;
	struct genlmsghdr genl;
	char attributes[4096];
};

static void add(struct message *m, uint16_t type, const void *data, size_t bytes)
{
	struct nlattr *a = (void *)((char *)m + NLMSG_ALIGN(m->nl.nlmsg_len));

	a->nla_type = type;
	a->nla_len = (uint16_t)(NLA_HDRLEN + bytes);
	memcpy((char *)a + NLA_HDRLEN, data, bytes);
	m->nl.nlmsg_len = (uint32_t)(NLMSG_ALIGN(m->nl.nlmsg_len) +
				     NLA_ALIGN(a->nla_len));
}

/* The value of an attribute of at least @bytes; NULL: there is none. */
static const void *attribute(const struct message *m, uint16_t type, size_t bytes)
{
	const char *at = m->attributes, *end = (const char *)m + m->nl.nlmsg_len;
	struct nlattr a;

	while (end - at >= NLA_HDRLEN) {
		memcpy(&a, at, sizeof(a));
		if (a.nla_len < NLA_HDRLEN || a.nla_len > end - at)
			return NULL;
		if ((a.nla_type & NLA_TYPE_MASK) == type)
			return a.nla_len - NLA_HDRLEN < (long)bytes ? NULL :
			       at + NLA_HDRLEN;
		if (NLA_ALIGN(a.nla_len) > end - at)
			return NULL;
		at += NLA_ALIGN(a.nla_len);
	}
	return NULL;
}

static void begin(struct message *m, uint16_t family, uint8_t command)
{
	memset(m, 0, sizeof(*m));
	m->nl.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	m->nl.nlmsg_type = family;
	m->nl.nlmsg_flags = NLM_F_REQUEST;
	m->genl.cmd = command;
	m->genl.version = 1;
}

/* @m: in: the question, out: the answer. Return: 0, or -1: there is none. */
static int ask(int fd, struct message *m)
{
	ssize_t n = send(fd, m, m->nl.nlmsg_len, 0);

	if (n < 0)
		return -1;
	n = recv(fd, m, sizeof(*m), 0);
	return n < (ssize_t)NLMSG_LENGTH(GENL_HDRLEN) || m->nl.nlmsg_len > n ||
	       m->nl.nlmsg_type == NLMSG_ERROR ? -1 : 0;
}

static int ask_on(int fd, uint32_t ifindex)
{
	static const char name[] = "netdev";
	struct message m;
	const void *value;
	uint64_t features;
	uint16_t family;

	begin(&m, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	add(&m, CTRL_ATTR_FAMILY_NAME, name, sizeof(name));
	if (ask(fd, &m))
		return -1;
	value = attribute(&m, CTRL_ATTR_FAMILY_ID, sizeof(family));
	if (!value)
		return -1;
	memcpy(&family, value, sizeof(family));
	begin(&m, family, NETDEV_DEV_GET);
	add(&m, NETDEV_IFINDEX, &ifindex, sizeof(ifindex));
	if (ask(fd, &m))
		return -1;
	value = attribute(&m, NETDEV_XDP_FEATURES, sizeof(features));
	if (!value)
		return -1;
	memcpy(&features, value, sizeof(features));
	return !!(features & NETDEV_XDP_BASIC);
}

/* Has its driver native XDP? -1: this kernel does not tell. */
int nic_ask_xdp(unsigned int ifindex)
{
	const struct timeval second = { .tv_sec = 1 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	int xdp;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
	xdp = ask_on(fd, ifindex);
	close(fd);
	return xdp;
}
