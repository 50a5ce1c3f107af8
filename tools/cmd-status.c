/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status: what is loaded, who intercepts what, and what stands in the way. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "hints.h"
#include "kmodule.h"
#include "options.h"
#include "output.h"
#include "sessions.h"
#include "stats.h"

/**
 * struct status - all that is shown
 * @sessions: opened
 * @books: of the sessions
 * @hints: what to do
 * @file: the module's file for the running kernel
 * @loaded: is it in the kernel?
 * @version: then, of which version
 */
struct status {
	struct sessions sessions;
	struct books books;
	struct hints hints;
	struct kmodule file;
	int loaded;
	char version[32];
};

/* Return: 0, or an exit code after a message. */
static int gather(struct status *st, __u32 backend)
{
	int err = sessions_open(&st->sessions, backend, 0);

	if (!err)
		err = books_read(&st->books, &st->sessions, NULL);
	if (err)
		return errno_error("status", err);
	st->loaded = kmodule_loaded(st->version, sizeof(st->version));
	kmodule_find(&st->file, NULL);
	hints_collect(&st->hints, &st->sessions);
	return 0;
}

static void print_module(const struct status *st)
{
	if (st->loaded)
		printf("module    loaded, version %s\n",
		       st->version[0] ? st->version : "unknown");
	else
		puts("module    not loaded");
	if (st->file.vermagic[0])
		printf("file      %s, version %s, for kernel %.*s, %s\n",
		       st->file.path, st->file.version,
		       (int)strcspn(st->file.vermagic, " "), st->file.vermagic,
		       st->file.signer[0] ? "signed" : "not signed");
	printf("kernel    %s\n", st->file.kernel);
}

static void print_backend(const char *name, const struct backend *backend)
{
	if (backend->rti)
		printf("%-9s usable, version %s, interface version %u\n", name,
		       backend->info.version, backend->info.abi_version);
	else
		printf("%-9s not usable: %s\n", name,
		       backend->err == -ENOENT ? "the module is not there" :
		       errno_text(backend->err));
}

static void print_attachments(const struct status *st, __u32 session_id)
{
	struct rtintercept *rti = sessions_handle(&st->sessions, session_id);
	struct rtintercept_attachment *list;
	int i, n = rtintercept_attachment_list(rti, session_id, &list);

	for (i = 0; i < n; i++)
		printf("  on        %.16s (%u), hook %s%s%s\n", list[i].ifname,
		       list[i].ifindex, name_at(hook_names, list[i].hook),
		       list[i].flags & RTINTERCEPT_ATTACHMENT_FRAGS ?
		       ", packets of several buffers too" : "",
		       list[i].flags & RTINTERCEPT_ATTACHMENT_DISPATCHER ?
		       ", with others through the dispatcher" : "");
	if (n == 0)
		puts("  on        no interface");
	if (n > 0)
		free(list);
}

static void print_ring(const struct rtintercept_stats *s)
{
	char size[BYTES_TEXT], used[BYTES_TEXT], peak[BYTES_TEXT];

	if (!s->ring_bytes) {
		puts("  ring      not set up");
		return;
	}
	printf("  ring      %s, in use %s, at most %s (%.0f %%)\n",
	       output_bytes(size, s->ring_bytes),
	       output_bytes(used, s->ring_used_bytes),
	       output_bytes(peak, s->ring_peak_bytes),
	       100.0 * (double)s->ring_peak_bytes / (double)s->ring_bytes);
}

static void print_session(const struct status *st, const struct book *book)
{
	const struct rtintercept_session *s = &book->session;
	const struct rtintercept_stats *stats = &book->stats;

	printf("session %u  %s, %s; %.16s, pid %u, uid %u, netns %llu\n",
	       s->session_id, name_at(backend_names, s->backend),
	       name_at(state_names, stats->state), s->command, s->pid, s->uid,
	       (unsigned long long)s->netns);
	print_attachments(st, s->session_id);
	printf("  rules     %u, generation %llu\n", stats->rules,
	       (unsigned long long)stats->generation);
	print_ring(stats);
	printf("  packets   seen %llu, matched %llu, recorded %llu, dropped %llu\n",
	       (unsigned long long)stats->seen,
	       (unsigned long long)stats->matched,
	       (unsigned long long)stats->recorded,
	       (unsigned long long)book_dropped(stats));
}

