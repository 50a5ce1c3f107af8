/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tool says on stderr: "rtintercept-ctl: what: why". */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"

static void say(const char *what, const char *format, va_list args)
{
	fflush(stdout);
	fprintf(stderr, CTL_NAME ": %s: ", what);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

/**
 * message() - one line on stderr
 * @what: what it is about: a command, an option, an interface
 * @format: why, and what can be done; printf
 */
void message(const char *what, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(what, format, args);
	va_end(args);
}

/* As message(), about the command line. Return: CTL_USAGE. */
int usage_error(const char *what, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(what, format, args);
	va_end(args);
	return CTL_USAGE;
}

/* What an errno of the library means to somebody at a terminal. */
static const struct {
	int err;
	const char *text;
} texts[] = {
	{ EPERM, "a capability is missing: for the module CAP_NET_RAW to attach, "
		 "CAP_NET_ADMIN for more; for XDP also CAP_BPF and CAP_PERFMON; "
		 "try as root" },
	{ EACCES, "no permission to open the device: join group rtintercept, "
		  "or try as root" },
	{ ENOENT, "there is no such thing, or no longer" },
	{ EEXIST, "exists already" },
	{ ENOSPC, "the table is full" },
	{ EBUSY, "in use by another" },
	{ EOPNOTSUPP, "this kernel or backend does not offer it" },
	{ EINVAL, "it contradicts itself" },
	{ E2BIG, "too large, or newer than this kernel" },
	{ ENODEV, "the interface or the module is going away" },
	{ ENOTTY, "that is no rtintercept device" },
};

/* @err: negative errno. The text lives as long as the program. */
const char *errno_text(int err)
{
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].err == -err)
			return texts[i].text;
	return strerror(-err);
}

/**
 * errno_error() - say that something failed
 * @what: what it was about
 * @err: negative errno
 *
 * Return: the exit code.
 */
int errno_error(const char *what, int err)
{
	message(what, "%s", errno_text(err));
	return err == -EPERM || err == -EACCES ? CTL_MISSING : CTL_FAILED;
}
