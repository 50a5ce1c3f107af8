/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module's rule tables; by both hooks, where packets meet them. */
#include "device.h"
#include "tables.h"

static void test_turns(__u32 hook, const char *name)
{
	tables_turns(session_open(HERE, hook, RING_BYTES), 0, name);
	tables_turns(session_open(HERE, hook, RING_BYTES), 1, name);
}

int main(void)
{
	tables_refused(session_open(HERE, 0, RING_BYTES), -ENOENT);
	tables_equal(session_open(HERE, 0, RING_BYTES));
	test_turns(RTINTERCEPT_HOOK_INGRESS, "ingress");
	test_turns(RTINTERCEPT_HOOK_RX_HANDLER, "rx_handler");
	return tap_end();
}
