// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/expiry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>

#include "cert/crl.h"
#include "cert/file.h"
#include "cert/pem.h"

#define DAY 86400

static int read_one(const struct pem_block *pem, struct cert_end *ret)
{
	WOLFSSL_X509 *x = wolfSSL_X509_load_certificate_buffer(
		pem->p, (int)pem->len, WOLFSSL_FILETYPE_PEM);
	const WOLFSSL_ASN1_TIME *after;
	struct tm tm = { 0 };
	int err = -EINVAL;

	if (!x)
		return err;
	after = wolfSSL_X509_get_notAfter(x);
	if (after && wolfSSL_ASN1_TIME_to_tm(after, &tm) == WOLFSSL_SUCCESS &&
	    wolfSSL_X509_NAME_oneline(wolfSSL_X509_get_subject_name(x),
				      ret->subject, sizeof(ret->subject))) {
		ret->end = timegm(&tm);
		ret->begin = 0;
		err = 0;
	}
	wolfSSL_X509_free(x);
	return err;
}

int cert_first_end(const char *path, struct cert_end *ret, char *err,
		   size_t err_len)
{
	struct cert_end first, one;
	struct cert_file file;
	struct pem_block left, block;
	unsigned int n = 0;
	int r = cert_file_read(path, "certificate file", false, &file, err,
			       err_len);

	if (r < 0)
		return r;
	left = (struct pem_block){ file.data, file.len };
	while (pem_next(&left, "CERTIFICATE", &block)) {
		if (read_one(&block, &one) < 0)
			continue;
		if (n++ == 0 || one.end < first.end)
			first = one;
	}
	cert_file_free(&file);
	if (n == 0) {
		snprintf(err, err_len, "there is no certificate in %s", path);
		return -EINVAL;
	}
	*ret = first;
	return 0;
}

int crl_first_end(const char *path, struct cert_end *ret, char *err,
		  size_t err_len)
{
	struct crl crls[CRLS_MAX] = { 0 }, *first = crls;
	struct cert_file file;
	size_t n;
	int r = cert_file_read(path, "CRL file", false, &file, err, err_len);

	if (r < 0)
		return r;
	r = crl_read(&file, path, crls, &n, err, err_len);
	cert_file_free(&file);
	for (size_t i = 1; i < n; i++) {
		if (crls[i].next < first->next)
			first = &crls[i];
	}
	if (!r) {
		snprintf(ret->subject, sizeof(ret->subject), "%s",
			 first->issuer);
		ret->begin = first->from;
		ret->end = first->next;
	}
	while (n)
		crl_free(&crls[--n]);
	return r;
}

/* Of something that lives for @life seconds. */
static int warning(time_t end, time_t now, time_t life)
{
	static const int days[] = { 1, 7, 30 };

	if (end <= now)
		return 0;
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		if (end - now <= (time_t)days[i] * DAY)
			return life > (time_t)days[i] * DAY ? days[i] : -1;
	}
	return -1;
}

int cert_warning(time_t end, time_t now)
{
	return warning(end, now, end);
}

int crl_warning(const struct cert_end *list, time_t now)
{
	return warning(list->end, now, list->end - list->begin);
}
