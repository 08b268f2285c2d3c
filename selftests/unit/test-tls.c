// SPDX-License-Identifier: GPL-2.0-or-later
/* TLS streams against themselves, plain sockets and OpenSSL, on loopback. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/loop.h"
#include "cert/tls.h"
#include "stream-end.h"

static char dir[] = "/tmp/test-tls-XXXXXX";

struct pair {
	int listener;
	struct sockaddr_in addr;
	struct tls_ctx *client_ctx, *server_ctx;
	struct end client, server;
	pid_t peer; /* an openssl */
};

/* Paths of the test's files; eight of them live at a time. */
static const char *path(const char *name)
{
	static char buf[8][128];
	static unsigned int i;
	char *p = buf[i++ % 8];

	snprintf(p, sizeof(buf[0]), "%s/%s", dir, name);
	return p;
}

static int make_certs(void **state)
{
	char cmd[512];

	assert_non_null(mkdtemp(dir));
	snprintf(cmd, sizeof(cmd), "%s %s", MAKE_CERTS, dir);
	return system(cmd);
}

static int remove_certs(void **state)
{
	char cmd[64];

	snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
	return system(cmd);
}

static int setup(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));

	assert_int_equal(loop_init(), 0);
	p->listener = listen_here(&p->addr);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct pair *p = *state;

	if (p->peer) {
		kill(p->peer, SIGKILL);
		waitpid(p->peer, NULL, 0);
	}
	end_reset(&p->client);
	end_reset(&p->server);
	tls_ctx_free(p->client_ctx);
	tls_ctx_free(p->server_ctx);
	close(p->listener);
	loop_exit();
	free(p);
	return 0;
}

/* @cert: "ip" stands for ip.pem and ip.key; either may be NULL. */
static struct tls_ctx *context(const char *cert, const char *ca, bool verify)
{
	struct tls_settings set = {
		.verify_client = verify,
		.handshake_ms = 1500,
	};
	struct tls_ctx *ctx = NULL;
	char name[64], err[512] = "";

	if (cert) {
		snprintf(name, sizeof(name), "%s.pem", cert);
		set.certificate_file = path(name);
		snprintf(name, sizeof(name), "%s.key", cert);
		set.private_key_file = path(name);
	}
	if (ca)
		set.ca_file = path(ca);
	if (tls_ctx_new(&set, &ctx, err, sizeof(err)))
		fail_msg("%s", err);
	return ctx;
}

static void start(struct pair *p, const char *server_name,
		  const char *client_name)
{
	assert_int_equal(tls_connect(p->client_ctx, NULL, &p->addr, server_name,
				     NULL, &end_ops, &p->client, &p->client.s),
			 0);
	assert_int_equal(tls_accept(p->server_ctx, accept_one(p->listener),
				    client_name, NULL, &end_ops, &p->server,
				    &p->server.s),
			 0);
}

static void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}

static void test_mutual(void **state)
{
	struct pair *p = *state;

	p->server_ctx = context("ip", "ca.pem", true);
	p->client_ctx = context("client", "ca.pem", false);
	p->server.echo = true;
	start(p, "127.0.0.1", "phone.example.net");
	/* Connections live on without the contexts. */
	tls_ctx_free(p->server_ctx);
	tls_ctx_free(p->client_ctx);
	p->server_ctx = NULL;
	p->client_ctx = NULL;
	run_ready(&p->client);
	run_ready(&p->server);
	assert_int_equal(stream_write(p->client.s, "hello", 5), 0);
	run_len(&p->client, 5);
	assert_memory_equal(p->client.data, "hello", 5);
	end_reset(&p->client);
	run_closed(&p->server);
	assert_string_equal(p->server.reason, "closed by peer");
}

static void test_large(void **state)
{
	struct pair *p = *state;
	const size_t n = STREAM_OUT_MAX;
	uint8_t *bytes = malloc(n);
	size_t i;

	for (i = 0; i < n; i++)
		bytes[i] = i * 2654435761U >> 24;
	p->server_ctx = context("rsa", NULL, false);
	p->client_ctx = context(NULL, "ca.pem", false);
	start(p, "127.0.0.1", NULL);
	run_ready(&p->client);
	run_ready(&p->server);
	/* Both ways at once. */
	for (i = 0; i < 8; i++) {
		assert_int_equal(stream_write(p->client.s, bytes, n), 0);
		assert_int_equal(stream_write(p->server.s, bytes, n), 0);
		run_len(&p->server, (i + 1) * n);
		run_len(&p->client, (i + 1) * n);
		assert_memory_equal(p->server.data + i * n, bytes, n);
		assert_memory_equal(p->client.data + i * n, bytes, n);
	}
	free(bytes);
}

