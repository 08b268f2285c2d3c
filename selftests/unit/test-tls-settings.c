// SPDX-License-Identifier: GPL-2.0-or-later
/* Versions and cipher suites of TLS, with OpenSSL as the peer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cert/tls.h"
#include "chains.h"

#define ANY 0
#define OLD "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"

static const struct row {
	enum tls_version min, max;
	const char *ciphers;
	int peer; /* the version that it wants */
	const char *version; /* that comes of it; NULL: none */
	const char *cipher; /* NULL: any */
} rows[] = {
	/* The default. */
	{ 0, 0, NULL, ANY, "TLSv1.3", NULL },
	{ 0, 0, NULL, 0x0304, "TLSv1.3", NULL },
	{ 0, 0, NULL, 0x0303, "TLSv1.2", NULL },
	{ 0, 0, NULL, 0x0302, NULL, NULL },
	{ 0, 0, NULL, 0x0301, NULL, NULL },
	/* Old ones by an explicit setting only; their ciphers alone won't do. */
	{ 0, 0, TLS_CIPHERS ":" OLD, 0x0302, NULL, NULL },
	{ TLS_VERSION_1_1, 0, OLD, 0x0302, "TLSv1.1", OLD },
	{ TLS_VERSION_1_1, 0, OLD, 0x0301, NULL, NULL },
	{ TLS_VERSION_1_0, 0, OLD, 0x0301, "TLSv1", OLD },
	{ TLS_VERSION_1_0, 0, OLD, 0x0302, "TLSv1.1", OLD },
	{ TLS_VERSION_1_0, 0, TLS_CIPHERS ":" OLD, ANY, "TLSv1.3", NULL },
	/* Bounds on both sides. */
	{ TLS_VERSION_1_2, TLS_VERSION_1_2, NULL, ANY, "TLSv1.2", NULL },
	{ TLS_VERSION_1_2, TLS_VERSION_1_2, NULL, 0x0304, NULL, NULL },
	{ TLS_VERSION_1_3, TLS_VERSION_1_3, NULL, ANY, "TLSv1.3", NULL },
	{ TLS_VERSION_1_3, TLS_VERSION_1_3, NULL, 0x0303, NULL, NULL },
	{ TLS_VERSION_1_1, TLS_VERSION_1_1, OLD, ANY, "TLSv1.1", OLD },
	/* Suites. */
	{ 0, 0, "TLS_AES_256_GCM_SHA384", 0x0304, "TLSv1.3",
	  "TLS_AES_256_GCM_SHA384" },
	{ 0, 0, "TLS_CHACHA20_POLY1305_SHA256", 0x0304, "TLSv1.3",
	  "TLS_CHACHA20_POLY1305_SHA256" },
	{ 0, TLS_VERSION_1_2, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
	  ANY, "TLSv1.2", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0, TLS_VERSION_1_2, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", ANY,
	  NULL, NULL },
};

static bool shake_hands(const struct row *row, bool server,
			struct openssl_result *ret)
{
	struct chain_files f;
	struct tls_settings set = {
		.certificate_file = server ? f.chain : NULL,
		.private_key_file = server ? f.key : NULL,
		.ca_file = f.ca,
		.min = row->min,
		.max = row->max,
		.ciphers = row->ciphers,
	};
	struct handshake h = {
		.files = &f,
		.client = server,
		.version = row->peer,
		.wanted = server ? NULL : "gate.example.net",
	};
	char why[512];
	bool ready;

	chains_find("rsa", &f);
	if (tls_ctx_new(&set, &h.ctx, why, sizeof(why)))
		fail_msg("%s", why);
	ready = chains_shake_hands(&h, ret, why, sizeof(why));
	if (!ready)
		print_message("# %s\n", why);
	tls_ctx_free(h.ctx);
	return ready;
}

static void test_rows(void **state)
{
	struct openssl_result result;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];

		if (row->version && !strcmp(row->version, "TLSv1") &&
		    strstr(tls_features(), "TLS 1.0")) {
			print_message("# no TLS 1.0 in %s\n", tls_features());
			continue;
		}
		for (int server = 0; server < 2; server++) {
			bool ready = shake_hands(row, server, &result);

			if (ready != (row->version != NULL))
				fail_msg("row %zu, as %s: %s", i,
					 server ? "server" : "client",
					 ready ? result.version : "refused");
			if (!ready)
				continue;
			assert_string_equal(result.version, row->version);
			if (row->cipher)
				assert_string_equal(result.cipher, row->cipher);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };

	return cmocka_run_group_tests(tests, chains_setup, chains_teardown);
}
