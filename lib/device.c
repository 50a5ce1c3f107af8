/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where is the module's device node? */
#include <errno.h>
#include <libudev.h>
#include <stdio.h>

#include "lib/backend.h"

/* As the kernel names it: a misc device. */
#define SUBSYSTEM	"misc"
#define SYSNAME		"rtintercept"

static int copy_path(char *path, size_t bytes, const char *from)
{
	int n = snprintf(path, bytes, "%s", from);

	return n < 0 || (size_t)n >= bytes ? -ENAMETOOLONG : 0;
}

static int ask_udev(struct udev *udev, char *path, size_t bytes)
{
	struct udev_device *device;
	const char *node;
	int err = -ENOENT;

	device = udev_device_new_from_subsystem_sysname(udev, SUBSYSTEM, SYSNAME);
	if (!device)
		return -ENOENT;
	node = udev_device_get_devnode(device);
	if (node)
		err = copy_path(path, bytes, node);
	udev_device_unref(device);
	return err;
}

/**
 * rti_device_path() - path of the device node
 * @path: out: NUL-terminated
 * @bytes: room there
 *
 * Where udev knows nothing (no udev, no sysfs, a container) it is the usual
 * path; whether there is anything, open() will tell.
 */
int rti_device_path(char *path, size_t bytes)
{
	struct udev *udev = udev_new();
	int err = -ENOENT;

	if (udev) {
		err = ask_udev(udev, path, bytes);
		udev_unref(udev);
	}
	return err ? copy_path(path, bytes, RTINTERCEPT_DEVICE) : 0;
}
