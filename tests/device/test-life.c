/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ends: of the module, of the application, of the interface, of its namespace.
 * Whatever goes, packets flow as if it had never been and the reader is told.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "device.h"

#define PORT		7001
#define RATE_PPS	3000

/* A sender of numbered packets, until told to stop; errors are not minded. */
struct flow {
	int fd;
	__u32 sent;
	int stop;
	pthread_t thread;
};

static void *send_flow(void *arg)
{
	struct flow *flow = arg;
	struct packet p;
	__u32 i;

	stay_on_cpu(0);
	packet_to_here(&p, PORT, 64);
	for (i = 0; !__atomic_load_n(&flow->stop, __ATOMIC_ACQUIRE); i++) {
		memcpy(p.data + 42, &i, sizeof(i));
		send(flow->fd, p.data, p.bytes, MSG_DONTWAIT);
		__atomic_store_n(&flow->sent, i + 1, __ATOMIC_RELEASE);
		if (i % 3 == 2)
			sleep_ms(1);
	}
	return NULL;
}

static void flow_start(struct flow *flow, const char *ifname)
{
	memset(flow, 0, sizeof(*flow));
	flow->fd = raw_open(PEER, ifname);
	pthread_create(&flow->thread, NULL, send_flow, flow);
}

static void flow_stop(struct flow *flow)
{
	__atomic_store_n(&flow->stop, 1, __ATOMIC_RELEASE);
	pthread_join(flow->thread, NULL);
	close(flow->fd);
}

static __u32 sent(const struct flow *flow)
{
	return __atomic_load_n(&flow->sent, __ATOMIC_ACQUIRE);
}

static int unload(void)
{
	return syscall(SYS_delete_module, "rtintercept", O_NONBLOCK) ? -errno : 0;
}

static void test_unload(void)
{
	struct rtintercept_ring_setup setup;
	int fd = dev_open();
	void *p;

	is(unload(), -EWOULDBLOCK, "the module stays while a session is open");
	dev_ring(fd, 65536, &setup);
	p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	is(unload(), -EWOULDBLOCK, "and while only a mapping is left");
	munmap(p, 4096);
}

/* The application: takes all packets away, until it is killed. */
static pid_t start_application(void)
{
	struct rtintercept_rule rule = rule_udp(PORT);
	struct rtintercept *rti;
	char ready = 0;
	int ends[2];
	pid_t pid;

	if (pipe(ends))
		return -1;
	pid = fork();
	if (pid) {
		if (read(ends[0], &ready, 1) != 1)
			ok(0, "the application starts");
		close(ends[0]);
		close(ends[1]);
		return pid;
	}
	rule.verdict = RTINTERCEPT_VERDICT_DROP;
	rti = session_open(HERE, 0, RING_BYTES);
	session_rule(rti, rule);
	rtintercept_start(rti);
	if (write(ends[1], &ready, 1) != 1)
		_exit(1);
	for (;;) {
		rtintercept_ring_wait(rti, -1);
		session_drain(rti);
	}
}

static int numbers(int fd, __u32 *first, __u32 *last)
{
	__u32 number;
	int count = 0;

	while (udp_receive(fd, &number, sizeof(number), 0) >= 0) {
		if (!count++)
			*first = number;
		*last = number;
	}
	return count;
}

static void test_killed_application(void)
{
	int socket = udp_open(NULL, PORT), round, count;
	__u32 first = 0, last = 0, gone;
	struct flow flow;
	pid_t pid;

	for (round = 0; round < 5; round++) {
		pid = start_application();
		flow_start(&flow, THERE);
		sleep_ms(300);
		is(numbers(socket, &first, &last), 0, "it takes all packets away");
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		gone = sent(&flow);
		sleep_ms(300);
		flow_stop(&flow);
		sleep_ms(100);
		count = numbers(socket, &first, &last);
		ok(count > 0 && first <= gone + 1,
		   "killed: packets arrive again from the next one on");
		is(last, sent(&flow) - 1, "killed: up to the last one sent");
		is(count, last - first + 1, "killed: and none is missing");
	}
	close(socket);
}

static int hangs_up(struct rtintercept *rti, int timeout_ms)
{
	struct pollfd p = { .fd = rtintercept_fd(rti) };

	return poll(&p, 1, timeout_ms) == 1 && (p.revents & POLLHUP);
}

static void cable(const char *name)
{
	run("ip link add %s address 02:00:00:00:00:01 type veth peer name %s-t "
	    "netns peer && ip link set %s up && ip -n peer link set %s-t up",
	    name, name, name, name);
}

/* A reader asleep, traffic, and the interface goes. */
static void test_removed(__u32 hook)
{
	struct rtintercept_stats s;
	struct rtintercept *rti;
	struct flow flow;
	int err;

	cable("tmp0");
	rti = session_open("tmp0", hook, RING_BYTES);
	session_rule(rti, rule_udp(PORT));
	rtintercept_start(rti);
	flow_start(&flow, "tmp0-t");
	ok(rtintercept_ring_wait(rti, 5000 * MS) == 1 && !hangs_up(rti, 0),
	   "hook %u: it runs", hook);
	run("(sleep 0.3; ip link del tmp0) &");
	do {
		err = rtintercept_ring_wait(rti, 5000 * MS);
		session_drain(rti);
	} while (err > 0);
	is(err, -ENODEV, "hook %u: the reader is woken", hook);
	flow_stop(&flow);
	ok(hangs_up(rti, 0), "hook %u: EPOLLHUP", hook);
	rtintercept_stats(rti, 0, &s);
	is(s.state, RTINTERCEPT_STATE_DEAD, "hook %u: DEAD", hook);
	is(s.attachments, 0, "hook %u: no interface is left", hook);
	is(rtintercept_attach(rti, index_of(HERE), NULL), 0,
	   "hook %u: another interface", hook);
	ok(!hangs_up(rti, 0), "hook %u: revives it", hook);
	session_close(rti, "removed interface");
}

