/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SDES: the a=crypto attribute of RFC 4568, for SRTP. */
#ifndef MEDIA_SDES_H
#define MEDIA_SDES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/ringfence.h"

#define SDES_VALUE_MAX 512 /* bytes of an attribute's value we look at */
#define SDES_TAG_MAX   999999999

struct sdes {
	uint32_t tag;
	enum ringfence_suite suite;
	struct rgf_key key; /* of whoever says the line, to send with */
};

/* May it be negotiated? All may but those without a cipher. */
bool sdes_has_suite(enum ringfence_suite suite);

/**
 * sdes_parse() - one attribute's value, "1 SUITE inline:KEY|2^20"
 * @ret: its key must be wiped by the caller
 * @why: on failure, a sentence without any of the key
 *
 * Exactly one key. A lifetime is checked but not enforced: it binds whoever
 * sends with the key. MKI and session parameters (unless "-optional", 6.3.7)
 * are not supported.
 *
 * Return: 0; -EINVAL for bad syntax; -ENOTSUP for good syntax that we can't do.
 */
int sdes_parse(const char *value, struct sdes *ret, char *why, size_t why_len);

/* Room for SDES_VALUE_MAX bytes; the caller wipes them. 0 or -errno. */
int sdes_format(const struct sdes *line, char *ret);

/* A fresh random key for line->suite; 0 or -errno. */
int sdes_new_key(struct sdes *line);

#endif
