// SPDX-License-Identifier: GPL-2.0-only
/* Requests about limits, bans and trust. */
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "ban.h"
#include "compat.h"
#include "filter_parse.h"
#include "guard.h"
#include "guard_parse.h"
#include "guard_put.h"
#include "net.h"
#include "netlink-gen.h"

/* There from now on; -errno as a pointer. */
static struct rgf_guard *rgf_guard_get(struct genl_info *info)
{
	struct rgf_net *rn = rgf_net(genl_info_net(info));
	struct rgf_guard *guard;

	mutex_lock(&rn->lock);
	guard = rgf_guard_up(rn);
	mutex_unlock(&rn->lock);
	return guard;
}

/* If there is one. */
static struct rgf_guard *rgf_guard_of(struct net *net)
{
	/* Pairs with rgf_guard_up(). */
	return smp_load_acquire(&rgf_net(net)->guard);
}

/* @type: of the prefix, which all requests give that have one */
static int rgf_guard_prefix(struct genl_info *info, int type,
			    struct rgf_prefix *prefix)
{
	if (!info->attrs[type]) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, type);
		NL_SET_ERR_MSG(info->extack, "give an address or a prefix");
		return -EINVAL;
	}
	return rgf_prefix_parse(prefix, info->attrs[type], info->extack);
}

static const char *rgf_guard_text(const struct nlattr *attr)
{
	return attr ? nla_data(attr) : NULL;
}

static u32 rgf_guard_u32(const struct nlattr *attr, u32 absent)
{
	return attr ? nla_get_u32(attr) : absent;
}

static bool rgf_is_all(const struct rgf_prefix *prefix)
{
	return prefix->len == (rgf_addr_is_v4(&prefix->addr) ? 96 : 0);
}

int ringfence_nl_ban_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	struct rgf_ban_spec spec = {
		.reason = RINGFENCE_BAN_REASON_OPERATOR,
		.seconds = rgf_guard_u32(tb[RINGFENCE_A_BAN_TIME], 0),
		.comment = rgf_guard_text(tb[RINGFENCE_A_BAN_COMMENT]),
	};
	struct rgf_guard *guard;
	struct rgf_prefix prefix;
	int err;

	err = rgf_guard_prefix(info, RINGFENCE_A_BAN_PREFIX, &prefix);
	if (err)
		return err;
	if (rgf_is_all(&prefix)) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[RINGFENCE_A_BAN_PREFIX],
				    "a ban of everybody would be one of you");
		return -EINVAL;
	}
	guard = rgf_guard_get(info);
	if (IS_ERR(guard))
		return PTR_ERR(guard);
	spec.seconds_max = spec.seconds;
	err = rgf_ban_set(guard, &prefix.addr, prefix.len, &spec, info->extack);
	if (err == -EPERM)
		NL_SET_BAD_ATTR(info->extack, tb[RINGFENCE_A_BAN_PREFIX]);
	return err;
}

int ringfence_nl_ban_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rgf_guard *guard = rgf_guard_of(genl_info_net(info));
	struct nlattr *attr = info->attrs[RINGFENCE_A_BAN_PREFIX];
	struct rgf_prefix prefix;
	int err;

	if (!attr) {
		if (guard)
			rgf_ban_flush(guard);
		return 0;
	}
	err = rgf_guard_prefix(info, RINGFENCE_A_BAN_PREFIX, &prefix);
	if (err)
		return err;
	err = guard ? rgf_ban_del(guard, &prefix) : -ENOENT;
	if (err)
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "there is no ban of this prefix");
	return err;
}

int ringfence_nl_trust_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	struct rgf_guard *guard;
	struct rgf_prefix prefix;
	int err;

	err = rgf_guard_prefix(info, RINGFENCE_A_TRUST_PREFIX, &prefix);
	if (err)
		return err;
	guard = rgf_guard_get(info);
	if (IS_ERR(guard))
		return PTR_ERR(guard);
	return rgf_trust_set(guard, &prefix,
			     rgf_guard_u32(tb[RINGFENCE_A_TRUST_TIME], 0),
			     rgf_guard_text(tb[RINGFENCE_A_TRUST_COMMENT]),
			     info->extack);
}

