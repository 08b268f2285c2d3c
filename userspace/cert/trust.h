/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CAs that a service trusts, and what they have revoked. */
#ifndef CERT_TRUST_H
#define CERT_TRUST_H

#include <stdbool.h>
#include <stddef.h>

#include "cert/file.h"

#define TRUST_CAS_MAX 512 /* in one file; more: refused */

struct DecodedCert;
struct trust;

/**
 * trust_new() - the certificates of a PEM bundle, and CRLs
 * @crl: PEM, or one in DER; NULL: nothing is known to be revoked. With CRLs each
 *	 certificate must be covered by one that is in date.
 * @ca_name: for sentences, as @crl_name
 *
 * Return: 0 or -errno, and a sentence in @err.
 */
int trust_new(const struct cert_file *ca, const char *ca_name,
	      const struct cert_file *crl, const char *crl_name,
	      struct trust **ret, char *err, size_t err_len);
void trust_free(struct trust *t); /* NULL is fine */

size_t trust_count(const struct trust *t);
const struct DecodedCert *trust_ca(const struct trust *t, size_t i);
const char *trust_ca_name(const struct trust *t);

/* Is @ca the issuer that @cert names, and has it signed it? */
bool trust_issued(const struct DecodedCert *ca, const struct DecodedCert *cert);

/**
 * trust_revoked() - has any of these been revoked?
 * @path: the peer's, then that of its issuer, up to and with the trusted CA
 *
 * False if not, or if there are no CRLs at all; else @why says what is wrong.
 * Judges by the time of day.
 */
bool trust_revoked(const struct trust *t, const struct DecodedCert *const *path,
		   size_t n, char *why, size_t why_len);

#endif
