/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interfaces that are not a plain Ethernet card: without a MAC header, with VLAN
 * devices on top, the loopback.
 */
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/socket.h>

#include "device.h"

#define PORT	7001

static __u32 flags_of(const struct rtintercept_record *r)
{
	return r->flags & ~(RTINTERCEPT_RECORD_FLOW_HASH |
			    RTINTERCEPT_RECORD_RX_QUEUE);
}

/* ---- no MAC header: what a tunnel brings begins with L3 ---- */

static int tun_open(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd;

	run("modprobe tun; mkdir -p /dev/net; "
	    "test -e /dev/net/tun || mknod /dev/net/tun c 10 200");
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	strcpy(request.ifr_name, name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request))
		return -1;
	run("ip link set %s up", name);
	return fd;
}

static void tun_exchange(struct rtintercept *rti, int tun, struct packet *p,
			 __u32 more_flags, const char *name)
{
	const __u32 bytes = p->bytes - 14;
	const struct rtintercept_record *r;

	is(write(tun, p->data + 14, bytes), bytes, "%s: sent", name);
	r = session_next(rti);
	if (!ok(r != NULL, "%s: there is a record", name))
		return;
	is(flags_of(r), RTINTERCEPT_RECORD_NO_MAC | RTINTERCEPT_RECORD_L3 |
	   RTINTERCEPT_RECORD_L4 | RTINTERCEPT_RECORD_PAYLOAD | more_flags,
	   "%s: flags", name);
	is(r->wire_bytes, bytes, "%s: length", name);
	is(r->l3_offset, 0, "%s: L3 is at the begin", name);
	ok(r->captured_bytes == bytes && !memcmp(r->data, p->data + 14, bytes),
	   "%s: byte for byte", name);
	rtintercept_ring_release(rti);
}

static void test_no_mac(__u32 hook)
{
	int tun = tun_open("tmptun");
	struct rtintercept *rti;
	struct packet p;

	if (tun < 0) {
		skip("a device without MAC header", "this kernel has no tun");
		return;
	}
	rti = session_open("tmptun", hook, RING_BYTES);
	session_rule(rti, rule_udp(8080));
	rtintercept_start(rti);
	packet_udp4(&p, 33);
	packet_checksum(&p);
	tun_exchange(rti, tun, &p, 0, "IPv4 without MAC header");
	packet_udp6(&p, 33);
	tun_exchange(rti, tun, &p, RTINTERCEPT_RECORD_IPV6,
		     "IPv6 without MAC header");
	session_close(rti, "no MAC header");
	close(tun);
}

/* ---- VLAN devices on top ---- */

static void tagged(struct packet *p)
{
	packet_eth(p, 0x8100);
	packet_vlan(p, 5, 0x0800);
	packet_ipv4(p, 17, 20, 0);
	packet_udp(p, 1111, PORT);
	packet_payload(p, 20);
	packet_close(p);
	packet_checksum(p);
}

/* How many of one tagged and one plain packet a session gets. */
static int gets(const char *ifname, __u32 hook, __u32 *tags)
{
	struct rtintercept *rti = session_open(ifname, hook, RING_BYTES);
	const struct rtintercept_record *r;
	int raw = raw_open(PEER, THERE), count = 0;
	struct packet p;

	session_rule(rti, rule_udp(PORT));
	rtintercept_start(rti);
	tagged(&p);
	raw_send(raw, &p);
	packet_to_here(&p, PORT, 20);
	raw_send(raw, &p);
	sleep_ms(200);
	for (*tags = 0; (r = rtintercept_ring_peek(rti)); count++) {
		*tags += !!(r->flags & RTINTERCEPT_RECORD_VLAN);
		rtintercept_ring_release(rti);
	}
	close(raw);
	session_close(rti, ifname);
	return count;
}

static void test_vlan_device(void)
{
	__u32 tags;

	is(run("modprobe 8021q; ip link add link " HERE " name tmpvlan type vlan "
	       "id 5 && ip link set tmpvlan up"), 0, "a VLAN device");
	is(gets(HERE, RTINTERCEPT_HOOK_INGRESS, &tags), 2,
	   "below a VLAN device the ingress hook gets both packets");
	is(tags, 1, "one with its tag");
	is(gets(HERE, RTINTERCEPT_HOOK_RX_HANDLER, &tags), 1,
	   "below a VLAN device the rx_handler gets only the plain one");
	is(tags, 0, "which has no tag");
	is(gets("tmpvlan", RTINTERCEPT_HOOK_INGRESS, &tags), 1,
	   "the VLAN device itself gets the other");
	is(tags, 0, "its tag is gone");
	is(gets("tmpvlan", RTINTERCEPT_HOOK_RX_HANDLER, &tags), 1,
	   "by either hook");
	run("ip link del tmpvlan");
}

/* ---- the loopback ---- */

static void test_loopback(__u32 hook)
{
	struct rtintercept *rti = session_open("lo", hook, RING_BYTES);
	const struct rtintercept_record *r;

	session_rule(rti, rule_udp(PORT));
	rtintercept_start(rti);
	run("bash -c 'echo -n hello >/dev/udp/127.0.0.1/%d'", PORT);
	r = session_next(rti);
	ok(r && r->captured_bytes == 47 &&
	   !memcmp(r->data + r->payload_offset, "hello", 5),
	   "hook %u: a packet of the loopback", hook);
	if (r)
		rtintercept_ring_release(rti);
	session_close(rti, "loopback");
}

int main(void)
{
	__u32 hook;

	stay_on_cpu(0);
	for (hook = RTINTERCEPT_HOOK_INGRESS; hook <= RTINTERCEPT_HOOK_RX_HANDLER;
	     hook++) {
		test_no_mac(hook);
		test_loopback(hook);
	}
	test_vlan_device();
	return tap_end();
}
