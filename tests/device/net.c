/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network of the device tests: namespaces, raw frames, UDP sockets. */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <time.h>

#include "device.h"

/* Nothing works without: the program ends. */
static int need(int result, const char *what)
{
	if (result >= 0)
		return result;
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Returns what netns_leave() needs; NULL: stay here. */
int netns_enter(const char *name)
{
	int here, there;
	char path[64];

	if (!name)
		return -1;
	here = need(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "netns");
	snprintf(path, sizeof(path), "/run/netns/%s", name);
	there = need(open(path, O_RDONLY | O_CLOEXEC), path);
	need(setns(there, CLONE_NEWNET), "setns");
	close(there);
	return here;
}

void netns_leave(int fd)
{
	if (fd < 0)
		return;
	need(setns(fd, CLONE_NEWNET), "setns");
	close(fd);
}

/*
 * The calling thread, from now on. Packets sent by one CPU are received in that
 * order; those of two may overtake each other.
 */
void stay_on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	need(sched_setaffinity(0, sizeof(set), &set), "affinity");
}

/* A socket that sends whole frames out of an interface. */
int raw_open(const char *netns, const char *ifname)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	int fd, back = netns_enter(netns);

	fd = need(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), "raw socket");
	to.sll_ifindex = (int)if_nametoindex(ifname);
	need(bind(fd, (void *)&to, sizeof(to)), ifname);
	netns_leave(back);
	return fd;
}

/* As it is; see packet_checksum(). */
void raw_send(int fd, struct packet *p)
{
	need((int)send(fd, p->data, p->bytes, 0), "send");
}

/* What an IPv4 stack wants to see. UDP's own may be absent. */
void packet_checksum(struct packet *p)
{
	__u8 *header = p->data + p->l3;
	__u32 sum = 0, i;

	if (p->family != 4)
		return;
	put16(header + 10, 0);
	for (i = 0; i < (header[0] & 15) * 4U; i += 2)
		sum += (__u32)(header[i] << 8 | header[i + 1]);
	sum = (sum >> 16) + (sum & 0xffff);
	put16(header + 10, ~(sum + (sum >> 16)) & 0xffff);
}

/* From the peer, to a UDP socket here. */
void packet_to_here(struct packet *p, __u16 port, __u32 payload)
{
	packet_eth(p, 0x0800);
	packet_ipv4(p, 17, 20, 0);
	memcpy(p->data + p->l3 + 12, "\x0a\x4d\x00\x02\x0a\x4d\x00\x01", 8);
	packet_udp(p, 1111, port);
	packet_payload(p, payload);
	packet_close(p);
	packet_checksum(p);
}

/* Bound to a port, if it is not 0. */
int udp_open(const char *netns, __u16 port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd, size = 8 << 20, back = netns_enter(netns);

	fd = need(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (port)
		need(bind(fd, (void *)&at, sizeof(at)), "bind");
	netns_leave(back);
	return fd;
}

void udp_send(int fd, __u16 port, const void *data, __u32 bytes)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, "10.77.0.1", &to.sin_addr);
	need((int)sendto(fd, data, bytes, 0, (void *)&to, sizeof(to)), "sendto");
}

/* Returns bytes, or -1: none came. */
int udp_receive(int fd, void *data, __u32 bytes, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (poll(&p, 1, timeout_ms) <= 0)
		return -1;
	return (int)recv(fd, data, bytes, MSG_DONTWAIT);
}

/* A shell command. Returns its exit status. */
int run(const char *format, ...)
{
	char command[256];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	return system(command);
}

/* A number from the environment. */
__u64 setting(const char *name, __u64 otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

void sleep_ms(int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * MS };

	nanosleep(&t, NULL);
}

__u64 now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (__u64)t.tv_sec * 1000000000ULL + (__u64)t.tv_nsec;
}
