// SPDX-License-Identifier: GPL-2.0-only
/* The module: what comes up in which order, and goes in the opposite one. */
#include <linux/module.h>

#include "attach.h"
#include "dev.h"
#include "rules.h"
#include "session.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static int __init rti_init(void)
{
	int err;

	err = rti_rules_init();
	if (err)
		return err;
	err = rti_attach_init();
	if (err)
		goto err_rules;
	err = rti_session_init();
	if (err)
		goto err_attach;
	err = rti_dev_init();
	if (err)
		goto err_session;
	return 0;

err_session:
	rti_session_exit();
err_attach:
	rti_attach_exit();
err_rules:
	rti_rules_exit();
	return err;
}

/* No file is open: fops.owner sees to it. */
static void __exit rti_exit(void)
{
	rti_dev_exit();
	rti_session_exit();
	rti_attach_exit();
	rti_rules_exit();
}

module_init(rti_init);
module_exit(rti_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The rtintercept developers");
MODULE_DESCRIPTION("Intercepts urgent network packets and hands them to applications");
MODULE_VERSION(RTINTERCEPT_VERSION);