static const struct verdict {
	const char *cert, *ca, *name;
	const char *reason; /* NULL: accepted */
} servers[] = {
	{ "ip", "ca.pem", "127.0.0.1", NULL },
	{ "ip", "both-ca.pem", "127.0.0.1", NULL },
	{ "rsa", "ca.pem", "127.0.0.1", NULL },
	{ "chain", "ca.pem", "127.0.0.1", NULL },
	{ "selfsigned", "selfsigned.pem", "127.0.0.1", NULL },
	{ "dns", "ca.pem", "gate.example.net", NULL },
	{ "dns", "ca.pem", "GATE.EXAMPLE.NET", NULL },
	{ "dns", "ca.pem", "alt.example.net", NULL },
	{ "cnonly", "ca.pem", "gate.example.net", NULL },
	{ "evil", "ca.pem", "127.0.0.1",
	  "certificate \"CN=evil\" is not signed by a CA in /tmp/test-tls-" },
	{ "alike", "ca.pem", "127.0.0.1",
	  "certificate \"CN=alike\" is not signed by a CA in " },
	{ "selfsigned", "ca.pem", "127.0.0.1",
	  "certificate \"CN=selfsigned\" is self-signed and not in " },
	{ "deep", "ca.pem", "127.0.0.1",
	  "certificate \"CN=deep\" is not signed by a CA in " },
	{ "fakechain", "ca.pem", "127.0.0.1", "certificate \"CN=" },
	{ "expired", "ca.pem", "127.0.0.1",
	  "certificate \"CN=expired\" expired on 2020-02-01 00:00:00 UTC" },
	{ "early", "ca.pem", "127.0.0.1",
	  "certificate \"CN=early\" is not valid before "
	  "2070-01-01 00:00:00 UTC" },
	{ "otherip", "ca.pem", "127.0.0.1",
	  "certificate \"CN=otherip\" is for 10.0.0.9, not for 127.0.0.1" },
	{ "dns", "ca.pem", "127.0.0.1",
	  "certificate \"CN=dns\" is for Gate.Example.net, alt.example.net, "
	  "not for 127.0.0.1" },
	{ "dns", "ca.pem", "example.net", "not for example.net" },
	{ "dns", "ca.pem", "xgate.example.net", "not for xgate.example.net" },
	{ "wildcard", "ca.pem", "gate.example.net",
	  "certificate \"CN=wildcard\" is for *.example.net, not for " },
	{ "sanwins", "ca.pem", "gate.example.net",
	  "is for other.example.net, not for gate.example.net" },
	{ "sanip", "ca.pem", "gate.example.net", "is for 10.0.0.9, not for " },
	{ "uri", "ca.pem", "gate.example.net", NULL },
	{ "uri", "ca.pem", "example.net",
	  "is for sip:gate.example.net, not for example.net" },
	{ "longer", "ca.pem", "gate.example.net",
	  "is for gate.example.net.evil.org, not for gate.example.net" },
	{ "nul", "ca.pem", "gate.example.net", "not for gate.example.net" },
	{ "dnsbytes", "ca.pem", "127.0.0.1", "not for 127.0.0.1" },
	/* An address is matched by a SAN of type address only. */
	{ "dnsip", "ca.pem", "127.0.0.1", "is for 127.0.0.1, not for" },
};

static void test_server_certificates(void **state)
{
	struct pair *p = *state;
	size_t i;

	for (i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
		const struct verdict *v = &servers[i];

		print_message("# %s as %s\n", v->cert, v->name);
		p->server_ctx = context(v->cert, NULL, false);
		p->client_ctx = context(NULL, v->ca, false);
		start(p, v->name, NULL);
		if (v->reason) {
			run_closed(&p->client);
			assert_int_equal(p->client.ready, 0);
			assert_contains(p->client.reason, v->reason);
			run_closed(&p->server);
			assert_contains(p->server.reason,
					"peer rejected our certificate: ");
		} else {
			run_ready(&p->client);
			run_ready(&p->server);
		}
		end_reset(&p->client);
		end_reset(&p->server);
		tls_ctx_free(p->client_ctx);
		tls_ctx_free(p->server_ctx);
		p->client_ctx = NULL;
		p->server_ctx = NULL;
	}
}

