// SPDX-License-Identifier: GPL-2.0-or-later
#include "policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void set_policy(srtp_crypto_policy_t *policy);

/* Of RTP, and of RTCP where that isn't the same. */
static const struct {
	const char *name;
	size_t key_len;
	set_policy *rtp;
	set_policy *rtcp;
} suites[] = {
	{ "AES_CM_128_HMAC_SHA1_80", 30, srtp_crypto_policy_set_rtp_default,
	  NULL },
	{ "AES_CM_128_HMAC_SHA1_32", 30,
	  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32,
	  srtp_crypto_policy_set_rtcp_default },
	{ "AES_192_CM_HMAC_SHA1_80", 38,
	  srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80, NULL },
	{ "AES_192_CM_HMAC_SHA1_32", 38,
	  srtp_crypto_policy_set_aes_cm_192_hmac_sha1_32,
	  srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80 },
	{ "AES_256_CM_HMAC_SHA1_80", 46,
	  srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80, NULL },
	{ "AES_256_CM_HMAC_SHA1_32", 46,
	  srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32,
	  srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80 },
	{ "AEAD_AES_128_GCM", 28, srtp_crypto_policy_set_aes_gcm_128_16_auth,
	  NULL },
	{ "AEAD_AES_256_GCM", 44, srtp_crypto_policy_set_aes_gcm_256_16_auth,
	  NULL },
	{ "NULL_HMAC_SHA1_80", 30,
	  srtp_crypto_policy_set_null_cipher_hmac_sha1_80, NULL },
};

void policy_fail(const char *what, const char *detail)
{
	fprintf(stderr, "srtp: %s: %s\n", what, detail);
	exit(1);
}

size_t policy_hex(const char *hex, uint8_t *out, size_t max)
{
	size_t n = strlen(hex) / 2, i;
	char byte[3] = "", *end;

	if (strlen(hex) % 2 || n > max)
		policy_fail("bad hexadecimal", hex);
	for (i = 0; i < n; i++) {
		memcpy(byte, hex + 2 * i, 2);
		out[i] = (uint8_t)strtoul(byte, &end, 16);
		if (*end)
			policy_fail("bad hexadecimal", hex);
	}
	return n;
}

size_t policy_suite(srtp_policy_t *policy, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(suites) / sizeof(*suites); i++) {
		if (strcmp(suites[i].name, name) != 0)
			continue;
		suites[i].rtp(&policy->rtp);
		if (suites[i].rtcp)
			suites[i].rtcp(&policy->rtcp);
		else
			suites[i].rtp(&policy->rtcp);
		return suites[i].key_len;
	}
	policy_fail("unknown suite", name);
	return 0;
}
