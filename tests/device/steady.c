/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A reader that is set up for real time makes no page fault from then on. */
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "device.h"

#define RECORDS	20000
#define BATCH	50
#define LATENCY_DEVICE	"/dev/cpu_dma_latency"

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

/* Could a fault be seen at all? */
static void see_a_fault(void)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long before = faults();

	page[0] = 1;
	ok(faults() - before >= 1, "a page fault is seen");
	munmap(page, 4096);
}

/* What the kernel promises every CPU, in us; -1: it does not tell. */
static int latency_bound_us(void)
{
	int fd = open(LATENCY_DEVICE, O_RDONLY);
	__s32 bound_us = -1;

	if (fd < 0)
		return -1;
	if (read(fd, &bound_us, sizeof(bound_us)) != sizeof(bound_us))
		bound_us = -1;
	close(fd);
	return bound_us;
}

static void set_up(struct rtintercept *rti)
{
	/* User-Mode Linux leaves that to its host. */
	const int dozes = !access(LATENCY_DEVICE, F_OK);
	struct rtintercept_realtime rt = {
		.size = sizeof(rt),
		.steps = RTINTERCEPT_REALTIME_ALL & ~(dozes ? 0 : RTINTERCEPT_REALTIME_LATENCY),
		.priority = 5,
		.cpu = 0,
	};
	int i, failed = rtintercept_realtime(rti, &rt);

	is(failed, 0, "every step of the set-up is done");
	for (i = 0; i < RTINTERCEPT_REALTIME_STEPS; i++)
		if (rt.errors[i])
			printf("# step %d: %s\n", i, strerror(-rt.errors[i]));
	is(sched_getscheduler(0), SCHED_FIFO, "SCHED_FIFO");
	is(sched_getcpu(), 0, "on the CPU that was asked for");
	ok(prctl(PR_GET_TIMERSLACK) <= 1, "timers without slack");
	if (dozes)
		is(latency_bound_us(), 0, "no CPU sleeps deeply");
	else
		skip("no CPU sleeps deeply", "this kernel has no " LATENCY_DEVICE);
}

/* Some packets at a time, asleep in between, as a reader is. */
static __u32 read_records(struct rtintercept *rti, int raw, struct packet *p)
{
	const struct rtintercept_record *record;
	__u32 count = 0, sum = 0, i;

	while (count < RECORDS) {
		for (i = 0; i < BATCH; i++)
			raw_send(raw, p);
		if (rtintercept_ring_wait(rti, 2000 * MS) != 1)
			break;
		while ((record = rtintercept_ring_peek(rti))) {
			for (i = 0; i < record->captured_bytes; i++)
				sum += record->data[i];
			rtintercept_ring_release(rti);
			count++;
		}
	}
	return sum ? count : 0;
}

/* @rti: attached, started, with a rule for UDP packets to @port */
void steady(struct rtintercept *rti, int raw, __u16 port)
{
	static struct packet p;
	__u32 count;
	long before;

	packet_to_here(&p, port, 400);
	see_a_fault();
	set_up(rti);
	before = faults();
	count = read_records(rti, raw, &p);
	before = faults() - before;
	ok(count >= RECORDS, "%d records are read", (int)count);
	is((int)before, 0, "without a page fault");
}
