/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls in an order that nobody thought of: libFuzzer makes programs of calls, of
 * mappings and of packets, and keeps those by which the kernel came to where none
 * before had come (KCOV). After each call that is refused all sessions are as they
 * were; at the end of a program the books close, nothing is left of its sessions,
 * and the kernel has found nothing wrong with itself.
 *
 * Where the kernel has no KCOV, programs are only tried: those in
 * tests/fuzz/corpus/fuzz-calls are what a kernel that has it once led to.
 *
 * usage: fuzz-calls [OPTION OF LIBFUZZER...] DIRECTORY|FILE...
 */
#include "fuzz-calls.h"
#include "program.h"

#define SESSIONS	3
#define PAGE		4096UL
#define PACKETS_MAX	8

/**
 * struct session - one of a program's
 * @fd: -1: none is open
 * @consumer: its page, or NULL
 * @data: producer's page and the data, or NULL
 * @data_bytes: of that mapping
 */
struct session {
	int fd;
	__u64 *consumer;
	__u8 *data;
	size_t data_bytes;
};

static struct session sessions[SESSIONS];
static struct fuzz_world world;
static int tap = -1, tainted;

/* Return: what the kernel found wrong so far, as a set of bits. */
static long taint(void)
{
	char text[32] = "";

	FUZZ_CHECK(pread(tainted, text, sizeof(text) - 1, 0) > 0);
	return atol(text);
}

/* ---- what a refused call must leave as it was ---- */

/* How all sessions were when last looked at, if nothing has changed them since. */
static struct dev_state before[SESSIONS];
static int before_known;

static void look(struct dev_state *states)
{
	int i;

	for (i = 0; i < SESSIONS; i++)
		states[i] = sessions[i].fd < 0 ? (struct dev_state) { 0 } :
						 dev_state(sessions[i].fd);
}

static void check_answer(const char *call, int err)
{
	if (answer_known(err))
		return;
	fprintf(stderr, "%s: not: an answer of the header's: %d\n", call, err);
	abort();
}

/* ---- the steps of a program ---- */

static void step_ioctl(struct fuzz *fuzz, struct session *s)
{
	static __u8 args[ARGUMENTS_BYTES];
	const __u32 nr = arguments(fuzz, &world, args);
	struct dev_state after[SESSIONS];
	char name[32];
	int err;

	if (!before_known)
		look(before);
	err = dev_ioctl(s->fd, RTINTERCEPT_IOC(nr), args);
	before_known = err;
	if (!err)
		return;
	snprintf(name, sizeof(name), "ioctl %#x", nr);
	check_answer(name, err);
	look(after);
	FUZZ_CHECK(!memcmp(before, after, sizeof(before)));
}

static void unmap(struct session *s)
{
	if (s->consumer)
		munmap(s->consumer, PAGE);
	if (s->data)
		munmap(s->data, s->data_bytes);
	s->consumer = NULL;
	s->data = NULL;
}

/* The ring as it is, or by a length and an offset of any size. */
static void step_map(struct fuzz *fuzz, struct session *s)
{
	const __u8 how = fuzz_u8(fuzz);
	const __u64 ring = 4096ULL << (how >> 1 & 7);
	void *at;

	unmap(s);
	if (how & 1) {
		at = mmap(NULL, PAGE * (1 + how % 16), how & 16 ? PROT_READ : PROT_WRITE,
			  how & 32 ? MAP_SHARED : MAP_PRIVATE, s->fd,
			  (off_t)(PAGE * fuzz_u8(fuzz)));
		if (at != MAP_FAILED)
			munmap(at, PAGE * (1 + how % 16));
		return;
	}
	at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0);
	s->consumer = at == MAP_FAILED ? NULL : at;
	s->data_bytes = PAGE + 2 * ring;
	at = mmap(NULL, s->data_bytes, PROT_READ, MAP_SHARED, s->fd, PAGE);
	s->data = at == MAP_FAILED ? NULL : at;
}

/* Lets go of all that has been written, or says what is not so. */
static void step_position(struct fuzz *fuzz, struct session *s)
{
	const __u8 how = fuzz_u8(fuzz);

	if (!s->consumer)
		return;
	if (how & 1)
		__atomic_store_n(s->consumer, fuzz_u64(fuzz), __ATOMIC_RELEASE);
	else if (s->data)
		__atomic_store_n(s->consumer, *(__u64 *)s->data, __ATOMIC_RELEASE);
}

static void step_read(struct fuzz *fuzz, struct session *s)
{
	static __u8 data[4096];
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	int err;

	poll(&p, 1, 0);
	err = read(s->fd, data, fuzz_u8(fuzz) * 16U) < 0 ? -errno : 0;
	check_answer("read()", err);
}

static void step_packets(struct fuzz *fuzz)
{
	const __u8 how = fuzz_u8(fuzz);
	struct fuzz again;
	int i;

	for (i = 0; i <= how % PACKETS_MAX; i++) {
		again = *fuzz;
		tap_packet(tap, &again);
	}
	*fuzz = again;
}

