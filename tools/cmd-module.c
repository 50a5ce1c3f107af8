/* SPDX-License-Identifier: GPL-2.0-or-later */
/* module: loads, unloads and describes the kernel module. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hints.h"
#include "kmodule.h"
#include "options.h"
#include "output.h"

static int run_load(void *options, int argc, char **argv)
{
	struct hints hints = { .count = 0 };
	int i, err = kmodule_load();

	if (!err)
		return CTL_OK;
	hints_not_loadable(&hints, err);
	if (!hints.count)
		message("module load", "%s", err == -EPERM ?
			"that takes CAP_SYS_MODULE; try as root" : strerror(-err));
	for (i = 0; i < hints.count; i++)
		message("module load", "%s", hints.text[i]);
	return err == -ENOENT || err == -EPERM || err == -EKEYREJECTED ||
	       err == -ENOKEY ? CTL_MISSING : CTL_FAILED;
}

static int run_unload(void *options, int argc, char **argv)
{
	int err = kmodule_unload();

	switch (err) {
	case 0:
		return CTL_OK;
	case -ENOENT:
		message("module unload", "it is not loaded");
		return CTL_FAILED;
	case -EAGAIN:
	case -EBUSY:
		message("module unload", "in use; status lists the sessions");
		return CTL_FAILED;
	case -EPERM:
		message("module unload", "that takes CAP_SYS_MODULE; try as root");
		return CTL_MISSING;
	default:
		message("module unload", "%s", strerror(-err));
		return CTL_FAILED;
	}
}

static void print_text(const struct kmodule *module, int loaded,
		       const char *version)
{
	printf("loaded    %s%s%s\n", loaded ? "yes" : "no",
	       version[0] ? ", version " : "", version);
	printf("kernel    %s\n", module->kernel);
	printf("file      %s\n", module->path[0] ? module->path : "none");
	if (!module->path[0])
		return;
	printf("version   %s\n", module->version);
	printf("vermagic  %s\n", module->vermagic);
	printf("signer    %s\n", module->signer[0] ? module->signer : "none");
}

/* For scripts: 3 if there is neither a file nor a loaded module. */
static int run_info(void *options, int argc, char **argv)
{
	const struct common_options *common = options;
	struct kmodule module;
	char version[32];
	int loaded = kmodule_loaded(version, sizeof(version));
	int err = kmodule_find(&module, NULL);

	if (common->json)
		output_json(output_module_json(&module, loaded, version), 1);
	else
		print_text(&module, loaded, version);
	return loaded || !err ? CTL_OK : CTL_MISSING;
}

static const struct option_spec info_options[] = {
	OPTION_JSON,
	OPTION_END
};

static const struct command module_load = {
	.name = "load",
	.summary = "load the module, and those that it needs",
	.options_bytes = sizeof(struct common_options),
	.run = run_load,
};

static const struct command module_unload = {
	.name = "unload",
	.summary = "take the module out of the kernel",
	.options_bytes = sizeof(struct common_options),
	.run = run_unload,
};

static const struct command module_info = {
	.name = "info",
	.summary = "describe the module's file and the loaded module",
	.options = info_options,
	.options_bytes = sizeof(struct common_options),
	.run = run_info,
};

static const struct command *const actions[] = {
	&module_load,
	&module_unload,
	&module_info,
	NULL
};

const struct command cmd_module = {
	.name = "module",
	.summary = "load, unload and describe the kernel module",
	.actions = actions,
};
