/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * T2 - T1 of our program and reader against the least that is possible: one word
 * of shared memory (no ring), and a ring with the least program and reader that
 * there can be, for a record of the same length. All of them take turns on one
 * cable, with the sender on the first CPU and the reader spinning on the last.
 *
 * usage: latency OBJECT [TURNS [RESULTS]]: OBJECT is least.bpf.o; RESULTS gets the
 * numbers as JSON
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include "bpf.h"
#include "least.h"

#define PACKETS		250	/* a turn */
#define TURNS_MAX	200
#define PAYLOAD		512
#define PERIOD_NS	120000
#define PRIORITY	50
#define LIMIT_PERCENT	115

enum { WORD, RING, OURS_64, OURS_WHOLE, WAYS };

static const char *const names[WAYS] = { "word", "ring", "ours_64", "ours_whole" };

/* One of them is attached at a time. */
struct way {
	int program;
	struct rtintercept *rti;
	int (*look)(struct way *way, __u64 *t1_ns);
	__u32 n;
	__u64 ns[TURNS_MAX * PACKETS];
};

static struct way ways[WAYS];

static struct {
	const __u64 *word;
	__u64 last;
	struct rtintercept_ring_consumer *consumer;
	const struct rtintercept_ring_producer *producer;
	const char *data;
	__u64 position;
} least;

/* What the sender says, and what the reader answers. */
static struct {
	_Alignas(128) struct way *way;
	int end;
	_Alignas(128) const struct way *reads;
} turn;

static struct machine machine;

static int look_at_word(struct way *way, __u64 *t1_ns)
{
	*t1_ns = __atomic_load_n(least.word, __ATOMIC_ACQUIRE);
	if (*t1_ns == least.last)
		return 0;
	least.last = *t1_ns;
	return 1;
}

/* The room is given back when the turn is over. */
static int look_at_ring(struct way *way, __u64 *t1_ns)
{
	const struct rtintercept_ring_header *header =
		(const void *)(least.data + (least.position & (LEAST_RING_BYTES - 1)));

	if (__atomic_load_n(&least.producer->position, __ATOMIC_ACQUIRE) ==
	    least.position ||
	    __atomic_load_n(&header->length, __ATOMIC_ACQUIRE) & RTINTERCEPT_RING_BUSY)
		return 0;
	*t1_ns = ((const struct least_record *)(header + 1))->time_ns;
	least.position += sizeof(*header) + sizeof(struct least_record);
	return 1;
}

static int look_at_ours(struct way *way, __u64 *t1_ns)
{
	const struct rtintercept_record *record = rtintercept_ring_peek(way->rti);

	if (!record)
		return 0;
	*t1_ns = record->time_ns;
	return 1;
}

/* Nobody else on this CPU: what is measured is not the scheduler. */
static void settle(int cpu)
{
	const struct sched_param param = { .sched_priority = PRIORITY };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	must(-pthread_setaffinity_np(pthread_self(), sizeof(set), &set), "pin");
	must(-pthread_setschedparam(pthread_self(), SCHED_FIFO, &param), "priority");
}

/* Return: whether there was a packet. */
static int read_one(struct way *way)
{
	__u64 t1_ns, t2_ns;

	if (!way->look(way, &t1_ns))
		return 0;
	t2_ns = now_ns();
	if (way->n < TURNS_MAX * PACKETS)
		way->ns[way->n++] = t2_ns - t1_ns;
	if (way->rti)
		rtintercept_ring_release(way->rti);
	return 1;
}

/* All that was sent in its turn. */
static void spin(struct way *way)
{
	__atomic_store_n(&turn.reads, way, __ATOMIC_RELEASE);
	while (__atomic_load_n(&turn.way, __ATOMIC_ACQUIRE) == way)
		read_one(way);
	while (read_one(way))
		;
	__atomic_store_n(&least.consumer->position, least.position, __ATOMIC_RELEASE);
	__atomic_store_n(&turn.reads, NULL, __ATOMIC_RELEASE);
}

static void *reader(void *arg)
{
	struct way *way;

	settle((int)sysconf(_SC_NPROCESSORS_ONLN) - 1);
	machine_throw_back();
	while (!__atomic_load_n(&turn.end, __ATOMIC_RELAXED)) {
		way = __atomic_load_n(&turn.way, __ATOMIC_ACQUIRE);
		if (way)
			spin(way);
	}
	return NULL;
}

/* Each packet at its time, however late the one before was. */
static void send_packets(int fd)
{
	static const char payload[PAYLOAD];
	__u64 due = now_ns() + PERIOD_NS;
	int i;

	for (i = 0; i < PACKETS; i++, due += PERIOD_NS) {
		while (now_ns() < due)
			;
		must(send(fd, payload, sizeof(payload), 0) < 0 ? -errno : 0, "send");
	}
}

static void wait_for_reader(const struct way *way)
{
	while (__atomic_load_n(&turn.reads, __ATOMIC_ACQUIRE) != way)
		;
}

static void take_turn(struct way *way, int fd)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_DRV_MODE);
	int link = bpf_link_create(way->program, (int)index_of(HERE), BPF_XDP, &opts);

	must(link, "attach");
	__atomic_store_n(&turn.way, way, __ATOMIC_RELEASE);
	wait_for_reader(way);
	send_packets(fd);
	__atomic_store_n(&turn.way, NULL, __ATOMIC_RELEASE);
	wait_for_reader(NULL);
	close(link);
}

