// SPDX-License-Identifier: GPL-2.0-only
#include "ban.h"

#include <linux/jiffies.h>
#include <linux/netlink.h>
#include <linux/slab.h>

#include "guard.h"
#include "net.h"
#include "notify.h"

#define RGF_END_BATCH 64 /* nodes that end under one lock */

static struct rgf_ban *rgf_ban_of(struct rgf_prefix_node *node)
{
	return container_of(node, struct rgf_ban, n);
}

static struct rgf_trust *rgf_trust_of(struct rgf_prefix_node *node)
{
	return container_of(node, struct rgf_trust, n);
}

bool rgf_is_trusted(const struct rgf_guard *guard, const struct rgf_addr *addr)
{
	return READ_ONCE(guard->trusts.n) &&
	       rgf_prefixtab_match(&guard->trusts, addr, get_jiffies_64(),
				   false);
}

/* Looks for what has ended while anything can. */
static void rgf_end_arm(struct rgf_guard *guard)
{
	queue_delayed_work(rgf_wq, &guard->end_work, HZ);
}

static void rgf_ban_drop(struct rgf_guard *guard, struct rgf_ban *ban)
{
	lockdep_assert_held(&guard->lock);
	if (rgf_ban_is_past(ban)) {
		list_del(&ban->past);
		guard->n_past--;
	}
	rgf_prefixtab_del(&guard->bans, &ban->n);
	kfree_rcu(ban, rcu);
}

static void rgf_trust_drop(struct rgf_guard *guard, struct rgf_trust *trust)
{
	lockdep_assert_held(&guard->lock);
	rgf_prefixtab_del(&guard->trusts, &trust->n);
	kfree_rcu(trust, rcu);
}

/* Past ones go first, then the one that ends first; never an operator's. */
static int rgf_ban_make_room(struct rgf_guard *guard)
{
	struct rgf_prefix_node *victim;

	if (guard->bans.n < RINGFENCE_MAX_BANS)
		return 0;
	if (!list_empty(&guard->past)) {
		rgf_ban_drop(guard, list_first_entry(&guard->past,
						     struct rgf_ban, past));
		return 0;
	}
	rgf_guard_full(guard, RINGFENCE_GUARD_TABLE_BANS);
	victim = rgf_prefixtab_victim(&guard->bans);
	if (!victim)
		return -ENOSPC;
	rgf_notify_unban(guard, rgf_ban_of(victim),
			 RINGFENCE_UNBAN_CAUSE_DISPLACED);
	rgf_ban_drop(guard, rgf_ban_of(victim));
	return 0;
}

static int rgf_ban_check_room(struct rgf_guard *guard,
			      const struct rgf_ban *ban,
			      struct netlink_ext_ack *extack)
{
	if (!rgf_prefixtab_has_room(&guard->bans, &ban->n.prefix)) {
		NL_SET_ERR_MSG(extack,
			       "bans have 8 other prefix lengths already");
		return -ENOSPC;
	}
	if (rgf_ban_make_room(guard)) {
		NL_SET_ERR_MSG(extack, "there are 65536 bans; remove some");
		return -ENOSPC;
	}
	return 0;
}

/* Who has proved its address loses what was granted to it. */
static int rgf_ban_check_trust(struct rgf_guard *guard,
			       const struct rgf_addr *addr, bool proved,
			       struct netlink_ext_ack *extack)
{
	u64 now = get_jiffies_64();
	struct rgf_prefix_node *node;

	node = rgf_prefixtab_match(&guard->trusts, addr, now, proved);
	if (node) {
		NL_SET_ERR_MSG(extack,
			       "the address is trusted; remove the trust");
		return -EPERM;
	}
	while (proved &&
	       (node = rgf_prefixtab_match(&guard->trusts, addr, now, false)))
		rgf_trust_drop(guard, rgf_trust_of(node));
	return 0;
}

/* Does the ban that there is make the new one needless? */
static bool rgf_ban_suffices(const struct rgf_ban *old,
			     const struct rgf_ban *ban)
{
	return ban->reason != RINGFENCE_BAN_REASON_OPERATOR &&
	       (old->n.stays || old->n.end >= ban->n.end);
}

