/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of a ring, looked at without the library: where each record begins,
 * its header, what is behind the end of the data. Prints one line for each
 * record, the same lines for the same packets whichever backend made the ring.
 *
 * usage: layout module|xdp
 */
#include <bpf/bpf.h>

#include "bpf.h"

#define PORT		7000
#define DATA_BYTES	8192U
#define MAPS_MAX	16

static struct rtintercept_ring_consumer *consumer;
static const struct rtintercept_ring_producer *producer;
static const __u8 *data;

static void map(int fd, __u64 consumer_at, __u64 producer_at)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *p;

	p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		 (off_t)consumer_at);
	must(p == MAP_FAILED ? -errno : 0, "map the consumer page");
	consumer = p;
	p = mmap(NULL, page + 2 * DATA_BYTES, PROT_READ, MAP_SHARED, fd,
		 (off_t)producer_at);
	must(p == MAP_FAILED ? -errno : 0, "map the data");
	producer = p;
	data = (const __u8 *)p + page;
}

static int ring_of(int program_fd)
{
	__u32 ids[MAPS_MAX] = {}, bytes, i;
	struct bpf_prog_info info = {
		.nr_map_ids = MAPS_MAX,
		.map_ids = (__u64)(unsigned long)ids,
	};
	struct bpf_map_info map_info;
	int fd;

	bytes = sizeof(info);
	must(bpf_obj_get_info_by_fd(program_fd, &info, &bytes), "program info");
	for (i = 0; i < info.nr_map_ids; i++) {
		fd = bpf_map_get_fd_by_id(ids[i]);
		memset(&map_info, 0, sizeof(map_info));
		bytes = sizeof(map_info);
		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &map_info, &bytes) &&
		    !strcmp(map_info.name, "rti_ring"))
			return fd;
		close(fd);
	}
	must(-ENOENT, "the ring");
	return -1;
}

static void open_xdp(void)
{
	__u32 hook = RTINTERCEPT_HOOK_AUTO;
	struct rtintercept *rti;

	rti = session_of(RTINTERCEPT_BACKEND_XDP, HERE, &hook, DATA_BYTES);
	session_rule(rti, rule_udp(PORT));
	must(rtintercept_start(rti), "start");
	map(ring_of(program_of(rti)), 0, (__u64)sysconf(_SC_PAGESIZE));
}

static void open_module(void)
{
	struct rtintercept_rule rule = rule_udp(PORT);
	struct rtintercept_ring_setup setup;
	int fd = dev_open();

	must(fd, "open");
	must(dev_rule(fd, &rule), "rule");
	must(dev_ring(fd, DATA_BYTES, &setup), "ring");
	must(dev_attach(fd, HERE, RTINTERCEPT_HOOK_AUTO), "attach");
	must(dev_start(fd), "start");
	map(fd, setup.consumer_offset, setup.producer_offset);
}

static __u64 produced(void)
{
	return __atomic_load_n(&producer->position, __ATOMIC_ACQUIRE);
}

/* One packet of @payload bytes, one record: it is where it must be. */
static int one(int raw, __u32 payload)
{
	const __u64 at = consumer->position, end_ns = now_ns() + 2000 * MS;
	const struct rtintercept_ring_header *header;
	const struct rtintercept_record *r;
	struct packet p;
	__u32 length;

	packet_to_here(&p, PORT, payload);
	raw_send(raw, &p);
	while (produced() == at && now_ns() < end_ns)
		usleep(100);
	header = (const void *)(data + (at & (DATA_BYTES - 1)));
	r = (const void *)(header + 1);
	do
		length = __atomic_load_n(&header->length, __ATOMIC_ACQUIRE);
	while ((length & RTINTERCEPT_RING_BUSY) && now_ns() < end_ns);
	printf("record at %llu: length %#x page_offset %u takes %llu, %u of %u bytes\n",
	       at, length, header->page_offset, produced() - at,
	       r->captured_bytes, r->wire_bytes);
	if (length != sizeof(*r) + p.bytes ||
	    header->page_offset != 3 + (at & (DATA_BYTES - 1)) / 4096 ||
	    produced() - at != (sizeof(*header) + length + 7) / 8 * 8 ||
	    memcmp(r->data, p.data, p.bytes))
		return 0;
	__atomic_store_n(&consumer->position, produced(), __ATOMIC_RELEASE);
	return 1;
}

/* Round the ring several times: records at every alignment, and over the end. */
int main(int argc, char **argv)
{
	int raw = raw_open(PEER, THERE), good = 1;
	__u32 payload;

	if (argc > 1 && !strcmp(argv[1], "xdp"))
		open_xdp();
	else
		open_module();
	for (payload = 0; payload <= 1400; payload += 35)
		good &= one(raw, payload);
	ok(good, "every record has the layout of BPF_MAP_TYPE_RINGBUF");
	ok(!memcmp(data, data + DATA_BYTES, DATA_BYTES),
	   "the data is mapped twice in a row");
	ok(produced() > 4 * DATA_BYTES, "round the ring four times");
	return tap_end();
}
