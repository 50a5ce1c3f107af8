/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parser on packets that are cut off, or whose headers lie. */
#include "unit.h"
#include "parse-util.h"

#define L3	RTINTERCEPT_RECORD_L3
#define UDP_OK	(L3 | RTINTERCEPT_RECORD_L4 | RTINTERCEPT_RECORD_PAYLOAD)
#define BAD	RTINTERCEPT_RECORD_MALFORMED
#define V6	RTINTERCEPT_RECORD_IPV6

START_TEST(tcp_data_offset_that_lies_is_malformed)
{
	struct rti_key key;
	struct packet p;
	__u32 words;

	for (words = 0; words < 16; words++) {
		packet_eth(&p, 0x0800);
		packet_ipv4(&p, 6, 20, 0);
		packet_tcp(&p, 1, 2, 40);
		packet_close(&p);
		p.data[p.l4 + 12] = (__u8)(words << 4);
		key = parse_packet(&p);
		if (words >= 5 && words <= 10) {
			ck_assert_uint_eq(key.flags, UDP_OK);
			continue;
		}
		ck_assert_uint_eq(key.flags, L3 | BAD);
		ck_assert_uint_eq(key.has, RTI_HAS_IP);
		ck_assert_uint_eq(key.dst_port, 0);
	}
}
END_TEST

/* What is cut off on the wire: the length of the IP header lies then. */
START_TEST(a_frame_cut_on_the_wire_at_any_byte_has_no_ip)
{
	struct packet p;
	struct rti_key key;
	__u32 n, which;

	for (which = 0; which < 2; which++) {
		if (which)
			packet_udp6(&p, 20);
		else
			packet_udp4(&p, 20);
		for (n = 0; n < p.bytes; n++) {
			key = parse_part(&p, n, n);
			ck_assert_uint_eq(key.flags, BAD);
			ck_assert_uint_eq(key.has, 0);
			ck_assert_uint_eq(key.family, 0);
			ck_assert_uint_eq(key.protocol, 0);
			ck_assert_uint_eq(key.wire_bytes, n);
		}
	}
}
END_TEST

/* What the hook has not at hand: each header counts if all of it is there. */
START_TEST(bytes_missing_at_hand_hide_the_headers_they_cut)
{
	struct packet p;
	struct rti_key key;
	__u32 n;

	packet_udp4(&p, 20);
	for (n = 0; n <= p.bytes; n++) {
		key = parse_part(&p, n, p.bytes);
		ck_assert_uint_eq(key.ethertype, n < 14 ? 0 : 0x0800);
		ck_assert_uint_eq(key.has, n < 34 ? 0 : n < 42 ? RTI_HAS_IP :
				  RTI_HAS_IP | RTI_HAS_PORTS);
		ck_assert_uint_eq(key.flags, n < 34 ? BAD : n < 42 ?
				  L3 | BAD : UDP_OK);
		ck_assert_uint_eq(key.src_port, n < 42 ? 0 : 1111);
		ck_assert_uint_eq(key.protocol, n < 34 ? 0 : 17);
	}
}
END_TEST

START_TEST(bytes_missing_at_hand_hide_tags_too)
{
	struct packet p;
	struct rti_key key;
	__u32 n;

	packet_eth(&p, 0x88a8);
	packet_vlan(&p, 5, 0x8100);
	packet_vlan(&p, 6, 0x0800);
	packet_ipv4(&p, 6, 20, 0);
	packet_tcp(&p, 1, 2, 20);
	packet_close(&p);
	for (n = 14; n <= p.bytes; n++) {
		key = parse_part(&p, n, p.bytes);
		ck_assert_uint_eq(key.ethertype, n < 18 ? 0x88a8 :
				  n < 22 ? 0x8100 : 0x0800);
		ck_assert_uint_eq(key.vlan_id, n < 18 ? 0 : 5);
		ck_assert_uint_eq(key.vlan_inner_id, n < 22 ? 0 : 6);
		ck_assert_int_eq(!!(key.has & RTI_HAS_IP), n >= 42);
		ck_assert_int_eq(!!(key.has & RTI_HAS_PORTS), n >= 62);
		ck_assert_int_eq(!!(key.flags & BAD), n < 62);
	}
}
END_TEST

START_TEST(ihl_below_5_or_beyond_the_packet_is_malformed)
{
	struct packet p;
	struct rti_key key;
	__u32 ihl;

	for (ihl = 0; ihl < 16; ihl++) {
		packet_eth(&p, 0x0800);
		packet_ipv4(&p, 17, 20, 0);
		packet_udp(&p, 7, 9);
		packet_close(&p);
		p.data[14] = (__u8)(0x40 | ihl);
		key = parse_packet(&p);
		if (ihl == 5)
			ck_assert_uint_eq(key.flags, UDP_OK);
		else if (ihl == 6 || ihl == 7) /* fits; the ports then do not */
			ck_assert_uint_eq(key.flags, L3 | BAD);
		else
			ck_assert_uint_eq(key.flags, BAD);
		ck_assert_int_eq(!!(key.has & RTI_HAS_PORTS), ihl == 5);
	}
}
END_TEST

