// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/request.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/random.h>
#include <wolfssl/wolfcrypt/rsa.h>

#include "base/secret.h"
#include "cert/material.h"

#define CERT_BYTES_MAX 8192

/* Tags of GeneralName: RFC 5280, 4.2.1.6. */
#define TAG_DNS	    0x82
#define TAG_URI	    0x86
#define TAG_ADDRESS 0x87

/* What is needed while one is made. */
struct making {
	const struct request *req;
	WC_RNG rng;
	RsaKey rsa;
	ecc_key ecc;
	Cert cert;
	byte der[CERT_BYTES_MAX];
};

static const struct {
	const char *name;
	int bits;
	bool rsa;
} keys[] = {
	[REQUEST_KEY_P256] = { "p256", 256, false },
	[REQUEST_KEY_P384] = { "p384", 384, false },
	[REQUEST_KEY_RSA_2048] = { "rsa2048", 2048, true },
	[REQUEST_KEY_RSA_3072] = { "rsa3072", 3072, true },
	[REQUEST_KEY_RSA_4096] = { "rsa4096", 4096, true },
};

int request_key_by_name(const char *name)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

static bool is_rsa(const struct making *m)
{
	return keys[m->req->key].rsa;
}

/* Short ones only, so that a length has one byte; 0: it is none. */
static size_t encode_name(const char *name, uint8_t out[2 + 127])
{
	size_t len = strlen(name);

	if (inet_pton(AF_INET, name, out + 2) == 1) {
		out[0] = TAG_ADDRESS;
		len = 4;
	} else if (inet_pton(AF_INET6, name, out + 2) == 1) {
		out[0] = TAG_ADDRESS;
		len = 16;
	} else {
		if (len == 0 || len > 127)
			return 0;
		for (size_t i = 0; i < len; i++) {
			if (!isgraph((unsigned char)name[i]))
				return 0;
			out[2 + i] = (uint8_t)name[i];
		}
		out[0] = strncasecmp(name, "sip:", 4) ? TAG_DNS : TAG_URI;
	}
	out[1] = (uint8_t)len;
	return 2 + len;
}

/* A SEQUENCE of GeneralName; false if a name is none, or they are too long. */
static bool encode_names(const struct request *req, Cert *cert)
{
	uint8_t all[REQUEST_NAMES_MAX * (2 + 127)];
	size_t len = 0, n, head;

	for (size_t i = 0; i < req->n_names; i++) {
		n = encode_name(req->name[i], all + len);
		if (!n)
			return false;
		len += n;
	}
	head = len < 0x80 ? 2 : len < 0x100 ? 3 : 4;
	if (!len)
		return true;
	if (head + len > sizeof(cert->altNames))
		return false;
	cert->altNames[0] = 0x30;
	if (head == 2) {
		cert->altNames[1] = (byte)len;
	} else if (head == 3) {
		cert->altNames[1] = 0x81;
		cert->altNames[2] = (byte)len;
	} else {
		cert->altNames[1] = 0x82;
		cert->altNames[2] = (byte)(len >> 8);
		cert->altNames[3] = (byte)len;
	}
	memcpy(cert->altNames + head, all, len);
	cert->altNamesSz = (int)(head + len);
	return true;
}

static int make_key(struct making *m)
{
	int bits = keys[m->req->key].bits;

	return is_rsa(m)
		       ? wc_MakeRsaKey(&m->rsa, bits, WC_RSA_EXPONENT, &m->rng)
		       : wc_ecc_make_key(&m->rng, bits / 8, &m->ecc);
}

