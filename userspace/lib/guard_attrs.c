// SPDX-License-Identifier: GPL-2.0-or-later
/* Attributes of limits, bans and trust, for reading and for naming them. */
#include "lib/attr_set.h"
#include "lib/guard_msg.h"
#include "lib/rules_msg.h"

#define U8(set, attr, name) \
	[RINGFENCE_A_##set##_##attr] = { name, RGF_ATTR_U8, NULL }
#define U16(set, attr, name) \
	[RINGFENCE_A_##set##_##attr] = { name, RGF_ATTR_U16, NULL }
#define U32(set, attr, name) \
	[RINGFENCE_A_##set##_##attr] = { name, RGF_ATTR_U32, NULL }
#define U64(set, attr, name) \
	[RINGFENCE_A_##set##_##attr] = { name, RGF_ATTR_U64, NULL }
#define TEXT(set, attr, name) \
	[RINGFENCE_A_##set##_##attr] = { name, RGF_ATTR_TEXT, NULL }
#define PREFIX_OF(set)       \
	[RINGFENCE_A_##set## \
		_PREFIX] = { "prefix", RGF_ATTR_NEST, &rgf_prefix_attrs }
#define PAD_OF(set) [RINGFENCE_A_##set##_PAD] = { "pad", RGF_ATTR_OTHER, NULL }

static const struct rgf_attr ban_attrs[] = {
	PREFIX_OF(BAN),
	U32(BAN, TIME, "time"),
	TEXT(BAN, COMMENT, "comment"),
	U32(BAN, REASON, "reason"),
	U32(BAN, CLASS, "class"),
	U32(BAN, STRIKE_REASON, "strike-reason"),
	U32(BAN, RULE, "rule"),
	U32(BAN, RATE, "rate"),
	U32(BAN, AGE, "age"),
	U32(BAN, LEFT, "left"),
	U32(BAN, IDLE, "idle"),
	U64(BAN, PACKETS, "packets"),
	U32(BAN, OFFENCES, "offences"),
	U32(BAN, CAUSE, "cause"),
	PAD_OF(BAN),
};
const struct rgf_attr_set rgf_ban_attrs = ATTR_SET(ban_attrs);

static const struct rgf_attr trust_attrs[] = {
	PREFIX_OF(TRUST),
	U32(TRUST, TIME, "time"),
	TEXT(TRUST, COMMENT, "comment"),
	U32(TRUST, KIND, "kind"),
	U32(TRUST, AGE, "age"),
	U32(TRUST, LEFT, "left"),
};
const struct rgf_attr_set rgf_trust_attrs = ATTR_SET(trust_attrs);

static const struct rgf_attr limit_attrs[] = {
	U32(LIMIT, CLASS, "class"),
	U8(LIMIT, ENABLED, "enabled"),
	U32(LIMIT, RATE, "rate"),
	U32(LIMIT, BURST, "burst"),
	U32(LIMIT, GLOBAL_RATE, "global-rate"),
	U32(LIMIT, GLOBAL_BURST, "global-burst"),
	U32(LIMIT, NEWCOMER_RATE, "newcomer-rate"),
	U32(LIMIT, TRUSTED_RATE, "trusted-rate"),
	U32(LIMIT, TRUSTED_BURST, "trusted-burst"),
	U32(LIMIT, STRIKES, "strikes"),
	U32(LIMIT, WINDOW, "window"),
	U32(LIMIT, BAN_TIME, "ban-time"),
	U32(LIMIT, BAN_TIME_MAX, "ban-time-max"),
	U64(LIMIT, PASSED, "passed"),
	U64(LIMIT, LIMITED, "limited"),
	U64(LIMIT, GLOBAL_LIMITED, "global-limited"),
	U64(LIMIT, NEWCOMER_LIMITED, "newcomer-limited"),
	U64(LIMIT, STRUCK, "struck"),
	U64(LIMIT, BANNED, "banned"),
	PAD_OF(LIMIT),
};
const struct rgf_attr_set rgf_limit_attrs = ATTR_SET(limit_attrs);

static const struct rgf_attr limits_attrs[] = {
	[RINGFENCE_A_LIMITS_LIMIT] = { "limit", RGF_ATTR_NEST,
				       &rgf_limit_attrs },
	U16(LIMITS, SIGNALING_PORT, "signaling-port"),
	U16(LIMITS, SECURE_PORT, "secure-port"),
	U8(LIMITS, IPV4_LENGTH, "ipv4-length"),
	U8(LIMITS, IPV6_LENGTH, "ipv6-length"),
	U32(LIMITS, SOURCES, "sources"),
	U32(LIMITS, SOURCES_USED, "sources-used"),
	U32(LIMITS, SOURCES_KNOWN, "sources-known"),
	U64(LIMITS, SOURCES_REPLACED, "sources-replaced"),
	U64(LIMITS, SOURCES_FULL, "sources-full"),
	U64(LIMITS, MEMORY, "memory"),
	U32(LIMITS, BANS, "bans"),
	U64(LIMITS, BANNED_PACKETS, "banned-packets"),
	U32(LIMITS, TRUSTS, "trusts"),
	PAD_OF(LIMITS),
};
const struct rgf_attr_set rgf_limits_attrs = ATTR_SET(limits_attrs);

static const struct rgf_attr source_attrs[] = {
	PREFIX_OF(SOURCE),
	U32(SOURCE, CLASS, "class"),
	U32(SOURCE, PASSED, "passed"),
	U32(SOURCE, LIMITED, "limited"),
	U32(SOURCE, STRIKES, "strikes"),
	U8(SOURCE, KNOWN, "known"),
	U32(SOURCE, IDLE, "idle"),
};
const struct rgf_attr_set rgf_source_attrs = ATTR_SET(source_attrs);

static const struct rgf_attr strike_attrs[] = {
	PREFIX_OF(STRIKE),
	U32(STRIKE, REASON, "reason"),
	U8(STRIKE, PROVED, "proved"),
	U32(STRIKE, COUNT, "count"),
	U8(STRIKE, BANNED, "banned"),
};
const struct rgf_attr_set rgf_strike_attrs = ATTR_SET(strike_attrs);

static const struct rgf_attr guard_full_attrs[] = {
	U32(GUARD_FULL, TABLE, "table"),
	U64(GUARD_FULL, COUNT, "count"),
	PAD_OF(GUARD_FULL),
};
const struct rgf_attr_set rgf_guard_full_attrs = ATTR_SET(guard_full_attrs);

ALL_OF(ban_attrs, BAN);
ALL_OF(trust_attrs, TRUST);
ALL_OF(limit_attrs, LIMIT);
ALL_OF(limits_attrs, LIMITS);
ALL_OF(source_attrs, SOURCE);
ALL_OF(strike_attrs, STRIKE);
ALL_OF(guard_full_attrs, GUARD_FULL);
