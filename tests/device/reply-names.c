/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replies as objects: set, swapped, looked at, taken away; and every refusal. */
#include "replies.h"

static struct rtintercept *rti;
static __u32 flags;
static struct rtintercept_reply_set in_force;

static int set(struct rtintercept_reply_set *reply)
{
	return rtintercept_reply_set(rti, 0, reply);
}

static int none(__u32 id)
{
	struct rtintercept_reply_set reply = { .reply_id = id };

	return set(&reply);
}

/* What is there from @id on; by the id that it has. */
static int get(__u32 id, struct rtintercept_reply_set *reply)
{
	memset(reply, 0, sizeof(*reply));
	reply->reply_id = id;
	return rtintercept_reply_get(rti, 0, reply);
}

static int is_in_force(void)
{
	struct rtintercept_reply_set now;

	return !get(in_force.reply_id, &now) && !memcmp(&now, &in_force, sizeof(now));
}

/* A template, of which @change makes something that is refused. */
#define refused(err, name, change) \
	do { \
		struct rtintercept_reply_set s = in_force; \
		change; \
		is(set(&s), err, "refused: %s", name); \
		ok(is_in_force(), "%s: the old one is in force", name); \
	} while (0)

static void test_refusals(void)
{
	in_force = reply_text("four and more", 1000);
	in_force.size = sizeof(in_force);
	in_force.reply_id = 7;
	in_force.flags = flags;
	in_force.fields_count = 2;
	in_force.fields[0] = (struct rtintercept_reply_field){ 252, 0, 4, 0 };
	in_force.fields[1] = (struct rtintercept_reply_field){ 0, 4, 1, 0 };
	is(set(&in_force), 0, "a template");
	ok(is_in_force(), "REPLY_GET tells all of it");
	refused(-EOPNOTSUPP, "an unknown flag", s.flags = 2);
	refused(-EOPNOTSUPP, "an unknown type", s.type = 3);
	refused(-EINVAL, "no rate", s.rate_pps = 0);
	refused(-EINVAL, "too high a rate", s.rate_pps = 10000001);
	refused(-EINVAL, "too long", s.payload_bytes = 257);
	refused(-EINVAL, "bytes behind the template", s.payload[13] = 1);
	refused(-EINVAL, "too many fields", s.fields_count = 9);
	refused(-EINVAL, "a field beyond those in use", s.fields[2].bytes = 1);
	refused(-EINVAL, "a field of no bytes", s.fields[1].bytes = 0);
	refused(-EINVAL, "a field beyond the template", s.fields[1].to = 13);
	refused(-EINVAL, "a field beyond the request", s.fields[0].from = 253);
	refused(-EINVAL, "two fields in one place", s.fields[1].to = 3);
	refused(-EINVAL, "a reserved member of a field", s.fields[0].__reserved = 1);
	refused(-EINVAL, "an echo with a template", s.type = RTINTERCEPT_REPLY_ECHO);
	refused(-EINVAL, "none with a template", s.type = RTINTERCEPT_REPLY_NONE);
}

static void test_rules(void)
{
	struct rtintercept_rule rule = rule_reply(PORT, 0);
	struct rtintercept_stats before, after;

	rtintercept_stats(rti, 0, &before);
	is(rtintercept_rule_add(rti, 0, &rule), -ENOENT, "a rule that names none");
	rule.reply_id = 8;
	is(rtintercept_rule_add(rti, 0, &rule), -ENOENT,
	   "a rule that names one that is not there");
	rule.reply_id = 7;
	rule.verdict = RTINTERCEPT_VERDICT_PASS;
	is(rtintercept_rule_add(rti, 0, &rule), -EINVAL,
	   "a rule that names one and does not answer");
	rtintercept_stats(rti, 0, &after);
	is(after.generation, before.generation, "the table is the old one");
	rule.verdict = RTINTERCEPT_VERDICT_REPLY;
	is(rtintercept_rule_add(rti, 0, &rule), 0, "a rule that names it");
	is(none(7), -EBUSY, "which cannot be taken away now");
	ok(is_in_force(), "and is in force");
	is(set(&in_force), 0, "but swapped");
	is(rtintercept_rule_del(rti, 0, rule.id), 0, "without the rule");
	is(none(7), 0, "it can be taken away");
	is(none(7), -ENOENT, "once");
	is(none(0), -ENOENT, "0 is no reply");
}

static void test_names(void)
{
	struct rtintercept_reply_set reply;
	__u32 i, id, bad = 0;

	for (i = 1; i <= 64; i++) {
		reply = reply_echo(i);
		reply.reply_id = i == 3 ? ~0U : 0;
		all_are(bad, set(&reply), 0);
		all_are(bad, reply.reply_id, i == 3 ? ~0U : i > 3 ? i - 1 : i);
	}
	is(bad, 0, "the lowest unused ids are chosen");
	reply.reply_id = 0;
	is(set(&reply), -ENOSPC, "one more than there may be");
	reply.reply_id = 12;
	is(set(&reply), 0, "but there may be another in its place");
	for (id = 0, i = 0; !get(id, &reply); i++) {
		id = reply.reply_id + 1;
		if (reply.reply_id == ~0U)
			break;
	}
	is(i, 63, "REPLY_GET goes through all");
	is(reply.reply_id, ~0U, "to the last");
	is(reply.rate_pps, 3, "and tells the rate");
	is(none(~0U), 0, "without the last");
	is(get(64, &reply), -ENOENT, "REPLY_GET: no more");
}

/* Another's, and one that ends with a reply in use. */
static void test_another(void)
{
	struct rtintercept_open_opts opts = { .size = sizeof(opts) };
	struct rtintercept_rule rule = rule_reply(PORT, 5);
	struct rtintercept_reply_set reply = reply_echo(9);
	struct rtintercept_info info;
	struct rtintercept *other;

	rtintercept_info(rti, &info);
	opts.backend = info.backend;
	rtintercept_open(&other, &opts);
	is(info.max_replies, 64, "INFO: replies");
	is(info.max_reply_pps, 10000000, "INFO: rate");
	reply.reply_id = 1000;
	is(rtintercept_reply_set(other, 4000, &reply), -ENOENT, "no such session");
	is(rtintercept_reply_get(other, 4000, &reply), -ENOENT, "nor to look at");
	is(rtintercept_reply_set(other, info.session_id, &reply), 0, "another's");
	reply.reply_id = 999;
	is(rtintercept_reply_get(other, info.session_id, &reply), 0, "is seen");
	is(reply.reply_id, 1000, "by its name");
	is(get(1000, &reply), 0, "by its owner too");
	rule.reply_id = 1000;
	is(rtintercept_rule_add(other, info.session_id, &rule), 0, "and used");
	rtintercept_close(other);
}

void replies_named(struct rtintercept *of, __u32 template_flags)
{
	rti = of;
	flags = template_flags;
	test_refusals();
	test_rules();
	test_names();
	none(12);
	test_another();
}
