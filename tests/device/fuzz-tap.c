/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fuzzer's interface: a tap, so that who writes a packet also receives it, in its
 * own thread. Frames come with what a virtual card tells of them: a checksum that is
 * not there yet, or that they are many in one.
 */
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fuzz-calls.h"
#include "packet.h"

/* Return: its descriptor; closed, the interface goes. */
int tap_open(__u32 *ifindex)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);

	FUZZ_CHECK(fd >= 0);
	strcpy(request.ifr_name, TAP_NAME);
	FUZZ_CHECK(!ioctl(fd, TUNSETIFF, &request));
	tap_up(1);
	*ifindex = if_nametoindex(TAP_NAME);
	return fd;
}

void tap_up(int up)
{
	struct ifreq request = { .ifr_flags = (short)(up ? IFF_UP : 0) };
	int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strcpy(request.ifr_name, TAP_NAME);
	FUZZ_CHECK(!ioctl(control, SIOCSIFFLAGS, &request));
	close(control);
}

/* Up to 15 bytes of the input in place of what is there, not far from the begin. */
static void overwrite(struct fuzz *fuzz, void *data, size_t bytes)
{
	const size_t at = fuzz_u8(fuzz), length = fuzz_u8(fuzz) % 16;

	if (at + length <= bytes)
		fuzz_bytes(fuzz, (__u8 *)data + at, length);
}

static void ip(struct packet *p, __u8 how, __u8 protocol)
{
	const __u32 header = how & 1 ? 24 : 20;
	__u8 *extension;

	if (how & 2) {
		packet_ipv6(p, how & 4 ? 44 : protocol);
		if (how & 4) {
			extension = packet_extension(p, 44, protocol, 8);
			extension[3] = how & 8;
		}
	} else {
		packet_ipv4(p, protocol, header, how & 4 ? 0x2000 | (how & 8) : 0);
	}
}

/* A frame of which each header is as it should be. */
static void build(struct packet *p, struct fuzz *fuzz)
{
	const __u8 kind = fuzz_u8(fuzz), how = fuzz_u8(fuzz);
	const __u16 type = how & 2 ? 0x86dd : 0x0800;

	packet_eth(p, kind & 1 ? 0x8100 : type);
	if (kind & 1)
		packet_vlan(p, 0x2005, kind & 2 ? 0x8100 : type);
	if ((kind & 3) == 3)
		packet_vlan(p, 0x0007, type);
	switch (kind >> 2 & 3) {
	case 0:
	case 1:
		ip(p, how, 17);
		packet_udp(p, 1111, TAP_PORT);
		break;
	case 2:
		ip(p, how, 6);
		packet_tcp(p, 1111, TAP_PORT, 20);
		break;
	default:
		ip(p, how, 1);
		break;
	}
	packet_payload(p, kind & 0x40 ? fuzz_u16(fuzz) % 3000 : fuzz_u8(fuzz));
	packet_close(p);
}

/* One packet comes in: of any bytes, or a sound one, of which some bytes may not be. */
void tap_packet(int fd, struct fuzz *fuzz)
{
	static struct packet p;
	struct virtio_net_hdr about = {};
	struct iovec parts[] = {
		{ &about, sizeof(about) }, { p.data, sizeof(p.data) },
	};
	const __u8 how = fuzz_u8(fuzz);

	if (how & 1) {
		memset(&p, 0, sizeof(p));
		p.bytes = fuzz_u8(fuzz);
		fuzz_bytes(fuzz, p.data, p.bytes);
	} else {
		build(&p, fuzz);
	}
	if (how & 2)
		overwrite(fuzz, p.data, p.bytes);
	if (how & 4)
		fuzz_bytes(fuzz, &about, sizeof(about));
	parts[1].iov_len = p.bytes;
	/* What a tap does not take is none of ours. */
	if (writev(fd, parts, 2) < 0)
		return;
}

/* What the interface has sent: answers. */
void tap_drain(int fd)
{
	static __u8 data[PACKET_MAX + 64];

	while (read(fd, data, sizeof(data)) > 0)
		;
}
