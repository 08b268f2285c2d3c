/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom a certificate names, and whether that is whom we want. */
#ifndef CERT_IDENTITY_H
#define CERT_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

struct DecodedCert;

/*
 * Does the certificate name @wanted, a host or domain name or an address?
 *
 * An address is matched by a subjectAltName of type iPAddress; a name by a
 * dNSName or the domain of a SIP URI without a user. The CN counts only if there
 * is no subjectAltName at all.
 *
 * @strict, as RFC 5922, 7: if there are SIP URIs then dNSNames don't count, "*"
 * never matches, and an address isn't looked for in the CN. Else, as RFC 6125,
 * 6.4.3: "*" as the whole first label of a dNSName matches one label, in front
 * of two at least.
 */
bool identity_matches(const struct DecodedCert *cert, const char *wanted,
		      bool strict);

/* Append the names that it has: "10.0.0.9, x.example.net". */
void identity_list(const struct DecodedCert *cert, char *out, size_t size);

/* The domain of a "sip:" URI without a user; NULL if it is none. */
const char *identity_sip_domain(const char *uri, size_t len, size_t *ret_len);

bool identity_is_address(const char *name);

#endif
