/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network interfaces, as sysfs shows them. */
#ifndef NETDEV_H
#define NETDEV_H

#include <linux/types.h>
#include <net/if.h>
#include <stddef.h>

int netdev_holder(const char *name, char holder[IF_NAMESIZE]);
int netdev_has_ethernet(const char *name);

#endif /* NETDEV_H */
