/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: tools/pcapng.c */
/*
 * The pcapng writer with any records: the file is blocks that add up, one per
 * packet, each with the packet's bytes.
 */
#include "fuzz.h"
#include "tools/pcapng.h"

#define PACKETS_MAX	100

static int packets, written;

static void write_packet(struct pcapng *pcapng, struct fuzz *fuzz)
{
	struct rtintercept_record head, *record;
	char name[16];
	__u8 bytes;

	fuzz_bytes(fuzz, &head, sizeof(head));
	bytes = fuzz_u8(fuzz);
	head.captured_bytes = bytes;
	/* Of exactly its size: a byte too many is seen. */
	record = malloc(sizeof(head) + bytes);
	memcpy(record, &head, sizeof(head));
	fuzz_bytes(fuzz, record->data, bytes);
	fuzz_bytes(fuzz, name, sizeof(name));
	name[15] = '\0';
	if (!pcapng_packet(pcapng, record, name, fuzz_u8(fuzz)))
		written++;
	else
		FUZZ_CHECK(pcapng->count == PCAPNG_INTERFACES_MAX);
	packets++;
	free(record);
}

static __u32 word_at(const char *text, size_t offset)
{
	__u32 word;

	memcpy(&word, text + offset, sizeof(word));
	return word;
}

static void check_file(const char *text, size_t bytes)
{
	size_t at = 0;
	__u32 length;
	int found = 0;

	while (at < bytes) {
		FUZZ_CHECK(at + 12 <= bytes);
		length = word_at(text, at + 4);
		FUZZ_CHECK(length % 4 == 0 && length >= 12 && length <= bytes - at);
		FUZZ_CHECK(word_at(text, at + length - 4) == length);
		found += word_at(text, at) == 6;
		at += length;
	}
	FUZZ_CHECK(found == written);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t bytes)
{
	struct fuzz fuzz = { data, bytes };
	struct pcapng pcapng;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	packets = written = 0;
	FUZZ_CHECK(!pcapng_init(&pcapng, out, (__s64)fuzz_u64(&fuzz)));
	while (fuzz.left && packets < PACKETS_MAX)
		write_packet(&pcapng, &fuzz);
	fclose(out);
	check_file(text, size);
	free(text);
	return 0;
}
