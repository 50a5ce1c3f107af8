/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs in rules: what they see, what their answer means, that they may be
 * swapped under traffic, and that the packet is as it was for all others.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pthread.h>
#include <sys/socket.h>

#include "program.h"

#define PORT		7001
#define COUNT		10
#define PAYLOAD		100

static int raw, urgent;

static struct rtintercept_rule rule_of(__u32 program_id, __u32 priority)
{
	struct rtintercept_rule rule = rule_udp(PORT);

	rule.match |= RTINTERCEPT_MATCH_PROGRAM;
	rule.program_id = program_id;
	rule.priority = priority;
	return rule;
}

static __u32 classic(struct rtintercept *rti, __u32 id,
		     const struct sock_filter *insns, __u32 count)
{
	is(program_cbpf(rtintercept_fd(rti), &id, insns, count), 0, "a program");
	return id;
}

/* How many bytes of the next packet were captured; -1: no record, -2: not its bytes. */
static int captured(struct rtintercept *rti, struct packet *p)
{
	const struct rtintercept_record *r;
	int bytes;

	raw_send(raw, p);
	if (!rtintercept_ring_wait(rti, 200 * MS))
		return -1;
	r = rtintercept_ring_peek(rti);
	bytes = (int)r->captured_bytes;
	if (memcmp(r->data, p->data, r->captured_bytes))
		bytes = -2;
	rtintercept_ring_release(rti);
	return bytes;
}

/* The length of the packet, if the bytes at @at and @at + 1 are @value. */
static int sees(struct rtintercept *rti, struct packet *p, __u32 at, __u32 value)
{
	const struct sock_filter insns[] = {
		LOAD16(at), UNLESS(value, 2), BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
		BPF_STMT(BPF_RET | BPF_A, 0), RET(0),
	};

	classic(rti, 1, insns, COUNT_OF(insns));
	return captured(rti, p);
}

static void test_sight(__u32 hook)
{
	struct rtintercept *rti = session_open(HERE, hook, RING_BYTES);
	static struct packet p;
	int whole;

	classic(rti, 1, (const struct sock_filter[]){ RET(0) }, 1);
	session_rule(rti, rule_of(1, 0));
	rtintercept_start(rti);
	packet_to_here(&p, PORT, 8000);
	put16(p.data + 42 + 7900, 0x1234);
	whole = (int)p.bytes;
	is(sees(rti, &p, 12, ETH_P_IP), whole, "hook %u: the ethertype at 12", hook);
	is(sees(rti, &p, 36, PORT), whole, "hook %u: the port at 36", hook);
	is(sees(rti, &p, 42 + 7900, 0x1234), whole, "hook %u: far behind", hook);
	is(sees(rti, &p, p.bytes - 2, 0xabab), whole, "hook %u: the end", hook);
	is(sees(rti, &p, p.bytes - 1, 0xabab), -1, "hook %u: not beyond it", hook);
	is(sees(rti, &p, (__u32)SKF_NET_OFF + 22, PORT), whole,
	   "hook %u: from the network header", hook);
	is(sees(rti, &p, (__u32)SKF_LL_OFF + 12, ETH_P_IP), whole,
	   "hook %u: from the link layer's", hook);
	session_close(rti, "sight");
}

/* The tag has been taken out of the bytes: it is in the metadata. */
static void test_vlan(void)
{
	struct rtintercept *rti = session_open(HERE, 0, RING_BYTES);
	static struct packet p, tagged;
	const struct sock_filter insns[] = {
		LOAD16(12), UNLESS(ETH_P_IP, 3), LOAD16(SKF_AD_OFF + SKF_AD_VLAN_TAG),
		UNLESS(5, 1), RET(~0U), RET(0),
	};

	classic(rti, 1, insns, COUNT_OF(insns));
	session_rule(rti, rule_of(1, 0));
	rtintercept_start(rti);
	packet_to_here(&p, PORT, PAYLOAD);
	is(captured(rti, &p), -1, "a program that wants a tag: without one");
	packet_eth(&tagged, ETH_P_8021Q);
	packet_vlan(&tagged, 5, ETH_P_IP);
	memcpy(packet_add(&tagged, p.bytes - 14), p.data + 14, p.bytes - 14);
	is(captured(rti, &tagged), (int)tagged.bytes, "with it, whole in the record");
	session_close(rti, "VLAN");
}

