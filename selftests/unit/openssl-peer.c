// SPDX-License-Identifier: GPL-2.0-or-later
#include "openssl-peer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#define STAPLE_MAX 65536

struct openssl_peer {
	int fd;
	struct openssl_settings set;
	struct openssl_result result;
	pthread_t thread;
};

/* OpenSSL frees the copy. */
static int on_status(SSL *ssl, void *arg)
{
	const struct openssl_settings *set = arg;
	FILE *f = fopen(set->staple, "rb");
	unsigned char *p = OPENSSL_malloc(STAPLE_MAX);
	size_t n = fread(p, 1, STAPLE_MAX, f);

	fclose(f);
	SSL_set_tlsext_status_ocsp_resp(ssl, p, (long)n);
	return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *context(struct openssl_settings *set)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_method());

	/* Level 0 and "ALL" let it be as weak as it can. */
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0");
	SSL_CTX_set_min_proto_version(ctx, set->version);
	SSL_CTX_set_max_proto_version(ctx, set->version);
	if (set->staple) {
		SSL_CTX_set_tlsext_status_cb(ctx, on_status);
		SSL_CTX_set_tlsext_status_arg(ctx, set);
	}
	if (SSL_CTX_use_certificate_chain_file(ctx, set->chain) == 1 &&
	    SSL_CTX_use_PrivateKey_file(ctx, set->key, SSL_FILETYPE_PEM) == 1)
		return ctx;
	ERR_print_errors_fp(stderr);
	SSL_CTX_free(ctx);
	return NULL;
}

static void *run(void *arg)
{
	struct openssl_peer *p = arg;
	struct openssl_result *r = &p->result;
	SSL_CTX *ctx = context(&p->set);
	SSL *ssl = ctx ? SSL_new(ctx) : NULL;
	char byte;

	if (ssl) {
		SSL_set_fd(ssl, p->fd);
		r->done = (p->set.server ? SSL_accept(ssl)
					 : SSL_connect(ssl)) == 1;
		if (r->done) {
			snprintf(r->version, sizeof(r->version), "%s",
				 SSL_get_version(ssl));
			snprintf(r->cipher, sizeof(r->cipher), "%s",
				 SSL_CIPHER_standard_name(
					 SSL_get_current_cipher(ssl)));
		}
		while (r->done && SSL_read(ssl, &byte, 1) == 1)
			;
		SSL_free(ssl);
		SSL_CTX_free(ctx);
	}
	close(p->fd);
	return NULL;
}

struct openssl_peer *openssl_peer_start(int fd,
					const struct openssl_settings *set)
{
	struct openssl_peer *p = calloc(1, sizeof(*p));

	p->fd = fd;
	p->set = *set;
	if (!pthread_create(&p->thread, NULL, run, p))
		return p;
	abort();
}

struct openssl_result openssl_peer_end(struct openssl_peer *p)
{
	struct openssl_result result;

	pthread_join(p->thread, NULL);
	result = p->result;
	free(p);
	return result;
}
