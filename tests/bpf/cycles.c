/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cycles of sleeping and being woken, with a session of the XDP backend. */
#include "bpf.h"

#define PORT	7005

int main(void)
{
	__u32 hook = RTINTERCEPT_HOOK_AUTO;
	int raw = raw_open(PEER, THERE);
	struct rtintercept *rti = session_of(RTINTERCEPT_BACKEND_XDP, HERE, &hook,
					     RING_BYTES);

	session_rule(rti, rule_udp(PORT));
	must(rtintercept_start(rti), "start");
	cycles(rti, raw, PORT);
	session_close(rti, "cycles");
	return tap_end();
}
