// SPDX-License-Identifier: GPL-2.0-or-later
/* The stores of certificates: what OpenSSL wrote, imported, is OpenSSL's again. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cert/certstore.h"
#include "cert/file.h"
#include "cert/request.h"
#include "cert/tls.h"

static char dir[] = "/tmp/test-certstore-XXXXXX";
static char store[64];

static const char *path(const char *name)
{
	static char buf[4][128];
	static int i;

	i = (i + 1) % 4;
	snprintf(buf[i], sizeof(buf[i]), "%s/%s", dir, name);
	return buf[i];
}

static struct cert_file get(const char *name)
{
	struct cert_file f = { 0 };
	char err[256];

	if (name &&
	    cert_file_read(path(name), "file", false, &f, err, sizeof(err)))
		fail_msg("%s", err);
	return f;
}

/* Success of a shell command, in which %s is the folder. */
static bool shell(const char *fmt, ...)
{
	char cmd[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	return system(cmd) == 0;
}

static int import(enum certstore_kind kind, const char *name, const char *file,
		  const char *key, const char *passphrase, char *err,
		  size_t err_len)
{
	struct cert_file f = get(file), k = get(key);
	struct certstore_input in = { f.data, f.len, k.data, k.len,
				      passphrase };
	int r = certstore_import(kind, name, &in, err, err_len);

	cert_file_free(&f);
	cert_file_free(&k);
	return r;
}

#define HOST   CERTSTORE_HOST
#define OTHERS CERTSTORE_OTHERS

static const struct {
	enum certstore_kind kind;
	const char *file, *key, *passphrase;
	const char *same; /* has the same first certificate; NULL: none */
	const char *err; /* NULL: accepted */
} imports[] = {
	{ HOST, "good/both.pem", NULL, NULL, "good/chain.pem", NULL },
	{ HOST, "good/key-first.pem", NULL, NULL, "good/chain.pem", NULL },
	{ HOST, "good/chain.pem", "good/key.pem", NULL, "good/chain.pem",
	  NULL },
	{ HOST, "good/cert.der", "good/key.der", NULL, "good/chain.pem", NULL },
	{ HOST, "good/cert.der", "good/key.pem", NULL, "good/chain.pem", NULL },
	{ HOST, "good/chain.pem", "good/locked.pem", "sesame", "good/chain.pem",
	  NULL },
	{ HOST, "good/new.p12", NULL, "sesame", "good/chain.pem", NULL },
	{ HOST, "good/old.p12", NULL, "sesame", "good/chain.pem", NULL },
	{ HOST, "good/rc2.p12", NULL, "sesame", "good/chain.pem", NULL },
	{ HOST, "good/open.p12", NULL, NULL, "good/chain.pem", NULL },
	{ HOST, "rsa/both.pem", NULL, NULL, "rsa/chain.pem", NULL },
	{ HOST, "rsa/cert.der", "rsa/key.der", NULL, "rsa/chain.pem", NULL },
	{ HOST, "rsa/chain.pem", "rsa/locked.pem", "sesame", "rsa/chain.pem",
	  NULL },
	{ HOST, "rsa/new.p12", NULL, "sesame", "rsa/chain.pem", NULL },
	{ HOST, "rsa/old.p12", NULL, "sesame", "rsa/chain.pem", NULL },
	{ HOST, "rsa/rc2.p12", NULL, "sesame", "rsa/chain.pem", NULL },
	{ HOST, "rsa/open.p12", NULL, NULL, "rsa/chain.pem", NULL },
	{ HOST, "chain/chain.p12", NULL, "sesame", "chain/chain.pem", NULL },
	/* Its own certificate comes first, whatever the order was. */
	{ HOST, "chain/mixed.pem", "chain/key.pem", NULL, "chain/chain.pem",
	  NULL },
	{ OTHERS, "good/chain.pem", NULL, NULL, "good/chain.pem", NULL },
	{ OTHERS, "good/cert.der", NULL, NULL, "good/chain.pem", NULL },
	{ OTHERS, "crl/crl.pem", NULL, NULL, NULL, NULL },
	{ OTHERS, "crl/crl.der", NULL, NULL, NULL, NULL },

	{ HOST, "good/chain.pem", NULL, NULL, NULL,
	  "the private key is missing" },
	{ HOST, "good/key.pem", NULL, NULL, NULL, "no certificate in it" },
	{ HOST, "good/chain.pem", "rsa/key.pem", NULL, NULL,
	  "the private key doesn't belong to the certificate" },
	{ HOST, "rsa/chain.pem", "good/key.pem", NULL, NULL,
	  "the private key doesn't belong to the certificate" },
	{ HOST, "ip/chain.pem", "good/key.pem", NULL, NULL,
	  "the private key doesn't belong to the certificate" },
	{ HOST, "good/both.pem", "good/key.pem", NULL, NULL,
	  "more than one private key" },
	{ HOST, "good/chain.pem", "good/locked.pem", NULL, NULL,
	  "the private key is encrypted: give its passphrase" },
	{ HOST, "good/chain.pem", "good/locked.pem", "wrong", NULL,
	  "the passphrase is wrong" },
	{ HOST, "good/new.p12", NULL, "wrong", NULL,
	  "the passphrase is wrong" },
	{ HOST, "good/new.p12", NULL, NULL, NULL, "encrypted: give its pass" },
	{ HOST, "good/chain.pem", "good/slow.pem", "sesame", NULL,
	  "too many iterations" },
	{ HOST, "good/slow.p12", NULL, "sesame", NULL, "too many iterations" },
	{ HOST, "ed25519/chain.pem", "ed25519/key.pem", NULL, NULL,
	  "it must be RSA, or on a curve like P-256" },
	{ HOST, "crl/crl.pem", "good/key.pem", NULL, NULL,
	  "no certificate in it" },
	{ HOST, "junk", NULL, NULL, NULL, "neither PEM, DER nor PKCS#12" },
	{ HOST, "good/short.der", NULL, NULL, NULL, "neither a certificate" },
	{ OTHERS, "good/both.pem", NULL, NULL, NULL, "others' keys have no" },
	{ OTHERS, "good/new.p12", NULL, "sesame", NULL,
	  "others' keys have no" },
	{ OTHERS, "good/key.pem", NULL, NULL, NULL, "others' keys have no" },
	{ OTHERS, "junk", NULL, NULL, NULL, "neither PEM, DER nor PKCS#12" },
};

static bool same_certificate(const char *a, const char *b)
{
	return shell("test \"$(openssl x509 -noout -fingerprint -in %s)\" = "
		     "\"$(openssl x509 -noout -fingerprint -in %s)\"",
		     a, b);
}

/* Nothing in the store of a refused import; of others a usable file. */
static void check_import(size_t i, int r, const char *err)
{
	enum certstore_kind kind = imports[i].kind;
	char buf[256];
	const char *file = certstore_path(kind, "new", buf, sizeof(buf));
	struct stat st;

	if (imports[i].err) {
		if (!r || !strstr(err, imports[i].err))
			fail_msg("%s: %s", imports[i].file, r ? err : "taken");
		assert_int_equal(stat(file, &st), -1);
		return;
	}
	if (r)
		fail_msg("%s: %s", imports[i].file, err);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	if (imports[i].same && !same_certificate(file, path(imports[i].same)))
		fail_msg("%s: another certificate", imports[i].file);
	if (kind == HOST &&
	    !shell("test \"$(openssl x509 -noout -pubkey -in %s)\" = "
		   "\"$(openssl pkey -pubout -in %s)\"",
		   file, file))
		fail_msg("%s: another key", imports[i].file);
}

/* Whatever the umask is; that of ringfenced hides a mistake. */
static void assert_private(const char *folder)
{
	struct stat st;

	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

static void test_import(void **state)
{
	char err[512];

	for (size_t i = 0; i < sizeof(imports) / sizeof(imports[0]); i++) {
		int r;

		if (strstr(imports[i].file, "rc2") &&
		    strstr(tls_features(), "RC2"))
			continue;
		err[0] = '\0';
		r = import(imports[i].kind, "new", imports[i].file,
			   imports[i].key, imports[i].passphrase, err,
			   sizeof(err));
		check_import(i, r, err);
		certstore_delete(imports[i].kind, "new", err, sizeof(err));
	}
	assert_private(store);
	assert_private(path("store/host"));
	assert_private(path("store/others"));
}

static void test_names(void **state)
{
	static const char *const bad[] = { "",	       ".",   ".x", "..",
					   "../x",     "a/b", "-x", "a b",
					   "\xc3\xa4", "a\nb" };
	char err[512], name[65] = "";

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(import(HOST, bad[i], "good/both.pem", NULL,
					NULL, err, sizeof(err)),
				 -EINVAL);
		assert_non_null(strstr(err, "a file's name is up to 63"));
		assert_int_equal(certstore_delete(HOST, bad[i], err,
						  sizeof(err)),
				 -EINVAL);
	}
	memset(name, 'x', 64);
	assert_int_equal(import(HOST, name, "good/both.pem", NULL, NULL, err,
				sizeof(err)),
			 -EINVAL);
	name[63] = '\0';
	assert_int_equal(import(HOST, name, "good/both.pem", NULL, NULL, err,
				sizeof(err)),
			 0);
	assert_int_equal(certstore_delete(HOST, name, err, sizeof(err)), 0);
	assert_int_equal(certstore_delete(HOST, name, err, sizeof(err)),
			 -ENOENT);
}

struct seen {
	struct cert_info info[8];
	size_t n;
};

static void see(const struct cert_info *info, void *arg)
{
	struct seen *s = arg;

	assert_true(s->n < 8);
	s->info[s->n++] = *info;
}

static void test_list(void **state)
{
	struct seen s = { .n = 0 };
	char err[512];

	assert_int_equal(certstore_list(HOST, NULL, see, &s, err, sizeof(err)),
			 0);
	assert_int_equal(s.n, 0);
	assert_int_equal(import(HOST, "a.pem", "chain/chain.p12", NULL,
				"sesame", err, sizeof(err)),
			 0);
	assert_int_equal(import(HOST, "b", "eku-client/chain.pem",
				"eku-client/key.pem", NULL, err, sizeof(err)),
			 0);
	assert_int_equal(import(OTHERS, "ca", "good/ca.pem", NULL, NULL, err,
				sizeof(err)),
			 0);
	assert_int_equal(import(OTHERS, "crl", "crl/crl.pem", NULL, NULL, err,
				sizeof(err)),
			 0);
	assert_int_equal(certstore_list(HOST, NULL, see, &s, err, sizeof(err)),
			 0);
	assert_int_equal(s.n, 2);
	assert_string_equal(s.info[0].file, "a.pem");
	assert_string_equal(s.info[0].subject, "/CN=peer");
	assert_string_equal(s.info[0].issuer, "/CN=Intermediate");
	assert_string_equal(s.info[0].names, "gate.example.net");
	assert_string_equal(s.info[0].key, "EC 256");
	assert_true(s.info[0].has_key && !s.info[0].ca);
	assert_true(s.info[0].tls_client && s.info[0].tls_server);
	assert_true(s.info[0].from <= time(NULL) && s.info[0].to > time(NULL));
	assert_true(s.info[1].tls_client && !s.info[1].tls_server);
	s.n = 0;
	assert_int_equal(
		certstore_list(OTHERS, NULL, see, &s, err, sizeof(err)), 0);
	assert_int_equal(s.n, 2);
	assert_true(s.info[0].ca && !s.info[0].has_key);
	assert_true(!s.info[0].tls_client && !s.info[0].tls_server);
	assert_true(s.info[1].has_crl && !s.info[1].number);
	s.n = 0;
	assert_int_equal(
		certstore_list(HOST, "a.pem", see, &s, err, sizeof(err)), 0);
	assert_int_equal(s.n, 2);
	assert_string_equal(s.info[1].subject, "/CN=Intermediate");
	assert_int_equal(s.info[1].number, 2);
}

/* A request, signed elsewhere, comes back without its key. */
static void request(enum request_key key, const char *verify)
{
	struct request req = {
		.cn = "gate",
		.name = { "gate.example.net", "192.0.2.7", "2001:db8::7",
			  "sip:example.net" },
		.n_names = 4,
		.key = key,
	};
	char *key_pem, *pem, err[512], buf[256];
	const char *file = certstore_path(HOST, "csr", buf, sizeof(buf));
	size_t len;
	FILE *f;

	if (request_make(&req, &key_pem, &len, &pem, err, sizeof(err)))
		fail_msg("%s", err);
	assert_int_equal(certstore_write(HOST, "csr", key_pem, len, err,
					 sizeof(err)),
			 0);
	f = fopen(path("csr.pem"), "w");
	fputs(pem, f);
	fclose(f);
	free(key_pem);
	free(pem);
	assert_true(shell("openssl req -in %s -noout -verify 2>&1 | "
			  "grep -q 'verify OK'",
			  path("csr.pem")));
	assert_true(shell("openssl req -in %s -noout -text | grep -q "
			  "'DNS:gate.example.net, IP Address:192.0.2.7, IP "
			  "Address:2001:DB8:0:0:0:0:0:7, URI:sip:example.net'",
			  path("csr.pem")));
	assert_true(shell("openssl req -in %s -noout -text | grep -q '%s'",
			  path("csr.pem"), verify));
	assert_true(
		shell("cd %s && openssl x509 -req -in csr.pem -CA good/"
		      "chain.pem -CAkey good/key.pem -days 2 -copy_extensions "
		      "copy -out signed.pem 2>/dev/null",
		      dir));
	if (import(HOST, "csr", "signed.pem", NULL, NULL, err, sizeof(err)))
		fail_msg("%s", err);
	assert_true(shell("test \"$(openssl x509 -noout -pubkey -in %s)\" = "
			  "\"$(openssl pkey -pubout -in %s)\"",
			  file, file));
	/* And so does the next one, for the same key. */
	assert_int_equal(import(HOST, "csr", "signed.pem", NULL, NULL, err,
				sizeof(err)),
			 0);
	assert_int_equal(certstore_delete(HOST, "csr", err, sizeof(err)), 0);
}

static void test_request(void **state)
{
	request(REQUEST_KEY_P256, "prime256v1");
	request(REQUEST_KEY_P384, "secp384r1");
	request(REQUEST_KEY_RSA_2048, "2048 bit");
}

static void test_self_signed(void **state)
{
	struct request req = {
		.cn = "gate",
		.name = { "gate.example.net" },
		.n_names = 1,
		.days = 30,
	};
	struct tls_settings set = { 0 };
	struct tls_ctx *ctx = NULL;
	struct certstore_input in = { 0 };
	char *key, *pem, err[512], buf[256];
	size_t len;

	if (request_make(&req, &key, &len, &pem, err, sizeof(err)))
		fail_msg("%s", err);
	in = (struct certstore_input){ (uint8_t *)pem, strlen(pem),
				       (uint8_t *)key, len, NULL };
	if (certstore_import(HOST, "own", &in, err, sizeof(err)))
		fail_msg("%s", err);
	free(key);
	free(pem);
	set.certificate_file = certstore_path(HOST, "own", buf, sizeof(buf));
	assert_true(shell("openssl verify -CAfile %s %s >/dev/null",
			  set.certificate_file, set.certificate_file));
	assert_true(shell("openssl x509 -checkend %d -noout -in %s >/dev/null",
			  29 * 86400, set.certificate_file));
	assert_false(shell("openssl x509 -checkend %d -noout -in %s >/dev/null",
			   31 * 86400, set.certificate_file));
	if (tls_ctx_new(&set, &ctx, err, sizeof(err)))
		fail_msg("%s", err);
	tls_ctx_free(ctx);
}

static void test_bad_request(void **state)
{
	struct request req = { .cn = "" };
	char *key = NULL, *pem = NULL, err[512], name[130];
	size_t len;

	assert_int_equal(request_make(&req, &key, &len, &pem, err, sizeof(err)),
			 -EINVAL);
	req.cn = "x";
	req.n_names = 1;
	req.name[0] = "a b";
	assert_int_equal(request_make(&req, &key, &len, &pem, err, sizeof(err)),
			 -EINVAL);
	memset(name, 'a', 129);
	name[128] = '\0';
	req.name[0] = name;
	assert_int_equal(request_make(&req, &key, &len, &pem, err, sizeof(err)),
			 -EINVAL);
	req.n_names = 0;
	req.days = REQUEST_DAYS_MAX + 1;
	assert_int_equal(request_make(&req, &key, &len, &pem, err, sizeof(err)),
			 -EINVAL);
	assert_null(key);
	assert_null(pem);
}

static void test_full(void **state)
{
	char name[16], err[512];
	int r = 0, n = 0;

	for (; n <= CERTSTORE_FILES_MAX && !r; n++) {
		snprintf(name, sizeof(name), "f%d", n);
		r = certstore_write(OTHERS, name, "x", 1, err, sizeof(err));
	}
	assert_int_equal(r, -E2BIG);
	assert_non_null(strstr(err, "has 256 files already"));
	/* One that is there may be replaced. */
	assert_int_equal(
		certstore_write(OTHERS, "f0", "y", 1, err, sizeof(err)), 0);
}

static int setup(void **state)
{
	umask(022);
	assert_non_null(mkdtemp(dir));
	snprintf(store, sizeof(store), "%s/store", dir);
	if (!shell("%s %s && %s %s", MAKE_CHAINS, dir, MAKE_IMPORTS, dir))
		return -1;
	return certstore_init(store);
}

static int teardown(void **state)
{
	certstore_exit();
	return shell("rm -r %s", dir) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_import),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_self_signed),
		cmocka_unit_test(test_bad_request),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
