// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/material.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>
#include <wolfssl/wolfcrypt/coding.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/pkcs12.h>
#include <wolfssl/wolfcrypt/rsa.h>

#include "base/secret.h"
#include "cert/der.h"
#include "cert/keypair.h"
#include "cert/pem.h"

static int fail(char *err, size_t err_len, int ret, const char *text)
{
	snprintf(err, err_len, "%s", text);
	return ret;
}

static bool copy(struct material_der *to, const uint8_t *p, size_t len)
{
	to->p = malloc(len);
	if (!to->p)
		return false;
	memcpy(to->p, p, len);
	to->len = len;
	return true;
}

static bool is_certificate(const uint8_t *der, size_t len)
{
	struct DecodedCert cert;
	int r;

	wc_InitDecodedCert(&cert, der, (word32)len, NULL);
	r = wc_ParseCert(&cert, CERT_TYPE, NO_VERIFY, NULL);
	wc_FreeDecodedCert(&cert);
	return !r || r == ASN_CRIT_EXT_E;
}

static int add_certificate(struct material *m, const uint8_t *der, size_t len,
			   char *err, size_t err_len)
{
	if (m->n_certs == MATERIAL_CERTS_MAX)
		return fail(err, err_len, -E2BIG, "too many certificates");
	if (!is_certificate(der, len))
		return fail(err, err_len, -EINVAL,
			    "a certificate can't be understood");
	if (!copy(&m->cert[m->n_certs], der, len))
		return fail(err, err_len, -ENOMEM, "out of memory");
	m->n_certs++;
	return 0;
}

/* Write the key anew, so that it is in one form. */
static int rsa_to_der(RsaKey *key, struct material_der *ret)
{
	int n = wc_RsaKeyToDer(key, NULL, 0);

	ret->p = n > 0 ? malloc((size_t)n) : NULL;
	if (!ret->p)
		return -ENOMEM;
	ret->len = (size_t)n;
	return wc_RsaKeyToDer(key, ret->p, (word32)n) > 0 ? 0 : -EINVAL;
}

static int ecc_to_der(ecc_key *key, struct material_der *ret)
{
	int n = wc_EccKeyDerSize(key, 1);

	ret->p = n > 0 ? malloc((size_t)n) : NULL;
	if (!ret->p)
		return -ENOMEM;
	n = wc_EccKeyToDer(key, ret->p, (word32)n);
	if (n > 0)
		ret->len = (size_t)n;
	return n > 0 ? 0 : -EINVAL;
}

static bool read_rsa(const uint8_t *der, size_t len, struct material_der *ret)
{
	word32 i = 0;
	RsaKey key;
	bool ok;

	if (wc_InitRsaKey(&key, NULL))
		return false;
	ok = !wc_RsaPrivateKeyDecode(der, &i, &key, (word32)len) &&
	     !rsa_to_der(&key, ret);
	wc_FreeRsaKey(&key);
	return ok;
}

static bool decode_ecc(const uint8_t *der, size_t len, ecc_key *ret)
{
	word32 i = 0;

	if (wc_ecc_init(ret))
		return false;
	if (!wc_EccPrivateKeyDecode(der, &i, ret, (word32)len) &&
	    !wc_ecc_make_pub(ret, NULL))
		return true;
	wc_ecc_free(ret);
	return false;
}

/* A number too large for its curve is taken, but not what is written of it. */
static bool read_ecc(const uint8_t *der, size_t len, struct material_der *ret)
{
	ecc_key key;
	bool ok;

	if (!decode_ecc(der, len, &key))
		return false;
	ok = !ecc_to_der(&key, ret);
	wc_ecc_free(&key);
	if (!ok || !decode_ecc(ret->p, ret->len, &key))
		return false;
	wc_ecc_free(&key);
	return true;
}

/* False if it is no key that is known here. */
static bool try_key(struct material *m, const uint8_t *der, size_t len)
{
	struct material_der key = { 0 };
	bool rsa = read_rsa(der, len, &key), ecc = false;

	if (!rsa) {
		secret_free(key.p, key.len);
		key = (struct material_der){ 0 };
		ecc = read_ecc(der, len, &key);
	}
	if (!rsa && !ecc) {
		secret_free(key.p, key.len);
		return false;
	}
	secret_free(m->key.p, m->key.len);
	m->key = key;
	m->rsa = rsa;
	return true;
}

