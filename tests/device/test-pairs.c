/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two things at once: on one session, one interface, one ring. */
#include <linux/if.h>
#include <linux/if_tun.h>

#include "pairs.h"
#include "program.h"

#define PORT	7001
#define PAGE	4096UL
#define RING	65536UL
#define PACKETS	8
/* Nothing sleeps so long, unless nobody wakes it. */
#define LONG_MS	1000000

static int fd, admin, raw, tun;
static __u32 id, tun_index, program_id;

/* ---- what a round starts from ---- */

static int begin_new(void)
{
	struct rtintercept_info info = { .size = sizeof(info) };

	fd = dev_open();
	if (fd < 0 || dev_ioctl(fd, RTINTERCEPT_IOC_INFO, &info))
		return -1;
	id = info.session_id;
	return 0;
}

static int begin_ready(void)
{
	return begin_new() || dev_ring(fd, RING, NULL);
}

static int begin_running(void)
{
	struct rtintercept_rule rule = rule_udp(PORT);
	const struct sock_filter all[] = { RET(~0U) };

	program_id = 0;
	if (begin_ready() || program_cbpf(fd, &program_id, all, 1))
		return -1;
	rule.match |= RTINTERCEPT_MATCH_PROGRAM;
	rule.program_id = program_id;
	return dev_rule(fd, &rule) || dev_attach(fd, HERE, 0) || dev_start(fd);
}

/* An interface that goes when its descriptor is closed. */
static int begin_fleeting(void)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };

	tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (tun < 0)
		return -1;
	strcpy(request.ifr_name, "fleeting");
	if (ioctl(tun, TUNSETIFF, &request))
		return -1;
	tun_index = index_of("fleeting");
	return begin_ready();
}

static int begin_on_fleeting(void)
{
	return begin_fleeting() || dev_attach(fd, "fleeting", 0) || dev_start(fd);
}

static void end(void)
{
	if (fd >= 0)
		close(fd);
	fd = -1;
}

static void end_fleeting(void)
{
	end();
	if (tun >= 0)
		close(tun);
	tun = -1;
}

/* ---- what is done ---- */

static int do_ring(void)
{
	return dev_ring(fd, RING, NULL);
}

static int do_map(void)
{
	void *p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	return munmap(p, PAGE);
}

static int do_close(void)
{
	const int closed = fd;

	fd = -1;
	return close(closed);
}

static int do_add(void)
{
	struct rtintercept_rule rule = rule_udp(9);

	return dev_rule(fd, &rule);
}

static int do_add_seven(void)
{
	struct rtintercept_rule rule = rule_udp(9);

	rule.id = 7;
	return dev_rule(fd, &rule);
}

static int do_flush(void)
{
	struct rtintercept_rule_flush flush = { .size = sizeof(flush) };

	return dev_ioctl(fd, RTINTERCEPT_IOC_RULE_FLUSH, &flush);
}

static int do_replace(void)
{
	struct rtintercept_rule rules[3] = { rule_udp(PORT), rule_udp(1), rule_udp(2) };
	struct rtintercept_rule_replace r = {
		.size = sizeof(r), .rule_size = sizeof(rules[0]), .count = 3,
		.rules = (__u64)(unsigned long)rules,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_RULE_REPLACE, &r);
}

static int do_swap(void)
{
	const struct sock_filter none[] = { RET(0) };

	return program_cbpf(fd, &program_id, none, 1);
}

static int do_attach(void)
{
	return dev_attach(fd, HERE, 0);
}

static int do_attach_fleeting(void)
{
	struct rtintercept_attach a = { .size = sizeof(a), .ifindex = tun_index };

	return dev_ioctl(fd, RTINTERCEPT_IOC_ATTACH, &a);
}

static int detach(__u32 ifindex)
{
	struct rtintercept_detach d = { .size = sizeof(d), .ifindex = ifindex };

	return dev_ioctl(fd, RTINTERCEPT_IOC_DETACH, &d);
}

static int do_detach(void)
{
	return detach(index_of(HERE));
}

static int do_detach_fleeting(void)
{
	return detach(tun_index);
}

static int do_remove(void)
{
	const int closed = tun;

	tun = -1;
	return close(closed);
}

static int do_stop(void)
{
	return dev_stop(fd) || dev_start(fd) ? -1 : 0;
}

/* The administrator's, who knows the session by its number. */
static int do_look(void)
{
	struct rtintercept_stats s = { .size = sizeof(s), .session_id = id };

	return dev_ioctl(admin, RTINTERCEPT_IOC_STATS, &s);
}

static int do_add_for_another(void)
{
	struct rtintercept_rule_add add = {
		.size = sizeof(add), .session_id = id, .rule = rule_udp(9),
	};

	return dev_ioctl(admin, RTINTERCEPT_IOC_RULE_ADD, &add);
}

static int do_list(void)
{
	static struct rtintercept_session sessions[256];
	struct rtintercept_session_list l = {
		.size = sizeof(l), .session_size = sizeof(sessions[0]), .count = 256,
		.sessions = (__u64)(unsigned long)sessions,
	};

	return dev_ioctl(admin, RTINTERCEPT_IOC_SESSION_LIST, &l);
}