static int gets_packets(struct rtintercept *rti, int raw)
{
	struct packet p;

	session_drain(rti);
	packet_to_here(&p, PORT, 10);
	raw_send(raw, &p);
	return rtintercept_ring_wait(rti, 2000 * MS) == 1;
}

static void test_changes(__u32 hook)
{
	struct rtintercept_attachment *list = NULL;
	struct rtintercept *rti;
	int raw;

	cable("tmp0");
	rti = session_open("tmp0", hook, RING_BYTES);
	session_rule(rti, rule_udp(PORT));
	rtintercept_start(rti);
	raw = raw_open(PEER, "tmp0-t");
	ok(gets_packets(rti, raw), "hook %u: it runs", hook);
	run("ip link set tmp0 down; ip link set tmp0 name tmp1");
	ok(!hangs_up(rti, 0), "hook %u: down is no end", hook);
	run("ip link set tmp1 up; ip link set tmp1 mtu 1400");
	sleep_ms(50);
	ok(gets_packets(rti, raw), "hook %u: it runs under a new name", hook);
	is(rtintercept_attachment_list(rti, 0, &list), 1, "hook %u: listed", hook);
	ok(!strcmp(list->ifname, "tmp1"), "hook %u: by the new name", hook);
	free(list);
	run("ip link set tmp1 netns peer");
	ok(hangs_up(rti, 2000), "hook %u: in another namespace it is gone", hook);
	run("ip -n peer link del tmp1");
	close(raw);
	session_close(rti, "changed interface");
}

static void test_one_of_two(void)
{
	struct rtintercept *rti;
	int raw = raw_open(PEER, THERE);

	cable("tmp0");
	rti = session_open("tmp0", 0, RING_BYTES);
	rtintercept_attach(rti, index_of(HERE), NULL);
	session_rule(rti, rule_udp(PORT));
	rtintercept_start(rti);
	run("ip link del tmp0");
	ok(!hangs_up(rti, 100), "one of two interfaces may go");
	ok(gets_packets(rti, raw), "the other goes on");
	close(raw);
	session_close(rti, "one of two");
}

/* A session does not keep its namespace alive. */
static void test_namespace(void)
{
	struct rtintercept *rti, *idle;
	__u32 hook = 0;
	int back, i;

	run("ip netns add short && ip -n short link set lo up");
	back = netns_enter("short");
	rti = session_open("lo", 0, RING_BYTES);
	idle = session_open(NULL, 0, RING_BYTES);
	netns_leave(back);
	rtintercept_start(rti);
	rtintercept_start(idle);
	ok(!hangs_up(rti, 0), "a session in a namespace");
	is(rtintercept_attach(rti, index_of(HERE), &hook), -ENOENT,
	   "knows only the interfaces of that");
	run("ip netns del short");
	ok(hangs_up(rti, 10000), "hangs up when it goes");
	ok(hangs_up(idle, 10000), "so does one without an interface");
	/* The loopback goes first, the namespace soon after. */
	for (i = 0; i < 100 && rtintercept_attach(rti, 1, &hook) == -ENOENT; i++)
		sleep_ms(100);
	is(rtintercept_attach(rti, 1, &hook), -ENODEV,
	   "and can be attached to nothing then");
	session_close(rti, "gone namespace");
	session_close(idle, "gone namespace, no interface");
}

static void test_bridge(void)
{
	__u32 hook = RTINTERCEPT_HOOK_RX_HANDLER;
	struct rtintercept *rti;
	int raw;

	cable("tmp0");
	run("ip link add tmpbr type bridge && ip link set tmpbr up && "
	    "ip link set tmp0 master tmpbr");
	rti = session_open(HERE, 0, RING_BYTES);
	is(rtintercept_attach(rti, index_of("tmp0"), &hook), -EBUSY,
	   "a bridge's port: its rx_handler is held");
	hook = RTINTERCEPT_HOOK_AUTO;
	is(rtintercept_attach(rti, index_of("tmp0"), &hook), 0,
	   "a bridge's port: AUTO");
	is(hook, RTINTERCEPT_HOOK_INGRESS, "takes the ingress hook there");
	session_rule(rti, rule_udp(PORT));
	rtintercept_start(rti);
	raw = raw_open(PEER, "tmp0-t");
	ok(gets_packets(rti, raw), "and sees the bridge's packets");
	close(raw);
	session_close(rti, "a bridge's port");
	run("ip link set tmp0 nomaster");
	rti = session_open("tmp0", RTINTERCEPT_HOOK_RX_HANDLER, RING_BYTES);
	ok(run("ip link set tmp0 master tmpbr 2>/dev/null") != 0,
	   "the bridge cannot take a port whose rx_handler is ours");
	session_close(rti, "our rx_handler");
	is(run("ip link set tmp0 master tmpbr"), 0, "once it is free it can");
	run("ip link del tmp0; ip link del tmpbr");
}

int main(void)
{
	__u32 hook;

	test_unload();
	test_killed_application();
	for (hook = RTINTERCEPT_HOOK_INGRESS; hook <= RTINTERCEPT_HOOK_RX_HANDLER;
	     hook++) {
		test_removed(hook);
		test_changes(hook);
	}
	test_one_of_two();
	test_namespace();
	test_bridge();
	return tap_end();
}
