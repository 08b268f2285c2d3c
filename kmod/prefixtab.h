/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prefixes of either family, some of which end at a time. An address is looked
 * up once as it is and once for each other length that there is.
 *
 * Packets look up under RCU; changes are under a lock of the owner, whose nodes
 * are freed after a grace period.
 */
#ifndef _RGF_PREFIXTAB_H
#define _RGF_PREFIXTAB_H

#include <linux/rbtree.h>
#include <linux/rculist.h>
#include <linux/types.h>

#include "addrhash.h"
#include "ruleset.h"

#define RGF_PREFIXTAB_BITS 15 /* 256 KiB of buckets */
#define RGF_PREFIX_FOREVER U64_MAX

struct rgf_prefix_node {
	struct hlist_node node;
	struct rb_node by_end; /* of those that end */
	struct rgf_prefix prefix;
	u64 end; /* jiffies_64 from which it counts no more; constant */
	bool stays; /* gives way to no other; constant */
};

/* Lengths but that of a whole address; those that nobody has stay till then. */
struct rgf_prefix_lengths {
	u8 n;
	u8 length[RINGFENCE_MAX_PREFIX_LENGTHS];
	u32 users[RINGFENCE_MAX_PREFIX_LENGTHS];
};

struct rgf_prefixtab {
	struct hlist_head *buckets;
	u32 n;
	struct rgf_hash_key key;
	struct rgf_prefix_lengths lengths[2]; /* IPv4, IPv6 */
	struct rb_root_cached ends[2]; /* by stays */
};

int rgf_prefixtab_init(struct rgf_prefixtab *tab,
		       const struct rgf_hash_key *key);
void rgf_prefixtab_free(struct rgf_prefixtab *tab); /* its nodes are gone */

/* Does this length fit in? The owner's lock is held, as for all changes. */
bool rgf_prefixtab_has_room(const struct rgf_prefixtab *tab,
			    const struct rgf_prefix *prefix);

/* There is no node of the same prefix, and room. */
void rgf_prefixtab_add(struct rgf_prefixtab *tab, struct rgf_prefix_node *node);
void rgf_prefixtab_del(struct rgf_prefixtab *tab, struct rgf_prefix_node *node);
/* A node that has ended is no victim any more, nor rgf_prefixtab_ended(). */
void rgf_prefixtab_past(struct rgf_prefixtab *tab,
			struct rgf_prefix_node *node);

/* The node of exactly this prefix, ended or not, or NULL. */
struct rgf_prefix_node *rgf_prefixtab_find(const struct rgf_prefixtab *tab,
					   const struct rgf_prefix *prefix);

/* The one that ends first and doesn't stay, or NULL. */
struct rgf_prefix_node *rgf_prefixtab_victim(const struct rgf_prefixtab *tab);

/* One that has ended at @now, or NULL. */
struct rgf_prefix_node *rgf_prefixtab_ended(const struct rgf_prefixtab *tab,
					    u64 now);

/* What match and hash have to be the same of. */
static inline u32 rgf_prefixtab_hash_v4(const struct rgf_prefixtab *tab,
					__be32 addr)
{
	return rgf_hash_v4(&tab->key, addr);
}

static inline u32 rgf_prefixtab_hash_v6(const struct rgf_prefixtab *tab,
					const struct in6_addr *addr)
{
	return rgf_hash_v6(&tab->key, addr);
}

static inline struct hlist_head *
rgf_prefixtab_bucket(const struct rgf_prefixtab *tab, u32 hash)
{
	return &tab->buckets[hash & ((1 << RGF_PREFIXTAB_BITS) - 1)];
}

/* The prefix of exactly this address and length, unless it has ended. */
static __always_inline struct rgf_prefix_node *
rgf_prefixtab_exact_v4(const struct rgf_prefixtab *tab, __be32 addr, u8 length,
		       u32 hash, u64 now)
{
	const struct rgf_addr mapped = rgf_addr_v4(addr);
	struct rgf_prefix_node *node;

	hlist_for_each_entry_rcu(node, rgf_prefixtab_bucket(tab, hash), node,
				 true)
		if (rgf_addr_equal(&node->prefix.addr, &mapped) &&
		    node->prefix.len == length && now < node->end)
			return node;
	return NULL;
}

struct rgf_prefix_node *
rgf_prefixtab_shorter_v4(const struct rgf_prefixtab *tab, __be32 addr, u64 now);

/**
 * rgf_prefixtab_match_v4() - a prefix that the address is in
 * @hash: rgf_prefixtab_hash_v4() of it
 * @now: jiffies_64
 *
 * Prefixes that have ended don't count. Of several, the longest need not be the
 * one. Under RCU or the owner's lock.
 */
static __always_inline struct rgf_prefix_node *
rgf_prefixtab_match_v4(const struct rgf_prefixtab *tab, __be32 addr, u32 hash,
		       u64 now)
{
	struct rgf_prefix_node *node;

	node = rgf_prefixtab_exact_v4(tab, addr, 128, hash, now);
	if (!node && unlikely(READ_ONCE(tab->lengths[0].n)))
		node = rgf_prefixtab_shorter_v4(tab, addr, now);
	return node;
}

struct rgf_prefix_node *rgf_prefixtab_match_v6(const struct rgf_prefixtab *tab,
					       const struct in6_addr *addr,
					       u32 hash, u64 now);

/* The same of either family; @stays: only those that stay. */
struct rgf_prefix_node *rgf_prefixtab_match(const struct rgf_prefixtab *tab,
					    const struct rgf_addr *addr,
					    u64 now, bool stays);

/* The first @length bits, as of the address as IPv6. */
void rgf_prefix_mask(struct rgf_prefix *prefix, const struct rgf_addr *addr,
		     u8 length);

#endif