static void rgf_ban_fill(struct rgf_ban *ban, const struct rgf_ban_spec *spec,
			 u32 offences)
{
	ban->reason = spec->reason;
	ban->class = spec->class;
	ban->strike_reason = spec->strike_reason;
	ban->rule = spec->rule;
	ban->rate = spec->rate;
	ban->offences = offences;
	ban->since = get_jiffies_64();
	ban->seconds = spec->seconds
			       ? rgf_ban_seconds(spec->seconds,
						 spec->seconds_max, offences)
			       : 0;
	ban->n.stays = spec->reason == RINGFENCE_BAN_REASON_OPERATOR;
	ban->n.end = ban->seconds ? ban->since + (u64)ban->seconds * HZ
				  : RGF_PREFIX_FOREVER;
}

/* Its end is told by whoever comes first. */
static bool rgf_ban_has_ended(struct rgf_guard *guard, struct rgf_ban *ban)
{
	u64 now = get_jiffies_64();

	if (rgf_ban_is_past(ban))
		return true;
	if (ban->n.end > now)
		return false;
	rgf_notify_unban(guard, ban, RINGFENCE_UNBAN_CAUSE_EXPIRED);
	return true;
}

/* Takes @ban over unless it fails, or finds another one that suffices: 1. */
static int rgf_ban_insert(struct rgf_guard *guard, const struct rgf_addr *addr,
			  struct rgf_ban *ban, const struct rgf_ban_spec *spec,
			  struct netlink_ext_ack *extack)
{
	struct rgf_prefix_node *node;
	struct rgf_ban *old = NULL;
	bool ended = false;
	int err;

	err = rgf_ban_check_trust(guard, addr, spec->proved, extack);
	if (err)
		return err;
	node = rgf_prefixtab_find(&guard->bans, &ban->n.prefix);
	if (node) {
		old = rgf_ban_of(node);
		ended = rgf_ban_has_ended(guard, old);
	}
	rgf_ban_fill(ban, spec, old ? old->offences + ended : 0);
	if (old && !ended && rgf_ban_suffices(old, ban))
		return 1;
	if (!old) {
		err = rgf_ban_check_room(guard, ban, extack);
		if (err)
			return err;
	}
	/* In front of the old one, so that there always is one. */
	rgf_prefixtab_add(&guard->bans, &ban->n);
	if (old)
		rgf_ban_drop(guard, old);
	rgf_end_arm(guard);
	if (ban->reason != RINGFENCE_BAN_REASON_OPERATOR)
		rgf_notify_ban(guard, ban);
	return 0;
}

static struct rgf_ban *rgf_ban_new(const struct rgf_addr *addr, u8 length,
				   const char *comment)
{
	size_t len = comment ? strlen(comment) : 0;
	struct rgf_ban *ban =
		kzalloc(struct_size(ban, comment, len + 1),
			GFP_ATOMIC | __GFP_ACCOUNT | __GFP_NOWARN);

	if (!ban)
		return NULL;
	INIT_LIST_HEAD(&ban->past);
	rgf_prefix_mask(&ban->n.prefix, addr, length);
	memcpy(ban->comment, comment ?: "", len);
	return ban;
}

int rgf_ban_set(struct rgf_guard *guard, const struct rgf_addr *addr, u8 length,
		const struct rgf_ban_spec *spec, struct netlink_ext_ack *extack)
{
	struct rgf_ban *ban = rgf_ban_new(addr, length, spec->comment);
	int err;

	if (!ban)
		return -ENOMEM;
	spin_lock_bh(&guard->lock);
	err = rgf_ban_insert(guard, addr, ban, spec, extack);
	spin_unlock_bh(&guard->lock);
	if (err)
		kfree(ban);
	return min(err, 0);
}

int rgf_ban_prepare(struct net *net)
{
	struct rgf_net *rn = rgf_net(net);
	struct rgf_guard *guard;

	mutex_lock(&rn->lock);
	guard = rgf_guard_up(rn);
	mutex_unlock(&rn->lock);
	return PTR_ERR_OR_ZERO(guard);
}

bool rgf_ban_add_source(struct net *net, const struct rgf_addr *addr,
			u32 seconds, u32 rule, const char *comment)
{
	struct rgf_guard *guard = READ_ONCE(rgf_net(net)->guard);
	const struct rgf_ban_spec spec = {
		.reason = RINGFENCE_BAN_REASON_RULE,
		.rule = rule,
		.seconds = seconds,
		.seconds_max = seconds,
		.comment = comment,
	};

	return guard && !rgf_ban_set(guard, addr, 128, &spec, NULL);
}

