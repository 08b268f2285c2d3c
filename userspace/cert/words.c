// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>

#define NAME_MAX_SHOWN 64 /* bytes of a hostile name in a reason */

void words_vadd(char *out, size_t size, const char *fmt, va_list ap)
{
	size_t n = strlen(out);

	vsnprintf(out + n, size - n, fmt, ap);
}

void words_add(char *out, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	words_vadd(out, size, fmt, ap);
	va_end(ap);
}

void words_add_name(char *out, size_t size, const char *name, size_t len)
{
	size_t i, n = strlen(out);

	for (i = 0; i < len && i < NAME_MAX_SHOWN && n + 1 < size; i++)
		out[n++] = isprint((unsigned char)name[i]) ? name[i] : '?';
	out[n] = '\0';
}

static void add_dn(char *out, size_t size, const char *cn, int cn_len,
		   const char *all)
{
	words_add(out, size, "\"");
	if (cn && cn_len > 0) {
		words_add(out, size, "CN=");
		words_add_name(out, size, cn, (size_t)cn_len);
	} else {
		words_add_name(out, size, all, strlen(all));
	}
	words_add(out, size, "\"");
}

void words_add_subject(char *out, size_t size, const struct DecodedCert *cert)
{
	add_dn(out, size, cert->subjectCN, cert->subjectCNLen, cert->subject);
}

void words_add_issuer(char *out, size_t size, const struct DecodedCert *cert)
{
#ifdef WOLFSSL_HAVE_ISSUER_NAMES
	add_dn(out, size, cert->issuerCN, cert->issuerCNLen, cert->issuer);
#else
	add_dn(out, size, NULL, 0, cert->issuer);
#endif
}

void words_add_date(char *out, size_t size, const uint8_t *date, int len)
{
	char text[40] = "an unknown date";
	struct tm tm;
	const byte *p;
	byte format;
	int n;

	if (len > 2 && !wc_GetDateInfo(date, len, &p, &format, &n) &&
	    !wc_GetDateAsCalendarTime(p, n, format, &tm))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm);
	words_add(out, size, "%s", text);
}
