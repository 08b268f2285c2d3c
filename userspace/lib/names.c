// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "lib/ringfence.h"

static const struct {
	const char *name;
	size_t key_len;
} suites[] = {
	[RINGFENCE_SUITE_NONE] = { "none", 0 },
	[RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80] = { "AES_CM_128_HMAC_SHA1_80",
						      16 + 14 },
	[RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_32] = { "AES_CM_128_HMAC_SHA1_32",
						      16 + 14 },
};
_Static_assert(sizeof(suites) / sizeof(suites[0]) == __RINGFENCE_SUITE_MAX,
	       "each suite has a name");

static const char *const drops[] = {
	[RINGFENCE_DROP_REASON_MALFORMED] = "malformed",
	[RINGFENCE_DROP_REASON_WRONG_SOURCE] = "wrong-source",
	[RINGFENCE_DROP_REASON_AUTH_FAILED] = "auth-failed",
	[RINGFENCE_DROP_REASON_REPLAYED] = "replayed",
	[RINGFENCE_DROP_REASON_SSRC_LIMIT] = "ssrc-limit",
	[RINGFENCE_DROP_REASON_KEY_EXHAUSTED] = "key-exhausted",
	[RINGFENCE_DROP_REASON_CRYPTO_ERROR] = "crypto-error",
	[RINGFENCE_DROP_REASON_NO_MEMORY] = "no-memory",
	[RINGFENCE_DROP_REASON_NO_ROUTE] = "no-route",
	[RINGFENCE_DROP_REASON_TOO_BIG] = "too-big",
	[RINGFENCE_DROP_REASON_TTL_EXPIRED] = "ttl-expired",
};
_Static_assert(sizeof(drops) / sizeof(drops[0]) == __RINGFENCE_DROP_REASON_MAX,
	       "each drop reason has a name");

const char *rgf_suite_name(enum ringfence_suite suite)
{
	if ((unsigned int)suite >= __RINGFENCE_SUITE_MAX)
		return NULL;
	return suites[suite].name;
}

int rgf_suite_by_name(const char *name, enum ringfence_suite *ret)
{
	for (unsigned int i = 0; i < __RINGFENCE_SUITE_MAX; i++) {
		if (strcmp(suites[i].name, name) == 0) {
			*ret = i;
			return 0;
		}
	}
	return -ENOENT;
}

size_t rgf_suite_key_len(enum ringfence_suite suite)
{
	if ((unsigned int)suite >= __RINGFENCE_SUITE_MAX)
		return 0;
	return suites[suite].key_len;
}

const char *rgf_drop_name(unsigned int reason)
{
	if (reason >= __RINGFENCE_DROP_REASON_MAX)
		return NULL;
	return drops[reason];
}
