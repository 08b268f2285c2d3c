/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signatures of other things than certificates. */
#ifndef CERT_SIGNATURE_H
#define CERT_SIGNATURE_H

#include <stdbool.h>

#include "cert/der.h"

struct DecodedCert;

/**
 * signature_ok() - has the key of @signer signed @data?
 * @algorithm: an AlgorithmIdentifier, with tag and length; RSA (PKCS #1, 1.5) or
 *	       ECDSA, with SHA-256, 384 or 512. Others: no.
 */
bool signature_ok(struct der data, struct der algorithm, struct der signature,
		  const struct DecodedCert *signer);

#endif
