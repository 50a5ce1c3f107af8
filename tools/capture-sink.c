/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where captured records go: lines of text or JSON, or a pcapng file. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture-sink.h"
#include "ctl.h"
#include "fields.h"
#include "netdev.h"
#include "packet.h"

/* An interface that has gone has no name any more, but its number. */
static const char *name_of_interface(__u32 ifindex, char name[IF_NAMESIZE])
{
	if (!if_indextoname(ifindex, name))
		snprintf(name, IF_NAMESIZE, "if%u", ifindex);
	return name;
}

static int put_text(struct sink *sink, const struct rtintercept_record *record,
		    __u64 lost)
{
	char name[IF_NAMESIZE];

	if (lost)
		fprintf(sink->out, "%llu records lost\n", (unsigned long long)lost);
	packet_print(sink->out, record,
		     name_of_interface(record->ifindex, name), sink->realtime_ns);
	return 0;
}

static json_object *hex(const __u8 *bytes, __u32 count)
{
	static const char digits[] = "0123456789abcdef";
	char *text = malloc(2 * (size_t)count + 1);
	json_object *object;
	__u32 i;

	if (!text)
		return NULL;
	for (i = 0; i < count; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	object = json_object_new_string_len(text, 2 * (int)count);
	free(text);
	return object;
}

/* One line for each record; `data` in hex. */
static int put_json(struct sink *sink, const struct rtintercept_record *record,
		    __u64 lost)
{
	json_object *object = fields_json(record_fields, record);
	char name[IF_NAMESIZE];

	json_object_object_add(object, "ifname",
		json_object_new_string(name_of_interface(record->ifindex, name)));
	json_object_object_add(object, "lost", json_object_new_uint64(lost));
	json_object_object_add(object, "data",
			       hex(record->data, record->captured_bytes));
	fprintf(sink->out, "%s\n", json_object_to_json_string_ext(object, 0));
	json_object_put(object);
	return 0;
}

static int put_pcapng(struct sink *sink, const struct rtintercept_record *record,
		      __u64 lost)
{
	char name[IF_NAMESIZE];

	return pcapng_packet(&sink->pcapng, record,
			     name_of_interface(record->ifindex, name), lost);
}

static __s64 clock_offset_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (__s64)now.tv_sec * 1000000000LL + now.tv_nsec -
	       (__s64)rtintercept_clock_ns();
}

/**
 * sink_open() - open the output
 * @sink: out
 * @file: pcapng to this file, - is stdout; NULL: no pcapng
 * @json: without @file: JSON, else text
 *
 * Return: 0, or an exit code after a message.
 */
int sink_open(struct sink *sink, const char *file, int json)
{
	memset(sink, 0, sizeof(*sink));
	sink->realtime_ns = clock_offset_ns();
	sink->put = file ? put_pcapng : json ? put_json : put_text;
	sink->out = stdout;
	if (file && !strcmp(file, "-") && isatty(STDOUT_FILENO))
		return usage_error("-w -", "stdout is a terminal; pipe it into a "
				   "reader of pcapng, or name a file");
	if (!file || !strcmp(file, "-"))
		return 0;
	sink->out = fopen(file, "we");
	if (sink->out)
		return 0;
	message(file, "%s", strerror(errno));
	return CTL_FAILED;
}

/* Return: 0, or -1: not all of it could be written. */
int sink_close(struct sink *sink)
{
	int err = sink_flush(sink);

	if (sink->out != stdout && fclose(sink->out))
		err = -1;
	return err;
}

/* What stands in front of the records. Return: 0 or -1, as below. */
int sink_begin(struct sink *sink, const char *const *interfaces, int count)
{
	int i;

	if (sink->put != put_pcapng)
		return 0;
	if (pcapng_init(&sink->pcapng, sink->out, sink->realtime_ns))
		return -1;
	for (i = 0; i < count; i++)
		if (pcapng_interface(&sink->pcapng, if_nametoindex(interfaces[i]),
				     interfaces[i],
				     netdev_has_ethernet(interfaces[i])) < 0)
			return -1;
	return sink_flush(sink);
}

/* A sequence number that came late, by another CPU, is no gap. */
int sink_record(struct sink *sink, const struct rtintercept_record *record)
{
	__u64 lost = 0;

	if (record->seq >= sink->next_seq) {
		lost = record->seq - sink->next_seq;
		sink->next_seq = record->seq + 1;
	}
	if (sink->put(sink, record, lost))
		return -1;
	return ferror(sink->out) ? -1 : 0;
}

int sink_flush(struct sink *sink)
{
	return fflush(sink->out) || ferror(sink->out) ? -1 : 0;
}
