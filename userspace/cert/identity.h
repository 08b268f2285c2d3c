/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom a certificate names, and whether that is whom we want. */
#ifndef CERT_IDENTITY_H
#define CERT_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Does the DER certificate name @peer_name? See tls.h for the rules. Otherwise,
 * and when it can't be parsed, @why says so in a sentence.
 */
bool identity_check(const uint8_t *der, size_t len, const char *peer_name,
		    char *why, size_t why_len);

/* Why wolfSSL's validation failed with @error at @depth of the chain. */
void identity_explain(const uint8_t *der, size_t len, int error, int depth,
		      const char *ca_file, char *why, size_t why_len);

bool identity_is_address(const char *name);

#endif
