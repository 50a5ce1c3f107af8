/* SPDX-License-Identifier: GPL-2.0-only */
/* Attachments: a session on an interface, by one hook or the other. */
#ifndef RTI_ATTACH_H
#define RTI_ATTACH_H

#include <linux/list.h>
#include <linux/types.h>

struct net;
struct net_device;
struct rti_path;
struct rtintercept_attachment;

#define RTI_ATTACHMENTS_MAX	64

/**
 * struct rti_attachments - the interfaces of one session
 * @list: of struct rti_attachment; RTNL
 * @count: how many; RTNL
 * @path: the session's packet path; constant
 * @lost: called under RTNL when an interface has gone from under the session
 */
struct rti_attachments {
	struct list_head list;
	u32 count;
	struct rti_path *path;
	void (*lost)(struct rti_attachments *attachments);
};

void rti_attachments_init(struct rti_attachments *attachments,
			  struct rti_path *path,
			  void (*lost)(struct rti_attachments *attachments));
void rti_attachments_destroy(struct rti_attachments *attachments);

int rti_attach(struct rti_attachments *attachments, struct net *net, u32 ifindex,
	       u32 *hook);
int rti_detach(struct rti_attachments *attachments, u32 ifindex);
void rti_attachments_describe(const struct rti_attachments *attachments,
			      struct rtintercept_attachment *out);

int rti_attach_init(void);
void rti_attach_exit(void);

#endif /* RTI_ATTACH_H */