int ringfence_nl_trust_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rgf_guard *guard = rgf_guard_of(genl_info_net(info));
	struct rgf_prefix prefix;
	int err;

	err = rgf_guard_prefix(info, RINGFENCE_A_TRUST_PREFIX, &prefix);
	if (err)
		return err;
	err = guard ? rgf_trust_del(guard, &prefix) : -ENOENT;
	if (err)
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[RINGFENCE_A_TRUST_PREFIX],
				    "this prefix isn't trusted");
	return err;
}

/* Lists of bans and of trust */

typedef int (*rgf_put_node_t)(struct sk_buff *msg,
			      struct rgf_prefix_node *node);

/* NULL: it is nothing to be shown. */
static void *rgf_dump_hdr(struct sk_buff *skb, struct netlink_callback *cb,
			  u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &ringfence_nl_family, NLM_F_MULTI, cmd);
}

static int rgf_dump_node(struct sk_buff *skb, struct netlink_callback *cb,
			 u8 cmd, rgf_put_node_t put,
			 struct rgf_prefix_node *node)
{
	void *hdr = rgf_dump_hdr(skb, cb, cmd);

	if (!hdr || put(skb, node)) {
		if (hdr)
			genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* cb->args: the bucket to go on with, and how many of it were told. */
static int rgf_dump_bucket(struct sk_buff *skb, struct netlink_callback *cb,
			   u8 cmd, rgf_put_node_t put,
			   const struct hlist_head *bucket)
{
	u64 now = get_jiffies_64();
	struct rgf_prefix_node *node;
	long i = 0;
	int err;

	hlist_for_each_entry_rcu(node, bucket, node) {
		if (i++ < cb->args[1] || node->end <= now)
			continue;
		err = rgf_dump_node(skb, cb, cmd, put, node);
		if (err)
			return err;
		cb->args[1] = i;
	}
	return 0;
}

static int rgf_dump_nodes(struct sk_buff *skb, struct netlink_callback *cb,
			  u8 cmd, rgf_put_node_t put,
			  const struct rgf_prefixtab *tab)
{
	int err = 0;

	rcu_read_lock();
	for (; cb->args[0] < 1 << RGF_PREFIXTAB_BITS; cb->args[0]++) {
		err = rgf_dump_bucket(skb, cb, cmd, put,
				      &tab->buckets[cb->args[0]]);
		if (err)
			break;
		cb->args[1] = 0;
	}
	rcu_read_unlock();
	return skb->len ?: err;
}

static int rgf_put_ban_node(struct sk_buff *msg, struct rgf_prefix_node *node)
{
	return rgf_put_ban(msg, container_of(node, struct rgf_ban, n));
}

static int rgf_put_trust_node(struct sk_buff *msg, struct rgf_prefix_node *node)
{
	return rgf_put_trust(msg, container_of(node, struct rgf_trust, n));
}

int ringfence_nl_ban_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct rgf_guard *guard = rgf_guard_of(sock_net(cb->skb->sk));

	return guard ? rgf_dump_nodes(skb, cb, RINGFENCE_CMD_BAN_GET,
				      rgf_put_ban_node, &guard->bans)
		     : 0;
}

int ringfence_nl_trust_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	struct rgf_guard *guard = rgf_guard_of(sock_net(cb->skb->sk));

	return guard ? rgf_dump_nodes(skb, cb, RINGFENCE_CMD_TRUST_GET,
				      rgf_put_trust_node, &guard->trusts)
		     : 0;
}

/* Limits */

static struct rgf_limits *rgf_guard_limits(struct rgf_guard *guard)
{
	return rcu_dereference_protected(guard->limits,
					 lockdep_is_held(&guard->rn->lock));
}

static struct rgf_sources *rgf_guard_sources(struct rgf_guard *guard)
{
	return rcu_dereference_protected(guard->sources,
					 lockdep_is_held(&guard->rn->lock));
}

/* The table of a size, if it isn't there yet; what the old one knew is lost. */
static int rgf_sources_up(struct rgf_guard *guard, u32 entries)
{
	struct rgf_sources *old = rgf_guard_sources(guard), *new;

	if (old && rgf_sources_entries(old) == entries)
		return 0;
	new = rgf_sources_new(entries);
	if (!new)
		return -ENOMEM;
	rcu_assign_pointer(guard->sources, new);
	if (old)
		synchronize_rcu();
	rgf_sources_free(old);
	return 0;
}

