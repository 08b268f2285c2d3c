// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * OCSP responses (make-chains.py) that OpenSSL staples to its certificate, in
 * both versions of TLS: at each setting, with the right words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cert/tls.h"
#include "chains.h"

/* Each is accepted at "off", and at the others up to @most. */
static const struct row {
	const char *chain;
	enum cert_ocsp most;
	const char *words; /* of the refusal */
} rows[] = {
	{ "good", CERT_OCSP_IF_PRESENT,
	  "certificate \"CN=peer\" came without an OCSP response (stapling)" },
	{ "ocsp-good", CERT_OCSP_REQUIRED, NULL },
	{ "ocsp-sha256", CERT_OCSP_REQUIRED, NULL },
	{ "ocsp-rsa", CERT_OCSP_REQUIRED, NULL },
	{ "ocsp-delegated", CERT_OCSP_REQUIRED, NULL },
	{ "ocsp-intermediate", CERT_OCSP_REQUIRED, NULL },
	{ "self-signed-trusted", CERT_OCSP_REQUIRED, NULL },
	{ "ocsp-revoked", CERT_OCSP_OFF,
	  "certificate \"CN=peer\" has been revoked by its issuer (OCSP)" },
	{ "ocsp-unknown", CERT_OCSP_OFF,
	  "certificate \"CN=peer\" isn't known to its issuer (OCSP)" },
	{ "ocsp-expired", CERT_OCSP_OFF,
	  "certificate \"CN=peer\" has an OCSP response that counts no longer "
	  "than to 20" },
	{ "ocsp-early", CERT_OCSP_OFF,
	  "has an OCSP response that counts not before 20" },
	{ "ocsp-endless", CERT_OCSP_OFF,
	  "has an OCSP response that doesn't say until when it counts" },
	{ "ocsp-other", CERT_OCSP_OFF,
	  "has an OCSP response about another one" },
	{ "ocsp-other-issuer", CERT_OCSP_OFF,
	  "has an OCSP response about another one" },
	{ "ocsp-wrong-signer", CERT_OCSP_OFF,
	  "has an OCSP response that neither its issuer \"CN=Test CA\" signed, "
	  "nor who may for it" },
	{ "ocsp-forged", CERT_OCSP_OFF, "neither its issuer" },
	{ "ocsp-self", CERT_OCSP_OFF, "neither its issuer" },
	{ "ocsp-server", CERT_OCSP_OFF, "neither its issuer" },
	{ "ocsp-delegated-expired", CERT_OCSP_OFF, "neither its issuer" },
	{ "ocsp-delegated-other", CERT_OCSP_OFF, "neither its issuer" },
	{ "ocsp-sha1", CERT_OCSP_OFF, "neither its issuer" },
	{ "ocsp-later", CERT_OCSP_OFF,
	  "has an OCSP response that is the responder's error 3, try later" },
	{ "ocsp-broken", CERT_OCSP_OFF,
	  "has an OCSP response that can't be understood" },
};

static struct tls_ctx *context(const struct chain_files *f, enum cert_ocsp ocsp)
{
	const struct tls_settings set = {
		.ca_file = f->ca,
		.ocsp = ocsp,
	};
	struct tls_ctx *ctx = NULL;
	char err[512];

	if (tls_ctx_new(&set, &ctx, err, sizeof(err)))
		fail_msg("%s", err);
	return ctx;
}

static void check(const struct row *row, enum cert_ocsp ocsp, int version)
{
	struct openssl_result result;
	struct chain_files f;
	struct handshake h = {
		.files = &f,
		.version = version,
		.wanted = "gate.example.net",
	};
	char why[512];
	bool ok;

	chains_find(row->chain, &f);
	h.ctx = context(&f, ocsp);
	ok = chains_shake_hands(&h, &result, why, sizeof(why));
	tls_ctx_free(h.ctx);
	if (ok != (ocsp <= row->most))
		fail_msg("%s, setting %d, TLS %04x: %s %s", row->chain, ocsp,
			 version, ok ? "accepted" : "refused:", why);
	if (!ok && !strstr(why, row->words))
		fail_msg("%s: \"%s\" is not in \"%s\"", row->chain, row->words,
			 why);
}

static void test_staples(void **state)
{
	if (!tls_has_stapling()) {
		print_message("# no stapling in %s\n", tls_features());
		return;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum cert_ocsp ocsp;

		for (ocsp = CERT_OCSP_OFF; ocsp <= CERT_OCSP_REQUIRED; ocsp++) {
			check(&rows[i], ocsp, 0x0303);
			check(&rows[i], ocsp, 0x0304);
		}
	}
}

/* It is refused where it would be silently of no use. */
static void test_without(void **state)
{
	struct chain_files f;
	struct tls_settings set = { .ca_file = f.ca,
				    .ocsp = CERT_OCSP_OFF + 1 };
	struct tls_ctx *ctx = NULL;
	char err[512];

	if (tls_has_stapling())
		return;
	chains_find("good", &f);
	assert_int_not_equal(tls_ctx_new(&set, &ctx, err, sizeof(err)), 0);
	assert_non_null(strstr(err, "ocsp must be off"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_staples),
		cmocka_unit_test(test_without),
	};

	return cmocka_run_group_tests(tests, chains_setup, chains_teardown);
}
