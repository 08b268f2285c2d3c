// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The peers behind TLS that scripts/bench sip needs, since Debian's sipp has none:
 *
 *	sip-tls uas ADDRESS PORT DIR      answers calls: 180, 200, 200 to BYE
 *	sip-tls accept ADDRESS PORT DIR   handshakes, then closes: the yardstick
 *	sip-tls connect ADDRESS PORT DIR N FROM   N handshakes as a client
 *
 * DIR has ca.pem and peer.pem, certificate and key; both sides show theirs. Each
 * connection of uas has a thread. Not for the wire: what is wrong ends it.
 */
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define MESSAGE_MAX 65535
#define SUITE	    "AES_CM_128_HMAC_SHA1_80"
#define KEY	    "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj" /* RFC 4568 */

static WOLFSSL_CTX *ctx;
static struct sockaddr_in own;

__attribute__((noreturn)) static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void make_context(WOLFSSL_METHOD *method, const char *dir)
{
	char ca[512], pem[512];

	snprintf(ca, sizeof(ca), "%s/ca.pem", dir);
	snprintf(pem, sizeof(pem), "%s/peer.pem", dir);
	ctx = wolfSSL_CTX_new(method);
	if (!ctx ||
	    wolfSSL_CTX_load_verify_locations(ctx, ca, NULL) != SSL_SUCCESS ||
	    wolfSSL_CTX_use_certificate_chain_file(ctx, pem) != SSL_SUCCESS ||
	    wolfSSL_CTX_use_PrivateKey_file(ctx, pem, SSL_FILETYPE_PEM) !=
		    SSL_SUCCESS)
		die("certificates");
	wolfSSL_CTX_set_verify(
		ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
}

static WOLFSSL *handshake(int fd, int (*how)(WOLFSSL *))
{
	WOLFSSL *ssl = wolfSSL_new(ctx);
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (!ssl || wolfSSL_set_fd(ssl, fd) != SSL_SUCCESS)
		die("TLS");
	if (how(ssl) == SSL_SUCCESS)
		return ssl;
	wolfSSL_free(ssl);
	return NULL;
}

/* The value of a header field, up to @end; NULL: there is none. */
static const char *header(const char *msg, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = strstr(msg, "\r\n"); at;
	     at = strstr(at + 2, "\r\n")) {
		if (!strncasecmp(at + 2, name, len) && at[2 + len] == ':')
			return at + 3 + len;
	}
	return NULL;
}

/* All header fields of that name; with @more at the end of each. */
static size_t copy(char *to, const char *msg, const char *name,
		   const char *more)
{
	size_t len = strlen(name), used = 0;

	for (const char *at = strstr(msg, "\r\n"); at;
	     at = strstr(at + 2, "\r\n")) {
		if (strncasecmp(at + 2, name, len) || at[2 + len] != ':')
			continue;
		used += (size_t)sprintf(to + used, "%.*s%s\r\n",
					(int)strcspn(at + 2, "\r"), at + 2,
					more);
	}
	return used;
}

/* The number of the offered line that has our suite. */
static int suite_tag(const char *body)
{
	for (const char *at = strstr(body, "a=crypto:"); at;
	     at = strstr(at + 1, "a=crypto:")) {
		char *name;
		long tag = strtol(at + strlen("a=crypto:"), &name, 10);

		if (!strncmp(name, " " SUITE " ", strlen(" " SUITE " ")))
			return (int)tag;
	}
	return 1;
}

static size_t write_sdp(char *to, const char *offer)
{
	bool secure = strstr(offer, "RTP/SAVP");
	const char *addr = inet_ntoa(own.sin_addr);
	size_t used;

	used = (size_t)sprintf(to,
			       "v=0\r\no=uas 1 1 IN IP4 %s\r\ns=-\r\n"
			       "c=IN IP4 %s\r\nt=0 0\r\n"
			       "m=audio 6000 RTP/%s 0\r\n",
			       addr, addr, secure ? "SAVP" : "AVP");
	if (secure)
		used += (size_t)sprintf(to + used,
					"a=crypto:%d " SUITE " inline:" KEY
					"\r\n",
					suite_tag(offer));
	return used;
}

static void answer(WOLFSSL *ssl, const char *msg, const char *status, bool sdp)
{
	static _Thread_local char buf[MESSAGE_MAX], body[1024];
	const char *to = header(msg, "To");
	bool tagged = memmem(to, strcspn(to, "\r"), ";tag=", 5);
	size_t n = 0, len = sdp ? write_sdp(body, strstr(msg, "\r\n\r\n")) : 0;

	n += (size_t)sprintf(buf, "SIP/2.0 %s\r\n", status);
	n += copy(buf + n, msg, "Via", "");
	n += copy(buf + n, msg, "Record-Route", "");
	n += copy(buf + n, msg, "From", "");
	n += copy(buf + n, msg, "To", tagged ? "" : ";tag=uas");
	n += copy(buf + n, msg, "Call-ID", "");
	n += copy(buf + n, msg, "CSeq", "");
	n += (size_t)sprintf(buf + n,
			     "Contact: <sip:uas@%s:%d;transport=tls>\r\n%s"
			     "Content-Length: %zu\r\n\r\n",
			     inet_ntoa(own.sin_addr), ntohs(own.sin_port),
			     sdp ? "Content-Type: application/sdp\r\n" : "",
			     len);
	memcpy(buf + n, body, len);
	wolfSSL_write(ssl, buf, (int)(n + len));
}

