/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The values of options that are more than a number: text in, settings out, 0 or -1. */
#ifndef RTINTERCEPT_BENCH_VALUES_H
#define RTINTERCEPT_BENCH_VALUES_H

struct bench_settings;

int parse_to(struct bench_settings *s, const char *text);
int parse_source(struct bench_settings *s, const char *text);
int parse_port(struct bench_settings *s, const char *text);
int parse_cpu(struct bench_settings *s, const char *text);
int parse_backend(struct bench_settings *s, const char *text);
int parse_peer(struct bench_settings *s, const char *text);
int parse_first(struct bench_settings *s, const char *text);
int parse_bytes(struct bench_settings *s, const char *text);
int parse_receiver(struct bench_settings *s, const char *text);
int parse_wait(struct bench_settings *s, const char *text);
int parse_sender_wait(struct bench_settings *s, const char *text);
int parse_hook(struct bench_settings *s, const char *text);
int parse_t1(struct bench_settings *s, const char *text);
int parse_record(struct bench_settings *s, const char *text);
int parse_case(struct bench_settings *s, const char *text);

#endif
