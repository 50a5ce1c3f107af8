/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replies as objects: set, swapped, looked at, taken away; and every refusal. */
#include "replies.h"

int main(void)
{
	struct rtintercept *rti = session_open(HERE, RTINTERCEPT_HOOK_AUTO, RING_BYTES);

	replies_named(rti, RTINTERCEPT_REPLY_MAY_GROW);
	session_close(rti, "replies");
	return tap_end();
}
