/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which packets may be answered, and which travel on to the stack. */
#include "request.h"

/* The same for both families: @change makes a sound request unfit, also in a sound header. */
#define unfit(make, change) \
	do { \
		struct packet p; \
		make(&p, 20); \
		ck_assert(fits_at_all(&p)); \
		change; \
		packet_ip_sum(&p); \
		ck_assert(!fits_at_all(&p)); \
	} while (0)

START_TEST(no_address_that_many_or_none_have_is_answered)
{
	static const __u8 none4[] = { 0, 127, 224, 239, 240, 255 };
	__u32 i;

	unfit(request4, p.data[0] |= 1);
	unfit(request4, memset(p.data, 0xff, 6));
	unfit(request4, p.data[6] |= 1);
	for (i = 0; i < sizeof(none4); i++) {
		unfit(request4, p.data[p.l3 + 12] = none4[i]);
		unfit(request4, p.data[p.l3 + 16] = none4[i]);
	}
	unfit(request4, memcpy(p.data + p.l3 + 12, p.data + p.l3 + 16, 4));
	unfit(request6, p.data[p.l3 + 8] = 0xff);
	unfit(request6, p.data[p.l3 + 24] = 0xff);
	unfit(request6, memset(p.data + p.l3 + 8, 0, 15));
	unfit(request6, memset(p.data + p.l3 + 8, 0, 16));
	unfit(request6, memset(p.data + p.l3 + 24, 0, 8));
	unfit(request6, memcpy(p.data + p.l3 + 8,
			       "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1", 16));
	unfit(request6, memcpy(p.data + p.l3 + 8, p.data + p.l3 + 24, 16));
}
END_TEST

START_TEST(no_port_0_no_last_hop_no_missing_checksum)
{
	unfit(request4, put16(p.data + p.l4, 0));
	unfit(request4, put16(p.data + p.l4 + 2, 0));
	unfit(request6, put16(p.data + p.l4, 0));
	unfit(request4, p.data[p.l3 + 8] = 1);
	unfit(request4, p.data[p.l3 + 8] = 0);
	unfit(request6, p.data[p.l3 + 7] = 1);
	unfit(request6, put16(p.data + p.l4 + 6, 0));
}
END_TEST

START_TEST(no_ipv4_header_with_a_wrong_checksum)
{
	struct packet p;
	__u32 bit;

	for (bit = 0; bit < 20 * 8; bit++) {
		request4(&p, 20);
		p.data[p.l3 + bit / 8] ^= (__u8)(1 << bit % 8);
		ck_assert(!fits_at_all(&p));
	}
}
END_TEST

START_TEST(no_fragment_no_other_protocol_no_surplus)
{
	unfit(request4, p.data[p.l3 + 6] = 0x20);
	unfit(request4, p.data[p.l3 + 7] = 1);
	unfit(request4, p.data[p.l3 + 9] = 6);
	unfit(request6, p.data[p.l3 + 6] = 6);
	unfit(request4, put16(p.data + p.l4 + 4, 27));
	unfit(request6, put16(p.data + p.l4 + 4, 27));
	unfit(request4, put16(p.data + p.l4 + 4, 29));
	unfit(request4, p.bytes = 41);
	unfit(request4, p.data[12] = 9);
}
END_TEST

START_TEST(no_option_and_no_extension_header)
{
	struct packet p;

	packet_eth(&p, 0x0800);
	packet_ipv4(&p, 17, 24, 0);
	packet_udp(&p, 1, 2);
	packet_close(&p);
	ck_assert(!fits_at_all(&p));
	packet_eth(&p, 0x86dd);
	packet_ipv6(&p, 60);
	packet_extension(&p, 60, 17, 8);
	packet_udp(&p, 1, 2);
	put16(p.data + p.l4 + 6, 1);
	packet_close(&p);
	ck_assert(!fits_at_all(&p));
}
END_TEST

START_TEST(padding_of_short_frames_is_no_obstacle)
{
	struct packet p;

	request4(&p, 1);
	packet_payload(&p, 17);
	ck_assert(fits_at_all(&p));
}
END_TEST

/* What fits of random packets, by the slow and obvious reader. */
static int naive_fits(const struct packet *p, const struct naive_facts *f)
{
	const __u8 *ip = p->data + f->l3, *udp = p->data + f->l4;
	const __u32 header = f->family == 4 ? 20 : 40;
	__u32 i, differ = 0;

	if (f->malformed || !f->family || !f->has_ports || f->protocol != 17 ||
	    f->first || f->later || f->l4 - f->l3 != header ||
	    !f->src_port || !f->dst_port || p->data[0] % 2 || p->data[6] % 2)
		return 0;
	for (i = 0; i < 16; i++)
		differ |= f->src[i] != f->dst[i];
	if (!differ || ip[f->family == 4 ? 8 : 7] < 2)
		return 0;
	if (f->family == 4)
		return f->src[0] && f->src[0] != 127 && f->src[0] < 224 &&
		       f->dst[0] && f->dst[0] != 127 && f->dst[0] < 224 &&
		       ip[2] * 256U + ip[3] == udp[4] * 256U + udp[5] + 20 &&
		       naive_fold(naive_add(0, ip, 20)) == 0xffff;
	for (i = 0, differ = 0; i < 8; i++)
		differ |= (f->src[i] ? 1U : 0) | (f->dst[i] ? 2U : 0);
	return differ == 3 && f->src[0] != 255 && f->dst[0] != 255 &&
	       ip[4] * 256U + ip[5] == udp[4] * 256U + udp[5] &&
	       (udp[6] || udp[7]);
}

START_TEST(of_random_packets_those_fit_that_should)
{
	struct naive_facts facts;
	struct unit_random random;
	int i, yes = 0, expected;
	struct packet p;

	unit_random_init(&random);
	for (i = 0; i < 200000; i++) {
		random_packet(&random, &p);
		if (p.udp && chance(&random, 80))
			put16(p.data + p.udp + 6, 0x1234);
		naive_look(&facts, p.data, p.bytes, p.bytes, false);
		if (facts.family == 4 && chance(&random, 90))
			ip_sum(p.data + facts.l3);
		expected = naive_fits(&p, &facts);
		ck_assert_int_eq(fits_at_all(&p), expected);
		yes += expected;
	}
	ck_assert_int_gt(yes, 1000);
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_test(tcase, no_address_that_many_or_none_have_is_answered);
	tcase_add_test(tcase, no_port_0_no_last_hop_no_missing_checksum);
	tcase_add_test(tcase, no_ipv4_header_with_a_wrong_checksum);
	tcase_add_test(tcase, no_fragment_no_other_protocol_no_surplus);
	tcase_add_test(tcase, no_option_and_no_extension_header);
	tcase_add_test(tcase, padding_of_short_frames_is_no_obstacle);
	tcase_add_test(tcase, of_random_packets_those_fit_that_should);
}

int main(void)
{
	return unit_run("turn-fits", add);
}
