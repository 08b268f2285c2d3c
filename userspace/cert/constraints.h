/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Name constraints of a CA (RFC 5280, 4.2.1.10). wolfSSL knows those of the
 * direct issuer only, and neither addresses nor URIs.
 */
#ifndef CERT_CONSTRAINTS_H
#define CERT_CONSTRAINTS_H

#include <stdbool.h>

struct DecodedCert;

/*
 * Do the constraints of @ca, if it has any, allow all names of @cert? Names of a
 * kind that is constrained but not known here are not allowed.
 */
bool constraints_allow(const struct DecodedCert *ca,
		       const struct DecodedCert *cert);

#endif
