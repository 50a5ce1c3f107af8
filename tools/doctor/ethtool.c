/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks a driver by the ethtool ioctl; only ever commands that get. */
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "doctor/nic.h"

#define FEATURES_MAX	512

/* @command: begins with its number, as all of them do */
static int ask(int fd, const char *name, void *command)
{
	struct ifreq request;

	memset(&request, 0, sizeof(request));
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	request.ifr_data = command;
	return ioctl(fd, SIOCETHTOOL, &request);
}

static void ask_coalescing(int fd, const char *name, struct nic *nic)
{
	struct ethtool_coalesce coalesce = { .cmd = ETHTOOL_GCOALESCE };

	if (ask(fd, name, &coalesce))
		return;
	nic->rx_usecs = (long)coalesce.rx_coalesce_usecs;
	nic->rx_frames = (long)coalesce.rx_max_coalesced_frames;
	nic->adaptive_rx = !!coalesce.use_adaptive_rx_coalesce;
}

static void ask_eee(int fd, const char *name, struct nic *nic)
{
	struct ethtool_eee eee = { .cmd = ETHTOOL_GEEE };

	if (!ask(fd, name, &eee))
		nic->eee = !!eee.eee_enabled;
}

/* How many features this kernel knows; 0: it does not tell. */
static unsigned int count_features(int fd, const char *name)
{
	union {
		struct ethtool_sset_info info;
		__u32 words[sizeof(struct ethtool_sset_info) / sizeof(__u32) + 1];
	} sets;
	unsigned int count;

	memset(&sets, 0, sizeof(sets));
	sets.info.cmd = ETHTOOL_GSSET_INFO;
	sets.info.sset_mask = 1ULL << ETH_SS_FEATURES;
	if (ask(fd, name, &sets) || !sets.info.sset_mask)
		return 0;
	count = sets.words[sizeof(struct ethtool_sset_info) / sizeof(__u32)];
	return count > FEATURES_MAX ? 0 : count;
}

static void note_feature(struct nic *nic, const char *feature, int on)
{
	if (!strcmp(feature, "rx-gro"))
		nic->gro = on;
	else if (!strcmp(feature, "rx-lro"))
		nic->lro = on;
	else if (!strcmp(feature, "rx-gro-hw"))
		nic->hw_gro = on;
}

static void ask_features(int fd, const char *name, struct nic *nic)
{
	const unsigned int count = count_features(fd, name);
	const unsigned int blocks = (count + 31) / 32;
	struct ethtool_gstrings *names;
	struct ethtool_gfeatures *values;
	char feature[ETH_GSTRING_LEN + 1] = "";
	unsigned int i;

	names = calloc(1, sizeof(*names) + count * ETH_GSTRING_LEN);
	values = calloc(1, sizeof(*values) + blocks * sizeof(values->features[0]));
	if (names && values && count) {
		names->cmd = ETHTOOL_GSTRINGS;
		names->string_set = ETH_SS_FEATURES;
		names->len = count;
		values->cmd = ETHTOOL_GFEATURES;
		values->size = blocks;
		if (ask(fd, name, names) || ask(fd, name, values))
			names->len = 0;
		for (i = 0; i < names->len && i < count; i++) {
			memcpy(feature, names->data + i * ETH_GSTRING_LEN,
			       ETH_GSTRING_LEN);
			note_feature(nic, feature,
				     values->features[i / 32].active >> i % 32 & 1);
		}
	}
	free(names);
	free(values);
}

void nic_ask_driver(struct nic *nic, const char *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	ask_coalescing(fd, name, nic);
	ask_features(fd, name, nic);
	ask_eee(fd, name, nic);
	close(fd);
}
