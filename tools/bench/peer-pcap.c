/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libpcap in immediate mode, as pcap(3PCAP) says for programs that must answer at once. */
#include <pcap/pcap.h>
#include <string.h>
#include "tools/bench/peer.h"

#define BUFFER_BYTES	(4 << 20)
#define SNAP_BYTES	2048

static pcap_t *pcap;

static int set_filter(struct bench_task *task)
{
	struct bpf_program filter;
	char text[64];
	int status;

	if (pcap_compile(pcap, &filter, filter_text(task->settings, text), 1,
			 PCAP_NETMASK_UNKNOWN))
		return -1;
	status = pcap_setfilter(pcap, &filter);
	pcap_freecode(&filter);
	return status;
}

static int capture_open(struct bench_task *task)
{
	char text[PCAP_ERRBUF_SIZE];

	udp_sinks_open(task->settings, true);
	pcap = pcap_create(task->settings->interface, text);
	if (!pcap)
		return task_failed(task, EIO, text);
	pcap_set_immediate_mode(pcap, 1);
	pcap_set_snaplen(pcap, SNAP_BYTES);
	pcap_set_buffer_size(pcap, BUFFER_BYTES);
	/* Below 0: an error; above: a warning. */
	if (pcap_activate(pcap) < 0 || set_filter(task) ||
	    pcap_setdirection(pcap, PCAP_D_IN) || pcap_setnonblock(pcap, 1, text))
		return task_failed(task, EIO, pcap_geterr(pcap));
	task->report->buffer_bytes = BUFFER_BYTES;
	peer_how(task, "%.40s, immediate mode, buffer %d B, snap %d B, %s",
		 pcap_lib_version(), BUFFER_BYTES, SNAP_BYTES,
		 task->wait == BENCH_SPIN ? "pcap_dispatch() without blocking" :
					    "poll() and pcap_dispatch()");
	return 0;
}

static void got(unsigned char *user, const struct pcap_pkthdr *header,
		const unsigned char *frame)
{
	peer_frame((struct bench_task *)user, frame, header->caplen, 0,
		   rtintercept_clock_ns());
}

static inline int take(struct bench_task *task)
{
	int count = pcap_dispatch(pcap, -1, got, (unsigned char *)task);

	return count >= 0 ? count : task_failed(task, EIO, pcap_geterr(pcap));
}

static int capture_loop(struct bench_task *task)
{
	return peer_loop(task, take, pcap_get_selectable_fd(pcap));
}

static void capture_close(struct bench_task *task)
{
	struct pcap_stat stat;

	if (pcap && !pcap_stats(pcap, &stat))
		task->report->socket_drops = stat.ps_drop;
	if (pcap)
		pcap_close(pcap);
	pcap = NULL;
	udp_sinks_close();
}

const struct bench_role pcap_role = {
	.open = capture_open,
	.loop = capture_loop,
	.close = capture_close,
};
