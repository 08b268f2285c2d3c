/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tls.c needs of a struct tls_ctx. Include <wolfssl/options.h> before. */
#ifndef CERT_CTX_H
#define CERT_CTX_H

#include <wolfssl/ssl.h>

#include "cert/tls.h"

struct tls_ctx *tls_ctx_hold(struct tls_ctx *ctx);
WOLFSSL_CTX *tls_ctx_client(struct tls_ctx *ctx); /* NULL: there is no CA */
WOLFSSL_CTX *tls_ctx_server(struct tls_ctx *ctx); /* NULL: no certificate */
bool tls_ctx_verifies_clients(const struct tls_ctx *ctx);
enum cert_level tls_ctx_level(const struct tls_ctx *ctx);
enum cert_ocsp tls_ctx_ocsp(const struct tls_ctx *ctx);
const struct trust *tls_ctx_trust(const struct tls_ctx *ctx); /* may be NULL */
unsigned int tls_ctx_handshake_ms(const struct tls_ctx *ctx);

#endif
