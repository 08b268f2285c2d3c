// SPDX-License-Identifier: GPL-2.0-only
#include "prefixtab.h"

#include <linux/inetdevice.h>
#include <linux/jiffies.h>
#include <linux/mm.h>

int rgf_prefixtab_init(struct rgf_prefixtab *tab,
		       const struct rgf_hash_key *key)
{
	tab->buckets = kvcalloc(1 << RGF_PREFIXTAB_BITS, sizeof(*tab->buckets),
				GFP_KERNEL_ACCOUNT);
	if (!tab->buckets)
		return -ENOMEM;
	tab->key = *key;
	tab->ends[0] = RB_ROOT_CACHED;
	tab->ends[1] = RB_ROOT_CACHED;
	return 0;
}

void rgf_prefixtab_free(struct rgf_prefixtab *tab)
{
	kvfree(tab->buckets);
	tab->buckets = NULL;
}

static u32 rgf_prefixtab_hash(const struct rgf_prefixtab *tab,
			      const struct rgf_addr *addr)
{
	return rgf_addr_is_v4(addr)
		       ? rgf_prefixtab_hash_v4(tab, rgf_addr_to_v4(addr))
		       : rgf_prefixtab_hash_v6(tab, &addr->in6);
}

static struct rgf_prefix_lengths *rgf_lengths(const struct rgf_prefixtab *tab,
					      const struct rgf_prefix *prefix)
{
	bool v6 = !rgf_addr_is_v4(&prefix->addr);

	return (struct rgf_prefix_lengths *)&tab->lengths[v6];
}

/* The index of a length: there, or where it could be; -1: all are in use. */
static int rgf_length_index(const struct rgf_prefix_lengths *l, u8 length)
{
	int i, free = -1;

	for (i = 0; i < l->n; i++) {
		if (l->length[i] == length)
			return i;
		if (!l->users[i])
			free = i;
	}
	return i < RINGFENCE_MAX_PREFIX_LENGTHS ? i : free;
}

bool rgf_prefixtab_has_room(const struct rgf_prefixtab *tab,
			    const struct rgf_prefix *prefix)
{
	return prefix->len == 128 ||
	       rgf_length_index(rgf_lengths(tab, prefix), prefix->len) >= 0;
}

/*
 * Packets read the lengths meanwhile: a slot changes its length only while
 * nobody needs that, and n grows behind the slot.
 */
static void rgf_length_get(struct rgf_prefix_lengths *l, u8 length)
{
	int i;

	if (length == 128)
		return;
	i = rgf_length_index(l, length);
	l->users[i]++;
	WRITE_ONCE(l->length[i], length);
	if (i == l->n)
		/* Who sees n grown sees the length. */
		smp_store_release(&l->n, i + 1);
}

static void rgf_length_put(struct rgf_prefix_lengths *l, u8 length)
{
	if (length == 128)
		return;
	l->users[rgf_length_index(l, length)]--;
	while (l->n && !l->users[l->n - 1])
		WRITE_ONCE(l->n, l->n - 1);
}

static unsigned int rgf_length_n(const struct rgf_prefix_lengths *l)
{
	/* Pairs with rgf_length_get(). */
	return smp_load_acquire(&l->n);
}

static bool rgf_ends_before(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct rgf_prefix_node, by_end)->end <
	       rb_entry(b, struct rgf_prefix_node, by_end)->end;
}

void rgf_prefixtab_add(struct rgf_prefixtab *tab, struct rgf_prefix_node *node)
{
	u32 hash;

	RB_CLEAR_NODE(&node->by_end);
	if (node->end != RGF_PREFIX_FOREVER)
		rb_add_cached(&node->by_end, &tab->ends[node->stays],
			      rgf_ends_before);
	rgf_length_get(rgf_lengths(tab, &node->prefix), node->prefix.len);
	hash = rgf_prefixtab_hash(tab, &node->prefix.addr);
	hlist_add_head_rcu(&node->node, rgf_prefixtab_bucket(tab, hash));
	WRITE_ONCE(tab->n, tab->n + 1);
}

void rgf_prefixtab_past(struct rgf_prefixtab *tab, struct rgf_prefix_node *node)
{
	if (RB_EMPTY_NODE(&node->by_end))
		return;
	rb_erase_cached(&node->by_end, &tab->ends[node->stays]);
	RB_CLEAR_NODE(&node->by_end);
}

