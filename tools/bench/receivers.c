/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The peers: every other way to receive the same packets. One table; a row is all it takes. */
#include <stdio.h>
#include <string.h>
#include "tools/bench/bench.h"
#include "tools/bench/receivers.h"

static const struct bench_receiver receivers[] = {
	{ .name = "socket", .role = &socket_role,
	  .about = "an ordinary UDP socket: recv()" },
	{ .name = "socket-again", .role = &socket_role,
	  .about = "the same once more: what differs between the two is noise" },
	{ .name = "busy-poll", .role = &busy_poll_role, .no_spin = true,
	  .about = "a UDP socket with SO_BUSY_POLL: recv() spins in the kernel" },
	{ .name = "recvmmsg", .role = &recvmmsg_role,
	  .about = "a UDP socket: recvmmsg()" },
	{ .name = "io_uring", .role = URING_ROLE, .needs = "liburing-dev",
	  .about = "a UDP socket: multishot receive" },
	{ .name = "packet-v2", .role = &packet_v2_role,
	  .about = "AF_PACKET with a mapped ring, TPACKET_V2" },
	{ .name = "packet-v3", .role = &packet_v3_role,
	  .about = "AF_PACKET with a mapped ring, TPACKET_V3" },
	{ .name = "pcap", .role = &pcap_role,
	  .about = "libpcap in immediate mode" },
	{ .name = "nfqueue", .role = NFQUEUE_ROLE, .needs = "libnetfilter-queue-dev",
	  .about = "netfilter's queue, with a verdict for each packet" },
	{ .name = "af_xdp", .role = &xsk_role, .own_t1 = true,
	  .about = "an AF_XDP socket in copy mode" },
	{ .name = "ringbuf", .role = &ringbuf_role, .own_t1 = true,
	  .about = "a plain XDP program and libbpf's ring_buffer" },
	{ .name = "dpdk", .role = DPDK_ROLE, .needs = "libdpdk-dev", .no_block = true,
	  .about = "DPDK with its af_packet driver, polled" },
	{ .name = "dpdk-xdp", .role = DPDK_XDP_ROLE, .needs = "libdpdk-dev", .no_block = true,
	  .own_t1 = true, .about = "DPDK with its af_xdp driver, polled" },
};

#define RECEIVERS	(sizeof(receivers) / sizeof(receivers[0]))

/* Return: NULL: there is none of that name. */
const struct bench_receiver *receiver_find(const char *name)
{
	size_t i;

	for (i = 0; i < RECEIVERS; i++)
		if (!strcmp(receivers[i].name, name))
			return &receivers[i];
	return NULL;
}

void receivers_print(void)
{
	size_t i;

	for (i = 0; i < RECEIVERS; i++)
		printf("  %-26s %s%s%s\n", receivers[i].name, receivers[i].about,
		       receivers[i].role ? "" : "; NOT BUILT, for want of ",
		       receivers[i].role ? "" : receivers[i].needs);
}
