/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests turned round: into what, and with which checksums. */
#include "request.h"

/* What an answer's headers must be, said member by member. */
static void check_turned(const struct packet *a, const struct packet *q)
{
	const __u8 *r = a->data + a->l3, *o = q->data + q->l3;

	ck_assert(!memcmp(a->data, q->data + 6, 6));
	ck_assert(!memcmp(a->data + 6, q->data, 6));
	ck_assert(!memcmp(a->data + 12, q->data + 12, q->l3 - 12));
	if (q->family == 4) {
		ck_assert_uint_eq(r[0], 0x45);
		ck_assert_uint_eq(r[1], o[1] & 0xfc);
		ck_assert_uint_eq(r[2] * 256U + r[3], a->bytes - a->l3);
		ck_assert(!memcmp(r + 4, "\0\0\x40\0", 4));
		ck_assert_uint_eq(r[8], o[8] > 64 ? 64 : o[8] - 1);
		ck_assert_uint_eq(r[9], 17);
		ck_assert_uint_eq(naive_fold(naive_add(0, r, 20)), 0xffff);
		ck_assert(!memcmp(r + 12, o + 16, 4));
		ck_assert(!memcmp(r + 16, o + 12, 4));
	} else {
		ck_assert_uint_eq(r[0], o[0]);
		ck_assert_uint_eq(r[1], o[1] & 0xc0);
		ck_assert_uint_eq(r[2] * 256U + r[3], 0);
		ck_assert_uint_eq(r[4] * 256U + r[5], a->bytes - a->l4);
		ck_assert_uint_eq(r[6], 17);
		ck_assert_uint_eq(r[7], o[7] > 64 ? 64 : o[7] - 1);
		ck_assert(!memcmp(r + 8, o + 24, 16));
		ck_assert(!memcmp(r + 24, o + 8, 16));
	}
	r = a->data + a->l4;
	o = q->data + q->l4;
	ck_assert(!memcmp(r, o + 2, 2));
	ck_assert(!memcmp(r + 2, o, 2));
	ck_assert_uint_eq(r[4] * 256U + r[5], a->bytes - a->l4);
}

static void check_echo(const struct packet *q)
{
	struct rti_request request;
	struct packet a = *q;

	ck_assert(fits(q, &request));
	ck_assert_uint_eq(request.l3_offset, q->l3);
	ck_assert_uint_eq(request.l4_offset, q->l4);
	ck_assert_uint_eq(request.payload_bytes, q->bytes - q->l4 - 8);
	turn(&a, request.payload_bytes);
	check_turned(&a, q);
	ck_assert(!memcmp(a.data + a.l4 + 6, q->data + q->l4 + 6,
			  q->bytes - q->l4 - 6));
	ck_assert_uint_eq(naive_udp_sum(&a), naive_udp_sum(q));
}

START_TEST(an_echo_keeps_payload_and_checksum_right)
{
	static const __u32 lengths[] = { 0, 1, 2, 3, 17, 18, 255, 256, 1472, 9000 };
	struct packet p;
	__u32 i;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		request4(&p, lengths[i]);
		check_echo(&p);
		ck_assert_uint_eq(naive_udp_sum(&p), 0xffff);
		request6(&p, lengths[i]);
		check_echo(&p);
	}
}
END_TEST

START_TEST(an_echo_of_a_request_without_checksum_has_none)
{
	struct packet p;

	request4(&p, 20);
	put16(p.data + p.l4 + 6, 0);
	check_echo(&p);
}
END_TEST

START_TEST(tags_stay_and_priorities_but_no_marks)
{
	struct packet p;

	packet_eth(&p, 0x88a8);
	packet_vlan(&p, 0xe064, 0x8100);
	packet_vlan(&p, 5, 0x0800);
	packet_ipv4(&p, 17, 20, 0x4000);
	p.data[p.l3 + 1] = 0xbb;
	p.data[p.l3 + 8] = 255;
	packet_udp(&p, 1, 2);
	packet_payload(&p, 9);
	packet_close(&p);
	packet_sums(&p);
	check_echo(&p);
	packet_eth(&p, 0x8100);
	packet_vlan(&p, 0x0fff, 0x86dd);
	packet_ipv6(&p, 17);
	memcpy(p.data + p.l3, "\x6b\xbf\xff\xff", 4);
	p.data[p.l3 + 7] = 2;
	packet_udp(&p, 1, 2);
	packet_close(&p);
	packet_sums(&p);
	check_echo(&p);
}
END_TEST

