/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tcpdump expressions to classic BPF, by libpcap. */
#include <ctype.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "program-code.h"

#define SNAP_BYTES	262144	/* tcpdump's: all of a packet */

/* Is @word in @text, by itself? */
static int has_word(const char *text, const char *word)
{
	size_t length = strlen(word);
	const char *at = text;

	while ((at = strstr(at, word))) {
		if ((at == text || !isalnum((unsigned char)at[-1])) &&
		    !isalnum((unsigned char)at[length]))
			return 1;
		at += length;
	}
	return 0;
}

/* The two structs have the same members. */
static int take(struct program_code *code, const struct bpf_program *compiled,
		char *error)
{
	__u32 i;

	if (compiled->bf_len > RTINTERCEPT_PROGRAM_MAX_INSNS) {
		snprintf(error, CODE_ERROR_BYTES, "it takes %u instructions; "
			 "a program has %d at most", compiled->bf_len,
			 RTINTERCEPT_PROGRAM_MAX_INSNS);
		return -1;
	}
	code->insns = calloc(compiled->bf_len, sizeof(*code->insns));
	if (!code->insns) {
		snprintf(error, CODE_ERROR_BYTES, "%s", "no memory");
		return -1;
	}
	for (i = 0; i < compiled->bf_len; i++)
		code->insns[i] = (struct sock_filter) {
			compiled->bf_insns[i].code, compiled->bf_insns[i].jt,
			compiled->bf_insns[i].jf, compiled->bf_insns[i].k,
		};
	code->type = RTINTERCEPT_PROGRAM_CBPF;
	code->count = compiled->bf_len;
	return 0;
}

/*
 * As tcpdump would, on Ethernet. But it looks for the outermost tag in the
 * metadata where libpcap knows the interface: compiled for none, it would look in
 * the bytes, and find nothing for ever.
 */
int program_code_filter(struct program_code *code, const char *expression,
			char error[CODE_ERROR_BYTES])
{
	struct bpf_program compiled;
	pcap_t *dead;
	int err;

	memset(code, 0, sizeof(*code));
	if (has_word(expression, "vlan")) {
		snprintf(error, CODE_ERROR_BYTES, "the kernel has taken the tag out of "
			 "the bytes; say vlan ID outside of the expression");
		return -1;
	}
	dead = pcap_open_dead(DLT_EN10MB, SNAP_BYTES);
	if (!dead)
		return -1;
	err = pcap_compile(dead, &compiled, expression, 1, PCAP_NETMASK_UNKNOWN);
	if (err) {
		snprintf(error, CODE_ERROR_BYTES, "%s", pcap_geterr(dead));
	} else {
		err = take(code, &compiled, error);
		pcap_freecode(&compiled);
	}
	pcap_close(dead);
	return err ? -1 : 0;
}
