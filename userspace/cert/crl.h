/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of revoked certificates, as they are in files: RFC 5280, 5. */
#ifndef CERT_CRL_H
#define CERT_CRL_H

#include <stddef.h>
#include <time.h>

#include "cert/file.h"

#define CRLS_MAX 64 /* in one file; more: refused */

struct DerBuffer;

struct crl {
	struct DerBuffer *der;
	char issuer[128]; /* as it wrote it: not for a terminal */
	time_t from, next; /* from when on it has force, and to when */
};

/**
 * crl_read() - all of a file: PEM, or one in DER
 * @name: for sentences
 * @crls: has room for CRLS_MAX; crl_free() each, also after a failure
 *
 * Nobody's signature is checked. One that can't be read, or none: refused, for
 * it would let pass what it revokes. Return: 0 or -errno, and @err.
 */
int crl_read(const struct cert_file *file, const char *name, struct crl *crls,
	     size_t *n, char *err, size_t err_len);
void crl_free(struct crl *crl);

#endif
