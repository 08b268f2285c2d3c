// SPDX-License-Identifier: GPL-2.0-only
/* Requests about rule sets. */
#include <linux/mm.h>
#include <net/genetlink.h>
#include <net/netfilter/nf_log.h>
#include <net/sock.h>

#include "ban.h"
#include "compat.h"
#include "filter.h"
#include "filter_notify.h"
#include "filter_parse.h"
#include "filter_put.h"
#include "net.h"
#include "netlink-gen.h"

static struct rgf_fw *rgf_fw_of(struct genl_info *info)
{
	return &rgf_net(genl_info_net(info))->fw;
}

static void rgf_sets_free(struct rgf_addrset **sets)
{
	u32 i;

	for (i = 0; i < RINGFENCE_MAX_ADDRESS_SETS; i++)
		rgf_addrset_put(sets[i]);
	kvfree(sets);
}

/* The rule that only the compiler found fault with. */
static void rgf_blame(struct genl_info *info, int bad)
{
	const struct nlattr *attr = bad < 0 ? NULL : rgf_rules_attr(info, bad);

	if (attr)
		NL_SET_BAD_ATTR(info->extack, attr);
}

/* What rules that ban need; it stays when they go. */
static int rgf_rules_prepare(struct net *net, const struct rgf_ruleset *rs)
{
	u32 i;

	for (i = 0; i < rs->n_rules; i++)
		if (rs->rules[i].action == RINGFENCE_RULE_ACTION_BAN)
			return rgf_ban_prepare(net);
	return 0;
}

int ringfence_nl_rules_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *confirm = info->attrs[RINGFENCE_A_RULES_CONFIRM];
	struct rgf_fw *fw = rgf_fw_of(info);
	struct rgf_addrset **sets;
	struct rgf_ruleset *rules;
	int err, bad;

	sets = kvcalloc(RINGFENCE_MAX_ADDRESS_SETS, sizeof(*sets),
			GFP_KERNEL_ACCOUNT);
	if (!sets)
		return -ENOMEM;
	err = rgf_rules_parse(info, &rules, sets);
	if (err) {
		rgf_sets_free(sets);
		return err;
	}
	err = rgf_rules_prepare(genl_info_net(info), rules);
	if (err) {
		rgf_ruleset_put(rules);
		rgf_sets_free(sets);
		return err;
	}
	mutex_lock(&fw->lock);
	err = rgf_fw_set(fw, rules, sets, confirm ? nla_get_u32(confirm) : 0,
			 &bad, info->extack);
	if (!err)
		rgf_fw_notify(fw, RINGFENCE_CMD_RULES_SET_NTF);
	mutex_unlock(&fw->lock);
	kvfree(sets);
	if (err)
		rgf_blame(info, bad);
	return err;
}

static struct rgf_filter *rgf_fw_locked(struct rgf_fw *fw)
{
	return rcu_dereference_protected(fw->filter,
					 lockdep_is_held(&fw->lock));
}

int ringfence_nl_rules_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rgf_fw *fw = rgf_fw_of(info);
	const struct rgf_filter *f;
	struct sk_buff *msg;
	int err = 0;
	void *hdr;

	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_put_reply(msg, info, &ringfence_nl_family, 0,
				info->genlhdr->cmd);
	if (!hdr) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	mutex_lock(&fw->lock);
	f = rgf_fw_locked(fw);
	if (f)
		err = rgf_put_rules(msg, f, rgf_fw_confirm_left(fw));
	mutex_unlock(&fw->lock);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

int ringfence_nl_rules_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rgf_fw *fw = rgf_fw_of(info);

	mutex_lock(&fw->lock);
	if (rgf_fw_locked(fw)) {
		rgf_fw_del(fw);
		rgf_fw_notify(fw, RINGFENCE_CMD_RULES_DEL_NTF);
	}
	mutex_unlock(&fw->lock);
	return 0;
}

int ringfence_nl_rules_confirm_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rgf_fw *fw = rgf_fw_of(info);
	int err;

	mutex_lock(&fw->lock);
	err = rgf_fw_confirm(fw, info->extack);
	if (!err)
		rgf_fw_notify(fw, RINGFENCE_CMD_RULES_CONFIRM_NTF);
	mutex_unlock(&fw->lock);
	return err;
}

/* Dumps */

int ringfence_nl_rules_get_start(struct netlink_callback *cb)
{
	/* One part of a set is the largest. */
	cb->min_dump_alloc =
		nlmsg_total_size(genlmsg_msg_size(rgf_part_size()));
	return 0;
}

