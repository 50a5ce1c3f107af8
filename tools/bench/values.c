/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The values of options that are more than a number: text in, settings out, 0 or -1. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/bench/bench.h"
#include "tools/bench/values.h"

static int parse_address(const char *text, struct sockaddr_in *address)
{
	address->sin_family = AF_INET;
	return inet_pton(AF_INET, text, &address->sin_addr) == 1 ? 0 : -1;
}

int parse_to(struct bench_settings *s, const char *text)
{
	return parse_address(text, &s->to);
}

int parse_source(struct bench_settings *s, const char *text)
{
	s->have_source = true;
	return parse_address(text, &s->source);
}

int parse_port(struct bench_settings *s, const char *text)
{
	char *end;
	unsigned long port = strtoul(text, &end, 10);

	s->to.sin_port = htons(port);
	return *text && !*end && port >= 1 && port <= 65535 ? 0 : -1;
}

int parse_cpu(struct bench_settings *s, const char *text)
{
	char *end;
	unsigned long cpu = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || cpu > 1023)
		return -1;
	s->spin_cpu = s->block_cpu = (int)cpu;
	return 0;
}

int parse_backend(struct bench_settings *s, const char *text)
{
	if (!strcmp(text, "module"))
		s->backend = RTINTERCEPT_BACKEND_MODULE;
	else if (!strcmp(text, "xdp"))
		s->backend = RTINTERCEPT_BACKEND_XDP;
	else
		return -1;
	return 0;
}

int parse_receiver(struct bench_settings *s, const char *text)
{
	s->receive_ours = strcmp(text, "socket");
	return s->receive_ours ? parse_backend(s, text) : 0;
}

int parse_wait(struct bench_settings *s, const char *text)
{
	enum bench_wait wait;

	if (wait_parse(text, &wait) || (wait != BENCH_SPIN && wait != BENCH_BLOCK))
		return -1;
	s->receive_wait = wait;
	return 0;
}

int parse_sender_wait(struct bench_settings *s, const char *text)
{
	if (wait_parse(text, &s->sender_wait))
		return -1;
	return s->sender_wait == BENCH_SPIN || s->sender_wait == BENCH_BLOCK ||
	       s->sender_wait == BENCH_YIELD ? 0 : -1;
}

int parse_hook(struct bench_settings *s, const char *text)
{
	for (s->hook = RTINTERCEPT_HOOK_AUTO; s->hook <= RTINTERCEPT_HOOK_XDP_GENERIC;
	     s->hook++)
		if (!strcmp(text, hook_name(s->hook)))
			return 0;
	return -1;
}

int parse_t1(struct bench_settings *s, const char *text)
{
	s->kernel_t1 = !strcmp(text, "kernel");
	return s->kernel_t1 || !strcmp(text, "record") ? 0 : -1;
}

/* 64 or whole, or several with commas between: each case is measured with each. */
int parse_record(struct bench_settings *s, const char *text)
{
	s->records_count = 0;
	while (s->records_count < BENCH_RECORDS_MAX) {
		char *end = (char *)text + strcspn(text, ",");
		unsigned long bytes = strtoul(text, &end, 10);

		if (!strncmp(text, "whole", 5)) {
			bytes = 0;
			end = (char *)text + 5;
		} else if (bytes < 64 || bytes > 65535) {
			return -1;
		}
		s->records[s->records_count++] = bytes;
		if (*end != ',')
			return *end ? -1 : 0;
		text = end + 1;
	}
	return -1;
}

/* OURS:SOCKET, e.g. spin:block. The first given replaces the default ones. */
int parse_case(struct bench_settings *s, const char *text)
{
	struct bench_case *bc;
	char ours[16];
	const char *socket = strchr(text, ':');

	if (!socket || socket - text >= (int)sizeof(ours) ||
	    s->cases_given == BENCH_CASES_MAX)
		return -1;
	bc = &s->cases[s->cases_given];
	snprintf(ours, sizeof(ours), "%.*s", (int)(socket - text), text);
	if (wait_parse(ours, &bc->ours) || wait_parse(socket + 1, &bc->socket) ||
	    bc->ours == BENCH_YIELD || bc->socket == BENCH_YIELD)
		return -1;
	s->cases_count = ++s->cases_given;
	return 0;
}
