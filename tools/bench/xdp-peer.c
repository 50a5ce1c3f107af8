/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads an XDP program of the peers and attaches it, native where the driver can. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include "peers.skel.h"
#include "tools/bench/peer.h"
#include "tools/bench/peers.h"

static int attached_to;
static uint32_t attach_flags;

/* What libbpf would say goes nowhere: an errno says enough. */
static int say_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	return 0;
}

int xdp_peer_load(struct bench_task *task, struct peers_bpf **skeleton)
{
	libbpf_set_print(say_nothing);
	*skeleton = peers_bpf__open();
	if (!*skeleton)
		return task_failed(task, errno, "opening the XDP program");
	(*skeleton)->bss->urgent_port = task->settings->to.sin_port;
	return peers_bpf__load(*skeleton) ?
	       task_failed(task, errno, "loading the XDP program") : 0;
}

int xdp_peer_attach(struct bench_task *task, int program_fd)
{
	const int ifindex = if_nametoindex(task->settings->interface);
	int error;

	if (!ifindex)
		return task_failed(task, errno, "finding --interface");
	attach_flags = XDP_FLAGS_DRV_MODE;
	error = bpf_xdp_attach(ifindex, program_fd,
			       attach_flags | XDP_FLAGS_UPDATE_IF_NOEXIST, NULL);
	if (error == -EOPNOTSUPP || error == -EINVAL) {
		attach_flags = XDP_FLAGS_SKB_MODE;
		error = bpf_xdp_attach(ifindex, program_fd,
				       attach_flags | XDP_FLAGS_UPDATE_IF_NOEXIST, NULL);
	}
	if (error)
		return task_failed(task, error, "attaching the XDP program");
	attached_to = ifindex;
	task->report->hook = attach_flags == XDP_FLAGS_DRV_MODE ?
			     RTINTERCEPT_HOOK_XDP_NATIVE : RTINTERCEPT_HOOK_XDP_GENERIC;
	return 0;
}

void xdp_peer_close(struct peers_bpf *skeleton)
{
	if (attached_to)
		bpf_xdp_detach(attached_to, attach_flags, NULL);
	attached_to = 0;
	peers_bpf__destroy(skeleton);
}
