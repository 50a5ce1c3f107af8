/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DPDK on an interface that the kernel keeps: its af_packet driver, polled, as DPDK is.
 * No huge pages and no PCI device, so that it runs where nothing was prepared.
 */
#include <errno.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_version.h>
#include <sched.h>
#include "tools/bench/peer.h"

#define PORT		0
#define QUEUE		0
#define DESCRIPTORS	1024
#define MBUFS		4096
#define MBUF_CACHE	256
#define MEMORY_MB	"64"
#define BATCH		32	/* what DPDK's own examples take at once */
#define FRAME_BYTES	2048
#define BLOCK_BYTES	65536
#define FRAMES		2048

static bool started;
static struct rte_mempool *pool;

/* EAL would look for huge pages, PCI devices and a place for its files. */
static int start_eal(struct bench_task *task)
{
	char cpu[16], device[128];
	char *args[] = { "rtintercept-bench", "-l", cpu, "--vdev", device, "--no-shconf",
			 "--no-huge", "-m", MEMORY_MB, "--no-pci", "--no-telemetry",
			 "--log-level", "critical", NULL };

	snprintf(cpu, sizeof(cpu), "%d", task->settings->spin_cpu);
	snprintf(device, sizeof(device),
		 "net_af_packet0,iface=%s,blocksz=%d,framesz=%d,framecnt=%d",
		 task->settings->interface, BLOCK_BYTES, FRAME_BYTES, FRAMES);
	if (rte_eal_init(sizeof(args) / sizeof(args[0]) - 1, args) < 0)
		return task_failed(task, rte_errno, "starting DPDK");
	if (!rte_eth_dev_count_avail())
		return task_failed(task, ENODEV, "finding DPDK's af_packet driver");
	return 0;
}

static int start_port(struct bench_task *task)
{
	const struct rte_eth_conf config = { 0 };
	int error;

	pool = rte_pktmbuf_pool_create("bench", MBUFS, MBUF_CACHE, 0,
				       RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (!pool)
		return task_failed(task, rte_errno, "making DPDK's packet memory");
	error = rte_eth_dev_configure(PORT, 1, 1, &config);
	if (!error)
		error = rte_eth_rx_queue_setup(PORT, QUEUE, DESCRIPTORS, SOCKET_ID_ANY,
					       NULL, pool);
	if (!error)
		error = rte_eth_tx_queue_setup(PORT, QUEUE, DESCRIPTORS, SOCKET_ID_ANY,
					       NULL);
	if (!error)
		error = rte_eth_dev_start(PORT);
	if (error)
		return task_failed(task, error, "starting DPDK's port");
	started = true;
	return 0;
}

static int dpdk_open(struct bench_task *task)
{
	const struct sched_param ordinary = { 0 };
	struct sched_param own;
	int error, policy;

	udp_sinks_open(task->settings, true);
	/* EAL waits for threads that it starts in sleeps so short that, at a real-time
	 * priority, they hardly get to run; nor should they inherit it.
	 */
	policy = sched_getscheduler(0);
	sched_getparam(0, &own);
	sched_setscheduler(0, SCHED_OTHER, &ordinary);
	error = start_eal(task);
	if (!error)
		error = start_port(task);
	sched_setscheduler(0, policy, &own);
	if (error)
		return error;
	task->report->buffer_bytes = (uint64_t)FRAMES * FRAME_BYTES +
				     (uint64_t)MBUFS * RTE_MBUF_DEFAULT_BUF_SIZE;
	peer_how(task, "%s, af_packet driver, %d frames of %d B, bursts of %d, no huge pages",
		 rte_version(), FRAMES, FRAME_BYTES, BATCH);
	return 0;
}

/* The interface's other packets come too: who has DPDK tells them apart himself. */
static void take_one(struct bench_task *task, struct rte_mbuf *packet)
{
	const struct bench_settings *s = task->settings;
	const uint64_t t3_ns = rtintercept_clock_ns();
	const uint8_t *p = rte_pktmbuf_mtod(packet, const uint8_t *);
	const size_t bytes = rte_pktmbuf_data_len(packet);
	const size_t udp = FRAME_ETHERNET + (p[FRAME_ETHERNET] & 15) * 4;

	if (bytes >= udp + FRAME_UDP && p[12] == 8 && !p[13] &&
	    p[FRAME_ETHERNET + 9] == IPPROTO_UDP &&
	    !memcmp(p + udp + 2, &s->to.sin_port, sizeof(s->to.sin_port)))
		peer_frame(task, p, bytes, 0, t3_ns);
	rte_pktmbuf_free(packet);
}

static inline int take(struct bench_task *task)
{
	struct rte_mbuf *packets[BATCH];
	int count = rte_eth_rx_burst(PORT, QUEUE, packets, BATCH), i;

	for (i = 0; i < count; i++)
		take_one(task, packets[i]);
	return count;
}

static int dpdk_loop(struct bench_task *task)
{
	return peer_loop(task, take, -1);
}

static void dpdk_close(struct bench_task *task)
{
	struct rte_eth_stats stats;

	if (started) {
		if (!rte_eth_stats_get(PORT, &stats))
			task->report->socket_drops = stats.imissed + stats.rx_nombuf;
		rte_eth_dev_stop(PORT);
		rte_eth_dev_close(PORT);
		started = false;
	}
	rte_mempool_free(pool);
	pool = NULL;
	rte_eal_cleanup();
	udp_sinks_close();
}

const struct bench_role dpdk_role = {
	.open = dpdk_open,
	.loop = dpdk_loop,
	.close = dpdk_close,
};