/* Entries of prefixes of other lengths could not be found, so they must go. */
static int rgf_limits_check_lengths(struct rgf_guard *guard,
				    const struct rgf_limits *limits,
				    struct netlink_ext_ack *extack)
{
	const struct rgf_limits *old = rgf_guard_limits(guard);

	if (!rgf_guard_sources(guard) || limits->sources != old->sources ||
	    (limits->length[0] == old->length[0] &&
	     limits->length[1] == old->length[1]))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "sources are in use; change their size with the length");
	return -EBUSY;
}

static int rgf_limits_apply(struct rgf_guard *guard, struct rgf_limits *limits)
{
	struct rgf_limits *old = rgf_guard_limits(guard);
	int err = 0;

	if (limits->enabled & RGF_PACKET_CLASSES || rgf_guard_sources(guard))
		err = rgf_sources_up(guard, limits->sources);
	if (err)
		return err;
	rcu_assign_pointer(guard->limits, limits);
	kfree_rcu(old, rcu);
	return 0;
}

static int rgf_limits_change(struct rgf_guard *guard, struct genl_info *info)
{
	struct rgf_limits *limits = rgf_limits_new(rgf_guard_limits(guard));
	int err;

	if (!limits)
		return -ENOMEM;
	err = rgf_limits_parse(limits, info)
		      ?: rgf_limits_check_lengths(guard, limits, info->extack)
		      ?: rgf_limits_apply(guard, limits);
	if (err)
		kfree(limits);
	return err;
}

int ringfence_nl_limit_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rgf_net *rn = rgf_net(genl_info_net(info));
	struct rgf_guard *guard;
	int err;

	mutex_lock(&rn->lock);
	guard = rgf_guard_up(rn);
	err = IS_ERR(guard) ? PTR_ERR(guard) : rgf_limits_change(guard, info);
	mutex_unlock(&rn->lock);
	return err;
}

/* Those of a namespace without a guard are the defaults; free them then. */
static const struct rgf_limits *rgf_limits_shown(struct rgf_guard *guard)
{
	return guard ? rgf_guard_limits(guard) : rgf_limits_new(NULL);
}

