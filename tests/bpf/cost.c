/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a packet that matches nothing costs: an interface without a program, with
 * one that is only `return XDP_PASS`, with ours and tables of several sizes.
 * Everything a packet causes is in the time, from sendmmsg() in one namespace to
 * the socket in the other; on veth all of it happens in the sender's context. They
 * take turns, and the best batch of each is compared: what else this machine does
 * can only make a batch slower. One rule is a UDP port; more are of mixed random
 * shapes, as `make path` has them.
 *
 * Printed is also the program alone, by BPF_PROG_TEST_RUN, where the kernel's own
 * loop round it is what XDP_PASS takes.
 *
 * usage: cost [ROUNDS [RESULTS]]: the numbers as JSON, too
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>

#include <bpf/bpf.h>
#include <linux/if_link.h>

#include "bpf.h"
#include "tools/bench/table.h"

#define BATCH		64
#define BATCHES		64
#define PORT		8080
#define PAYLOAD		64
#define LIMIT_PERCENT	110
#define REPEAT		20000

#define TABLES		5
#define SEED		1

enum { NONE, PASS, OURS };

#define ONE		(OURS + 1)	/* the table of one rule */
#define CONFIGS		(OURS + TABLES)

static const __u32 counts[TABLES] = { 0, 1, 16, 256, 4096 };

/* ns a packet, the best of all rounds: over the cable, and the program alone */
struct results {
	int rounds;
	double cable[CONFIGS];
	double alone[CONFIGS];
};

struct tables {
	struct rtintercept_rule *rules[TABLES];
};

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

/* ns per packet of the best batch; the socket is emptied outside of the time. */
static double drive(struct road *road)
{
	__u64 begin, ns, best = ~0ULL;
	int i;

	for (i = 0; i < BATCHES; i++) {
		begin = now_ns();
		if (sendmmsg(road->sender, road->out, BATCH, 0) != BATCH)
			must(-EIO, "sendmmsg");
		ns = now_ns() - begin;
		best = ns < best ? ns : best;
		while (recvmmsg(road->receiver, road->in, BATCH, MSG_DONTWAIT, NULL) > 0)
			;
	}
	return (double)best / BATCH;
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

static void set_table(struct rtintercept *rti, const struct tables *tables, int i)
{
	must(rtintercept_rule_replace(rti, 0, tables->rules[i], counts[i], NULL),
	     "replace");
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
	struct rtintercept *rti;

	must(rtintercept_open(&rti, &opts), "open");
	must(rtintercept_ring_setup(rti, RING_BYTES), "ring");
	must(rtintercept_start(rti), "start");
	return rti;
}

/* Of rules that match nothing that comes over the road, nor by alone(). */
static void make_tables(struct tables *tables, const struct road *road)
{
	struct table_flow flows[2] = { { 0x0a4d0002, 0x0a4d0001, 1111, PORT } };
	struct sockaddr_in from;
	socklen_t bytes = sizeof(from);
	uint64_t seed = SEED;
	int i;

	must(getsockname(road->sender, (struct sockaddr *)&from, &bytes), "getsockname");
	flows[1] = flows[0];
	flows[1].sport = ntohs(from.sin_port);
	for (i = 0; i < TABLES; i++) {
		tables->rules[i] = calloc(counts[i] + 1, sizeof(*tables->rules[i]));
		table_random(tables->rules[i], counts[i], &seed, flows, 2);
	}
	tables->rules[ONE - OURS][0] = rule_udp(PORT + 1);
}

/* The program alone, with a packet that no rule matches. */
static double alone(int program)
{
	static struct packet p;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .repeat = REPEAT);

	packet_to_here(&p, PORT, PAYLOAD);
	opts.data_in = p.data;
	opts.data_size_in = p.bytes;
	must(bpf_prog_test_run_opts(program, &opts), "run the program");
	must(opts.retval == XDP_PASS ? 0 : -EILSEQ, "unmatched, alone");
	return opts.duration;
}

static void keep_best(double *best, double ns)
{
	if (!*best || ns < *best)
		*best = ns;
}

static void pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	must(sched_setaffinity(0, sizeof(set), &set) ? -errno : 0, "pin");
}