static int rgf_dump_part(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct rgf_filter *f, struct rgf_part *part)
{
	void *hdr;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &ringfence_nl_family, NLM_F_MULTI,
			  RINGFENCE_CMD_RULES_GET);
	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	if (rgf_put_part(skb, f, part)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* cb->args: index of the set or rule to go on with, entry of the set. */
int ringfence_nl_rules_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	struct rgf_fw *fw = &rgf_net(sock_net(cb->skb->sk))->fw;
	struct rgf_part part = { cb->args[0], cb->args[1] };
	const struct rgf_filter *f;
	int err = 0;

	mutex_lock(&fw->lock);
	cb->seq = fw->generation;
	f = rgf_fw_locked(fw);
	while (f && !err && part.index < f->rules->n_sets + f->rules->n_rules)
		err = rgf_dump_part(skb, cb, f, &part);
	mutex_unlock(&fw->lock);
	cb->args[0] = part.index;
	cb->args[1] = part.entry;
	return skb->len ?: err;
}

/* Address sets */

static int rgf_set_find(const struct rgf_filter *f, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[RINGFENCE_A_ADDRESS_SET_NAME];
	u32 i;

	if (!name) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL,
				     RINGFENCE_A_ADDRESS_SET_NAME);
		NL_SET_ERR_MSG(info->extack, "give the name of a set");
		return -EINVAL;
	}
	for (i = 0; f && i < f->rules->n_sets; i++)
		if (!strcmp(f->rules->sets[i], nla_data(name)))
			return i;
	NL_SET_ERR_MSG_ATTR(info->extack, name, "there is no such set");
	return -ENOENT;
}

/* Those of @old that are not among @entries; each of these must be there. */
static int rgf_set_without(const struct rgf_addrset *old,
			   struct rgf_prefix *entries, int n,
			   struct rgf_prefix *all, struct genl_info *info)
{
	struct rgf_addrset *less;
	int i, left = 0;

	for (i = 0; i < n; i++)
		if (!rgf_addrset_has(old, &entries[i])) {
			NL_SET_ERR_MSG(info->extack,
				       "an entry to delete isn't in the set");
			return -ENOENT;
		}
	less = rgf_addrset_new(entries, n);
	if (!less)
		return -ENOMEM;
	for (i = 0; i < old->n; i++)
		if (!rgf_addrset_has(less, &old->entries[i]))
			all[left++] = old->entries[i];
	rgf_addrset_put(less);
	return left;
}

/* How many @all holds then. */
static int rgf_set_mix(const struct rgf_addrset *old,
		       struct rgf_prefix *entries, int n,
		       struct rgf_prefix *all, struct genl_info *info)
{
	const struct nlattr *mode = info->attrs[RINGFENCE_A_ADDRESS_SET_MODE];

	if (mode && nla_get_u32(mode) == RINGFENCE_SET_MODE_DEL)
		return rgf_set_without(old, entries, n, all, info);
	if (n)
		memcpy(all, entries, n * sizeof(*all));
	if (!mode || nla_get_u32(mode) == RINGFENCE_SET_MODE_REPLACE)
		return n;
	if (old->n)
		memcpy(all + n, old->entries, old->n * sizeof(*all));
	return n + old->n;
}

static int rgf_set_check_number(const struct rgf_filter *f, u32 index,
				const struct rgf_addrset *set,
				struct netlink_ext_ack *extack)
{
	u32 n = set->n, i;

	for (i = 0; i < f->rules->n_sets; i++)
		if (i != index)
			n += f->sets[i]->n;
	if (n <= RINGFENCE_MAX_SET_ENTRIES)
		return 0;
	NL_SET_ERR_MSG(extack, "more than 65536 entries in all sets");
	return -EINVAL;
}

static int rgf_set_change(struct rgf_fw *fw, struct rgf_prefix *entries, int n,
			  struct genl_info *info)
{
	const struct rgf_filter *f = rgf_fw_locked(fw);
	int index = rgf_set_find(f, info), n_all;
	struct rgf_addrset *set;
	struct rgf_prefix *all;

	if (index < 0)
		return index;
	all = kvmalloc_array(n + f->sets[index]->n ?: 1, sizeof(*all),
			     GFP_KERNEL_ACCOUNT);
	if (!all)
		return -ENOMEM;
	n_all = rgf_set_mix(f->sets[index], entries, n, all, info);
	if (n_all < 0) {
		kvfree(all);
		return n_all;
	}
	set = rgf_addrset_new(all, n_all);
	kvfree(all);
	if (!set)
		return -ENOMEM;
	n = rgf_set_check_number(f, index, set, info->extack);
	if (n) {
		rgf_addrset_put(set);
		return n;
	}
	n = rgf_fw_change_set(fw, index, set, info->extack);
	if (!n)
		rgf_fw_notify_set(fw, index);
	return n;
}

int ringfence_nl_address_set_change_doit(struct sk_buff *skb,
					 struct genl_info *info)
{
	struct rgf_fw *fw = rgf_fw_of(info);
	struct rgf_prefix *entries;
	int n, err;

	n = rgf_entries_parse(genlmsg_data(info->genlhdr),
			      genlmsg_len(info->genlhdr), &entries,
			      info->extack);
	if (n < 0)
		return n;
	mutex_lock(&fw->lock);
	err = rgf_set_change(fw, entries, n, info);
	mutex_unlock(&fw->lock);
	kvfree(entries);
	return err;
}
