// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdlib.h>

#include "base/text.h"

void text_put_all(struct text *t, const char *const texts[])
{
	for (; *texts; texts++)
		text_put(t, *texts);
}

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

const char *text_addr(struct in_addr addr, char buf[static INET_ADDRSTRLEN])
{
	struct text t;

	text_begin(&t, buf, INET_ADDRSTRLEN);
	text_put_addr(&t, addr);
	text_end(&t);
	return buf;
}

char *text_new(const char *const texts[])
{
	size_t size = 1;
	struct text t;

	for (size_t i = 0; texts[i]; i++)
		size += strlen(texts[i]);
	text_begin(&t, malloc(size), size);
	if (!t.begin)
		return NULL;
	text_put_all(&t, texts);
	text_end(&t);
	return t.begin;
}
