/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One thread sends a packet and receives it again, so that between the two
 * readings of the clock there is just the packet's way. Under an emulator whose
 * clock counts instructions, the difference of two such costs is a number of
 * instructions; the median keeps the timer's ticks out of it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "tools/bench/path.h"
#include "tools/bench/payload.h"
#include "tools/bench/random.h"

#define PORT		8080
#define FRAME_MAX	2048
#define WARM_UP		8	/* rounds that do not count */

/* This thread goes into a network namespace; NULL: stays. Returns what leads back, or -errno. */
int path_netns_enter(const char *netns)
{
	int there, here = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), err = 0;
	char name[128];

	if (here < 0)
		return -errno;
	if (!netns)
		return here;
	snprintf(name, sizeof(name), "/run/netns/%s", netns);
	there = open(name, O_RDONLY | O_CLOEXEC);
	if (there < 0 || setns(there, CLONE_NEWNET))
		err = -errno;
	if (there >= 0)
		close(there);
	if (!err)
		return here;
	close(here);
	return err;
}

int path_netns_leave(int here)
{
	const int err = setns(here, CLONE_NEWNET) ? -errno : 0;

	close(here);
	return err;
}

/* A UDP socket that lives in another network namespace; NULL: in ours. -errno on failure. */
int path_socket(const char *netns)
{
	int here = path_netns_enter(netns), fd, err;

	if (here < 0)
		return here;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		fd = -errno;
	err = path_netns_leave(here);
	return err ? err : fd;
}

/* Sender @i, from a random port of its own. */
static int open_sender(struct path *path, int i, const char *netns,
		       const struct sockaddr_in *to, uint64_t *seed)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	socklen_t bytes = sizeof(from);

	path->tx[i] = path_socket(netns);
	if (path->tx[i] < 0)
		return path->tx[i];
	do {
		from.sin_port = htons((uint16_t)(1024 + random_below(seed, 64000)));
	} while (bind(path->tx[i], (void *)&from, sizeof(from)) && errno == EADDRINUSE);
	if (connect(path->tx[i], (const void *)to, sizeof(*to)) ||
	    getsockname(path->tx[i], (void *)&from, &bytes))
		return -errno;
	path->flows[i] = (struct table_flow) {
		.src = ntohl(from.sin_addr.s_addr), .dst = ntohl(to->sin_addr.s_addr),
		.sport = ntohs(from.sin_port), .dport = ntohs(to->sin_port),
	};
	return 0;
}

/**
 * path_open() - make the flows
 * @path: @path->rounds is set; all else is set here
 * @sender_netns: network namespace of the senders; the receiver is in ours
 * @to: IPv4 address of the receiver
 * @seed: for the senders' ports; in and out
 *
 * Return: 0 or -errno; path_close() is allowed after either.
 */
int path_open(struct path *path, const char *sender_netns, const char *to,
	      uint64_t *seed)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int i, err;

	memset(path->tx, -1, sizeof(path->tx));
	path->rx = socket(AF_INET, SOCK_DGRAM, 0);
	if (inet_pton(AF_INET, to, &at.sin_addr) != 1)
		return -EINVAL;
	if (path->rx < 0 || bind(path->rx, (void *)&at, sizeof(at)))
		return -errno;
	for (i = 0; i < PATH_FLOWS; i++) {
		err = open_sender(path, i, sender_netns, &at, seed);
		if (err)
			return err;
	}
	return 0;
}

void path_close(struct path *path)
{
	int i;

	for (i = 0; i < PATH_FLOWS; i++)
		if (path->tx[i] >= 0)
			close(path->tx[i]);
	if (path->rx >= 0)
		close(path->rx);
}

static int by_size(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* One packet there and back to us. */
static uint64_t one(const struct path *path, int flow, uint32_t payload_bytes)
{
	static char bytes[FRAME_MAX];
	const uint64_t before = rtintercept_clock_ns();

	if (send(path->tx[flow], bytes, payload_bytes, 0) < 0 ||
	    recv(path->rx, bytes, sizeof(bytes), 0) < 0)
		return 0;
	return rtintercept_clock_ns() - before;
}

static void drain(struct rtintercept *rti)
{
	while (rti && rtintercept_ring_peek(rti))
		rtintercept_ring_release(rti);
}

/**
 * path_cost() - what a packet costs now
 * @path: the flows
 * @frame_bytes: of each packet, Ethernet header counted
 * @rti: a session whose ring is to be kept empty, outside the measured time; or NULL
 *
 * Return: the mean over the flows of each flow's median, in ns; negative: a
 * packet was lost.
 */
double path_cost(const struct path *path, uint32_t frame_bytes,
		 struct rtintercept *rti)
{
	const uint32_t payload = frame_bytes - PAYLOAD_HEADERS;
	uint64_t *samples = calloc(path->rounds, sizeof(*samples));
	double sum = 0;
	uint32_t round;
	int flow;

	if (!samples)
		return -1;
	for (flow = 0; flow < PATH_FLOWS; flow++) {
		for (round = 0; round < WARM_UP; round++)
			one(path, flow, payload);
		for (round = 0; round < path->rounds; round++) {
			samples[round] = one(path, flow, payload);
			drain(rti);
		}
		qsort(samples, path->rounds, sizeof(*samples), by_size);
		sum += samples[0] ? (double)samples[path->rounds / 2] : -1e18;
	}
	free(samples);
	return sum / PATH_FLOWS;
}
