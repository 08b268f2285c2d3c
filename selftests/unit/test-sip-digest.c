// SPDX-License-Identifier: GPL-2.0-or-later
/* Digest credentials, by the examples of RFC 7616, and nonces. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sip/digest.h"
#include "sip/nonce.h"

#define REALM  "http-auth@example.org"
#define NONCE  "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
#define CNONCE "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
#define COMMON                                                             \
	"username=\"Mufasa\", realm=\"" REALM "\", uri=\"/dir/"            \
	"index.html\", nonce=\"" NONCE "\", nc=00000001, cnonce=\"" CNONCE \
	"\", qop=auth, "
#define MD5_RESPONSE "8ca523f5e9506fed4657c9700eebdbec"
#define SHA_RESPONSE \
	"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
#define MD5_ANSWER "algorithm=MD5, response=\"" MD5_RESPONSE "\""
#define SHA_ANSWER "algorithm=SHA-256, response=\"" SHA_RESPONSE "\""

static int setup(void **state)
{
	osip_t *osip;

	osip_init(&osip); /* which makes its parser ready */
	*state = osip;
	return nonces_init();
}

static int teardown(void **state)
{
	nonces_exit();
	osip_release(*state);
	return 0;
}

static int read_text(const char *text, struct digest_credentials *c)
{
	osip_authorization_t *auth = NULL;
	int ret;

	assert_int_equal(osip_authorization_init(&auth), 0);
	ret = osip_authorization_parse(auth, text)
		      ? -EBADMSG
		      : digest_read(auth, REALM, c);
	osip_authorization_free(auth);
	return ret;
}

static void test_examples(void **state)
{
	struct digest_credentials c = { 0 };
	struct digest_ha1 right = { 0 }, wrong = { 0 };

	assert_int_equal(
		digest_ha1_make("Mufasa", REALM, "Circle of Life", &right), 0);
	assert_int_equal(
		digest_ha1_make("Mufasa", REALM, "Circle of Lif", &wrong), 0);
	assert_int_equal(read_text("Digest " COMMON SHA_ANSWER, &c), 0);
	assert_int_equal(c.algorithm, DIGEST_SHA256);
	assert_int_equal(c.count, 1);
	assert_string_equal(c.user, "Mufasa");
	assert_true(digest_matches(&c, &right, "GET"));
	assert_false(digest_matches(&c, &wrong, "GET"));
	assert_false(digest_matches(&c, &right, "PUT"));
	assert_int_equal(read_text("Digest " COMMON MD5_ANSWER, &c), 0);
	assert_int_equal(c.algorithm, DIGEST_MD5);
	assert_true(digest_matches(&c, &right, "GET"));
	assert_false(digest_matches(&c, &wrong, "GET"));
	/* The last digit counts, too. */
	c.response[31] ^= 1;
	assert_false(digest_matches(&c, &right, "GET"));
	/* MD5 is what has no name; digits are of either case. */
	assert_int_equal(read_text("digest " COMMON "response=\""
				   "8CA523F5E9506FED4657C9700EEBDBEC\"",
				   &c),
			 0);
	assert_true(digest_matches(&c, &right, "GET"));
}

#define USER	 "username=\"u\", "
#define R	 "realm=\"" REALM "\", "
#define REST	 "uri=\"sip:x\", nonce=\"n\", cnonce=\"c\", nc=00000001, "
#define QOP	 "qop=auth, "
#define RESPONSE "response=\"" MD5_RESPONSE "\""

static void test_malformed(void **state)
{
	static const struct {
		const char *text;
		int ret;
	} cases[] = {
		{ "Digest " USER R REST QOP RESPONSE, 0 },
		{ "Basic " USER R REST QOP RESPONSE, -ENOENT },
		{ "Digest " USER REST QOP RESPONSE, -ENOENT },
		{ "Digest " USER "realm=\"other\", " REST QOP RESPONSE,
		  -ENOENT },
		{ "Digest " USER R REST QOP RESPONSE ", algorithm=SHA-512-256",
		  -ENOENT },
		{ "Digest " USER R REST QOP RESPONSE ", algorithm=MD5-sess",
		  -ENOENT },
		{ "Digest " R REST QOP RESPONSE, -EINVAL },
		{ "Digest " USER R REST RESPONSE, -EINVAL },
		{ "Digest " USER R REST "qop=auth-int, " RESPONSE, -EINVAL },
		{ "Digest " USER R REST QOP, -EINVAL },
		{ "Digest " USER R REST QOP "response=\"00\"", -EINVAL },
		{ "Digest " USER R QOP RESPONSE ", uri=\"x\", nonce=\"n\", "
		  "cnonce=\"c\", nc=00000000",
		  -EINVAL },
		{ "Digest " USER R QOP RESPONSE ", uri=\"x\", nonce=\"n\", "
		  "cnonce=\"c\", nc=1",
		  -EINVAL },
		{ "Digest " USER R QOP RESPONSE ", uri=\"x\", nonce=\"n\", "
		  "cnonce=\"c\", nc=-0000001",
		  -EINVAL },
		{ "Digest " USER R QOP RESPONSE ", uri=\"x\", nonce=\"\", "
		  "cnonce=\"c\", nc=00000001",
		  -EINVAL },
	};
	struct digest_credentials c = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int ret = read_text(cases[i].text, &c);

		if (ret != cases[i].ret)
			fail_msg("%d, not %d: %s", ret, cases[i].ret,
				 cases[i].text);
	}
}

