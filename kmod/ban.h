/* SPDX-License-Identifier: GPL-2.0-only */
/* Sources whose packets end at the device, and sources that are trusted. */
#ifndef _RGF_BAN_H
#define _RGF_BAN_H

#include <linux/minmax.h>
#include <linux/ringfence.h>
#include <linux/types.h>

#include "addr.h"
#include "prefixtab.h"

struct net;
struct netlink_ext_ack;
struct rgf_guard;

/**
 * rgf_ban_prepare() - get ready to ban
 * @net: namespace
 *
 * Until this was called, or a ban, trust or limit was set, the namespace has no
 * table of bans. Once it has one it keeps it. Process context; takes the lock
 * of the namespace.
 *
 * Return: 0 or -errno
 */
int rgf_ban_prepare(struct net *net);

/**
 * rgf_ban_add_source() - ban the source of a packet that a rule matched
 * @net: namespace; without rgf_ban_prepare() nothing happens
 * @addr: of the packet
 * @seconds: of the ban, from 1; former offences don't make it longer
 * @rule: its number, from 1, to be shown
 * @comment: of the rule, likewise; copied; NULL: none
 *
 * The packet may be forged, so a trusted source isn't banned. A ban that there
 * is and that lasts longer stays. Allocates without sleeping. Softirq or
 * disabled bottom halves.
 *
 * Return: whether the source is banned now
 */
bool rgf_ban_add_source(struct net *net, const struct rgf_addr *addr,
			u32 seconds, u32 rule, const char *comment);

/* What follows is the guard's own. */

struct rgf_ban {
	struct rgf_prefix_node n;
	struct list_head past; /* once it has ended */
	u8 reason; /* enum ringfence_ban_reason */
	u8 class;
	u8 strike_reason;
	u32 rule;
	u32 rate; /* packets a second */
	u32 seconds; /* 0: forever */
	u32 offences; /* bans before */
	u64 since; /* jiffies_64, as the following */
	u64 last; /* packet that was dropped; 0: none */
	atomic64_t packets;
	struct rcu_head rcu;
	char comment[]; /* "": none */
};

struct rgf_trust {
	struct rgf_prefix_node n; /* stays: it is configured */
	u64 since;
	struct rcu_head rcu;
	char comment[];
};

struct rgf_ban_spec {
	enum ringfence_ban_reason reason;
	enum ringfence_limit_class class;
	enum ringfence_strike_reason strike_reason;
	u32 rule;
	u32 rate;
	u32 seconds; /* of a first offence; 0: forever */
	u32 seconds_max; /* each further one doubles them, up to that */
	bool proved; /* the source isn't forged */
	const char *comment; /* NULL: none */
};

static inline bool rgf_ban_is_past(const struct rgf_ban *ban)
{
	return !list_empty(&ban->past);
}

/* Seconds of a ban after so many others: twice as many each time. */
static inline u32 rgf_ban_seconds(u32 first, u32 most, u32 offences)
{
	u64 seconds = (u64)first << min(offences, 31u);

	return max_t(u64, first, min_t(u64, seconds, most));
}

/**
 * rgf_ban_set() - ban an address, or the prefix around it
 * @addr: whose trust matters
 * @length: of the prefix, as of the address as IPv6
 * @extack: a sentence, if it is not NULL
 *
 * An operator's ban takes the place of any other one; of the rest the one that
 * lasts longer stays. Any context but hardirq.
 *
 * Return: 0 when it is banned; -EPERM: trusted; -ENOSPC, -ENOMEM
 */
int rgf_ban_set(struct rgf_guard *guard, const struct rgf_addr *addr, u8 length,
		const struct rgf_ban_spec *spec,
		struct netlink_ext_ack *extack);

/* -ENOENT; also forgets a past one. Any context but hardirq, as below. */
int rgf_ban_del(struct rgf_guard *guard, const struct rgf_prefix *prefix);
void rgf_ban_flush(struct rgf_guard *guard); /* process context */

/**
 * rgf_trust_set() - trust a prefix, and remove bans of addresses in it
 * @seconds: that it is granted for; 0: it is configured
 *
 * Process context.
 *
 * Return: 0, -ENOSPC, -ENOMEM
 */
int rgf_trust_set(struct rgf_guard *guard, const struct rgf_prefix *prefix,
		  u32 seconds, const char *comment,
		  struct netlink_ext_ack *extack);
int rgf_trust_del(struct rgf_guard *guard, const struct rgf_prefix *prefix);

/* Is the source of a packet trusted? Under RCU. */
bool rgf_is_trusted(const struct rgf_guard *guard, const struct rgf_addr *addr);

/* A packet of the source ended here. */
static inline void rgf_ban_hit(struct rgf_ban *ban, u64 now)
{
	atomic64_inc(&ban->packets);
	if (READ_ONCE(ban->last) != now)
		WRITE_ONCE(ban->last, now);
}

void rgf_bans_init(struct rgf_guard *guard);
void rgf_bans_free(struct rgf_guard *guard); /* nobody uses them any more */

#endif
