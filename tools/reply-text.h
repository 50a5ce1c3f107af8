/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a reply is, as text that people write, and back. What reply_print() prints is
 * read again; the grammar is in rtintercept-ctl(1).
 */
#ifndef REPLY_TEXT_H
#define REPLY_TEXT_H

#include <stdio.h>

#include <rtintercept.h>

#include "rule-parser.h"

int reply_parse(struct parser *p, const struct word *word);
int reply_same(const struct rtintercept_reply_set *a,
	       const struct rtintercept_reply_set *b);
void reply_print(FILE *out, const struct rtintercept_reply_set *reply);

#endif /* REPLY_TEXT_H */
