// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/signature.h"

#include <string.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/rsa.h>
#include <wolfssl/wolfcrypt/signature.h>

#define SEQUENCE 0x30
#define OID	 0x06

/* RFC 4055, 5 and RFC 5758, 3.2 */
static const struct algorithm {
	uint8_t oid[9];
	size_t len;
	bool rsa;
	enum wc_HashType hash;
} algorithms[] = {
	{ { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11 },
	  9,
	  true,
	  WC_HASH_TYPE_SHA256 },
	{ { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12 },
	  9,
	  true,
	  WC_HASH_TYPE_SHA384 },
	{ { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13 },
	  9,
	  true,
	  WC_HASH_TYPE_SHA512 },
	{ { 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2 },
	  8,
	  false,
	  WC_HASH_TYPE_SHA256 },
	{ { 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3 },
	  8,
	  false,
	  WC_HASH_TYPE_SHA384 },
	{ { 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4 },
	  8,
	  false,
	  WC_HASH_TYPE_SHA512 },
};

static const struct algorithm *find(struct der in)
{
	struct der value, oid;

	if (!der_take(&in, SEQUENCE, &value) || !der_take(&value, OID, &oid))
		return NULL;
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(*algorithms); i++) {
		const struct algorithm *a = &algorithms[i];

		if (oid.len == a->len && !memcmp(oid.p, a->oid, a->len))
			return a;
	}
	return NULL;
}

static bool rsa_ok(enum wc_HashType hash, struct der data, struct der sig,
		   const struct DecodedCert *signer)
{
	word32 i = 0;
	RsaKey key;
	bool ok;

	if (signer->keyOID != RSAk || wc_InitRsaKey(&key, NULL))
		return false;
	ok = !wc_RsaPublicKeyDecode(signer->publicKey, &i, &key,
				    signer->pubKeySize) &&
	     !wc_SignatureVerify(hash, WC_SIGNATURE_TYPE_RSA_W_ENC, data.p,
				 (word32)data.len, sig.p, (word32)sig.len, &key,
				 sizeof(key));
	wc_FreeRsaKey(&key);
	return ok;
}

static bool ecc_ok(enum wc_HashType hash, struct der data, struct der sig,
		   const struct DecodedCert *signer)
{
	word32 i = 0;
	ecc_key key;
	bool ok;

	if (signer->keyOID != ECDSAk || wc_ecc_init(&key))
		return false;
	ok = !wc_EccPublicKeyDecode(signer->publicKey, &i, &key,
				    signer->pubKeySize) &&
	     !wc_SignatureVerify(hash, WC_SIGNATURE_TYPE_ECC, data.p,
				 (word32)data.len, sig.p, (word32)sig.len, &key,
				 sizeof(key));
	wc_ecc_free(&key);
	return ok;
}

bool signature_ok(struct der data, struct der algorithm, struct der signature,
		  const struct DecodedCert *signer)
{
	const struct algorithm *a = find(algorithm);

	if (!a)
		return false;
	return a->rsa ? rsa_ok(a->hash, data, signature, signer)
		      : ecc_ok(a->hash, data, signature, signer);
}
