// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/tls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>

#include "base/secret.h"
#include "base/stream-layer.h"
#include "cert/clock.h"
#include "cert/ctx.h"
#include "cert/identity.h"
#include "cert/keylog.h"

#define REASON_MAX   512
#define RECORD_FIRST 20 /* content types of TLS records: RFC 8446, B.1 */
#define RECORD_LAST  23

struct tls {
	struct tls_ctx *ctx;
	WOLFSSL *ssl;
	int fd;
	bool server;
	bool done; /* the handshake */
	bool checked; /* the peer's certificate, by on_verify() */
	bool heard; /* at least one byte from the peer */
	bool keylog; /* its keys go to the key log */
	bool not_tls; /* and it was not the first of a TLS record */
	int sys_err; /* of the socket */
	char peer_name[256];
	char srv_host[256];
	char why[REASON_MAX];
};

static int on_recv(WOLFSSL *ssl, char *buf, int n, void *arg)
{
	struct tls *t = arg;
	ssize_t r = recv(t->fd, buf, n, 0);

	if (r < 0) {
		if (errno == EAGAIN || errno == EINTR)
			return WOLFSSL_CBIO_ERR_WANT_READ;
		t->sys_err = errno;
		return WOLFSSL_CBIO_ERR_GENERAL;
	}
	if (!r)
		return WOLFSSL_CBIO_ERR_CONN_CLOSE;
	if (!t->heard)
		t->not_tls = (uint8_t)buf[0] < RECORD_FIRST ||
			     (uint8_t)buf[0] > RECORD_LAST;
	t->heard = true;
	return r;
}

static int on_send(WOLFSSL *ssl, char *buf, int n, void *arg)
{
	struct tls *t = arg;
	ssize_t r = send(t->fd, buf, n, MSG_NOSIGNAL);

	if (r >= 0)
		return r;
	if (errno == EAGAIN || errno == EINTR)
		return WOLFSSL_CBIO_ERR_WANT_WRITE;
	t->sys_err = errno;
	return errno == EPIPE ? WOLFSSL_CBIO_ERR_CONN_CLOSE
			      : WOLFSSL_CBIO_ERR_GENERAL;
}

/* What TLS has brought by now. */
struct brought {
	struct cert_der chain[CERT_CHAIN_MAX];
	size_t n;
	enum cert_ocsp ocsp; /* is the staple to be looked at yet? */
	struct cert_der staple;
};

/* Our verdict on it; @t->why says what is wrong. */
static bool judge(struct tls *t, const struct brought *b)
{
	const struct cert_expect want = {
		.level = tls_ctx_level(t->ctx),
		.ocsp = b->ocsp,
		.staple = b->staple,
		.client = t->server,
		.name = t->peer_name[0] ? t->peer_name : NULL,
		.srv_host = t->srv_host[0] ? t->srv_host : NULL,
		.now = time(NULL),
	};

	return clock_is_usable(want.now, t->why, sizeof(t->why)) &&
	       cert_validate(tls_ctx_trust(t->ctx), b->chain, b->n, &want,
			     t->why, sizeof(t->why));
}

/*
 * wolfSSL calls this for each certificate of the chain, the peer's own last. The
 * result is the verdict: a 1 would forgive. Both must find it good: wolfSSL
 * keeps the CAs that a peer sent, and trusts them, whatever becomes of them, in
 * later connections; and it doesn't look at all that RFC 5280 says.
 */
static int on_verify(int ok, WOLFSSL_X509_STORE_CTX *store)
{
	struct tls *t = store->userCtx;
	struct brought b = { 0 };

	while ((int)b.n < store->totalCerts && b.n < CERT_CHAIN_MAX) {
		const WOLFSSL_BUFFER_INFO *cert = &store->certs[b.n];

		b.chain[b.n++] =
			(struct cert_der){ cert->buffer, cert->length };
	}
	if (t->why[0] || (ok && !store->error && store->error_depth > 0))
		return !t->why[0];
	if (!judge(t, &b))
		return 0;
	if (!ok || store->error) {
		snprintf(t->why, sizeof(t->why),
			 "peer's certificate, or one that came with it, is "
			 "refused by the TLS library: %s",
			 wolfSSL_X509_verify_cert_error_string(store->error));
		return 0;
	}
	t->checked = true;
	return 1;
}

