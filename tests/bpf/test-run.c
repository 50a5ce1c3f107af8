/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running a session's program without an interface, by BPF_PROG_TEST_RUN. The
 * library keeps the program to itself: it is found by the map of the session.
 */
#include <bpf/bpf.h>

#include "bpf.h"

#define MAPS_MAX	16

static int uses_map(int fd, __u32 map)
{
	__u32 ids[MAPS_MAX] = {}, bytes, i;
	struct bpf_prog_info info = {
		.nr_map_ids = MAPS_MAX,
		.map_ids = (__u64)(unsigned long)ids,
	};

	bytes = sizeof(info);
	if (bpf_obj_get_info_by_fd(fd, &info, &bytes))
		return 0;
	for (i = 0; i < info.nr_map_ids && i < MAPS_MAX; i++)
		if (ids[i] == map)
			return 1;
	return 0;
}

/* The program that serves a session, as a file descriptor; ends if there is none. */
int program_of(struct rtintercept *rti)
{
	struct rtintercept_info info;
	__u32 id = 0;
	int fd;

	must(rtintercept_info(rti, &info), "info");
	while (!bpf_prog_get_next_id(id, &id)) {
		fd = bpf_prog_get_fd_by_id(id);
		if (fd < 0)
			continue;
		if (uses_map(fd, info.session_id & ~RTINTERCEPT_SESSION_ID_XDP))
			return fd;
		close(fd);
	}
	must(-ENOENT, "the session's program");
	return -1;
}

/* As if it came on @ifindex. Return: XDP_*, or -errno. */
int program_run(int program_fd, const struct packet *p, __u32 ifindex)
{
	static __u8 out[PACKET_MAX];
	struct xdp_md md = {
		.data_end = p->bytes,
		.ingress_ifindex = ifindex,
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = p->data,
		.data_size_in = p->bytes,
		.data_out = out,
		.data_size_out = sizeof(out),
		.ctx_in = &md,
		.ctx_size_in = sizeof(md),
	);

	if (bpf_prog_test_run_opts(program_fd, &opts))
		return -errno;
	if (opts.data_size_out != p->bytes || memcmp(out, p->data, p->bytes))
		return -EILSEQ;
	return (int)opts.retval;
}
