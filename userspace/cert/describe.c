// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>
#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/sha256.h>

#include "cert/certstore.h"
#include "cert/identity.h"
#include "cert/strength.h"

static void add_printable(char *out, size_t size, const char *text)
{
	size_t n = 0;

	for (; *text && n + 1 < size; text++)
		out[n++] = isprint((unsigned char)*text) ? *text : '?';
	out[n] = '\0';
}

static void add_hex(char *out, size_t size, const uint8_t *p, size_t len)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < len && n + 3 < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%02X", i ? ":" : "",
				      p[i]);
}

static time_t to_time(const byte *date, int len)
{
	struct tm tm = { 0 };
	const byte *p;
	byte format;
	int n;

	if (len < 3 || wc_GetDateInfo(date, len, &p, &format, &n) ||
	    wc_GetDateAsCalendarTime(p, n, format, &tm))
		return 0;
	return timegm(&tm);
}

static void fill(const struct DecodedCert *cert, struct cert_info *ret)
{
	byte use = cert->extExtKeyUsageSet ? cert->extExtKeyUsage
					   : EXTKEYUSE_ANY;
	bool signs = !cert->extKeyUsageSet ||
		     (cert->extKeyUsage & KEYUSE_DIGITAL_SIG);

	add_printable(ret->subject, sizeof(ret->subject), cert->subject);
	add_printable(ret->issuer, sizeof(ret->issuer), cert->issuer);
	identity_list(cert, ret->names, sizeof(ret->names));
	add_hex(ret->serial, sizeof(ret->serial), cert->serial,
		(size_t)cert->serialSz);
	strength_key(cert, ret->key, sizeof(ret->key));
	ret->from = to_time(cert->beforeDate, cert->beforeDateLen);
	ret->to = to_time(cert->afterDate, cert->afterDateLen);
	ret->ca = cert->isCA;
	ret->tls_client = signs &&
			  (use & (EXTKEYUSE_ANY | EXTKEYUSE_CLIENT_AUTH));
	ret->tls_server = signs &&
			  (use & (EXTKEYUSE_ANY | EXTKEYUSE_SERVER_AUTH));
}

bool cert_describe(const uint8_t *der, size_t len, struct cert_info *ret)
{
	byte digest[WC_SHA256_DIGEST_SIZE];
	struct DecodedCert cert;
	int r;

	memset(ret, 0, sizeof(*ret));
	wc_InitDecodedCert(&cert, der, (word32)len, NULL);
	r = wc_ParseCert(&cert, CERT_TYPE, NO_VERIFY, NULL);
	if (r == ASN_CRIT_EXT_E)
		r = 0;
	if (!r)
		fill(&cert, ret);
	wc_FreeDecodedCert(&cert);
	if (r || wc_Sha256Hash(der, (word32)len, digest))
		return false;
	add_hex(ret->fingerprint, sizeof(ret->fingerprint), digest,
		sizeof(digest));
	return true;
}
