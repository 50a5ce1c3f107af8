/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a packet that matches nothing costs: an interface without a program, with
 * one that is only `return XDP_PASS`, with ours and one rule. Everything a packet
 * causes is in the time, from sendmmsg() in one namespace to the socket in the
 * other; on veth all of it happens in the sender's context. The three take
 * turns, and each turn is compared with its own neighbours.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <bpf/bpf.h>
#include <linux/if_link.h>

#include "bpf.h"

#define BATCH		64
#define BATCHES		64
#define PORT		8080
#define PAYLOAD		64
#define LIMIT_PERCENT	110

enum { NONE, PASS, OURS, CONFIGS };

struct road {
	int sender;
	int receiver;
	struct mmsghdr out[BATCH];
	struct mmsghdr in[BATCH];
	struct iovec vec[2];
	char payload[2][PAYLOAD];
};

static void fill(struct mmsghdr *msgs, struct iovec *vec, char *payload)
{
	int i;

	vec->iov_base = payload;
	vec->iov_len = PAYLOAD;
	for (i = 0; i < BATCH; i++) {
		msgs[i].msg_hdr.msg_iov = vec;
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
}

static void open_road(struct road *road)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
	};
	int old;

	memset(road, 0, sizeof(*road));
	inet_pton(AF_INET, "10.77.0.1", &to.sin_addr);
	road->receiver = udp_open(NULL, PORT);
	old = netns_enter(PEER);
	road->sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	netns_leave(old);
	must(connect(road->sender, (struct sockaddr *)&to, sizeof(to)), "connect");
	fill(road->out, &road->vec[0], road->payload[0]);
	fill(road->in, &road->vec[1], road->payload[1]);
}

/* ns per packet; the socket is emptied outside of the time. */
static double drive(struct road *road)
{
	__u64 begin, sum = 0;
	int i;

	for (i = 0; i < BATCHES; i++) {
		begin = now_ns();
		if (sendmmsg(road->sender, road->out, BATCH, 0) != BATCH)
			must(-EIO, "sendmmsg");
		sum += now_ns() - begin;
		while (recvmmsg(road->receiver, road->in, BATCH, MSG_DONTWAIT, NULL) > 0)
			;
	}
	return (double)sum / (BATCH * BATCHES);
}

/* r0 = XDP_PASS; exit */
static int load_pass(void)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "rti_pass", "GPL", code, 2, NULL);

	must(fd, "load XDP_PASS");
	return fd;
}

static double drive_pass(struct road *road, int program)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_DRV_MODE);
	int link = bpf_link_create(program, (int)index_of(HERE), BPF_XDP, &opts);
	double ns;

	must(link, "attach XDP_PASS");
	drive(road);
	ns = drive(road);
	close(link);
	return ns;
}

static double drive_ours(struct road *road, struct rtintercept *rti)
{
	__u32 hook = RTINTERCEPT_HOOK_XDP_NATIVE;
	double ns;

	must(rtintercept_attach(rti, index_of(HERE), &hook), "attach");
	drive(road);
	ns = drive(road);
	must(rtintercept_detach(rti, index_of(HERE)), "detach");
	return ns;
}

static struct rtintercept *open_session(void)
{
	const struct rtintercept_open_opts opts = {
		.size = sizeof(opts),
		.backend = RTINTERCEPT_BACKEND_XDP,
	};
	struct rtintercept_rule rule = rule_udp(PORT + 1);
	struct rtintercept *rti;

	must(rtintercept_open(&rti, &opts), "open");
	must(rtintercept_rule_add(rti, 0, &rule), "rule");
	must(rtintercept_ring_setup(rti, RING_BYTES), "ring");
	must(rtintercept_start(rti), "start");
	return rti;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof(values[0]), compare);
	return values[n / 2];
}

int main(int argc, char **argv)
{
	const int rounds = argc > 1 ? atoi(argv[1]) : 31;
	double *ns[CONFIGS], *ratio = calloc((size_t)rounds, sizeof(*ratio));
	struct rtintercept *rti = open_session();
	struct rtintercept_stats stats;
	int pass = load_pass(), i;
	struct road road;

	open_road(&road);
	for (i = 0; i < CONFIGS; i++)
		ns[i] = calloc((size_t)rounds, sizeof(*ns[i]));
	for (i = 0; i < rounds; i++) {
		drive(&road);
		ns[NONE][i] = drive(&road);
		ns[PASS][i] = drive_pass(&road, pass);
		ns[OURS][i] = drive_ours(&road, rti);
		ratio[i] = 2 * ns[OURS][i] /
			   (ns[PASS][i] + drive_pass(&road, pass));
	}
	must(rtintercept_stats(rti, 0, &stats), "stats");
	is(stats.unmatched, (__u64)rounds * 2 * BATCH * BATCHES,
	   "every packet was looked at, none matched");
	is(stats.seen, stats.unmatched, "the books close");
	printf("# ns a packet: no program %.0f, XDP_PASS %.0f, ours %.0f\n",
	       median(ns[NONE], rounds), median(ns[PASS], rounds),
	       median(ns[OURS], rounds));
	printf("# ours / XDP_PASS: %.3f (median of %d rounds)\n",
	       median(ratio, rounds), rounds);
	ok(median(ratio, rounds) * 100 <= LIMIT_PERCENT,
	   "an unmatched packet costs at most 1.10 of XDP_PASS");
	rtintercept_close(rti);
	return tap_end();
}
