/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one place where the doctor reads files: below a root, read-only, bounded, printable. */
#ifndef DOCTOR_TREE_H
#define DOCTOR_TREE_H

#include <stddef.h>

#include "ctl.h"

#define TREE_PATH_BYTES	512
#define TREE_TEXT_BYTES	4096	/* more of a file is not looked at */
#define TREE_LIST_MAX	4096	/* nor of a directory */

int tree_open(const char *root);
int tree_is_fake(void);
int tree_read(char *text, size_t bytes, const char *path);
int tree_bytes(void *data, size_t bytes, const char *path);
int tree_there(const char *path);
int tree_each(const char *path, int (*entry)(const char *name, void *data),
	      void *data);

#endif /* DOCTOR_TREE_H */
