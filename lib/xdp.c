/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The XDP backend: no module, but a BPF program that this process loads, and
 * that goes when it goes. What it does with a packet is in driver/bpf/.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "driver/ring.h"
#include "lib/xdp.h"

static int xdp_info(struct rtintercept *rti, struct rtintercept_info *info)
{
	const struct rti_xdp *xdp = rti_xdp_of(rti);

	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	info->abi_version = RTINTERCEPT_ABI_VERSION;
	info->session_id = xdp->maps.session_id;
	info->features = RTI_XDP_FEATURES |
		(xdp->timers ? RTINTERCEPT_FEATURE_WATERMARK : 0);
	info->backend = RTINTERCEPT_BACKEND_XDP;
	info->max_rules = RTI_INDEX_RULES_MAX;
	info->max_attachments = RTI_XDP_ATTACHMENTS;
	info->max_snap_bytes = RTI_XDP_SNAP_MAX;
	info->max_replies = RTI_REPLIES_MAX;
	info->max_reply_pps = RTI_RATE_MAX_PPS;
	info->ring_min_bytes = RTI_RING_MIN_BYTES;
	info->ring_max_bytes = RTI_RING_MAX_BYTES;
	strncpy(info->version, RTINTERCEPT_VERSION, sizeof(info->version) - 1);
	info->generation = xdp->maps.session->generation;
	return 0;
}

static struct rti_xdp *alloc_xdp(void)
{
	struct rti_xdp *xdp = calloc(1, sizeof(*xdp));
	int i;

	if (!xdp)
		return NULL;
	xdp->bell_fd = xdp->netlink_fd = xdp->dead_fd = -1;
	for (i = 0; i < RTI_XDP_ATTACHMENTS; i++)
		xdp->attached[i].link_fd = -1;
	return xdp;
}

/* First the interfaces, so that nothing is recorded into what goes next. */
static void xdp_close(struct rtintercept *rti)
{
	struct rti_xdp *xdp = rti_xdp_of(rti);

	rti_xdp_detach_all(xdp);
	rti_xdp_unload(xdp->skel);
	rti_xdp_ring_unmap(xdp);
	rti_xdp_wait_close(rti);
	rti_xdp_maps_close(&xdp->maps);
	free(xdp);
}

/* The session exists from here on; a program is loaded by the first attach. */
static int xdp_open(struct rtintercept *rti,
		    const struct rtintercept_open_opts *opts)
{
	struct rti_xdp *xdp = alloc_xdp();
	int err;

	if (!xdp)
		return -ENOMEM;
	err = rti_xdp_maps_create(&xdp->maps);
	if (err) {
		free(xdp);
		return err;
	}
	rti->priv = xdp;
	err = rti_xdp_supported();
	if (!err) {
		xdp->timers = (__u32)rti_xdp_has_timers();
		xdp->reads = (__u32)rti_xdp_may_read();
		xdp->preempted = (__u32)rti_xdp_preempted();
		err = rti_xdp_wait_open(rti);
	}
	if (err)
		xdp_close(rti);
	return err;
}

static int xdp_start(struct rtintercept *rti)
{
	struct rti_xdp *xdp = rti_xdp_of(rti);

	if (!xdp->ring_consumer)
		return -EINVAL;
	return rti_xdp_running(&xdp->maps) ? 0 : rti_xdp_start(&xdp->maps);
}

static int xdp_stop(struct rtintercept *rti)
{
	return rti_xdp_withdraw(&rti_xdp_of(rti)->maps);
}

const struct rti_backend_ops rti_xdp_ops = {
	.backend = RTINTERCEPT_BACKEND_XDP,
	.open = xdp_open,
	.close = xdp_close,
	.info = xdp_info,
	.attach = rti_xdp_attach,
	.detach = rti_xdp_detach,
	.rule_add = rti_xdp_rule_add,
	.rule_del = rti_xdp_rule_del,
	.rule_flush = rti_xdp_rule_flush,
	.rule_list = rti_xdp_rule_list,
	.rule_replace = rti_xdp_rule_replace,
	.rule_stats = rti_xdp_rule_stats,
	.reply_set = rti_xdp_reply_set,
	.reply_get = rti_xdp_reply_get,
	.stats = rti_xdp_stats,
	.session_list = rti_xdp_session_list,
	.attachment_list = rti_xdp_attachment_list,
	.ring_setup = rti_xdp_ring_setup,
	.start = xdp_start,
	.stop = xdp_stop,
	.wakeup = rti_xdp_wakeup,
	.event = rti_xdp_event,
	.arm = rti_xdp_arm,
	.interrupt = rti_xdp_interrupt,
};