/* A file must not keep us busy for hours. */
static bool block_is_slow(const struct pem_block *block)
{
	const uint8_t *begin = memmem(block->p, block->len, "-----\n", 6);
	const uint8_t *end =
		begin ? memmem(begin, block->len - (size_t)(begin - block->p),
			       "-----END", 8)
		      : NULL;
	word32 len = (word32)block->len;
	uint8_t *der = end ? malloc(block->len) : NULL;
	bool slow = false;

	if (!der)
		return false;
	begin += 6;
	if (!Base64_Decode(begin, (word32)(end - begin), der, &len))
		slow = !der_iterations_ok((struct der){ der, len });
	free(der);
	return slow;
}

static int add_key(struct material *m, const struct pem_block *block,
		   const char *passphrase, char *err, size_t err_len)
{
	bool locked = memmem(block->p, block->len, "ENCRYPTED", 9);
	uint8_t *der = malloc(block->len);
	int n, r = 0;

	if (!der)
		return fail(err, err_len, -ENOMEM, "out of memory");
	if (block_is_slow(block)) {
		free(der);
		return fail(err, err_len, -EINVAL,
			    "the key's encryption has too many iterations");
	}
	n = wc_KeyPemToDer(block->p, (int)block->len, der, (int)block->len,
			   passphrase);
	if (m->key.p)
		r = fail(err, err_len, -EINVAL, "more than one private key");
	else if (n <= 0 && locked)
		r = fail(err, err_len, -EINVAL,
			 passphrase ? "the passphrase is wrong, or the private "
				      "key's encryption isn't known"
				    : "the private key is encrypted: give its "
				      "passphrase");
	else if (n <= 0 || !try_key(m, der, (size_t)n))
		r = fail(err, err_len, -EINVAL,
			 "the private key can't be understood: it must be RSA, "
			 "or on a curve like P-256");
	secret_free(der, block->len);
	return r;
}

static int add_crl(struct material *m, const uint8_t *der, size_t len)
{
	WOLFSSL_X509_CRL *x = wolfSSL_d2i_X509_CRL(NULL, der, (int)len);

	wolfSSL_ERR_clear_error();
	if (!x)
		return -EINVAL;
	wolfSSL_X509_CRL_free(x);
	free(m->crl.p);
	m->crl.p = NULL;
	return copy(&m->crl, der, len) ? 0 : -ENOMEM;
}

static int read_pem(struct material *m, const uint8_t *data, size_t len,
		    const char *passphrase, char *err, size_t err_len)
{
	static const char *const labels[] = {
		"PRIVATE KEY",
		"RSA PRIVATE KEY",
		"EC PRIVATE KEY",
		"ENCRYPTED PRIVATE KEY",
	};
	struct pem_block left = { data, len }, one;
	int r = 0;

	while (!r && pem_next(&left, "CERTIFICATE", &one)) {
		size_t n;
		uint8_t *der = pem_certificate(&one, &n);

		r = der ? add_certificate(m, der, n, err, err_len)
			: fail(err, err_len, -EINVAL,
			       "a certificate can't be understood");
		free(der);
	}
	for (size_t i = 0; !r && i < sizeof(labels) / sizeof(labels[0]); i++) {
		left = (struct pem_block){ data, len };
		while (!r && pem_next(&left, labels[i], &one))
			r = add_key(m, &one, passphrase, err, err_len);
	}
	left = (struct pem_block){ data, len };
	if (!r && pem_next(&left, "X509 CRL", &one)) {
		DerBuffer *der = NULL;

		if (wc_PemToDer(one.p, (long)one.len, CRL_TYPE, &der, NULL,
				NULL, NULL) ||
		    add_crl(m, der->buffer, der->length))
			r = fail(err, err_len, -EINVAL,
				 "a CRL can't be understood");
		wc_FreeDer(&der);
	}
	return r;
}

/* As wolfSSL's own, which it keeps to itself. */
static void free_list(WC_DerCertList *list)
{
	while (list) {
		WC_DerCertList *next = list->next;

		XFREE(list->buffer, NULL, DYNAMIC_TYPE_PKCS);
		XFREE(list, NULL, DYNAMIC_TYPE_PKCS);
		list = next;
	}
}

