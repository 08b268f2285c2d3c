// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Good and bad certificate chains (make-chains.py), as server's and as client's,
 * at each level: what cert_validate() says, and what comes of a handshake with
 * OpenSSL.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include <cmocka.h>

#include "cert/clock.h"
#include "cert/pem.h"
#include "cert/tls.h"
#include "cert/trust.h"
#include "chains.h"

#define NAME "gate.example.net"

enum {
	SERVER = 1, /* the peer is the server */
	CLIENT = 2,
	DIRECT = 4, /* no handshake: OpenSSL or wolfSSL can't do it at all */
	NONE_FAILS = 8, /* as a server's, wolfSSL refuses even to look away */
};

#define BOTH (SERVER | CLIENT)

/* At each level up to @most it is accepted, and at all others refused. */
static const struct row {
	const char *chain;
	const char *wanted; /* NULL: NAME; a second one: the SRV record's */
	enum cert_level most;
	unsigned int flags;
	const char *words; /* of the refusal */
} rows[] = {
	/* Names. */
	{ "good", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "good", "GATE.example.NET", CERT_LEVEL_FULL, BOTH, NULL },
	{ "good", "other.example.net", CERT_LEVEL_TRUSTED, BOTH,
	  "certificate \"CN=peer\" is for gate.example.net, not for "
	  "other.example.net" },
	{ "upper-case", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "second-name", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "ip", "192.0.2.7", CERT_LEVEL_FULL, BOTH, NULL },
	{ "ip6", "2001:db8::7", CERT_LEVEL_FULL, BOTH, NULL },
	{ "ip6", "2001:0db8:0:0:0:0:0:7", CERT_LEVEL_FULL, BOTH, NULL },
	{ "ip6", "2001:db8::8", CERT_LEVEL_TRUSTED, BOTH,
	  "certificate \"CN=peer\" is for 2001:db8::7, not for 2001:db8::8" },
	{ "wrong-ip", "192.0.2.7", CERT_LEVEL_TRUSTED, BOTH,
	  "certificate \"CN=peer\" is for 192.0.2.8, not for 192.0.2.7" },
	{ "dns-ip", "192.0.2.7", CERT_LEVEL_TRUSTED, BOTH,
	  "certificate \"CN=peer\" is for 192.0.2.7, not for 192.0.2.7" },
	{ "good", "192.0.2.7", CERT_LEVEL_TRUSTED, BOTH,
	  "certificate \"CN=peer\" is for gate.example.net, not for 192.0.2" },
	{ "cn", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "cn-ip", "192.0.2.7", CERT_LEVEL_HOST_NAME, BOTH,
	  "certificate \"CN=192.0.2.7\" is for 192.0.2.7, not for 192.0.2.7 "
	  "by the strict rules of RFC 5922" },
	{ "wrong-cn", NULL, CERT_LEVEL_TRUSTED, BOTH,
	  "certificate \"CN=other.example.net\" is for other.example.net, not "
	  "for gate.example.net" },
	{ "wrong-name", NULL, CERT_LEVEL_TRUSTED, BOTH,
	  "certificate \"CN=peer\" is for other.example.net, not for gate." },
	{ "san-beats-cn", NULL, CERT_LEVEL_TRUSTED, BOTH,
	  "certificate \"CN=gate.example.net\" is for other.example.net, not "
	  "for gate.example.net" },
	{ "longer", NULL, CERT_LEVEL_TRUSTED, BOTH,
	  "is for gate.example.net.evil.example, not for gate.example.net" },
	{ "shorter", NULL, CERT_LEVEL_TRUSTED, BOTH,
	  "is for example.net, not for gate.example.net" },
	{ "nul", NULL, CERT_LEVEL_TRUSTED, BOTH,
	  "is for gate.example.net?.evil.example, not for gate.example.net" },
	{ "no-subject", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "wildcard", NULL, CERT_LEVEL_HOST_NAME, BOTH,
	  "certificate \"CN=peer\" is for *.example.net, not for "
	  "gate.example.net by the strict rules of RFC 5922" },
	{ "wildcard", "GATE.Example.NET", CERT_LEVEL_HOST_NAME, BOTH,
	  "by the strict rules of RFC 5922" },
	{ "wildcard", "example.net", CERT_LEVEL_TRUSTED, BOTH,
	  "is for *.example.net, not for example.net" },
	{ "wildcard", ".example.net", CERT_LEVEL_TRUSTED, BOTH,
	  "is for *.example.net, not for .example.net" },
	{ "wildcard-two", "example.net", CERT_LEVEL_TRUSTED, BOTH,
	  "is for *.net, not for example.net" },
	{ "wildcard-deep", "a.gate.example.net", CERT_LEVEL_TRUSTED, BOTH,
	  "is for *.example.net, not for a.gate.example.net" },
	{ "wildcard-part", NULL, CERT_LEVEL_TRUSTED, BOTH,
	  "is for g*.example.net, not for gate.example.net" },
	{ "wildcard-second", NULL, CERT_LEVEL_TRUSTED, BOTH,
	  "is for gate.*.net, not for gate.example.net" },
	{ "wildcard-cn", NULL, CERT_LEVEL_TRUSTED, BOTH,
	  "is for *.example.net, not for gate.example.net" },
	{ "uri", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "uri-port", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "uri-user", NULL, CERT_LEVEL_TRUSTED, BOTH,
	  "is for sip:bob@gate.example.net, not for gate.example.net" },
	{ "uri-password", NULL, CERT_LEVEL_TRUSTED, BOTH,
	  "is for sip:gate.example.net:x@evil.example, not for gate." },
	{ "uri-sips", NULL, CERT_LEVEL_TRUSTED, BOTH,
	  "is for sips:gate.example.net, not for gate.example.net" },
	{ "uri-http", NULL, CERT_LEVEL_TRUSTED, BOTH,
	  "is for https://gate.example.net/, not for gate.example.net" },
	/* RFC 5922, 7.1: DNS names count if there is no SIP URI. */
	{ "uri-and-dns", NULL, CERT_LEVEL_HOST_NAME, BOTH,
	  ", not for gate.example.net by the strict rules of RFC 5922" },
	{ "uri-or-dns", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "srv", "example.net sip1.example.net", CERT_LEVEL_DNS_SRV,
	  BOTH | DIRECT, "is for sip1.example.net, not for example.net" },
	{ "srv", "example.net sip2.example.net", CERT_LEVEL_TRUSTED,
	  BOTH | DIRECT, "is for sip1.example.net, not for example.net" },
	{ "srv", "example.net", CERT_LEVEL_TRUSTED, BOTH,
	  "is for sip1.example.net, not for example.net" },

	/* Dates, usage, extensions. */
	{ "expired", NULL, CERT_LEVEL_NONE, BOTH,
	  "certificate \"CN=peer\" expired on 20" },
	{ "early", NULL, CERT_LEVEL_NONE, BOTH,
	  "certificate \"CN=peer\" is not valid before 20" },
	{ "eku-both", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "eku-any", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "eku-server", NULL, CERT_LEVEL_FULL, SERVER, NULL },
	{ "eku-server", NULL, CERT_LEVEL_NONE, CLIENT,
	  "certificate \"CN=peer\" is not meant for TLS clients (extended key "
	  "usage)" },
	{ "eku-client", NULL, CERT_LEVEL_FULL, CLIENT, NULL },
	{ "eku-client", NULL, CERT_LEVEL_NONE, SERVER,
	  "certificate \"CN=peer\" is not meant for TLS servers (extended key "
	  "usage)" },
	{ "eku-mail", NULL, CERT_LEVEL_NONE, BOTH, "is not meant for TLS " },
	{ "ku-sign", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "ku-encipher", NULL, CERT_LEVEL_NONE, BOTH,
	  "certificate \"CN=peer\" is not meant for signatures, which TLS "
	  "needs (key usage)" },
	{ "critical", NULL, CERT_LEVEL_NONE, BOTH | NONE_FAILS,
	  "certificate \"CN=peer\" has a critical extension that is not "
	  "known" },

	/* Strength. */
	{ "rsa", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "p384", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "ed25519", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "p224", NULL, CERT_LEVEL_FULL, BOTH | DIRECT, NULL },
	{ "weak-rsa", NULL, CERT_LEVEL_NONE, BOTH,
	  "certificate \"CN=peer\" has a weak key of 1024 bits, 2048 are" },
	{ "weak-ec", NULL, CERT_LEVEL_NONE, BOTH | DIRECT,
	  "certificate \"CN=peer\" has a key on a curve that is weak" },
	{ "sha1", NULL, CERT_LEVEL_NONE, BOTH,
	  "certificate \"CN=peer\" has a weak signature, with SHA-1" },
	{ "md5", NULL, CERT_LEVEL_NONE, BOTH,
	  "certificate \"CN=peer\" has a weak signature, with MD5" },

	/* Chains. */
	{ "chain", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "chain-with-root", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "deep", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "trusted-intermediate", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "two-alike", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "no-intermediate", NULL, CERT_LEVEL_NONE, BOTH,
	  "certificate \"CN=peer\" is not signed by a CA in /" },
	{ "no-intermediate", NULL, CERT_LEVEL_NONE, BOTH,
	  "ca.pem; it names as issuer \"CN=Intermediate\"" },
	{ "unknown-ca", NULL, CERT_LEVEL_NONE, BOTH,
	  "ca.pem; it names as issuer \"CN=Other CA\"" },
	{ "unknown-ca-sent", NULL, CERT_LEVEL_NONE, BOTH,
	  "CA certificate \"CN=Other CA\" is self-signed and not in /" },
	{ "alike", NULL, CERT_LEVEL_NONE, BOTH,
	  "certificate \"CN=peer\" is not signed by a CA in /" },
	{ "self-signed", NULL, CERT_LEVEL_NONE, BOTH,
	  "certificate \"CN=own\" is self-signed and not in /" },
	{ "self-signed-trusted", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "bad-signature", NULL, CERT_LEVEL_NONE, BOTH,
	  "certificate \"CN=peer\" is not signed by a CA in /" },
	{ "expired-intermediate", NULL, CERT_LEVEL_NONE, BOTH,
	  "CA certificate \"CN=Intermediate\" expired on 20" },
	{ "weak-intermediate", NULL, CERT_LEVEL_NONE, BOTH,
	  "CA certificate \"CN=Intermediate\" has a weak key of 1024 bits" },
	{ "sha1-intermediate", NULL, CERT_LEVEL_NONE, BOTH,
	  "CA certificate \"CN=Intermediate\" has a weak signature, with SHA" },
	{ "not-a-ca", NULL, CERT_LEVEL_NONE, BOTH,
	  "CA certificate \"CN=Intermediate\" is none, but signed the next" },
	{ "no-constraints", NULL, CERT_LEVEL_NONE, BOTH,
	  "CA certificate \"CN=Intermediate\" is none, but signed the next" },
	{ "no-cert-sign", NULL, CERT_LEVEL_NONE, BOTH,
	  "CA certificate \"CN=Intermediate\" may not sign certificates (key" },
	{ "critical-intermediate", NULL, CERT_LEVEL_NONE, BOTH | NONE_FAILS,
	  "CA certificate \"CN=Intermediate\" has a critical extension that" },
	{ "eku-intermediate", NULL, CERT_LEVEL_NONE, BOTH,
	  "CA certificate \"CN=Intermediate\" is not meant for TLS " },
	{ "expired-root", NULL, CERT_LEVEL_NONE, BOTH,
	  "CA certificate \"CN=Test CA\" expired on 20" },
	{ "too-long", NULL, CERT_LEVEL_NONE, BOTH | DIRECT,
	  "peer sent too many certificates" },

	/* Limits of CAs. */
	{ "pathlen", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "pathlen-exceeded", NULL, CERT_LEVEL_NONE, BOTH,
	  "CA certificate \"CN=Intermediate\" allows 0 CAs below it, but there "
	  "are 1 (path length)" },
	{ "root-pathlen", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "root-pathlen-exceeded", NULL, CERT_LEVEL_NONE, BOTH,
	  "CA certificate \"CN=Test CA\" allows 0 CAs below it, but there are "
	  "1 (path length)" },
	{ "nc-dns", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "nc-dns-wrong", NULL, CERT_LEVEL_NONE, BOTH,
	  "certificate \"CN=peer\" has a name that the name constraints of CA "
	  "\"CN=Intermediate\" forbid; it is for gate.example.net" },
	{ "nc-dns-label", NULL, CERT_LEVEL_NONE, BOTH,
	  "the name constraints of CA \"CN=Intermediate\" forbid" },
	{ "nc-excluded", NULL, CERT_LEVEL_NONE, BOTH,
	  "the name constraints of CA \"CN=Intermediate\" forbid" },
	{ "nc-cn", NULL, CERT_LEVEL_NONE, BOTH,
	  "the name constraints of CA \"CN=Intermediate\" forbid" },
	{ "nc-ip", "192.0.2.7", CERT_LEVEL_FULL, BOTH, NULL },
	{ "nc-ip-wrong", "192.0.2.7", CERT_LEVEL_NONE, BOTH,
	  "the name constraints of CA \"CN=Intermediate\" forbid; it is for "
	  "192.0.2.7" },
	{ "nc-uri-wrong", NULL, CERT_LEVEL_NONE, BOTH,
	  "the name constraints of CA \"CN=Intermediate\" forbid" },
	{ "nc-directory", NULL, CERT_LEVEL_NONE, BOTH,
	  "the name constraints of CA \"CN=Intermediate\" forbid" },
	{ "nc-inherited", NULL, CERT_LEVEL_NONE, BOTH,
	  "the name constraints of CA \"CN=Intermediate\" forbid" },
	{ "nc-root", NULL, CERT_LEVEL_NONE, BOTH,
	  "the name constraints of CA \"CN=Test CA\" forbid" },

	/* Revocation. */
	{ "crl", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "crl-of-two", NULL, CERT_LEVEL_FULL, BOTH, NULL },
	{ "revoked", NULL, CERT_LEVEL_NONE, BOTH,
	  "certificate \"CN=peer\" has been revoked by its issuer (CRL in /" },
	{ "revoked-intermediate", NULL, CERT_LEVEL_NONE, BOTH,
	  "certificate \"CN=Intermediate\" has been revoked by its issuer" },
	{ "revoked-below", NULL, CERT_LEVEL_NONE, BOTH,
	  "certificate \"CN=peer\" has been revoked by its issuer" },
	{ "crl-expired", NULL, CERT_LEVEL_NONE, BOTH,
	  "certificate \"CN=peer\" may have been revoked: there is no valid "
	  "CRL of \"CN=Test CA\" in /" },
	{ "crl-expired", NULL, CERT_LEVEL_NONE, BOTH,
	  "crl.pem, and one there is out of date" },
	{ "crl-expired-revoked", NULL, CERT_LEVEL_NONE, BOTH,
	  "crl.pem, and one there is out of date" },
	{ "crl-missing", NULL, CERT_LEVEL_NONE, BOTH,
	  "certificate \"CN=peer\" may have been revoked: there is no valid "
	  "CRL of \"CN=Test CA\" in /" },
	{ "crl-missing-below", NULL, CERT_LEVEL_NONE, BOTH,
	  "there is no valid CRL of \"CN=Intermediate\" in /" },
	{ "crl-forged", NULL, CERT_LEVEL_NONE, BOTH,
	  "there is no valid CRL of \"CN=Test CA\" in /" },
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static time_t fake_now; /* 0: the time of day */
static int clock_state = TIME_OK; /* what the kernel thinks of its clock */

int __wrap_adjtimex(struct timex *t);
int __wrap_adjtimex(struct timex *t)
{
	return clock_state;
}

time_t __real_time(time_t *ret);
time_t __wrap_time(time_t *ret);

time_t __wrap_time(time_t *ret)
{
	time_t now = fake_now ? fake_now : __real_time(NULL);

	if (ret)
		*ret = now;
	return now;
}

static struct cert_file read_file(const char *path)
{
	struct cert_file f;
	char err[256];

	if (cert_file_read(path, "file", false, &f, err, sizeof(err)))
		fail_msg("%s", err);
	return f;
}

static struct trust *read_trust(const struct chain_files *f)
{
	struct cert_file ca = read_file(f->ca), crl = { 0 };
	struct trust *t = NULL;
	char err[256];

	if (f->has_crl)
		crl = read_file(f->crl);
	if (trust_new(&ca, f->ca, f->has_crl ? &crl : NULL, f->has_crl, &t, err,
		      sizeof(err)))
		fail_msg("%s", err);
	cert_file_free(&ca);
	cert_file_free(&crl);
	return t;
}

static void judge(const struct row *row, const char *what, bool accepted,
		  bool expected, const char *why)
{
	if (accepted != expected)
		fail_msg("%s (%s), %s: %s %s", row->chain,
			 row->wanted ? row->wanted : NAME, what,
			 accepted ? "accepted" : "refused:", why);
	if (!accepted && !strstr(why, row->words))
		fail_msg("%s, %s: \"%s\" is not in \"%s\"", row->chain, what,
			 row->words, why);
}

static const char *describe(bool client, enum cert_level level)
{
	static char text[64];

	snprintf(text, sizeof(text), "%s's certificate at level %d",
		 client ? "client" : "server", level);
	return text;
}

static void validate(const struct row *row, const struct chain_files *f,
		     bool client)
{
	struct cert_file file = read_file(f->chain);
	struct pem_block left = { file.data, file.len }, block;
	struct trust *trust = read_trust(f);
	struct cert_der chain[16];
	char names[128], *srv_host;
	enum cert_level level;
	size_t n = 0;

	snprintf(names, sizeof(names), "%s", row->wanted ? row->wanted : NAME);
	srv_host = strchr(names, ' ');
	if (srv_host)
		*srv_host++ = '\0';
	while (pem_next(&left, "CERTIFICATE", &block)) {
		chain[n].p = pem_certificate(&block, &chain[n].len);
		assert_non_null(chain[n++].p);
	}
	for (level = CERT_LEVEL_NONE; level <= CERT_LEVEL_FULL; level++) {
		struct cert_expect want = {
			.level = level,
			.client = client,
			.name = names,
			.srv_host = srv_host,
			.now = time(NULL),
		};
		char why[512];
		bool ok =
			cert_validate(trust, chain, n, &want, why, sizeof(why));

		judge(row, describe(client, level), ok, level <= row->most,
		      why);
	}
	trust_free(trust);
	cert_file_free(&file);
	while (n)
		free((void *)(uintptr_t)chain[--n].p);
}

static void test_validate(void **state)
{
	struct chain_files f;

	for (size_t i = 0; i < N_ROWS; i++) {
		chains_find(rows[i].chain, &f);
		if (rows[i].flags & SERVER)
			validate(&rows[i], &f, false);
		if (rows[i].flags & CLIENT)
			validate(&rows[i], &f, true);
	}
	print_message("# %zu rows\n", N_ROWS);
}

static bool shake_hands(struct tls_ctx *ctx, const struct chain_files *f,
			bool client, const char *wanted, char *why, size_t size)
{
	const struct handshake h = {
		.ctx = ctx,
		.files = f,
		.client = client,
		.wanted = wanted,
	};
	struct openssl_result result;

	return chains_shake_hands(&h, &result, why, size);
}

static struct tls_ctx *context(const struct chain_files *f, bool client,
			       enum cert_level level)
{
	struct tls_settings set = {
		.ca_file = f->ca,
		.crl_file = f->has_crl,
		.level = level,
		.verify_client = client,
		.handshake_ms = 5000,
	};
	struct tls_ctx *ctx = NULL;
	struct chain_files own;
	char err[512];

	chains_find("good", &own);
	if (client) {
		set.certificate_file = own.chain;
		set.private_key_file = own.key;
	}
	if (tls_ctx_new(&set, &ctx, err, sizeof(err)))
		fail_msg("%s", err);
	return ctx;
}

static void handshakes(const struct row *row, const struct chain_files *f,
		       bool client)
{
	enum cert_level level;

	for (level = CERT_LEVEL_NONE; level <= CERT_LEVEL_FULL; level++) {
		struct tls_ctx *ctx = context(f, client, level);
		/* Nobody is asked for what nobody looks at. */
		const char *wanted = client && level == CERT_LEVEL_NONE ? NULL
				     : row->wanted ? row->wanted
						   : NAME;
		bool expected = level <= row->most;
		char why[512];
		bool ok;

		if (level == CERT_LEVEL_NONE && !client &&
		    (row->flags & NONE_FAILS))
			expected = false;
		ok = shake_hands(ctx, f, client, wanted, why, sizeof(why));
		if (level == CERT_LEVEL_NONE && !expected && !ok)
			print_message("# %s: %s\n", row->chain, why);
		else
			judge(row, describe(client, level), ok, expected, why);
		tls_ctx_free(ctx);
	}
}

static void test_handshakes(void **state)
{
	struct chain_files f;

	for (size_t i = 0; i < N_ROWS; i++) {
		if (rows[i].flags & DIRECT)
			continue;
		chains_find(rows[i].chain, &f);
		if (rows[i].flags & SERVER)
			handshakes(&rows[i], &f, false);
		if (rows[i].flags & CLIENT)
			handshakes(&rows[i], &f, true);
	}
}

/*
 * wolfSSL remembers the CAs that a peer sent. An intermediate CA that one peer
 * sent must not help another one, who doesn't.
 */
static void test_no_memory(void **state)
{
	struct chain_files sent, missing;
	char why[512];

	chains_find("chain", &sent);
	chains_find("no-intermediate", &missing);
	for (int client = 0; client < 2; client++) {
		struct tls_ctx *ctx = context(&sent, client, CERT_LEVEL_FULL);

		assert_true(shake_hands(ctx, &sent, client, NAME, why,
					sizeof(why)));
		assert_false(shake_hands(ctx, &missing, client, NAME, why,
					 sizeof(why)));
		assert_non_null(strstr(why, "is not signed by a CA in"));
		tls_ctx_free(ctx);
	}
}

/* At the beginning of 1970 nothing has expired, and nothing is accepted. */
static void test_clock(void **state)
{
	struct tls_ctx *ctx;
	struct chain_files f;
	char why[512];

	chains_find("good", &f);
	assert_true(clock_is_possible(time(NULL), why, sizeof(why)));
	for (int client = 0; client < 2; client++) {
		ctx = context(&f, client, CERT_LEVEL_TRUSTED);
		fake_now = 86400;
		assert_false(
			shake_hands(ctx, &f, client, NAME, why, sizeof(why)));
		fake_now = 0;
		if (!strstr(why, "the clock is wrong: it says 1970-01-02, but "
				 "this program was built on 20"))
			fail_msg("%s", why);
		tls_ctx_free(ctx);
	}
}

/* It is accepted once the clock was synchronized, and remembered to have been. */
static void test_synchronized(void **state)
{
	struct tls_ctx *ctx;
	struct chain_files f;
	char why[512];

	chains_find("good", &f);
	ctx = context(&f, false, CERT_LEVEL_TRUSTED);
	clock_state = TIME_ERROR;
	assert_true(shake_hands(ctx, &f, false, NAME, why, sizeof(why)));
	clock_require_synchronized(true);
	assert_false(shake_hands(ctx, &f, false, NAME, why, sizeof(why)));
	assert_non_null(strstr(why, "the clock was never synchronized, and "
				    "certificate unsynchronized-clock is "
				    "refuse"));
	clock_state = TIME_OK;
	assert_true(shake_hands(ctx, &f, false, NAME, why, sizeof(why)));
	clock_state = TIME_ERROR;
	assert_true(shake_hands(ctx, &f, false, NAME, why, sizeof(why)));
	clock_require_synchronized(false);
	tls_ctx_free(ctx);
}

/* What isn't set is the strictest. */
static void test_default(void **state)
{
	struct tls_ctx *ctx;
	struct chain_files f;
	char why[512];

	chains_find("wildcard", &f);
	ctx = context(&f, false, CERT_LEVEL_DEFAULT);
	assert_false(shake_hands(ctx, &f, false, NAME, why, sizeof(why)));
	assert_non_null(strstr(why, "by the strict rules of RFC 5922"));
	tls_ctx_free(ctx);
}

static const struct {
	const char *ca, *crl, *words;
} bad_files[] = {
	{ "good/key.pem", NULL, "no usable CA certificate in /" },
	{ "good/ca.pem", "good/key.pem", "no usable CRL in /" },
	{ "good/ca.pem", "good/ca.pem", "no usable CRL in /" },
	{ NULL, "crl/crl.pem", "needs a CA file" },
};

static void test_bad_files(void **state)
{
	char ca[128], crl[128], err[512];
	struct tls_ctx *ctx = NULL;
	struct chain_files own;

	chains_find("good", &own);
	for (size_t i = 0; i < sizeof(bad_files) / sizeof(bad_files[0]); i++) {
		struct tls_settings set = {
			.certificate_file = own.chain,
			.private_key_file = own.key,
			.ca_file = bad_files[i].ca ? ca : NULL,
			.crl_file = bad_files[i].crl ? crl : NULL,
		};

		snprintf(ca, sizeof(ca), "%s/%s", chains_dir, bad_files[i].ca);
		snprintf(crl, sizeof(crl), "%s/%s", chains_dir,
			 bad_files[i].crl);
		if (!tls_ctx_new(&set, &ctx, err, sizeof(err)))
			fail_msg("accepted: %s %s", ca, crl);
		if (!strstr(err, bad_files[i].words))
			fail_msg("\"%s\" is not in \"%s\"", bad_files[i].words,
				 err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_validate),
		cmocka_unit_test(test_handshakes),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_synchronized),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_bad_files),
	};

	return cmocka_run_group_tests(tests, chains_setup, chains_teardown);
}
