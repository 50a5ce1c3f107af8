/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All findings, gathered and printed. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "doctor/report.h"
#include "output.h"

static const char *const state_texts[] = {
	[FINDING_OK] = "ok",
	[FINDING_ADVICE] = "advice",
	[FINDING_UNKNOWN] = "unknown",
};

/*
 * A name as one word of a shell: the kernel allows nearly everything in names,
 * and commands are there to be pasted.
 */
static void shell_word(char *word, size_t bytes, const char *name)
{
	const char *c;
	size_t used;

	for (c = name; isalnum((unsigned char)*c) || (*c && strchr("._-:@", *c)); c++)
		;
	if (!*c) {
		snprintf(word, bytes, "%s", name);
		return;
	}
	used = (size_t)snprintf(word, bytes, "'");
	for (c = name; *c && used + 6 < bytes; c++)
		used += (size_t)snprintf(word + used, bytes - used, "%s",
					 *c == '\'' ? "'\\''" : (char[]){
						*c < ' ' || *c > '~' ? '?' : *c, 0 });
	snprintf(word + used, bytes - used, "'");
}

static void fill(struct report *report, const struct patient *p,
		 const struct check *checks)
{
	struct finding *f;

	for (; checks->name && report->count < DOCTOR_FINDINGS_MAX; checks++) {
		f = &report->findings[report->count++];
		f->check = checks->name;
		if (p->interface)
			snprintf(f->interface, sizeof(f->interface), "%s", p->interface);
		checks->look(p, f);
	}
}

/* What is not for a terminal, in names as in values. */
static void clean(struct finding *f)
{
	char *const texts[] = { f->interface, f->found, f->where, f->why, f->change };
	size_t i;
	char *c;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (c = texts[i]; *c; c++)
			if (*c < ' ' || *c > '~')
				*c = *c == '\n' || *c == '\t' ? ' ' : '?';
}

void report_fill(struct report *report, struct patient *p)
{
	static const struct check *const machine[] = {
		power_checks, cpu_checks, kernel_checks, memory_checks,
		rights_checks, session_checks,
	};
	size_t i;
	int j;

	p->interface = NULL;
	for (i = 0; i < sizeof(machine) / sizeof(machine[0]); i++)
		fill(report, p, machine[i]);
	for (j = 0; j < p->interfaces_count; j++) {
		p->interface = p->interfaces[j];
		shell_word(p->shell, sizeof(p->shell), p->interface);
		fill(report, p, nic_checks);
		fill(report, p, steering_checks);
	}
	for (j = 0; j < report->count; j++)
		clean(&report->findings[j]);
}

static int count(const struct report *report, enum finding_state state)
{
	int i, n = 0;

	for (i = 0; i < report->count; i++)
		n += report->findings[i].state == state;
	return n;
}

static void print_line(const char *what, const char *text)
{
	if (text[0])
		printf("          %-6s %s\n", what, text);
}

static void print(const struct finding *f)
{
	const char *told = f->found[0] ? f->found : f->why;

	printf("%-9s %s%s%s: %s\n",
	       f->state == FINDING_UNKNOWN ? "?" : state_texts[f->state],
	       f->interface, f->interface[0] ? " " : "", f->check, told);
	if (told != f->why)
		print_line("why", f->why);
	print_line("change", f->change);
	print_line("read", f->where);
}

/* What is to be done comes last: that is what is on the screen then. */
void report_print(const struct report *report)
{
	static const enum finding_state order[] = {
		FINDING_OK, FINDING_UNKNOWN, FINDING_ADVICE,
	};
	size_t s;
	int i;

	for (s = 0; s < sizeof(order) / sizeof(order[0]); s++)
		for (i = 0; i < report->count; i++)
			if (report->findings[i].state == order[s])
				print(&report->findings[i]);
	printf("%d ok, %d to change, %d cannot be told\n", count(report, FINDING_OK),
	       count(report, FINDING_ADVICE), count(report, FINDING_UNKNOWN));
}

static void add_text(json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key,
			       text[0] ? json_object_new_string(text) : NULL);
}

static json_object *finding_json(const struct finding *f)
{
	json_object *object = json_object_new_object();

	add_text(object, "check", f->check);
	add_text(object, "interface", f->interface);
	add_text(object, "state", state_texts[f->state]);
	add_text(object, "found", f->found);
	add_text(object, "where", f->where);
	add_text(object, "why", f->why);
	add_text(object, "change", f->change);
	return object;
}

void report_print_json(const struct report *report, const struct patient *p)
{
	json_object *object = json_object_new_object();
	json_object *findings = json_object_new_array();
	int i;

	for (i = 0; i < report->count; i++)
		json_object_array_add(findings, finding_json(&report->findings[i]));
	json_object_object_add(object, "cpu", p->cpu < 0 ? NULL :
			       json_object_new_int(p->cpu));
	for (i = FINDING_OK; i <= FINDING_UNKNOWN; i++)
		json_object_object_add(object, state_texts[i],
			json_object_new_int(count(report, (enum finding_state)i)));
	json_object_object_add(object, "findings", findings);
	output_json(object, 1);
}
