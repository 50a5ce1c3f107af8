/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A record as a line of text. */
#ifndef PACKET_H
#define PACKET_H

#include <stdio.h>

#include <rtintercept.h>

void packet_print(FILE *out, const struct rtintercept_record *record,
		  const char *ifname, __s64 realtime_ns);

#endif /* PACKET_H */
