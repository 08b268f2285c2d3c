/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a certificate's issuer says of it in an OCSP response, RFC 6960, that the
 * peer has stapled to its handshake: RFC 6066, 8.
 */
#ifndef CERT_OCSP_H
#define CERT_OCSP_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "cert/der.h"

#define OCSP_BYTES_MAX	   65536
#define OCSP_SKEW_SECONDS  300 /* that a responder's clock may be ahead */
#define OCSP_SIGNERS_MAX   4 /* certificates in a response; more: not looked at */
#define OCSP_RESPONSES_MAX 64 /* in one; more: not looked at */

struct DecodedCert;

/**
 * ocsp_is_good() - does the response say that @cert is good, at @now?
 * @issuer: of @cert. It must have signed the response, or the certificate of
 *	    who did, for OCSP; that one's own revocation isn't asked for.
 * @why: if not, what goes on from "certificate X": " has been revoked ..."
 *
 * A response that doesn't say how long it counts would count for ever: it is
 * refused.
 */
bool ocsp_is_good(struct der response, const struct DecodedCert *cert,
		  const struct DecodedCert *issuer, time_t now, char *why,
		  size_t why_len);

#endif
