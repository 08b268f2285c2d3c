// SPDX-License-Identifier: GPL-2.0-or-later
/* TLS streams against themselves, plain sockets and OpenSSL, on loopback. */
#include <arpa/inet.h>
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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tls-pair.h"

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

#define TEST(f) cmocka_unit_test_setup_teardown(f, pair_setup, pair_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_mutual),
		TEST(test_large),
		TEST(test_free_in_callbacks),
		TEST(test_plain_client),
		TEST(test_plain_server),
		TEST(test_stall),
		TEST(test_close_in_handshake),
		TEST(test_refused),
		TEST(test_openssl_client),
		TEST(test_openssl_old),
		TEST(test_openssl_server),
		cmocka_unit_test(test_features),
	};

	return cmocka_run_group_tests(tests, make_certs, remove_certs);
}