START_TEST(a_tag_out_of_the_bytes_shifts_no_offset)
{
	struct rti_request request;
	struct rti_frame frame = {};
	struct rti_key key;
	struct packet p;

	request4(&p, 10);
	frame.data = p.data;
	frame.end = p.data + p.bytes;
	frame.wire_bytes = p.bytes + 4;
	frame.vlan_proto = 0x8100;
	frame.vlan_tci = 7;
	rti_parse(&frame, &key);
	ck_assert(rti_request_fits(&frame, &key, &request));
	ck_assert_uint_eq(request.l3_offset, 14);
	ck_assert_uint_eq(request.l4_offset, 34);
	frame.merged = 1;
	ck_assert(!rti_request_fits(&frame, &key, &request));
}
END_TEST

START_TEST(two_that_answer_each_other_come_to_an_end)
{
	struct packet p;
	int n = 0;

	request4(&p, 5);
	p.data[p.l3 + 8] = 255;
	packet_ip_sum(&p);
	while (fits_at_all(&p)) {
		turn(&p, 5);
		ck_assert_int_lt(++n, 66);
	}
	ck_assert_int_eq(n, 64);
}
END_TEST

/* As a template is answered: other bytes of another length, and a new checksum. */
static void check_template(struct unit_random *random, const struct packet *q)
{
	__u8 payload[256] = {};
	struct packet a = *q;
	__u32 bytes = unit_random_below(random, 257), i;

	for (i = 0; i < bytes; i++)
		payload[i] = (__u8)unit_random_next(random);
	turn(&a, bytes);
	a.bytes = a.l4 + 8 + bytes;
	memcpy(a.data + a.l4 + 8, payload, bytes);
	rti_turn_checksum(a.data + a.l3, a.data + a.l4, (__u8)a.family,
			  rti_sum_words(payload, sizeof(payload)));
	check_turned(&a, q);
	ck_assert_uint_eq(naive_udp_sum(&a), 0xffff);
	ck_assert_uint_ne(a.data[a.l4 + 6] * 256U + a.data[a.l4 + 7], 0);
}

START_TEST(a_template_has_the_checksum_of_its_bytes)
{
	struct unit_random random;
	struct packet p;
	int i;

	unit_random_init(&random);
	for (i = 0; i < 20000; i++) {
		if (i % 2)
			request4(&p, unit_random_below(&random, 300));
		else
			request6(&p, unit_random_below(&random, 300));
		check_template(&random, &p);
	}
}
END_TEST

START_TEST(a_checksum_that_comes_to_0_is_sent_as_ffff)
{
	__u8 zero[256] = {};
	struct packet p;

	request6(&p, 2);
	put16(p.data + p.l4 + 8, 0);
	packet_sums(&p);
	memcpy(zero, p.data + p.l4 + 6, 2);
	memcpy(p.data + p.l4 + 8, zero, 2);
	rti_turn_checksum(p.data + p.l3, p.data + p.l4, 6,
			  rti_sum_words(zero, sizeof(zero)));
	ck_assert_uint_eq(p.data[p.l4 + 6], 0xff);
	ck_assert_uint_eq(p.data[p.l4 + 7], 0xff);
}
END_TEST

START_TEST(a_checksum_only_begun_is_told_from_a_whole_one)
{
	struct packet p;
	__u32 sum;

	request4(&p, 20);
	ck_assert(!rti_is_partial(p.data + p.l3, p.data + p.l4, 4));
	sum = naive_add(17 + p.bytes - p.l4, p.data + p.l3 + 12, 8);
	put16(p.data + p.l4 + 6, naive_fold(sum));
	ck_assert(rti_is_partial(p.data + p.l3, p.data + p.l4, 4));
	request6(&p, 20);
	ck_assert(!rti_is_partial(p.data + p.l3, p.data + p.l4, 6));
	sum = naive_add(17 + p.bytes - p.l4, p.data + p.l3 + 8, 32);
	put16(p.data + p.l4 + 6, naive_fold(sum));
	ck_assert(rti_is_partial(p.data + p.l3, p.data + p.l4, 6));
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_test(tcase, an_echo_keeps_payload_and_checksum_right);
	tcase_add_test(tcase, an_echo_of_a_request_without_checksum_has_none);
	tcase_add_test(tcase, tags_stay_and_priorities_but_no_marks);
	tcase_add_test(tcase, a_tag_out_of_the_bytes_shifts_no_offset);
	tcase_add_test(tcase, two_that_answer_each_other_come_to_an_end);
	tcase_add_test(tcase, a_template_has_the_checksum_of_its_bytes);
	tcase_add_test(tcase, a_checksum_that_comes_to_0_is_sent_as_ffff);
	tcase_add_test(tcase, a_checksum_only_begun_is_told_from_a_whole_one);
}

int main(void)
{
	return unit_run("turn", add);
}