static void print_text(const struct status *st)
{
	int i;

	print_module(st);
	if (st->sessions.wanted != RTINTERCEPT_BACKEND_XDP)
		print_backend("device", &st->sessions.module);
	if (st->sessions.wanted != RTINTERCEPT_BACKEND_MODULE)
		print_backend("xdp", &st->sessions.xdp);
	for (i = 0; i < st->books.count; i++)
		print_session(st, &st->books.book[i]);
	if (!st->books.count)
		puts("sessions  none");
	for (i = 0; i < st->hints.count; i++)
		printf("hint      %s\n", st->hints.text[i]);
}

static json_object *features_json(__u64 features)
{
	json_object *array = json_object_new_array();
	__u32 bit;

	for (bit = 0; feature_names[bit]; bit++)
		if (features & 1ULL << bit)
			json_object_array_add(array,
				json_object_new_string(feature_names[bit]));
	return array;
}

static json_object *backend_json(const struct backend *backend)
{
	json_object *object;

	if (backend->rti) {
		object = fields_json(info_fields, &backend->info);
		json_object_object_add(object, "feature_names",
				       features_json(backend->info.features));
		return object;
	}
	object = json_object_new_object();
	json_object_object_add(object, "error",
			       json_object_new_string(errno_text(backend->err)));
	return object;
}

static json_object *session_json(const struct status *st,
				 const struct book *book)
{
	__u32 id = book->session.session_id;
	struct rtintercept *rti = sessions_handle(&st->sessions, id);
	json_object *object = fields_json(session_fields, &book->session);
	json_object *array = json_object_new_array();
	struct rtintercept_attachment *list;
	int i, n = rtintercept_attachment_list(rti, id, &list);

	for (i = 0; i < n; i++)
		json_object_array_add(array, fields_json(attachment_fields,
							 &list[i]));
	if (n > 0)
		free(list);
	json_object_object_add(object, "attachment_list", array);
	json_object_object_add(object, "stats", book_json(book));
	return object;
}

static void print_json(const struct status *st)
{
	json_object *object = json_object_new_object();
	json_object *sessions = json_object_new_array();
	json_object *hints = json_object_new_array();
	int i;

	for (i = 0; i < st->books.count; i++)
		json_object_array_add(sessions,
				      session_json(st, &st->books.book[i]));
	for (i = 0; i < st->hints.count; i++)
		json_object_array_add(hints,
				      json_object_new_string(st->hints.text[i]));
	json_object_object_add(object, "version",
			       json_object_new_string(RTINTERCEPT_VERSION));
	json_object_object_add(object, "module",
			       output_module_json(&st->file, st->loaded,
						  st->version));
	json_object_object_add(object, "device",
			       st->sessions.wanted == RTINTERCEPT_BACKEND_XDP ?
			       NULL : backend_json(&st->sessions.module));
	json_object_object_add(object, "xdp",
			       st->sessions.wanted == RTINTERCEPT_BACKEND_MODULE ?
			       NULL : backend_json(&st->sessions.xdp));
	json_object_object_add(object, "sessions", sessions);
	json_object_object_add(object, "hints", hints);
	output_json(object, 1);
}

/* That nothing is usable is told, and is the exit code: scripts look at it. */
static int run(void *options, int argc, char **argv)
{
	const struct common_options *common = options;
	struct status *st = calloc(1, sizeof(*st));
	int status;

	if (!st)
		return errno_error("status", -ENOMEM);
	status = gather(st, common->backend);
	if (!status) {
		if (common->json)
			print_json(st);
		else
			print_text(st);
		if (!st->sessions.module.rti && !st->sessions.xdp.rti)
			status = CTL_MISSING;
	}
	books_free(&st->books);
	sessions_close(&st->sessions);
	free(st);
	return status;
}

static const struct option_spec options_table[] = {
	OPTION_BACKEND,
	OPTION_JSON,
	OPTION_END
};

const struct command cmd_status = {
	.name = "status",
	.summary = "tell what is loaded, who intercepts what, and what stands in the way",
	.notes = "The exit status is 3 if neither backend can be used.\n",
	.options = options_table,
	.options_bytes = sizeof(struct common_options),
	.run = run,
};
