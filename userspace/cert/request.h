/* SPDX-License-Identifier: GPL-2.0-or-later */
/* New keys, and certificates or requests for them. */
#ifndef CERT_REQUEST_H
#define CERT_REQUEST_H

#include <stddef.h>

#define REQUEST_NAMES_MAX 16
#define REQUEST_DAYS_MAX  3650

enum request_key {
	REQUEST_KEY_P256,
	REQUEST_KEY_P384,
	REQUEST_KEY_RSA_2048,
	REQUEST_KEY_RSA_3072,
	REQUEST_KEY_RSA_4096,
};

struct request {
	const char *cn; /* common name, up to 63 bytes */
	/* For subjectAltName: DNS names, addresses, "sip:" URIs. */
	const char *name[REQUEST_NAMES_MAX];
	size_t n_names;
	enum request_key key;
	unsigned int days; /* of a self-signed certificate; 0: a request */
};

/* "p256", "p384", "rsa2048", …; -1: there is none. */
int request_key_by_name(const char *name);

/**
 * request_make() - make a key, and a request or a certificate for it
 * @key: the key in PEM; the caller wipes and frees it
 * @ret: the request or certificate in PEM; the caller frees it
 *
 * Return: 0 or -errno, and a sentence in @err.
 */
int request_make(const struct request *req, char **key, size_t *key_len,
		 char **ret, char *err, size_t err_len);

#endif
