/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The module's backend: one file descriptor of the device, its ioctls and its
 * two mappings. Each ioctl of the uAPI has one function here; those on tables
 * are in lib/module-table.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/growing.h"
#include "lib/module.h"

/**
 * struct module - rti->priv
 * @consumer: the consumer page, writable; NULL: no ring
 * @producer: the producer page and the data behind it
 * @producer_bytes: length of that mapping
 * @wait: kept, so that the kernel finds @reason as it mostly is
 */
struct module {
	void *consumer;
	void *producer;
	size_t producer_bytes;
	struct rtintercept_wait wait;
};

int rti_module_call(const struct rtintercept *rti, unsigned long request, void *arg)
{
	return ioctl(rti->fd, request, arg) < 0 ? -errno : 0;
}

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static int module_info(struct rtintercept *rti, struct rtintercept_info *info)
{
	struct rtintercept_info req = { .size = sizeof(req) };
	int err = rti_module_call(rti, RTINTERCEPT_IOC_INFO, &req);

	if (!err)
		*info = req;
	return err;
}

static int open_node(const char *path)
{
	char found[PATH_MAX];
	int err, fd;

	if (!path) {
		err = rti_device_path(found, sizeof(found));
		if (err)
			return err;
		path = found;
	}
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	/* A node that outlived the module is as good as none. */
	return errno == ENXIO || errno == ENODEV ? -ENOENT : -errno;
}

static void module_close(struct rtintercept *rti)
{
	struct module *mod = rti->priv;

	if (mod->producer)
		munmap(mod->producer, mod->producer_bytes);
	if (mod->consumer)
		munmap(mod->consumer, page_bytes());
	close(rti->fd);
	free(mod);
}

/* INFO tells whether the node is of the module at all: ENOTTY if not. */
static int module_open(struct rtintercept *rti,
		       const struct rtintercept_open_opts *opts)
{
	struct rtintercept_info info;
	int err;

	rti->priv = calloc(1, sizeof(struct module));
	if (!rti->priv)
		return -ENOMEM;
	rti->fd = open_node(opts->device);
	if (rti->fd < 0) {
		free(rti->priv);
		return rti->fd;
	}
	err = module_info(rti, &info);
	if (err)
		module_close(rti);
	return err;
}

static int module_attach(struct rtintercept *rti, __u32 ifindex, __u32 *hook)
{
	struct rtintercept_attach req = {
		.size = sizeof(req),
		.ifindex = ifindex,
		.hook = *hook,
	};
	int err = rti_module_call(rti, RTINTERCEPT_IOC_ATTACH, &req);

	if (!err)
		*hook = req.hook;
	return err;
}

static int module_detach(struct rtintercept *rti, __u32 ifindex)
{
	struct rtintercept_detach req = {
		.size = sizeof(req),
		.ifindex = ifindex,
	};

	return rti_module_call(rti, RTINTERCEPT_IOC_DETACH, &req);
}

static int module_stats(struct rtintercept *rti, __u32 session_id,
			struct rtintercept_stats *stats)
{
	struct rtintercept_stats req = {
		.size = sizeof(req),
		.session_id = session_id,
	};
	int err = rti_module_call(rti, RTINTERCEPT_IOC_STATS, &req);

	if (!err)
		*stats = req;
	return err;
}

static int module_session_list(struct rtintercept *rti,
			       struct rtintercept_session **sessions)
{
	struct rtintercept_session_list req = {
		.size = sizeof(req),
		.session_size = sizeof(**sessions),
	};
	struct rti_growing array;
	int err;

	rti_growing_init(&array, req.session_size);
	do {
		req.sessions = rti_growing_address(&array);
		req.count = array.room;
		err = rti_module_call(rti, RTINTERCEPT_IOC_SESSION_LIST, &req);
	} while (rti_growing_again(&array, &err, req.count));
	return rti_growing_finish(&array, err, req.count, (void **)sessions);
}

static int module_attachment_list(struct rtintercept *rti, __u32 session_id,
				  struct rtintercept_attachment **attachments)
{
	struct rtintercept_attachment_list req = {
		.size = sizeof(req),
		.session_id = session_id,
		.attachment_size = sizeof(**attachments),
	};
	struct rti_growing array;
	int err;

