/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a backend can do, found out by doing it: every call of the library, every
 * feature that INFO may offer, every flag that a record may have. The same
 * program for both; its rows are compared with the tables of xdp.rst.
 *
 * usage: parity module|xdp
 *
 * Prints `# row NAME yes|no`. Of flags only those are found that a cable
 * between two namespaces can cause.
 */
#include <linux/filter.h>

#include "bpf.h"

#define PORT		7000
#define SNAP		60
#define NAME(flag)	{ flag, #flag }

struct name {
	__u64 bit;
	const char *name;
};

static __u32 backend;
static int said_badly;

static void row(const char *name, int can)
{
	printf("# row %s %s\n", name, can ? "yes" : "no");
}

/* A call that this backend has succeeds; one that it has not says so. */
static int said(const char *name, int err)
{
	row(name, err >= 0);
	if (err < 0 && err != -EOPNOTSUPP) {
		printf("# %s: %s\n", name, strerror(-err));
		said_badly++;
	}
	return err;
}

#define CALL(function, ...)	said(#function, function(__VA_ARGS__))
#define CALL_VALUE(function, ...) \
	said(#function, function(__VA_ARGS__) ? 0 : -EPROTO)

static struct rtintercept *opened(void)
{
	const struct rtintercept_open_opts opts = {
		.size = sizeof(opts),
		.backend = backend,
	};
	struct rtintercept *rti = NULL;

	must(rtintercept_open(&rti, &opts), "open");
	return rti;
}

static int set_program(struct rtintercept *rti)
{
	struct sock_filter all = { .code = BPF_RET | BPF_K, .k = ~0U };
	struct rtintercept_program_set set = {
		.type = RTINTERCEPT_PROGRAM_CBPF, .count = 1,
		.program = (__u64)(unsigned long)&all,
	};

	return rtintercept_program_set(rti, 0, &set);
}

static void calls_on_programs(struct rtintercept *rti)
{
	struct rtintercept_program_get get = { .program_id = 0 };
	struct sock_filter *insns = NULL;

	said("rtintercept_program_set", set_program(rti));
	CALL(rtintercept_program_get, rti, 0, &get, &insns);
	free(insns);
}

static void calls_before(struct rtintercept *rti)
{
	struct rtintercept_rule rule = rule_udp(PORT), *rules = NULL;
	struct rtintercept_rule_counters *counters = NULL;
	struct rtintercept_realtime realtime = {
		.size = sizeof(realtime), .steps = RTINTERCEPT_REALTIME_RING,
	};
	const struct rtintercept_strategy strategy = {
		.size = sizeof(strategy), .strategy = RTINTERCEPT_STRATEGY_BLOCK,
	};
	struct rtintercept_reply_set reply = {
		.type = RTINTERCEPT_REPLY_ECHO, .rate_pps = 1,
	};
	__u32 hook = RTINTERCEPT_HOOK_AUTO;
	struct rtintercept_info info;
	__u64 generation;

	CALL_VALUE(rtintercept_backend, rti);
	CALL_VALUE(rtintercept_version);
	CALL_VALUE(rtintercept_clock_ns);
	CALL(rtintercept_info, rti, &info);
	CALL(rtintercept_ring_setup, rti, RING_BYTES);
	CALL(rtintercept_realtime, rti, &realtime);
	CALL(rtintercept_strategy, rti, &strategy);
	CALL(rtintercept_attach, rti, index_of(HERE), &hook);
	CALL(rtintercept_rule_add, rti, 0, &rule);
	CALL(rtintercept_rule_list, rti, 0, &rules, &generation);
	CALL(rtintercept_rule_del, rti, 0, rule.id);
	CALL(rtintercept_rule_replace, rti, 0, rules, 1, &generation);
	must(rtintercept_info(rti, &info), "info");
	is(info.generation, generation, "INFO tells the table's generation");
	CALL(rtintercept_rule_stats, rti, 0, &counters);
	calls_on_programs(rti);
	CALL(rtintercept_reply_set, rti, 0, &reply);
	CALL(rtintercept_reply_get, rti, 0, &reply);
	CALL(rtintercept_wakeup, rti, 0, 0, 0);
	CALL(rtintercept_start, rti);
	free(rules);
	free(counters);
}

static void calls_running(struct rtintercept *rti, int raw)
{
	struct rtintercept_attachment *attachments = NULL;
	struct rtintercept_session *sessions = NULL;
	struct rtintercept_ring_counters counters;
	struct rtintercept_stats stats;
	struct rtintercept_waits waits;
	struct packet p;

	packet_to_here(&p, PORT, 100);
	raw_send(raw, &p);
	CALL(rtintercept_ring_wait, rti, 1000 * MS);
	CALL_VALUE(rtintercept_ring_peek, rti);
	rtintercept_ring_release(rti);
	rtintercept_ring_counters(rti, &counters);
	said("rtintercept_ring_release", rtintercept_ring_peek(rti) ? -EPROTO : 0);
	rtintercept_waits(rti, &waits);
	said("rtintercept_waits", waits.at_once + waits.slept == 1 ? 0 : -EPROTO);
	said("rtintercept_ring_counters", counters.read == 1 ? 0 : -EPROTO);
	CALL(rtintercept_stats, rti, 0, &stats);
	CALL(rtintercept_session_list, rti, &sessions);
	CALL(rtintercept_attachment_list, rti, 0, &attachments);
	CALL(rtintercept_fd, rti);
	free(sessions);
	free(attachments);
}

static void test_calls(int raw)
{
	struct rtintercept *rti = opened();

	row("rtintercept_open", 1);
	calls_before(rti);
	calls_running(rti, raw);
	CALL(rtintercept_stop, rti);
	CALL(rtintercept_rule_flush, rti, 0);
	CALL(rtintercept_detach, rti, index_of(HERE));
	rtintercept_close(rti);
	row("rtintercept_close", 1);
	is(said_badly, 0, "what is not served is EOPNOTSUPP, all else succeeds");
}

/* ---- features: what INFO says, against what happens ---- */

static int attaches(__u32 hook)
{
	struct rtintercept *rti = opened();
	const int err = rtintercept_attach(rti, index_of(HERE), &hook);

	rtintercept_close(rti);
	return err != -EOPNOTSUPP;
}

static int reads(void)
{
	struct rtintercept *rti = opened();
	struct rtintercept_ring_setup setup;
	const int fd = rtintercept_fd(rti);
	__u8 data[4096];
	int can;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	can = !dev_ring(fd, RING_BYTES, &setup) &&
	      read(fd, data, sizeof(data)) < 0 && errno == EAGAIN;
	rtintercept_close(rti);
	return can;
}

/* Whatever else may be wrong with it: is it a rule of a kind that is known here? */
static int knows(struct rtintercept *rti, struct rtintercept_rule rule)
{
	return rtintercept_rule_add(rti, 0, &rule) != -EOPNOTSUPP;
}

static int reaches_others(struct rtintercept *rti)
{
	struct rtintercept *other = opened();
	struct rtintercept_info info;
	struct rtintercept_stats stats;
	int err;

	must(rtintercept_info(other, &info), "info");
	err = rtintercept_stats(rti, info.session_id, &stats);
	rtintercept_close(other);
	return !err;
}

/* With a ring and a deadline in the past WAIT only looks. */
static int waits(void)
{
	struct rtintercept_wait wait = { .size = sizeof(wait) };
	struct rtintercept *rti = opened();
	int err;

	must(rtintercept_ring_setup(rti, RING_BYTES), "ring setup");
	err = dev_ioctl(rtintercept_fd(rti), RTINTERCEPT_IOC_WAIT, &wait);
	rtintercept_close(rti);
	return !err;
}

/* An eBPF program is loaded by nobody here: a bad descriptor does as well. */
static int takes_ebpf(struct rtintercept *rti)
{
	struct rtintercept_program_set set = {
		.type = RTINTERCEPT_PROGRAM_EBPF, .program = ~0U,
	};

	return rtintercept_program_set(rti, 0, &set) != -EOPNOTSUPP;
}

static int does(struct rtintercept *rti, __u64 feature)
{
	const struct rtintercept_rule payload = {
		.match = RTINTERCEPT_MATCH_PAYLOAD, .payload_bytes = 1,
	}, reply = {
		.verdict = RTINTERCEPT_VERDICT_REPLY, .reply_id = 1,
	};

	switch (feature) {
	case RTINTERCEPT_FEATURE_HOOK_INGRESS:
		return attaches(RTINTERCEPT_HOOK_INGRESS);
	case RTINTERCEPT_FEATURE_HOOK_RX_HANDLER:
		return attaches(RTINTERCEPT_HOOK_RX_HANDLER);
	case RTINTERCEPT_FEATURE_HOOK_XDP:
		return attaches(RTINTERCEPT_HOOK_XDP_NATIVE);
	case RTINTERCEPT_FEATURE_WATERMARK:
		return rtintercept_wakeup(rti, 10, 0, 1000) != -EOPNOTSUPP;
	case RTINTERCEPT_FEATURE_READ:
		return reads();
	case RTINTERCEPT_FEATURE_MATCH_PAYLOAD:
		return knows(rti, payload);
	case RTINTERCEPT_FEATURE_REPLY:
		return knows(rti, reply);
	case RTINTERCEPT_FEATURE_PROGRAM_CBPF:
		return !set_program(rti);
	case RTINTERCEPT_FEATURE_PROGRAM_EBPF:
		return takes_ebpf(rti);
	case RTINTERCEPT_FEATURE_WAIT:
		return waits();
	default:
		return reaches_others(rti);
	}
}

static void test_features(void)
{
	static const struct name names[] = {
		NAME(RTINTERCEPT_FEATURE_HOOK_INGRESS),
		NAME(RTINTERCEPT_FEATURE_HOOK_RX_HANDLER),
		NAME(RTINTERCEPT_FEATURE_HOOK_XDP),
		NAME(RTINTERCEPT_FEATURE_WATERMARK),
		NAME(RTINTERCEPT_FEATURE_READ),
		NAME(RTINTERCEPT_FEATURE_MATCH_PAYLOAD),
		NAME(RTINTERCEPT_FEATURE_REPLY),
		NAME(RTINTERCEPT_FEATURE_PROGRAM_CBPF),
		NAME(RTINTERCEPT_FEATURE_PROGRAM_EBPF),
		NAME(RTINTERCEPT_FEATURE_OTHER_SESSIONS),
		NAME(RTINTERCEPT_FEATURE_WAIT),
	};
	struct rtintercept *rti = opened();
	struct rtintercept_info info;
	size_t i;

	must(rtintercept_info(rti, &info), "info");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		row(names[i].name, !!(info.features & names[i].bit));
		is(does(rti, names[i].bit), !!(info.features & names[i].bit),
		   "%s: as INFO says", names[i].name);
	}
	rtintercept_close(rti);
}