static const struct verdict clients[] = {
	{ "client", "ca.pem", NULL, NULL },
	{ "client", "ca.pem", "phone.example.net", NULL },
	{ "ip", "ca.pem", "127.0.0.1", NULL },
	{ NULL, "ca.pem", NULL, "peer sent no certificate" },
	{ "evil", "ca.pem", NULL, "\"CN=evil\" is not signed by a CA in " },
	{ "selfsigned", "ca.pem", NULL, "\"CN=selfsigned\" is self-signed" },
	{ "expired", "ca.pem", NULL, "\"CN=expired\" expired on 2020-02-01" },
	{ "client", "ca.pem", "other.example.net",
	  "\"CN=client\" is for phone.example.net, not for other.example.net" },
};

static void test_client_certificates(void **state)
{
	struct pair *p = *state;
	size_t i;

	for (i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) {
		const struct verdict *v = &clients[i];

		print_message("# %s as %s\n", v->cert ? v->cert : "none",
			      v->name ? v->name : "anybody");
		p->server_ctx = context("ip", v->ca, true);
		p->client_ctx = context(v->cert, "ca.pem", false);
		/* Bytes that the server won't read must not cost its alert. */
		p->client.hello = "INVITE";
		start(p, "127.0.0.1", v->name);
		if (v->reason) {
			run_closed(&p->server);
			assert_int_equal(p->server.ready, 0);
			assert_contains(p->server.reason, v->reason);
			/* TLS 1.3: after our side had thought it was ready. */
			run_closed(&p->client);
			assert_contains(p->client.reason,
					"peer rejected our certificate: ");
		} else {
			run_ready(&p->server);
			run_ready(&p->client);
		}
		end_reset(&p->client);
		end_reset(&p->server);
		tls_ctx_free(p->client_ctx);
		tls_ctx_free(p->server_ctx);
		p->client_ctx = NULL;
		p->server_ctx = NULL;
	}
}

static void test_free_in_callbacks(void **state)
{
	struct pair *p = *state;

	p->server_ctx = context("ip", NULL, false);
	p->client_ctx = context(NULL, "ca.pem", false);
	p->client.free_in_ready = true;
	start(p, "127.0.0.1", NULL);
	run_closed(&p->server);
	end_reset(&p->client);
	end_reset(&p->server);

	p->client.free_in_data = true;
	start(p, "127.0.0.1", NULL);
	run_ready(&p->server);
	assert_int_equal(stream_write(p->server.s, "ab", 2), 0);
	run_closed(&p->server);
	assert_null(p->client.s);
	end_reset(&p->client);
	end_reset(&p->server);

	/* In the middle of a handshake, outside of a callback. */
	start(p, "127.0.0.1", NULL);
	end_reset(&p->client);
	run_closed(&p->server);
	assert_string_equal(p->server.reason,
			    "closed by peer during the TLS handshake");
}

static void test_plain_client(void **state)
{
	static const char invite[] = "OPTIONS sip:x SIP/2.0\r\n\r\n";
	struct pair *p = *state;
	int fd;

	p->server_ctx = context("ip", NULL, false);
	fd = connect_plain(&p->addr);
	assert_int_equal(tls_accept(p->server_ctx, accept_one(p->listener),
				    NULL, NULL, &end_ops, &p->server,
				    &p->server.s),
			 0);
	assert_int_equal(send(fd, invite, sizeof(invite), 0), sizeof(invite));
	run_closed(&p->server);
	assert_int_equal(p->server.ready, 0);
	assert_string_equal(p->server.reason, "peer doesn't speak TLS");
	close(fd);
}

/* A handshake record of which the rest never comes. */
static void test_stall(void **state)
{
	static const uint8_t begin[] = { 22, 3, 1, 2, 0, 1 };
	struct pair *p = *state;
	int fd;

	p->server_ctx = context("ip", NULL, false);
	fd = connect_plain(&p->addr);
	assert_int_equal(tls_accept(p->server_ctx, accept_one(p->listener),
				    NULL, NULL, &end_ops, &p->server,
				    &p->server.s),
			 0);
	assert_int_equal(send(fd, begin, sizeof(begin), 0), sizeof(begin));
	/* The time to connect would be 10 s. */
	run_closed_within(&p->server, 8000);
	assert_string_equal(p->server.reason,
			    "handshake not finished within 1.5 s");
	close(fd);
}

