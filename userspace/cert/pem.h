/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The blocks of a PEM file. */
#ifndef CERT_PEM_H
#define CERT_PEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pem_block {
	const uint8_t *p;
	size_t len;
};

/**
 * pem_next() - the next block with @label ("CERTIFICATE")
 * @left: what was not looked at yet; is moved behind the block
 *
 * Other things in between are passed over.
 */
bool pem_next(struct pem_block *left, const char *label, struct pem_block *ret);

/* The bytes of a certificate's block; the caller frees them. NULL: bad. */
uint8_t *pem_certificate(const struct pem_block *block, size_t *len);

#endif
