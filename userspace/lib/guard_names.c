// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of limits, bans and trust, as in the netlink specification. */
#include "lib/guard_msg.h"
#include "lib/names-gen.h"

#define ARRAY_SIZE(a)	  (sizeof(a) / sizeof((a)[0]))
#define NAME(value, name) [value] = (name),

static const char *const classes[] = { RINGFENCE_LIMIT_CLASS_NAMES(NAME) };
static const char *const reasons[] = { RINGFENCE_BAN_REASON_NAMES(NAME) };
static const char *const strikes[] = { RINGFENCE_STRIKE_REASON_NAMES(NAME) };
static const char *const kinds[] = { RINGFENCE_TRUST_KIND_NAMES(NAME) };
static const char *const causes[] = { RINGFENCE_UNBAN_CAUSE_NAMES(NAME) };
static const char *const tables[] = { RINGFENCE_GUARD_TABLE_NAMES(NAME) };

static const char *name(const char *const *names, size_t n, unsigned int i)
{
	return i < n ? names[i] : NULL;
}

const char *rgf_limit_class_name(unsigned int class)
{
	return name(classes, ARRAY_SIZE(classes), class);
}

const char *rgf_limit_setting_name(unsigned int setting)
{
	if (setting >= RGF_LIMIT_NR)
		return NULL;
	return rgf_limit_attrs.attrs[RINGFENCE_A_LIMIT_ENABLED + setting].name;
}

const char *rgf_ban_reason_name(unsigned int reason)
{
	return name(reasons, ARRAY_SIZE(reasons), reason);
}

const char *rgf_strike_reason_name(unsigned int reason)
{
	return name(strikes, ARRAY_SIZE(strikes), reason);
}

const char *rgf_trust_kind_name(unsigned int kind)
{
	return name(kinds, ARRAY_SIZE(kinds), kind);
}

const char *rgf_unban_cause_name(unsigned int cause)
{
	return name(causes, ARRAY_SIZE(causes), cause);
}

const char *rgf_guard_table_name(unsigned int table)
{
	return name(tables, ARRAY_SIZE(tables), table);
}
