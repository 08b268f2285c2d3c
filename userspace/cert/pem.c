// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/pem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn_public.h>

bool pem_next(struct pem_block *left, const char *label, struct pem_block *ret)
{
	const uint8_t *stop = left->p + left->len, *begin, *end;
	char mark[64];

	snprintf(mark, sizeof(mark), "-----BEGIN %s-----", label);
	begin = left->len ? memmem(left->p, left->len, mark, strlen(mark))
			  : NULL;
	if (!begin)
		return false;
	snprintf(mark, sizeof(mark), "-----END %s-----", label);
	end = memmem(begin, (size_t)(stop - begin), mark, strlen(mark));
	if (!end)
		return false;
	end += strlen(mark);
	ret->p = begin;
	ret->len = (size_t)(end - begin);
	left->p = end;
	left->len = (size_t)(stop - end);
	return true;
}

uint8_t *pem_certificate(const struct pem_block *block, size_t *len)
{
	uint8_t *der = malloc(block->len);
	int n;

	if (!der)
		return NULL;
	n = wc_CertPemToDer(block->p, (int)block->len, der, (int)block->len,
			    CERT_TYPE);
	if (n <= 0) {
		free(der);
		return NULL;
	}
	*len = (size_t)n;
	return der;
}
