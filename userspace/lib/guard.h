/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits, bans and trust: Documentation/limits. What lib/ringfence.h says of all
 * calls holds here too.
 */
#ifndef LIB_GUARD_H
#define LIB_GUARD_H

#include "lib/ringfence.h"

struct rgf_trust {
	struct rgf_prefix prefix;
	uint32_t time; /* seconds; 0: configured, until it is removed */
	char comment[RINGFENCE_COMMENT_MAX + 1]; /* "": none */
	/* From the kernel only: */
	enum ringfence_trust_kind kind;
	uint32_t age, left; /* seconds */
};

/* Settings of a class, in the order of their attributes. */
enum rgf_limit_setting {
	RGF_LIMIT_ENABLED,
	RGF_LIMIT_RATE,
	RGF_LIMIT_BURST,
	RGF_LIMIT_GLOBAL_RATE,
	RGF_LIMIT_GLOBAL_BURST,
	RGF_LIMIT_NEWCOMER_RATE,
	RGF_LIMIT_TRUSTED_RATE,
	RGF_LIMIT_TRUSTED_BURST,
	RGF_LIMIT_STRIKES,
	RGF_LIMIT_WINDOW,
	RGF_LIMIT_BAN_TIME,
	RGF_LIMIT_BAN_TIME_MAX,
	RGF_LIMIT_NR,
};

struct rgf_limit {
	uint32_t has; /* 1 << enum rgf_limit_setting; 0: not in the request */
	uint32_t value[RGF_LIMIT_NR];
	/* From the kernel only: */
	uint64_t passed, limited, global_limited, newcomer_limited;
	uint64_t struck, banned;
};

struct rgf_ports {
	unsigned int n;
	uint16_t port[RINGFENCE_MAX_SIGNALING_PORTS];
};

/* Which members of struct rgf_limits are given, besides its classes. */
enum {
	RGF_LIMITS_SIGNALING = 1 << 0,
	RGF_LIMITS_SECURE = 1 << 1,
	RGF_LIMITS_IPV4_LENGTH = 1 << 2,
	RGF_LIMITS_IPV6_LENGTH = 1 << 3,
	RGF_LIMITS_SOURCES = 1 << 4,
};

struct rgf_limits {
	uint32_t has;
	struct rgf_limit limit[__RINGFENCE_LIMIT_CLASS_MAX];
	struct rgf_ports signaling, secure;
	uint8_t ipv4_length, ipv6_length;
	uint32_t sources;
	/* From the kernel only: */
	uint32_t sources_used, sources_known;
	uint64_t sources_replaced, sources_full, memory;
	uint32_t bans, trusts;
	uint64_t banned_packets;
};

struct rgf_source {
	struct rgf_prefix prefix;
	enum ringfence_limit_class class;
	uint32_t passed, limited; /* packets */
	uint32_t strikes, idle; /* seconds */
	bool known;
};

struct rgf_strike {
	struct rgf_addr addr;
	enum ringfence_strike_reason reason;
	bool proved; /* the address isn't forged */
	uint32_t count; /* 0: one */
};

/* Of @ban the prefix, time and comment. */
int rgf_ban_add(struct rgf *rgf, const struct rgf_ban *ban);
/* -ENOENT; NULL: all bans. */
int rgf_ban_del(struct rgf *rgf, const struct rgf_prefix *prefix);
int rgf_trust_add(struct rgf *rgf, const struct rgf_trust *trust);
int rgf_trust_del(struct rgf *rgf, const struct rgf_prefix *prefix);

/*
 * Lists, in no order. @cb is called while they are read: what comes or goes
 * meanwhile may be told or not. A negative return of @cb is returned.
 */
int rgf_ban_dump(struct rgf *rgf,
		 int (*cb)(const struct rgf_ban *ban, void *arg), void *arg);
int rgf_trust_dump(struct rgf *rgf,
		   int (*cb)(const struct rgf_trust *trust, void *arg),
		   void *arg);
int rgf_source_dump(struct rgf *rgf,
		    int (*cb)(const struct rgf_source *source, void *arg),
		    void *arg);

int rgf_limits_get(struct rgf *rgf, struct rgf_limits *ret);
int rgf_limits_set(struct rgf *rgf, const struct rgf_limits *limits);

/* @ret_banned: whether the source is banned now; may be NULL. */
int rgf_strike(struct rgf *rgf, const struct rgf_strike *strike,
	       bool *ret_banned);

/* NULL for what is unknown; no gaps. */
const char *rgf_limit_class_name(unsigned int class);
const char *rgf_limit_setting_name(unsigned int setting);
const char *rgf_ban_reason_name(unsigned int reason);
const char *rgf_strike_reason_name(unsigned int reason);
const char *rgf_trust_kind_name(unsigned int kind);
const char *rgf_unban_cause_name(unsigned int cause);
const char *rgf_guard_table_name(unsigned int table);

#endif
