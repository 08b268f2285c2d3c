// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/keypair.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/rsa.h>

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
static bool public_decode(const uint8_t *der, size_t len, ecc_key *key)
{
	struct DecodedCert cert;
	word32 i = 0;
	bool ok;

	wc_InitDecodedCert(&cert, der, (word32)len, NULL);
	ok = !wc_ParseCert(&cert, CERT_TYPE, NO_VERIFY, NULL) &&
	     cert.keyOID == ECDSAk &&
	     !wc_EccPublicKeyDecode(cert.publicKey, &i, key, cert.pubKeySize);
	wc_FreeDecodedCert(&cert);
	return ok;
}

static bool certificate_decode(const struct cert_file *pem, ecc_key *key)
{
	uint8_t *der = malloc(pem->len);
	bool ok = false;
	int n;

	if (!der)
		return false;
	n = wc_CertPemToDer(pem->data, pem->len, der, pem->len, CERT_TYPE);
	if (n > 0)
		ok = public_decode(der, (size_t)n, key);
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

static bool ecc_matches(const struct material_der *certificate,
			const struct material_der *key)
{
	ecc_key private, public;
	word32 i = 0;
	bool ok = false;

	if (wc_ecc_init(&private))
		return false;
	if (!wc_ecc_init(&public)) {
		ok = public_decode(certificate->p, certificate->len, &public) &&
		     !wc_EccPrivateKeyDecode(key->p, &i, &private,
					     (word32)key->len) &&
		     same_point(&private, &public);
		wc_ecc_free(&public);
	}
	wc_ecc_free(&private);
	return ok;
}

#define RSA_BYTES_MAX 1024

/* Do they have the same modulus, and exponent? */
static bool same_rsa(RsaKey *private, RsaKey *public)
{
	byte e[2][8], n[2][RSA_BYTES_MAX];
	word32 e_len[2] = { sizeof(e[0]), sizeof(e[0]) };
	word32 n_len[2] = { sizeof(n[0]), sizeof(n[0]) };

	return !wc_RsaFlattenPublicKey(private, e[0], &e_len[0], n[0],
				       &n_len[0]) &&
	       !wc_RsaFlattenPublicKey(public, e[1], &e_len[1], n[1],
				       &n_len[1]) &&
	       e_len[0] == e_len[1] && n_len[0] == n_len[1] &&
	       !memcmp(e[0], e[1], e_len[0]) && !memcmp(n[0], n[1], n_len[0]);
}

static bool rsa_public_decode(const struct material_der *der, RsaKey *key)
{
	struct DecodedCert cert;
	word32 i = 0;
	bool ok;

	wc_InitDecodedCert(&cert, der->p, (word32)der->len, NULL);
	ok = !wc_ParseCert(&cert, CERT_TYPE, NO_VERIFY, NULL) &&
	     cert.keyOID == RSAk &&
	     !wc_RsaPublicKeyDecode(cert.publicKey, &i, key, cert.pubKeySize);
	wc_FreeDecodedCert(&cert);
	return ok;
}

static bool rsa_matches(const struct material_der *certificate,
			const struct material_der *key)
{
	RsaKey private, public;
	word32 i = 0;
	bool ok = false;

	if (wc_InitRsaKey(&private, NULL))
		return false;
	if (!wc_InitRsaKey(&public, NULL)) {
		ok = rsa_public_decode(certificate, &public) &&
		     !wc_RsaPrivateKeyDecode(key->p, &i, &private,
					     (word32)key->len) &&
		     same_rsa(&private, &public);
		wc_FreeRsaKey(&public);
	}
	wc_FreeRsaKey(&private);
	return ok;
}

bool keypair_matches(const struct material_der *certificate,
		     const struct material_der *key, bool rsa)
{
	return rsa ? rsa_matches(certificate, key)
		   : ecc_matches(certificate, key);
}
