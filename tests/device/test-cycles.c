/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cycles of sleeping and being woken, with a session of the module. */
#include "device.h"

#define PORT	7005

int main(void)
{
	int raw = raw_open(PEER, THERE);
	struct rtintercept *rti = session_open(HERE, 0, RING_BYTES);

	session_rule(rti, rule_udp(PORT));
	rtintercept_start(rti);
	cycles(rti, raw, PORT);
	session_close(rti, "cycles");
	return tap_end();
}
