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
extern const struct nla_policy ringfence_leg_nl_policy[RINGFENCE_A_LEG_MAX + 1];

int ringfence_nl_session_new_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_session_set_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_session_del_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_session_get_doit(struct sk_buff *skb, struct genl_info *info);
int ringfence_nl_session_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb);
int ringfence_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	RINGFENCE_NLGRP_EVENTS,
};

extern struct genl_family ringfence_nl_family;

#endif /* _LINUX_RINGFENCE_GEN_H */
