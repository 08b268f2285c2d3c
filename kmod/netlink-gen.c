// SPDX-License-Identifier: GPL-2.0-only
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ringfence.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

/* Integer value ranges */
static struct netlink_range_validation ringfence_a_session_idle_timeout_range = {
	.max	= RINGFENCE_IDLE_TIMEOUT_MAX,
};

/* Common nested types */
const struct nla_policy ringfence_leg_nl_policy[RINGFENCE_A_LEG_MAX + 1] = {
	[RINGFENCE_A_LEG_LOCAL_IPV4] = { .type = NLA_BE32, },
	[RINGFENCE_A_LEG_LOCAL_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[RINGFENCE_A_LEG_LOCAL_RTCP_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[RINGFENCE_A_LEG_PEER_IPV4] = { .type = NLA_BE32, },
	[RINGFENCE_A_LEG_PEER_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[RINGFENCE_A_LEG_PEER_RTCP_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[RINGFENCE_A_LEG_SUITE] = NLA_POLICY_MAX(NLA_U32, 2),
	[RINGFENCE_A_LEG_TX_KEY] = { .type = NLA_BINARY, .len = RINGFENCE_KEY_MAX, },
	[RINGFENCE_A_LEG_RX_KEY] = { .type = NLA_BINARY, .len = RINGFENCE_KEY_MAX, },
};

/* RINGFENCE_CMD_SESSION_NEW */
static const struct nla_policy ringfence_session_new_nl_policy[RINGFENCE_A_SESSION_MAX + 1] = {
	[RINGFENCE_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[RINGFENCE_A_SESSION_LABEL] = { .type = NLA_NUL_STRING, .len = RINGFENCE_LABEL_MAX, },
	[RINGFENCE_A_SESSION_IDLE_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_session_idle_timeout_range),
	[RINGFENCE_A_SESSION_LEG_A] = NLA_POLICY_NESTED(ringfence_leg_nl_policy),
	[RINGFENCE_A_SESSION_LEG_B] = NLA_POLICY_NESTED(ringfence_leg_nl_policy),
};

/* RINGFENCE_CMD_SESSION_SET */
static const struct nla_policy ringfence_session_set_nl_policy[RINGFENCE_A_SESSION_MAX + 1] = {
	[RINGFENCE_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[RINGFENCE_A_SESSION_LABEL] = { .type = NLA_NUL_STRING, .len = RINGFENCE_LABEL_MAX, },
	[RINGFENCE_A_SESSION_IDLE_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_session_idle_timeout_range),
	[RINGFENCE_A_SESSION_LEG_A] = NLA_POLICY_NESTED(ringfence_leg_nl_policy),
	[RINGFENCE_A_SESSION_LEG_B] = NLA_POLICY_NESTED(ringfence_leg_nl_policy),
};

/* RINGFENCE_CMD_SESSION_DEL */
static const struct nla_policy ringfence_session_del_nl_policy[RINGFENCE_A_SESSION_MAX + 1] = {
	[RINGFENCE_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* RINGFENCE_CMD_SESSION_GET */
static const struct nla_policy ringfence_session_get_nl_policy[RINGFENCE_A_SESSION_MAX + 1] = {
	[RINGFENCE_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* Ops table for ringfence */
static const struct genl_ops ringfence_nl_ops[] = {
	{
		.cmd		= RINGFENCE_CMD_SESSION_NEW,
		.doit		= ringfence_nl_session_new_doit,
		.policy		= ringfence_session_new_nl_policy,
		.maxattr	= RINGFENCE_A_SESSION_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_SESSION_SET,
		.doit		= ringfence_nl_session_set_doit,
		.policy		= ringfence_session_set_nl_policy,
		.maxattr	= RINGFENCE_A_SESSION_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_SESSION_DEL,
		.doit		= ringfence_nl_session_del_doit,
		.policy		= ringfence_session_del_nl_policy,
		.maxattr	= RINGFENCE_A_SESSION_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_SESSION_GET,
		.doit		= ringfence_nl_session_get_doit,
		.dumpit		= ringfence_nl_session_get_dumpit,
		.policy		= ringfence_session_get_nl_policy,
		.maxattr	= RINGFENCE_A_SESSION_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_STATS_GET,
		.doit		= ringfence_nl_stats_get_doit,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

static const struct genl_multicast_group ringfence_nl_mcgrps[] = {
	[RINGFENCE_NLGRP_EVENTS] = {
		.name = RINGFENCE_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family ringfence_nl_family __ro_after_init = {
	.name		= RINGFENCE_FAMILY_NAME,
	.version	= RINGFENCE_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.ops		= ringfence_nl_ops,
	.n_ops		= ARRAY_SIZE(ringfence_nl_ops),
	.mcgrps		= ringfence_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(ringfence_nl_mcgrps),
};