static void test_answer(void)
{
	struct rtintercept *rti = session_open(HERE, 0, RING_BYTES);
	struct rtintercept_rule first = rule_of(1, 9), next = rule_udp(PORT);
	static struct packet p;

	packet_to_here(&p, PORT, PAYLOAD);
	classic(rti, 1, (const struct sock_filter[]){ RET(50) }, 1);
	first.snap_bytes = 60;
	next.snap_bytes = 70;
	session_rule(rti, first);
	session_rule(rti, next);
	rtintercept_start(rti);
	is(captured(rti, &p), 50, "the program wants less than the rule");
	classic(rti, 1, (const struct sock_filter[]){ RET(90) }, 1);
	is(captured(rti, &p), 60, "the rule less than the program");
	classic(rti, 1, (const struct sock_filter[]){ RET(0) }, 1);
	is(captured(rti, &p), 70, "the program does not want it: the next rule");
	session_close(rti, "answer");
}

/* Returns an array of one number, for programs to count in. */
static int map_create(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8,
		.max_entries = 1,
	};

	return bpf(BPF_MAP_CREATE, &attr);
}

static __u64 map_read(int map)
{
	__u64 value = 0;
	__u32 key = 0;
	union bpf_attr attr = {
		.map_fd = (__u32)map, .key = (__u64)(unsigned long)&key,
		.value = (__u64)(unsigned long)&value,
	};

	bpf(BPF_MAP_LOOKUP_ELEM, &attr);
	return value;
}

/* Counts in @map, writes to the control block, and answers @answer. */
static int load_counting(int map, int answer)
{
	const struct bpf_insn insns[] = {
		MOVE(BPF_REG_2, -1),
		INSN(BPF_STX | BPF_MEM | BPF_W, BPF_REG_1, BPF_REG_2,
		     offsetof(struct __sk_buff, cb[0]), 0),
		INSN(BPF_STX | BPF_MEM | BPF_W, BPF_REG_1, BPF_REG_2,
		     offsetof(struct __sk_buff, cb[4]), 0),
		INSN(BPF_ST | BPF_MEM | BPF_W, BPF_REG_10, 0, -4, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_2, BPF_REG_10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_2, 0, 0, -4),
		INSN(BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0, map),
		INSN(0, 0, 0, 0, 0),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_0, 0, 2, 0),
		MOVE(BPF_REG_1, 1),
		INSN(BPF_STX | BPF_ATOMIC | BPF_DW, BPF_REG_0, BPF_REG_1, 0, BPF_ADD),
		MOVE(BPF_REG_0, answer),
		EXIT,
	};

	return program_load(BPF_PROG_TYPE_SOCKET_FILTER, insns, COUNT_OF(insns));
}

/* Closed, it lives on; named by many rules, it runs once for a packet. */
static void test_ebpf(void)
{
	struct rtintercept *rti = session_open(HERE, 0, RING_BYTES);
	struct rtintercept_rule rules[200];
	int map = map_create(), program = load_counting(map, 55);
	static struct packet p;
	__u32 id = 3, i;

	if (!ok(map >= 0 && program >= 0, "an eBPF program"))
		return;
	is(program_set(rtintercept_fd(rti), &id, RTINTERCEPT_PROGRAM_EBPF,
		       (__u64)program, 0), 0, "is set");
	close(program);
	session_rule(rti, rule_of(3, 0));
	rtintercept_start(rti);
	packet_to_here(&p, PORT, PAYLOAD);
	is(captured(rti, &p), 55, "closed, it lives on");
	is(map_read(map), 1, "it has counted");
	program = load_counting(map, 0);
	is(program_set(rtintercept_fd(rti), &id, RTINTERCEPT_PROGRAM_EBPF,
		       (__u64)program, 0), 0, "one that wants nothing");
	close(program);
	for (i = 0; i < COUNT_OF(rules); i++)
		rules[i] = rule_of(3, i % 7);
	is(rtintercept_rule_replace(rti, 0, rules, COUNT_OF(rules), NULL), 0,
	   "200 rules that name it");
	is(captured(rti, &p), -1, "match nothing");
	is(map_read(map), 2, "and ask once");
	close(map);
	session_close(rti, "eBPF");
}

/* A packet socket beside, with a filter of its own. */
static int tap_open(void)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(HERE),
	};
	struct sock_filter insns[] = { LOAD16(36), UNLESS(PORT, 1), RET(~0U), RET(0) };
	struct sock_fprog filter = { COUNT_OF(insns), insns };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));

	setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter));
	ok(!bind(fd, (void *)&at, sizeof(at)), "a packet socket beside");
	return fd;
}

static int same_received(int fd, const __u8 *bytes, __u32 count)
{
	__u8 got[PAYLOAD + 100];
	int n = udp_receive(fd, got, sizeof(got), 1000);

	return n == (int)count && !memcmp(got, bytes, count);
}