static void step_open(struct session *s)
{
	/* What is mapped stays as long as the mapping. */
	if (s->fd >= 0)
		close(s->fd);
	s->fd = dev_open();
	before_known = 0;
	FUZZ_CHECK(s->fd >= 0);
	fcntl(s->fd, F_SETFL, O_NONBLOCK);
}

/* What most programs need before anything comes of their packets: all of it, and sound. */
static void step_run(struct fuzz *fuzz, struct session *s)
{
	const __u8 how = fuzz_u8(fuzz);
	struct rtintercept_reply_set echo = {
		.size = sizeof(echo), .reply_id = 1, .type = RTINTERCEPT_REPLY_ECHO,
		.rate_pps = 1U << (how >> 4),
	};
	struct rtintercept_rule all = { .verdict = (how & 3) % 3 };

	if (!(how & 16)) {
		all.flags = RTINTERCEPT_RULE_RECORD;
		all.snap_bytes = how & 0xe0;
	}
	step_open(s);
	FUZZ_CHECK(!dev_ioctl(s->fd, RTINTERCEPT_IOC_REPLY_SET, &echo));
	if (all.verdict == RTINTERCEPT_VERDICT_REPLY)
		all.reply_id = echo.reply_id;
	FUZZ_CHECK(!dev_ring(s->fd, PAGE << (how >> 2 & 3), NULL));
	FUZZ_CHECK(!dev_attach(s->fd, TAP_NAME, 0));
	FUZZ_CHECK(!dev_rule(s->fd, &all));
	FUZZ_CHECK(!dev_start(s->fd));
}

/* The interface goes down or up, or goes; that is rare, since it takes long. */
static void step_interface(struct fuzz *fuzz)
{
	const __u8 how = fuzz_u8(fuzz);

	if (how != 255) {
		tap_up(how & 1);
		return;
	}
	close(tap);
	tap = tap_open(&world.ifindex);
	before_known = 0;
}

static void step(struct fuzz *fuzz)
{
	const __u8 what = fuzz_u8(fuzz);
	struct session *s = &sessions[what >> 5 ? 0 : 1 + (what >> 4 & 1)];

	if (s->fd < 0)
		step_open(s);
	switch (what & 15) {
	case 0:
		step_open(s);
		break;
	case 1:
		step_map(fuzz, s);
		break;
	case 2:
		step_position(fuzz, s);
		break;
	case 3:
		step_read(fuzz, s);
		break;
	case 4:
		step_interface(fuzz);
		break;
	case 5:
	case 6:
	case 7:
		step_packets(fuzz);
		break;
	case 8:
		step_run(fuzz, s);
		break;
	default:
		step_ioctl(fuzz, s);
		break;
	}
}

/* ---- the end of a program ---- */

static void books(int fd)
{
	struct rtintercept_stats s;

	FUZZ_CHECK(!dev_stop(fd));
	FUZZ_CHECK(!dev_stats(fd, &s));
	FUZZ_CHECK(sums_are_right(&s));
}

static void nothing_is_left(void)
{
	struct rtintercept_session_list list = { .size = sizeof(list) };
	const int fd = dev_open();
	int err;

	list.session_size = sizeof(struct rtintercept_session);
	err = dev_ioctl(fd, RTINTERCEPT_IOC_SESSION_LIST, &list);
	FUZZ_CHECK(err == -EMSGSIZE && list.count == 1);
	close(fd);
}

static void end(void)
{
	int i;

	for (i = 0; i < SESSIONS; i++) {
		if (sessions[i].fd >= 0) {
			books(sessions[i].fd);
			close(sessions[i].fd);
			sessions[i].fd = -1;
		}
		unmap(&sessions[i]);
	}
	tap_up(1);
	tap_drain(tap);
	nothing_is_left();
}

/* At the first program: who only leads others (-merge, -fork) has no interface. */
static void set_up(void)
{
	const struct bpf_insn all[] = { MOVE(BPF_REG_0, 64), EXIT };
	struct rtintercept_info info = { .size = sizeof(info) };
	int i;

	for (i = 0; i < SESSIONS; i++)
		sessions[i].fd = -1;
	arguments_init();
	world.filter = program_load(BPF_PROG_TYPE_SOCKET_FILTER, all, COUNT_OF(all));
	tap = tap_open(&world.ifindex);
	tainted = open("/proc/sys/kernel/tainted", O_RDONLY | O_CLOEXEC);
	i = dev_open();
	if (i < 0) {
		fprintf(stderr, "fuzz-calls: %s: %s\n", RTINTERCEPT_DEVICE, strerror(-i));
		exit(1);
	}
	if (!kcov_open()) {
		kcov_begin();
		dev_ioctl(i, RTINTERCEPT_IOC_INFO, &info);
		if (!kcov_end()) {
			fprintf(stderr, "fuzz-calls: the module does not tell KCOV; "
				"build it with KCOV_INSTRUMENT=y\n");
			exit(1);
		}
	}
	close(i);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t bytes)
{
	struct fuzz fuzz = { data, bytes };
	long sound;

	if (tap < 0)
		set_up();
	sound = taint();
	before_known = 0;
	kcov_begin();
	while (fuzz.left)
		step(&fuzz);
	end();
	kcov_end();
	FUZZ_CHECK(taint() == sound);
	return 0;
}
