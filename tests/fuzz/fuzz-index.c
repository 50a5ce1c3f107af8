/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The index of a rule table: of any table it finds for any packet the rule that
 * trying all of them finds, and turns away none that a rule matches.
 */
#include "fuzz.h"

/* Its tables are built as the module builds them. */
#define main unit_main
#include "tests/unit/test-index.c"
#undef main

/* Now and then a large table, which takes a thousand times as long to build. */
static __u32 take_count(struct fuzz *fuzz)
{
	__u8 count = fuzz_u8(fuzz);

	return count == 0xff ? RTI_INDEX_SMALL_RULES + fuzz_u8(fuzz) % 80 :
	       count % 16;
}

static struct table *take_table(struct fuzz *fuzz)
{
	struct unit_random random;
	struct table *t = calloc(1, sizeof(*t));
	__u32 i;

	t->count = take_count(fuzz);
	t->rules = calloc(t->count + 1, sizeof(*t->rules));
	random.state = fuzz_u16(fuzz);
	for (i = 0; i < t->count; i++) {
		/* Now and then what the input says, so that it can be steered. */
		if (fuzz->left > 1 && i % 4 == 0)
			random.state = fuzz_u16(fuzz);
		if (random.state & 1)
			random_rule(&random, &t->rules[i]);
		else
			plain_rule(&random, &t->rules[i]);
		t->rules[i].id = i + 1;
		t->rules[i].priority = unit_random_below(&random, 8);
	}
	table_build(t);
	return t;
}

static void look_up(const struct table *t, const struct packet *p)
{
	struct naive_facts facts;
	__u32 expected;

	naive_look(&facts, p->data, p->bytes, p->bytes, false);
	expected = naive_search(t, &facts);
	FUZZ_CHECK(index_search(t, p) == expected);
	FUZZ_CHECK(!expected || p->bytes < 14 || admits(t, p));
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t bytes)
{
	struct fuzz fuzz = { data, bytes };
	struct unit_random random;
	struct packet p = {};
	struct table *t = take_table(&fuzz);
	int i;

	random.state = fuzz_u16(&fuzz);
	for (i = 0; i < 32; i++) {
		random_packet(&random, &p);
		look_up(t, &p);
		if (t->count) {
			packet_for(&t->rules[unit_random_below(&random, t->count)], &p);
			look_up(t, &p);
		}
	}
	p.bytes = (__u32)(fuzz.left < PACKET_MAX ? fuzz.left : PACKET_MAX);
	fuzz_bytes(&fuzz, p.data, p.bytes);
	look_up(t, &p);
	table_free(t);
	return 0;
}
