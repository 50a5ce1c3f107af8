/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module's ioctls on a session's table: its rules, and the programs and replies they name. */
#include <linux/filter.h>
#include <stdint.h>
#include <string.h>

#include "lib/growing.h"
#include "lib/module.h"

int rti_module_rule_add(struct rtintercept *rti, __u32 session_id,
			   struct rtintercept_rule *rule)
{
	struct rtintercept_rule_add req = {
		.size = sizeof(req),
		.session_id = session_id,
		.rule = *rule,
	};
	int err = rti_module_call(rti, RTINTERCEPT_IOC_RULE_ADD, &req);

	if (!err)
		rule->id = req.rule.id;
	return err;
}

int rti_module_rule_del(struct rtintercept *rti, __u32 session_id,
			   __u32 rule_id)
{
	struct rtintercept_rule_del req = {
		.size = sizeof(req),
		.session_id = session_id,
		.rule_id = rule_id,
	};

	return rti_module_call(rti, RTINTERCEPT_IOC_RULE_DEL, &req);
}

int rti_module_rule_flush(struct rtintercept *rti, __u32 session_id)
{
	struct rtintercept_rule_flush req = {
		.size = sizeof(req),
		.session_id = session_id,
	};

	return rti_module_call(rti, RTINTERCEPT_IOC_RULE_FLUSH, &req);
}

int rti_module_rule_list(struct rtintercept *rti, __u32 session_id,
			    struct rtintercept_rule **rules, __u64 *generation)
{
	struct rtintercept_rule_list req = {
		.size = sizeof(req),
		.session_id = session_id,
		.rule_size = sizeof(**rules),
	};
	struct rti_growing array;
	int err;

	rti_growing_init(&array, req.rule_size);
	do {
		req.rules = rti_growing_address(&array);
		req.count = array.room;
		err = rti_module_call(rti, RTINTERCEPT_IOC_RULE_LIST, &req);
	} while (rti_growing_again(&array, &err, req.count));
	if (!err)
		*generation = req.generation;
	return rti_growing_finish(&array, err, req.count, (void **)rules);
}

int rti_module_rule_replace(struct rtintercept *rti, __u32 session_id,
			       const struct rtintercept_rule *rules,
			       __u32 count, __u64 *generation)
{
	struct rtintercept_rule_replace req = {
		.size = sizeof(req),
		.session_id = session_id,
		.rule_size = sizeof(*rules),
		.rules = (uintptr_t)rules,
		.count = count,
	};
	int err = rti_module_call(rti, RTINTERCEPT_IOC_RULE_REPLACE, &req);

	if (!err)
		*generation = req.generation;
	return err;
}

int rti_module_rule_stats(struct rtintercept *rti, __u32 session_id,
			     struct rtintercept_rule_counters **counters)
{
	struct rtintercept_rule_stats req = {
		.size = sizeof(req),
		.session_id = session_id,
		.counters_size = sizeof(**counters),
	};
	struct rti_growing array;
	int err;

	rti_growing_init(&array, req.counters_size);
	do {
		req.counters = rti_growing_address(&array);
		req.count = array.room;
		err = rti_module_call(rti, RTINTERCEPT_IOC_RULE_STATS, &req);
	} while (rti_growing_again(&array, &err, req.count));
	return rti_growing_finish(&array, err, req.count, (void **)counters);
}

int rti_module_program_set(struct rtintercept *rti, __u32 session_id,
			   struct rtintercept_program_set *program)
{
	struct rtintercept_program_set req = *program;
	int err;

	req.size = sizeof(req);
	req.session_id = session_id;
	err = rti_module_call(rti, RTINTERCEPT_IOC_PROGRAM_SET, &req);
	if (!err)
		program->program_id = req.program_id;
	return err;
}

/* What is asked for again is that program, or the next one if it has gone. */
int rti_module_program_get(struct rtintercept *rti, __u32 session_id,
			   struct rtintercept_program_get *program,
			   struct sock_filter **insns)
{
	struct rtintercept_program_get req = {
		.size = sizeof(req),
		.session_id = session_id,
		.program_id = program->program_id,
	};
	struct rti_growing array;
	int err;

	rti_growing_init(&array, sizeof(**insns));
	do {
		req.program = rti_growing_address(&array);
		req.count = array.room;
		err = rti_module_call(rti, RTINTERCEPT_IOC_PROGRAM_GET, &req);
	} while (rti_growing_again(&array, &err, req.count));
	err = rti_growing_finish(&array, err, req.count, (void **)insns);
	if (err < 0)
		return err;
	req.program = 0;
	*program = req;
	return 0;
}

int rti_module_reply_set(struct rtintercept *rti, __u32 session_id,
			 struct rtintercept_reply_set *reply)
{
	struct rtintercept_reply_set req = *reply;
	int err;

	req.size = sizeof(req);
	req.session_id = session_id;
	err = rti_module_call(rti, RTINTERCEPT_IOC_REPLY_SET, &req);
	if (!err)
		reply->reply_id = req.reply_id;
	return err;
}

int rti_module_reply_get(struct rtintercept *rti, __u32 session_id,
			 struct rtintercept_reply_set *reply)
{
	struct rtintercept_reply_get req = {
		.size = sizeof(req),
		.session_id = session_id,
		.reply_id = reply->reply_id,
	};
	int err = rti_module_call(rti, RTINTERCEPT_IOC_REPLY_GET, &req);

	if (err)
		return err;
	*reply = (struct rtintercept_reply_set) {
		.size = sizeof(*reply),
		.flags = req.reply_flags,
		.session_id = session_id,
		.reply_id = req.reply_id,
		.type = req.type,
		.rate_pps = req.rate_pps,
		.payload_bytes = req.payload_bytes,
		.fields_count = req.fields_count,
	};
	memcpy(reply->fields, req.fields, sizeof(reply->fields));
	memcpy(reply->payload, req.payload, sizeof(reply->payload));
	return 0;
}
