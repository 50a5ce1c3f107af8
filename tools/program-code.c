/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs as text: classic BPF as `tcpdump -ddd` prints it, with commas for its
 * newlines; eBPF by where the kernel has it.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "program-code.h"
#include "rule-values.h"

static int __attribute__((format(printf, 2, 3))) fail(char *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, CODE_ERROR_BYTES, format, args);
	va_end(args);
	return -1;
}

void program_code_destroy(struct program_code *code)
{
	free(code->insns);
	free(code->path);
	memset(code, 0, sizeof(*code));
}

/* A number up to @max, and the blanks around it; moves *@at. */
static int next_number(const char **at, __u32 max, __u32 *out)
{
	char digits[11];
	size_t length;

	*at += strspn(*at, " \t\r\n");
	length = strspn(*at, "0123456789");
	if (!length || length >= sizeof(digits))
		return -1;
	memcpy(digits, *at, length);
	digits[length] = '\0';
	*at += length;
	*at += strspn(*at, " \t\r\n");
	return value_number(digits, max, out);
}

static int next_insn(const char **at, struct sock_filter *insn)
{
	__u32 code, jt, jf;

	if (*(*at)++ != ',' || next_number(at, 0xffff, &code) ||
	    next_number(at, 0xff, &jt) || next_number(at, 0xff, &jf) ||
	    next_number(at, ~0U, &insn->k))
		return -1;
	insn->code = (__u16)code;
	insn->jt = (__u8)jt;
	insn->jf = (__u8)jf;
	return 0;
}

int program_code_bytecode(struct program_code *code, const char *text,
			  char error[CODE_ERROR_BYTES])
{
	__u32 i;

	memset(code, 0, sizeof(*code));
	if (next_number(&text, RTINTERCEPT_PROGRAM_MAX_INSNS, &code->count) || !code->count)
		return fail(error, "it begins with how many instructions there are, 1 to %d",
			    RTINTERCEPT_PROGRAM_MAX_INSNS);
	code->type = RTINTERCEPT_PROGRAM_CBPF;
	code->insns = calloc(code->count, sizeof(*code->insns));
	if (!code->insns)
		return fail(error, "no memory");
	for (i = 0; i < code->count; i++)
		if (next_insn(&text, &code->insns[i]))
			break;
	if (i == code->count && *text == ',')	/* of the last newline */
		text += 1 + strspn(text + 1, " ");
	if (i == code->count && !*text)
		return 0;
	program_code_destroy(code);
	return fail(error, "instruction %u: four numbers are wanted, and a comma in front; "
		    "tcpdump -ddd EXPRESSION | tr '\\n' , prints such", i + 1);
}

int program_code_ebpf(struct program_code *code, const char *text,
		      char error[CODE_ERROR_BYTES])
{
	memset(code, 0, sizeof(*code));
	code->type = RTINTERCEPT_PROGRAM_EBPF;
	if (text[0] == '/' && !strchr(text, '\'')) {
		code->path = strdup(text);
		return code->path ? 0 : fail(error, "no memory");
	}
	if (value_number(text, ~0U, &code->bpf_id) || !code->bpf_id)
		return fail(error, "that is neither a path in bpffs nor a number that "
			    "bpftool prog shows");
	return 0;
}

static int bpf(int command, union bpf_attr *attr)
{
	const long result = syscall(SYS_bpf, command, attr, sizeof(*attr));

	return result < 0 ? -errno : (int)result;
}

static int id_of(int fd, __u32 *id)
{
	struct bpf_prog_info info = { .id = 0 };
	union bpf_attr attr = {
		.info = { .bpf_fd = (__u32)fd, .info_len = sizeof(info),
			  .info = (__u64)(unsigned long)&info },
	};
	int err = bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);

	if (!err)
		*id = info.id;
	return err;
}

/**
 * program_code_open() - have the kernel hand out an eBPF program
 * @code: its @bpf_id is known afterwards
 *
 * Return: a file descriptor, or -errno.
 */
int program_code_open(struct program_code *code)
{
	union bpf_attr by_path = { .pathname = (__u64)(unsigned long)code->path };
	union bpf_attr by_id = { .prog_id = code->bpf_id };
	int err, fd = code->path ? bpf(BPF_OBJ_GET, &by_path) :
				   bpf(BPF_PROG_GET_FD_BY_ID, &by_id);

	if (fd < 0 || !code->path)
		return fd;
	err = id_of(fd, &code->bpf_id);
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* Of eBPF only if the numbers of both are known, or both are pinned in one place. */
int program_code_same(const struct program_code *a, const struct program_code *b)
{
	if (a->type != b->type)
		return 0;
	if (a->type == RTINTERCEPT_PROGRAM_EBPF)
		return (a->bpf_id && a->bpf_id == b->bpf_id) ||
		       (a->path && b->path && !strcmp(a->path, b->path));
	return a->count == b->count &&
	       !memcmp(a->insns, b->insns, a->count * sizeof(*a->insns));
}

/* As words of a rule, without a blank behind them. */
void program_code_print(FILE *out, const struct program_code *code)
{
	__u32 i;

	if (code->path) {
		fprintf(out, "ebpf '%s'", code->path);
		return;
	}
	if (code->type == RTINTERCEPT_PROGRAM_EBPF) {
		fprintf(out, "ebpf %u", code->bpf_id);
		return;
	}
	fprintf(out, "bytecode '%u", code->count);
	for (i = 0; i < code->count; i++)
		fprintf(out, ",%u %u %u %u", code->insns[i].code, code->insns[i].jt,
			code->insns[i].jf, code->insns[i].k);
	fputc('\'', out);
}
