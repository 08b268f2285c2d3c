/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Digest credentials (RFC 7616), with qop=auth: read, and compared. Pure. */
#ifndef SIP_DIGEST_H
#define SIP_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sip/limits.h"
#include "sip/osip.h"

enum digest_algorithm {
	DIGEST_SHA256,
	DIGEST_MD5,
	DIGEST_NR
};

#define DIGEST_HEX_MAX	  64 /* characters of a hash */
#define DIGEST_USER_MAX	  64 /* bytes; more: malformed. Likewise all of these */
#define DIGEST_REALM_MAX  64
#define DIGEST_NONCE_MAX  64
#define DIGEST_CNONCE_MAX 256

/* H(user:realm:password) for each algorithm: a secret as the password is. */
struct digest_ha1 {
	char hex[DIGEST_NR][DIGEST_HEX_MAX + 1];
};

/* What a header says, without quotes. */
struct digest_credentials {
	enum digest_algorithm algorithm;
	char user[DIGEST_USER_MAX + 1];
	char realm[DIGEST_REALM_MAX + 1];
	char nonce[DIGEST_NONCE_MAX + 1];
	char uri[SIP_URI_MAX + 1];
	char cnonce[DIGEST_CNONCE_MAX + 1];
	char response[DIGEST_HEX_MAX + 1];
	char nc[9];
	uint32_t count; /* nc as a number, from 1 on */
};

const char *digest_algorithm_name(enum digest_algorithm a);
bool digest_algorithm_by_name(const char *name, enum digest_algorithm *ret);

/* @n bytes as hexadecimal digits; @text has 2 * @n + 1. */
void digest_hex(const uint8_t *p, size_t n, char *text);

/* H(part:part:...) in hexadecimal, DIGEST_HEX_MAX + 1 bytes. 0 or -EIO */
int digest_hash(enum digest_algorithm a, const char *const *part, size_t n,
		char *hex);
/* 0 or -EIO */
int digest_ha1_make(const char *user, const char *realm, const char *password,
		    struct digest_ha1 *ret);

/**
 * digest_read() - an Authorization or Proxy-Authorization header, taken apart
 *
 * Return: 0; -ENOENT: not for @realm, another scheme or an algorithm we don't
 * know, so nothing that is meant for us; -EINVAL: something is missing, too
 * long, or not as RFC 7616 has it. On failure @ret is not to be used.
 */
int digest_read(const osip_authorization_t *auth, const char *realm,
		struct digest_credentials *ret);

/**
 * digest_matches() - is the response that of somebody who knows the password?
 * @method: of the request
 *
 * Takes the same time whatever the answer is.
 */
bool digest_matches(const struct digest_credentials *c,
		    const struct digest_ha1 *ha1, const char *method);

#endif
