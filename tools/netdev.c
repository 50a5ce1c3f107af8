/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network interfaces, as sysfs shows them. */
#include <dirent.h>
#include <libgen.h>
#include <limits.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "netdev.h"

#define SYSFS	"/sys/class/net"

/* The last part of what a link points to. Return: 0, or -1. */
static int link_name(const char *path, char name[IF_NAMESIZE])
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n < 0)
		return -1;
	target[n] = '\0';
	snprintf(name, IF_NAMESIZE, "%s", basename(target));
	return 0;
}

/* Does @name, an interface on top of another, take the other's rx_handler? */
static int takes_rx_handler(const char *name)
{
	static const char *const kinds[] = {
		"DEVTYPE=macvlan", "DEVTYPE=macvtap", "DEVTYPE=ipvlan",
	};
	char path[PATH_MAX], line[128];
	size_t i;
	int found = 0;
	FILE *f;

	snprintf(path, sizeof(path), SYSFS "/%s/uevent", name);
	f = fopen(path, "r");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			found |= !strcmp(line, kinds[i]);
	}
	fclose(f);
	return found;
}

/**
 * netdev_holder() - who holds an interface's rx_handler?
 * @name: the interface
 * @holder: out: the bridge, bond, ... or macvlan
 *
 * Return: 1 somebody does, 0 nobody that sysfs knows of.
 */
int netdev_holder(const char *name, char holder[IF_NAMESIZE])
{
	char path[PATH_MAX];
	struct dirent *entry;
	int found = 0;
	DIR *dir;

	snprintf(path, sizeof(path), SYSFS "/%s/master", name);
	if (!link_name(path, holder))
		return 1;
	snprintf(path, sizeof(path), SYSFS "/%s", name);
	dir = opendir(path);
	if (!dir)
		return 0;
	while (!found && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "upper_", 6))
			continue;
		found = takes_rx_handler(entry->d_name + 6);
		snprintf(holder, IF_NAMESIZE, "%.15s", entry->d_name + 6);
	}
	closedir(dir);
	return found;
}

/* Do its packets begin with an Ethernet header? Unknown interfaces: yes. */
int netdev_has_ethernet(const char *name)
{
	int type = ARPHRD_ETHER;
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), SYSFS "/%s/type", name);
	f = fopen(path, "r");
	if (!f)
		return 1;
	if (fscanf(f, "%d", &type) != 1)
		type = ARPHRD_ETHER;
	fclose(f);
	return type == ARPHRD_ETHER || type == ARPHRD_LOOPBACK;
}
