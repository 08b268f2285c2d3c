/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bans, trust and limits of a network namespace: what becomes of a packet that
 * is no media of a session, before the stack sees it.
 */
#ifndef _RGF_GUARD_H
#define _RGF_GUARD_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>
#include <linux/workqueue.h>

#include "limit.h"
#include "prefixtab.h"
#include "source.h"

struct rgf_net;
struct sk_buff;

/* Per CPU. */
struct rgf_guard_counts {
	struct u64_stats_sync syncp;
	u64_stats_t banned; /* packets */
	u64_stats_t replaced; /* sources */
	u64_stats_t full; /* packets whose source found no place */
	u64_stats_t limit[RGF_NR_CLASSES][RGF_NR_LIMIT_COUNTS];
};

/* Of which table was told that it is full, and when; see rgf_guard_full(). */
struct rgf_guard_fulls {
	atomic64_t count;
	atomic_t second;
};

struct rgf_guard {
	struct rgf_prefixtab bans;
	/* Changed under the lock of the namespace, as the following. */
	struct rgf_limits __rcu *limits; /* never NULL */
	struct rgf_sources __rcu *sources; /* NULL until one is needed */
	struct rgf_guard_counts __percpu *counts;
	struct rgf_prefixtab trusts;
	struct rgf_net *rn;
	struct rgf_limit_state state[RGF_NR_CLASSES];

	/* What follows, changes of bans and of trusts; softirq. */
	spinlock_t lock;
	u32 n_past; /* bans that are only remembered */
	struct list_head past; /* those, the oldest first */
	struct delayed_work end_work; /* looks for what has ended */
	struct rgf_guard_fulls fulls[__RINGFENCE_GUARD_TABLE_MAX];
};

/**
 * rgf_guard_up() - get ready for the first ban, trust or limit
 * @rn: namespace, its lock held
 *
 * Once up, a guard stays until the namespace goes.
 *
 * Return: the guard, or -errno
 */
struct rgf_guard *rgf_guard_up(struct rgf_net *rn);

/* Of a namespace into which no packet and no request comes any more. */
void rgf_guard_free(struct rgf_guard *guard); /* NULL is fine */

/**
 * rgf_guard_ingress_v4() - may a packet go on to the stack?
 * @guard: of the namespace
 * @skb: IPv4, its data at the IP header; at a device's ingress hook
 *
 * Softirq.
 *
 * Return: the verdict; what is stolen has been dropped and counted
 */
unsigned int rgf_guard_ingress_v4(struct rgf_guard *guard, struct sk_buff *skb);
unsigned int rgf_guard_ingress_v6(struct rgf_guard *guard, struct sk_buff *skb);

/*
 * May it go on, of what ingress can't judge and which is for this host: what has IP
 * options or extension headers, and what was fragments.
 */
bool rgf_guard_local_v4(struct rgf_guard *guard, struct sk_buff *skb);
bool rgf_guard_local_v6(struct rgf_guard *guard, struct sk_buff *skb);

/* Tells, once a second at most, that a table was full. Any context. */
void rgf_guard_full(struct rgf_guard *guard, enum ringfence_guard_table table);

#endif
