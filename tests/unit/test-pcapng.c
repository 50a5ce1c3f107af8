/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: tools/pcapng.c */
/*
 * Records as a pcapng file: its blocks add up and say what the records said. The
 * file stays if RTI_PCAPNG names one: tests/cli/test-pcapng shows it to tcpdump.
 */
#include <string.h>

#include "tools/pcapng.h"
#include "unit.h"

#define FRAME_BYTES	61	/* odd: padding is needed */
#define REALTIME_NS	1700000000000000000LL

/* An Ethernet frame with UDP from 10.0.0.1:1000 to 10.0.0.2:8080. */
static const __u8 frame[FRAME_BYTES] = {
	2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0,
	0x45, 0, 0, 47, 0, 1, 0, 0, 64, 17, 0x66, 0xbb, 10, 0, 0, 1, 10, 0, 0, 2,
	0x03, 0xe8, 0x1f, 0x90, 0, 27, 0, 0, 'r', 't',
};

struct file {
	char *text;
	size_t bytes;
	FILE *out;
};

static void put_record(struct pcapng *pcapng, __u64 seq, __u32 captured,
		       __u32 flags, __u64 lost)
{
	struct rtintercept_record *r;

	r = calloc(1, sizeof(*r) + FRAME_BYTES);
	r->seq = seq;
	r->time_ns = 5 + seq;
	r->ifindex = 2;
	r->wire_bytes = FRAME_BYTES;
	r->captured_bytes = captured;
	r->flags = flags;
	memcpy(r->data, frame, FRAME_BYTES);
	ck_assert_int_eq(pcapng_packet(pcapng, r, "eth0", lost), 0);
	free(r);
}

/* Two interfaces, three packets: whole, cut short after a gap, whole again. */
static struct file written(void)
{
	struct pcapng pcapng;
	struct file file;

	file.out = open_memstream(&file.text, &file.bytes);
	ck_assert_int_eq(pcapng_init(&pcapng, file.out, REALTIME_NS), 0);
	ck_assert_int_eq(pcapng_interface(&pcapng, 2, "eth0", 1), 0);
	ck_assert_int_eq(pcapng_interface(&pcapng, 3, "eth1", 1), 1);
	ck_assert_int_eq(pcapng_interface(&pcapng, 2, "eth0", 1), 0);
	put_record(&pcapng, 0, FRAME_BYTES, 0, 0);
	put_record(&pcapng, 8, 42, RTINTERCEPT_RECORD_TRUNCATED, 7);
	put_record(&pcapng, 9, FRAME_BYTES, 0, 0);
	fclose(file.out);
	return file;
}

static __u32 word_at(const struct file *file, size_t offset)
{
	__u32 word;

	ck_assert_uint_le(offset + 4, file->bytes);
	memcpy(&word, file->text + offset, 4);
	return word;
}

/* Offset of block number @index; the file's end behind the last. */
static size_t block_at(const struct file *file, int index)
{
	size_t offset = 0;
	__u32 bytes;

	while (index-- && offset < file->bytes) {
		bytes = word_at(file, offset + 4);
		ck_assert_uint_eq(bytes % 4, 0);
		ck_assert_uint_ge(bytes, 12);
		ck_assert_uint_eq(word_at(file, offset + bytes - 4), bytes);
		offset += bytes;
	}
	return offset;
}

/* The option @code of the block at @offset, whose options begin at @first. */
static const void *option_at(const struct file *file, size_t offset,
			     size_t first, __u16 code, __u16 bytes)
{
	size_t at = offset + first;
	__u16 head[2];

	for (;;) {
		memcpy(head, file->text + at, 4);
		if (head[0] == code) {
			ck_assert_uint_eq(head[1], bytes);
			return file->text + at + 4;
		}
		if (!head[0])
			return NULL;
		at += 4 + (head[1] + 3U) / 4 * 4;
		ck_assert_uint_lt(at, offset + word_at(file, offset + 4));
	}
}

START_TEST(blocks_follow_each_other_to_the_end_of_the_file)
{
	static const __u32 types[] = { 0x0a0d0d0a, 1, 1, 6, 6, 6 };
	struct file file = written();
	int i;

	for (i = 0; i < 6; i++)
		ck_assert_uint_eq(word_at(&file, block_at(&file, i)), types[i]);
	ck_assert_uint_eq(block_at(&file, 6), file.bytes);
	free(file.text);
}
END_TEST

