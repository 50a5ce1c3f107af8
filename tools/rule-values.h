/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Single values in the text of a rule: numbers, ranges, prefixes, bytes, names. */
#ifndef RULE_VALUES_H
#define RULE_VALUES_H

#include <linux/types.h>
#include <stdio.h>

/* A number that has a name, in tables that end with a NULL name. */
struct named_number {
	const char *name;
	__u32 number;
};

extern const struct named_number protocol_names[];
extern const struct named_number ethertype_names[];
extern const struct named_number fragment_names[];

const char *name_of(const struct named_number *names, __u32 number);

/* Each reads a whole word. Return: 0, or -1 it is none, or not in range. */
int value_number(const char *word, __u32 max, __u32 *out);
int value_named(const char *word, const struct named_number *names, __u32 max,
		__u32 *out);
int value_range(const char *word, __u32 max, __u32 *from, __u32 *to);
int value_set(const char *word, const struct named_number *names, __u32 *out);
int value_prefix(const char *word, __u8 *family, __u8 addr[16], __u8 *bits);
int value_bytes(const char *word, size_t max, __u8 *value, __u8 *mask);

/* Bits behind a prefix. */
int prefix_is_clean(const __u8 addr[16], __u8 bits);
void prefix_clean(__u8 addr[16], __u8 bits);
void prefix_print(FILE *out, const __u8 addr[16], __u8 family, __u8 bits);

#endif /* RULE_VALUES_H */
