// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>

#include "base/text.h"

void text_put_number(struct text *t, uint64_t n)
{
	char digits[20], *p = digits + sizeof(digits);

	do {
		*--p = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	text_put_n(t, p, (size_t)(digits + sizeof(digits) - p));
}

void text_put_addr(struct text *t, struct in_addr addr)
{
	uint32_t a = ntohl(addr.s_addr);

	for (unsigned int shift = 24; shift; shift -= 8) {
		text_put_number(t, a >> shift & 255);
		text_put_char(t, '.');
	}
	text_put_number(t, a & 255);
}
