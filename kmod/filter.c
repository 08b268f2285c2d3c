// SPDX-License-Identifier: GPL-2.0-only
#include "filter.h"

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>

#include "compat.h"
#include "filter_notify.h"
#include "net.h"

static struct rgf_filter *rgf_filter_new(struct rgf_ruleset *rules,
					 struct rgf_addrset **sets)
{
	struct rgf_filter *f = kvzalloc(sizeof(*f), GFP_KERNEL_ACCOUNT);

	if (!f)
		return NULL;
	f->rules = rules;
	memcpy(f->sets, sets, sizeof(f->sets));
	rgf_arena_init(&f->arena);
	return f;
}

static void rgf_sets_put(struct rgf_addrset **sets)
{
	u32 i;

	for (i = 0; i < RINGFENCE_MAX_ADDRESS_SETS; i++)
		rgf_addrset_put(sets[i]);
}

static const u8 rgf_families[] = { NFPROTO_IPV4, NFPROTO_IPV6 };

/*
 * The kernel tracks connections as long as there is a filter that asks for their
 * state. That may be the one to fall back to: it must find them when it returns.
 */
static int rgf_filter_track(struct rgf_filter *f, struct net *net,
			    struct netlink_ext_ack *extack)
{
	u32 asks;
	int v6, err;

	for (v6 = 0; v6 < 2; v6++) {
		asks = f->tables[RGF_CHAIN_LOCAL][v6].asks |
		       f->tables[RGF_CHAIN_NETWORK][v6].asks;
		if (!(asks & BIT(RGF_FIELD_STATE)))
			continue;
		err = nf_ct_netns_get(net, rgf_families[v6]);
		if (err) {
			NL_SET_ERR_MSG(extack,
				       "the kernel can't track connections");
			return err;
		}
		f->tracks[v6] = net;
	}
	return 0;
}

static void rgf_filter_untrack(struct rgf_filter *f)
{
	int v6;

	for (v6 = 0; v6 < 2; v6++)
		if (f->tracks[v6])
			nf_ct_netns_put(f->tracks[v6], rgf_families[v6]);
}

/* Of which no packet knows. */
static void rgf_filter_free(struct rgf_filter *f)
{
	if (!f)
		return;
	rgf_filter_untrack(f);
	rgf_arena_free(&f->arena);
	rgf_sets_put(f->sets);
	rgf_ruleset_put(f->rules);
	kvfree(f);
}

static int rgf_filter_table(struct rgf_filter *f, unsigned int hook, bool v6,
			    struct rgf_flat_path *paths, u32 *bad)
{
	int n = rgf_filter_flatten(f->rules, hook, v6, paths, bad);

	if (n < 0)
		return n;
	*bad = f->rules->n_rules;
	f->n_flat = max_t(u32, f->n_flat, n);
	return rgf_filter_compile(&f->tables[hook][v6], f->rules, f->sets, v6,
				  paths, n, &f->arena);
}

static int rgf_filter_tables(struct rgf_filter *f, u32 *bad)
{
	struct rgf_flat_path *paths;
	unsigned int i;
	int err = 0;

	paths = kvmalloc_array(RINGFENCE_MAX_FLAT_RULES, sizeof(*paths),
			       GFP_KERNEL_ACCOUNT);
	if (!paths)
		return -ENOMEM;
	for (i = 0; i < 2 * RGF_NR_HOOKS && !err; i++)
		err = rgf_filter_table(f, i / 2, i % 2, paths, bad);
	kvfree(paths);
	return err;
}

static void rgf_filter_say(int err, bool is_rule,
			   struct netlink_ext_ack *extack)
{
	if (err == -ELOOP)
		NL_SET_ERR_MSG(extack, "jumps in a circle or over 8 deep");
	else if (err == -E2BIG && is_rule)
		NL_SET_ERR_MSG(extack,
			       "over 16384 rules as jumps are followed");
	else if (err == -E2BIG)
		NL_SET_ERR_MSG(extack, "needs more memory than a rule set may");
}

/* @bad: index of the rule that is to blame, or -1. */
static int rgf_filter_make(struct rgf_filter *f, struct net *net, int *bad,
			   struct netlink_ext_ack *extack)
{
	u64 start = ktime_get_ns();
	u32 rule = f->rules->n_rules;
	int err = rgf_filter_tables(f, &rule);

	*bad = rule < f->rules->n_rules ? (int)rule : -1;
	if (err) {
		rgf_filter_say(err, *bad >= 0, extack);
		return err == -ELOOP || err == -E2BIG ? -EINVAL : err;
	}
	f->compile_us = div_u64(ktime_get_ns() - start, NSEC_PER_USEC);
	return rgf_filter_track(f, net, extack);
}

static struct rgf_filter *rgf_fw_filter(struct rgf_fw *fw)
{
	return rcu_dereference_protected(fw->filter,
					 lockdep_is_held(&fw->lock));
}

/* Returns the one before, of which no packet knows any more. */
static struct rgf_filter *rgf_fw_swap(struct rgf_fw *fw, struct rgf_filter *f)
{
	struct rgf_filter *old = rgf_fw_filter(fw);

	fw->generation++;
	rcu_assign_pointer(fw->filter, f);
	if (old)
		synchronize_rcu();
	return old;
}

/* Hooks are there as long as a filter is. */
static int rgf_fw_hook(struct rgf_fw *fw)
{
	if (rgf_fw_filter(fw))
		return 0;
	return nf_register_net_hooks(fw->net, fw->hooks, RGF_FW_HOOKS);
}

