/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interfaces that are shared with other XDP programs by libxdp's dispatcher. */
#include <errno.h>

#include "lib/xdp.h"

int rti_xdp_share(struct rti_xdp *xdp, __u32 ifindex, __u32 mode, int frags,
		  struct rti_xdp_shared **out)
{
	return -EBUSY;
}

int rti_xdp_share_update(struct rti_xdp_shared *shared, int program_fd)
{
	return -EBUSY;
}

void rti_xdp_unshare(struct rti_xdp_shared *shared)
{
}