int rgf_ban_del(struct rgf_guard *guard, const struct rgf_prefix *prefix)
{
	struct rgf_prefix_node *node;

	spin_lock_bh(&guard->lock);
	node = rgf_prefixtab_find(&guard->bans, prefix);
	if (node) {
		if (!rgf_ban_is_past(rgf_ban_of(node)))
			rgf_notify_unban(guard, rgf_ban_of(node),
					 RINGFENCE_UNBAN_CAUSE_REMOVED);
		rgf_ban_drop(guard, rgf_ban_of(node));
	}
	spin_unlock_bh(&guard->lock);
	return node ? 0 : -ENOENT;
}

/* @in: only bans of addresses in this prefix; NULL: all */
static void rgf_bucket_flush(struct rgf_guard *guard, struct hlist_head *bucket,
			     const struct rgf_prefix *in)
{
	struct hlist_node *next;
	struct rgf_ban *ban;

	spin_lock_bh(&guard->lock);
	hlist_for_each_entry_safe(ban, next, bucket, n.node) {
		if (in && (ban->n.prefix.len != 128 ||
			   !ipv6_prefix_equal(&ban->n.prefix.addr.in6,
					      &in->addr.in6, in->len)))
			continue;
		if (!rgf_ban_is_past(ban))
			rgf_notify_unban(guard, ban,
					 RINGFENCE_UNBAN_CAUSE_REMOVED);
		rgf_ban_drop(guard, ban);
	}
	spin_unlock_bh(&guard->lock);
}

static void rgf_bans_flush(struct rgf_guard *guard, const struct rgf_prefix *in)
{
	u32 i;

	for (i = 0; i < 1 << RGF_PREFIXTAB_BITS; i++) {
		rgf_bucket_flush(guard, &guard->bans.buckets[i], in);
		cond_resched();
	}
}

void rgf_ban_flush(struct rgf_guard *guard)
{
	rgf_bans_flush(guard, NULL);
}

/* Whoever is trusted has no ban of his own, so that packets needn't ask. */
static void rgf_ban_forgive(struct rgf_guard *guard,
			    const struct rgf_prefix *trusted)
{
	if (trusted->len == 128)
		rgf_ban_del(guard, trusted);
	else if (READ_ONCE(guard->bans.n))
		rgf_bans_flush(guard, trusted);
}

/* Trust */

static int rgf_trust_make_room(struct rgf_guard *guard,
			       const struct rgf_trust *trust,
			       struct netlink_ext_ack *extack)
{
	struct rgf_prefix_node *victim;

	if (!rgf_prefixtab_has_room(&guard->trusts, &trust->n.prefix)) {
		NL_SET_ERR_MSG(extack,
			       "trust has 8 other prefix lengths already");
		return -ENOSPC;
	}
	if (guard->trusts.n < RINGFENCE_MAX_TRUSTS)
		return 0;
	rgf_guard_full(guard, RINGFENCE_GUARD_TABLE_TRUSTS);
	victim = rgf_prefixtab_victim(&guard->trusts);
	if (!victim) {
		NL_SET_ERR_MSG(extack,
			       "65536 prefixes are trusted; remove some");
		return -ENOSPC;
	}
	rgf_trust_drop(guard, rgf_trust_of(victim));
	return 0;
}

/* As rgf_ban_insert(). */
static int rgf_trust_insert(struct rgf_guard *guard, struct rgf_trust *trust,
			    struct netlink_ext_ack *extack)
{
	struct rgf_prefix_node *old;
	int err;

	old = rgf_prefixtab_find(&guard->trusts, &trust->n.prefix);
	if (old && old->stays && !trust->n.stays)
		return 1;
	if (!old) {
		err = rgf_trust_make_room(guard, trust, extack);
		if (err)
			return err;
	}
	rgf_prefixtab_add(&guard->trusts, &trust->n);
	if (old)
		rgf_trust_drop(guard, rgf_trust_of(old));
	rgf_end_arm(guard);
	return 0;
}

