/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may stand in the way, and what to do about it. */
#include <errno.h>
#include <grp.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fields.h"
#include "hints.h"
#include "kmodule.h"
#include "netdev.h"
#include "secure.h"

#define HELD_SHOWN	4

static void add(struct hints *hints, const char *format, ...) PRINTF(2, 3);

static void add(struct hints *hints, const char *format, ...)
{
	va_list args;

	if (hints->count == HINTS_MAX)
		return;
	va_start(args, format);
	vsnprintf(hints->text[hints->count++], HINT_BYTES, format, args);
	va_end(args);
}

static void hint_not_built(struct hints *hints, const struct kmodule *module)
{
	char others[128];

	if (kmodule_others(others, sizeof(others)))
		add(hints, "the module is not built for kernel %s, but for %s; "
		    "try dkms autoinstall -k %s", module->kernel, others,
		    module->kernel);
	else
		add(hints, "the module is not built for kernel %s; with its "
		    "kernel headers installed: dkms install "
		    KMODULE_NAME "/" RTINTERCEPT_VERSION " -k %s",
		    module->kernel, module->kernel);
}

/* The kernel's release is the first word of the file's vermagic. */
static int built_for(const struct kmodule *module)
{
	size_t length = strlen(module->kernel);

	return !strncmp(module->vermagic, module->kernel, length) &&
	       (module->vermagic[length] == ' ' || !module->vermagic[length]);
}

/* @reason: what enforces signatures, as far as can be seen; @err: of loading */
static int wants_signature(const struct kmodule *module, const char *reason,
			   int err)
{
	if (err == -EKEYREJECTED || err == -ENOKEY)
		return 1;
	if (err == -EPERM)
		return geteuid() == 0;	/* lockdown: root has the capability */
	return reason && !module->signer[0];
}

/**
 * hints_not_loadable() - why the module would not go into the kernel
 * @hints: where
 * @err: what loading it returned; 0: it was not tried
 */
void hints_not_loadable(struct hints *hints, int err)
{
	const char *reason = secure_reason();
	struct kmodule module;

	if (kmodule_find(&module, NULL)) {
		hint_not_built(hints, &module);
		return;
	}
	if (!module.vermagic[0])
		add(hints, "%s is no module that can be read", module.path);
	else if (!built_for(&module))
		add(hints, "%s is for kernel %s, this one is %s", module.path,
		    module.vermagic, module.kernel);
	if (wants_signature(&module, reason, err))
		add(hints, "%s wants modules signed by a key that this machine "
		    "knows; dkms signs with its own: mokutil --import "
		    "/var/lib/dkms/mok.pub, then reboot",
		    reason ? reason : "this kernel");
	else if (!err)
		add(hints, "the module is not loaded: " CTL_NAME " module load");
}

/* The node is there, but not for us. */
static void hint_group(struct hints *hints)
{
	const struct group *group;
	struct stat st;

	if (stat(RTINTERCEPT_DEVICE, &st))
		return;
	group = getgrgid(st.st_gid);
	if (st.st_gid == 0 || !group)
		add(hints, RTINTERCEPT_DEVICE " is for root only: the udev rule "
		    "60-rtintercept.rules is missing, or group rtintercept is");
	else
		add(hints, "you are not in group %s: usermod -aG %s USER, then "
		    "log in again", group->gr_name, group->gr_name);
}

/* Interfaces whose rx_handler is taken, the first few by name. */
static void hint_held(struct hints *hints, const struct sessions *sessions)
{
	__u64 features = sessions->module.info.features;
	struct if_nameindex *list = if_nameindex(), *i;
	char holder[IF_NAMESIZE], text[160] = "";
	size_t used = 0;
	int held = 0;

	for (i = list; i && i->if_index; i++) {
		if (!netdev_holder(i->if_name, holder))
			continue;
		if (held++ < HELD_SHOWN && used < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used,
						 "%s%s by %s", used ? ", " : "",
						 i->if_name, holder);
	}
	if (list)
		if_freenameindex(list);
	if (!held)
		return;
	add(hints, "rx_handler is held on %s%s%s", text,
	    held > HELD_SHOWN ? ", ..." : "",
	    features & RTINTERCEPT_FEATURE_HOOK_INGRESS ?
	    "; hook ingress works there" : "");
}

static void hint_sessions(struct hints *hints, const struct sessions *sessions)
{
	const struct rtintercept_session *s;
	int i;

	for (i = 0; i < sessions->count; i++) {
		s = &sessions->list[i];
		if (s->state == RTINTERCEPT_STATE_DEAD)
			add(hints, "session %u (%.16s) is dead: its last interface "
			    "has gone", s->session_id, s->command);
		else if (s->dropped)
			add(hints, "session %u (%.16s) has lost records: read "
			    "faster, or set up a larger ring", s->session_id,
			    s->command);
	}
	if (!sessions->count && geteuid() && sessions->module.rti)
		add(hints, "without CAP_NET_ADMIN the sessions of others are not shown");
}

/**
 * hints_collect() - all that can be seen
 * @hints: out
 * @sessions: opened
 */
void hints_collect(struct hints *hints, const struct sessions *sessions)
{
	char version[32];
	int loaded = kmodule_loaded(version, sizeof(version));

	memset(hints, 0, sizeof(*hints));
	if (!loaded)
		hints_not_loadable(hints, 0);
	else if (sessions->module.err == -ENOENT)
		add(hints, "the module is loaded, but " RTINTERCEPT_DEVICE
		    " is not there: is udev, or devtmpfs?");
	else if (sessions->module.err == -EACCES)
		hint_group(hints);
	hint_sessions(hints, sessions);
	hint_held(hints, sessions);
}
