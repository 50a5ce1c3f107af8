/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The thread that receives from an ordinary socket: T3 is read behind recvmsg(). */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "latency/latency.h"
#include "stamp.h"

#define LOOK_US		100000		/* how soon it is noticed that all is over */
#define OFFSET_NS	1000000000ULL	/* how old the clocks' difference may get */

#ifndef SO_MEMINFO
#define SO_MEMINFO	55
#endif
#define MEMINFO_DROPS	8	/* SK_MEMINFO_DROPS of linux/sock_diag.h */

static int bind_to(int family, __u16 port)
{
	const int off = 0;
	struct sockaddr_in6 any6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
	};
	struct sockaddr_in any4 = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int err, fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (family == AF_INET6) {
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
		err = bind(fd, (struct sockaddr *)&any6, sizeof(any6));
	} else {
		err = bind(fd, (struct sockaddr *)&any4, sizeof(any4));
	}
	if (!err)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* Return: 0, or an exit code after a message. */
int listener_open(struct receiver *r)
{
	const struct timeval look = { .tv_usec = LOOK_US };
	int err;

	r->fd = bind_to(AF_INET6, r->o->port);
	if (r->fd == -EAFNOSUPPORT || r->fd == -EADDRNOTAVAIL)
		r->fd = bind_to(AF_INET, r->o->port);
	if (r->fd == -EADDRINUSE) {
		message("--socket", "port %u is another program's; its packets are "
			"measured without --socket", r->o->port);
		return CTL_FAILED;
	}
	if (r->fd < 0) {
		message("--socket", "%s", strerror(-r->fd));
		return CTL_FAILED;
	}
	setsockopt(r->fd, SOL_SOCKET, SO_RCVTIMEO, &look, sizeof(look));
	err = stamp_ask(r->fd);
	if (err)
		message("--socket", "no receive time stamps: %s", strerror(-err));
	return err ? CTL_FAILED : 0;
}

static void source(const struct sockaddr_in6 *from, uint8_t addr[16], __u16 *port)
{
	const struct sockaddr_in *from4 = (const void *)from;

	*port = ntohs(from->sin6_port);		/* where IPv4's is */
	if (from->sin6_family == AF_INET6) {
		memcpy(addr, &from->sin6_addr, 16);
		return;
	}
	memset(addr, 0, 10);
	addr[10] = addr[11] = 0xff;
	memcpy(addr + 12, &from4->sin_addr, 4);
}

/* Return: 1, 0: there was none within the time, -errno. */
static int receive_one(struct receiver *r, int64_t offset_ns)
{
	static uint8_t payload[65536];
	char control[STAMP_CONTROL_BYTES];
	struct sockaddr_in6 from;
	struct iovec iov = { .iov_base = payload, .iov_len = sizeof(payload) };
	struct msghdr m = {
		.msg_name = &from, .msg_namelen = sizeof(from),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct sample sample;
	uint8_t addr[16];
	ssize_t bytes;
	__u16 port;

	bytes = recvmsg(r->fd, &m, r->o->spin ? MSG_DONTWAIT : 0);
	if (bytes < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	sample.had_ns = rtintercept_clock_ns();
	sample.seen_ns = stamp_ns(&m, offset_ns);
	source(&from, addr, &port);
	sample.key = match_key(addr, port, payload, (size_t)bytes);
	samples_put(&r->samples, &sample);
	return 1;
}

static void count_lost(struct receiver *r)
{
	__u32 info[16] = { 0 };
	socklen_t bytes = sizeof(info);

	if (!getsockopt(r->fd, SOL_SOCKET, SO_MEMINFO, info, &bytes))
		__atomic_store_n(&r->lost, info[MEMINFO_DROPS], __ATOMIC_RELAXED);
}

static void loop(struct receiver *r)
{
	__u64 offset_at_ns = 0, now_ns;
	int64_t offset_ns = 0;
	int got;

	while (!intercept_stopped()) {
		now_ns = rtintercept_clock_ns();
		if (!offset_at_ns || now_ns > offset_at_ns + OFFSET_NS) {
			offset_ns = stamp_offset_ns();
			offset_at_ns = now_ns;
			count_lost(r);
		}
		got = receive_one(r, offset_ns);
		if (got < 0)
			return receiver_failed(r, got);
	}
}

/* The same priority and, unless one of them spins, the same CPU as the reader. */
void *listener_run(void *receiver)
{
	struct receiver *r = receiver;
	struct intercept_options o = r->o->intercept;

	if (r->o->spin)
		o.cpu = 0;
	intercept_realtime(&o, NULL);
	receiver_begin(&r->usage);
	loop(r);
	receiver_end(&r->usage);
	count_lost(r);
	close(r->fd);
	return NULL;
}
