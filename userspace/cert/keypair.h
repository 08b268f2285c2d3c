/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does a private key belong to a certificate? */
#ifndef CERT_KEYPAIR_H
#define CERT_KEYPAIR_H

#include <stdbool.h>

#include "cert/file.h"
#include "cert/material.h"

/*
 * False only if both are on an elliptic curve and the key is another one's:
 * wolfSSL_CTX_check_private_key() of 5.5.4 looks at RSA keys only.
 */
bool keypair_ecc_matches(const struct cert_file *certificate,
			 const struct cert_file *key);

/* The same of a certificate and a key, of either kind, in DER. */
bool keypair_matches(const struct material_der *certificate,
		     const struct material_der *key, bool rsa);

#endif
