/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Are a certificate's key and signature strong enough? RFC 9325, 4. */
#ifndef CERT_STRENGTH_H
#define CERT_STRENGTH_H

#include <stdbool.h>
#include <stddef.h>

#define STRENGTH_RSA_BITS_MIN 2048
#define STRENGTH_EC_BITS_MIN  224

struct DecodedCert;

/* If not, @what goes on from "certificate X": "has a key of only 1024 bits". */
bool strength_key_ok(const struct DecodedCert *cert, char *what, size_t size);
bool strength_signature_ok(const struct DecodedCert *cert, char *what,
			   size_t size);

/* "RSA 2048", "EC 256", "Ed25519"; "" if it can't be understood */
void strength_key(const struct DecodedCert *cert, char *ret, size_t size);

#endif
