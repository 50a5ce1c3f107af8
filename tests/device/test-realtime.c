/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The library's real-time set-up, with a session of the module. */
#include "device.h"

#define PORT	7003

int main(void)
{
	int raw = raw_open(PEER, THERE);
	struct rtintercept *rti = session_open(HERE, 0, RING_BYTES);

	session_rule(rti, rule_udp(PORT));
	rtintercept_start(rti);
	steady(rti, raw, PORT);
	session_close(rti, "real time");
	return tap_end();
}
