/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The programs of a session: read, and set where a rule brings its own. One that is
 * there already is used, not set again: a table that is loaded twice needs no more
 * of them than one that is loaded once.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "programs.h"

/**
 * programs_read() - those that are set
 * @programs: out: programs_destroy() it, whatever is returned
 * @rti: handle by which the session is reached
 * @session_id: 0: its own
 *
 * Return: 0, also of a backend that has none; else -errno.
 */
int programs_read(struct programs *programs, struct rtintercept *rti, __u32 session_id)
{
	struct rtintercept_program_get get = { .program_id = 0 };
	struct program_code *code;
	int err = 0;

	memset(programs, 0, sizeof(*programs));
	while (programs->count < RTINTERCEPT_PROGRAMS_MAX) {
		code = &programs->code[programs->count];
		err = rtintercept_program_get(rti, session_id, &get, &code->insns);
		if (err)
			break;
		code->type = get.type;
		code->count = get.count;
		code->bpf_id = get.bpf_id;
		programs->id[programs->count++] = get.program_id;
		if (!++get.program_id)
			break;
	}
	return err == -ENOENT || err == -EOPNOTSUPP ? 0 : err;
}

void programs_destroy(struct programs *programs)
{
	int i;

	for (i = 0; i < programs->count; i++)
		program_code_destroy(&programs->code[i]);
}

static int find_id(const struct programs *programs, __u32 id)
{
	int i;

	for (i = 0; i < programs->count; i++)
		if (programs->id[i] == id)
			return i;
	return -1;
}

static int find_code(const struct programs *programs, const struct program_code *code)
{
	int i;

	for (i = 0; i < programs->count; i++)
		if (program_code_same(&programs->code[i], code))
			return i;
	return -1;
}

static int set(struct rtintercept *rti, __u32 session_id, __u32 *id,
	       const struct program_code *code, int fd)
{
	struct rtintercept_program_set req = {
		.program_id = *id, .type = code->type, .count = code->count,
		.program = fd >= 0 ? (__u64)fd : (uintptr_t)code->insns,
	};
	int err = rtintercept_program_set(rti, session_id, &req);

	if (!err)
		*id = req.program_id;
	return err;
}

/* What is in the list is freed with it: a copy. */
static int remember(struct programs *programs, __u32 id, const struct program_code *code)
{
	struct program_code *copy = &programs->code[programs->count];

	if (programs->count == RTINTERCEPT_PROGRAMS_MAX)
		return 0;
	*copy = *code;
	copy->path = NULL;
	if (code->count) {
		copy->insns = calloc(code->count, sizeof(*copy->insns));
		if (!copy->insns)
			return -ENOMEM;
		memcpy(copy->insns, code->insns, code->count * sizeof(*copy->insns));
	}
	programs->id[programs->count++] = id;
	programs->set++;
	return 0;
}

/**
 * programs_set() - have a program in the session
 * @programs: read before; may learn of one more
 * @rti: handle by which the session is reached
 * @session_id: 0: its own
 * @id: in: its name; 0: any, also of one that is there; out: its name
 * @code: what it is; of eBPF the number is filled in
 *
 * Return: 0, or -errno.
 */
int programs_set(struct programs *programs, struct rtintercept *rti, __u32 session_id,
		 __u32 *id, struct program_code *code)
{
	int ebpf = code->type == RTINTERCEPT_PROGRAM_EBPF, fd = -1, at, err;

	at = *id ? find_id(programs, *id) : find_code(programs, code);
	if (at < 0 || !program_code_same(&programs->code[at], code)) {
		if (ebpf)
			fd = program_code_open(code);
		if (ebpf && fd < 0)
			return fd;
		err = set(rti, session_id, id, code, fd);
		if (ebpf)
			close(fd);
		return err || at >= 0 ? err : remember(programs, *id, code);
	}
	*id = programs->id[at];
	return 0;
}

/* For each rule that brings code. Return: 0, or -errno; then programs_undo(). */
int programs_set_for(struct programs *programs, struct rtintercept *rti,
		     __u32 session_id, struct rule_line *lines, int count)
{
	int i, err = 0;

	for (i = 0; i < count && !err; i++)
		if (lines[i].code)
			err = programs_set(programs, rti, session_id,
					   &lines[i].rule.program_id, lines[i].code);
	return err;
}

/* Takes away those that we have added, in vain as it turned out. */
void programs_undo(struct programs *programs, struct rtintercept *rti,
		   __u32 session_id)
{
	struct rtintercept_program_set none = { .type = RTINTERCEPT_PROGRAM_NONE };

	for (; programs->set; programs->set--) {
		none.program_id = programs->id[programs->count - programs->set];
		rtintercept_program_set(rti, session_id, &none);
	}
}

/*
 * Tells with the first rule that names a program what that is. The code stays that
 * of @programs.
 */
void programs_tell(const struct programs *programs, struct rule_line *lines, int count)
{
	char told[RTINTERCEPT_PROGRAMS_MAX] = { 0 };
	int i, at;

	for (i = 0; i < count; i++) {
		if (!(lines[i].rule.match & RTINTERCEPT_MATCH_PROGRAM))
			continue;
		at = find_id(programs, lines[i].rule.program_id);
		if (at < 0 || told[at])
			continue;
		told[at] = 1;
		lines[i].code = (struct program_code *)&programs->code[at];
	}
}
