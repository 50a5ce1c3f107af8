/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Interfaces. An interface of our own is held by a BPF link, which the kernel
 * undoes when its last file descriptor goes: nothing stays attached however
 * the process ends. Where another program already is, libxdp's dispatcher may
 * let us in beside it: lib/xdp-dispatcher.c.
 */
#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/if_link.h>

#include "lib/xdp.h"

/**
 * struct way - one way to attach, in the order in which they are tried
 * @hook: what it is called
 * @mode: XDP_FLAGS_*
 * @frags: with the program for packets of several buffers, which drivers ask
 *	for where the MTU exceeds one
 */
struct way {
	__u32 hook;
	__u32 mode;
	int frags;
};

static const struct way ways[] = {
	{ RTINTERCEPT_HOOK_XDP_NATIVE, XDP_FLAGS_DRV_MODE, 0 },
	{ RTINTERCEPT_HOOK_XDP_NATIVE, XDP_FLAGS_DRV_MODE, 1 },
	{ RTINTERCEPT_HOOK_XDP_GENERIC, XDP_FLAGS_SKB_MODE, 0 },
};

static int index_of(const struct rti_xdp *xdp, __u32 ifindex)
{
	int i;

	for (i = 0; i < RTI_XDP_ATTACHMENTS; i++)
		if (xdp->maps.session->attachment[i].ifindex == ifindex)
			return i;
	return -1;
}

static void release(struct rti_xdp *xdp, int i)
{
	struct rti_xdp_attached *attached = &xdp->attached[i];

	if (attached->shared)
		rti_xdp_unshare(attached->shared);
	else if (attached->link_fd >= 0)
		close(attached->link_fd);
	attached->shared = NULL;
	attached->link_fd = -1;
	memset(&xdp->maps.session->attachment[i], 0,
	       sizeof(xdp->maps.session->attachment[i]));
}

static int link_to(struct rti_xdp *xdp, int i, const struct way *way,
		   int program_fd)
{
	const __u32 ifindex = xdp->maps.session->attachment[i].ifindex;
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = way->mode);
	int fd = bpf_link_create(program_fd, (int)ifindex, BPF_XDP, &opts);

	if (fd < 0)
		return -errno;
	xdp->attached[i].link_fd = fd;
	return 0;
}

/* One way. The entry says how before the first packet comes that way. */
static int try_way(struct rti_xdp *xdp, int i, const struct way *way)
{
	struct rtintercept_attachment *entry = &xdp->maps.session->attachment[i];
	int fd = rti_xdp_program(xdp, way->frags), err;

	if (fd < 0)
		return fd;
	entry->hook = way->hook;
	entry->flags = way->frags ? RTINTERCEPT_ATTACHMENT_FRAGS : 0;
	err = link_to(xdp, i, way, fd);
	if (err != -EBUSY && err != -EEXIST)
		return err;
	err = rti_xdp_share(xdp, entry->ifindex, way->mode, way->frags,
			    &xdp->attached[i].shared);
	if (!err)
		entry->flags |= RTINTERCEPT_ATTACHMENT_DISPATCHER;
	return err;
}

/* Is it for a reason that the next way would meet as well? */
static int is_final(int err)
{
	return !err || err == -EBUSY || err == -ENODEV || err == -EPERM ||
	       rti_xdp_is_want(err);
}

/*
 * Drivers have no common errno for "not with this MTU" or "no XDP here": what
 * is neither somebody else's program nor our own want is a reason to try the
 * next way. The first refusal is what the caller hears.
 */
static int try_ways(struct rti_xdp *xdp, int i, __u32 hook)
{
	int err, first = 0;
	size_t w;

	for (w = 0; w < sizeof(ways) / sizeof(ways[0]); w++) {
		if (hook != RTINTERCEPT_HOOK_AUTO && hook != ways[w].hook)
			continue;
		err = try_way(xdp, i, &ways[w]);
		if (is_final(err))
			return err;
		if (!first)
			first = err;
	}
	return first == -EINVAL || first == -ERANGE ? -EOPNOTSUPP : first;
}