static void test_close_in_handshake(void **state)
{
	static const uint8_t begin[] = { 22, 3, 1, 2, 0, 1 };
	struct pair *p = *state;
	int fd;

	p->server_ctx = context("ip", NULL, false);
	fd = connect_plain(&p->addr);
	assert_int_equal(tls_accept(p->server_ctx, accept_one(p->listener),
				    NULL, NULL, &end_ops, &p->server,
				    &p->server.s),
			 0);
	assert_int_equal(send(fd, begin, sizeof(begin), 0), sizeof(begin));
	close(fd);
	run_closed(&p->server);
	assert_string_equal(p->server.reason,
			    "closed by peer during the TLS handshake");
}

/* A server that turns out to be no TLS server. */
static void test_plain_server(void **state)
{
	struct pair *p = *state;
	int fd;

	p->client_ctx = context(NULL, "ca.pem", false);
	assert_int_equal(tls_connect(p->client_ctx, NULL, &p->addr, "127.0.0.1",
				     NULL, &end_ops, &p->client, &p->client.s),
			 0);
	fd = accept_one(p->listener);
	assert_int_equal(send(fd, "SIP/2.0 400 Bad\r\n", 17, 0), 17);
	run_closed(&p->client);
	assert_string_equal(p->client.reason, "peer doesn't speak TLS");
	close(fd);
}

static void test_refused(void **state)
{
	struct pair *p = *state;

	p->client_ctx = context(NULL, "ca.pem", false);
	close(p->listener);
	p->listener = -1;
	assert_int_equal(tls_connect(p->client_ctx, NULL, &p->addr, "127.0.0.1",
				     NULL, &end_ops, &p->client, &p->client.s),
			 0);
	run_closed(&p->client);
	assert_string_equal(p->client.reason, "Connection refused");
}

static const struct {
	const char *cert, *key, *ca;
	bool verify;
	const char *err; /* the beginning may be followed by the directory */
} bad_settings[] = {
	{ "ip.pem", "rsa.key", NULL, false, "doesn't belong to the cert" },
	{ "ip.pem", "client.key", NULL, false, "doesn't belong to the cert" },
	{ "ip.pem", "open.key", NULL, false, "(mode 0640): chmod 600 it" },
	{ "ip.pem", "no.key", NULL, false, "No such file or directory" },
	{ "ip.pem", "locked.key", NULL, false, "no usable private key in" },
	{ "ip.pem", "junk.pem", NULL, false, "no usable private key in" },
	{ "ip.pem", "empty.pem", NULL, false, "empty" },
	{ "ip.pem", NULL, NULL, false, "no usable private key in" },
	{ "no.pem", "ip.key", NULL, false, "can't read certificate file" },
	{ "junk.pem", "ip.key", NULL, false, "no usable certificate in" },
	{ "weak.pem", "weak.key", NULL, false, "RSA key too small" },
	{ "", "ip.key", NULL, false, "not a regular file" },
	{ NULL, "ip.key", "ca.pem", false, "needs a certificate file" },
	{ NULL, NULL, "no.pem", false, "can't read CA file" },
	{ NULL, NULL, "junk.pem", false, "no usable CA certificate in" },
	{ "ip.pem", "ip.key", NULL, true, "set a CA file" },
	{ NULL, NULL, NULL, false, "a certificate file or a CA file" },
};

static void test_bad_settings(void **state)
{
	struct tls_ctx *ctx = NULL;
	char err[512];
	size_t i;

	for (i = 0; i < sizeof(bad_settings) / sizeof(bad_settings[0]); i++) {
		const char *cert = bad_settings[i].cert;
		const char *key = bad_settings[i].key;
		const char *ca = bad_settings[i].ca;
		struct tls_settings set = {
			.certificate_file = cert ? path(cert) : NULL,
			.private_key_file = key ? path(key) : NULL,
			.ca_file = ca ? path(ca) : NULL,
			.verify_client = bad_settings[i].verify,
		};

		if (!tls_ctx_new(&set, &ctx, err, sizeof(err)))
			fail_msg("accepted: line %zu of the table", i);
		assert_null(ctx);
		assert_contains(err, bad_settings[i].err);
	}
}

