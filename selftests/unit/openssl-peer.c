// SPDX-License-Identifier: GPL-2.0-or-later
#include "openssl-peer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

struct openssl_peer {
	int fd;
	bool server;
	int version;
	struct openssl_result result;
	const char *chain, *key;
	pthread_t thread;
};

static SSL_CTX *context(const struct openssl_peer *p)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_method());

	/* Level 0 and "ALL" let it be as weak as it can. */
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0");
	SSL_CTX_set_min_proto_version(ctx, p->version);
	SSL_CTX_set_max_proto_version(ctx, p->version);
	if (SSL_CTX_use_certificate_chain_file(ctx, p->chain) == 1 &&
	    SSL_CTX_use_PrivateKey_file(ctx, p->key, SSL_FILETYPE_PEM) == 1)
		return ctx;
	ERR_print_errors_fp(stderr);
	SSL_CTX_free(ctx);
	return NULL;
}

static void *run(void *arg)
{
	struct openssl_peer *p = arg;
	struct openssl_result *r = &p->result;
	SSL_CTX *ctx = context(p);
	SSL *ssl = ctx ? SSL_new(ctx) : NULL;
	char byte;

	if (ssl) {
		SSL_set_fd(ssl, p->fd);
		r->done = (p->server ? SSL_accept(ssl) : SSL_connect(ssl)) == 1;
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

struct openssl_peer *openssl_peer_start(int fd, bool server, int version,
					const char *chain, const char *key)
{
	struct openssl_peer *p = calloc(1, sizeof(*p));

	p->fd = fd;
	p->server = server;
	p->version = version;
	p->chain = chain;
	p->key = key;
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