/*
 * @mac: out: the interface's address, by rti_xdp_mac()
 *
 * On an interface without Ethernet headers a program would take L3 for one, and
 * is not told: -EOPNOTSUPP.
 */
static int read_mac(const char *name, __u64 *mac)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;
	struct ifreq req = {};

	if (fd < 0)
		return -errno;
	memcpy(req.ifr_name, name, IF_NAMESIZE);
	if (ioctl(fd, SIOCGIFHWADDR, &req))
		err = -errno;
	else if (req.ifr_hwaddr.sa_family != ARPHRD_ETHER &&
		 req.ifr_hwaddr.sa_family != ARPHRD_LOOPBACK)
		err = -EOPNOTSUPP;
	close(fd);
	*mac = rti_xdp_mac((const __u8 *)req.ifr_hwaddr.sa_data);
	return err;
}

/* The address of an interface of ours, by whoever sees it change. */
void rti_xdp_know_mac(struct rti_xdp *xdp, __u32 ifindex, const __u8 *mac)
{
	const int i = index_of(xdp, ifindex);

	if (i >= 0)
		__atomic_store_n(&xdp->maps.session->mac[i], rti_xdp_mac(mac),
				 __ATOMIC_RELAXED);
}

/* @mac: out */
static int check(const struct rti_xdp *xdp, __u32 ifindex, __u32 hook, __u64 *mac)
{
	char name[IF_NAMESIZE] = "";

	if (hook != RTINTERCEPT_HOOK_AUTO &&
	    hook != RTINTERCEPT_HOOK_XDP_NATIVE &&
	    hook != RTINTERCEPT_HOOK_XDP_GENERIC)
		return -EOPNOTSUPP;
	if (!ifindex || !if_indextoname(ifindex, name))
		return -ENOENT;
	if (index_of(xdp, ifindex) >= 0)
		return -EEXIST;
	return read_mac(name, mac);
}

/*
 * Return: -ENOENT no such interface; -EEXIST attached already; -EBUSY another
 * XDP program is there that does not share; -ENOSPC too many; -EOPNOTSUPP
 * neither the driver nor the kernel can, or there are no Ethernet headers;
 * -EPERM a capability is missing; -ENOMEM, -EMFILE, -ENFILE: as the kernel says.
 */
int rti_xdp_attach(struct rtintercept *rti, __u32 ifindex, __u32 *hook)
{
	struct rti_xdp *xdp = rti_xdp_of(rti);
	struct rtintercept_attachment *entry;
	__u64 mac = 0;
	int err, i;

	rti_xdp_gone(xdp);
	err = check(xdp, ifindex, *hook, &mac);
	if (err)
		return err;
	i = index_of(xdp, 0);
	if (i < 0)
		return -ENOSPC;
	entry = &xdp->maps.session->attachment[i];
	if_indextoname(ifindex, entry->ifname);
	entry->ifindex = ifindex;
	xdp->maps.session->mac[i] = mac;
	err = rti_xdp_watch(xdp);
	if (!err)
		err = try_ways(xdp, i, *hook);
	if (err) {
		release(xdp, i);
		rti_xdp_watch(xdp);
		return err;
	}
	*hook = entry->hook;
	rti_xdp_revive(xdp);
	return 0;
}

int rti_xdp_detach(struct rtintercept *rti, __u32 ifindex)
{
	struct rti_xdp *xdp = rti_xdp_of(rti);
	int i;

	rti_xdp_gone(xdp);
	i = ifindex ? index_of(xdp, ifindex) : -1;
	if (i < 0)
		return -ENOENT;
	release(xdp, i);
	return rti_xdp_watch(xdp);
}

void rti_xdp_detach_all(struct rti_xdp *xdp)
{
	int i;

	for (i = 0; i < RTI_XDP_ATTACHMENTS; i++)
		release(xdp, i);
}

