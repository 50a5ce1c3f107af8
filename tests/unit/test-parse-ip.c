/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parser on fragments and IPv6 extension headers, and where it stops
 * looking for headers.
 */
#include "unit.h"
#include "parse-util.h"

#define L3	RTINTERCEPT_RECORD_L3
#define UDP_OK	(RTINTERCEPT_RECORD_L3 | RTINTERCEPT_RECORD_L4 | \
		 RTINTERCEPT_RECORD_PAYLOAD)
#define BAD	RTINTERCEPT_RECORD_MALFORMED
#define V6	RTINTERCEPT_RECORD_IPV6
#define FIRST	RTINTERCEPT_RECORD_FRAG_FIRST
#define LATER	RTINTERCEPT_RECORD_FRAG_LATER

#define MORE	0x2000
#define DONT	0x4000

static struct rti_key udp4_fragment(__u16 fragment, __u32 udp_bytes)
{
	struct packet p;

	packet_eth(&p, 0x0800);
	packet_ipv4(&p, 17, 20, fragment);
	packet_udp(&p, 7, 9);
	packet_payload(&p, 16);
	packet_close(&p);
	put16(p.data + p.udp + 4, udp_bytes);
	return parse_packet(&p);
}

START_TEST(a_first_fragment_has_ports)
{
	struct rti_key key = udp4_fragment(MORE, 4000);

	ck_assert_uint_eq(key.flags, UDP_OK | FIRST);
	ck_assert_uint_eq(key.fragment, RTINTERCEPT_FRAGMENT_FIRST);
	ck_assert_uint_eq(key.dst_port, 9);
	/* It may say more than it carries, but not less than a header. */
	ck_assert_uint_eq(udp4_fragment(MORE, 7).flags, L3 | FIRST | BAD);
}
END_TEST

START_TEST(a_later_fragment_has_a_protocol_but_no_ports)
{
	static const __u16 later[] = { 1, MORE | 1, 0x1fff, DONT | 0x10, 0x1000 };
	struct rti_key key;
	size_t i;

	for (i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		key = udp4_fragment(later[i], 24);
		ck_assert_uint_eq(key.flags, L3 | LATER);
		ck_assert_uint_eq(key.fragment, RTINTERCEPT_FRAGMENT_LATER);
		ck_assert_uint_eq(key.protocol, 17);
		ck_assert_uint_eq(key.has, RTI_HAS_IP);
		ck_assert_uint_eq(key.dst_port, 0);
		ck_assert_uint_eq(key.l4_offset, 0);
		ck_assert_uint_eq(key.payload_offset, 0);
	}
}
END_TEST

START_TEST(dont_fragment_is_no_fragment)
{
	ck_assert_uint_eq(udp4_fragment(DONT, 24).flags, UDP_OK);
	ck_assert_uint_eq(udp4_fragment(0x8000, 24).flags, UDP_OK);
}
END_TEST

START_TEST(a_first_fragment_without_room_for_ports_is_malformed)
{
	struct rti_key key;
	struct packet p;
	__u32 n;

	for (n = 0; n <= 8; n++) {
		packet_eth(&p, 0x0800);
		packet_ipv4(&p, 17, 20, MORE);
		packet_payload(&p, n);
		packet_close(&p);
		key = parse_packet(&p);
		ck_assert_uint_eq(key.flags, L3 | FIRST | (n < 8 ? BAD :
				  RTINTERCEPT_RECORD_L4 |
				  RTINTERCEPT_RECORD_PAYLOAD));
	}
}
END_TEST

static struct rti_key udp6_fragment(__u16 fragment)
{
	struct packet p;

	packet_eth(&p, 0x86dd);
	packet_ipv6(&p, 44);
	put16(packet_extension(&p, 44, 17, 8) + 2, fragment);
	packet_udp(&p, 7, 9);
	packet_payload(&p, 16);
	packet_close(&p);
	return parse_packet(&p);
}

START_TEST(ipv6_fragments_are_told_by_their_header)
{
	struct rti_key key = udp6_fragment(1);

	ck_assert_uint_eq(key.flags, UDP_OK | V6 | FIRST);
	ck_assert_uint_eq(key.dst_port, 9);
	ck_assert_uint_eq(key.l4_offset, 62);
	key = udp6_fragment(8);
	ck_assert_uint_eq(key.flags, L3 | V6 | LATER);
	ck_assert_uint_eq(key.protocol, 17);
	ck_assert_uint_eq(key.has, RTI_HAS_IP);
	ck_assert_uint_eq(udp6_fragment(0xfff9).flags, L3 | V6 | LATER);
	ck_assert_uint_eq(udp6_fragment(0x8000).flags, L3 | V6 | LATER);
}
END_TEST

