// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/trust.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include "cert/crl.h"
#include "cert/pem.h"
#include "cert/words.h"

struct anchor {
	uint8_t *der;
	struct DecodedCert cert; /* points into @der */
};

struct trust {
	struct anchor *ca;
	size_t n_cas;
	struct crl crl[CRLS_MAX];
	size_t n_crls;
	char *ca_name, *crl_name;
};

static int add_ca(struct trust *t, const struct pem_block *block, char *err,
		  size_t err_len)
{
	struct anchor *all, *a;
	size_t len;
	int r;

	if (t->n_cas == TRUST_CAS_MAX) {
		snprintf(err, err_len, "more than %d CA certificates in %s",
			 TRUST_CAS_MAX, t->ca_name);
		return -E2BIG;
	}
	all = realloc(t->ca, (t->n_cas + 1) * sizeof(*all));
	if (!all)
		return -ENOMEM;
	t->ca = all;
	a = &all[t->n_cas];
	a->der = pem_certificate(block, &len);
	if (!a->der) {
		snprintf(err, err_len, "no usable CA certificate in %s",
			 t->ca_name);
		return -EINVAL;
	}
	t->n_cas++;
	wc_InitDecodedCert(&a->cert, a->der, (word32)len, NULL);
	r = wc_ParseCert(&a->cert, CERT_TYPE, NO_VERIFY, NULL);
	if (!r)
		return 0;
	snprintf(err, err_len, "no usable CA certificate in %s: %s", t->ca_name,
		 wc_GetErrorString(r));
	return -EINVAL;
}

static int load(struct trust *t, const struct cert_file *ca,
		const struct cert_file *crl, char *err, size_t err_len)
{
	struct pem_block left = { ca->data, ca->len }, one;
	int r;

	while (pem_next(&left, "CERTIFICATE", &one)) {
		r = add_ca(t, &one, err, err_len);
		if (r)
			return r;
	}
	if (t->n_cas == 0) {
		snprintf(err, err_len, "no usable CA certificate in %s",
			 t->ca_name);
		return -EINVAL;
	}
	return crl ? crl_read(crl, t->crl_name, t->crl, &t->n_crls, err,
			      err_len)
		   : 0;
}

int trust_new(const struct cert_file *ca, const char *ca_name,
	      const struct cert_file *crl, const char *crl_name,
	      struct trust **ret, char *err, size_t err_len)
{
	struct trust *t = calloc(1, sizeof(*t));
	int r = -ENOMEM;

	snprintf(err, err_len, "out of memory");
	if (!t)
		return r;
	t->ca_name = strdup(ca_name);
	t->crl_name = strdup(crl_name ? crl_name : "");
	if (t->ca_name && t->crl_name)
		r = load(t, ca, crl, err, err_len);
	if (r)
		trust_free(t);
	else
		*ret = t;
	return r;
}

void trust_free(struct trust *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n_cas; i++) {
		wc_FreeDecodedCert(&t->ca[i].cert);
		free(t->ca[i].der);
	}
	free(t->ca);
	for (size_t i = 0; i < t->n_crls; i++)
		crl_free(&t->crl[i]);
	free(t->ca_name);
	free(t->crl_name);
	free(t);
}

size_t trust_count(const struct trust *t)
{
	return t->n_cas;
}

const struct DecodedCert *trust_ca(const struct trust *t, size_t i)
{
	return &t->ca[i].cert;
}

const char *trust_ca_name(const struct trust *t)
{
	return t->ca_name;
}

bool trust_issued(const struct DecodedCert *ca, const struct DecodedCert *cert)
{
	return ca->subjectRawLen == cert->issuerRawLen &&
	       !memcmp(ca->subjectRaw, cert->issuerRaw,
		       (size_t)ca->subjectRawLen) &&
	       !wc_CheckCertSigPubKey(cert->source, cert->maxIdx, NULL,
				      ca->publicKey, ca->pubKeySize,
				      (int)ca->keyOID);
}

static void explain(const struct trust *t, const struct DecodedCert *cert,
		    int error, bool stale, char *why, size_t size)
{
	words_add(why, size, "certificate ");
	words_add_subject(why, size, cert);
	if (error == CRL_CERT_REVOKED) {
		words_add(why, size,
			  " has been revoked by its issuer (CRL in %s)",
			  t->crl_name);
		return;
	}
	words_add(why, size,
		  " may have been revoked: there is no valid CRL of ");
	words_add_issuer(why, size, cert);
	words_add(why, size, " in %s%s", t->crl_name,
		  stale ? ", and one there is out of date" : "");
}

/*
 * A manager that knows the CAs of the path and the CRLs that they signed.
 * @stale: one of the CRLs is out of date, and so it isn't known.
 */
static WOLFSSL_CERT_MANAGER *manager_new(const struct trust *t,
					 const struct DecodedCert *const *path,
					 size_t n, bool *stale)
{
	WOLFSSL_CERT_MANAGER *cm = wolfSSL_CertManagerNew();
	size_t i;

	if (!cm ||
	    wolfSSL_CertManagerEnableCRL(cm, WOLFSSL_CRL_CHECKALL) !=
		    WOLFSSL_SUCCESS ||
	    /* It would fetch what the certificate says, and wait for it. */
	    wolfSSL_CertManagerSetCRL_IOCb(cm, NULL) != WOLFSSL_SUCCESS)
		goto fail;
	for (i = n; i-- > 1;) {
		if (wolfSSL_CertManagerLoadCABuffer(
			    cm, path[i]->source, path[i]->maxIdx,
			    WOLFSSL_FILETYPE_ASN1) != WOLFSSL_SUCCESS)
			goto fail;
	}
	/* Those of other CAs can't be loaded, and needn't. */
	for (i = 0; i < t->n_crls; i++) {
		const struct crl *c = &t->crl[i];

		*stale = *stale || c->next < time(NULL);
		wolfSSL_CertManagerLoadCRLBuffer(cm, c->der->buffer,
						 (long)c->der->length,
						 WOLFSSL_FILETYPE_ASN1);
	}
	return cm;
fail:
	if (cm)
		wolfSSL_CertManagerFree(cm);
	return NULL;
}

bool trust_revoked(const struct trust *t, const struct DecodedCert *const *path,
		   size_t n, char *why, size_t why_len)
{
	WOLFSSL_CERT_MANAGER *cm;
	int r = WOLFSSL_SUCCESS;
	bool stale = false;

	if (!t->n_crls)
		return false;
	cm = manager_new(t, path, n, &stale);
	for (size_t i = 0; i + 1 < n && r == WOLFSSL_SUCCESS; i++) {
		r = !cm ? MEMORY_E
			: wolfSSL_CertManagerCheckCRL(
				  cm, (byte *)(uintptr_t)path[i]->source,
				  (int)path[i]->maxIdx);
		if (r != WOLFSSL_SUCCESS)
			explain(t, path[i], r, stale, why, why_len);
	}
	if (cm)
		wolfSSL_CertManagerFree(cm);
	wolfSSL_ERR_clear_error();
	return r != WOLFSSL_SUCCESS;
}
