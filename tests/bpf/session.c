/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions of either backend. */
#include <stdio.h>

#include "bpf.h"

/* Nothing works without: the program ends. */
void must(int err, const char *what)
{
	if (err >= 0)
		return;
	printf("Bail out! %s: %s\n", what, strerror(-err));
	exit(1);
}

__u32 hook_by_name(const char *name)
{
	static const char *const names[] = {
		"auto", "ingress", "rx_handler", "xdp_native", "xdp_generic",
	};
	__u32 i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return i;
	must(-EINVAL, name);
	return 0;
}

/* On an interface, with a ring, not yet started. @hook: in: wanted, out: in use. */
struct rtintercept *session_of(__u32 backend, const char *ifname, __u32 *hook,
			       __u64 ring_bytes)
{
	const struct rtintercept_open_opts opts = {
		.size = sizeof(opts),
		.backend = backend,
	};
	struct rtintercept *rti;

	must(rtintercept_open(&rti, &opts), "open");
	must(rtintercept_ring_setup(rti, ring_bytes), "ring setup");
	must(rtintercept_attach(rti, index_of(ifname), hook), "attach");
	return rti;
}

/*
 * More news of an interface than a session that does not listen has room for: what
 * comes next is lost.
 */
void deafen(const char *ifname)
{
	must(run("i=0; while [ $i -lt 400 ]; do echo link set %s alias $i; i=$((i + 1)); done |"
		 " ip -batch -", ifname) ? -EIO : 0, "ip -batch");
}