START_TEST(the_version_must_be_that_of_the_ethertype)
{
	struct packet p;
	__u32 version;

	for (version = 0; version < 16; version++) {
		packet_udp4(&p, 30);
		p.data[14] = (__u8)(version << 4 | 5);
		ck_assert_uint_eq(parse_packet(&p).flags,
				  version == 4 ? UDP_OK : BAD);
		packet_udp6(&p, 30);
		p.data[14] = (__u8)(version << 4);
		ck_assert_uint_eq(parse_packet(&p).flags,
				  version == 6 ? UDP_OK | V6 : BAD);
	}
}
END_TEST

START_TEST(an_ipv4_length_that_lies_is_malformed)
{
	struct packet p;
	struct rti_key key;
	__u32 total;

	packet_udp4(&p, 20);
	for (total = 0; total <= 65535; total++) {
		put16(p.data + 16, total);
		key = parse_packet(&p);
		if (total < 20 || total > 48)
			ck_assert_uint_eq(key.flags, BAD);
		else if (total < 48) /* now UDP's own length lies */
			ck_assert_uint_eq(key.flags, L3 | BAD);
		else
			ck_assert_uint_eq(key.flags, UDP_OK);
	}
}
END_TEST

START_TEST(an_ipv6_length_that_lies_is_malformed)
{
	struct packet p;
	struct rti_key key;
	__u32 bytes;

	packet_udp6(&p, 20);
	for (bytes = 0; bytes <= 65535; bytes++) {
		put16(p.data + 18, bytes);
		key = parse_packet(&p);
		if (bytes > 28)
			ck_assert_uint_eq(key.flags, BAD);
		else if (bytes < 28)
			ck_assert_uint_eq(key.flags,
					  L3 | V6 | BAD);
		else
			ck_assert_uint_eq(key.flags, UDP_OK | V6);
	}
}
END_TEST

START_TEST(a_udp_length_that_lies_is_malformed)
{
	struct packet p;
	__u32 bytes;

	packet_udp4(&p, 20);
	for (bytes = 0; bytes <= 65535; bytes++) {
		put16(p.data + p.udp + 4, bytes);
		ck_assert_uint_eq(parse_packet(&p).flags,
				  bytes >= 8 && bytes <= 28 ? UDP_OK :
				  L3 | BAD);
	}
}
END_TEST

START_TEST(ethernet_padding_is_no_payload_and_no_lie)
{
	struct packet p;
	struct rti_key key;

	packet_udp4(&p, 0);
	packet_payload(&p, 18);
	key = parse_packet(&p);
	ck_assert_uint_eq(key.flags, UDP_OK);
	ck_assert_uint_eq(key.wire_bytes, 60);

	/* Bytes that are there, but not in the datagram, are no UDP header. */
	packet_eth(&p, 0x0800);
	packet_ipv4(&p, 17, 20, 0);
	packet_close(&p);
	packet_udp(&p, 7, 9);
	put16(p.data + p.udp + 4, 8);
	key = parse_packet(&p);
	ck_assert_uint_eq(key.flags, L3 | BAD);
	ck_assert_uint_eq(key.dst_port, 0);
}
END_TEST

START_TEST(zero_lengths_are_believed_of_merged_packets_only)
{
	struct packet p;

	packet_udp4(&p, 1000);
	put16(p.data + 16, 0);
	ck_assert_uint_eq(parse_merged(&p).flags, UDP_OK);
	ck_assert_uint_eq(parse_packet(&p).flags, BAD);
	put16(p.data + p.udp + 4, 0);
	ck_assert_uint_eq(parse_merged(&p).flags, UDP_OK);

	packet_udp6(&p, 1000);
	put16(p.data + 18, 0);
	ck_assert_uint_eq(parse_merged(&p).flags, UDP_OK | V6);
	ck_assert_uint_eq(parse_packet(&p).flags,
			  L3 | V6 | BAD);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, tcp_data_offset_that_lies_is_malformed);
	tcase_add_test(tc, a_frame_cut_on_the_wire_at_any_byte_has_no_ip);
	tcase_add_test(tc, bytes_missing_at_hand_hide_the_headers_they_cut);
	tcase_add_test(tc, bytes_missing_at_hand_hide_tags_too);
	tcase_add_test(tc, ihl_below_5_or_beyond_the_packet_is_malformed);
	tcase_add_test(tc, the_version_must_be_that_of_the_ethertype);
	tcase_add_test(tc, an_ipv4_length_that_lies_is_malformed);
	tcase_add_test(tc, an_ipv6_length_that_lies_is_malformed);
	tcase_add_test(tc, a_udp_length_that_lies_is_malformed);
	tcase_add_test(tc, ethernet_padding_is_no_payload_and_no_lie);
	tcase_add_test(tc, zero_lengths_are_believed_of_merged_packets_only);
}

int main(void)
{
	return unit_run("parse-lies", add);
}
