// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who guesses learns nothing by the time that it takes: what is hashed for a number
 * that nobody has is as much as for one whose password is wrong.
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/hash.h>

#include "base/log.h"
#include "guard/strike.h"
#include "sip/auth.h"
#include "sip/nonce.h"
#include "sip/txn.h"
#include "sip/validate.h"

#define SHA_256 \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define MD5	 "0123456789abcdef0123456789abcdef"
#define REGISTER "sip:10.0.0.1"
#define INVITE	 "sip:bob@10.0.0.1"

static struct gateway gateway = { .name = "phones", .extensions = true };
static struct sip_path path = { .gw = &gateway, .transport = SIP_UDP };
static struct extension extensions[] = {
	{ .number = "1001", .has_password = true },
	{ .number = "1002", .exception = true }, /* it has none */
};
static struct registrar_config config = {
	.realm = "test.example",
	.algorithm = { DIGEST_SHA256, DIGEST_MD5 },
	.n_algorithms = 2,
	.nonce_lifetime = 60,
	.extension = extensions,
	.n_extensions = 2,
	.policy = POLICY_ALL_SECURE,
};

/* Linked with --wrap: what is hashed, who is struck, and what is answered. */
static struct {
	size_t calls, bytes;
	unsigned int strikes;
	int status;
} seen;

int __real_wc_HashUpdate(wc_HashAlg *hash, enum wc_HashType type,
			 const byte *data, word32 n);
int __wrap_wc_HashUpdate(wc_HashAlg *hash, enum wc_HashType type,
			 const byte *data, word32 n);
int __wrap_wc_HashUpdate(wc_HashAlg *hash, enum wc_HashType type,
			 const byte *data, word32 n)
{
	seen.calls++;
	seen.bytes += n;
	return __real_wc_HashUpdate(hash, type, data, n);
}

void __wrap_strike(struct in_addr addr, enum ringfence_strike_reason reason,
		   bool proved);
void __wrap_strike(struct in_addr addr, enum ringfence_strike_reason reason,
		   bool proved)
{
	seen.strikes++;
}

void __wrap_txn_answer(const osip_message_t *req, osip_message_t *resp,
		       struct sip_path *to);
void __wrap_txn_answer(const osip_message_t *req, osip_message_t *resp,
		       struct sip_path *to)
{
	seen.status = resp->status_code;
	osip_message_free(resp);
}

static int setup(void **state)
{
	osip_t *osip;

	log_open(LOG_TO_STDERR, LOG_LEVEL_ERROR);
	message_init();
	osip_init(&osip);
	*state = osip;
	inet_pton(AF_INET, "10.0.0.2", &path.peer.sin_addr);
	auth_set_config(&config);
	return auth_init() || digest_ha1_make("1001", config.realm, "right",
					      &extensions[0].ha1);
}

static int teardown(void **state)
{
	auth_exit();
	osip_release(*state);
	return 0;
}

static osip_message_t *make(const char *method, const char *user,
			    const char *algorithm, const char *response)
{
	bool invite = !strcmp(method, "INVITE");
	char nonce[NONCE_TEXT_MAX], text[2048];
	struct sip_head head;
	osip_message_t *req;

	/* One that is no longer good tells no more. */
	assert_int_equal(nonce_make(path.peer.sin_addr, 1, nonce), 0);
	snprintf(text, sizeof(text),
		 "%s %s SIP/2.0\r\n"
		 "Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKa1;rport\r\n"
		 "From: <sip:%s@10.0.0.1>;tag=f1\r\n"
		 "To: <sip:%s@10.0.0.1>\r\nCall-ID: a\r\nCSeq: 7 %s\r\n"
		 "Max-Forwards: 70\r\nContact: <sip:%s@10.0.0.2>\r\n"
		 "%sAuthorization: Digest username=\"%s\", "
		 "realm=\"test.example\", nonce=\"%s\", uri=\"%s\", "
		 "algorithm=%s, qop=auth, nc=00000001, cnonce=\"c\", "
		 "response=\"%s\"\r\nContent-Length: 0\r\n\r\n",
		 method, invite ? INVITE : REGISTER, user, user, method, user,
		 invite ? "Proxy-" : "", user, nonce,
		 invite ? INVITE : REGISTER, algorithm, response);
	assert_int_equal(sip_validate(text, strlen(text), true, &head),
			 SIP_ACCEPT);
	req = message_parse(text, &head);
	assert_non_null(req);
	return req;
}

/* What it costs to refuse that. */
static void refuse(const char *method, const char *user, const char *algorithm,
		   const char *response, size_t *ret_calls, size_t *ret_bytes)
{
	osip_message_t *req = make(method, user, algorithm, response);

	memset(&seen, 0, sizeof(seen));
	assert_false(auth_admit(req, &path, false));
	assert_int_equal(seen.status, !strcmp(method, "INVITE") ? 407 : 401);
	assert_int_equal(seen.strikes, 1);
	*ret_calls = seen.calls;
	*ret_bytes = seen.bytes;
	osip_message_free(req);
}

static void test_same_work(void **state)
{
	static const char *const methods[] = { "REGISTER", "INVITE" };
	static const struct {
		const char *name, *response;
	} algorithms[] = { { "SHA-256", SHA_256 }, { "MD5", MD5 } };
	size_t calls, bytes, other_calls, other_bytes;

	for (int m = 0; m < 2; m++) {
		for (int a = 0; a < 2; a++) {
			const char *name = algorithms[a].name;
			const char *response = algorithms[a].response;

			refuse(methods[m], "1001", name, response, &calls,
			       &bytes);
			assert_true(calls > 0);
			/* Nobody's, and one that has no password. */
			refuse(methods[m], "4242", name, response, &other_calls,
			       &other_bytes);
			assert_int_equal(calls, other_calls);
			assert_int_equal(bytes, other_bytes);
			refuse(methods[m], "1002", name, response, &other_calls,
			       &other_bytes);
			assert_int_equal(calls, other_calls);
			assert_int_equal(bytes, other_bytes);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_same_work, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
