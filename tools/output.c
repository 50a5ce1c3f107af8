/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What several commands print: JSON documents, byte counts, rules. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "fields.h"
#include "kmodule.h"
#include "output.h"
#include "program-code.h"
#include "rule-text.h"

/* Print a document and let go of it. @pretty: 0: it takes one line. */
void output_json(json_object *object, int pretty)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	if (pretty)
		flags |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	puts(json_object_to_json_string_ext(object, flags));
	json_object_put(object);
}

/* null where nothing is known. */
static void add_string(json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key,
			       text[0] ? json_object_new_string(text) : NULL);
}

/**
 * output_module_json() - the kernel module as a JSON object
 * @module: its file
 * @loaded: is it in the kernel?
 * @version: then, of which version
 */
json_object *output_module_json(const struct kmodule *module, int loaded,
				const char *version)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "loaded", json_object_new_boolean(loaded));
	add_string(object, "version", version);
	add_string(object, "kernel", module->kernel);
	add_string(object, "file", module->path);
	add_string(object, "file_version", module->version);
	add_string(object, "vermagic", module->vermagic);
	add_string(object, "signer", module->signer);
	return object;
}

/* "64 KiB"; exact where a unit goes in evenly. Return: @text. */
const char *output_bytes(char text[BYTES_TEXT], __u64 bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double n = (double)bytes;
	int unit = 0;

	while (n >= 1024 && unit < 4) {
		n /= 1024;
		unit++;
	}
	snprintf(text, BYTES_TEXT, n == (double)(__u64)n ? "%.0f %s" : "%.1f %s",
		 n, units[unit]);
	return text;
}

static void add_number(json_object *object, const char *key, __u64 number)
{
	json_object_object_add(object, key, json_object_new_uint64(number));
}

static void add_addr(json_object *object, const char *key, const __u8 *addr,
		     __u8 family)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(family == 6 ? AF_INET6 : AF_INET, addr, text, sizeof(text));
	json_object_object_add(object, key, json_object_new_string(text));
}

static void add_bytes(json_object *object, const char *key, const __u8 *bytes,
		      __u32 count)
{
	char text[2 * RTINTERCEPT_REPLY_MAX_BYTES + 1] = "";
	__u32 i;

	for (i = 0; i < count && i < RTINTERCEPT_REPLY_MAX_BYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	json_object_object_add(object, key, json_object_new_string(text));
}

static void add_l2_l3(json_object *object, const struct rtintercept_rule *r)
{
	if (r->match & RTINTERCEPT_MATCH_ETHERTYPE)
		add_number(object, "ethertype", r->ethertype);
	if (r->match & RTINTERCEPT_MATCH_VLAN)
		add_number(object, "vlan_id", r->vlan_id);
	if (r->match & RTINTERCEPT_MATCH_VLAN_INNER)
		add_number(object, "vlan_inner_id", r->vlan_inner_id);
	if (r->family)
		add_number(object, "family", r->family);
	if (r->match & RTINTERCEPT_MATCH_SRC_ADDR) {
		add_addr(object, "src_addr", r->src_addr, r->family);
		add_number(object, "src_prefix_bits", r->src_prefix_bits);
	}
	if (r->match & RTINTERCEPT_MATCH_DST_ADDR) {
		add_addr(object, "dst_addr", r->dst_addr, r->family);
		add_number(object, "dst_prefix_bits", r->dst_prefix_bits);
	}
	if (r->match & RTINTERCEPT_MATCH_PROTOCOL)
		add_number(object, "protocol", r->protocol);
	if (r->match & RTINTERCEPT_MATCH_FRAGMENT)
		add_number(object, "fragments", r->fragments);
}

static void add_l4(json_object *object, const struct rtintercept_rule *r)
{
	if (r->match & RTINTERCEPT_MATCH_SRC_PORT) {
		add_number(object, "src_port_min", r->src_port_min);
		add_number(object, "src_port_max", r->src_port_max);
	}
	if (r->match & RTINTERCEPT_MATCH_DST_PORT) {
		add_number(object, "dst_port_min", r->dst_port_min);
		add_number(object, "dst_port_max", r->dst_port_max);
	}
	if (r->match & RTINTERCEPT_MATCH_LENGTH) {
		add_number(object, "length_min", r->length_min);
		add_number(object, "length_max", r->length_max);
	}
	if (r->match & RTINTERCEPT_MATCH_PAYLOAD) {
		add_number(object, "payload_offset", r->payload_offset);
		add_bytes(object, "payload_value", r->payload_value,
			  r->payload_bytes);
		add_bytes(object, "payload_mask", r->payload_mask,
			  r->payload_bytes);
	}
	if (r->match & RTINTERCEPT_MATCH_PROGRAM)
		add_number(object, "program_id", r->program_id);
}

static json_object *insn_json(const struct sock_filter *insn)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "code", json_object_new_int(insn->code));
	json_object_object_add(object, "jt", json_object_new_int(insn->jt));
	json_object_object_add(object, "jf", json_object_new_int(insn->jf));
	json_object_object_add(object, "k", json_object_new_uint64(insn->k));
	return object;
}