int ringfence_nl_limit_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rgf_net *rn = rgf_net(genl_info_net(info));
	const struct rgf_limits *limits;
	struct rgf_guard *guard;
	struct sk_buff *msg;
	int err = -ENOMEM;
	void *hdr;

	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_put_reply(msg, info, &ringfence_nl_family, 0,
				info->genlhdr->cmd);
	mutex_lock(&rn->lock);
	guard = rn->guard;
	limits = rgf_limits_shown(guard);
	if (hdr && limits)
		err = rgf_put_limits(msg, guard, limits,
				     guard ? rgf_guard_sources(guard) : NULL);
	mutex_unlock(&rn->lock);
	if (!guard)
		kfree(limits);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int rgf_dump_limit(struct sk_buff *skb, struct netlink_callback *cb,
			  const struct rgf_guard *guard,
			  const struct rgf_limits *limits, u32 class)
{
	void *hdr = rgf_dump_hdr(skb, cb, RINGFENCE_CMD_LIMIT_GET);

	if (!hdr || rgf_put_limit(skb, guard, limits, class)) {
		if (hdr)
			genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* cb->args[0] is the class to go on with. */
int ringfence_nl_limit_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	struct rgf_net *rn = rgf_net(sock_net(cb->skb->sk));
	const struct rgf_limits *limits;
	struct rgf_guard *guard;
	int err = -ENOMEM;

	mutex_lock(&rn->lock);
	guard = rn->guard;
	limits = rgf_limits_shown(guard);
	if (limits)
		err = 0;
	for (; !err && cb->args[0] < RGF_NR_CLASSES; cb->args[0]++) {
		err = rgf_dump_limit(skb, cb, guard, limits, cb->args[0]);
		if (err)
			break;
	}
	mutex_unlock(&rn->lock);
	if (!guard)
		kfree(limits);
	return skb->len ?: err;
}

/* Sources */

static int rgf_dump_source(struct sk_buff *skb, struct netlink_callback *cb,
			   const struct rgf_limits *limits,
			   const struct rgf_source *source)
{
	void *hdr = rgf_dump_hdr(skb, cb, RINGFENCE_CMD_SOURCE_GET);

	if (!hdr || rgf_put_source(skb, limits, source, jiffies)) {
		if (hdr)
			genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* Moves cb->args[0], the entry to go on with, behind what it put. */
static int rgf_dump_set(struct sk_buff *skb, struct netlink_callback *cb,
			const struct rgf_limits *limits,
			struct rgf_source_set *set)
{
	unsigned int i = cb->args[0] % RGF_SOURCE_WAYS;
	int err = 0;

	spin_lock_bh(&set->lock);
	for (; i < RGF_SOURCE_WAYS && !err; i++) {
		if (set->tag[i])
			err = rgf_dump_source(skb, cb, limits, &set->way[i]);
		if (!err)
			cb->args[0]++;
	}
	spin_unlock_bh(&set->lock);
	return err;
}

int ringfence_nl_source_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	struct rgf_net *rn = rgf_net(sock_net(cb->skb->sk));
	struct rgf_sources *sources = NULL;
	struct rgf_source_set *set;
	struct rgf_guard *guard;
	int err = 0;

	mutex_lock(&rn->lock);
	guard = rn->guard;
	if (guard)
		sources = rgf_guard_sources(guard);
	while (sources && !err &&
	       cb->args[0] < (long)rgf_sources_entries(sources)) {
		set = &sources->sets[cb->args[0] / RGF_SOURCE_WAYS];
		err = rgf_dump_set(skb, cb, rgf_guard_limits(guard), set);
		cond_resched();
	}
	mutex_unlock(&rn->lock);
	return skb->len ?: err;
}

/* Strikes */

static int rgf_strike_addr(struct genl_info *info, struct rgf_addr *addr)
{
	struct rgf_prefix prefix;
	int err;

	err = rgf_guard_prefix(info, RINGFENCE_A_STRIKE_PREFIX, &prefix);
	if (err)
		return err;
	if (prefix.len != 128) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[RINGFENCE_A_STRIKE_PREFIX],
				    "strike an address, not a prefix");
		return -EINVAL;
	}
	*addr = prefix.addr;
	return 0;
}

static bool rgf_strike(struct rgf_guard *guard, const struct rgf_addr *addr,
		       struct nlattr **tb)
{
	bool proved = tb[RINGFENCE_A_STRIKE_PROVED] &&
		      nla_get_u8(tb[RINGFENCE_A_STRIKE_PROVED]),
	     banned;
	u32 reason = rgf_guard_u32(tb[RINGFENCE_A_STRIKE_REASON],
				   RINGFENCE_STRIKE_REASON_OTHER);
	u32 n = rgf_guard_u32(tb[RINGFENCE_A_STRIKE_COUNT], 1);

	rcu_read_lock_bh();
	rcu_read_lock();
	banned = rgf_limit_strike(guard, addr, reason, proved, n);
	rcu_read_unlock();
	rcu_read_unlock_bh();
	return banned;
}

/* The reply is made first: a strike that is reported to have failed has. */
int ringfence_nl_strike_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rgf_net *rn = rgf_net(genl_info_net(info));
	struct rgf_guard *guard;
	struct rgf_addr addr;
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = rgf_strike_addr(info, &addr);
	if (err)
		return err;
	msg = genlmsg_new(nla_total_size(sizeof(u8)), GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_put_reply(msg, info, &ringfence_nl_family, 0,
				info->genlhdr->cmd);
	mutex_lock(&rn->lock);
	guard = rgf_guard_up(rn);
	err = IS_ERR(guard)
		      ? PTR_ERR(guard)
		      : rgf_sources_up(guard, rgf_guard_limits(guard)->sources);
	mutex_unlock(&rn->lock);
	if (!hdr || err ||
	    nla_put_u8(msg, RINGFENCE_A_STRIKE_BANNED,
		       rgf_strike(guard, &addr, info->attrs))) {
		nlmsg_free(msg);
		return err ?: -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}
