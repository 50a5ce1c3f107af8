// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attachments. Everything here changes under RTNL; packets find an attachment
 * by the hook's own pointer, under RCU. No device is held by reference: the
 * notifier takes the attachment away before the device goes.
 *
 * The ingress hook is one per attachment. The rx_handler is one per device, so
 * the sessions that use it share a port, which asks the latest first, as
 * netfilter does among hooks of one priority.
 */
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "attach.h"
#include "compat.h"
#include "look.h"

/**
 * struct rti_attachment - one session on one interface
 * @all: in all_attachments; RTNL
 * @own: in the session's list; RTNL
 * @on_port: in the port's list, when by rx_handler; RTNL, read under RCU
 * @rcu: for freeing
 * @attachments: whose it is; constant
 * @path: that session's; constant
 * @dev: the interface; valid as long as the attachment is in all_attachments
 * @net: its network namespace; likewise
 * @ingress: the netfilter hook, when by ingress
 * @hook: RTINTERCEPT_HOOK_INGRESS or _RX_HANDLER; constant
 */
struct rti_attachment {
	struct list_head all;
	struct list_head own;
	struct list_head on_port;
	struct rcu_head rcu;
	struct rti_attachments *attachments;
	struct rti_path *path;
	struct net_device *dev;
	struct net *net;
	struct nf_hook_ops ingress;
	u32 hook;
};

/**
 * struct rti_port - the rx_handler of a device
 * @sessions: its attachments; RTNL, read under RCU
 * @rcu: for freeing
 */
struct rti_port {
	struct list_head sessions;
	struct rcu_head rcu;
};

/* RTNL. So that the notifier finds what a device takes with it. */
static LIST_HEAD(all_attachments);

/* The loopback of a sender's own multicast is not what came in. */
static bool came_in(const struct sk_buff *skb)
{
	return likely(skb->pkt_type != PACKET_LOOPBACK);
}

/* Context: softirq, RCU. */
static unsigned int on_ingress(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	struct rti_attachment *at = priv;

	if (!came_in(skb) || !rti_look(at->path, skb, RTINTERCEPT_HOOK_INGRESS))
		return NF_ACCEPT;
	return NF_STOLEN;
}

/* Context: softirq, RCU. */
static rx_handler_result_t on_rx_handler(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	struct rti_port *port = rcu_dereference(skb->dev->rx_handler_data);
	struct rti_attachment *at;

	if (!came_in(skb))
		return RX_HANDLER_PASS;
	list_for_each_entry_rcu(at, &port->sessions, on_port)
		if (rti_look(at->path, skb, RTINTERCEPT_HOOK_RX_HANDLER))
			return RX_HANDLER_CONSUMED;
	return RX_HANDLER_PASS;
}

static int hook_ingress(struct rti_attachment *at)
{
	int err;

	at->ingress.hook = on_ingress;
	at->ingress.priv = at;
	at->ingress.dev = at->dev;
	at->ingress.pf = NFPROTO_NETDEV;
	at->ingress.hooknum = NF_NETDEV_INGRESS;
	at->ingress.priority = INT_MIN;
	err = nf_register_net_hook(at->net, &at->ingress);
	/* netfilter has no room for more hooks on one device. */
	return err == -E2BIG ? -ENOSPC : err;
}

static void unhook_ingress(struct rti_attachment *at)
{
	nf_unregister_net_hook(at->net, &at->ingress);
}

static bool is_our_port(const struct net_device *dev)
{
	return rtnl_dereference(dev->rx_handler) == on_rx_handler;
}

static int hook_rx_handler(struct rti_attachment *at)
{
	struct rti_port *port;
	int err;

	if (is_our_port(at->dev)) {
		port = rtnl_dereference(at->dev->rx_handler_data);
		list_add_rcu(&at->on_port, &port->sessions);
		return 0;
	}
	port = kzalloc(sizeof(*port), GFP_KERNEL_ACCOUNT);
	if (!port)
		return -ENOMEM;
	INIT_LIST_HEAD(&port->sessions);
	list_add_rcu(&at->on_port, &port->sessions);
	err = netdev_rx_handler_register(at->dev, on_rx_handler, port);
	if (err)
		kfree(port);
	/* A device that takes no rx_handler at all says EINVAL. */
	return err == -EINVAL ? -EOPNOTSUPP : err;
}

static void unhook_rx_handler(struct rti_attachment *at)
{
	struct rti_port *port = rtnl_dereference(at->dev->rx_handler_data);

	list_del_rcu(&at->on_port);
	if (!list_empty(&port->sessions))
		return;
	netdev_rx_handler_unregister(at->dev);
	kfree_rcu(port, rcu);
}

static int hook_by(struct rti_attachment *at, u32 hook)
{
	at->hook = hook;
	return hook == RTINTERCEPT_HOOK_INGRESS ? hook_ingress(at) :
						  hook_rx_handler(at);
}

