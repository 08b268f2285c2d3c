/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS 1.2 and 1.3 over a TCP stream, by wolfSSL's native API. */
#ifndef CERT_TLS_H
#define CERT_TLS_H

#include <stdbool.h>

#include "base/stream.h"
#include "cert/validate.h"

#define TLS_HANDSHAKE_SECONDS 10

/* Forward secrecy and authenticated encryption only (RFC 9325, 4.2). */
#define TLS_CIPHERS                                      \
	"TLS_AES_128_GCM_SHA256:"                        \
	"TLS_AES_256_GCM_SHA384:"                        \
	"TLS_CHACHA20_POLY1305_SHA256:"                  \
	"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256:"       \
	"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256:"         \
	"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384:"       \
	"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384:"         \
	"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256:" \
	"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"

enum tls_version {
	TLS_VERSION_DEFAULT, /* 1.2 at least, and 1.3 at most */
	TLS_VERSION_1_0,
	TLS_VERSION_1_1,
	TLS_VERSION_1_2,
	TLS_VERSION_1_3,
};

struct tls_settings {
	const char *certificate_file; /* PEM; NULL for a client without */
	const char *private_key_file; /* PEM; NULL: in certificate_file */
	const char *ca_file; /* PEM bundle that peers are verified against */
	const char *crl_file; /* what these CAs have revoked; NULL: none */
	enum cert_level level; /* of a peer's certificate */
	enum cert_ocsp ocsp; /* of servers; needs tls_has_stapling() */
	bool verify_client; /* as server, demand a client certificate */
	enum tls_version min, max;
	/* By IANA's names, with colons; NULL: TLS_CIPHERS */
	const char *ciphers;
	unsigned int handshake_ms; /* 0: TLS_HANDSHAKE_SECONDS */
};

struct tls_ctx; /* certificates and settings, shared by connections */

/**
 * tls_ctx_new() - load and check certificate, key and CA
 * @err: on failure, a sentence that names the file and what is wrong
 *
 * A private key that group or others may read is refused.
 */
int tls_ctx_new(const struct tls_settings *set, struct tls_ctx **ret, char *err,
		size_t err_len);
void tls_ctx_free(struct tls_ctx *ctx); /* safe while connections live */

/*
 * As stream_connect_tcp() and stream_accept_tcp(); -ENOKEY when @ctx lacks the
 * CA to verify a server, or the certificate to be one. @peer_name is what the
 * peer's certificate must carry, a name or an address literal, by the rules of
 * the context's level (validate.h). NULL on the server side: any name of a
 * certificate that verifies. @srv_host is where an SRV record of it led, or NULL.
 */
int tls_connect(struct tls_ctx *ctx, const struct sockaddr_in *local,
		const struct sockaddr_in *peer, const char *peer_name,
		const char *srv_host, const struct stream_ops *ops, void *arg,
		struct stream **ret);
int tls_accept(struct tls_ctx *ctx, int fd, const char *peer_name,
	       const char *srv_host, const struct stream_ops *ops, void *arg,
	       struct stream **ret);

/* Does the linked wolfSSL let us have what a server staples? */
bool tls_has_stapling(void);

/* The linked wolfSSL, to be shown: "wolfSSL 5.5.4 without SRTP, DTLS 1.3". */
const char *tls_features(void);

#endif