static int do_send(void)
{
	struct packet p;
	int i;

	packet_to_here(&p, PORT, 64);
	for (i = 0; i < PACKETS; i++)
		raw_send(raw, &p);
	return 0;
}

/* A record must end each of these sleeps: none may be lost. */
static int do_poll(void)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, LONG_MS) == 1 ? 0 : -ETIME;
}

static int do_wait(void)
{
	struct rtintercept_wait w = {
		.size = sizeof(w), .deadline_ns = now_ns() + LONG_MS * MS,
	};
	int err = dev_ioctl(fd, RTINTERCEPT_IOC_WAIT, &w);

	return err ?: w.reason == RTINTERCEPT_WAIT_DEADLINE ? -ETIME : 0;
}

static int do_read(void)
{
	static char records[RING];

	return read(fd, records, sizeof(records)) > 0 ? 0 : -errno;
}

static int do_watermark(void)
{
	struct rtintercept_wakeup w = {
		.size = sizeof(w), .records = 2, .deadline_us = 1000,
	};

	return dev_ioctl(fd, RTINTERCEPT_IOC_WAKEUP, &w);
}

/* Only looks: nothing would wake it. */
static int do_poll_briefly(void)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 1) < 0 ? -errno : 0;
}

static const struct pair pairs[] = {
	{ "two rings at once", begin_new, do_ring, do_ring,
	  MAY(0, -EEXIST), MAY(0, -EEXIST), 1, end },
	{ "one rule's name twice", begin_new, do_add_seven, do_add_seven,
	  MAY(0, -EEXIST), MAY(0, -EEXIST), 1, end },
	{ "a rule is added, all are flushed", begin_new, do_add, do_flush,
	  MAY(0), MAY(0), 0, end },
	{ "a table is replaced, and changed", begin_new, do_replace, do_add,
	  MAY(0), MAY(0), 0, end },
	{ "a ring is made, and mapped", begin_new, do_ring, do_map,
	  MAY(0), MAY(0, -EINVAL), 0, end },
	{ "two attach", begin_new, do_attach, do_attach,
	  MAY(0, -EEXIST), MAY(0, -EEXIST), 1, end },
	{ "attach, detach", begin_new, do_attach, do_detach,
	  MAY(0), MAY(0, -ENOENT), 0, end },
	{ "statistics, close", begin_running, do_look, do_close,
	  MAY(0, -ENOENT), MAY(0), 0, end },
	{ "another's rule, close", begin_running, do_add_for_another, do_close,
	  MAY(0, -ENOENT), MAY(0), 0, end },
	{ "all are listed, close", begin_running, do_list, do_close,
	  MAY(0), MAY(0), 0, end },
	{ "mmap, close", begin_ready, do_map, do_close,
	  MAY(0, -EBADF), MAY(0), 0, end },
	{ "poll, close", begin_ready, do_poll_briefly, do_close,
	  MAY(0), MAY(0), 0, end },
	{ "wait, close", begin_ready, do_wait, do_close,
	  MAY(-EBADF), MAY(0), 0, end },
	{ "poll, a packet", begin_running, do_poll, do_send,
	  MAY(0), MAY(0), 0, end },
	{ "wait, a packet", begin_running, do_wait, do_send,
	  MAY(0), MAY(0), 0, end },
	{ "read, a packet", begin_running, do_read, do_send,
	  MAY(0), MAY(0), 0, end },
	{ "a watermark, a packet", begin_running, do_watermark, do_send,
	  MAY(0), MAY(0), 0, end },
	{ "replace, packets", begin_running, do_replace, do_send,
	  MAY(0), MAY(0), 0, end },
	{ "a program is swapped, packets", begin_running, do_swap, do_send,
	  MAY(0), MAY(0), 0, end },
	{ "stop and start, packets", begin_running, do_stop, do_send,
	  MAY(0), MAY(0), 0, end },
	{ "detach, packets", begin_running, do_detach, do_send,
	  MAY(0), MAY(0), 0, end },
	{ "close, packets", begin_running, do_close, do_send,
	  MAY(0), MAY(0), 0, end },
	{ "attach, the interface goes", begin_fleeting, do_attach_fleeting,
	  do_remove, MAY(0, -ENOENT, -ENODEV), MAY(0), 0, end_fleeting },
	{ "detach, the interface goes", begin_on_fleeting, do_detach_fleeting,
	  do_remove, MAY(0, -ENOENT), MAY(0), 0, end_fleeting },
	{ "close, the interface goes", begin_on_fleeting, do_close, do_remove,
	  MAY(0), MAY(0), 0, end_fleeting },
	{ "wait, the interface goes", begin_on_fleeting, do_wait, do_remove,
	  MAY(0), MAY(0), 0, end_fleeting },
};

int main(void)
{
	run("modprobe -q tun; mkdir -p /dev/net; "
	    "test -e /dev/net/tun || mknod /dev/net/tun c 10 200");
	raw = raw_open(PEER, THERE);
	admin = dev_open();
	/* Always one hook: the emulator stumbles over code that is patched all the time. */
	dev_attach(admin, HERE, 0);
	pairs_run(pairs, COUNT_OF(pairs));
	close(admin);
	close(raw);
	return tap_end();
}