/* The members of struct rtintercept_program_get. */
void output_code_json(json_object *object, const struct program_code *code)
{
	const int ebpf = code->type == RTINTERCEPT_PROGRAM_EBPF;
	json_object *insns = json_object_new_array();
	__u32 i;

	for (i = 0; i < code->count; i++)
		json_object_array_add(insns, insn_json(&code->insns[i]));
	json_object_object_add(object, "type",
			       json_object_new_string(ebpf ? "ebpf" : "cbpf"));
	json_object_object_add(object, "count", json_object_new_uint64(code->count));
	json_object_object_add(object, "program", insns);
	json_object_object_add(object, "bpf_id", json_object_new_uint64(code->bpf_id));
}

static void add_text(json_object *object, const struct rule_line *line)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return;
	rule_print(out, line);
	if (!fclose(out))
		json_object_object_add(object, "text",
				       json_object_new_string(text));
	free(text);
}

static void add_code(json_object *object, const struct program_code *code)
{
	json_object *inner = json_object_new_object();

	output_code_json(inner, code);
	json_object_object_add(object, "code", inner);
}

static json_object *field_json(const struct rtintercept_reply_field *field)
{
	json_object *object = json_object_new_object();

	add_number(object, "from", field->from);
	add_number(object, "to", field->to);
	add_number(object, "bytes", field->bytes);
	return object;
}

/* The members of struct rtintercept_reply_set. */
static void add_reply(json_object *object, const struct rtintercept_reply_set *reply)
{
	const int echo = reply->type == RTINTERCEPT_REPLY_ECHO;
	json_object *inner = json_object_new_object();
	json_object *fields = json_object_new_array();
	__u32 i;

	for (i = 0; i < reply->fields_count; i++)
		json_object_array_add(fields, field_json(&reply->fields[i]));
	json_object_object_add(inner, "type",
			       json_object_new_string(echo ? "echo" : "template"));
	add_number(inner, "flags", reply->flags);
	add_number(inner, "rate_pps", reply->rate_pps);
	add_bytes(inner, "payload", reply->payload, reply->payload_bytes);
	json_object_object_add(inner, "fields", fields);
	json_object_object_add(object, "reply", inner);
}

/*
 * What a rule does not match on is left out; `text` is its canonical form; `code`
 * is that of its program and `reply` what it answers, where the text tells it.
 */
json_object *output_rule_json(const struct rule_line *line)
{
	const struct rtintercept_rule *rule = &line->rule;
	json_object *object = json_object_new_object();

	add_number(object, "id", rule->id);
	add_number(object, "priority", rule->priority);
	add_number(object, "match", rule->match);
	add_l2_l3(object, rule);
	add_l4(object, rule);
	json_object_object_add(object, "verdict",
			       json_object_new_string(name_at(verdict_names,
							      rule->verdict)));
	if (rule->verdict == RTINTERCEPT_VERDICT_REPLY)
		add_number(object, "reply_id", rule->reply_id);
	add_number(object, "flags", rule->flags);
	add_number(object, "snap_bytes", rule->snap_bytes);
	if (line->code)
		add_code(object, line->code);
	if (line->reply)
		add_reply(object, line->reply);
	add_text(object, line);
	return object;
}

json_object *output_rules_json(const struct rule_line *lines, int count)
{
	json_object *array = json_object_new_array();
	int i;

	for (i = 0; i < count; i++)
		json_object_array_add(array, output_rule_json(&lines[i]));
	return array;
}
