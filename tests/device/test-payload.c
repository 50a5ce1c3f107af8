/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules on bytes of the payload: at every offset, in linear packets and others,
 * at the end of a payload and behind it, many rules on one port.
 */
#include "device.h"

#define PORT		7001
#define COUNT		5

static int raw;

/* No two neighbourhoods are alike. */
static __u8 byte_at(__u32 i)
{
	return (__u8)(i * 7 + i / 251);
}

static void make(struct packet *p, __u32 payload)
{
	__u32 i;

	packet_to_here(p, PORT, payload);
	for (i = 0; i < payload; i++)
		p->data[42 + i] = byte_at(i);
}

static struct rtintercept_rule rule_on(__u32 offset, __u32 bytes, __u8 mask)
{
	struct rtintercept_rule rule = rule_udp(PORT);
	__u32 i;

	rule.match |= RTINTERCEPT_MATCH_PAYLOAD;
	rule.payload_offset = (__u16)offset;
	rule.payload_bytes = (__u8)bytes;
	for (i = 0; i < bytes; i++) {
		rule.payload_mask[i] = mask;
		rule.payload_value[i] = byte_at(offset + i) & mask;
	}
	return rule;
}

/* Do packets of so long a payload match the rule? */
static int matches(struct rtintercept *rti, __u32 payload,
		   struct rtintercept_rule rule)
{
	struct rtintercept_stats before, s;
	static struct packet p;
	int i;

	rtintercept_rule_replace(rti, 0, &rule, 1, NULL);
	rtintercept_stats(rti, 0, &before);
	make(&p, payload);
	for (i = 0; i < COUNT; i++)
		raw_send(raw, &p);
	do {
		rtintercept_stats(rti, 0, &s);
	} while (s.seen < before.seen + COUNT);
	session_drain(rti);
	if (s.matched == before.matched)
		return 0;
	return s.matched == before.matched + COUNT ? 1 : -1;
}

static void test_offsets(__u32 hook, __u32 payload)
{
	const __u32 offsets[] = { 0, 1, 7, payload / 2, payload - 17, payload - 16 };
	struct rtintercept *rti = session_open(HERE, hook, RING_BYTES);
	struct rtintercept_rule rule;
	size_t i;
	char name[40];

	rtintercept_start(rti);
	snprintf(name, sizeof(name), "hook %u, payload of %u", hook, payload);
	for (i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		is(matches(rti, payload, rule_on(offsets[i], 16, 0xff)), 1,
		   "%s: 16 bytes at %u", name, offsets[i]);
		rule = rule_on(offsets[i], 16, 0xff);
		rule.payload_value[15] ^= 1;
		is(matches(rti, payload, rule), 0, "%s: the last bit at %u", name,
		   offsets[i]);
		rule.payload_mask[15] &= 0xfe;
		rule.payload_value[15] &= 0xfe;
		is(matches(rti, payload, rule), 1, "%s: without that bit at %u", name,
		   offsets[i]);
		rule.payload_mask[15] = rule.payload_value[15] = 0;
		is(matches(rti, payload, rule), 1, "%s: without that byte at %u",
		   name, offsets[i]);
	}
	is(matches(rti, payload, rule_on(payload - 1, 1, 0x0f)), 1,
	   "%s: the last byte", name);
	is(matches(rti, payload, rule_on(payload - 1, 2, 0)), 0,
	   "%s: one byte behind it", name);
	is(matches(rti, payload, rule_on(payload, 1, 0)), 0, "%s: behind it", name);
	is(matches(rti, payload, rule_on(65535, 16, 0)), 0, "%s: far behind", name);
	session_close(rti, name);
}

/* The frame is padded: what stands there is no payload. */
static void test_padding(void)
{
	struct rtintercept *rti = session_open(HERE, 0, RING_BYTES);
	struct rtintercept_rule rule = rule_on(1, 1, 0);
	struct rtintercept_stats s;
	struct packet p;

	rtintercept_start(rti);
	is(matches(rti, 1, rule), 0, "a payload of 1 byte has no second");
	make(&p, 1);
	packet_add(&p, 17);
	raw_send(raw, &p);
	sleep_ms(100);
	rtintercept_stats(rti, 0, &s);
	is(s.matched, 0, "nor has it with padding");
	is(s.seen, COUNT + 1, "which was seen");
	session_close(rti, "padding");
}

/* Which of many rules on one port wins is told by the payload alone. */
static void test_many(__u32 count)
{
	struct rtintercept_rule *rules = calloc(count, sizeof(*rules));
	struct rtintercept *rti = session_open(HERE, 0, RING_BYTES);
	const struct rtintercept_record *r;
	struct packet p;
	__u32 i, bad = 0;

	for (i = 0; i < count; i++) {
		rules[i] = rule_on(0, 2, 0xff);
		rules[i].id = i + 1;
		rules[i].priority = i * 37 % 101;
		put16(rules[i].payload_value, i);
	}
	is(rtintercept_rule_replace(rti, 0, rules, count, NULL), 0, "%u rules",
	   count);
	rtintercept_start(rti);
	for (i = 0; i < count; i += count / 13) {
		make(&p, 40);
		put16(p.data + 42, i);
		raw_send(raw, &p);
		r = session_next(rti);
		bad += !r || r->rule_id != i + 1;
		if (r)
			rtintercept_ring_release(rti);
	}
	is(bad, 0, "each of %u packets meets its rule", count);
	free(rules);
	session_close(rti, "many rules");
}

int main(void)
{
	stay_on_cpu(0);
	raw = raw_open(PEER, THERE);
	test_offsets(RTINTERCEPT_HOOK_INGRESS, 100);
	test_offsets(RTINTERCEPT_HOOK_RX_HANDLER, 100);
	test_offsets(RTINTERCEPT_HOOK_INGRESS, 1400);
	test_offsets(RTINTERCEPT_HOOK_INGRESS, 8000);
	test_offsets(RTINTERCEPT_HOOK_RX_HANDLER, 8000);
	test_padding();
	test_many(60);
	test_many(4096);
	return tap_end();
}
