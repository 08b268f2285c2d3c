// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/text.h"

void text_join(struct text *t, ...)
{
	const char *s;
	va_list ap;

	va_start(ap, t);
	while ((s = va_arg(ap, const char *)))
		text_put(t, s);
	va_end(ap);
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

char *text_joined(const char *first, ...)
{
	const char *s = first;
	size_t size = 1;
	struct text t;
	va_list ap;

	va_start(ap, first);
	for (; s; s = va_arg(ap, const char *))
		size += strlen(s);
	va_end(ap);
	text_begin(&t, malloc(size), size);
	if (!t.begin)
		return NULL;
	va_start(ap, first);
	for (s = first; s; s = va_arg(ap, const char *))
		text_put(&t, s);
	va_end(ap);
	text_end(&t);
	return t.begin;
}
