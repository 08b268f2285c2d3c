/* SPDX-License-Identifier: GPL-2.0-only */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ringfence.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_RINGFENCE_GEN_H
#define _LINUX_RINGFENCE_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <linux/ringfence.h>

/* Common nested types */
extern const struct nla_policy ringfence_key_nl_policy[RINGFENCE_A_KEY_MAX + 1];
extern const struct nla_policy ringfence_leg_nl_policy[RINGFENCE_A_LEG_MAX + 1];
extern const struct nla_policy ringfence_prefix_nl_policy[RINGFENCE_A_PREFIX_MAX + 1];
extern const struct nla_policy ringfence_address_set_nl_policy[RINGFENCE_A_ADDRESS_SET_MAX + 1];
extern const struct nla_policy ringfence_port_range_nl_policy[RINGFENCE_A_PORT_RANGE_MAX + 1];
extern const struct nla_policy ringfence_rule_nl_policy[RINGFENCE_A_RULE_MAX + 1];
extern const struct nla_policy ringfence_limit_nl_policy[RINGFENCE_A_LIMIT_MAX + 1];

int ringfence_nl_session_new_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_session_set_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_session_del_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_session_get_start(struct netlink_callback *cb);
int ringfence_nl_session_get_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_session_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb);
int ringfence_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_rules_set_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_rules_get_start(struct netlink_callback *cb);
int ringfence_nl_rules_get_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_rules_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
int ringfence_nl_rules_confirm_doit(struct sk_buff *skb,
				    struct genl_info *info);
int ringfence_nl_address_set_change_doit(struct sk_buff *skb,
					 struct genl_info *info);
int ringfence_nl_rules_del_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_ban_new_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_ban_del_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_ban_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int ringfence_nl_trust_new_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_trust_del_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_trust_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
int ringfence_nl_limit_set_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_limit_get_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_limit_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
int ringfence_nl_source_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);
int ringfence_nl_strike_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	RINGFENCE_NLGRP_EVENTS,
};

extern struct genl_family ringfence_nl_family;

#endif /* _LINUX_RINGFENCE_GEN_H */
