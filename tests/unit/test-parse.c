/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parser on whole packets, tagged or not. Those that lie are in
 * test-parse-lies.c, fragments and extension headers in test-parse-ip.c.
 */
#include "unit.h"
#include "parse-util.h"

#define IP_OK	(RTINTERCEPT_RECORD_L3 | RTINTERCEPT_RECORD_L4)
#define UDP_OK	(IP_OK | RTINTERCEPT_RECORD_PAYLOAD)
#define V6	RTINTERCEPT_RECORD_IPV6
#define TAGGED	RTINTERCEPT_RECORD_VLAN

START_TEST(udp4_is_understood)
{
	struct packet p;
	struct rti_key key;

	packet_udp4(&p, 30);
	key = parse_packet(&p);
	ck_assert_uint_eq(key.flags, UDP_OK);
	ck_assert_uint_eq(key.has, RTI_HAS_IP | RTI_HAS_PORTS);
	ck_assert_uint_eq(key.ethertype, 0x0800);
	ck_assert_uint_eq(key.family, 4);
	ck_assert_uint_eq(key.protocol, 17);
	ck_assert_uint_eq(key.fragment, RTINTERCEPT_FRAGMENT_NONE);
	ck_assert_mem_eq(key.src_addr, "\x0a\x01\x02\x03\0\0\0\0\0\0\0\0\0\0\0", 16);
	ck_assert_mem_eq(key.dst_addr, "\x0a\x04\x05\x06\0\0\0\0\0\0\0\0\0\0\0", 16);
	ck_assert_uint_eq(key.src_port, 1111);
	ck_assert_uint_eq(key.dst_port, 8080);
	ck_assert_uint_eq(key.wire_bytes, 72);
	ck_assert_uint_eq(key.l3_offset, 14);
	ck_assert_uint_eq(key.l4_offset, 34);
	ck_assert_uint_eq(key.payload_offset, 42);
}
END_TEST

START_TEST(udp6_is_understood)
{
	struct packet p;
	struct rti_key key;

	packet_udp6(&p, 30);
	key = parse_packet(&p);
	ck_assert_uint_eq(key.flags, UDP_OK | V6);
	ck_assert_uint_eq(key.family, 6);
	ck_assert_uint_eq(key.protocol, 17);
	ck_assert_mem_eq(key.src_addr, p.data + 22, 16);
	ck_assert_mem_eq(key.dst_addr, p.data + 38, 16);
	ck_assert_uint_eq(key.dst_port, 8080);
	ck_assert_uint_eq(key.l4_offset, 54);
	ck_assert_uint_eq(key.payload_offset, 62);
}
END_TEST

START_TEST(tcp_payload_begins_behind_its_options)
{
	struct rti_key key;
	struct packet p;
	__u32 header;

	for (header = 20; header <= 60; header += 4) {
		packet_eth(&p, 0x0800);
		packet_ipv4(&p, 6, 20, 0);
		packet_tcp(&p, 1, 2, header);
		packet_payload(&p, 3);
		packet_close(&p);
		key = parse_packet(&p);
		ck_assert_uint_eq(key.flags, UDP_OK);
		ck_assert_uint_eq(key.dst_port, 2);
		ck_assert_uint_eq(key.payload_offset, 34 + header);
	}
}
END_TEST

START_TEST(other_protocols_have_l4_but_no_ports)
{
	struct packet p;
	struct rti_key key;

	packet_eth(&p, 0x0800);
	packet_ipv4(&p, 1, 20, 0);
	packet_payload(&p, 8);
	packet_close(&p);
	key = parse_packet(&p);
	ck_assert_uint_eq(key.flags, IP_OK);
	ck_assert_uint_eq(key.protocol, 1);
	ck_assert_uint_eq(key.has, RTI_HAS_IP);
	ck_assert_uint_eq(key.l4_offset, 34);
}
END_TEST

START_TEST(other_ethertypes_have_no_l3)
{
	struct packet p;
	struct rti_key key;

	packet_eth(&p, 0x0806);
	packet_payload(&p, 46);
	key = parse_packet(&p);
	ck_assert_uint_eq(key.flags, 0);
	ck_assert_uint_eq(key.has, 0);
	ck_assert_uint_eq(key.ethertype, 0x0806);
	ck_assert_uint_eq(key.fragment, RTINTERCEPT_FRAGMENT_NONE);
}
END_TEST

START_TEST(ip_options_move_the_ports)
{
	struct packet p;
	struct rti_key key;
	__u32 header;

	for (header = 20; header <= 60; header += 4) {
		packet_eth(&p, 0x0800);
		packet_ipv4(&p, 17, header, 0);
		packet_udp(&p, 7, 9);
		packet_close(&p);
		key = parse_packet(&p);
		ck_assert_uint_eq(key.flags, UDP_OK);
		ck_assert_uint_eq(key.dst_port, 9);
		ck_assert_uint_eq(key.l4_offset, 14 + header);
	}
}
END_TEST