/* With the maps of the least programs. */
static void open_least(const char *path)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	int ring, word;
	void *p;

	must(object ? bpf_object__load(object) : -errno, path);
	ways[WORD].look = look_at_word;
	ways[RING].look = look_at_ring;
	ways[WORD].program = bpf_program__fd(
		bpf_object__find_program_by_name(object, "least_to_word"));
	ways[RING].program = bpf_program__fd(
		bpf_object__find_program_by_name(object, "least_to_ring"));
	ring = bpf_object__find_map_fd_by_name(object, "least_ring");
	word = bpf_object__find_map_fd_by_name(object, "least_word");
	p = mmap(NULL, page, PROT_READ, MAP_SHARED, word, 0);
	must(p == MAP_FAILED ? -errno : 0, "map the word");
	least.word = p;
	p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, ring, 0);
	must(p == MAP_FAILED ? -errno : 0, "map the consumer page");
	least.consumer = p;
	p = mmap(NULL, page + 2 * LEAST_RING_BYTES, PROT_READ, MAP_SHARED, ring,
		 (off_t)page);
	must(p == MAP_FAILED ? -errno : 0, "map the ring");
	least.producer = p;
	least.data = (const char *)p + page;
}

/* A session that is attached by its program alone. */
static void open_ours(struct way *way, __u32 snap_bytes)
{
	struct rtintercept_rule rule = rule_udp(LEAST_PORT);
	__u32 hook = RTINTERCEPT_HOOK_AUTO;

	rule.snap_bytes = snap_bytes;
	way->rti = session_of(RTINTERCEPT_BACKEND_XDP, "lo", &hook, LEAST_RING_BYTES);
	must(rtintercept_rule_add(way->rti, 0, &rule), "rule");
	must(rtintercept_start(way->rti), "start");
	way->program = program_of(way->rti);
	must(rtintercept_detach(way->rti, index_of("lo")), "detach");
	way->look = look_at_ours;
}

static int open_sender(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(LEAST_PORT),
	};
	int old = netns_enter(PEER), fd;

	inet_pton(AF_INET, "10.77.0.1", &to.sin_addr);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	netns_leave(old);
	must(connect(fd, (struct sockaddr *)&to, sizeof(to)) ? -errno : 0, "connect");
	return fd;
}

static int ascending(const void *a, const void *b)
{
	const __u64 x = *(const __u64 *)a, y = *(const __u64 *)b;

	return x < y ? -1 : x > y;
}

static __u64 percentile(const struct way *way, __u32 percent)
{
	return way->n ? way->ns[(__u64)way->n * percent / 100] : 0;
}

static void write_results(const char *path)
{
	FILE *f = fopen(path, "we");
	int i;

	must(f ? 0 : -errno, path);
	fprintf(f, "{\n  \"payload_bytes\": %d,\n  \"clock_ns\": %llu,\n"
		"  \"cacheline_half_rtt_ns\": %llu,\n  \"ways\": [\n",
		PAYLOAD, machine.clock_ns, machine.half_rtt_ns);
	for (i = 0; i < WAYS; i++)
		fprintf(f, "    { \"way\": \"%s\", \"n\": %u, \"p50_ns\": %llu, "
			"\"p90_ns\": %llu, \"p99_ns\": %llu }%s\n",
			names[i], ways[i].n, percentile(&ways[i], 50),
			percentile(&ways[i], 90), percentile(&ways[i], 99),
			i < WAYS - 1 ? "," : "");
	fprintf(f, "  ]\n}\n");
	must(fclose(f) ? -errno : 0, path);
}

static void print(void)
{
	int i;

	printf("# reading the clock %llu ns, half a cache line's round trip %llu ns\n",
	       machine.clock_ns, machine.half_rtt_ns);
	for (i = 0; i < WAYS; i++) {
		qsort(ways[i].ns, ways[i].n, sizeof(__u64), ascending);
		printf("# %-10s T2-T1 p50 %llu, p90 %llu, p99 %llu ns of %u\n", names[i],
		       percentile(&ways[i], 50), percentile(&ways[i], 90),
		       percentile(&ways[i], 99), ways[i].n);
	}
}

/* Each packet was read once; of words, which are written over, as many as there were. */
static void judge(int turns)
{
	int i;

	for (i = RING; i < WAYS; i++)
		is(ways[i].n, (__u64)turns * PACKETS, names[i]);
	ok(percentile(&ways[OURS_64], 50) * 100 <=
	   percentile(&ways[RING], 50) * LIMIT_PERCENT,
	   "ours is there as soon as the least that a BPF ring can do");
}

int main(int argc, char **argv)
{
	const int turns = argc > 2 ? atoi(argv[2]) : 12;
	pthread_t thread;
	int i, w, fd, rx;

	must(argc > 1 && turns > 0 && turns <= TURNS_MAX ? 0 : -EINVAL, "usage");
	rx = udp_open(NULL, LEAST_PORT);
	open_least(argv[1]);
	open_ours(&ways[OURS_64], LEAST_BYTES);
	open_ours(&ways[OURS_WHOLE], 0);
	fd = open_sender();
	must(-pthread_create(&thread, NULL, reader, NULL), "thread");
	settle(0);
	machine_measure(&machine);
	for (i = 0; i < turns; i++)
		for (w = 0; w < WAYS; w++)
			take_turn(&ways[(w + i) % WAYS], fd);
	__atomic_store_n(&turn.end, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	print();
	judge(turns);
	if (argc > 3)
		write_results(argv[3]);
	close(fd);
	close(rx);
	rtintercept_close(ways[OURS_64].rti);
	rtintercept_close(ways[OURS_WHOLE].rti);
	return tap_end();
}
