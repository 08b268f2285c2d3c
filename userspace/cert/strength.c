// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/strength.h"

#include <stdio.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/rsa.h>

static int rsa_bits(const struct DecodedCert *cert)
{
	word32 i = 0;
	RsaKey key;
	int bits = 0;

	if (wc_InitRsaKey(&key, NULL))
		return 0;
	if (!wc_RsaPublicKeyDecode(cert->publicKey, &i, &key, cert->pubKeySize))
		bits = 8 * wc_RsaEncryptSize(&key);
	wc_FreeRsaKey(&key);
	return bits;
}

static int ec_bits(const struct DecodedCert *cert)
{
	word32 i = 0;
	ecc_key key;
	int bits = 0;

	if (wc_ecc_init(&key))
		return 0;
	if (!wc_EccPublicKeyDecode(cert->publicKey, &i, &key, cert->pubKeySize))
		bits = 8 * wc_ecc_size(&key);
	wc_ecc_free(&key);
	return bits;
}

bool strength_key_ok(const struct DecodedCert *cert, char *what, size_t size)
{
	int bits, least;

	switch (cert->keyOID) {
	case RSAk:
	case RSAPSSk:
		bits = rsa_bits(cert);
		least = STRENGTH_RSA_BITS_MIN;
		break;
	case ECDSAk:
		bits = ec_bits(cert);
		least = STRENGTH_EC_BITS_MIN;
		break;
	case ED25519k:
	case ED448k:
		return true;
	default:
		snprintf(what, size, "has a key of an unknown kind");
		return false;
	}
	if (bits >= least)
		return true;
	if (bits)
		snprintf(what, size, "has a weak key of %d bits, %d are needed",
			 bits, least);
	else
		snprintf(what, size, "has a key that can't be understood");
	return false;
}

bool strength_signature_ok(const struct DecodedCert *cert, char *what,
			   size_t size)
{
	const char *hash;

	switch (cert->signatureOID) {
	case CTC_MD2wRSA:
		hash = "MD2";
		break;
	case CTC_MD5wRSA:
		hash = "MD5";
		break;
	case CTC_SHAwRSA:
	case CTC_SHAwDSA:
	case CTC_SHAwECDSA:
		hash = "SHA-1";
		break;
	default:
		return true;
	}
	snprintf(what, size, "has a weak signature, with %s", hash);
	return false;
}

void strength_key(const struct DecodedCert *cert, char *ret, size_t size)
{
	ret[0] = '\0';
	switch (cert->keyOID) {
	case RSAk:
	case RSAPSSk:
		snprintf(ret, size, "RSA %d", rsa_bits(cert));
		break;
	case ECDSAk:
		snprintf(ret, size, "EC %d", ec_bits(cert));
		break;
	case ED25519k:
		snprintf(ret, size, "Ed25519");
		break;
	case ED448k:
		snprintf(ret, size, "Ed448");
		break;
	}
}
