// SPDX-License-Identifier: GPL-2.0-only
#include "suite.h"

#include <linux/kernel.h>

#define RGF_SUITE_HMAC(id, sdes, cipher_id, key, tag) \
	[RINGFENCE_SUITE_##id] = {                    \
		.name = sdes,                         \
		.cipher = RGF_CIPHER_##cipher_id,     \
		.key_len = key,                       \
		.salt_len = 14,                       \
		.auth_key_len = 20,                   \
		.rtp_tag_len = tag,                   \
		.rtcp_tag_len = 10,                   \
	}

#define RGF_SUITE_GCM(id, sdes, key)          \
	[RINGFENCE_SUITE_##id] = {            \
		.name = sdes,                 \
		.cipher = RGF_CIPHER_AES_GCM, \
		.key_len = key,               \
		.salt_len = 12,               \
		.rtp_tag_len = 16,            \
		.rtcp_tag_len = 16,           \
	}

static const struct rgf_suite rgf_suites[] = {
	RGF_SUITE_HMAC(AES_CM_128_HMAC_SHA1_80, "AES_CM_128_HMAC_SHA1_80",
		       AES_CM, 16, 10),
	RGF_SUITE_HMAC(AES_CM_128_HMAC_SHA1_32, "AES_CM_128_HMAC_SHA1_32",
		       AES_CM, 16, 4),
	RGF_SUITE_HMAC(AES_CM_192_HMAC_SHA1_80, "AES_192_CM_HMAC_SHA1_80",
		       AES_CM, 24, 10),
	RGF_SUITE_HMAC(AES_CM_192_HMAC_SHA1_32, "AES_192_CM_HMAC_SHA1_32",
		       AES_CM, 24, 4),
	RGF_SUITE_HMAC(AES_CM_256_HMAC_SHA1_80, "AES_256_CM_HMAC_SHA1_80",
		       AES_CM, 32, 10),
	RGF_SUITE_HMAC(AES_CM_256_HMAC_SHA1_32, "AES_256_CM_HMAC_SHA1_32",
		       AES_CM, 32, 4),
	RGF_SUITE_GCM(AEAD_AES_128_GCM, "AEAD_AES_128_GCM", 16),
	RGF_SUITE_GCM(AEAD_AES_256_GCM, "AEAD_AES_256_GCM", 32),
	RGF_SUITE_HMAC(F8_128_HMAC_SHA1_80, "F8_128_HMAC_SHA1_80", AES_F8, 16,
		       10),
	RGF_SUITE_HMAC(NULL_HMAC_SHA1_80, "NULL_HMAC_SHA1_80", NULL, 16, 10),
	RGF_SUITE_HMAC(NULL_HMAC_SHA1_32, "NULL_HMAC_SHA1_32", NULL, 16, 4),
};

const struct rgf_suite *rgf_suite_get(enum ringfence_suite id)
{
	if ((unsigned int)id >= ARRAY_SIZE(rgf_suites) || !rgf_suites[id].name)
		return NULL;
	return &rgf_suites[id];
}