/* Sessions with programs, by both hooks, and a packet socket share each packet. */
static void test_shared(void)
{
	static const __u32 hooks[] = { RTINTERCEPT_HOOK_INGRESS,
				       RTINTERCEPT_HOOK_INGRESS,
				       RTINTERCEPT_HOOK_RX_HANDLER };
	int map = map_create(), program = load_counting(map, -1), fd = tap_open();
	const struct sock_filter insns[] = { LOAD16(36), UNLESS(PORT, 1), RET(~0U),
					     RET(0) };
	struct rtintercept *rti[3];
	static struct packet p;
	int i, bad = 0, n;
	__u32 id;

	for (i = 0; i < 3; i++) {
		id = 1;
		rti[i] = session_open(HERE, hooks[i], RING_BYTES);
		if (i == 1)
			program_set(rtintercept_fd(rti[i]), &id,
				    RTINTERCEPT_PROGRAM_EBPF, (__u64)program, 0);
		else
			classic(rti[i], 1, insns, COUNT_OF(insns));
		session_rule(rti[i], rule_of(1, 0));
		rtintercept_start(rti[i]);
	}
	for (n = 0; n < COUNT; n++) {
		packet_to_here(&p, PORT, PAYLOAD + (__u32)n % 3);
		for (i = 0; i < 3; i++)
			if (i == 0)
				bad += captured(rti[0], &p) != (int)p.bytes;
			else
				bad += !session_next(rti[i]);
		for (i = 1; i < 3; i++)
			rtintercept_ring_release(rti[i]);
		bad += !same_received(fd, p.data, p.bytes);
		bad += !same_received(urgent, p.data + 42, p.bytes - 42);
	}
	is(bad, 0, "all see every packet whole");
	is(map_read(map), COUNT, "and no program sees one twice");
	for (i = 0; i < 3; i++)
		session_close(rti[i], "shared");
	close(program);
	close(map);
	close(fd);
}

static int stop_sending;	/* atomic */

static void *send_all_the_time(void *unused)
{
	static struct packet p;

	packet_to_here(&p, PORT, PAYLOAD);
	while (!__atomic_load_n(&stop_sending, __ATOMIC_RELAXED))
		raw_send(raw, &p);
	return NULL;
}

/* @seen: how often the programs were met, 50 first. Returns what neither has made. */
static int read_swapped(struct rtintercept *rti, int seen[2])
{
	const struct rtintercept_record *r;
	int bad = 0;

	while ((r = rtintercept_ring_peek(rti))) {
		bad += r->captured_bytes != 50 && r->captured_bytes != 60;
		seen[r->captured_bytes == 60]++;
		rtintercept_ring_release(rti);
	}
	return bad;
}

/* The same, until program @now is met; not for ever. */
static int read_until_met(struct rtintercept *rti, int seen[2], int now)
{
	const int before = seen[now];
	int tries, bad = 0;

	for (tries = 0; seen[now] == before && tries < 1000; tries++) {
		rtintercept_ring_wait(rti, 10 * MS);
		bad += read_swapped(rti, seen);
	}
	return bad;
}

/* Each packet runs the old program or the new one, never none. */
static void test_swap(void)
{
	struct rtintercept *rti = session_open(HERE, 0, 4 * RING_BYTES);
	struct rtintercept_stats s;
	int i, bad = 0, seen[2] = { 0, 0 };
	pthread_t sender;
	__u32 id = 1;

	classic(rti, 1, (const struct sock_filter[]){ RET(50) }, 1);
	session_rule(rti, rule_of(1, 0));
	rtintercept_start(rti);
	pthread_create(&sender, NULL, send_all_the_time, NULL);
	for (i = 0; i < 60; i++) {
		const struct sock_filter now[] = { RET(i % 2 ? 50 : 60) };

		bad += program_cbpf(rtintercept_fd(rti), &id, now, 1) != 0;
		/* Mostly at once the next: who sends may not have had a processor. */
		bad += i % 8 < 2 ? read_until_met(rti, seen, !(i % 2)) :
				   read_swapped(rti, seen);
	}
	__atomic_store_n(&stop_sending, 1, __ATOMIC_RELAXED);
	pthread_join(sender, NULL);
	rtintercept_stop(rti);
	rtintercept_stats(rti, 0, &s);
	is(bad, 0, "swapped 60 times: every packet met one of the two");
	ok(seen[0] && seen[1], "both were met: %d and %d times", seen[0], seen[1]);
	is(s.unmatched, 0, "and none was missed");
	session_close(rti, "swap");
}

int main(void)
{
	char byte;

	raw = raw_open(PEER, THERE);
	urgent = udp_open(NULL, PORT);
	test_sight(RTINTERCEPT_HOOK_INGRESS);
	test_sight(RTINTERCEPT_HOOK_RX_HANDLER);
	test_vlan();
	test_answer();
	test_ebpf();
	while (udp_receive(urgent, &byte, 1, 0) >= 0)
		;
	test_shared();
	test_swap();
	return tap_end();
}