static int make_body(struct making *m)
{
	RsaKey *rsa = is_rsa(m) ? &m->rsa : NULL;
	ecc_key *ecc = is_rsa(m) ? NULL : &m->ecc;
	Cert *cert = &m->cert;
	int n;

	if (wc_InitCert(cert) || !encode_names(m->req, cert))
		return -EIO;
	snprintf(cert->subject.commonName, sizeof(cert->subject.commonName),
		 "%s", m->req->cn);
	cert->sigType = rsa ? CTC_SHA256wRSA : CTC_SHA256wECDSA;
	cert->daysValid = (int)m->req->days;
	if (wc_SetKeyUsage(cert, "digitalSignature") ||
	    wc_SetExtKeyUsage(cert, "serverAuth,clientAuth"))
		return -EIO;
	if (m->req->days) {
		cert->selfSigned = 1;
		n = wc_MakeCert(cert, m->der, sizeof(m->der), rsa, ecc,
				&m->rng);
	} else {
		n = wc_MakeCertReq(cert, m->der, sizeof(m->der), rsa, ecc);
	}
	if (n > 0)
		n = wc_SignCert(cert->bodySz, cert->sigType, m->der,
				sizeof(m->der), rsa, ecc, &m->rng);
	return n;
}

static int key_pem(struct making *m, char **ret, size_t *len)
{
	struct material_der der = { 0 };
	int n = is_rsa(m) ? wc_RsaKeyToDer(&m->rsa, NULL, 0)
			  : wc_EccKeyDerSize(&m->ecc, 1);
	int r = -ENOMEM;

	der.p = n > 0 ? malloc((size_t)n) : NULL;
	if (!der.p)
		return r;
	der.len = (size_t)n;
	n = is_rsa(m) ? wc_RsaKeyToDer(&m->rsa, der.p, (word32)n)
		      : wc_EccKeyToDer(&m->ecc, der.p, (word32)n);
	*ret = NULL;
	*len = 0;
	if (n > 0) {
		der.len = (size_t)n;
		r = material_add_pem(ret, len, &der,
				     is_rsa(m) ? PRIVATEKEY_TYPE
					       : ECC_PRIVATEKEY_TYPE);
	}
	secret_free(der.p, der.len);
	return r;
}

static int make(struct making *m, char **key, size_t *key_len, char **ret)
{
	struct material_der der = { .p = m->der };
	size_t len = 0;
	int n, r;

	n = make_key(m);
	if (!n)
		n = make_body(m);
	if (n <= 0)
		return -EIO;
	der.len = (size_t)n;
	*ret = NULL;
	r = material_add_pem(ret, &len, &der,
			     m->req->days ? CERT_TYPE : CERTREQ_TYPE);
	if (!r)
		r = key_pem(m, key, key_len);
	if (r) {
		free(*ret);
		*ret = NULL;
	}
	return r;
}

static int check(const struct request *req, char *err, size_t err_len)
{
	size_t n = strlen(req->cn);

	if (n == 0 || n >= CTC_NAME_SIZE)
		snprintf(err, err_len, "a common name has 1 to %d bytes",
			 CTC_NAME_SIZE - 1);
	else if (!encode_names(req, &(Cert){ 0 }))
		snprintf(err, err_len,
			 "a name is a DNS name, an address or a SIP URI of up "
			 "to 127 bytes; there are too many, or one is none");
	else if (req->days > REQUEST_DAYS_MAX)
		snprintf(err, err_len, "a certificate is for %d days at most",
			 REQUEST_DAYS_MAX);
	else
		return 0;
	return -EINVAL;
}

int request_make(const struct request *req, char **key, size_t *key_len,
		 char **ret, char *err, size_t err_len)
{
	struct making *m;
	int r = check(req, err, err_len);

	if (r)
		return r;
	m = calloc(1, sizeof(*m));
	if (!m)
		return -ENOMEM;
	m->req = req;
	r = -EIO;
	snprintf(err, err_len, "no key or certificate can be made");
	if (wc_InitRng(&m->rng))
		goto out;
	if (!wc_InitRsaKey(&m->rsa, NULL)) {
		if (!wc_ecc_init(&m->ecc)) {
			r = make(m, key, key_len, ret);
			wc_ecc_free(&m->ecc);
		}
		wc_FreeRsaKey(&m->rsa);
	}
	wc_FreeRng(&m->rng);
out:
	secret_free(m, sizeof(*m));
	return r;
}
