/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Single values in the text of a rule. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule-values.h"
#include <rtintercept.h>

/* IANA, protocol numbers. */
const struct named_number protocol_names[] = {
	{ "icmp", 1 },
	{ "igmp", 2 },
	{ "tcp", 6 },
	{ "udp", 17 },
	{ "gre", 47 },
	{ "esp", 50 },
	{ "ah", 51 },
	{ "icmp6", 58 },
	{ "ospf", 89 },
	{ "vrrp", 112 },
	{ "sctp", 132 },
	{ NULL, 0 }
};

/* IEEE registration authority; IPv4 and IPv6 have words of their own. */
const struct named_number ethertype_names[] = {
	{ "arp", 0x0806 },
	{ "profinet", 0x8892 },
	{ "ethercat", 0x88a4 },
	{ "powerlink", 0x88ab },
	{ "lldp", 0x88cc },
	{ "sercos", 0x88cd },
	{ "ptp", 0x88f7 },
	{ NULL, 0 }
};

const struct named_number fragment_names[] = {
	{ "none", RTINTERCEPT_FRAGMENT_NONE },
	{ "first", RTINTERCEPT_FRAGMENT_FIRST },
	{ "later", RTINTERCEPT_FRAGMENT_LATER },
	{ NULL, 0 }
};

/* NULL: it has none. */
const char *name_of(const struct named_number *names, __u32 number)
{
	for (; names->name; names++)
		if (names->number == number)
			return names->name;
	return NULL;
}

int value_number(const char *word, __u32 max, __u32 *out)
{
	unsigned long long n;
	char *end;

	if (!isdigit((unsigned char)word[0]))
		return -1;
	errno = 0;
	n = strtoull(word, &end, word[0] == '0' && word[1] == 'x' ? 16 : 10);
	if (*end || end == word || errno || n > max)
		return -1;
	*out = (__u32)n;
	return 0;
}

int value_named(const char *word, const struct named_number *names, __u32 max,
		__u32 *out)
{
	for (; names->name; names++) {
		if (!strcmp(names->name, word)) {
			*out = names->number;
			return 0;
		}
	}
	return value_number(word, max, out);
}

/* N, N-M, or N- for up to the greatest there is. */
int value_range(const char *word, __u32 max, __u32 *from, __u32 *to)
{
	const char *dash = strchr(word, '-');
	char low[24];

	if (!dash) {
		if (value_number(word, max, from))
			return -1;
		*to = *from;
		return 0;
	}
	if ((size_t)(dash - word) >= sizeof(low))
		return -1;
	memcpy(low, word, (size_t)(dash - word));
	low[dash - word] = '\0';
	*to = max;
	if (value_number(low, max, from) ||
	    (dash[1] && value_number(dash + 1, max, to)))
		return -1;
	return *from > *to ? -1 : 0;
}

/* Names with commas between them; the bits of all of them. */
int value_set(const char *word, const struct named_number *names, __u32 *out)
{
	const struct named_number *n;
	size_t length;

	*out = 0;
	for (;;) {
		length = strcspn(word, ",");
		for (n = names; n->name; n++)
			if (strlen(n->name) == length &&
			    !strncmp(n->name, word, length))
				break;
		if (!n->name)
			return -1;
		*out |= n->number;
		if (!word[length])
			return 0;
		word += length + 1;
	}
}

/* ADDRESS or ADDRESS/BITS; a colon makes it IPv6. */
int value_prefix(const char *word, __u8 *family, __u8 addr[16], __u8 *bits)
{
	const char *slash = strchr(word, '/');
	size_t length = slash ? (size_t)(slash - word) : strlen(word);
	char text[INET6_ADDRSTRLEN];
	__u32 n, max;

	if (length >= sizeof(text))
		return -1;
	memcpy(text, word, length);
	text[length] = '\0';
	memset(addr, 0, 16);
	*family = strchr(text, ':') ? 6 : 4;
	if (inet_pton(*family == 6 ? AF_INET6 : AF_INET, text, addr) != 1)
		return -1;
	max = n = *family == 6 ? 128 : 32;
	if (slash && value_number(slash + 1, max, &n))
		return -1;
	*bits = (__u8)n;
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* @length hex digits. Return: bytes, or -1. */
static int hex_bytes(const char *text, size_t length, size_t max, __u8 *out)
{
	size_t i;
	int high, low;

	if (!length || length % 2 || length / 2 > max)
		return -1;
	for (i = 0; i < length / 2; i++) {
		high = hex_digit(text[2 * i]);
		low = hex_digit(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return -1;
		out[i] = (__u8)(high << 4 | low);
	}
	return (int)(length / 2);
}

/**
 * value_bytes() - HEX or HEX/MASK, both equally long
 * @word: the text
 * @max: room in @value and @mask
 * @value: out
 * @mask: out: all ones where none is given
 *
 * Return: bytes, or -1.
 */
int value_bytes(const char *word, size_t max, __u8 *value, __u8 *mask)
{
	size_t length = strcspn(word, "/");
	int i, n = hex_bytes(word, length, max, value);

	if (n < 0)
		return -1;
	if (!word[length]) {
		memset(mask, 0xff, (size_t)n);
		return n;
	}
	word += length + 1;
	if (hex_bytes(word, strlen(word), max, mask) != n)
		return -1;
	for (i = 0; i < n; i++)
		if (value[i] & ~mask[i])
			return -1;
	return n;
}

/* Set to 0 what stands behind the first @bits bits. */
void prefix_clean(__u8 addr[16], __u8 bits)
{
	__u32 i;

	for (i = bits; i < 128; i++)
		addr[i / 8] &= (__u8)~(0x80 >> i % 8);
}

int prefix_is_clean(const __u8 addr[16], __u8 bits)
{
	__u8 clean[16];

	memcpy(clean, addr, sizeof(clean));
	prefix_clean(clean, bits);
	return !memcmp(clean, addr, sizeof(clean));
}

void prefix_print(FILE *out, const __u8 addr[16], __u8 family, __u8 bits)
{
	char text[INET6_ADDRSTRLEN];

	fputs(inet_ntop(family == 6 ? AF_INET6 : AF_INET, addr, text,
			sizeof(text)), out);
	if (bits != (family == 6 ? 128 : 32))
		fprintf(out, "/%u", bits);
}
