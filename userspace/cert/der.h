/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The few pieces of DER that wolfSSL has no function to reach. */
#ifndef CERT_DER_H
#define CERT_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct der {
	const uint8_t *p;
	size_t len;
};

/* Take the next element off @in: its tag, and what is in it; false: none. */
bool der_next(struct der *in, uint8_t *tag, struct der *value);
/* The same, but only if it has the tag that is @wanted. */
bool der_take(struct der *in, uint8_t wanted, struct der *value);

/**
 * der_extension() - what is in an extension of a certificate
 * @cert: the certificate
 * @oid: the bytes of the extension's object identifier
 */
bool der_extension(struct der cert, struct der oid, struct der *ret);

#define DER_ITERATIONS_MAX 2000000
#define DER_DEPTH_MAX	   16

/*
 * Does every "salt, iterations" in it (RFC 8018, A; RFC 7292, 4), also inside of
 * octet strings, ask for no more than DER_ITERATIONS_MAX? What is nested deeper
 * than DER_DEPTH_MAX isn't looked at.
 */
bool der_iterations_ok(struct der in);

#endif
