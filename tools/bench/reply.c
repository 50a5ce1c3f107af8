/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long an answer takes, by who gives it. A client sends a request and takes the
 * time in front of send(); when the answer has left the interface is the time stamp
 * that the kernel gives it at the other end of the cable. So nothing is counted that
 * the client does, but for its way to the hook, which is the same for all and is known.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "tools/bench/path.h"
#include "tools/bench/reply.h"

#define PORT		8080
#define RING_BYTES	(1U << 20)
#define WARM_UP		50
#define PAUSE_NS	300000

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Returns the time stamp of the answer, 0: none came. */
static uint64_t receive(int fd)
{
	char bytes[2048], control[CMSG_SPACE(sizeof(struct timespec))];
	struct iovec iov = { bytes, sizeof(bytes) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;
	struct timespec t;

	if (recvmsg(fd, &msg, 0) < 0)
		return 0;
	c = CMSG_FIRSTHDR(&msg);
	if (!c || c->cmsg_type != SCM_TIMESTAMPNS)
		return 0;
	memcpy(&t, CMSG_DATA(c), sizeof(t));
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* One request. Return: how long its answer took, 0: none came. */
static uint64_t ask(const struct reply_run *run)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	static const char bytes[2048];
	uint64_t t0_ns, out_ns;

	nanosleep(&pause, NULL);
	t0_ns = now_ns(CLOCK_REALTIME);
	if (send(run->client, bytes, (size_t)run->o->bytes, 0) < 0)
		return 0;
	out_ns = receive(run->client);
	return out_ns > t0_ns ? out_ns - t0_ns : 0;
}

static int ask_all(struct reply_run *run, enum answer_by by)
{
	uint64_t took_ns;
	int i, err;

	run->server.by = by;
	err = answer_start(&run->server);
	if (err)
		return err;
	for (i = 0; !err && i < WARM_UP + run->o->count / REPLY_TURNS; i++) {
		took_ns = ask(run);
		if (!took_ns)
			err = -ETIMEDOUT;
		else if (i >= WARM_UP)
			hist_add(&run->hist[by], took_ns);
	}
	answer_stop(&run->server);
	return err;
}

/* How long before T1 the client takes the time: the records tell. */
static int measure_hook(struct reply_run *run)
{
	struct rtintercept_rule rule = { .flags = RTINTERCEPT_RULE_RECORD };
	const struct rtintercept_record *r;
	struct rtintercept *rti = run->server.rti;
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	uint64_t t0_ns;
	int i, err = rtintercept_rule_replace(rti, 0, &rule, 1, NULL);

	for (i = 0; !err && i < 2 * WARM_UP; i++) {
		nanosleep(&pause, NULL);
		while (rtintercept_ring_peek(rti))
			rtintercept_ring_release(rti);
		t0_ns = now_ns(CLOCK_MONOTONIC);
		if (send(run->client, "", 1, 0) < 0 ||
		    rtintercept_ring_wait(rti, 1000000000) != 1)
			return -ETIMEDOUT;
		r = rtintercept_ring_peek(rti);
		if (r && i >= WARM_UP)
			hist_add(&run->to_hook, r->time_ns - t0_ns);
		rtintercept_ring_release(rti);
	}
	while (recv(run->server.fd, &t0_ns, sizeof(t0_ns), MSG_DONTWAIT) >= 0)
		;	/* or they would be answered before what is asked */
	return err ? err : rtintercept_rule_flush(rti, 0);
}

/* The session is stopped for the socket's server: it shall pay for nothing. */
static int measure(struct reply_run *run)
{
	int turn, by, err = 0;

	for (turn = 0; !err && turn < REPLY_TURNS; turn++) {
		rtintercept_stop(run->server.rti);
		err = ask_all(run, ANSWER_SOCKET);
		if (!err)
			err = rtintercept_start(run->server.rti);
		for (by = ANSWER_READER; !err && by < ANSWER_KINDS; by++)
			err = ask_all(run, (enum answer_by)by);
	}
	return err;
}

static void spin_on(int cpu)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	answer_set_thread(pthread_self(), 0, cpu);
	for (;;)
		;
}

static int start_load(struct reply_run *run)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pid_t pid;
	int i;

	for (i = 0; i < run->o->load * (int)cpus && i < REPLY_LOAD_MAX; i++) {
		pid = fork();
		if (pid < 0)
			return -errno;
		if (!pid)
			spin_on(i % (int)cpus);
		run->load[run->loads++] = pid;
	}
	return 0;
}

static void stop_load(struct reply_run *run)
{
	while (run->loads) {
		kill(run->load[--run->loads], SIGKILL);
		waitpid(run->load[run->loads], NULL, 0);
	}
}

static int open_sockets(struct reply_run *run)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	const struct timeval limit = { .tv_sec = 5 }, soon = { .tv_usec = 50000 };
	const int one = 1;

	if (inet_pton(AF_INET, run->o->to, &at.sin_addr) != 1)
		return -EINVAL;
	run->server.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (bind(run->server.fd, (void *)&at, sizeof(at)) ||
	    setsockopt(run->server.fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon)))
		return -errno;
	run->client = path_socket(run->o->client_netns);
	if (run->client < 0)
		return run->client;
	if (connect(run->client, (void *)&at, sizeof(at)) ||
	    setsockopt(run->client, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one)) ||
	    setsockopt(run->client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		return -errno;
	return 0;
}

/* A veth takes what its peer's program sends only if it has a program too. */
static int open_peer(struct reply_run *run)
{
	const struct rtintercept_open_opts opts = {
		.size = sizeof(opts), .backend = RTINTERCEPT_BACKEND_XDP,
	};
	int back, err;

	if (run->o->backend != RTINTERCEPT_BACKEND_XDP || !run->o->client_interface)
		return 0;
	back = path_netns_enter(run->o->client_netns);
	if (back < 0)
		return back;
	err = rtintercept_open(&run->peer, &opts);
	if (!err)
		err = rtintercept_attach(run->peer,
					 if_nametoindex(run->o->client_interface), NULL);
	if (path_netns_leave(back) && !err)
		err = -EIO;
	return err;
}

static int open_session(struct reply_run *run)
{
	const struct rtintercept_open_opts opts = {
		.size = sizeof(opts), .backend = run->o->backend,
	};
	int err = rtintercept_open(&run->server.rti, &opts);

	if (!err)
		err = rtintercept_ring_setup(run->server.rti, RING_BYTES);
	if (!err)
		err = rtintercept_attach(run->server.rti,
					 if_nametoindex(run->o->interface), NULL);
	return err ? err : rtintercept_start(run->server.rti);
}

static void close_all(struct reply_run *run)
{
	rtintercept_close(run->server.rti);
	rtintercept_close(run->peer);
	if (run->server.fd >= 0)
		close(run->server.fd);
	if (run->client >= 0)
		close(run->client);
}

int reply_measure(struct reply_run *run)
{
	int err;

	run->client = run->server.fd = -1;
	run->server.priority = run->o->server_priority;
	run->server.cpu = run->o->server_cpu;
	err = open_sockets(run);
	if (!err)
		err = open_peer(run);
	if (!err)
		err = open_session(run);
	if (!err)
		err = answer_set_thread(pthread_self(), run->o->client_priority,
					run->o->client_cpu);
	if (!err)
		err = measure_hook(run);
	if (!err)
		err = start_load(run);
	if (!err)
		err = measure(run);
	stop_load(run);
	close_all(run);
	return err;
}
