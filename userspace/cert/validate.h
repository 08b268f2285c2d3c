/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a peer's certificate good enough for a service? Independent of TLS:
 * RFC 5280, 6, with what wolfSSL parses, and with its signatures.
 */
#ifndef CERT_VALIDATE_H
#define CERT_VALIDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define CERT_CHAIN_MAX 9 /* certificates that a peer may send */

struct trust;

/* Each demands all that those before it do. */
enum cert_level {
	CERT_LEVEL_DEFAULT, /* what wasn't set is CERT_LEVEL_FULL */
	CERT_LEVEL_NONE, /* anything goes */
	/* A chain to a trusted CA; dates, usage, strength, revocation. */
	CERT_LEVEL_TRUSTED,
	/* The name that was wanted, or that which DNS SRV led to. */
	CERT_LEVEL_DNS_SRV,
	CERT_LEVEL_HOST_NAME, /* the name that was wanted */
	CERT_LEVEL_FULL, /* by the strict rules of RFC 5922 */
};

struct cert_der {
	const uint8_t *p;
	size_t len;
};

/* The OCSP response that a server staples to its certificate: RFC 6066, 8. */
enum cert_ocsp {
	CERT_OCSP_OFF, /* isn't looked at */
	CERT_OCSP_IF_PRESENT, /* if there is one, it must be good */
	CERT_OCSP_REQUIRED, /* and there must be one */
};

struct cert_expect {
	enum cert_level level;
	enum cert_ocsp ocsp; /* not of one that is trusted by itself */
	struct cert_der staple; /* NULL: none */
	bool client; /* the peer is the client */
	const char *name; /* host, domain or address; NULL: any */
	const char *srv_host; /* that an SRV record of it named; NULL: none */
	time_t now;
};

/* By its name in the data model: "host-name"; false: there is none. */
bool cert_level_by_name(const char *name, enum cert_level *ret);
bool cert_ocsp_by_name(const char *name, enum cert_ocsp *ret);

/**
 * cert_validate() - judge a chain
 * @chain: what the peer sent, its own certificate first
 * @why: if it is refused, a sentence with the certificate's subject, and the
 *	 name that was wanted
 *
 * Whether the peer has the private key is for TLS to find out. Return: good
 * enough for @want->level?
 */
bool cert_validate(const struct trust *trust, const struct cert_der *chain,
		   size_t n, const struct cert_expect *want, char *why,
		   size_t why_len);

#endif
