/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DPDK on an interface that the kernel keeps: its af_packet driver or its af_xdp driver,
 * polled, as DPDK is. No huge pages and no PCI device, so that it runs where nothing was
 * prepared.
 */
#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_version.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>
#include "peers.skel.h"
#include "tools/bench/peer.h"

#define PORT		0
#define QUEUE		0
#define DESCRIPTORS	1024
#define MBUFS		4096
#define XDP_MBUFS	16384	/* the driver keeps 4,096 of them with the kernel */
#define MBUF_CACHE	256
#define MEMORY_MB	"128"
#define BATCH		32	/* what DPDK's own examples take at once */
#define FRAME_BYTES	2048
#define BLOCK_BYTES	65536
#define FRAMES		2048

/**
 * struct driver - one of DPDK's
 * @name: for people
 * @own_t1: our program takes T1 in front of it, and hands it over in the metadata
 * @mbufs: in the pool
 * @device: what EAL is told of it: format of an interface's name and a program's file
 */
struct driver {
	const char *name;
	bool own_t1;
	unsigned int mbufs;
	const char *device;
};

#define TEXT(x)	#x
#define NUMBER(x)	TEXT(x)

static const struct driver af_packet = {
	"af_packet driver, " NUMBER(FRAMES) " frames of " NUMBER(FRAME_BYTES) " B", false, MBUFS,
	"net_af_packet0,iface=%s,blocksz=" NUMBER(BLOCK_BYTES) ",framesz=" NUMBER(FRAME_BYTES)
	",framecnt=" NUMBER(FRAMES)
};

static const struct driver af_xdp = {
	"af_xdp driver, copy mode, no busy polling", true, XDP_MBUFS,
	"net_af_xdp0,iface=%s,xdp_prog=%s,force_copy=1,busy_budget=0"
};

static const struct driver *driver;
static bool started;
static struct rte_mempool *pool;
static int program_fd = -1;

/* The driver loads a file of its own choice; ours is in this very program. */
static int program_file(char path[32])
{
	size_t bytes;
	const void *elf = peers_bpf__elf_bytes(&bytes);

	program_fd = memfd_create("peers.bpf.o", MFD_CLOEXEC);
	if (program_fd < 0 || write(program_fd, elf, bytes) != (ssize_t)bytes)
		return -errno;
	snprintf(path, 32, "/proc/self/fd/%d", program_fd);
	return 0;
}

/* EAL would look for huge pages, PCI devices and a place for its files. */
static int start_eal(struct bench_task *task)
{
	char cpu[16], device[128], program[32];
	char *args[] = { "rtintercept-bench", "-l", cpu, "--vdev", device, "--no-shconf",
			 "--no-huge", "-m", MEMORY_MB, "--no-pci", "--no-telemetry",
			 "--log-level", "critical", NULL };

	snprintf(cpu, sizeof(cpu), "%d", task->settings->spin_cpu);
	if (program_file(program))
		return task_failed(task, errno, "writing the XDP program");
	snprintf(device, sizeof(device), driver->device, task->settings->interface, program);
	if (rte_eal_init(sizeof(args) / sizeof(args[0]) - 1, args) < 0)
		return task_failed(task, rte_errno, "starting DPDK");
	if (!rte_eth_dev_count_avail())
		return task_failed(task, ENODEV, "finding DPDK's driver");
	return 0;
}

static int start_port(struct bench_task *task)
{
	const struct rte_eth_conf config = { 0 };
	int error;

	pool = rte_pktmbuf_pool_create("bench", driver->mbufs, MBUF_CACHE, 0,
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

static int dpdk_open(struct bench_task *task, const struct driver *which)
{
	const struct sched_param ordinary = { 0 };
	struct sched_param own;
	int error, policy;

	driver = which;
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
	task->report->buffer_bytes = (driver->own_t1 ? 0 : (uint64_t)FRAMES * FRAME_BYTES) +
				     (uint64_t)driver->mbufs * RTE_MBUF_DEFAULT_BUF_SIZE;
	peer_how(task, "%s, %s, bursts of %d, no huge pages", rte_version(), driver->name,
		 BATCH);
	return 0;
}

static int packet_open(struct bench_task *task)
{
	return dpdk_open(task, &af_packet);
}

static int xdp_open(struct bench_task *task)
{
	return dpdk_open(task, &af_xdp);
}

/* The interface's other packets come too: who has DPDK tells them apart himself. */
static void take_one(struct bench_task *task, struct rte_mbuf *packet)
{
	const struct bench_settings *s = task->settings;
	const uint64_t t3_ns = rtintercept_clock_ns();
	const uint8_t *p = rte_pktmbuf_mtod(packet, const uint8_t *);
	const size_t bytes = rte_pktmbuf_data_len(packet);
	const size_t udp = FRAME_ETHERNET + (p[FRAME_ETHERNET] & 15) * 4;
	uint64_t t1_ns = 0;

	if (bytes >= udp + FRAME_UDP && p[12] == 8 && !p[13] &&
	    p[FRAME_ETHERNET + 9] == IPPROTO_UDP &&
	    !memcmp(p + udp + 2, &s->to.sin_port, sizeof(s->to.sin_port))) {
		if (driver->own_t1)
			memcpy(&t1_ns, p - sizeof(t1_ns), sizeof(t1_ns));
		peer_frame(task, p, bytes, t1_ns, t3_ns);
	}
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
	if (program_fd >= 0)
		close(program_fd);
	program_fd = -1;
	udp_sinks_close();
}

const struct bench_role dpdk_role = {
	.open = packet_open,
	.loop = dpdk_loop,
	.close = dpdk_close,
};

const struct bench_role dpdk_xdp_role = {
	.open = xdp_open,
	.loop = dpdk_loop,
	.close = dpdk_close,
};
