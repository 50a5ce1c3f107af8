/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel module as a file and as loaded, by libkmod. */
#include <dirent.h>
#include <errno.h>
#include <libkmod.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kmodule.h"

#define MODULES		"/lib/modules"
#define LOADED		"/sys/module/" KMODULE_NAME

/* What libkmod says on stderr we say better. */
static void be_quiet(void *data, int priority, const char *file, int line,
		     const char *fn, const char *format, va_list args)
{
}

/* @dir: of the kernel's modules; NULL: the running kernel's */
static struct kmod_ctx *context(const char *dir)
{
	struct kmod_ctx *ctx = kmod_new(dir, NULL);

	if (ctx)
		kmod_set_log_fn(ctx, be_quiet, NULL);
	return ctx;
}

static void copy(char *to, size_t bytes, const char *from)
{
	snprintf(to, bytes, "%s", from ? from : "");
}

static void read_info(struct kmodule *module, struct kmod_module *mod)
{
	struct kmod_list *info = NULL, *entry;
	const char *key, *value;

	if (kmod_module_get_info(mod, &info) < 0)
		return;
	kmod_list_foreach(entry, info) {
		key = kmod_module_info_get_key(entry);
		value = kmod_module_info_get_value(entry);
		if (!strcmp(key, "version"))
			copy(module->version, sizeof(module->version), value);
		else if (!strcmp(key, "vermagic"))
			copy(module->vermagic, sizeof(module->vermagic), value);
		else if (!strcmp(key, "signer"))
			copy(module->signer, sizeof(module->signer), value);
	}
	kmod_module_info_free_list(info);
}

/* Where dkms and `make modules_install` put it, should depmod not have run. */
static struct kmod_module *look_around(struct kmod_ctx *ctx)
{
	static const char *const dirs[] = { "updates/dkms", "updates", "extra" };
	static const char *const suffixes[] = { "", ".xz", ".zst", ".gz" };
	struct kmod_module *mod;
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < 3 * 4; i++) {
		snprintf(path, sizeof(path), "%s/%s/" KMODULE_NAME ".ko%s",
			 kmod_get_dirname(ctx), dirs[i / 4], suffixes[i % 4]);
		if (!access(path, F_OK) &&
		    !kmod_module_new_from_path(ctx, path, &mod))
			return mod;
	}
	return NULL;
}

/* The module's file, known to depmod or not; the caller unrefs it. NULL: none. */
static struct kmod_module *lookup(struct kmod_ctx *ctx)
{
	struct kmod_module *mod = NULL;
	struct kmod_list *list = NULL;

	if (kmod_module_new_from_lookup(ctx, KMODULE_NAME, &list) < 0 || !list)
		return look_around(ctx);
	mod = kmod_module_get_module(list);
	kmod_module_unref_list(list);
	return mod;
}

/**
 * kmodule_find() - the module's file for a kernel
 * @module: out, all of it
 * @kernel: its release; NULL: the running one's
 *
 * Return: 0, -ENOENT there is none, or another -errno.
 */
int kmodule_find(struct kmodule *module, const char *kernel)
{
	char dir[sizeof(MODULES) + sizeof(module->kernel) + 1];
	struct kmod_module *mod;
	struct kmod_ctx *ctx;
	struct utsname uts;

	memset(module, 0, sizeof(*module));
	if (!kernel && uname(&uts))
		return -errno;
	copy(module->kernel, sizeof(module->kernel), kernel ? kernel : uts.release);
	snprintf(dir, sizeof(dir), MODULES "/%s", module->kernel);
	ctx = context(dir);
	if (!ctx)
		return -ENOMEM;
	mod = lookup(ctx);
	if (mod) {
		copy(module->path, sizeof(module->path),
		     kmod_module_get_path(mod));
		read_info(module, mod);
		kmod_module_unref(mod);
	}
	kmod_unref(ctx);
	return module->path[0] ? 0 : -ENOENT;
}

/**
 * kmodule_others() - kernels on this machine that the module was built for
 * @kernels: out: their releases, with commas between
 * @bytes: room there
 *
 * Return: how many.
 */
int kmodule_others(char *kernels, size_t bytes)
{
	struct kmodule module;
	struct dirent *entry;
	size_t used = 0;
	int count = 0;
	DIR *dir = opendir(MODULES);

	kernels[0] = '\0';
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' ||
		    kmodule_find(&module, entry->d_name))
			continue;
		if (used < bytes)
			used += (size_t)snprintf(kernels + used, bytes - used,
						 "%s%s", count ? ", " : "",
						 module.kernel);
		count++;
	}
	if (dir)
		closedir(dir);
	return count;
}

/**
 * kmodule_loaded() - is the module in the kernel?
 * @version: out: of the module that is
 * @bytes: room there
 *
 * Return: 1 or 0.
 */
int kmodule_loaded(char *version, size_t bytes)
{
	DIR *dir = opendir(LOADED);
	FILE *f;

	if (bytes)
		version[0] = '\0';
	if (!dir)
		return 0;
	closedir(dir);
	f = fopen(LOADED "/version", "r");
	if (f) {
		if (fgets(version, (int)bytes, f))
			version[strcspn(version, "\n")] = '\0';
		fclose(f);
	}
	return 1;
}

/* 0 (loaded before, too), -ENOENT there is no file, else what the kernel said. */
int kmodule_load(void)
{
	struct kmod_module *mod;
	struct kmod_ctx *ctx = context(NULL);
	int err = -ENOENT;

	if (!ctx)
		return -ENOMEM;
	mod = lookup(ctx);
	if (mod && kmod_module_get_path(mod))
		err = kmod_module_probe_insert_module(mod, 0, NULL, NULL, NULL,
						      NULL);
	if (mod)
		kmod_module_unref(mod);
	kmod_unref(ctx);
	return err;
}

/* 0, -ENOENT it is not loaded, -EAGAIN or -EBUSY it is in use. */
int kmodule_unload(void)
{
	struct kmod_ctx *ctx = context(NULL);
	struct kmod_module *mod;
	int err;

	if (!ctx)
		return -ENOMEM;
	err = kmod_module_new_from_name(ctx, KMODULE_NAME, &mod);
	if (!err) {
		err = kmod_module_remove_module(mod, KMOD_REMOVE_NOWAIT);
		kmod_module_unref(mod);
	}
	kmod_unref(ctx);
	return err;
}