static void compete(struct road *road, struct rtintercept *rti,
		    const struct tables *tables, int pass, struct results *r)
{
	int i, t;

	for (i = 0; i < r->rounds; i++) {
		keep_best(&r->cable[NONE], drive(road));
		keep_best(&r->cable[PASS], drive_pass(road, pass));
		for (t = 0; t < TABLES; t++) {
			set_table(rti, tables, t);
			keep_best(&r->cable[OURS + t], drive_ours(road, rti));
		}
	}
}

/* @rti: attached, so that there is a program */
static void compete_alone(struct rtintercept *rti, const struct tables *tables,
			  int pass, struct results *r)
{
	const int ours = program_of(rti);
	int i, t;

	for (i = 0; i < r->rounds; i++) {
		keep_best(&r->alone[PASS], alone(pass));
		for (t = 0; t < TABLES; t++) {
			set_table(rti, tables, t);
			keep_best(&r->alone[OURS + t], alone(ours));
		}
	}
	close(ours);
}

/* By number of rules. */
static void write_tables(FILE *f, const char *name, const double *ns)
{
	int t;

	fprintf(f, ",\n  \"%s\": {", name);
	for (t = 0; t < TABLES; t++)
		fprintf(f, "%s \"%u\": %.1f", t ? "," : "", counts[t], ns[OURS + t]);
	fprintf(f, " }");
}

static void write_results(const char *path, const struct results *r)
{
	FILE *f = fopen(path, "we");

	must(f ? 0 : -errno, path);
	fprintf(f, "{\n"
		"  \"rules\": 1,\n  \"payload_bytes\": %d,\n  \"rounds\": %d,\n"
		"  \"packets_each\": %d,\n"
		"  \"no_program_ns\": %.1f,\n  \"xdp_pass_ns\": %.1f,\n"
		"  \"ours_ns\": %.1f,\n  \"ours_to_xdp_pass\": %.4f,\n"
		"  \"ours_to_no_program\": %.4f,\n"
		"  \"alone_xdp_pass_ns\": %.1f,\n  \"alone_ours_ns\": %.1f",
		PAYLOAD, r->rounds, r->rounds * BATCH * BATCHES, r->cable[NONE],
		r->cable[PASS], r->cable[ONE], r->cable[ONE] / r->cable[PASS],
		r->cable[ONE] / r->cable[NONE], r->alone[PASS], r->alone[ONE]);
	write_tables(f, "ours_ns_by_rules", r->cable);
	write_tables(f, "alone_ours_ns_by_rules", r->alone);
	fprintf(f, "\n}\n");
	must(fclose(f) ? -errno : 0, path);
}

static void judge(const struct results *r)
{
	const double ratio = r->cable[ONE] / r->cable[PASS];
	int t;

	printf("# ns a packet: no program %.0f, XDP_PASS %.0f\n", r->cable[NONE],
	       r->cable[PASS]);
	printf("# the program alone: XDP_PASS %.0f\n", r->alone[PASS]);
	for (t = 0; t < TABLES; t++)
		printf("# ours, %u rules: %.0f, alone %.0f\n", counts[t],
		       r->cable[OURS + t], r->alone[OURS + t]);
	printf("# ours, one rule / XDP_PASS: %.3f (best batch of %d rounds)\n", ratio,
	       r->rounds);
	ok(ratio * 100 <= LIMIT_PERCENT,
	   "an unmatched packet costs at most 1.10 of XDP_PASS");
}

int main(int argc, char **argv)
{
	struct results r = { .rounds = argc > 1 ? atoi(argv[1]) : 41 };
	__u32 hook = RTINTERCEPT_HOOK_XDP_NATIVE;
	struct rtintercept *rti = open_session();
	struct rtintercept_stats stats;
	int pass = load_pass();
	struct tables tables;
	struct road road;

	pin();
	open_road(&road);
	make_tables(&tables, &road);
	compete(&road, rti, &tables, pass, &r);
	must(rtintercept_stats(rti, 0, &stats), "stats");
	is(stats.unmatched, (__u64)r.rounds * TABLES * 2 * BATCH * BATCHES,
	   "every packet was looked at, none matched");
	is(stats.seen, stats.unmatched, "the books close");
	must(rtintercept_attach(rti, index_of(HERE), &hook), "attach");
	compete_alone(rti, &tables, pass, &r);
	judge(&r);
	if (argc > 2)
		write_results(argv[2], &r);
	rtintercept_close(rti);
	return tap_end();
}
