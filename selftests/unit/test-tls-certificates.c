// SPDX-License-Identifier: GPL-2.0-or-later
/* Which certificates TLS takes: peers', on loopback, and its own. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tls-pair.h"

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

/* One end judges the other's certificate: @reason, or NULL, it is fine. */
static void judged(struct pair *p, struct end *judge, struct end *other,
		   const char *reason)
{
	if (reason) {
		run_closed(judge);
		assert_int_equal(judge->ready, 0);
		assert_contains(judge->reason, reason);
		/* TLS 1.3: after a client had thought that it was ready. */
		run_closed(other);
		assert_contains(other->reason,
				"peer rejected our certificate: ");
	} else {
		run_ready(judge);
		run_ready(other);
	}
	end_reset(&p->client);
	end_reset(&p->server);
	tls_ctx_free(p->client_ctx);
	tls_ctx_free(p->server_ctx);
	p->client_ctx = NULL;
	p->server_ctx = NULL;
}

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
		judged(p, &p->client, &p->server, v->reason);
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
		judged(p, &p->server, &p->client, v->reason);
	}
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, pair_setup, pair_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_server_certificates),
		TEST(test_client_certificates),
		TEST(test_wrong_use),
		cmocka_unit_test(test_bad_settings),
		cmocka_unit_test(test_key_in_certificate_file),
	};

	return cmocka_run_group_tests(tests, make_certs, remove_certs);
}
