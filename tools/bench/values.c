/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The values of options that are more than a number: text in, settings out, 0 or -1. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/bench/bench.h"
#include "tools/bench/payload.h"
#include "tools/bench/values.h"

static int parse_address(const char *text, struct sockaddr_in *address)
{
	address->sin_family = AF_INET;
	return inet_pton(AF_INET, text, &address->sin_addr) == 1 ? 0 : -1;
}

/* One, or several with commas between. */
int parse_to(struct bench_settings *s, const char *text)
{
	char copy[BENCH_READERS_MAX * INET_ADDRSTRLEN], *rest = copy, *word;

	if (strlen(text) >= sizeof(copy))
		return -1;
	strcpy(copy, text);
	s->also_to_count = 0;
	if (parse_address(strsep(&rest, ","), &s->to))
		return -1;
	while ((word = strsep(&rest, ",")))
		if (s->also_to_count == BENCH_READERS_MAX - 1 ||
		    parse_address(word, &s->also_to[s->also_to_count++]))
			return -1;
	return 0;
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
	else if (strcmp(text, "both"))
		return -1;
	s->both = !strcmp(text, "both");
	if (s->both)
		s->backend = RTINTERCEPT_BACKEND_MODULE;
	return 0;
}

/* A peer that is built in; options_parse() complains of one that is not. */
int parse_peer(struct bench_settings *s, const char *text)
{
	const struct bench_receiver *peer = receiver_find(text);

	if (!peer || !peer->role)
		return -1;
	s->peer = peer;
	return 0;
}

int parse_first(struct bench_settings *s, const char *text)
{
	s->peer_first = !strcmp(text, "peer");
	return s->peer_first || !strcmp(text, "ours") ? 0 : -1;
}

/* N, or N-M: each packet's size is random between. */
int parse_bytes(struct bench_settings *s, const char *text)
{
	unsigned long least, greatest;
	char *end;

	least = greatest = strtoul(text, &end, 10);
	if (*end == '-')
		greatest = strtoul(end + 1, &end, 10);
	if (*text < '0' || *text > '9' || *end || least < PAYLOAD_BYTES ||
	    greatest < least || greatest > PAYLOAD_MAX_BYTES)
		return -1;
	s->bytes = least;
	s->bytes_max = greatest;
	return 0;
}

int parse_receiver(struct bench_settings *s, const char *text)
{
	s->receive_ours = !strcmp(text, "module") || !strcmp(text, "xdp");
	return s->receive_ours ? parse_backend(s, text) : parse_peer(s, text);
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

/* OURS:PEER, or OURS:SECOND:PEER. The first given replaces the default ones. */
int parse_case(struct bench_settings *s, const char *text)
{
	struct bench_case *bc = &s->cases[s->cases_given];
	enum bench_wait *waits[] = { &bc->ours, &bc->second, &bc->peer };
	char copy[64], *rest = copy, *word;
	int count = 0;

	if (s->cases_given == BENCH_CASES_MAX || strlen(text) >= sizeof(copy))
		return -1;
	strcpy(copy, text);
	*bc = (struct bench_case) { 0 };
	while ((word = strsep(&rest, ":"))) {
		if (count == 3 || wait_parse(word, waits[count]) ||
		    *waits[count] == BENCH_YIELD)
			return -1;
		count++;
	}
	if (count < 2)
		return -1;
	if (count == 2) {
		bc->peer = bc->second;
		bc->second = BENCH_ABSENT;
	}
	s->cases_count = ++s->cases_given;
	return 0;
}
