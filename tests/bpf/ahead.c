/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fetching the next record's cache lines ahead: where the kernel lets no program
 * read its memory the program does without, and either way records are what they
 * were, of any length, round the ring's end.
 */
#include "bpf.h"
#include "lib/xdp.h"

#define RING		4096U
#define TURNS		200

static struct rtintercept *session(__u32 reads)
{
	const struct rtintercept_open_opts opts = {
		.size = sizeof(opts),
		.backend = RTINTERCEPT_BACKEND_XDP,
	};
	struct rtintercept_rule rule = { .flags = RTINTERCEPT_RULE_RECORD };
	__u32 hook = RTINTERCEPT_HOOK_AUTO;
	struct rtintercept *rti;

	must(rtintercept_open(&rti, &opts), "open");
	if (!reads)
		rti_xdp_of(rti)->reads = 0;
	must(rtintercept_rule_add(rti, 0, &rule), "rule");
	must(rtintercept_ring_setup(rti, RING), "ring setup");
	must(rtintercept_attach(rti, index_of("lo"), &hook), "attach");
	must(rtintercept_start(rti), "start");
	return rti;
}

/* Return: whether there is one, and it holds just the packet. */
static int is_read(struct rtintercept *rti, const struct packet *p, __u64 seq)
{
	const struct rtintercept_record *record = rtintercept_ring_peek(rti);
	int same = record && record->seq == seq &&
		   record->captured_bytes == p->bytes &&
		   !memcmp(record->data, p->data, p->bytes);

	rtintercept_ring_release(rti);
	return same;
}

static void records(__u32 reads, const char *name)
{
	struct rtintercept *rti = session(reads);
	const int program = program_of(rti);
	struct packet p;
	__u64 seq, right = 0;

	for (seq = 0; seq < TURNS; seq++) {
		packet_to_here(&p, 8080, (int)(seq * 37 % 1000));
		must(program_run(program, &p, 0), "run the program");
		right += is_read(rti, &p, seq);
	}
	is(right, TURNS, name);
	close(program);
	rtintercept_close(rti);
}

int main(void)
{
	records(1, "records are right, the next one fetched ahead");
	records(0, "records are right where no program may read the kernel's memory");
	return tap_end();
}