/* ---- flags of records ---- */

static void send_tagged(int raw, struct packet *p)
{
	packet_eth(p, 0x8100);
	packet_vlan(p, 7, 0x0800);
	packet_ipv4(p, 17, 20, 0);
	packet_udp(p, 1, PORT);
	packet_close(p);
	raw_send(raw, p);
}

static void send_ipv6(int raw, struct packet *p)
{
	packet_eth(p, 0x86dd);
	packet_ipv6(p, 17);
	packet_udp(p, 1, PORT);
	packet_close(p);
	raw_send(raw, p);
}

static void send_fragment(int raw, struct packet *p, __u16 fragment)
{
	packet_eth(p, 0x0800);
	packet_ipv4(p, 17, 20, fragment);
	packet_payload(p, 64);
	packet_close(p);
	raw_send(raw, p);
}

/* With a header that lies, and from a socket: its checksum is left to the NIC. */
static void send_odd(int raw, struct packet *p)
{
	const int fd = udp_open(PEER, 0);

	packet_to_here(p, PORT, 100);
	p->data[p->l3] = 0x41;
	raw_send(raw, p);
	udp_send(fd, PORT, "partial", 7);
	close(fd);
}

static __u32 flags_of_all(struct rtintercept *rti, int raw)
{
	const struct rtintercept_record *r;
	struct packet p;
	__u32 flags = 0;

	send_tagged(raw, &p);
	send_ipv6(raw, &p);
	send_fragment(raw, &p, 0x2000);
	send_fragment(raw, &p, 0x0001);
	send_odd(raw, &p);
	while ((r = session_next(rti))) {
		flags |= r->flags;
		rtintercept_ring_release(rti);
	}
	return flags;
}

