/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hands UDP packets to the stack as a driver would, each with the processor's counter
 * in it. Loading it sends them; it does not stay: what comes back is -EAGAIN when all
 * were sent. T1 of a record is the kernel's clock, which costs more in User-Mode Linux
 * than on a machine, and which its user space cannot read so cheaply: so it is not used.
 */
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/net_namespace.h>
#include "stamp.h"

#define HEADERS		(ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr))
#define FRAME_MAX	1514
#define CLOCK_READS	1000

static char *device = "dummy0";
module_param(device, charp, 0);
MODULE_PARM_DESC(device, "interface that the packets come in at");

static uint frame_bytes = 64;
module_param(frame_bytes, uint, 0);
MODULE_PARM_DESC(frame_bytes, "length of a frame without its checksum");

static uint count = 1000;
module_param(count, uint, 0);
MODULE_PARM_DESC(count, "packets");

static uint gap_us = 20;
module_param(gap_us, uint, 0);
MODULE_PARM_DESC(gap_us, "time between two");

static u32 clock_ticks(void)
{
	const u64 begin = stamp_ticks();
	int i;

	for (i = 0; i < CLOCK_READS; i++)
		ktime_get_ns();
	return div_u64(stamp_ticks() - begin, CLOCK_READS);
}

static void put_headers(struct sk_buff *skb, const struct net_device *dev)
{
	struct ethhdr *eth = skb_put(skb, ETH_HLEN);
	struct iphdr *ip = skb_put_zero(skb, sizeof(*ip));
	struct udphdr *udp = skb_put_zero(skb, sizeof(*udp));

	ether_addr_copy(eth->h_dest, dev->dev_addr);
	ether_addr_copy(eth->h_source, dev->dev_addr);
	eth->h_proto = htons(ETH_P_IP);
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->ttl = 1;
	ip->protocol = IPPROTO_UDP;
	ip->saddr = htonl(0xc6120001);
	ip->daddr = htonl(0xc6120002);
	ip->tot_len = htons(frame_bytes - ETH_HLEN);
	ip->check = ip_fast_csum((u8 *)ip, ip->ihl);
	udp->source = htons(STAMP_PORT);
	udp->dest = htons(STAMP_PORT);
	udp->len = htons(frame_bytes - ETH_HLEN - sizeof(*ip));
}

static int send_one(struct net_device *dev, u32 number, u32 ticks)
{
	struct sk_buff *skb = netdev_alloc_skb_ip_align(dev, frame_bytes);
	struct stamp *stamp;

	if (!skb)
		return -ENOMEM;
	put_headers(skb, dev);
	stamp = skb_put_zero(skb, frame_bytes - HEADERS);
	stamp->number = number;
	stamp->clock_ticks = ticks;
	skb->protocol = eth_type_trans(skb, dev);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	local_bh_disable();
	stamp->ticks = stamp_ticks();
	netif_receive_skb(skb);
	local_bh_enable();
	return 0;
}

static int __init send_init(void)
{
	struct net_device *dev;
	u32 ticks, i;
	int err = 0;

	if (frame_bytes < HEADERS + sizeof(struct stamp) || frame_bytes > FRAME_MAX)
		return -EINVAL;
	dev = dev_get_by_name(&init_net, device);
	if (!dev)
		return -ENODEV;
	ticks = clock_ticks();
	for (i = 0; i < count && !err; i++) {
		udelay(gap_us);
		err = send_one(dev, i, ticks);
		cond_resched();
	}
	dev_put(dev);
	return err ? err : -EAGAIN;
}
module_init(send_init);

MODULE_DESCRIPTION("hands stamped packets to the stack, for measurements");
MODULE_LICENSE("GPL");
