/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of commands that intercept. */
#include <net/if.h>
#include <string.h>

#include "fields.h"
#include "intercept.h"
#include "realtime.h"

int intercept_set_interface(void *options, const char *value)
{
	struct intercept_options *o = options;

	if (o->interfaces_count == INTERFACES_MAX)
		return usage_error("-i", "at most %d interfaces", INTERFACES_MAX);
	if (!if_nametoindex(value))
		return usage_error("-i", "there is no interface \"%s\"; ip link lists them",
				   value);
	o->interfaces[o->interfaces_count++] = value;
	return 0;
}

int intercept_set_hook(void *options, const char *value)
{
	struct intercept_options *o = options;
	__u32 i;

	for (i = 0; hook_names[i]; i++) {
		if (!strcmp(hook_names[i], value)) {
			o->hook = i;
			return 0;
		}
	}
	return usage_error("--hook", "\"%s\" is no hook; give auto, ingress, "
			   "rx_handler, xdp_native or xdp_generic", value);
}

int intercept_set_snap(void *options, const char *value)
{
	struct intercept_options *o = options;

	return options_number("-s", value, 0xffffffffU, &o->snap_bytes);
}

int intercept_set_ring(void *options, const char *value)
{
	struct intercept_options *o = options;

	if (options_number("--ring", value, 1ULL << 40, &o->ring_bytes))
		return CTL_USAGE;
	if (!o->ring_bytes || o->ring_bytes & (o->ring_bytes - 1))
		return usage_error("--ring", "%s is no power of two", value);
	return 0;
}

int intercept_set_rt(void *options, const char *value)
{
	struct intercept_options *o = options;
	__u64 priority;
	int err = options_number("--rt", value, REALTIME_PRIORITY_MAX, &priority);

	if (!err && !priority)
		return usage_error("--rt", "priorities are 1 to %d",
				   REALTIME_PRIORITY_MAX);
	o->priority = (int)priority;
	return err;
}

int intercept_set_cpu(void *options, const char *value)
{
	struct intercept_options *o = options;
	__u64 cpu;
	int err = options_number("--cpu", value, 65535, &cpu);

	o->cpu = (int)cpu + 1;
	return err;
}
