/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two things at once, one of which is that the module goes, and comes again. */
#include <sys/syscall.h>

#include "device.h"
#include "pairs.h"

#define COUNT_OF(array)	(sizeof(array) / sizeof((array)[0]))

static int is_loaded(void)
{
	return access("/sys/module/rtintercept", F_OK) == 0;
}

static int loads;

static int load(void)
{
	const char *file = getenv("RTI_KO");
	int err, fd = open(file ? file : "", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	err = (int)syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	loads += !err;
	return err;
}

static int begin(void)
{
	return is_loaded() ? 0 : load();
}

static void end(void)
{
}

static int do_unload(void)
{
	return syscall(SYS_delete_module, "rtintercept", O_NONBLOCK) ? -errno : 0;
}

static int do_open(void)
{
	int fd = dev_open();

	if (fd < 0)
		return fd;
	return close(fd) ? -errno : 0;
}

/* Looks at all there is, as an administrator does who comes at a bad time. */
static int do_look(void)
{
	static struct rtintercept_session sessions[256];
	struct rtintercept_session_list l = {
		.size = sizeof(l), .session_size = sizeof(sessions[0]), .count = 256,
		.sessions = (__u64)(unsigned long)sessions,
	};
	struct rtintercept_stats s;
	int err, fd = dev_open();

	if (fd < 0)
		return fd;
	err = dev_ioctl(fd, RTINTERCEPT_IOC_SESSION_LIST, &l);
	err = err ?: dev_stats(fd, &s);
	close(fd);
	return err;
}

/* A session with all it can have. */
static int do_work(void)
{
	struct rtintercept_rule rule = rule_udp(9);
	int err, fd = dev_open();

	if (fd < 0)
		return fd;
	err = dev_ring(fd, 65536, NULL);
	err = err ?: dev_rule(fd, &rule);
	err = err ?: dev_attach(fd, "lo", 0);
	err = err ?: dev_start(fd);
	close(fd);
	return err;
}

/* The node goes first, then whoever holds it is told so. */
#define GONE	-ENOENT, -ENODEV, -ENXIO

static const struct pair pairs[] = {
	{ "open, unload", begin, do_open, do_unload,
	  MAY(0, GONE), MAY(0, -EWOULDBLOCK), 0, end },
	{ "statistics, unload", begin, do_look, do_unload,
	  MAY(0, GONE), MAY(0, -EWOULDBLOCK), 0, end },
	{ "a whole session, unload", begin, do_work, do_unload,
	  MAY(0, GONE), MAY(0, -EWOULDBLOCK), 0, end },
	{ "unload, unload", begin, do_unload, do_unload,
	  MAY(0, GONE, -EBUSY), MAY(0, GONE, -EBUSY), 1, end },
};

int main(void)
{
	pairs_run(pairs, COUNT_OF(pairs));
	is(begin(), 0, "the module is there again");
	printf("# figure load_unload_cycles %d\n", loads);
	return tap_end();
}