static int take_pkcs12(struct material *m, WC_PKCS12 *p12,
		       const char *passphrase, char *err, size_t err_len)
{
	byte *key = NULL, *cert = NULL;
	word32 key_len = 0, cert_len = 0;
	WC_DerCertList *list = NULL, *c;
	int r = wc_PKCS12_parse(p12, passphrase ? passphrase : "", &key,
				&key_len, &cert, &cert_len, &list);

	if (r == MAC_CMP_FAILED_E)
		r = fail(err, err_len, -EINVAL,
			 passphrase ? "the passphrase is wrong"
				    : "the PKCS#12 file is encrypted: give its "
				      "passphrase");
	else if (r)
		r = fail(err, err_len, -EINVAL,
			 "the PKCS#12 file can't be understood");
	if (!r && cert)
		r = add_certificate(m, cert, cert_len, err, err_len);
	for (c = list; !r && c; c = c->next)
		r = add_certificate(m, c->buffer, c->bufferSz, err, err_len);
	if (!r && key && (m->key.p || !try_key(m, key, key_len)))
		r = fail(err, err_len, -EINVAL,
			 "the private key in the PKCS#12 file can't be used");
	if (key)
		secret_wipe(key, key_len);
	XFREE(key, NULL, DYNAMIC_TYPE_PUBLIC_KEY);
	XFREE(cert, NULL, DYNAMIC_TYPE_PKCS);
	free_list(list);
	return r;
}

/* -ENOMSG if it is no PKCS#12. */
static int read_pkcs12(struct material *m, const uint8_t *data, size_t len,
		       const char *passphrase, char *err, size_t err_len)
{
	WC_PKCS12 *p12;
	int r = -ENOMSG;

	if (!der_iterations_ok((struct der){ data, len }))
		return fail(err, err_len, -EINVAL,
			    "its encryption has too many iterations");
	p12 = wc_PKCS12_new();

	if (p12 && wc_d2i_PKCS12(data, (word32)len, p12) == 0)
		r = take_pkcs12(m, p12, passphrase, err, err_len);
	if (p12)
		wc_PKCS12_free(p12);
	return r;
}

int material_read(struct material *m, const uint8_t *data, size_t len,
		  const char *passphrase, char *err, size_t err_len)
{
	int r;

	if (len > 10 && memmem(data, len, "-----BEGIN ", 11))
		return read_pem(m, data, len, passphrase, err, err_len);
	if (len < 2 || data[0] != 0x30)
		return fail(err, err_len, -EINVAL,
			    "this is neither PEM, DER nor PKCS#12");
	if (is_certificate(data, len))
		return add_certificate(m, data, len, err, err_len);
	if (!m->key.p && try_key(m, data, len))
		return 0;
	r = read_pkcs12(m, data, len, passphrase, err, err_len);
	if (r != -ENOMSG)
		return r;
	if (!add_crl(m, data, len))
		return 0;
	return fail(err, err_len, -EINVAL,
		    "this is neither a certificate, a key, a CRL nor PKCS#12");
}

void material_free(struct material *m)
{
	for (size_t i = 0; i < m->n_certs; i++)
		free(m->cert[i].p);
	secret_free(m->key.p, m->key.len);
	free(m->crl.p);
	memset(m, 0, sizeof(*m));
}

int material_own(const struct material *m)
{
	for (size_t i = 0; m->key.p && i < m->n_certs; i++) {
		if (keypair_matches(&m->cert[i], &m->key, m->rsa))
			return (int)i;
	}
	return -1;
}

int material_add_pem(char **ret, size_t *len, const struct material_der *der,
		     int type)
{
	int n = wc_DerToPem(der->p, (word32)der->len, NULL, 0, type);
	char *text;

	if (n <= 0)
		return -EINVAL;
	text = malloc(*len + (size_t)n + 1);
	if (!text)
		return -ENOMEM;
	if (*ret)
		memcpy(text, *ret, *len);
	n = wc_DerToPem(der->p, (word32)der->len, (byte *)text + *len,
			(word32)n, type);
	secret_free(*ret, *len);
	*ret = text;
	if (n <= 0)
		return -EINVAL;
	*len += (size_t)n;
	text[*len] = '\0';
	return 0;
}

int material_pem(const struct material *m, size_t first, char **ret,
		 size_t *len)
{
	int r = 0;

	*ret = NULL;
	*len = 0;
	if (first < m->n_certs)
		r = material_add_pem(ret, len, &m->cert[first], CERT_TYPE);
	for (size_t i = 0; !r && i < m->n_certs; i++) {
		if (i != first)
			r = material_add_pem(ret, len, &m->cert[i], CERT_TYPE);
	}
	if (!r && m->key.p)
		r = material_add_pem(ret, len, &m->key,
				     m->rsa ? PRIVATEKEY_TYPE
					    : ECC_PRIVATEKEY_TYPE);
	if (!r && m->crl.p)
		r = material_add_pem(ret, len, &m->crl, CRL_TYPE);
	if (r) {
		secret_free(*ret, *len);
		*ret = NULL;
	}
	return r;
}
