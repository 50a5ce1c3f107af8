/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a packet costs on its way from a sender's socket to a receiver's, in one thread. */
#ifndef RTINTERCEPT_BENCH_PATH_H
#define RTINTERCEPT_BENCH_PATH_H

#include <stdint.h>
#include "lib/rtintercept.h"
#include "tools/bench/table.h"

#define PATH_FLOWS	32

/**
 * struct path - the flows, with a socket at each end of each
 * @tx: sockets, connected
 * @rx: socket, bound to the flows' port
 * @flows: the same, as values
 * @rounds: how often each flow is measured; the median counts
 */
struct path {
	int tx[PATH_FLOWS];
	int rx;
	struct table_flow flows[PATH_FLOWS];
	uint32_t rounds;
};

int path_open(struct path *path, const char *sender_netns, const char *to,
	      uint64_t *seed);
void path_close(struct path *path);
int path_netns_enter(const char *netns);
int path_netns_leave(int here);
int path_socket(const char *netns);
double path_cost(const struct path *path, uint32_t frame_bytes,
		 struct rtintercept *drain);

#endif
