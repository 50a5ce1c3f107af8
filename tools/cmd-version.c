/* SPDX-License-Identifier: GPL-2.0-or-later */
/* version: of the tool and of the library it runs with. */
#include <stdio.h>

#include "options.h"

static int run(void *options, int argc, char **argv)
{
	printf(CTL_NAME " " RTINTERCEPT_VERSION "\nlibrtintercept %s\n",
	       rtintercept_version());
	return CTL_OK;
}

const struct command cmd_version = {
	.name = "version",
	.summary = "print the versions of the tool and the library",
	.options_bytes = sizeof(struct common_options),
	.run = run,
};
