/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Interfaces that are shared with other XDP programs by libxdp's dispatcher.
 *
 * libxdp pins what it attaches, so that it outlives the process; a session must
 * not. A component is held in its dispatcher by a link, pinned beside the
 * program. As soon as we hold our link by a file descriptor its pin is taken
 * away, and the program pinned in its place: when the process ends, however it
 * ends, the kernel undoes the link, and the dispatcher passes our place by. The
 * files stay as libxdp wants to find them: it reads a dispatcher's state from the
 * programs' pins, and of the links' pins it only ever removes the names.
 *
 * One thing is out of our hands: a tool that adds its program after us builds a
 * new dispatcher, with new pins for all. From then on only a detach in peace
 * takes us out.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <xdp/libxdp.h>

#include "lib/xdp.h"
#include "rtintercept.skel.h"

#define DISPATCHER_PROGRAMS	10	/* as many as libxdp's has room for */
#define RUN_PRIORITY		10	/* before the default, 50: as early as possible */

/**
 * struct rti_xdp_shared - our place in a dispatcher
 * @skel: the program, loaded by libxdp as an extension of the dispatcher
 * @prog: the same, as libxdp knows it
 * @ifindex: interface
 * @mode: native or generic
 * @link_fd: holds the place
 */
struct rti_xdp_shared {
	struct rtintercept_bpf *skel;
	struct xdp_program *prog;
	__u32 ifindex;
	enum xdp_attach_mode mode;
	int link_fd;
};

static int silent(enum libxdp_print_level level, const char *format, va_list args)
{
	return 0;
}

static int program_id(int fd, __u32 *id)
{
	struct bpf_prog_info info = {};
	__u32 bytes = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &bytes))
		return -errno;
	*id = info.id;
	return 0;
}

/* Is the program that is pinned at @path the one of this id? */
static int is_pinned(const char *path, __u32 id)
{
	__u32 there = 0;
	int fd = bpf_obj_get(path);

	if (fd < 0)
		return 0;
	if (program_id(fd, &there))
		there = 0;
	close(fd);
	return there == id;
}

/* Where libxdp pinned our link: beside our program, in its dispatcher's folder. */
static int find_link(const struct rti_xdp_shared *s, char pin[PATH_MAX])
{
	const char *bpffs = getenv("LIBXDP_BPFFS");
	__u32 id = 0, dispatcher = 0;
	int i, err;

	err = program_id(xdp_program__fd(s->prog), &id);
	if (!err)
		err = bpf_xdp_query_id((int)s->ifindex, s->mode == XDP_MODE_SKB ?
				       XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE,
				       &dispatcher);
	for (i = 0; !err && i < DISPATCHER_PROGRAMS; i++) {
		snprintf(pin, PATH_MAX, "%s/xdp/dispatch-%u-%u/prog%d-prog",
			 bpffs ? bpffs : "/sys/fs/bpf", s->ifindex, dispatcher, i);
		if (!is_pinned(pin, id))
			continue;
		snprintf(pin, PATH_MAX, "%s/xdp/dispatch-%u-%u/prog%d-link",
			 bpffs ? bpffs : "/sys/fs/bpf", s->ifindex, dispatcher, i);
		return 0;
	}
	return err ? err : -ENOENT;
}

/* From here on the place is ours as long as the process lives. */
static int hold_link(struct rti_xdp_shared *s)
{
	char pin[PATH_MAX];
	int err = find_link(s, pin);

	if (err)
		return err;
	s->link_fd = bpf_obj_get(pin);
	if (s->link_fd < 0 || unlink(pin) ||
	    bpf_obj_pin(xdp_program__fd(s->prog), pin))
		return -errno;
	return 0;
}

static int attach(struct rti_xdp_shared *s)
{
	int err = xdp_program__attach_multi(&s->prog, 1, (int)s->ifindex, s->mode, 0);

	if (err)
		return err == -EOPNOTSUPP || err == -EPERM || err == -ENOMEM ? err : -EBUSY;
	err = hold_link(s);
	if (err)
		xdp_program__detach_multi(&s->prog, 1, (int)s->ifindex, s->mode, 0);
	return err ? -EBUSY : 0;
}

static int create(struct rti_xdp_shared *s, int frags)
{
	DECLARE_LIBXDP_OPTS(xdp_program_opts, opts, .obj = s->skel->obj,
			    .prog_name = frags ? "rti_xdp_frags" : "rti_xdp");
	int err;

	s->prog = xdp_program__create(&opts);
	err = (int)libxdp_get_error(s->prog);
	if (err) {
		s->prog = NULL;
		return err;
	}
	return xdp_program__set_run_prio(s->prog, RUN_PRIORITY);
}

static void release(struct rti_xdp_shared *s)
{
	if (s->link_fd >= 0)
		close(s->link_fd);
	xdp_program__close(s->prog);
	rtintercept_bpf__destroy(s->skel);
	free(s);
}

/**
 * rti_xdp_share() - take a place in the dispatcher of an interface
 * @xdp: our session
 * @ifindex: the interface, on which another program is
 * @mode: XDP_FLAGS_DRV_MODE or XDP_FLAGS_SKB_MODE
 * @frags: with the program for packets of several buffers
 * @out: out: our place, for rti_xdp_unshare()
 *
 * Return: 0; -EBUSY the other program is in no dispatcher; -EOPNOTSUPP this
 * kernel cannot have one.
 */
int rti_xdp_share(struct rti_xdp *xdp, __u32 ifindex, __u32 mode, int frags,
		  struct rti_xdp_shared **out)
{
	libxdp_print_fn_t printer = libxdp_set_print(silent);
	libbpf_print_fn_t libbpf_printer = libbpf_set_print(NULL);
	struct rti_xdp_shared *s = calloc(1, sizeof(*s));
	int err = s ? 0 : -ENOMEM;

	if (!err) {
		s->ifindex = ifindex;
		s->mode = mode == XDP_FLAGS_SKB_MODE ? XDP_MODE_SKB : XDP_MODE_NATIVE;
		s->link_fd = -1;
		err = rti_xdp_open_program(xdp, frags, &s->skel);
	}
	if (!err)
		err = create(s, frags);
	if (!err)
		err = attach(s);
	if (err && s)
		release(s);
	else
		*out = s;
	libxdp_set_print(printer);
	libbpf_set_print(libbpf_printer);
	return err;
}

/* Gives the place back; the other programs stay. */
void rti_xdp_unshare(struct rti_xdp_shared *s)
{
	libxdp_print_fn_t printer = libxdp_set_print(silent);
	libbpf_print_fn_t libbpf_printer = libbpf_set_print(NULL);

	xdp_program__detach_multi(&s->prog, 1, (int)s->ifindex, s->mode, 0);
	release(s);
	libxdp_set_print(printer);
	libbpf_set_print(libbpf_printer);
}
