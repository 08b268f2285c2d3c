// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * OCSP responses as a peer staples them: the lengths of two certificates in two
 * bytes each, the issuer's and the peer's in DER, and the response. A refusal is
 * a printable sentence. The seed's response is good.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>

#include "cert/ocsp.h"

#define SEED_TIME 1800000000 /* its dates are around it */

static void require(bool condition)
{
	if (!condition)
		abort();
}

/* The next part; what isn't there is empty. */
static struct der take(struct der *in, size_t len)
{
	struct der part = { in->p, len < in->len ? len : in->len };

	in->p += part.len;
	in->len -= part.len;
	return part;
}

static bool parse(struct DecodedCert *cert, struct der der)
{
	wc_InitDecodedCert(cert, der.p, (word32)der.len, NULL);
	return !wc_ParseCert(cert, CERT_TYPE, NO_VERIFY, NULL);
}

static void check(struct der response, const struct DecodedCert *cert,
		  const struct DecodedCert *issuer)
{
	char why[256];

	if (ocsp_is_good(response, cert, issuer, SEED_TIME, why, sizeof(why)))
		return;
	require(why[0] == ' ');
	for (const char *p = why; *p; p++)
		require(isprint((unsigned char)*p));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct der in = { data, size }, head, issuer_der, cert_der;
	struct DecodedCert issuer, cert;

	head = take(&in, 4);
	if (head.len < 4)
		return 0;
	issuer_der = take(&in, (size_t)head.p[0] << 8 | head.p[1]);
	cert_der = take(&in, (size_t)head.p[2] << 8 | head.p[3]);
	if (parse(&issuer, issuer_der)) {
		if (parse(&cert, cert_der))
			check(in, &cert, &issuer);
		wc_FreeDecodedCert(&cert);
	}
	wc_FreeDecodedCert(&issuer);
	return 0;
}
