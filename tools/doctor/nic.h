/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a driver tells of its interface; not in any file, but asked of the kernel. */
#ifndef DOCTOR_NIC_H
#define DOCTOR_NIC_H

/**
 * struct nic - values of one interface; -1: not told
 * @rx_usecs: an interrupt comes so much after the first packet at the latest
 * @rx_frames: or after so many
 * @adaptive_rx: the driver changes both by itself
 * @gro: the stack merges packets
 * @lro: the NIC merges them
 * @hw_gro: it does, so that they can be told apart again
 * @eee: Energy-Efficient Ethernet is enabled
 * @xdp: the driver has native XDP
 */
struct nic {
	long rx_usecs;
	long rx_frames;
	int adaptive_rx;
	int gro;
	int lro;
	int hw_gro;
	int eee;
	int xdp;
};

void nic_read(struct nic *nic, const char *name);

void nic_ask_driver(struct nic *nic, const char *name);		/* ethtool.c */
int nic_ask_xdp(unsigned int ifindex);				/* netdev-genl.c */

#endif /* DOCTOR_NIC_H */