static void test_key_in_certificate_file(void **state)
{
	struct tls_settings set = { .certificate_file = path("ip-both.pem") };
	struct tls_ctx *ctx = NULL;
	char err[512];

	assert_int_equal(tls_ctx_new(&set, &ctx, err, sizeof(err)), 0);
	tls_ctx_free(ctx);
	assert_int_equal(chmod(set.certificate_file, 0644), 0);
	assert_int_equal(tls_ctx_new(&set, &ctx, err, sizeof(err)), -EPERM);
	assert_contains(err, "(mode 0644)");
}

static void test_wrong_use(void **state)
{
	struct pair *p = *state;
	struct tls_ctx *no_ca = context("ip", NULL, false);
	struct tls_ctx *no_cert = context(NULL, "ca.pem", false);
	int fd = connect_plain(&p->addr);

	assert_int_equal(tls_connect(no_ca, NULL, &p->addr, "127.0.0.1", NULL,
				     &end_ops, &p->client, &p->client.s),
			 -ENOKEY);
	assert_int_equal(tls_connect(no_cert, NULL, &p->addr, NULL, NULL,
				     &end_ops, &p->client, &p->client.s),
			 -EINVAL);
	assert_int_equal(tls_connect(no_cert, NULL, &p->addr, "", NULL,
				     &end_ops, &p->client, &p->client.s),
			 -EINVAL);
	assert_int_equal(tls_accept(no_cert, fd, NULL, NULL, &end_ops,
				    &p->server, &p->server.s),
			 -ENOKEY);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	/* A name is wanted, but nobody asks for the certificate. */
	fd = connect_plain(&p->addr);
	assert_int_equal(tls_accept(no_ca, fd, "phone.example.net", NULL,
				    &end_ops, &p->server, &p->server.s),
			 -EINVAL);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	tls_ctx_free(no_ca);
	tls_ctx_free(no_cert);
}

static void test_features(void **state)
{
	assert_int_equal(strncmp(tls_features(), "wolfSSL ", 8), 0);
	print_message("# %s\n", tls_features());
}

/* Run openssl with its standard input and output on the returned socket. */
static int spawn(struct pair *p, const char *const *argv)
{
	int sv[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), 0);
	p->peer = fork();
	assert_true(p->peer >= 0);
	if (!p->peer) {
		dup2(sv[1], 0);
		dup2(sv[1], 1);
		dup2(sv[1], 2);
		close(sv[0]);
		close(sv[1]);
		execvp("openssl", (char *const *)argv);
		_exit(127);
	}
	close(sv[1]);
	fcntl(sv[0], F_SETFD, FD_CLOEXEC);
	return sv[0];
}

/* Read what openssl prints until @text comes; blocks. */
static void wait_output(int fd, const char *text)
{
	char buf[16384];
	size_t n = 0;
	ssize_t r;

	do {
		assert_true(n < sizeof(buf) - 1);
		r = read(fd, buf + n, sizeof(buf) - 1 - n);
		if (r <= 0)
			fail_msg("openssl ended: %.*s", (int)n, buf);
		n += r;
		buf[n] = '\0';
	} while (!strstr(buf, text));
}

static void openssl_client(struct pair *p, const char *version,
			   const char *cert)
{
	char to[32];
	const char *argv[] = {
		"openssl",
		"s_client",
		"-quiet",
		"-connect",
		to,
		"-CAfile",
		path("ca.pem"),
		"-verify_return_error",
		"-verify_ip",
		"127.0.0.1",
		version,
		cert ? "-cert" : NULL,
		cert ? path(cert) : NULL,
		NULL,
	};
	int fd;

	snprintf(to, sizeof(to), "127.0.0.1:%u", ntohs(p->addr.sin_port));
	fd = spawn(p, argv);
	assert_int_equal(tls_accept(p->server_ctx, accept_one(p->listener),
				    NULL, NULL, &end_ops, &p->server,
				    &p->server.s),
			 0);
	if (cert) {
		run_ready(&p->server);
		assert_int_equal(write(fd, "hello\n", 6), 6);
		run_len(&p->server, 6);
		assert_int_equal(stream_write(p->server.s, "world\n", 6), 0);
		run_ms(10);
		wait_output(fd, "world\n");
		kill(p->peer, SIGKILL);
		run_closed(&p->server);
		assert_contains(p->server.reason, "closed by peer");
	} else {
		run_closed(&p->server);
		assert_int_equal(p->server.ready, 0);
		assert_string_equal(p->server.reason,
				    "peer sent no certificate");
		kill(p->peer, SIGKILL);
	}
	waitpid(p->peer, NULL, 0);
	p->peer = 0;
	close(fd);
	end_reset(&p->server);
}