START_TEST(a_tag_is_the_same_in_band_and_out_of_band)
{
	static const __u16 protocols[] = { 0x8100, 0x88a8 };
	struct rti_key in, out;
	struct packet p;
	int i;

	for (i = 0; i < 2; i++) {
		packet_eth(&p, protocols[i]);
		packet_vlan(&p, 0xe064, 0x0800);
		packet_ipv4(&p, 17, 20, 0);
		packet_udp(&p, 7, 9);
		packet_close(&p);
		in = parse_packet(&p);
		out = parse_out_of_band(&p);
		ck_assert_mem_eq(&in, &out, sizeof(in));
		ck_assert_uint_eq(in.flags, UDP_OK | TAGGED);
		ck_assert_uint_eq(in.vlan_id, 0x064);
		ck_assert_uint_eq(in.vlan_tci, 0xe064);
		ck_assert_uint_eq(in.vlan_proto, protocols[i]);
		ck_assert_uint_eq(in.ethertype, 0x0800);
		ck_assert_uint_eq(in.l3_offset, 18);
		ck_assert_uint_eq(in.payload_offset, 46);
	}
}
END_TEST

START_TEST(two_tags_are_the_same_in_band_and_out_of_band)
{
	struct rti_key in, out;
	struct packet p;

	packet_eth(&p, 0x88a8);
	packet_vlan(&p, 5, 0x8100);
	packet_vlan(&p, 0x2006, 0x86dd);
	packet_ipv6(&p, 17);
	packet_udp(&p, 7, 9);
	packet_close(&p);
	in = parse_packet(&p);
	out = parse_out_of_band(&p);
	ck_assert_mem_eq(&in, &out, sizeof(in));
	ck_assert_uint_eq(in.flags, UDP_OK | V6 | TAGGED);
	ck_assert_uint_eq(in.vlan_id, 5);
	ck_assert_uint_eq(in.vlan_inner_id, 6);
	ck_assert_uint_eq(in.vlan_proto, 0x88a8);
	ck_assert_uint_eq(in.l3_offset, 22);
}
END_TEST

START_TEST(a_third_tag_is_the_ethertype)
{
	struct rti_key in, out;
	struct packet p;

	packet_eth(&p, 0x88a8);
	packet_vlan(&p, 5, 0x8100);
	packet_vlan(&p, 6, 0x8100);
	packet_vlan(&p, 7, 0x0800);
	packet_ipv4(&p, 17, 20, 0);
	packet_close(&p);
	in = parse_packet(&p);
	out = parse_out_of_band(&p);
	ck_assert_mem_eq(&in, &out, sizeof(in));
	ck_assert_uint_eq(in.flags, TAGGED);
	ck_assert_uint_eq(in.has, RTI_HAS_VLAN | RTI_HAS_VLAN_INNER);
	ck_assert_uint_eq(in.ethertype, 0x8100);
}
END_TEST

START_TEST(a_priority_tag_is_a_tag)
{
	struct rti_key key;
	struct packet p;

	packet_eth(&p, 0x8100);
	packet_vlan(&p, 0xa000, 0x0806);
	key = parse_packet(&p);
	ck_assert_uint_eq(key.has, RTI_HAS_VLAN);
	ck_assert_uint_eq(key.vlan_id, 0);
	ck_assert_uint_eq(key.vlan_tci, 0xa000);
}
END_TEST

START_TEST(devices_without_ethernet_headers_begin_with_l3)
{
	struct rti_key key;
	struct packet p;

	packet_udp4(&p, 20);
	key = parse_no_mac(&p);
	ck_assert_uint_eq(key.flags, UDP_OK | RTINTERCEPT_RECORD_NO_MAC);
	ck_assert_uint_eq(key.l3_offset, 0);
	ck_assert_uint_eq(key.payload_offset, 28);
	ck_assert_uint_eq(key.wire_bytes, 48);
	packet_udp6(&p, 20);
	key = parse_no_mac(&p);
	ck_assert_uint_eq(key.flags, UDP_OK | V6 | RTINTERCEPT_RECORD_NO_MAC);
	ck_assert_uint_eq(key.dst_port, 8080);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, udp4_is_understood);
	tcase_add_test(tc, udp6_is_understood);
	tcase_add_test(tc, tcp_payload_begins_behind_its_options);
	tcase_add_test(tc, other_protocols_have_l4_but_no_ports);
	tcase_add_test(tc, other_ethertypes_have_no_l3);
	tcase_add_test(tc, ip_options_move_the_ports);
	tcase_add_test(tc, a_tag_is_the_same_in_band_and_out_of_band);
	tcase_add_test(tc, two_tags_are_the_same_in_band_and_out_of_band);
	tcase_add_test(tc, a_third_tag_is_the_ethertype);
	tcase_add_test(tc, a_priority_tag_is_a_tag);
	tcase_add_test(tc, devices_without_ethernet_headers_begin_with_l3);
}

int main(void)
{
	return unit_run("parse", add);
}