void rgf_prefixtab_del(struct rgf_prefixtab *tab, struct rgf_prefix_node *node)
{
	rgf_prefixtab_past(tab, node);
	hlist_del_rcu(&node->node);
	rgf_length_put(rgf_lengths(tab, &node->prefix), node->prefix.len);
	WRITE_ONCE(tab->n, tab->n - 1);
}

struct rgf_prefix_node *rgf_prefixtab_find(const struct rgf_prefixtab *tab,
					   const struct rgf_prefix *prefix)
{
	u32 hash = rgf_prefixtab_hash(tab, &prefix->addr);
	struct rgf_prefix_node *node;

	hlist_for_each_entry_rcu(node, rgf_prefixtab_bucket(tab, hash), node,
				 true)
		if (node->prefix.len == prefix->len &&
		    rgf_addr_equal(&node->prefix.addr, &prefix->addr))
			return node;
	return NULL;
}

struct rgf_prefix_node *rgf_prefixtab_victim(const struct rgf_prefixtab *tab)
{
	struct rb_node *first = rb_first_cached(&tab->ends[false]);

	return rb_entry_safe(first, struct rgf_prefix_node, by_end);
}

struct rgf_prefix_node *rgf_prefixtab_ended(const struct rgf_prefixtab *tab,
					    u64 now)
{
	struct rgf_prefix_node *node;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		node = rb_entry_safe(rb_first_cached(&tab->ends[i]),
				     struct rgf_prefix_node, by_end);
		if (node && node->end <= now)
			return node;
	}
	return NULL;
}

struct rgf_prefix_node *
rgf_prefixtab_shorter_v4(const struct rgf_prefixtab *tab, __be32 addr, u64 now)
{
	const struct rgf_prefix_lengths *l = &tab->lengths[0];
	struct rgf_prefix_node *node = NULL;
	unsigned int i;
	__be32 masked;
	u32 hash;
	u8 length;

	for (i = 0; i < rgf_length_n(l) && !node; i++) {
		length = READ_ONCE(l->length[i]);
		masked = addr & inet_make_mask(length - 96);
		hash = rgf_prefixtab_hash_v4(tab, masked);
		node = rgf_prefixtab_exact_v4(tab, masked, length, hash, now);
	}
	return node;
}

static struct rgf_prefix_node *rgf_match_one_v6(const struct rgf_prefixtab *tab,
						const struct in6_addr *addr,
						u8 length, u32 hash, u64 now)
{
	struct rgf_prefix_node *node;

	hlist_for_each_entry_rcu(node, rgf_prefixtab_bucket(tab, hash), node,
				 true)
		if (node->prefix.len == length && now < node->end &&
		    ipv6_addr_equal(&node->prefix.addr.in6, addr))
			return node;
	return NULL;
}

struct rgf_prefix_node *rgf_prefixtab_match_v6(const struct rgf_prefixtab *tab,
					       const struct in6_addr *addr,
					       u32 hash, u64 now)
{
	const struct rgf_prefix_lengths *l = &tab->lengths[1];
	struct rgf_prefix_node *node;
	struct in6_addr masked;
	unsigned int i;
	u8 length;

	node = rgf_match_one_v6(tab, addr, 128, hash, now);
	for (i = 0; i < rgf_length_n(l) && !node; i++) {
		length = READ_ONCE(l->length[i]);
		ipv6_addr_prefix(&masked, addr, length);
		node = rgf_match_one_v6(tab, &masked, length,
					rgf_prefixtab_hash_v6(tab, &masked),
					now);
	}
	return node;
}

void rgf_prefix_mask(struct rgf_prefix *prefix, const struct rgf_addr *addr,
		     u8 length)
{
	ipv6_addr_prefix(&prefix->addr.in6, &addr->in6, length);
	prefix->len = length;
}

/* Not the packets' way, so exact and slow. */
struct rgf_prefix_node *rgf_prefixtab_match(const struct rgf_prefixtab *tab,
					    const struct rgf_addr *addr,
					    u64 now, bool stays)
{
	const struct rgf_prefix_lengths *l =
		&tab->lengths[!rgf_addr_is_v4(addr)];
	struct rgf_prefix prefix = { *addr, 128 };
	struct rgf_prefix_node *node;
	unsigned int i = 0, n = rgf_length_n(l);

	for (;;) {
		node = rgf_prefixtab_find(tab, &prefix);
		if (node && now < node->end && (node->stays || !stays))
			return node;
		if (i == n)
			return NULL;
		rgf_prefix_mask(&prefix, addr, READ_ONCE(l->length[i++]));
	}
}
