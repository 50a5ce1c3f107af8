/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Interfaces that go, removed or moved to another network namespace, and those that
 * get another address. A netlink socket tells, by a filter only of those we are
 * attached to, and is one of the things that make the session's fd readable.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/xdp.h"

#ifndef SO_ATTACH_FILTER
#include <asm/socket.h>
#endif

/* Where the interface stands in a message about a link. */
#define IFINDEX_AT	(NLMSG_HDRLEN + offsetof(struct ifinfomsg, ifi_index))
#define TYPE_AT		offsetof(struct nlmsghdr, nlmsg_type)

/*
 * Let through: RTM_NEWLINK and RTM_DELLINK of our interfaces. A filter reads big-endian, the
 * message is in the host's order.
 */
static unsigned short filter(struct sock_filter *code, const struct rti_xdp *xdp)
{
	const struct rtintercept_attachment *entry = xdp->maps.session->attachment;
	unsigned short n = 0;
	int i;

	code[n++] = (struct sock_filter)
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, TYPE_AT);
	code[n++] = (struct sock_filter)
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_DELLINK), 2, 0);
	code[n++] = (struct sock_filter)
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_NEWLINK), 1, 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
	code[n++] = (struct sock_filter)
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, IFINDEX_AT);
	for (i = 0; i < RTI_XDP_ATTACHMENTS; i++) {
		if (!entry[i].ifindex)
			continue;
		code[n++] = (struct sock_filter)
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
				 htonl(entry[i].ifindex), 0, 1);
		code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, ~0U);
	}
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
	return n;
}

/** rti_xdp_watch() - our attachments have changed: watch these now */
int rti_xdp_watch(struct rti_xdp *xdp)
{
	struct sock_filter code[6 + 2 * RTI_XDP_ATTACHMENTS];
	struct sock_fprog program = { .filter = code };

	program.len = filter(code, xdp);
	if (setsockopt(xdp->netlink_fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
		       sizeof(program)))
		return -errno;
	return 0;
}

/** rti_xdp_watch_open() - both fds are closed by rti_xdp_watch_close(), also on failure */
int rti_xdp_watch_open(struct rti_xdp *xdp)
{
	struct sockaddr_nl all = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK,
	};

	xdp->dead_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (xdp->dead_fd < 0)
		return -errno;
	xdp->netlink_fd = socket(AF_NETLINK,
				 SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
				 NETLINK_ROUTE);
	if (xdp->netlink_fd < 0)
		return -errno;
	if (rti_xdp_watch(xdp) ||
	    bind(xdp->netlink_fd, (struct sockaddr *)&all, sizeof(all)))
		return -errno;
	return 0;
}

void rti_xdp_watch_close(struct rti_xdp *xdp)
{
	if (xdp->netlink_fd >= 0)
		close(xdp->netlink_fd);
	if (xdp->dead_fd >= 0)
		close(xdp->dead_fd);
}

static int attachments(const struct rti_xdp *xdp)
{
	int n = 0, i;

	for (i = 0; i < RTI_XDP_ATTACHMENTS; i++)
		n += xdp->maps.session->attachment[i].ifindex != 0;
	return n;
}

/* The address, 6 bytes, in a message about a link; NULL: it says none. */
static const __u8 *mac_in(const struct nlmsghdr *msg)
{
	const struct ifinfomsg *link = NLMSG_DATA(msg);
	const struct rtattr *attr = IFLA_RTA(link);
	int left = (int)IFLA_PAYLOAD(msg);

	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left))
		if (attr->rta_type == IFLA_ADDRESS && RTA_PAYLOAD(attr) == 6)
			return RTA_DATA(attr);
	return NULL;
}

static void read_message(struct rti_xdp *xdp, const struct nlmsghdr *msg)
{
	const struct ifinfomsg *link = NLMSG_DATA(msg);
	const __u8 *mac = mac_in(msg);

	if (msg->nlmsg_type == RTM_DELLINK)
		rti_xdp_forget(xdp, (__u32)link->ifi_index);
	else if (msg->nlmsg_type == RTM_NEWLINK && mac)
		rti_xdp_know_mac(xdp, (__u32)link->ifi_index, mac);
}

/* One datagram, which may have several messages. */
static void read_messages(struct rti_xdp *xdp, const void *buf, ssize_t bytes)
{
	const struct nlmsghdr *msg = buf;

	for (; NLMSG_OK(msg, bytes); msg = NLMSG_NEXT(msg, bytes))
		if (msg->nlmsg_len >= NLMSG_LENGTH(sizeof(struct ifinfomsg)))
			read_message(xdp, msg);
}

/* The session's fd stays readable from now on, as a hang-up would. */
static void die(struct rti_xdp *xdp)
{
	const __u64 one = 1;

	__atomic_store_n(&xdp->maps.session->dead, 1, __ATOMIC_RELEASE);
	if (write(xdp->dead_fd, &one, sizeof(one)) < 0)
		return;		/* full: it is readable already */
}

/** rti_xdp_interrupt() - whoever sleeps is to look; see struct rti_backend_ops */
void rti_xdp_interrupt(struct rtintercept *rti)
{
	const __u64 one = 1;

	if (write(rti_xdp_of(rti)->dead_fd, &one, sizeof(one)) < 0)
		return;		/* full: it is readable already */
}

/** rti_xdp_revive() - there is an interface again */
void rti_xdp_revive(struct rti_xdp *xdp)
{
	__u64 count;

	__atomic_store_n(&xdp->maps.session->dead, 0, __ATOMIC_RELEASE);
	if (read(xdp->dead_fd, &count, sizeof(count)) < 0)
		return;		/* was not dead */
}

/**
 * rti_xdp_gone() - take note of interfaces that have gone
 *
 * Return: 0. A message too many (ENOBUFS) makes us look at all of them, behind those that
 * are older.
 */
int rti_xdp_gone(struct rti_xdp *xdp)
{
	char buf[8192] __attribute__((aligned(8)));
	int before = attachments(xdp), lost = 0;
	ssize_t n;

	if (!before)
		return 0;
	do {
		n = recv(xdp->netlink_fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (n > 0)
			read_messages(xdp, buf, n);
		else if (n < 0 && errno == ENOBUFS)
			lost = 1;
	} while (n > 0 || (n < 0 && (errno == ENOBUFS || errno == EINTR)));
	if (lost)
		rti_xdp_look_again(xdp);
	if (attachments(xdp) == before)
		return 0;
	if (attachments(xdp))
		return rti_xdp_watch(xdp);
	die(xdp);
	return 0;
}
