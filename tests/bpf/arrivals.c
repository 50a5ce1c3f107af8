/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What arrives at the stack behind both backends: packet sockets, each bound to
 * one protocol, because one for all protocols looks before the module does.
 */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include "bpf.h"
#include "tests/golden/corpus.h"

#define LLC		4	/* what the kernel makes of a length as ethertype */
#define KINDS_MAX	32

static struct {
	__u16 protocol;
	int fd;
} kinds[KINDS_MAX];
static int kinds_count;

static int tagged(const struct packet *p)
{
	const int ethertype = p->data[12] << 8 | p->data[13];

	return (ethertype == 0x8100 || ethertype == 0x88a8) && p->bytes >= 20;
}

/* Behind the outermost tag, which the stack takes out. */
static __u16 protocol_of(const struct packet *p)
{
	const __u8 *at = p->data + (tagged(p) ? 16 : 12);
	const __u16 protocol = (__u16)(at[0] << 8 | at[1]);

	return protocol < 0x600 ? LLC : protocol;
}

static int socket_of(__u16 protocol)
{
	int i;

	for (i = 0; i < kinds_count; i++)
		if (kinds[i].protocol == protocol)
			return kinds[i].fd;
	return -1;
}

static void open_kind(__u16 protocol)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(protocol),
		.sll_ifindex = (int)index_of(HERE),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	must(fd < 0 ? -errno : 0, "packet socket");
	must(bind(fd, (void *)&at, sizeof(at)) ? -errno : 0, "bind to " HERE);
	must(kinds_count < KINDS_MAX ? 0 : -ENOSPC, "protocols");
	kinds[kinds_count].protocol = protocol;
	kinds[kinds_count++].fd = fd;
}

/* One socket for each protocol of the corpus. */
void arrivals_open(void)
{
	static struct packet p;
	struct golden_walk walk = {};

	while (golden_next(&walk, &p))
		if (socket_of(protocol_of(&p)) < 0)
			open_kind(protocol_of(&p));
}

/* Return: 1 it has arrived, byte for byte; 0 nothing; -1 something else. */
int arrived(const struct packet *p, int timeout_ms)
{
	struct pollfd pfd = { .fd = socket_of(protocol_of(p)), .events = POLLIN };
	const __u32 cut = tagged(p) ? 4 : 0;
	static __u8 got[PACKET_MAX];
	ssize_t n;

	if (poll(&pfd, 1, timeout_ms) <= 0)
		return 0;
	n = recv(pfd.fd, got, sizeof(got), MSG_TRUNC);
	if (n != (ssize_t)(p->bytes - cut) || memcmp(got, p->data, 12) ||
	    memcmp(got + 12, p->data + 12 + cut, p->bytes - 12 - cut))
		return -1;
	return 1;
}

/* Reads all that nobody expected. Returns how many. */
int arrivals_left(void)
{
	__u8 byte;
	int i, n = 0;

	for (i = 0; i < kinds_count; i++)
		while (recv(kinds[i].fd, &byte, 1, MSG_DONTWAIT) >= 0)
			n++;
	return n;
}