static void test_openssl_client(void **state)
{
	struct pair *p = *state;

	p->server_ctx = context("ip", "ca.pem", true);
	openssl_client(p, "-tls1_3", "client-both.pem");
	openssl_client(p, "-tls1_2", "client-both.pem");
	openssl_client(p, "-tls1_3", NULL);
	openssl_client(p, "-tls1_2", NULL);
}

/* TLS 1.1 is refused even by a peer that would still do it. */
static void test_openssl_old(void **state)
{
	struct pair *p = *state;
	char to[32];
	const char *argv[] = {
		"openssl", "s_client", "-quiet",	  "-connect", to,
		"-tls1_1", "-cipher",  "ALL:@SECLEVEL=0", NULL
	};
	int fd;

	p->server_ctx = context("ip", NULL, false);
	snprintf(to, sizeof(to), "127.0.0.1:%u", ntohs(p->addr.sin_port));
	fd = spawn(p, argv);
	assert_int_equal(tls_accept(p->server_ctx, accept_one(p->listener),
				    NULL, NULL, &end_ops, &p->server,
				    &p->server.s),
			 0);
	run_closed(&p->server);
	assert_int_equal(p->server.ready, 0);
	print_message("# %s\n", p->server.reason);
	close(fd);
}

static void openssl_server(struct pair *p, const char *version,
			   const char *client_cert, const char *reason)
{
	char port[8];
	const char *argv[] = {
		"openssl",
		"s_server",
		"-accept",
		port,
		"-naccept",
		"1",
		"-cert",
		path("ip-both.pem"),
		"-CAfile",
		path("ca.pem"),
		"-Verify",
		"1",
		"-verify_return_error",
		version,
		NULL,
	};
	int fd;

	/* A port that was free a moment ago. */
	close(p->listener);
	snprintf(port, sizeof(port), "%u", ntohs(p->addr.sin_port));
	fd = spawn(p, argv);
	wait_output(fd, "ACCEPT");
	p->client_ctx = context(client_cert, "ca.pem", false);
	assert_int_equal(tls_connect(p->client_ctx, NULL, &p->addr, "127.0.0.1",
				     NULL, &end_ops, &p->client, &p->client.s),
			 0);
	if (reason) {
		run_closed(&p->client);
		assert_string_equal(p->client.reason, reason);
	} else {
		run_ready(&p->client);
		assert_int_equal(stream_write(p->client.s, "hello\n", 6), 0);
		run_ms(10);
		wait_output(fd, "hello\n");
		assert_int_equal(write(fd, "world\n", 6), 6);
		run_len(&p->client, 6);
		/* Renegotiation is asked for, and must not be done. */
		assert_int_equal(write(fd, "Q\n", 2), 2);
		run_closed(&p->client);
		assert_contains(p->client.reason, "closed by peer");
	}
	kill(p->peer, SIGKILL);
	waitpid(p->peer, NULL, 0);
	p->peer = 0;
	close(fd);
	end_reset(&p->client);
	tls_ctx_free(p->client_ctx);
	p->client_ctx = NULL;
	p->listener = listen_here(&p->addr);
}

static void test_openssl_server(void **state)
{
	static const char unknown_ca[] =
		"peer rejected our certificate: unknown CA (TLS alert 48)";
	static const char required[] = "peer rejected our certificate: "
				       "certificate required (TLS alert 116)";
	struct pair *p = *state;

	openssl_server(p, "-tls1_3", "client", NULL);
	openssl_server(p, "-tls1_2", "client", NULL);
	openssl_server(p, "-tls1_3", "evil", unknown_ca);
	openssl_server(p, "-tls1_2", "evil", unknown_ca);
	openssl_server(p, "-tls1_3", NULL, required);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_mutual),
		TEST(test_large),
		TEST(test_server_certificates),
		TEST(test_client_certificates),
		TEST(test_free_in_callbacks),
		TEST(test_plain_client),
		TEST(test_plain_server),
		TEST(test_stall),
		TEST(test_close_in_handshake),
		TEST(test_refused),
		TEST(test_openssl_client),
		TEST(test_openssl_old),
		TEST(test_openssl_server),
		TEST(test_wrong_use),
		cmocka_unit_test(test_bad_settings),
		cmocka_unit_test(test_key_in_certificate_file),
		cmocka_unit_test(test_features),
	};

	return cmocka_run_group_tests(tests, make_certs, remove_certs);
}
