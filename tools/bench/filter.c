/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A socket filter for packet sockets: only the urgent packets wake anybody. */
#include <linux/filter.h>
#include <pcap/pcap.h>
#include <string.h>
#include <sys/socket.h>
#include "tools/bench/peer.h"

#define SNAP_BYTES	65535

const char *filter_text(const struct bench_settings *s, char text[64])
{
	snprintf(text, 64, "ip and udp dst port %u", ntohs(s->to.sin_port));
	return text;
}

int filter_attach(struct bench_task *task, int fd)
{
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, SNAP_BYTES);
	struct sock_fprog filter;
	struct bpf_program compiled;
	char text[64];
	int error = 0;

	if (!dead)
		return task_failed(task, ENOMEM, "compiling a filter");
	if (pcap_compile(dead, &compiled, filter_text(task->settings, text), 1,
			 PCAP_NETMASK_UNKNOWN)) {
		pcap_close(dead);
		return task_failed(task, EINVAL, "compiling a filter");
	}
	/* The two structures are one: libpcap's own comment says so. */
	filter.len = compiled.bf_len;
	filter.filter = (struct sock_filter *)compiled.bf_insns;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)))
		error = task_failed(task, errno, "attaching a filter");
	pcap_freecode(&compiled);
	pcap_close(dead);
	return error;
}