static void test_flags(int raw)
{
	static const struct name names[] = {
		NAME(RTINTERCEPT_RECORD_TRUNCATED), NAME(RTINTERCEPT_RECORD_VLAN),
		NAME(RTINTERCEPT_RECORD_CSUM_PARTIAL), NAME(RTINTERCEPT_RECORD_GRO),
		NAME(RTINTERCEPT_RECORD_FRAG_FIRST), NAME(RTINTERCEPT_RECORD_FRAG_LATER),
		NAME(RTINTERCEPT_RECORD_HW_TIME), NAME(RTINTERCEPT_RECORD_RX_QUEUE),
		NAME(RTINTERCEPT_RECORD_FLOW_HASH), NAME(RTINTERCEPT_RECORD_L3),
		NAME(RTINTERCEPT_RECORD_L4), NAME(RTINTERCEPT_RECORD_PAYLOAD),
		NAME(RTINTERCEPT_RECORD_MALFORMED), NAME(RTINTERCEPT_RECORD_NO_MAC),
		NAME(RTINTERCEPT_RECORD_IPV6),
	};
	const struct rtintercept_rule rule = {
		.flags = RTINTERCEPT_RULE_RECORD, .snap_bytes = SNAP,
	};
	__u32 hook = RTINTERCEPT_HOOK_AUTO, flags;
	struct rtintercept *rti = session_of(backend, HERE, &hook, RING_BYTES);
	size_t i;

	session_rule(rti, rule);
	must(rtintercept_start(rti), "start");
	flags = flags_of_all(rti, raw);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		row(names[i].name, !!(flags & names[i].bit));
	ok(flags & RTINTERCEPT_RECORD_L3, "there were records");
	session_close(rti, "flags");
}

int main(int argc, char **argv)
{
	const int raw = raw_open(PEER, THERE);

	backend = argc > 1 && !strcmp(argv[1], "xdp") ? RTINTERCEPT_BACKEND_XDP :
							RTINTERCEPT_BACKEND_MODULE;
	test_calls(raw);
	test_features();
	test_flags(raw);
	return tap_end();
}
