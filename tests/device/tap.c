/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counting and printing of results. */
#include <stdarg.h>

#include "tap.h"

static int tap_count, tap_failed;

int ok(int good, const char *format, ...)
{
	va_list args;

	tap_count++;
	tap_failed += !good;
	printf("%sok %d - ", good ? "" : "not ", tap_count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	return good;
}

void skip(const char *name, const char *reason)
{
	printf("ok %d - %s # SKIP %s\n", ++tap_count, name, reason);
}

/* Return: the exit status */
int tap_end(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}
