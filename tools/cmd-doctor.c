/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: looks at what spoils latency and says what to change; changes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>

#include "doctor/doctor.h"
#include "doctor/report.h"
#include "options.h"

struct doctor_options {
	struct common_options common;
	const char *interfaces[DOCTOR_INTERFACES_MAX];
	int interfaces_count;
	int cpu;		/* plus 1; 0: not given */
	const char *root;
};

static int set_interface(void *options, const char *value)
{
	struct doctor_options *o = options;

	if (o->interfaces_count == DOCTOR_INTERFACES_MAX)
		return usage_error("-i", "at most %d interfaces", DOCTOR_INTERFACES_MAX);
	o->interfaces[o->interfaces_count++] = value;
	return 0;
}

static int set_cpu(void *options, const char *value)
{
	struct doctor_options *o = options;
	__u64 cpu;
	int err = options_number("--cpu", value, 65535, &cpu);

	o->cpu = (int)cpu + 1;
	return err;
}

static int set_root(void *options, const char *value)
{
	struct doctor_options *o = options;

	o->root = value;
	return 0;
}

static const struct option_spec options_table[] = {
	{ "interface", "IFACE", "look at this interface; may be given again",
	  set_interface, 'i' },
	{ "cpu", "N", "the CPU that the reader runs on, or is to run on", set_cpu, 0 },
	{ "root", "DIR", "look at a copy of /proc and /sys below a directory",
	  set_root, 0 },
	OPTION_JSON,
	OPTION_END
};

/* A name that could not be one of an interface is a path to somewhere else. */
static int is_name(const char *name)
{
	return *name && strlen(name) < IF_NAMESIZE && !strchr(name, '/') &&
	       strcmp(name, ".") && strcmp(name, "..");
}

static int add_interface(struct patient *p, const char *name)
{
	char path[TREE_PATH_BYTES];

	snprintf(path, sizeof(path), "/sys/class/net/%.64s", name);
	if (!is_name(name) || !tree_there(path))
		return usage_error("-i", "there is no interface \"%s\"; ip link lists them",
				   name);
	snprintf(p->interfaces[p->interfaces_count++], IF_NAMESIZE, "%s", name);
	return 0;
}

/* If none is given: those with a device behind them. */
static int note_interface(const char *name, void *data)
{
	struct patient *p = data;
	char path[TREE_PATH_BYTES];

	snprintf(path, sizeof(path), "/sys/class/net/%.64s/device", name);
	if (is_name(name) && tree_there(path))
		snprintf(p->interfaces[p->interfaces_count++], IF_NAMESIZE, "%s", name);
	return p->interfaces_count == DOCTOR_INTERFACES_MAX;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int choose(struct patient *p, const struct doctor_options *o)
{
	int i, status = 0;

	for (i = 0; i < o->interfaces_count && !status; i++)
		status = add_interface(p, o->interfaces[i]);
	if (status || p->interfaces_count)
		return status;
	tree_each("/sys/class/net", note_interface, p);
	qsort(p->interfaces, (size_t)p->interfaces_count, IF_NAMESIZE, by_name);
	return 0;
}

static int run(void *options, int argc, char **argv)
{
	const struct doctor_options *o = options;
	struct patient p = { .cpu = o->cpu - 1 };
	struct report *report;
	int status, err = tree_open(o->root);

	if (err) {
		message("--root", "%s: %s", o->root ? o->root : "/", strerror(-err));
		return CTL_FAILED;
	}
	status = choose(&p, o);
	if (status)
		return status;
	report = calloc(1, sizeof(*report));
	if (!report)
		return errno_error("doctor", -ENOMEM);
	report_fill(report, &p);
	if (o->common.json)
		report_print_json(report, &p);
	else
		report_print(report);
	free(report);
	return CTL_OK;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.summary = "look at what spoils latency and say what to change; changes nothing",
	.notes = "Without -i it looks at all interfaces with a device behind them. The exit\n"
		 "status is 0 whatever is found; --json counts what is ok, advice, unknown.\n",
	.options = options_table,
	.options_bytes = sizeof(struct doctor_options),
	.run = run,
};
