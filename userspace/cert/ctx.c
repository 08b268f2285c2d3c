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
#include "cert/strength.h"
#include "cert/trust.h"

struct tls_ctx {
	unsigned int refs;
	WOLFSSL_CTX *client, *server;
	struct trust *trust;
	enum cert_level level;
	enum cert_ocsp ocsp;
	bool verify_client;
	unsigned int handshake_ms;
};

/* The files, while they are loaded. */
struct pem {
	const struct tls_settings *set;
	const char *key_file;
	struct cert_file certificate, key, ca, crl;
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

static bool set_versions(WOLFSSL_CTX *side, const struct tls_settings *set)
{
	static const int numbers[] = {
		[TLS_VERSION_1_0] = TLS1_VERSION,
		[TLS_VERSION_1_1] = TLS1_1_VERSION,
		[TLS_VERSION_1_2] = TLS1_2_VERSION,
		[TLS_VERSION_1_3] = TLS1_3_VERSION,
	};
	int min = numbers[set->min ? set->min : TLS_VERSION_1_2];
	int max = numbers[set->max ? set->max : TLS_VERSION_1_3];

	return wolfSSL_CTX_set_min_proto_version(side, min) ==
		       WOLFSSL_SUCCESS &&
	       wolfSSL_CTX_set_max_proto_version(side, max) == WOLFSSL_SUCCESS;
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
	if (!set_versions(side, pem->set) ||
	    wolfSSL_CTX_set_cipher_list(
		    side, pem->set->ciphers ? pem->set->ciphers
					    : TLS_CIPHERS) != WOLFSSL_SUCCESS ||
	    wolfSSL_CTX_SetMinRsaKey_Sz(side, STRENGTH_RSA_BITS_MIN) !=
		    WOLFSSL_SUCCESS ||
	    wolfSSL_CTX_SetMinEccKey_Sz(side, STRENGTH_EC_BITS_MIN) !=
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
	/*
	 * Without validation it must know no CA: it would add to them whatever
	 * CA a peer sends.
	 */
	if (!r && pem->set->ca_file && pem->set->level != CERT_LEVEL_NONE)
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

	if (pem->set->ca_file || pem->set->level == CERT_LEVEL_NONE)
		r = side_new(wolfSSLv23_client_method(), pem, &ctx->client, err,
			     err_len);
	/* Without it a client asks for none. A server would fetch its own. */
	if (!r && ctx->client && ctx->ocsp != CERT_OCSP_OFF)
		wolfSSL_CTX_EnableOCSPStapling(ctx->client);
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
	if (!r && set->crl_file)
		r = cert_file_read(set->crl_file, "CRL file", false, &pem->crl,
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
	else if (set->verify_client && !set->ca_file &&
		 set->level != CERT_LEVEL_NONE)
		snprintf(err, err_len,
			 "to verify clients' certificates, set a CA file");
	else if (set->crl_file && !set->ca_file)
		snprintf(err, err_len, "the CRL file %s needs a CA file",
			 set->crl_file);
	else if (set->ocsp && !tls_has_stapling())
		snprintf(err, err_len,
			 "ocsp must be off: there is no OCSP stapling in %s",
			 tls_features());
	else if (!set->certificate_file && !set->ca_file &&
		 set->level != CERT_LEVEL_NONE)
		snprintf(err, err_len,
			 "TLS needs a certificate file or a CA file");
	else
		return 0;
	return -EINVAL;
}

static int load(struct tls_ctx *ctx, const struct tls_settings *set, char *err,
		size_t err_len)
{
	struct pem pem = { .set = set };
	int r = pem_read(&pem, err, err_len);

	if (!r)
		r = sides_new(ctx, &pem, err, err_len);
	if (!r && set->ca_file)
		r = trust_new(&pem.ca, set->ca_file,
			      set->crl_file ? &pem.crl : NULL, set->crl_file,
			      &ctx->trust, err, err_len);
	cert_file_free(&pem.certificate);
	cert_file_free(&pem.key);
	cert_file_free(&pem.ca);
	cert_file_free(&pem.crl);
	return r;
}

int tls_ctx_new(const struct tls_settings *set, struct tls_ctx **ret, char *err,
		size_t err_len)
{
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
	ctx->level = set->level ? set->level : CERT_LEVEL_FULL;
	ctx->ocsp = ctx->level == CERT_LEVEL_NONE ? CERT_OCSP_OFF : set->ocsp;
	ctx->verify_client = set->verify_client &&
			     ctx->level != CERT_LEVEL_NONE;
	ctx->handshake_ms = set->handshake_ms ? set->handshake_ms
					      : TLS_HANDSHAKE_SECONDS * 1000;
	r = load(ctx, set, err, err_len);
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
	trust_free(ctx->trust);
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

enum cert_level tls_ctx_level(const struct tls_ctx *ctx)
{
	return ctx->level;
}

enum cert_ocsp tls_ctx_ocsp(const struct tls_ctx *ctx)
{
	return ctx->ocsp;
}

const struct trust *tls_ctx_trust(const struct tls_ctx *ctx)
{
	return ctx->trust;
}

unsigned int tls_ctx_handshake_ms(const struct tls_ctx *ctx)
{
	return ctx->handshake_ms;
}

bool tls_has_stapling(void)
{
#ifdef RINGFENCE_KEEP_STAPLE
	return true;
#else
	return false;
#endif
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
#ifndef RINGFENCE_KEEP_STAPLE
		"OCSP stapling",
#endif
#ifndef WOLFSSL_ALLOW_TLSV10
		"TLS 1.0",
#endif
#ifndef WC_RC2
		"RC2",
#endif
		NULL,
	};
	static char text[128];
	size_t i, n;

	n = snprintf(text, sizeof(text), "wolfSSL %s", wolfSSL_lib_version());
	for (i = 0; missing[i]; i++)
		n += snprintf(text + n, sizeof(text) - n, "%s %s",
			      i ? "," : " without", missing[i]);
	return text;
}