int rgf_trust_set(struct rgf_guard *guard, const struct rgf_prefix *prefix,
		  u32 seconds, const char *comment,
		  struct netlink_ext_ack *extack)
{
	size_t len = comment ? strlen(comment) : 0;
	struct rgf_trust *trust;
	int err;

	trust = kzalloc(struct_size(trust, comment, len + 1),
			GFP_KERNEL_ACCOUNT);
	if (!trust)
		return -ENOMEM;
	memcpy(trust->comment, comment ?: "", len);
	trust->since = get_jiffies_64();
	trust->n.prefix = *prefix;
	trust->n.stays = !seconds;
	trust->n.end = seconds ? trust->since + (u64)seconds * HZ
			       : RGF_PREFIX_FOREVER;
	spin_lock_bh(&guard->lock);
	err = rgf_trust_insert(guard, trust, extack);
	spin_unlock_bh(&guard->lock);
	if (err)
		kfree(trust);
	else
		rgf_ban_forgive(guard, prefix);
	return min(err, 0);
}

int rgf_trust_del(struct rgf_guard *guard, const struct rgf_prefix *prefix)
{
	struct rgf_prefix_node *node;

	spin_lock_bh(&guard->lock);
	node = rgf_prefixtab_find(&guard->trusts, prefix);
	if (node)
		rgf_trust_drop(guard, rgf_trust_of(node));
	spin_unlock_bh(&guard->lock);
	return node ? 0 : -ENOENT;
}

/* Ends */

static bool rgf_ban_is_forgotten(const struct rgf_ban *ban, u64 now)
{
	return ban->n.end + (u64)RINGFENCE_BAN_MEMORY * HZ <= now;
}

/* One that has ended or is to be forgotten; false: there is none. */
static bool rgf_end_one(struct rgf_guard *guard, u64 now)
{
	struct rgf_prefix_node *node;
	struct rgf_ban *ban;

	node = rgf_prefixtab_ended(&guard->trusts, now);
	if (node) {
		rgf_trust_drop(guard, rgf_trust_of(node));
		return true;
	}
	node = rgf_prefixtab_ended(&guard->bans, now);
	if (node) {
		ban = rgf_ban_of(node);
		rgf_notify_unban(guard, ban, RINGFENCE_UNBAN_CAUSE_EXPIRED);
		rgf_prefixtab_past(&guard->bans, node);
		list_add_tail(&ban->past, &guard->past);
		guard->n_past++;
		return true;
	}
	ban = list_first_entry_or_null(&guard->past, struct rgf_ban, past);
	if (!ban || !rgf_ban_is_forgotten(ban, now))
		return false;
	rgf_ban_drop(guard, ban);
	return true;
}

static bool rgf_can_end(const struct rgf_prefixtab *tab)
{
	return rb_first_cached(&tab->ends[0]) || rb_first_cached(&tab->ends[1]);
}

static void rgf_end(struct work_struct *work)
{
	struct rgf_guard *guard =
		container_of(to_delayed_work(work), struct rgf_guard, end_work);
	u64 now = get_jiffies_64();
	bool more = true;
	unsigned int i;

	while (more) {
		spin_lock_bh(&guard->lock);
		for (i = 0; i < RGF_END_BATCH && more; i++)
			more = rgf_end_one(guard, now);
		if (!more &&
		    (rgf_can_end(&guard->bans) || rgf_can_end(&guard->trusts) ||
		     !list_empty(&guard->past)))
			rgf_end_arm(guard);
		spin_unlock_bh(&guard->lock);
		cond_resched();
	}
}

void rgf_bans_init(struct rgf_guard *guard)
{
	spin_lock_init(&guard->lock);
	INIT_LIST_HEAD(&guard->past);
	INIT_DELAYED_WORK(&guard->end_work, rgf_end);
}

void rgf_bans_free(struct rgf_guard *guard)
{
	struct hlist_node *next;
	struct rgf_trust *trust;
	struct rgf_ban *ban;
	u32 i;

	cancel_delayed_work_sync(&guard->end_work);
	for (i = 0; i < 1 << RGF_PREFIXTAB_BITS; i++) {
		hlist_for_each_entry_safe(ban, next, &guard->bans.buckets[i],
					  n.node)
			kfree(ban);
		hlist_for_each_entry_safe(trust, next,
					  &guard->trusts.buckets[i], n.node)
			kfree(trust);
	}
}
