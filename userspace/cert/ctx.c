// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/version.h>

#include "cert/ctx.h"
#include "cert/file.h"
#include "cert/keypair.h"

#define RSA_BITS_MIN 2048
#define ECC_BITS_MIN 256

/* Forward secrecy and authenticated encryption only (RFC 9325, 4.2). */
static const char ciphers[] = "TLS13-AES128-GCM-SHA256:"
			      "TLS13-AES256-GCM-SHA384:"
			      "TLS13-CHACHA20-POLY1305-SHA256:"
			      "ECDHE-ECDSA-AES128-GCM-SHA256:"
			      "ECDHE-RSA-AES128-GCM-SHA256:"
			      "ECDHE-ECDSA-AES256-GCM-SHA384:"
			      "ECDHE-RSA-AES256-GCM-SHA384:"
			      "ECDHE-ECDSA-CHACHA20-POLY1305:"
			      "ECDHE-RSA-CHACHA20-POLY1305";

struct tls_ctx {
	unsigned int refs;
	WOLFSSL_CTX *client, *server;
	char *ca_file;
	bool verify_client;
	unsigned int handshake_ms;
};

/* The files, while they are loaded. */
struct pem {
	const struct tls_settings *set;
	const char *key_file;
	struct cert_file certificate, key, ca;
};

static int wolf_error(int code, const char *what, const char *path, char *err,
		      size_t err_len)
{
	char text[WOLFSSL_MAX_ERROR_SZ];

	snprintf(err, err_len, "%s %s: %s", what, path,
		 wolfSSL_ERR_error_string(code, text));
	wolfSSL_ERR_clear_error();
	return -EINVAL;
}

static int load_identity(WOLFSSL_CTX *side, const struct pem *pem, char *err,
			 size_t err_len)
{
	const char *cert_file = pem->set->certificate_file;
	int r;

	r = wolfSSL_CTX_use_certificate_chain_buffer(
		side, pem->certificate.data, pem->certificate.len);
	if (r != WOLFSSL_SUCCESS)
		return wolf_error(r, "no usable certificate in", cert_file, err,
				  err_len);
	r = wolfSSL_CTX_use_PrivateKey_buffer(side, pem->key.data, pem->key.len,
					      WOLFSSL_FILETYPE_PEM);
	if (r != WOLFSSL_SUCCESS)
		return wolf_error(r, "no usable private key in", pem->key_file,
				  err, err_len);
	if (wolfSSL_CTX_check_private_key(side) == WOLFSSL_SUCCESS &&
	    keypair_ecc_matches(&pem->certificate, &pem->key))
		return 0;
	wolfSSL_ERR_clear_error();
	snprintf(err, err_len,
		 "the private key in %s doesn't belong to the certificate in "
		 "%s",
		 pem->key_file, cert_file);
	return -EINVAL;
}

static int load_ca(WOLFSSL_CTX *side, const struct pem *pem, char *err,
		   size_t err_len)
{
	int r = wolfSSL_CTX_load_verify_buffer(side, pem->ca.data, pem->ca.len,
					       WOLFSSL_FILETYPE_PEM);

	if (r == WOLFSSL_SUCCESS) {
#if defined(WOLFSSL_TRUST_PEER_CERT) && !defined(NO_CERTS)
		/*
		 * Debian's build also takes each of them as a peer to be
		 * trusted unseen, whatever its dates are. A CA only signs.
		 */
		wolfSSL_CTX_Unload_trust_peers(side);
#endif
		return 0;
	}
	return wolf_error(r, "no usable CA certificate in", pem->set->ca_file,
			  err, err_len);
}

static int side_new(WOLFSSL_METHOD *method, const struct pem *pem,
		    WOLFSSL_CTX **ret, char *err, size_t err_len)
{
	WOLFSSL_CTX *side = method ? wolfSSL_CTX_new(method) : NULL;
	int r;

	if (!side) {
		snprintf(err, err_len, "no memory for TLS");
		return -ENOMEM;
	}
	if (wolfSSL_CTX_SetMinVersion(side, WOLFSSL_TLSV1_2) !=
		    WOLFSSL_SUCCESS ||
	    wolfSSL_CTX_set_cipher_list(side, ciphers) != WOLFSSL_SUCCESS ||
	    wolfSSL_CTX_SetMinRsaKey_Sz(side, RSA_BITS_MIN) !=
		    WOLFSSL_SUCCESS ||
	    wolfSSL_CTX_SetMinEccKey_Sz(side, ECC_BITS_MIN) !=
		    WOLFSSL_SUCCESS) {
		snprintf(err, err_len, "%s refuses our TLS settings",
			 tls_features());
		r = -ENOTSUP;
		goto fail;
	}
	/* A resumed session would skip the look at the peer's certificate. */
	wolfSSL_CTX_set_session_cache_mode(side, WOLFSSL_SESS_CACHE_OFF);
	wolfSSL_CTX_NoTicketTLSv12(side);
	wolfSSL_CTX_no_ticket_TLSv13(side);
	wolfSSL_CTX_set_verify(side, WOLFSSL_VERIFY_NONE, NULL);

	r = pem->set->certificate_file ? load_identity(side, pem, err, err_len)
				       : 0;
	if (!r && pem->set->ca_file)
		r = load_ca(side, pem, err, err_len);
	if (r)
		goto fail;
	*ret = side;
	return 0;
fail:
	wolfSSL_CTX_free(side);
	return r;
}