/* The peer's chain, once more; false: there is none, or too much of it. */
static bool get_chain(const struct tls *t, struct brought *b)
{
	WOLFSSL_X509_CHAIN *sent = wolfSSL_get_peer_chain(t->ssl);
	int n = sent ? wolfSSL_get_chain_count(sent) : 0;

	if (n <= 0 || n > CERT_CHAIN_MAX)
		return false;
	for (int i = 0; i < n; i++)
		b->chain[i] = (struct cert_der){
			wolfSSL_get_chain_cert(sent, i),
			(size_t)wolfSSL_get_chain_length(sent, i)
		};
	b->n = (size_t)n;
	return true;
}

/*
 * A certificate that wolfSSL can't use at all never gets to on_verify(). Returns
 * false when there is none, or nothing is wrong with it.
 */
static bool explain_chain(struct tls *t)
{
	struct brought b = { 0 };

	if (t->done || tls_ctx_level(t->ctx) == CERT_LEVEL_NONE ||
	    !get_chain(t, &b))
		return false;
	return !judge(t, &b);
}

/*
 * The OCSP response that came with the certificate. In TLS 1.2 it comes after
 * on_verify(), so all is judged again.
 */
static bool staple_ok(struct tls *t)
{
	struct brought b = { .ocsp = tls_ctx_ocsp(t->ctx) };
	unsigned char *staple = NULL;
	long len;

	if (t->server || b.ocsp == CERT_OCSP_OFF)
		return true;
	len = wolfSSL_get_tlsext_status_ocsp_resp(t->ssl, &staple);
	if (staple)
		b.staple = (struct cert_der){ staple, (size_t)len };
	if (get_chain(t, &b))
		return judge(t, &b);
	snprintf(t->why, sizeof(t->why),
		 "peer sent too many certificates for OCSP");
	return false;
}

/* Alerts by which a peer refuses our certificate: RFC 8446, 6.2. */
static const char *certificate_alert(int code)
{
	switch (code) {
	case 42:
		return "bad certificate";
	case 43:
		return "unsupported certificate";
	case 44:
		return "certificate revoked";
	case 45:
		return "certificate expired";
	case 46:
		return "certificate unknown";
	case 48:
		return "unknown CA";
	case 49:
		return "access denied";
	case 116:
		return "certificate required";
	default:
		return NULL;
	}
}

/* Returns false when the peer has sent no fatal alert. */
static bool explain_alert(struct tls *t)
{
	WOLFSSL_ALERT_HISTORY h;
	const char *name;

	if (wolfSSL_get_alert_history(t->ssl, &h) != WOLFSSL_SUCCESS ||
	    h.last_rx.level != alert_fatal)
		return false;
	name = certificate_alert(h.last_rx.code);
	if (name)
		snprintf(t->why, sizeof(t->why),
			 "peer rejected our certificate: %s (TLS alert %d)",
			 name, h.last_rx.code);
	else
		snprintf(t->why, sizeof(t->why),
			 "peer ended TLS: %s (TLS alert %d)",
			 wolfSSL_alert_desc_string_long(h.last_rx.code),
			 h.last_rx.code);
	return true;
}

static void explain(struct tls *t, int err)
{
	const char *phase = t->done ? "" : " during the TLS handshake";
	char text[WOLFSSL_MAX_ERROR_SZ];

	if (t->why[0] || explain_alert(t) || explain_chain(t))
		return;
	if (t->not_tls)
		snprintf(t->why, sizeof(t->why), "peer doesn't speak TLS");
	else if (t->sys_err)
		snprintf(t->why, sizeof(t->why), "%s%s", strerror(t->sys_err),
			 phase);
	else if (err == SOCKET_PEER_CLOSED_E || err == SOCKET_ERROR_E)
		snprintf(t->why, sizeof(t->why), "closed by peer%s",
			 t->done ? " without TLS close_notify" : phase);
	else if (err == NO_PEER_CERT)
		snprintf(t->why, sizeof(t->why), "peer sent no certificate");
	else
		snprintf(t->why, sizeof(t->why), "TLS: %s",
			 wolfSSL_ERR_error_string(err, text));
}

