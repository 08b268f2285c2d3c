// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/crl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>

#include "cert/pem.h"

static bool get_time(const WOLFSSL_ASN1_TIME *date, time_t *ret)
{
	struct tm tm = { 0 };

	if (!date || wolfSSL_ASN1_TIME_to_tm(date, &tm) != WOLFSSL_SUCCESS)
		return false;
	*ret = timegm(&tm);
	return true;
}

/* False: it is no CRL, or one without an end. */
static bool describe(const DerBuffer *der, struct crl *crl)
{
	const byte *p = der->buffer;
	WOLFSSL_X509_CRL *x = wolfSSL_d2i_X509_CRL(NULL, p, (int)der->length);
	bool ok = x &&
		  get_time(wolfSSL_X509_CRL_get_lastUpdate(x), &crl->from) &&
		  get_time(wolfSSL_X509_CRL_get_nextUpdate(x), &crl->next);

	if (ok &&
	    !wolfSSL_X509_NAME_oneline(wolfSSL_X509_CRL_get_issuer_name(x),
				       crl->issuer, sizeof(crl->issuer)))
		crl->issuer[0] = '\0';
	if (x)
		wolfSSL_X509_CRL_free(x);
	wolfSSL_ERR_clear_error();
	return ok;
}

/* Takes @der over. */
static int add(DerBuffer *der, const char *name, struct crl *crls, size_t *n,
	       char *err, size_t err_len)
{
	struct crl *c = &crls[*n];

	if (*n == CRLS_MAX) {
		snprintf(err, err_len, "more than %d CRLs in %s", CRLS_MAX,
			 name);
		wc_FreeDer(&der);
		return -E2BIG;
	}
	if (der && describe(der, c)) {
		c->der = der;
		++*n;
		return 0;
	}
	snprintf(err, err_len, "no usable CRL in %s", name);
	wc_FreeDer(&der);
	return -EINVAL;
}

int crl_read(const struct cert_file *file, const char *name, struct crl *crls,
	     size_t *n, char *err, size_t err_len)
{
	struct pem_block left = { file->data, file->len }, one;
	DerBuffer *der;
	int r = 0;

	*n = 0;
	while (!r && pem_next(&left, "X509 CRL", &one)) {
		der = NULL;
		wc_PemToDer(one.p, (long)one.len, CRL_TYPE, &der, NULL, NULL,
			    NULL);
		r = add(der, name, crls, n, err, err_len);
	}
	if (r || *n > 0)
		return r;
	der = NULL;
	if (wc_AllocDer(&der, (word32)file->len, CRL_TYPE, NULL)) {
		snprintf(err, err_len, "out of memory");
		return -ENOMEM;
	}
	memcpy(der->buffer, file->data, file->len);
	return add(der, name, crls, n, err, err_len);
}

void crl_free(struct crl *crl)
{
	wc_FreeDer(&crl->der);
}
