/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nonces of our challenges. One is made without remembering it: it says when,
 * and has a keyed hash of that and of the address it is for. Only of those that
 * were answered rightly the count is kept, so that no answer counts twice.
 */
#ifndef SIP_NONCE_H
#define SIP_NONCE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define NONCE_TEXT_MAX 49 /* 48 hexadecimal digits and a zero */

/*
 * Answered nonces. For one more an eighth of them, the oldest, are forgotten; no
 * nonce that was made before the last of these is good then, answered or not.
 */
#define NONCES_MAX 16384

enum nonce_verdict {
	NONCE_FRESH, /* ours, made for that address, and not too old */
	NONCE_STALE, /* ours, but too old */
	NONCE_FOREIGN, /* never ours, or not for that address */
};

int nonces_init(void); /* with a new key: 0 or -errno */
void nonces_exit(void);

/**
 * nonce_make() - a new one
 * @now: microseconds of a monotonic clock
 * Return: 0 or -EIO
 */
int nonce_make(struct in_addr peer, uint64_t now, char text[NONCE_TEXT_MAX]);

enum nonce_verdict nonce_check(const char *text, struct in_addr peer,
			       uint64_t now, unsigned int lifetime_s);

/**
 * nonce_use() - a fresh one was answered rightly, with that count
 * Return: false: with that count or a higher one it was answered before
 */
bool nonce_use(const char *text, uint32_t count);

#endif
