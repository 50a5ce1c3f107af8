/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Module and XDP program on one interface: each sees every packet, and so does
 * the socket behind, whichever came first, with GRO on and off.
 *
 * usage: both MODULE-HOOK XDP-HOOK
 */
#include "bpf.h"

#define PORT	7000
#define PACKETS	500
#define BATCH	50

static int raw_fd, udp_fd;
static __u8 seen[PACKETS];

/* The number of a packet is in the first bytes of its payload. */
static void send_all(void)
{
	static struct packet p;
	int i;

	for (i = 0; i < PACKETS; i++) {
		packet_to_here(&p, PORT, 100);
		put16(p.data + p.udp + 8, (__u32)i);
		raw_send(raw_fd, &p);
		if (i % BATCH == BATCH - 1)
			sleep_ms(5);
	}
}

/* Each number once. Returns how many numbers came. */
static int read_all(struct rtintercept *rti)
{
	const struct rtintercept_record *r;
	int n = 0, number;

	memset(seen, 0, sizeof(seen));
	while (n < PACKETS && (r = session_next(rti))) {
		number = r->data[r->payload_offset] << 8 |
			 r->data[r->payload_offset + 1];
		if (number < PACKETS && !seen[number]++)
			n++;
		rtintercept_ring_release(rti);
	}
	return n;
}

static int receive_all(void)
{
	__u8 data[200];
	int n = 0;

	while (n < PACKETS && udp_receive(udp_fd, data, sizeof(data), 1000) == 100)
		n++;
	return n;
}

static struct rtintercept *attach(__u32 backend, const char *hook_name)
{
	__u32 wanted = hook_by_name(hook_name), hook = wanted;
	struct rtintercept *rti = session_of(backend, HERE, &hook, RING_BYTES);

	is(hook, wanted, "%s is attached", hook_name);
	session_rule(rti, rule_udp(PORT));
	must(rtintercept_start(rti), "start");
	return rti;
}

/* @first is attached before @second. */
static void test(const __u32 backends[2], const char *const hooks[2],
		 const char *gro)
{
	struct rtintercept *rti[2];
	char name[100];
	int i;

	must(run("ethtool -K " HERE " gro %s", gro) ? -EIO : 0, "ethtool");
	rti[0] = attach(backends[0], hooks[0]);
	rti[1] = attach(backends[1], hooks[1]);
	send_all();
	for (i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%s, then %s, GRO %s: %s", hooks[0],
			 hooks[1], gro, hooks[i]);
		is(read_all(rti[i]), PACKETS, "%s sees every packet", name);
	}
	is(receive_all(), PACKETS, "%s, then %s, GRO %s: the socket has them all",
	   hooks[0], hooks[1], gro);
	for (i = 0; i < 2; i++)
		session_close(rti[i], hooks[i]);
}

int main(int argc, char **argv)
{
	static const __u32 module_first[] = {
		RTINTERCEPT_BACKEND_MODULE, RTINTERCEPT_BACKEND_XDP };
	static const __u32 xdp_first[] = {
		RTINTERCEPT_BACKEND_XDP, RTINTERCEPT_BACKEND_MODULE };

	if (argc != 3) {
		fprintf(stderr, "usage: both MODULE-HOOK XDP-HOOK\n");
		return 2;
	}
	raw_fd = raw_open(PEER, THERE);
	udp_fd = udp_open(NULL, PORT);
	test(module_first, (const char *[]){ argv[1], argv[2] }, "on");
	test(module_first, (const char *[]){ argv[1], argv[2] }, "off");
	test(xdp_first, (const char *[]){ argv[2], argv[1] }, "on");
	test(xdp_first, (const char *[]){ argv[2], argv[1] }, "off");
	return tap_end();
}
