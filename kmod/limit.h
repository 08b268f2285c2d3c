/* SPDX-License-Identifier: GPL-2.0-only */
/* Named classes of packets to this host, and how much of each may come. */
#ifndef _RGF_LIMIT_H
#define _RGF_LIMIT_H

#include <linux/bits.h>
#include <linux/rcupdate.h>
#include <linux/ringfence.h>
#include <linux/types.h>

#include "addr.h"
#include "bucket.h"

struct rgf_guard;

#define RGF_NR_CLASSES __RINGFENCE_LIMIT_CLASS_MAX
/* All but userspace's strikes. */
#define RGF_PACKET_CLASSES (BIT(RINGFENCE_LIMIT_CLASS_STRIKE) - 1)

/* Settings of a class, in the order of their attributes. */
struct rgf_limit_settings {
	u32 enabled;
	u32 rate;
	u32 burst;
	u32 global_rate;
	u32 global_burst;
	u32 newcomer_rate;
	u32 trusted_rate;
	u32 trusted_burst;
	u32 strikes;
	u32 window; /* seconds, as the following */
	u32 ban_time;
	u32 ban_time_max;
};

#define RGF_NR_LIMIT_SETTINGS (sizeof(struct rgf_limit_settings) / sizeof(u32))

struct rgf_limit {
	/* What packets need of the settings, worked out. */
	struct rgf_bucket_rate rate;
	struct rgf_bucket_rate global;
	struct rgf_bucket_rate newcomer;
	struct rgf_bucket_rate trusted;
	struct rgf_limit_settings set;
};

struct rgf_limit_ports {
	u8 n;
	__be16 port[RINGFENCE_MAX_SIGNALING_PORTS];
};

/* All settings; immutable once packets may see them. */
struct rgf_limits {
	u32 enabled; /* BIT() of classes */
	u8 length[2]; /* bits that make a source, IPv4 as IPv6; IPv6 */
	u32 sources; /* entries that the table has, once there is one */
	u64 mask[2][2]; /* those, of an address in memory */
	struct rgf_limit_ports signaling;
	struct rgf_limit_ports secure;
	struct rgf_limit limit[RGF_NR_CLASSES];
	struct rcu_head rcu;
};

/* The buckets that sources share. */
struct rgf_limit_state {
	atomic64_t global;
	atomic64_t newcomer;
	atomic64_t trusted;
} ____cacheline_aligned;

enum rgf_limit_count {
	RGF_LIMIT_PASSED,
	RGF_LIMIT_LIMITED,
	RGF_LIMIT_GLOBAL_LIMITED,
	RGF_LIMIT_NEWCOMER_LIMITED,
	RGF_LIMIT_STRUCK,
	RGF_LIMIT_BANNED,
	RGF_NR_LIMIT_COUNTS,
};

/* With the defaults, or as @old; NULL without memory. */
struct rgf_limits *rgf_limits_new(const struct rgf_limits *old);

/* Works out what follows from the settings. */
void rgf_limits_finish(struct rgf_limits *limits);

/* A packet to this host, as the limits see it. */
struct rgf_limit_pkt {
	const struct rgf_limits *limits;
	struct rgf_addr saddr;
	bool v6;
	u32 hash; /* of the source */
	u32 n; /* packets that were put together */
	enum ringfence_limit_class class;
	/* Of limit.c: the prefix that is the source, as its entry has it. */
	u64 key[2];
	u32 key_hash;
};

static inline bool rgf_limit_has_port(const struct rgf_limit_ports *ports,
				      __be16 port)
{
	unsigned int i;

	for (i = 0; i < ports->n; i++)
		if (ports->port[i] == port)
			return true;
	return false;
}

/**
 * rgf_limit_judge() - may a packet go on?
 * @guard: of the namespace
 * @pkt: of a class that is enabled
 *
 * Under rcu_read_lock(), softirq or disabled bottom halves.
 *
 * Return: false if it has to be dropped; it is counted already
 */
bool rgf_limit_judge(struct rgf_guard *guard, struct rgf_limit_pkt *pkt);

/**
 * rgf_limit_strike() - userspace strikes a source
 * @reason: to be shown
 * @proved: its address isn't forged
 * @n: strikes
 *
 * As rgf_limit_judge().
 *
 * Return: whether the source is banned now
 */
bool rgf_limit_strike(struct rgf_guard *guard, const struct rgf_addr *addr,
		      enum ringfence_strike_reason reason, bool proved, u32 n);

#endif