static void test_quotes(void **state)
{
	struct digest_credentials c = { 0 };

	assert_int_equal(read_text("Digest username=\"a\\\"b\\\\c\", " R REST
					   QOP RESPONSE,
				   &c),
			 0);
	assert_string_equal(c.user, "a\"b\\c");
}

static void test_long(void **state)
{
	struct digest_credentials c = { 0 };
	char text[4096], name[DIGEST_USER_MAX + 2];

	memset(name, 'u', sizeof(name));
	name[DIGEST_USER_MAX + 1] = '\0';
	snprintf(text, sizeof(text),
		 "Digest username=\"%s\", " R REST QOP RESPONSE, name);
	assert_int_equal(read_text(text, &c), -EINVAL);
	name[DIGEST_USER_MAX] = '\0';
	snprintf(text, sizeof(text),
		 "Digest username=\"%s\", " R REST QOP RESPONSE, name);
	assert_int_equal(read_text(text, &c), 0);
}

#define SECOND UINT64_C(1000000)

static const struct in_addr here = { 0x0100007f }, there = { 0x0200007f };

static void test_nonce(void **state)
{
	char a[NONCE_TEXT_MAX], b[NONCE_TEXT_MAX];

	assert_int_equal(nonce_make(here, 5 * SECOND, a), 0);
	assert_int_equal(nonce_make(here, 5 * SECOND, b), 0);
	assert_string_not_equal(a, b);
	assert_int_equal(nonce_check(a, here, 5 * SECOND, 10), NONCE_FRESH);
	assert_int_equal(nonce_check(b, here, 5 * SECOND, 10), NONCE_FRESH);
	assert_int_equal(nonce_check(a, here, 15 * SECOND - 1, 10),
			 NONCE_FRESH);
	assert_int_equal(nonce_check(a, here, 15 * SECOND, 10), NONCE_STALE);
	assert_int_equal(nonce_check(a, there, 5 * SECOND, 10), NONCE_FOREIGN);
	for (size_t i = 0; a[i]; i++) {
		memcpy(b, a, sizeof(b));
		b[i] = b[i] == '0' ? '1' : '0';
		assert_int_equal(nonce_check(b, here, 5 * SECOND, 10),
				 NONCE_FOREIGN);
	}
	a[NONCE_TEXT_MAX - 2] = '\0';
	assert_int_equal(nonce_check(a, here, 5 * SECOND, 10), NONCE_FOREIGN);
	assert_int_equal(nonce_check("", here, 5 * SECOND, 10), NONCE_FOREIGN);
}

static void test_count(void **state)
{
	char a[NONCE_TEXT_MAX], b[NONCE_TEXT_MAX];

	nonce_make(here, SECOND, a);
	nonce_make(here, SECOND, b);
	assert_true(nonce_use(b, 1));
	assert_true(nonce_use(a, 3));
	assert_false(nonce_use(a, 3));
	assert_false(nonce_use(a, 2));
	assert_true(nonce_use(a, 4));
	assert_false(nonce_use(b, 1));
	assert_true(nonce_use(b, UINT32_MAX));
	assert_false(nonce_use(b, UINT32_MAX));
}

/* The table is full: nothing that it forgets can be used again. */
static void test_full(void **state)
{
	static char texts[NONCES_MAX + 1][NONCE_TEXT_MAX];
	char unused[NONCE_TEXT_MAX];

	nonce_make(here, SECOND, unused);
	for (size_t i = 0; i <= NONCES_MAX; i++) {
		nonce_make(here, SECOND, texts[i]);
		assert_true(nonce_use(texts[i], 1));
	}
	assert_int_equal(nonce_check(unused, here, SECOND, 10), NONCE_STALE);
	for (size_t i = 0; i <= NONCES_MAX; i++) {
		bool fresh = nonce_check(texts[i], here, 2 * SECOND, 10) ==
			     NONCE_FRESH;

		assert_int_equal(fresh, i >= NONCES_MAX / 8);
		assert_false(fresh && nonce_use(texts[i], 1));
	}
}

static void test_restart(void **state)
{
	char a[NONCE_TEXT_MAX];

	nonce_make(here, SECOND, a);
	nonces_exit();
	assert_int_equal(nonces_init(), 0);
	assert_int_equal(nonce_check(a, here, SECOND, 10), NONCE_FOREIGN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_long),
		cmocka_unit_test_setup_teardown(test_nonce, setup, teardown),
		cmocka_unit_test_setup_teardown(test_count, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full, setup, teardown),
		cmocka_unit_test_setup_teardown(test_restart, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