START_TEST(an_atomic_fragment_is_whole)
{
	struct rti_key key = udp6_fragment(0);

	ck_assert_uint_eq(key.flags, UDP_OK | V6);
	ck_assert_uint_eq(key.fragment, RTINTERCEPT_FRAGMENT_NONE);
	ck_assert_uint_eq(key.dst_port, 9);
	/* The two reserved bits between offset and M mean nothing. */
	ck_assert_uint_eq(udp6_fragment(6).flags, UDP_OK | V6);
}
END_TEST

START_TEST(extensions_behind_a_later_fragment_are_not_walked)
{
	struct rti_key key;
	struct packet p;

	packet_eth(&p, 0x86dd);
	packet_ipv6(&p, 44);
	put16(packet_extension(&p, 44, 60, 8) + 2, 0x100);
	packet_extension(&p, 60, 17, 8);
	packet_udp(&p, 7, 9);
	packet_close(&p);
	key = parse_packet(&p);
	ck_assert_uint_eq(key.flags, L3 | V6 | LATER);
	ck_assert_uint_eq(key.protocol, 60);
}
END_TEST

START_TEST(each_extension_header_is_walked)
{
	static const __u8 types[] = { 0, 43, 44, 51, 60, 135 };
	struct rti_key key;
	struct packet p;
	size_t i;

	for (i = 0; i < sizeof(types); i++) {
		__u32 bytes = types[i] == 44 ? 8 : 24;

		packet_eth(&p, 0x86dd);
		packet_ipv6(&p, types[i]);
		packet_extension(&p, types[i], 17, bytes);
		packet_udp(&p, 7, 9);
		packet_close(&p);
		key = parse_packet(&p);
		ck_assert_uint_eq(key.flags, UDP_OK | V6);
		ck_assert_uint_eq(key.protocol, 17);
		ck_assert_uint_eq(key.dst_port, 9);
		ck_assert_uint_eq(key.l4_offset, 54 + bytes);
	}
}
END_TEST

/* @count headers of 8 bytes, then UDP. */
static void chain(struct packet *p, int count)
{
	int i;

	packet_eth(p, 0x86dd);
	packet_ipv6(p, count ? 60 : 17);
	for (i = 1; i <= count; i++)
		packet_extension(p, 60, i < count ? 60 : 17, 8);
	packet_udp(p, 7, 9);
	packet_payload(p, 200);
	packet_close(p);
}

START_TEST(at_most_8_extension_headers_are_walked)
{
	struct rti_key key;
	struct packet p;
	int count;

	for (count = 0; count <= 12; count++) {
		chain(&p, count);
		key = parse_packet(&p);
		ck_assert_uint_eq(key.flags, count <= 8 ? UDP_OK | V6 :
				  L3 | V6 | BAD);
		ck_assert_uint_eq(key.protocol, count <= 8 ? 17 : 60);
		ck_assert_uint_eq(key.dst_port, count <= 8 ? 9 : 0);
	}
}
END_TEST

START_TEST(a_chain_cut_at_any_byte_at_hand_has_no_l4)
{
	struct rti_key key;
	struct packet p;
	__u32 n;

	chain(&p, 5);
	for (n = 54; n < p.l4 + 8; n++) {
		key = parse_part(&p, n, p.bytes);
		ck_assert_uint_eq(key.flags, L3 | V6 | BAD);
		ck_assert_uint_eq(key.protocol, n < p.l4 ? 60 : 17);
		ck_assert_uint_eq(key.has, RTI_HAS_IP);
	}
	ck_assert_uint_eq(parse_part(&p, n, p.bytes).flags, UDP_OK | V6);
}
END_TEST

START_TEST(an_extension_longer_than_the_packet_is_malformed)
{
	struct rti_key key;
	struct packet p;
	__u32 length;

	for (length = 0; length < 256; length++) {
		packet_eth(&p, 0x86dd);
		packet_ipv6(&p, 60);
		packet_extension(&p, 60, 1, 16)[1] = (__u8)length;
		packet_payload(&p, 16);
		packet_close(&p);
		key = parse_packet(&p);
		ck_assert_uint_eq(key.flags, L3 | V6 | (length < 4 ?
				  RTINTERCEPT_RECORD_L4 : BAD));
		ck_assert_uint_eq(key.protocol, length < 4 ? 1 : 60);
	}
}
END_TEST