	rti_growing_init(&array, req.attachment_size);
	do {
		req.attachments = rti_growing_address(&array);
		req.count = array.room;
		err = rti_module_call(rti, RTINTERCEPT_IOC_ATTACHMENT_LIST, &req);
	} while (rti_growing_again(&array, &err, req.count));
	return rti_growing_finish(&array, err, req.count, (void **)attachments);
}

static int map(const struct rtintercept *rti, void **out, __u64 bytes, int prot,
	       __u64 offset)
{
	void *p;

	if (bytes > SIZE_MAX)
		return -ENOMEM;
	p = mmap(NULL, (size_t)bytes, prot, MAP_SHARED | MAP_POPULATE, rti->fd,
		 (off_t)offset);
	if (p == MAP_FAILED)
		return -errno;
	*out = p;
	return 0;
}

static int module_ring_setup(struct rtintercept *rti, __u64 ring_bytes)
{
	struct rtintercept_ring_setup req = {
		.size = sizeof(req),
		.ring_bytes = ring_bytes,
	};
	struct module *mod = rti->priv;
	int err = rti_module_call(rti, RTINTERCEPT_IOC_RING_SETUP, &req);

	if (err)
		return err;
	err = map(rti, &mod->producer, req.producer_bytes, PROT_READ,
		  req.producer_offset);
	if (err)
		return err;
	mod->producer_bytes = (size_t)req.producer_bytes;
	err = map(rti, &mod->consumer, page_bytes(), PROT_READ | PROT_WRITE,
		  req.consumer_offset);
	if (err)
		return err;		/* module_close() undoes the other */
	rti_ring_init(&rti->ring, mod->consumer, mod->producer,
		      (char *)mod->producer + page_bytes(), ring_bytes);
	return 0;
}

static int module_start(struct rtintercept *rti)
{
	struct rtintercept_start req = { .size = sizeof(req) };

	return rti_module_call(rti, RTINTERCEPT_IOC_START, &req);
}

static int module_stop(struct rtintercept *rti)
{
	struct rtintercept_stop req = { .size = sizeof(req) };

	return rti_module_call(rti, RTINTERCEPT_IOC_STOP, &req);
}

static int module_wakeup(struct rtintercept *rti, __u32 records, __u32 bytes,
			 __u32 deadline_us)
{
	struct rtintercept_wakeup req = {
		.size = sizeof(req),
		.records = records,
		.bytes = bytes,
		.deadline_us = deadline_us,
	};

	return rti_module_call(rti, RTINTERCEPT_IOC_WAKEUP, &req);
}

static int module_sleep(struct rtintercept *rti, __u64 until_ns)
{
	struct rtintercept_wait *wait = &((struct module *)rti->priv)->wait;
	int err;

	wait->size = sizeof(*wait);
	wait->deadline_ns = until_ns;
	err = rti_module_call(rti, RTINTERCEPT_IOC_WAIT, wait);
	if (err)
		return err;
	if (wait->reason == RTINTERCEPT_WAIT_DEAD)
		return -ENODEV;
	return wait->reason == RTINTERCEPT_WAIT_RECORD;
}

/* The descriptor's number stays taken: the other thread is about to use it. */
static void module_interrupt(struct rtintercept *rti)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (nothing < 0) {
		close(rti->fd);
		rti->fd = -1;
		return;
	}
	dup3(nothing, rti->fd, O_CLOEXEC);
	close(nothing);
}

const struct rti_backend_ops rti_module_ops = {
	.backend = RTINTERCEPT_BACKEND_MODULE,
	.open = module_open,
	.close = module_close,
	.info = module_info,
	.attach = module_attach,
	.detach = module_detach,
	.rule_add = rti_module_rule_add,
	.rule_del = rti_module_rule_del,
	.rule_flush = rti_module_rule_flush,
	.rule_list = rti_module_rule_list,
	.rule_replace = rti_module_rule_replace,
	.rule_stats = rti_module_rule_stats,
	.program_set = rti_module_program_set,
	.program_get = rti_module_program_get,
	.reply_set = rti_module_reply_set,
	.reply_get = rti_module_reply_get,
	.stats = module_stats,
	.session_list = module_session_list,
	.attachment_list = module_attachment_list,
	.ring_setup = module_ring_setup,
	.start = module_start,
	.stop = module_stop,
	.wakeup = module_wakeup,
	.sleep = module_sleep,
	.interrupt = module_interrupt,
};