/* What a failed wolfSSL call means for the stream. */
static int result(struct tls *t, int r)
{
	int err = wolfSSL_get_error(t->ssl, r);

	wolfSSL_ERR_clear_error();
	switch (err) {
	case WOLFSSL_ERROR_WANT_READ:
		return -EAGAIN;
	case WOLFSSL_ERROR_WANT_WRITE:
		return -EINPROGRESS;
	case WOLFSSL_ERROR_ZERO_RETURN:
		if (t->done)
			return 0;
		break;
	}
	explain(t, err);
	return -EPROTO;
}

static void add_hex(char *out, size_t size, const uint8_t *p, unsigned int n)
{
	size_t len = strlen(out);

	for (unsigned int i = 0; i < n && len + 3 < size; i++)
		len += (size_t)snprintf(out + len, size - len, "%02x", p[i]);
}

/* wolfSSL calls on_keys() for TLS 1.3, and by clients; this is for the rest. */
static void log_keys(struct tls *t)
{
	unsigned char *secret, *server, *client;
	unsigned int secret_len, server_len, client_len;
	char line[256] = "CLIENT_RANDOM ";

	if (!t->keylog || !t->server ||
	    wolfSSL_version(t->ssl) >= TLS1_3_VERSION ||
	    wolfSSL_get_keys(t->ssl, &secret, &secret_len, &server, &server_len,
			     &client, &client_len) != WOLFSSL_SUCCESS)
		return;
	add_hex(line, sizeof(line), client, client_len);
	strcat(line, " ");
	add_hex(line, sizeof(line), secret, secret_len);
	keylog_write(line);
	secret_wipe(line, sizeof(line));
}

static void tls_attach(void *state, int fd)
{
	struct tls *t = state;

	t->fd = fd;
}

static bool certificate_needed(const struct tls *t)
{
	return tls_ctx_level(t->ctx) != CERT_LEVEL_NONE &&
	       (!t->server || tls_ctx_verifies_clients(t->ctx));
}

static int tls_handshake(void *state)
{
	struct tls *t = state;
	int r = t->server ? wolfSSL_accept(t->ssl) : wolfSSL_connect(t->ssl);

	if (r != WOLFSSL_SUCCESS) {
		r = result(t, r);
		return r ? r : -EPROTO;
	}
	/* Whatever wolfSSL thinks: without our own check nobody gets in. */
	if (certificate_needed(t) && !t->checked) {
		snprintf(t->why, sizeof(t->why), "peer sent no certificate");
		return -EPROTO;
	}
	if (!staple_ok(t))
		return -EPROTO;
	t->done = true;
	log_keys(t);
	return 0;
}

/* wolfSSL reads a record at a time from the socket, and all of it is taken. */
static ssize_t tls_read(void *state, void *p, size_t n)
{
	struct tls *t = state;
	int r = wolfSSL_read(t->ssl, p, n);

	return r > 0 ? r : result(t, r);
}

static ssize_t tls_write(void *state, const void *p, size_t n)
{
	struct tls *t = state;
	int r = wolfSSL_write(t->ssl, p, n);

	if (r > 0)
		return r;
	r = result(t, r);
	return r ? r : -EPIPE;
}

static const char *tls_reason(void *state)
{
	struct tls *t = state;

	return t->why[0] ? t->why : "TLS failed";
}

static void tls_shutdown(void *state)
{
	struct tls *t = state;

	if (t->done && !t->sys_err)
		wolfSSL_shutdown(t->ssl);
}

/* wolfSSL has it, but doesn't free it. */
static void free_staple(struct tls *t)
{
	unsigned char *staple = NULL;

	wolfSSL_get_tlsext_status_ocsp_resp(t->ssl, &staple);
	wolfSSL_set_tlsext_status_ocsp_resp(t->ssl, NULL, 0);
	XFREE(staple, NULL, DYNAMIC_TYPE_OPENSSL);
}

static void tls_free(void *state)
{
	struct tls *t = state;

	free_staple(t);
	wolfSSL_free(t->ssl);
	wolfSSL_ERR_clear_error();
	tls_ctx_free(t->ctx);
	free(t);
}

