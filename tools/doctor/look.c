/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What checks are made of: reading one value, understanding it, saying what it means. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/doctor.h"

void found(struct finding *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(f->found, sizeof(f->found), format, args);
	va_end(args);
}

void fine(struct finding *f)
{
	f->state = FINDING_OK;
}

/* @why: what it does to latency; the rest: the command that changes it */
void advice(struct finding *f, const char *why, const char *format, ...)
{
	va_list args;

	f->state = FINDING_ADVICE;
	snprintf(f->why, sizeof(f->why), "%s", why);
	va_start(args, format);
	vsnprintf(f->change, sizeof(f->change), format, args);
	va_end(args);
}

void unknown(struct finding *f, const char *why)
{
	f->state = FINDING_UNKNOWN;
	snprintf(f->why, sizeof(f->why), "%s", why);
}

static int look(struct finding *f, char *text, size_t bytes, const char *format,
		va_list args)
{
	char path[TREE_PATH_BYTES];
	int n = vsnprintf(path, sizeof(path), format, args);

	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	snprintf(f->where, sizeof(f->where), "%.255s", path);
	return tree_read(text, bytes, path);
}

/**
 * look_at() - read a file, and note that it was read
 * @f: the finding
 * @text: out
 * @bytes: room
 * @format: the path, from the root on
 *
 * Return: 0, or -errno and "".
 */
int look_at(struct finding *f, char *text, size_t bytes, const char *format, ...)
{
	va_list args;
	int err;

	va_start(args, format);
	text[0] = '\0';
	err = look(f, text, bytes, format, args);
	va_end(args);
	return err;
}

/* As look_at(), for a file that holds one number. Return: 0 or -errno. */
int look_number(struct finding *f, long long *number, const char *format, ...)
{
	char text[64], *end;
	va_list args;
	int err;

	va_start(args, format);
	err = look(f, text, sizeof(text), format, args);
	va_end(args);
	if (err)
		return err;
	errno = 0;
	*number = strtoll(text, &end, 10);
	return end == text || *end || errno ? -EINVAL : 0;
}

/* Does a text have this word, with nothing but white space round it? */
int has_word(const char *text, const char *word)
{
	const size_t length = strlen(word);
	const char *at;

	for (at = text; (at = strstr(at, word)); at++)
		if ((at == text || isspace((unsigned char)at[-1])) &&
		    (!at[length] || isspace((unsigned char)at[length])))
			return 1;
	return 0;
}

/* Is a CPU in a list such as "0-3,8"? What is no list has none. */
int has_cpu(const char *list, int cpu)
{
	unsigned long first, last;
	char *end;

	while (isdigit((unsigned char)*list)) {
		first = last = strtoul(list, &end, 10);
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (cpu >= 0 && (unsigned long)cpu >= first &&
		    (unsigned long)cpu <= last)
			return 1;
		if (*end != ',')
			return 0;
		list = end + 1;
	}
	return 0;
}

/* Has a mask such as "00000000,0000000f" any bit? */
int has_bits(const char *mask)
{
	return mask[strspn(mask, "0,")] != '\0';
}