START_TEST(an_extension_beyond_the_ipv6_length_is_malformed)
{
	struct rti_key key;
	struct packet p;
	__u32 bytes;

	packet_eth(&p, 0x86dd);
	packet_ipv6(&p, 60);
	packet_extension(&p, 60, 1, 8);
	packet_payload(&p, 8);
	for (bytes = 0; bytes <= 16; bytes++) {
		put16(p.data + 18, bytes);
		key = parse_packet(&p);
		ck_assert_uint_eq(key.flags, L3 | V6 | (bytes < 8 ? BAD :
				  RTINTERCEPT_RECORD_L4));
	}
}
END_TEST

START_TEST(no_next_header_has_no_l4)
{
	struct rti_key key;
	struct packet p;

	packet_eth(&p, 0x86dd);
	packet_ipv6(&p, 59);
	packet_payload(&p, 20);
	packet_close(&p);
	key = parse_packet(&p);
	ck_assert_uint_eq(key.flags, L3 | V6);
	ck_assert_uint_eq(key.protocol, 59);
}
END_TEST

/* A packet whose UDP header ends at @end. */
static void udp_that_ends_at(struct packet *p, __u32 end)
{
	packet_eth(p, 0x86dd);
	packet_ipv6(p, 60);
	packet_extension(p, 60, 17, (end - 8 - 54) & ~7U);
	packet_udp(p, 7, 9);
	packet_payload(p, 400);
	packet_close(p);
}

START_TEST(headers_beyond_256_bytes_are_as_if_absent)
{
	struct rti_key key;
	struct packet p;

	/* 14 + 40 + 8n + 8: the last that fits ends at 254. */
	udp_that_ends_at(&p, 254);
	ck_assert_uint_eq(p.udp + 8, 254);
	ck_assert_uint_eq(parse_packet(&p).flags, UDP_OK | V6);
	udp_that_ends_at(&p, 262);
	key = parse_packet(&p);
	ck_assert_uint_eq(key.flags, L3 | V6 | BAD);
	ck_assert_uint_eq(key.dst_port, 0);
}
END_TEST

START_TEST(the_256_bytes_count_a_tag_wherever_it_is)
{
	struct rti_key in, out;
	struct packet p;
	__u32 options;

	for (options = 176; options <= 200; options += 8) {
		packet_eth(&p, 0x8100);
		packet_vlan(&p, 5, 0x86dd);
		packet_ipv6(&p, 60);
		packet_extension(&p, 60, 17, options);
		packet_udp(&p, 7, 9);
		packet_payload(&p, 100);
		packet_close(&p);
		in = parse_packet(&p);
		out = parse_out_of_band(&p);
		ck_assert_mem_eq(&in, &out, sizeof(in));
		ck_assert_int_eq(!!(in.has & RTI_HAS_PORTS),
				 58 + options + 8 <= RTI_PARSE_BYTES);
	}
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, a_first_fragment_has_ports);
	tcase_add_test(tc, a_later_fragment_has_a_protocol_but_no_ports);
	tcase_add_test(tc, dont_fragment_is_no_fragment);
	tcase_add_test(tc, a_first_fragment_without_room_for_ports_is_malformed);
	tcase_add_test(tc, ipv6_fragments_are_told_by_their_header);
	tcase_add_test(tc, an_atomic_fragment_is_whole);
	tcase_add_test(tc, extensions_behind_a_later_fragment_are_not_walked);
	tcase_add_test(tc, each_extension_header_is_walked);
	tcase_add_test(tc, at_most_8_extension_headers_are_walked);
	tcase_add_test(tc, a_chain_cut_at_any_byte_at_hand_has_no_l4);
	tcase_add_test(tc, an_extension_longer_than_the_packet_is_malformed);
	tcase_add_test(tc, an_extension_beyond_the_ipv6_length_is_malformed);
	tcase_add_test(tc, no_next_header_has_no_l4);
	tcase_add_test(tc, headers_beyond_256_bytes_are_as_if_absent);
	tcase_add_test(tc, the_256_bytes_count_a_tag_wherever_it_is);
}

int main(void)
{
	return unit_run("parse-ip", add);
}
