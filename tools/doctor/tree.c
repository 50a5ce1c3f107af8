/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one place where the doctor reads files: below a root, read-only, bounded.
 * What is read may be anything: what cannot be printed becomes '?', so that no
 * file can write to the terminal or break a document.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "doctor/tree.h"

static int root_fd = -1;	/* of --root; else "/" */
static int fake;

/* @root: NULL: this machine. Return: 0 or -errno. */
int tree_open(const char *root)
{
	fake = root != NULL;
	root_fd = open(root ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root_fd < 0 ? -errno : 0;
}

/* Is it a copy of some machine, not the one we run on? */
int tree_is_fake(void)
{
	return fake;
}

/* In a copied tree no link leads out of it: who made it is not to be trusted. */
static int open_below(const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned int)(flags | O_CLOEXEC),
		.resolve = fake ? RESOLVE_IN_ROOT : 0,
	};
	long fd = syscall(SYS_openat2, root_fd, path + 1, &how, sizeof(how));

	if (fd < 0 && errno == ENOSYS && !fake)
		fd = openat(root_fd, path + 1, flags | O_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

/* A FIFO or a device in a copied tree does not hold us up: it is no file. */
static int open_file(const char *path, mode_t *mode)
{
	int fd = open_below(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) ||
	    !(S_ISREG(st.st_mode) || (S_ISCHR(st.st_mode) && !fake))) {
		close(fd);
		return -EINVAL;
	}
	*mode = st.st_mode;
	return fd;
}

/**
 * tree_bytes() - the first bytes of a file
 * @data: out
 * @bytes: room
 * @path: from the root on, absolute
 *
 * Return: how many, or -errno.
 */
int tree_bytes(void *data, size_t bytes, const char *path)
{
	mode_t mode;
	int fd = open_file(path, &mode);
	ssize_t n;
	size_t got = 0;

	if (fd < 0)
		return fd;
	do {
		n = read(fd, (char *)data + got, bytes - got);
		if (n > 0)
			got += (size_t)n;
	} while (n > 0 && got < bytes && S_ISREG(mode));
	if (n < 0)
		n = -errno;
	close(fd);
	return n < 0 ? (int)n : (int)got;
}

/**
 * tree_read() - a file as text, without white space at its end
 * @text: out, "" if it cannot be read
 * @bytes: room, the end counted
 * @path: from the root on, absolute
 *
 * Return: 0 or -errno.
 */
int tree_read(char *text, size_t bytes, const char *path)
{
	int i, n = tree_bytes(text, bytes - 1, path);

	text[0] = n < 0 ? '\0' : text[0];
	if (n < 0)
		return n;
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == ' ' || !text[n - 1]))
		n--;
	text[n] = '\0';
	for (i = 0; i < n; i++)
		if (text[i] != '\n' && text[i] != '\t' &&
		    (text[i] < ' ' || text[i] > '~'))
			text[i] = '?';
	return 0;
}

/* Is there anything of that name? */
int tree_there(const char *path)
{
	int fd = open_below(path, O_PATH);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/**
 * tree_each() - the entries of a directory, but . and ..
 * @path: from the root on, absolute
 * @entry: gets each name; not 0: enough
 * @data: for @entry
 *
 * Return: what @entry returned last, 0 if there was none; -errno.
 */
int tree_each(const char *path, int (*entry)(const char *name, void *data),
	      void *data)
{
	int fd = open_below(path, O_RDONLY | O_DIRECTORY);
	int enough = 0, left = TREE_LIST_MAX;
	struct dirent *found;
	DIR *dir;

	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	while (!enough && left-- && (found = readdir(dir)))
		if (strcmp(found->d_name, ".") && strcmp(found->d_name, ".."))
			enough = entry(found->d_name, data);
	closedir(dir);
	return enough;
}
