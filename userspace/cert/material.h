/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates and a key, in whatever form they come. */
#ifndef CERT_MATERIAL_H
#define CERT_MATERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MATERIAL_CERTS_MAX 512

struct material_der {
	uint8_t *p;
	size_t len;
};

struct material {
	struct material_der cert[MATERIAL_CERTS_MAX]; /* in their order */
	size_t n_certs;
	struct material_der key; /* PKCS#1 or SEC 1; NULL: none */
	bool rsa; /* the key */
	struct material_der crl; /* one of them; NULL: none */
};

/**
 * material_read() - add what is in @data
 * @data: PEM (anything else between the blocks is passed over), DER or PKCS#12
 * @passphrase: of an encrypted key or PKCS#12; NULL: none
 *
 * Keys are RSA, or on an elliptic curve. Return: 0 or -errno, and a sentence in
 * @err.
 */
int material_read(struct material *m, const uint8_t *data, size_t len,
		  const char *passphrase, char *err, size_t err_len);
void material_free(struct material *m); /* wipes; @m itself is not freed */

/* The index of the certificate that the key belongs to; -1: there is none. */
int material_own(const struct material *m);

/**
 * material_pem() - all in PEM: certificates in their order, @first of them in
 * front, then the key
 * @ret: the caller wipes and frees it
 */
int material_pem(const struct material *m, size_t first, char **ret,
		 size_t *len);

/* One certificate or key in PEM, appended to @ret; 0 or -errno. */
int material_add_pem(char **ret, size_t *len, const struct material_der *der,
		     int type);

#endif