static void request(WOLFSSL *ssl, const char *msg)
{
	if (!strncmp(msg, "INVITE ", 7)) {
		answer(ssl, msg, "180 Ringing", false);
		answer(ssl, msg, "200 OK", true);
	} else if (strncmp(msg, "ACK ", 4) != 0 &&
		   strncmp(msg, "SIP/2.0 ", 8) != 0) {
		answer(ssl, msg, "200 OK", false);
	}
}

/* Takes the whole messages that are there; what remains goes to the front. */
static size_t take(WOLFSSL *ssl, char *buf, size_t len)
{
	size_t at = 0;

	for (;;) {
		const char *length;
		char *end, next;
		size_t size;

		while (at < len && (buf[at] == '\r' || buf[at] == '\n'))
			at++;
		end = strstr(buf + at, "\r\n\r\n");
		if (!end)
			break;
		length = header(buf + at, "Content-Length");
		size = (size_t)(end + 4 - (buf + at)) +
		       (size_t)(length ? strtol(length, NULL, 10) : 0);
		if (at + size > len)
			break;
		next = buf[at + size];
		buf[at + size] = '\0';
		request(ssl, buf + at);
		at += size;
		buf[at] = next;
	}
	memmove(buf, buf + at, len - at + 1);
	return len - at;
}

static void *serve(void *arg)
{
	char *buf = calloc(1, MESSAGE_MAX + 1);
	int fd = (int)(long)arg;
	WOLFSSL *ssl = handshake(fd, wolfSSL_accept);
	size_t len = 0;
	int n;

	while (ssl && len < MESSAGE_MAX &&
	       (n = wolfSSL_read(ssl, buf + len, (int)(MESSAGE_MAX - len))) >
		       0) {
		len += (size_t)n;
		buf[len] = '\0';
		len = take(ssl, buf, len);
	}
	wolfSSL_free(ssl);
	close(fd);
	free(buf);
	return NULL;
}

static int listen_on(void)
{
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&own, sizeof(own)) || listen(fd, 512))
		die("listen");
	puts("ready");
	fflush(stdout);
	return fd;
}

static void uas(void)
{
	int fd = listen_on();

	for (;;) {
		int conn = accept(fd, NULL, NULL);
		pthread_t thread;

		if (conn < 0 ||
		    pthread_create(&thread, NULL, serve, (void *)(long)conn))
			die("connection");
		pthread_detach(thread);
	}
}

/* What any server must do, and nothing else. */
static void accept_all(void)
{
	int fd = listen_on();

	for (;;) {
		int conn = accept(fd, NULL, NULL);
		WOLFSSL *ssl = conn < 0 ? NULL
					: handshake(conn, wolfSSL_accept);
		char byte;

		if (ssl)
			wolfSSL_read(ssl, &byte, 1);
		wolfSSL_free(ssl);
		close(conn);
	}
}

static int connect_often(int n, const char *from)
{
	struct sockaddr_in local = { .sin_family = AF_INET };
	int good = 0;

	inet_pton(AF_INET, from, &local.sin_addr);
	for (int i = 0; i < n; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		WOLFSSL *ssl;

		if (bind(fd, (struct sockaddr *)&local, sizeof(local)) ||
		    connect(fd, (struct sockaddr *)&own, sizeof(own)))
			die("connect");
		ssl = handshake(fd, wolfSSL_connect);
		/* In TLS 1.3 the server has yet to look at our certificate. */
		good += ssl && wolfSSL_write(ssl, "\r\n", 2) == 2 &&
			wolfSSL_shutdown(ssl) >= 0;
		wolfSSL_free(ssl);
		close(fd);
	}
	printf("%d\n", good);
	return good != n;
}

int main(int argc, char **argv)
{
	bool client = argc == 7 && !strcmp(argv[1], "connect");

	if (argc != 5 && !client) {
		fprintf(stderr,
			"usage: sip-tls uas|accept ADDRESS PORT DIR\n"
			"       sip-tls connect ADDRESS PORT DIR N FROM\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	own.sin_family = AF_INET;
	own.sin_port = htons((uint16_t)strtol(argv[3], NULL, 10));
	if (inet_pton(AF_INET, argv[2], &own.sin_addr) != 1)
		die(argv[2]);
	wolfSSL_Init();
	make_context(client ? wolfTLSv1_3_client_method()
			    : wolfTLSv1_3_server_method(),
		     argv[4]);
	if (client)
		return connect_often((int)strtol(argv[5], NULL, 10), argv[6]);
	if (!strcmp(argv[1], "uas"))
		uas();
	accept_all();
}
