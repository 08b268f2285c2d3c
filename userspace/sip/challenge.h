/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A peer's digest challenge (RFC 7616, RFC 8760), and the answer to it. Pure. */
#ifndef SIP_CHALLENGE_H
#define SIP_CHALLENGE_H

#include <stdbool.h>
#include <stdint.h>

#include "sip/digest.h"

struct challenge {
	bool proxy; /* it came in a 407 */
	bool qop; /* auth, or else that of RFC 2069 */
	bool stale; /* the last nonce was too old, and no more wrong */
	enum digest_algorithm algorithm;
	char realm[SIP_CHALLENGE_REALM_MAX + 1];
	char nonce[SIP_CHALLENGE_NONCE_MAX + 1];
	char opaque[SIP_CHALLENGE_OPAQUE_MAX + 1];
	uint32_t count; /* answers so far */
};

/**
 * challenge_choose() - the one with the strongest algorithm of a 401 or 407
 * @realm: others aren't looked at; NULL: any will do
 *
 * Return: 0; -ENOENT: none, or none that can be answered
 */
int challenge_choose(const osip_message_t *resp, const char *realm,
		     struct challenge *ret);

/* A 2xx said which nonce is next (RFC 7616, 3.5). */
void challenge_next(struct challenge *c, const osip_message_t *resp);

/**
 * challenge_answer() - put credentials into a request, instead of those there
 * @user: without quotes and backslashes
 * @password: a secret
 *
 * Return: 0, -ENOMEM or -EIO. The count goes up in any case.
 */
int challenge_answer(struct challenge *c, const char *user,
		     const char *password, osip_message_t *req);

#endif
