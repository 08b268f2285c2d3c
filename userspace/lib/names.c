// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "lib/names-gen.h"
#include "lib/ringfence.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define SUITE(sdes, key, salt)        \
	{                             \
#sdes, (key) + (salt) \
	}

/* RFC 4568, 6.2, RFC 6188 and RFC 7714. */
static const struct {
	const char *name;
	size_t key_len;
} suites[] = {
	[RINGFENCE_SUITE_NONE] = { "none", 0 },
	[RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80] =
		SUITE(AES_CM_128_HMAC_SHA1_80, 16, 14),
	[RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_32] =
		SUITE(AES_CM_128_HMAC_SHA1_32, 16, 14),
	[RINGFENCE_SUITE_AES_CM_192_HMAC_SHA1_80] =
		SUITE(AES_192_CM_HMAC_SHA1_80, 24, 14),
	[RINGFENCE_SUITE_AES_CM_192_HMAC_SHA1_32] =
		SUITE(AES_192_CM_HMAC_SHA1_32, 24, 14),
	[RINGFENCE_SUITE_AES_CM_256_HMAC_SHA1_80] =
		SUITE(AES_256_CM_HMAC_SHA1_80, 32, 14),
	[RINGFENCE_SUITE_AES_CM_256_HMAC_SHA1_32] =
		SUITE(AES_256_CM_HMAC_SHA1_32, 32, 14),
	[RINGFENCE_SUITE_AEAD_AES_128_GCM] = SUITE(AEAD_AES_128_GCM, 16, 12),
	[RINGFENCE_SUITE_AEAD_AES_256_GCM] = SUITE(AEAD_AES_256_GCM, 32, 12),
	[RINGFENCE_SUITE_F8_128_HMAC_SHA1_80] =
		SUITE(F8_128_HMAC_SHA1_80, 16, 14),
	[RINGFENCE_SUITE_NULL_HMAC_SHA1_80] = SUITE(NULL_HMAC_SHA1_80, 16, 14),
	[RINGFENCE_SUITE_NULL_HMAC_SHA1_32] = SUITE(NULL_HMAC_SHA1_32, 16, 14),
};
_Static_assert(ARRAY_SIZE(suites) == __RINGFENCE_SUITE_MAX,
	       "each suite has a name");

/* The others are called as in the netlink specification. */
#define BY_VALUE(value, name) [value] = (name),
#define BY_BIT(value, name)   [__builtin_ctz(value)] = (name),

static const char *const drops[] = { RINGFENCE_DROP_REASON_NAMES(BY_VALUE) };
static const char *const latches[] = { RINGFENCE_LATCH_NAMES(BY_VALUE) };
static const char *const leg_flags[] = { RINGFENCE_LEG_FLAGS_NAMES(BY_BIT) };
static const char *const session_flags[] = { RINGFENCE_SESSION_FLAGS_NAMES(
	BY_BIT) };
_Static_assert(ARRAY_SIZE(drops) == __RINGFENCE_DROP_REASON_MAX,
	       "struct rgf_counters counts each");

const char *rgf_suite_name(enum ringfence_suite suite)
{
	if ((unsigned int)suite >= ARRAY_SIZE(suites))
		return NULL;
	return suites[suite].name;
}

int rgf_suite_by_name(const char *name, enum ringfence_suite *ret)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(suites); i++) {
		if (strcmp(suites[i].name, name) == 0) {
			*ret = i;
			return 0;
		}
	}
	return -ENOENT;
}

size_t rgf_suite_key_len(enum ringfence_suite suite)
{
	if ((unsigned int)suite >= ARRAY_SIZE(suites))
		return 0;
	return suites[suite].key_len;
}

const char *rgf_drop_name(unsigned int reason)
{
	return reason < ARRAY_SIZE(drops) ? drops[reason] : NULL;
}

const char *rgf_latch_name(enum ringfence_latch latch)
{
	if ((unsigned int)latch >= ARRAY_SIZE(latches))
		return NULL;
	return latches[latch];
}

const char *rgf_leg_flag_name(unsigned int bit)
{
	return bit < ARRAY_SIZE(leg_flags) ? leg_flags[bit] : NULL;
}

const char *rgf_session_flag_name(unsigned int bit)
{
	return bit < ARRAY_SIZE(session_flags) ? session_flags[bit] : NULL;
}
