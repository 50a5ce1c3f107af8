/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel module as a file and as loaded: libkmod is known here alone. */
#ifndef KMODULE_H
#define KMODULE_H

#include <limits.h>

#define KMODULE_NAME	"rtintercept"

/**
 * struct kmodule - the module for one kernel
 * @kernel: release of the kernel
 * @path: of the file; "": there is none
 * @version: of the file; "": there is none
 * @vermagic: kernel that the file was built for
 * @signer: who signed the file; "": nobody
 */
struct kmodule {
	char kernel[128];
	char path[PATH_MAX];
	char version[32];
	char vermagic[128];
	char signer[128];
};

int kmodule_find(struct kmodule *module, const char *kernel);
int kmodule_others(char *kernels, size_t bytes);
int kmodule_loaded(char *version, size_t bytes);
int kmodule_load(void);
int kmodule_unload(void);

#endif /* KMODULE_H */