/* Interface @ifindex has gone from our namespace. */
void rti_xdp_forget(struct rti_xdp *xdp, __u32 ifindex)
{
	const int i = index_of(xdp, ifindex);

	if (i >= 0)
		release(xdp, i);
}

/* Something has changed that nobody could tell us: look at each of ours. */
void rti_xdp_look_again(struct rti_xdp *xdp)
{
	struct rtintercept_attachment *entry;
	char name[IF_NAMESIZE];
	__u64 mac;
	int i;

	for (i = 0; i < RTI_XDP_ATTACHMENTS; i++) {
		entry = &xdp->maps.session->attachment[i];
		if (!entry->ifindex)
			continue;
		if (!if_indextoname(entry->ifindex, name))
			release(xdp, i);
		else if (!read_mac(name, &mac))
			__atomic_store_n(&xdp->maps.session->mac[i], mac,
					 __ATOMIC_RELAXED);
	}
}

/* A dispatcher takes no other program into the same place: take a new one. */
static int exchange_shared(struct rti_xdp *xdp, int i, int frags)
{
	const struct rtintercept_attachment *entry = &xdp->maps.session->attachment[i];
	struct rti_xdp_shared *old = xdp->attached[i].shared;
	int err;

	err = rti_xdp_share(xdp, entry->ifindex,
			    entry->hook == RTINTERCEPT_HOOK_XDP_GENERIC ?
				    XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE,
			    frags, &xdp->attached[i].shared);
	if (!err)
		rti_xdp_unshare(old);
	return err;
}

/* The other program on the same interface; it is not started yet. */
static int exchange(struct rti_xdp *xdp, int i)
{
	struct rtintercept_attachment *entry = &xdp->maps.session->attachment[i];
	struct rti_xdp_attached *attached = &xdp->attached[i];
	int frags = !!(entry->flags & RTINTERCEPT_ATTACHMENT_FRAGS);
	int fd;

	if (attached->shared)
		return exchange_shared(xdp, i, frags);
	fd = rti_xdp_program(xdp, frags);
	if (fd < 0)
		return fd;
	return bpf_link_update(attached->link_fd, fd, NULL) ? -errno : 0;
}

/**
 * rti_xdp_reattach() - the program is to be loaded anew, and to take over
 * @xdp: our session; not started yet
 *
 * On failure the old one serves on.
 */
int rti_xdp_reattach(struct rti_xdp *xdp)
{
	struct rtintercept_bpf *old[2] = { xdp->skel[0], xdp->skel[1] };
	int err = 0, i;

	xdp->skel[0] = xdp->skel[1] = NULL;
	for (i = 0; !err && i < RTI_XDP_ATTACHMENTS; i++)
		if (xdp->maps.session->attachment[i].ifindex)
			err = exchange(xdp, i);
	if (err) {
		rti_xdp_unload(xdp->skel);
		memcpy(xdp->skel, old, sizeof(old));
		return err;
	}
	rti_xdp_unload(old);
	return 0;
}

int rti_xdp_attachment_list(struct rtintercept *rti, __u32 session_id,
			    struct rtintercept_attachment **attachments)
{
	struct rtintercept_attachment *array;
	struct rti_xdp_maps maps;
	int n, i;

	rti_xdp_gone(rti_xdp_of(rti));
	n = rti_xdp_maps_get(rti, session_id, &maps);
	if (n)
		return n;
	array = calloc(RTI_XDP_ATTACHMENTS, sizeof(*array));
	for (i = 0; array && i < RTI_XDP_ATTACHMENTS; i++)
		if (maps.session->attachment[i].ifindex)
			array[n++] = maps.session->attachment[i];
	if (!array) {
		n = -ENOMEM;
	} else if (!n) {
		free(array);
		array = NULL;
	}
	/* Ours may have been renamed. */
	for (i = 0; i < n && maps.session == rti_xdp_of(rti)->maps.session; i++)
		if_indextoname(array[i].ifindex, array[i].ifname);
	rti_xdp_maps_put(rti, &maps);
	if (n >= 0)
		*attachments = array;
	return n;
}
