/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The peers' roles, by file; NULL where a library was missing at build time. */
#ifndef RTINTERCEPT_BENCH_RECEIVERS_H
#define RTINTERCEPT_BENCH_RECEIVERS_H

#include "tools/bench/bench.h"

extern const struct bench_role socket_role;	/* socket.c */
extern const struct bench_role busy_poll_role;	/* socket.c */
extern const struct bench_role recvmmsg_role;	/* peer-recvmmsg.c */
extern const struct bench_role packet_v2_role;	/* peer-packet.c */
extern const struct bench_role packet_v3_role;	/* peer-packet.c */
extern const struct bench_role pcap_role;	/* peer-pcap.c */
extern const struct bench_role xsk_role;	/* peer-xsk.c */
extern const struct bench_role ringbuf_role;	/* peer-ringbuf.c */

#ifdef BENCH_HAVE_URING
extern const struct bench_role uring_role;	/* peer-uring.c */
#define URING_ROLE	(&uring_role)
#else
#define URING_ROLE	NULL
#endif

#ifdef BENCH_HAVE_NFQUEUE
extern const struct bench_role nfqueue_role;	/* peer-nfqueue.c */
#define NFQUEUE_ROLE	(&nfqueue_role)
#else
#define NFQUEUE_ROLE	NULL
#endif

#ifdef BENCH_HAVE_DPDK
extern const struct bench_role dpdk_role;	/* peer-dpdk.c */
extern const struct bench_role dpdk_xdp_role;	/* peer-dpdk.c */
#define DPDK_ROLE	(&dpdk_role)
#define DPDK_XDP_ROLE	(&dpdk_xdp_role)
#else
#define DPDK_ROLE	NULL
#define DPDK_XDP_ROLE	NULL
#endif

#endif
