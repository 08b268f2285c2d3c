/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two stores of certificates, folders beside the configuration: "host" has
 * this gateway's own (PEM, the private key after them), "others" the peers' and
 * CAs', and CRLs. Only root may look into them.
 */
#ifndef CERT_CERTSTORE_H
#define CERT_CERTSTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define CERTSTORE_FILES_MAX 256 /* in each store; more: refused */
#define CERTSTORE_NAME_MAX  63 /* bytes of a file's name */

enum certstore_kind {
	CERTSTORE_HOST,
	CERTSTORE_OTHERS,
};

/* All that is to be known of a certificate. */
struct cert_info {
	char file[CERTSTORE_NAME_MAX + 1];
	unsigned int number; /* in the file, from 1; 0: there is none in it */
	char subject[256], issuer[256]; /* printable */
	char names[256]; /* of subjectAltName, or the CN */
	char serial[64], fingerprint[96]; /* hexadecimal; SHA-256 */
	char key[16]; /* "RSA 2048", "EC 256" */
	time_t from, to;
	bool tls_client, tls_server; /* what it may be used for */
	bool ca;
	bool has_key, has_crl; /* the file */
};

/* @dir need not be there yet. Return: 0 or -errno. */
int certstore_init(const char *dir);
void certstore_exit(void);

/* "host", "others" */
bool certstore_by_name(const char *name, enum certstore_kind *ret);

/*
 * Where @name is: a name with a slash is a path already; another one is in the
 * store @kind. @buf keeps what is returned.
 */
const char *certstore_path(enum certstore_kind kind, const char *name,
			   char *buf, size_t size);

/* Is there a store, and may a file have this name? 0 or -errno, and @err. */
int certstore_check_name(const char *name, char *err, size_t err_len);

struct certstore_input {
	const uint8_t *data; /* certificates, perhaps with the key */
	size_t len;
	const uint8_t *key; /* NULL: it is among them, or in the store */
	size_t key_len;
	const char *passphrase; /* NULL: none */
};

/*
 * All return 0 or -errno, with a sentence in @err, and do all or nothing.
 *
 * To the host store comes a certificate with its key; if there is only the
 * certificate, the key is that of the file which is to be replaced.
 */
int certstore_import(enum certstore_kind kind, const char *name,
		     const struct certstore_input *in, char *err,
		     size_t err_len);
int certstore_delete(enum certstore_kind kind, const char *name, char *err,
		     size_t err_len);

/* A file with what @text says in PEM, as it is; as the above. */
int certstore_write(enum certstore_kind kind, const char *name,
		    const char *text, size_t len, char *err, size_t err_len);

/* The key of a file in the host store in PEM; the caller wipes and frees it. */
int certstore_key(const char *name, char **ret, size_t *len);

/**
 * certstore_list() - call @cb for each certificate
 * @name: of the only file that is meant; NULL: of each file the first one
 */
int certstore_list(enum certstore_kind kind, const char *name,
		   void (*cb)(const struct cert_info *info, void *arg),
		   void *arg, char *err, size_t err_len);

/* describe.c: of the certificate in DER; false if it can't be understood. */
bool cert_describe(const uint8_t *der, size_t len, struct cert_info *ret);

#endif