static const struct stream_layer tls_layer = {
	.attach = tls_attach,
	.handshake = tls_handshake,
	.read = tls_read,
	.write = tls_write,
	.reason = tls_reason,
	.shutdown = tls_shutdown,
	.free = tls_free,
};

#ifdef HAVE_SECRET_CALLBACK
static void on_keys(const WOLFSSL *ssl, const char *line)
{
	keylog_write(line);
}
#endif

static struct tls *tls_new(struct tls_ctx *ctx, WOLFSSL_CTX *side, bool server,
			   const char *peer_name, const char *srv_host)
{
	struct tls *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->keylog = keylog_seconds() > 0;
#ifdef HAVE_SECRET_CALLBACK
	/* At other times it doesn't even put the keys together. */
	wolfSSL_CTX_set_keylog_callback(side, t->keylog ? on_keys : NULL);
#endif
	t->ssl = wolfSSL_new(side);
	if (!t->ssl) {
		free(t);
		return NULL;
	}
	t->fd = -1;
	t->server = server;
	t->ctx = tls_ctx_hold(ctx);
	if (peer_name)
		snprintf(t->peer_name, sizeof(t->peer_name), "%s", peer_name);
	if (srv_host)
		snprintf(t->srv_host, sizeof(t->srv_host), "%s", srv_host);
	wolfSSL_SSLSetIORecv(t->ssl, on_recv);
	wolfSSL_SSLSetIOSend(t->ssl, on_send);
	wolfSSL_SetIOReadCtx(t->ssl, t);
	wolfSSL_SetIOWriteCtx(t->ssl, t);
	wolfSSL_SetCertCbCtx(t->ssl, t);
	if (!server && tls_ctx_ocsp(ctx) != CERT_OCSP_OFF)
		wolfSSL_UseOCSPStapling(t->ssl, WOLFSSL_CSR_OCSP, 0);
	if (certificate_needed(t))
		wolfSSL_set_verify(t->ssl,
				   WOLFSSL_VERIFY_PEER |
					   WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT,
				   on_verify);
	return t;
}

static bool bad_name(const char *name)
{
	return name &&
	       (!*name || strlen(name) >= sizeof(((struct tls *)0)->peer_name));
}

int tls_connect(struct tls_ctx *ctx, const struct sockaddr_in *local,
		const struct sockaddr_in *peer, const char *peer_name,
		const char *srv_host, const struct stream_ops *ops, void *arg,
		struct stream **ret)
{
	WOLFSSL_CTX *side = tls_ctx_client(ctx);
	struct tls *t;
	int err;

	if (!side)
		return -ENOKEY;
	if (!peer_name || bad_name(peer_name))
		return -EINVAL;
	t = tls_new(ctx, side, false, peer_name, srv_host);
	if (!t)
		return -ENOMEM;
	/* RFC 6066, 3: never an address. */
	if (!identity_is_address(peer_name))
		wolfSSL_UseSNI(t->ssl, WOLFSSL_SNI_HOST_NAME, peer_name,
			       strlen(peer_name));
	err = stream_connect(local, peer, &tls_layer, t,
			     tls_ctx_handshake_ms(ctx), ops, arg, ret);
	if (err)
		tls_free(t);
	return err;
}

int tls_accept(struct tls_ctx *ctx, int fd, const char *peer_name,
	       const char *srv_host, const struct stream_ops *ops, void *arg,
	       struct stream **ret)
{
	WOLFSSL_CTX *side = tls_ctx_server(ctx);
	struct tls *t = NULL;
	int err;

	if (!side)
		err = -ENOKEY;
	else if (bad_name(peer_name) ||
		 (peer_name && !tls_ctx_verifies_clients(ctx)))
		err = -EINVAL;
	else
		err = (t = tls_new(ctx, side, true, peer_name, srv_host))
			      ? 0
			      : -ENOMEM;
	if (err) {
		close(fd);
		return err;
	}
	err = stream_accept(fd, &tls_layer, t, tls_ctx_handshake_ms(ctx), ops,
			    arg, ret);
	if (err)
		tls_free(t);
	return err;
}
