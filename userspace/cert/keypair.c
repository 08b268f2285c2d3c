// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/keypair.h"

#include <stdint.h>
#include <stdlib.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>
#include <wolfssl/wolfcrypt/ecc.h>

#include "base/secret.h"

static bool key_decode(const struct cert_file *pem, ecc_key *key)
{
	uint8_t *der = malloc(pem->len);
	word32 i = 0;
	bool ok = false;
	int n;

	if (!der)
		return false;
	n = wc_KeyPemToDer(pem->data, pem->len, der, pem->len, NULL);
	if (n > 0)
		ok = !wc_EccPrivateKeyDecode(der, &i, key, n);
	secret_free(der, pem->len);
	return ok;
}

/* Put the certificate's public key (a point, or all of the key info) in @key. */
static bool certificate_decode(const struct cert_file *pem, ecc_key *key)
{
	uint8_t *der = malloc(pem->len);
	struct DecodedCert cert;
	word32 i = 0;
	bool ok = false;
	int n;

	if (!der)
		return false;
	n = wc_CertPemToDer(pem->data, pem->len, der, pem->len, CERT_TYPE);
	if (n > 0) {
		wc_InitDecodedCert(&cert, der, n, NULL);
		ok = !wc_ParseCert(&cert, CERT_TYPE, NO_VERIFY, NULL) &&
		     cert.keyOID == ECDSAk &&
		     !wc_EccPublicKeyDecode(cert.publicKey, &i, key,
					    cert.pubKeySize);
		wc_FreeDecodedCert(&cert);
	}
	free(der);
	return ok;
}

/* The private key's point is computed anew, not read from its file. */
static bool same_point(ecc_key *private, ecc_key *public)
{
	ecc_point *point = wc_ecc_new_point();
	bool same = point && !wc_ecc_make_pub(private, point) &&
		    private->idx == public->idx &&
		    wc_ecc_cmp_point(point, &public->pubkey) == MP_EQ;

	wc_ecc_del_point(point);
	return same;
}

bool keypair_ecc_matches(const struct cert_file *certificate,
			 const struct cert_file *key)
{
	ecc_key private, public;
	bool ok = true;

	if (wc_ecc_init(&private))
		return false;
	if (wc_ecc_init(&public)) {
		wc_ecc_free(&private);
		return false;
	}
	if (certificate_decode(certificate, &public) &&
	    key_decode(key, &private))
		ok = same_point(&private, &public);
	wc_ecc_free(&private);
	wc_ecc_free(&public);
	return ok;
}