/* AUTO: ingress where the kernel has it. */
static int hook_device(struct rti_attachment *at, u32 hook)
{
	if (hook == RTINTERCEPT_HOOK_AUTO)
		hook = rti_compat_have_ingress() ? RTINTERCEPT_HOOK_INGRESS :
						   RTINTERCEPT_HOOK_RX_HANDLER;
	if (hook == RTINTERCEPT_HOOK_INGRESS && !rti_compat_have_ingress())
		return -EOPNOTSUPP;
	return hook_by(at, hook);
}

/* Takes the attachment out; packets may still be inside for a grace period. */
static void unhook_device(struct rti_attachment *at)
{
	if (at->hook == RTINTERCEPT_HOOK_INGRESS)
		unhook_ingress(at);
	else
		unhook_rx_handler(at);
	list_del(&at->all);
	list_del(&at->own);
	at->attachments->count--;
	kfree_rcu(at, rcu);
}

static struct rti_attachment *find(const struct rti_attachments *attachments,
				   u32 ifindex)
{
	struct rti_attachment *at;

	list_for_each_entry(at, &attachments->list, own)
		if (at->dev->ifindex == (int)ifindex)
			return at;
	return NULL;
}

/**
 * rti_attach() - put a session on an interface
 * @attachments: the session's
 * @net: the session's network namespace
 * @ifindex: the interface
 * @hook: in: RTINTERCEPT_HOOK_*; out: the one in use
 *
 * Return: 0, or an errno as of RTINTERCEPT_IOC_ATTACH. Context: RTNL.
 */
int rti_attach(struct rti_attachments *attachments, struct net *net, u32 ifindex,
	       u32 *hook)
{
	struct rti_attachment *at;
	struct net_device *dev;
	int err;

	if (*hook > RTINTERCEPT_HOOK_RX_HANDLER)
		return -EOPNOTSUPP;
	dev = ifindex > INT_MAX ? NULL : __dev_get_by_index(net, ifindex);
	if (!dev)
		return -ENOENT;
	if (dev->reg_state != NETREG_REGISTERED)
		return -ENODEV;
	if (find(attachments, ifindex))
		return -EEXIST;
	if (attachments->count == RTI_ATTACHMENTS_MAX)
		return -ENOSPC;

	at = kzalloc(sizeof(*at), GFP_KERNEL_ACCOUNT);
	if (!at)
		return -ENOMEM;
	at->attachments = attachments;
	at->path = attachments->path;
	at->dev = dev;
	at->net = net;
	err = hook_device(at, *hook);
	if (err) {
		kfree(at);
		return err;
	}
	list_add_tail(&at->all, &all_attachments);
	list_add_tail(&at->own, &attachments->list);
	attachments->count++;
	*hook = at->hook;
	return 0;
}

/* Return: 0, -ENOENT not attached. Context: RTNL. */
int rti_detach(struct rti_attachments *attachments, u32 ifindex)
{
	struct rti_attachment *at = find(attachments, ifindex);

	if (!at)
		return -ENOENT;
	unhook_device(at);
	return 0;
}

void rti_attachments_init(struct rti_attachments *attachments,
			  struct rti_path *path,
			  void (*lost)(struct rti_attachments *attachments))
{
	INIT_LIST_HEAD(&attachments->list);
	attachments->path = path;
	attachments->lost = lost;
}

/*
 * All interfaces go. The path may be freed only after a grace period, which is
 * the caller's. Context: RTNL.
 */
void rti_attachments_destroy(struct rti_attachments *attachments)
{
	struct rti_attachment *at, *next;

	list_for_each_entry_safe(at, next, &attachments->list, own)
		unhook_device(at);
}

/* Fills in @attachments->count elements of @out. Context: RTNL. */
void rti_attachments_describe(const struct rti_attachments *attachments,
			      struct rtintercept_attachment *out)
{
	struct rti_attachment *at;

	list_for_each_entry(at, &attachments->list, own) {
		memset(out, 0, sizeof(*out));
		out->ifindex = at->dev->ifindex;
		out->hook = at->hook;
		strscpy(out->ifname, at->dev->name, sizeof(out->ifname));
		out++;
	}
}

/*
 * A device goes: from the system or to another namespace, it is the same event.
 * Idempotent, as replayed events must be. Context: RTNL.
 */
static int on_netdev_event(struct notifier_block *nb, unsigned long event,
			   void *info)
{
	const struct net_device *dev = netdev_notifier_info_to_dev(info);
	struct rti_attachments *attachments;
	struct rti_attachment *at, *next;

	if (event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	list_for_each_entry_safe(at, next, &all_attachments, all) {
		if (at->dev != dev)
			continue;
		attachments = at->attachments;
		unhook_device(at);
		attachments->lost(attachments);
	}
	return NOTIFY_DONE;
}

static struct notifier_block netdev_notifier = {
	.notifier_call = on_netdev_event,
};

int rti_attach_init(void)
{
	return register_netdevice_notifier(&netdev_notifier);
}

void rti_attach_exit(void)
{
	unregister_netdevice_notifier(&netdev_notifier);
}