static int sides_new(struct tls_ctx *ctx, const struct pem *pem, char *err,
		     size_t err_len)
{
	int r = 0;

	if (pem->set->ca_file)
		r = side_new(wolfSSLv23_client_method(), pem, &ctx->client, err,
			     err_len);
	if (!r && pem->set->certificate_file)
		r = side_new(wolfSSLv23_server_method(), pem, &ctx->server, err,
			     err_len);
	return r;
}

static int pem_read(struct pem *pem, char *err, size_t err_len)
{
	const struct tls_settings *set = pem->set;
	int r = 0;

	pem->key_file = set->private_key_file ? set->private_key_file
					      : set->certificate_file;
	if (set->certificate_file)
		r = cert_file_read(set->certificate_file, "certificate file",
				   false, &pem->certificate, err, err_len);
	if (!r && set->certificate_file)
		r = cert_file_read(pem->key_file, "private key file", true,
				   &pem->key, err, err_len);
	if (!r && set->ca_file)
		r = cert_file_read(set->ca_file, "CA file", false, &pem->ca,
				   err, err_len);
	return r;
}

static int settings_check(const struct tls_settings *set, char *err,
			  size_t err_len)
{
	if (set->private_key_file && !set->certificate_file)
		snprintf(err, err_len,
			 "the private key %s needs a certificate file",
			 set->private_key_file);
	else if (set->verify_client && !set->ca_file)
		snprintf(err, err_len,
			 "to verify clients' certificates, set a CA file");
	else if (!set->certificate_file && !set->ca_file)
		snprintf(err, err_len,
			 "TLS needs a certificate file or a CA file");
	else
		return 0;
	return -EINVAL;
}

int tls_ctx_new(const struct tls_settings *set, struct tls_ctx **ret, char *err,
		size_t err_len)
{
	struct pem pem = { .set = set };
	struct tls_ctx *ctx;
	int r = settings_check(set, err, err_len);

	if (r)
		return r;
	if (wolfSSL_Init() != WOLFSSL_SUCCESS) {
		snprintf(err, err_len, "%s can't start", tls_features());
		return -EIO;
	}
	ctx = calloc(1, sizeof(*ctx));
	if (!ctx) {
		wolfSSL_Cleanup();
		snprintf(err, err_len, "no memory for TLS");
		return -ENOMEM;
	}
	ctx->refs = 1;
	ctx->verify_client = set->verify_client;
	ctx->handshake_ms = set->handshake_ms ? set->handshake_ms
					      : TLS_HANDSHAKE_SECONDS * 1000;
	ctx->ca_file = strdup(set->ca_file ? set->ca_file : "");
	r = ctx->ca_file ? pem_read(&pem, err, err_len) : -ENOMEM;
	if (!r)
		r = sides_new(ctx, &pem, err, err_len);
	cert_file_free(&pem.certificate);
	cert_file_free(&pem.key);
	cert_file_free(&pem.ca);
	if (r)
		tls_ctx_free(ctx);
	else
		*ret = ctx;
	return r;
}

struct tls_ctx *tls_ctx_hold(struct tls_ctx *ctx)
{
	ctx->refs++;
	return ctx;
}

void tls_ctx_free(struct tls_ctx *ctx)
{
	if (!ctx || --ctx->refs)
		return;
	if (ctx->client)
		wolfSSL_CTX_free(ctx->client);
	if (ctx->server)
		wolfSSL_CTX_free(ctx->server);
	free(ctx->ca_file);
	free(ctx);
	wolfSSL_Cleanup();
}

WOLFSSL_CTX *tls_ctx_client(struct tls_ctx *ctx)
{
	return ctx->client;
}

WOLFSSL_CTX *tls_ctx_server(struct tls_ctx *ctx)
{
	return ctx->server;
}

bool tls_ctx_verifies_clients(const struct tls_ctx *ctx)
{
	return ctx->verify_client;
}

const char *tls_ctx_ca_file(const struct tls_ctx *ctx)
{
	return ctx->ca_file;
}

unsigned int tls_ctx_handshake_ms(const struct tls_ctx *ctx)
{
	return ctx->handshake_ms;
}

const char *tls_features(void)
{
	static const char *const missing[] = {
#ifndef WOLFSSL_SRTP
		"SRTP",
#endif
#ifndef WOLFSSL_AESNI
		"AES-NI",
#endif
#ifndef WOLFSSL_DTLS13
		"DTLS 1.3",
#endif
#ifndef HAVE_SECRET_CALLBACK
		"key logging",
#endif
		NULL,
	};
	static char text[96];
	size_t i, n;

	n = snprintf(text, sizeof(text), "wolfSSL %s", wolfSSL_lib_version());
	for (i = 0; missing[i]; i++)
		n += snprintf(text + n, sizeof(text) - n, "%s %s",
			      i ? "," : " without", missing[i]);
	return text;
}
