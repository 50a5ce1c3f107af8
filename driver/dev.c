// SPDX-License-Identifier: GPL-2.0-only
/* The device node: what open, read, poll, mmap and close mean. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/uaccess.h>

#include "dev.h"
#include "ioctl.h"
#include "ringmem.h"
#include "session.h"

static int dev_open(struct inode *inode, struct file *file)
{
	struct rti_session *session = rti_session_open();

	if (IS_ERR(session))
		return PTR_ERR(session);
	file->private_data = session;
	return nonseekable_open(inode, file);
}

/* One descriptor of the file goes; others, and mappings, may be left. */
static int dev_flush(struct file *file, fl_owner_t id)
{
	struct rti_session *session = file->private_data;

	rti_wakeup_close(&session->path.wakeup);
	return 0;
}

/* Comes only when no mapping is left either: each holds the file. */
static int dev_release(struct inode *inode, struct file *file)
{
	rti_session_close(file->private_data);
	return 0;
}

static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return rti_ioctl(file->private_data, cmd, arg);
}

static __poll_t dev_poll(struct file *file, struct poll_table_struct *table)
{
	struct rti_session *session = file->private_data;

	return rti_wakeup_poll(&session->path.wakeup, file, table);
}

static int dev_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct rti_session *session = file->private_data;
	/* Pairs with RING_SETUP's release: a ring that is seen is whole. */
	struct rti_ringmem *ring = smp_load_acquire(&session->path.ring);
	int err;

	if (!ring)
		return -EINVAL;
	err = rti_ringmem_mmap(ring, vma);
	if (!err && rti_ringmem_maps_consumer(vma))
		WRITE_ONCE(session->mapped, true);
	return err;
}

/* Copies whole records until no more fit. Returns bytes, or an errno. */
static ssize_t copy_records(struct rti_ringmem *ring, char __user *to, size_t room)
{
	const struct rtintercept_record *rec;
	u64 position, next;
	size_t done = 0;
	u64 bytes;

	while ((rec = rti_ringmem_first(ring, &position, &next))) {
		bytes = next - position - sizeof(struct rtintercept_ring_header);
		if (bytes > room - done)
			return done ? done : -EMSGSIZE;
		if (copy_to_user(to + done, rec, bytes))
			return done ? done : -EFAULT;
		rti_ringmem_consume(ring, next);
		done += bytes;
	}
	return done;
}

/* Sleeps until a record is due, or none will ever come. */
static int wait_for_record(struct rti_session *session)
{
	struct rti_wakeup *w = &session->path.wakeup;

	return wait_event_interruptible(w->wait, rti_wakeup_arm(w) ||
						 READ_ONCE(w->dead));
}

/* Another reader may sleep with the lock held. */
static int lock_reading(struct rti_session *session, bool nonblock)
{
	if (nonblock)
		return mutex_trylock(&session->reading) ? 0 : -EAGAIN;
	return mutex_lock_interruptible(&session->reading) ? -ERESTARTSYS : 0;
}

static ssize_t dev_read(struct file *file, char __user *to, size_t room,
			loff_t *offset)
{
	struct rti_session *session = file->private_data;
	/* Pairs with RING_SETUP's release: a ring that is seen is whole. */
	struct rti_ringmem *ring = smp_load_acquire(&session->path.ring);
	ssize_t done;
	int err;

	if (!ring)
		return -EINVAL;
	err = lock_reading(session, file->f_flags & O_NONBLOCK);
	if (err)
		return err;
	for (;;) {
		if (READ_ONCE(session->mapped)) {
			done = -EBUSY;
			break;
		}
		done = copy_records(ring, to, room);
		if (done || READ_ONCE(session->path.wakeup.dead))
			break;
		done = -EAGAIN;
		if (file->f_flags & O_NONBLOCK)
			break;
		err = wait_for_record(session);
		if (err) {
			done = err;
			break;
		}
	}
	mutex_unlock(&session->reading);
	return done;
}

static const struct file_operations dev_fops = {
	.owner = THIS_MODULE,
	.open = dev_open,
	.flush = dev_flush,
	.release = dev_release,
	.unlocked_ioctl = dev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.poll = dev_poll,
	.mmap = dev_mmap,
	.read = dev_read,
};

/* udev gives the node its group. */
static struct miscdevice dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "rtintercept",
	.fops = &dev_fops,
	.mode = 0660,
};

int rti_dev_init(void)
{
	return misc_register(&dev);
}

void rti_dev_exit(void)
{
	misc_deregister(&dev);
}