static void rgf_fw_unhook(struct rgf_fw *fw)
{
	if (rgf_fw_filter(fw))
		nf_unregister_net_hooks(fw->net, fw->hooks, RGF_FW_HOOKS);
}

/* What is in force is confirmed. */
static void rgf_fw_keep(struct rgf_fw *fw)
{
	fw->on_trial = false;
	rgf_filter_free(fw->before);
	fw->before = NULL;
}

/*
 * The timer may already have fired and wait for the lock. It then finds that
 * nothing is on trial, or that a later trial has time left.
 */
static void rgf_fw_put_in_force(struct rgf_fw *fw, struct rgf_filter *f,
				u32 confirm)
{
	struct rgf_filter *old = rgf_fw_swap(fw, f);

	if (!confirm) {
		rgf_filter_free(old);
		rgf_fw_keep(fw);
		cancel_delayed_work(&fw->confirm_work);
		return;
	}
	/* Only what was confirmed is fallen back to. */
	if (fw->on_trial)
		rgf_filter_free(old);
	else
		fw->before = old;
	fw->on_trial = true;
	mod_delayed_work(rgf_wq, &fw->confirm_work, confirm * HZ);
}

int rgf_fw_set(struct rgf_fw *fw, struct rgf_ruleset *rules,
	       struct rgf_addrset **sets, u32 confirm, int *bad,
	       struct netlink_ext_ack *extack)
{
	struct rgf_filter *f = rgf_filter_new(rules, sets);
	int err;

	lockdep_assert_held(&fw->lock);
	*bad = -1;
	if (!f) {
		rgf_sets_put(sets);
		rgf_ruleset_put(rules);
		return -ENOMEM;
	}
	err = rgf_ruleset_counts_new(rules)
		      ?: rgf_filter_make(f, fw->net, bad, extack)
		      ?: rgf_fw_hook(fw);
	if (err) {
		rgf_filter_free(f);
		return err;
	}
	rgf_fw_put_in_force(fw, f, confirm);
	return 0;
}

int rgf_fw_change_set(struct rgf_fw *fw, u32 index, struct rgf_addrset *set,
		      struct netlink_ext_ack *extack)
{
	struct rgf_filter *old = rgf_fw_filter(fw), *f;
	int err, bad;
	u32 i;

	f = rgf_filter_new(old->rules, old->sets);
	if (!f) {
		rgf_addrset_put(set);
		return -ENOMEM;
	}
	f->sets[index] = set;
	refcount_inc(&f->rules->users);
	for (i = 0; i < f->rules->n_sets; i++)
		if (i != index)
			refcount_inc(&f->sets[i]->users);
	err = rgf_filter_make(f, fw->net, &bad, extack);
	if (err)
		rgf_filter_free(f);
	else
		rgf_filter_free(rgf_fw_swap(fw, f));
	return err;
}

void rgf_fw_del(struct rgf_fw *fw)
{
	lockdep_assert_held(&fw->lock);
	rgf_fw_unhook(fw);
	rgf_filter_free(rgf_fw_swap(fw, NULL));
	rgf_fw_keep(fw);
	cancel_delayed_work(&fw->confirm_work);
}

int rgf_fw_confirm(struct rgf_fw *fw, struct netlink_ext_ack *extack)
{
	lockdep_assert_held(&fw->lock);
	if (!fw->on_trial) {
		NL_SET_ERR_MSG(extack, "no rule set waits to be confirmed; "
				       "perhaps the one before is back");
		return -ENOENT;
	}
	rgf_fw_keep(fw);
	cancel_delayed_work(&fw->confirm_work);
	return 0;
}

u32 rgf_fw_confirm_left(struct rgf_fw *fw)
{
	unsigned long end = fw->confirm_work.timer.expires;

	if (!fw->on_trial)
		return 0;
	/* It stays on trial until the work has run, however late that is. */
	if (time_before_eq(end, jiffies))
		return 1;
	return DIV_ROUND_UP(end - jiffies, HZ);
}

/* Nobody has confirmed. */
static void rgf_fw_fall_back(struct work_struct *work)
{
	struct rgf_fw *fw = container_of(to_delayed_work(work), struct rgf_fw,
					 confirm_work);
	struct rgf_filter *before;

	mutex_lock(&fw->lock);
	/* Armed again while this one waited: that one counts. */
	if (fw->on_trial && !delayed_work_pending(&fw->confirm_work)) {
		before = fw->before;
		fw->before = NULL;
		fw->on_trial = false;
		if (!before)
			rgf_fw_unhook(fw);
		rgf_filter_free(rgf_fw_swap(fw, before));
		rgf_fw_notify(fw, RINGFENCE_CMD_RULES_ROLLBACK_NTF);
	}
	mutex_unlock(&fw->lock);
}

void rgf_fw_init(struct rgf_fw *fw, struct net *net)
{
	fw->net = net;
	mutex_init(&fw->lock);
	INIT_DELAYED_WORK(&fw->confirm_work, rgf_fw_fall_back);
	rgf_fw_hooks_init(fw);
}

void rgf_fw_exit(struct rgf_fw *fw)
{
	mutex_lock(&fw->lock);
	rgf_fw_del(fw);
	mutex_unlock(&fw->lock);
	cancel_delayed_work_sync(&fw->confirm_work);
	mutex_destroy(&fw->lock);
}