START_TEST(an_interface_has_its_name_and_nanoseconds)
{
	struct file file = written();
	size_t at = block_at(&file, 2);

	ck_assert_mem_eq(option_at(&file, at, 16, 2, 4), "eth1", 4);
	ck_assert_mem_eq(option_at(&file, at, 16, 9, 1), "\x09", 1);
	ck_assert_uint_eq(word_at(&file, at + 8) & 0xffff, 1);
	free(file.text);
}
END_TEST

START_TEST(a_packet_has_its_bytes_its_lengths_and_wall_clock_time)
{
	struct file file = written();
	size_t at = block_at(&file, 4);
	__u64 time_ns = (__u64)word_at(&file, at + 12) << 32 |
			word_at(&file, at + 16);

	ck_assert_uint_eq(time_ns, REALTIME_NS + 13);
	ck_assert_uint_eq(word_at(&file, at + 8), 0);
	ck_assert_uint_eq(word_at(&file, at + 20), 42);
	ck_assert_uint_eq(word_at(&file, at + 24), FRAME_BYTES);
	ck_assert_mem_eq(file.text + at + 28, frame, 42);
	free(file.text);
}
END_TEST

START_TEST(a_gap_is_told_in_the_packet_behind_it_and_nowhere_else)
{
	struct file file = written();
	const __u64 *lost;
	__u64 n;

	lost = option_at(&file, block_at(&file, 4), 28 + 44, 4, 8);
	ck_assert_ptr_nonnull(lost);
	memcpy(&n, lost, sizeof(n));
	ck_assert_uint_eq(n, 7);
	ck_assert_ptr_null(option_at(&file, block_at(&file, 3), 28 + 64, 4, 8));
	ck_assert_ptr_null(option_at(&file, block_at(&file, 5), 28 + 64, 4, 8));
	free(file.text);
}
END_TEST

START_TEST(a_packet_without_ethernet_gets_an_interface_of_its_own)
{
	struct pcapng pcapng;
	struct file file;
	size_t at;

	file.out = open_memstream(&file.text, &file.bytes);
	pcapng_init(&pcapng, file.out, 0);
	pcapng_interface(&pcapng, 2, "tun0", 1);
	put_record(&pcapng, 0, 20, RTINTERCEPT_RECORD_NO_MAC, 0);
	fclose(file.out);
	at = block_at(&file, 2);
	ck_assert_uint_eq(word_at(&file, at), 1);
	ck_assert_uint_eq(word_at(&file, at + 8) & 0xffff, 101);
	ck_assert_uint_eq(word_at(&file, block_at(&file, 3) + 8), 1);
	free(file.text);
}
END_TEST

START_TEST(a_file_that_cannot_be_written_is_an_error)
{
	FILE *full = fopen("/dev/full", "w");
	struct pcapng pcapng;

	ck_assert_ptr_nonnull(full);
	setvbuf(full, NULL, _IONBF, 0);
	ck_assert_int_eq(pcapng_init(&pcapng, full, 0), -1);
	fclose(full);
}
END_TEST

START_TEST(the_file_can_be_kept)
{
	const char *path = getenv("RTI_PCAPNG");
	struct file file;
	FILE *out;

	if (!path)
		return;
	file = written();
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_uint_eq(fwrite(file.text, 1, file.bytes, out), file.bytes);
	ck_assert_int_eq(fclose(out), 0);
	free(file.text);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, blocks_follow_each_other_to_the_end_of_the_file);
	tcase_add_test(tc, an_interface_has_its_name_and_nanoseconds);
	tcase_add_test(tc, a_packet_has_its_bytes_its_lengths_and_wall_clock_time);
	tcase_add_test(tc, a_gap_is_told_in_the_packet_behind_it_and_nowhere_else);
	tcase_add_test(tc, a_packet_without_ethernet_gets_an_interface_of_its_own);
	tcase_add_test(tc, a_file_that_cannot_be_written_is_an_error);
	tcase_add_test(tc, the_file_can_be_kept);
}

int main(void)
{
	return unit_run("pcapng", add);
}
