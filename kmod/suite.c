// SPDX-License-Identifier: GPL-2.0-only
#include "suite.h"

#include <linux/kernel.h>

static const struct rgf_suite rgf_suites[] = {
	[RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80] = {
		.name = "AES_CM_128_HMAC_SHA1_80",
		.cipher = "ctr(aes)",
		.auth = "hmac(sha1)",
		.key_len = 16,
		.salt_len = 14,
		.auth_key_len = 20,
		.rtp_tag_len = 10,
		.rtcp_tag_len = 10,
	},
	[RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_32] = {
		.name = "AES_CM_128_HMAC_SHA1_32",
		.cipher = "ctr(aes)",
		.auth = "hmac(sha1)",
		.key_len = 16,
		.salt_len = 14,
		.auth_key_len = 20,
		.rtp_tag_len = 4,
		.rtcp_tag_len = 10,
	},
};

const struct rgf_suite *rgf_suite_get(enum ringfence_suite id)
{
	if ((unsigned int)id >= ARRAY_SIZE(rgf_suites) || !rgf_suites[id].name)
		return NULL;
	return &rgf_suites[id];
}
