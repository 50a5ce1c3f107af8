/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What this kernel lets a program do. Asked of the kernel where it answers, not of
 * its version, which distributions change; when a session is opened, so that nobody takes
 * the backend for usable and finds out at the first interface.
 */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/capability.h>

#include "lib/xdp.h"
#include "rtintercept.skel.h"

/* Of the object's programs only this one. */
int rti_xdp_load_only(struct rtintercept_bpf *skel, struct bpf_program *wanted)
{
	struct bpf_program *program;
	int err = 0;

	bpf_object__for_each_program(program, skel->obj)
		if (!err)
			err = bpf_program__set_autoload(program,
							program == wanted);
	return err;
}

/**
 * rti_xdp_supported() - has this kernel what the program needs?
 *
 * The youngest of it are dynptrs, of Linux 5.19.
 *
 * Return: 0, or -EOPNOTSUPP.
 */
int rti_xdp_supported(void)
{
	libbpf_print_fn_t printer = libbpf_set_print(NULL);
	int has = libbpf_probe_bpf_helper(BPF_PROG_TYPE_XDP,
					  BPF_FUNC_ringbuf_reserve_dynptr, NULL);

	libbpf_set_print(printer);
	return has == 0 ? -EOPNOTSUPP : 0;
}

/* The probes look at none of them, and they are large. */
static int without_tables(struct rtintercept_bpf *skel)
{
	int err = bpf_map__set_autocreate(skel->maps.rti_tables, false);

	if (!err)
		err = bpf_map__set_autocreate(skel->maps.rti_large, false);
	return err ? err : bpf_map__set_autocreate(skel->maps.rti_slots, false);
}

/*
 * Does the kernel take this program of the object, which never runs? It says so
 * only of a program that tries.
 */
static int takes(const char *program)
{
	libbpf_print_fn_t printer = libbpf_set_print(NULL);
	struct rtintercept_bpf *skel = rtintercept_bpf__open();
	int does = skel &&
		   !rti_xdp_load_only(skel,
				      bpf_object__find_program_by_name(skel->obj,
								       program)) &&
		   !without_tables(skel) && !rtintercept_bpf__load(skel);

	rtintercept_bpf__destroy(skel);
	libbpf_set_print(printer);
	return does;
}

/**
 * rti_xdp_has_timers() - may a program set a timer?
 *
 * Not under PREEMPT_RT.
 *
 * Return: 1 or 0. Without timers there is no watermark, since that needs a
 * deadline.
 */
int rti_xdp_has_timers(void)
{
	return takes("rti_probe_timers");
}

/**
 * rti_xdp_may_read() - may a program read kernel memory?
 *
 * Not where the kernel keeps its memory to itself, lockdown=confidentiality.
 *
 * Return: 1 or 0: then nothing is fetched ahead, and records come later.
 */
int rti_xdp_may_read(void)
{
	return takes("rti_probe_reads");
}

/** rti_xdp_preempted() - may one packet's program interrupt another's on its CPU? */
int rti_xdp_preempted(void)
{
	struct utsname name;

	return !uname(&name) && strstr(name.version, "PREEMPT_RT") != NULL;
}

/**
 * rti_xdp_trusted() - does the verifier allow us what it allows root?
 *
 * Return: 1 or 0: neither CAP_PERFMON nor CAP_SYS_ADMIN.
 */
int rti_xdp_trusted(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};

	if (syscall(SYS_capget, &header, data))
		return 1;
	return (data[CAP_TO_INDEX(CAP_PERFMON)].effective &
		CAP_TO_MASK(CAP_PERFMON)) ||
	       (data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective &
		CAP_TO_MASK(CAP_SYS_ADMIN));
}
