/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a program in rules consists of, as text that people write, and back. What
 * program_code_print() prints is read again; the grammar is in rtintercept-ctl(1).
 */
#ifndef PROGRAM_CODE_H
#define PROGRAM_CODE_H

#include <linux/filter.h>
#include <stdio.h>

#include <rtintercept.h>

#define CODE_ERROR_BYTES	256

/**
 * struct program_code - one program, without its name
 * @type: RTINTERCEPT_PROGRAM_CBPF or _EBPF
 * @count: CBPF: instructions
 * @insns: CBPF: @count of them, heap
 * @bpf_id: EBPF: the kernel's number; 0: not known yet
 * @path: EBPF: where it is pinned, heap; NULL: known by @bpf_id
 */
struct program_code {
	__u32 type;
	__u32 count;
	struct sock_filter *insns;
	__u32 bpf_id;
	char *path;
};

/* Each reads a text into @code, all of it. Return: 0, or -1 with @error set. */
int program_code_filter(struct program_code *code, const char *expression,
			char error[CODE_ERROR_BYTES]);
int program_code_bytecode(struct program_code *code, const char *text,
			  char error[CODE_ERROR_BYTES]);
int program_code_ebpf(struct program_code *code, const char *text,
		      char error[CODE_ERROR_BYTES]);

void program_code_destroy(struct program_code *code);
int program_code_open(struct program_code *code);
int program_code_same(const struct program_code *a, const struct program_code *b);
void program_code_print(FILE *out, const struct program_code *code);

#endif /* PROGRAM_CODE_H */
