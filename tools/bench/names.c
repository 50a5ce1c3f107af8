/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of the command line and of the results for what the code has numbers for. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "tools/bench/bench.h"

static const char *const waits[] = BENCH_WAIT_NAMES;

const char *wait_name(enum bench_wait wait)
{
	return waits[wait];
}

int wait_parse(const char *text, enum bench_wait *wait)
{
	size_t i;

	for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		if (!strcmp(text, waits[i])) {
			*wait = i;
			return 0;
		}
	return -EINVAL;
}

const char *backend_name(uint32_t backend)
{
	return backend == RTINTERCEPT_BACKEND_XDP ? "xdp" : "module";
}

const char *hook_name(uint32_t hook)
{
	static const char *const names[] = {
		[RTINTERCEPT_HOOK_AUTO] = "auto",
		[RTINTERCEPT_HOOK_INGRESS] = "ingress",
		[RTINTERCEPT_HOOK_RX_HANDLER] = "rx_handler",
		[RTINTERCEPT_HOOK_XDP_NATIVE] = "xdp_native",
		[RTINTERCEPT_HOOK_XDP_GENERIC] = "xdp_generic",
	};

	return hook < sizeof(names) / sizeof(names[0]) ? names[hook] : "unknown";
}

/* Of @settings->interface the name for that reader, from 0 on: they take them in turn. */
const char *interface_of(const struct bench_settings *settings, uint32_t reader,
			 char name[BENCH_NAME_BYTES])
{
	const char *names = settings->interface, *at;
	uint32_t count = 1;

	for (at = names; *at; at++)
		count += *at == ',';
	for (reader %= count; reader; reader--)
		names += strcspn(names, ",") + 1;
	snprintf(name, BENCH_NAME_BYTES, "%.*s", (int)strcspn(names, ","), names);
	return name;
}

/* How who takes part in a case waits. */
enum bench_wait case_wait(const struct bench_settings *settings, const struct bench_case *bc,
			  enum bench_who who)
{
	switch (who) {
	case BENCH_SENDER:
		/* Spends most of its time asleep; whether it spins is said elsewhere. */
		return settings->receive_only ? BENCH_ABSENT : BENCH_BLOCK;
	case BENCH_PEER:
		return bc->peer;
	case BENCH_OURS:
		return bc->ours;
	case BENCH_SECOND:
		return bc->second;
	default:
		if ((uint32_t)who >= BENCH_MORE + settings->readers - 1)
			return BENCH_ABSENT;
		return bench_spins(bc->ours) ? BENCH_BLOCK : bc->ours;
	}
}

const char *case_text(const struct bench_settings *settings, const struct bench_case *bc,
		      char *text, size_t bytes)
{
	char record[32] = "", second[32] = "";

	if (bc->ours != BENCH_ABSENT && bc->snap_bytes)
		snprintf(record, sizeof(record), " (%u B)", bc->snap_bytes);
	if (bc->second != BENCH_ABSENT)
		snprintf(second, sizeof(second), ", xdp %s", wait_name(bc->second));
	snprintf(text, bytes, "%s %s%s%s, %s %s", backend_name(settings->backend),
		 wait_name(bc->ours), record, second, settings->peer->name,
		 wait_name(bc->peer));
	return text;
}

void complain(const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	/* One line, also where json-c's messages end theirs themselves. */
	text[strcspn(text, "\n")] = '\0';
	fprintf(stderr, "rtintercept-bench: %s\n", text);
}
