/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints each UDP packet to port 8080 of an interface, through librtintercept. */
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <rtintercept.h>

int main(int argc, char **argv)
{
	struct rtintercept_rule rule = {
		.match = RTINTERCEPT_MATCH_PROTOCOL | RTINTERCEPT_MATCH_DST_PORT,
		.protocol = 17, .dst_port_min = 8080, .dst_port_max = 8080,
		.verdict = RTINTERCEPT_VERDICT_PASS, .flags = RTINTERCEPT_RULE_RECORD,
	};
	const struct rtintercept_record *rec;
	struct rtintercept *rti;
	int err = rtintercept_open(&rti, NULL);

	if (err || (err = rtintercept_rule_add(rti, 0, &rule)) ||
	    (err = rtintercept_ring_setup(rti, 1 << 20)) ||
	    (err = rtintercept_attach(rti, if_nametoindex(argc > 1 ? argv[1] : ""), NULL)) ||
	    (err = rtintercept_start(rti)))
		return fprintf(stderr, "receive: %s\n", strerror(-err)), 1;
	while ((err = rtintercept_ring_wait(rti, -1)) > 0)
		while ((rec = rtintercept_ring_peek(rti))) {
			printf("%llu: %u bytes, %llu ns after it came\n", rec->seq,
			       rec->wire_bytes, rtintercept_clock_ns() - rec->time_ns);
			rtintercept_ring_release(rti);
		}
	rtintercept_close(rti);
	return err < 0;
}
