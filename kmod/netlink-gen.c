// SPDX-License-Identifier: GPL-2.0-only
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ringfence.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

/* Integer value ranges */
static struct netlink_range_validation ringfence_a_key_lifetime_range = {
	.min	= 1,
	.max	= RINGFENCE_KEY_LIFETIME_MAX,
};

static struct netlink_range_validation ringfence_a_leg_clock_rate_range = {
	.min	= 1000,
	.max	= 192000,
};

static struct netlink_range_validation ringfence_a_rule_log_rate_range = {
	.min	= 1,
	.max	= RINGFENCE_LOG_RATE_MAX,
};

static struct netlink_range_validation ringfence_a_rule_ban_time_range = {
	.min	= 1,
	.max	= RINGFENCE_BAN_TIME_MAX,
};

static struct netlink_range_validation ringfence_a_rule_state_range = {
	.min	= 1,
	.max	= 31,
};

static struct netlink_range_validation ringfence_a_rule_days_range = {
	.min	= 1,
	.max	= 127,
};

static struct netlink_range_validation ringfence_a_rule_time_end_range = {
	.min	= 1,
	.max	= 1440,
};

static struct netlink_range_validation ringfence_a_rule_rate_range = {
	.min	= 1,
	.max	= RINGFENCE_RATE_MAX,
};

static struct netlink_range_validation ringfence_a_rule_rate_burst_range = {
	.min	= 1,
	.max	= RINGFENCE_RATE_MAX,
};

static struct netlink_range_validation ringfence_a_limit_rate_range = {
	.max	= RINGFENCE_LIMIT_RATE_MAX,
};

static struct netlink_range_validation ringfence_a_limit_burst_range = {
	.min	= 1,
	.max	= RINGFENCE_LIMIT_RATE_MAX,
};

static struct netlink_range_validation ringfence_a_limit_global_rate_range = {
	.max	= RINGFENCE_LIMIT_RATE_MAX,
};

static struct netlink_range_validation ringfence_a_limit_global_burst_range = {
	.min	= 1,
	.max	= RINGFENCE_LIMIT_RATE_MAX,
};

static struct netlink_range_validation ringfence_a_limit_newcomer_rate_range = {
	.max	= RINGFENCE_LIMIT_RATE_MAX,
};

static struct netlink_range_validation ringfence_a_limit_trusted_rate_range = {
	.max	= RINGFENCE_LIMIT_RATE_MAX,
};

static struct netlink_range_validation ringfence_a_limit_trusted_burst_range = {
	.min	= 1,
	.max	= RINGFENCE_LIMIT_RATE_MAX,
};

static struct netlink_range_validation ringfence_a_limit_window_range = {
	.min	= 1,
	.max	= RINGFENCE_LIMIT_WINDOW_MAX,
};

static struct netlink_range_validation ringfence_a_limit_ban_time_range = {
	.min	= 1,
	.max	= RINGFENCE_BAN_TIME_MAX,
};

static struct netlink_range_validation ringfence_a_limit_ban_time_max_range = {
	.min	= 1,
	.max	= RINGFENCE_BAN_TIME_MAX,
};

static struct netlink_range_validation ringfence_a_session_idle_timeout_range = {
	.max	= RINGFENCE_IDLE_TIMEOUT_MAX,
};

static struct netlink_range_validation ringfence_a_rules_confirm_range = {
	.min	= 1,
	.max	= RINGFENCE_CONFIRM_MAX,
};

static struct netlink_range_validation ringfence_a_ban_time_range = {
	.min	= 1,
	.max	= RINGFENCE_BAN_TIME_MAX,
};

static struct netlink_range_validation ringfence_a_trust_time_range = {
	.min	= 1,
	.max	= RINGFENCE_BAN_TIME_MAX,
};

static struct netlink_range_validation ringfence_a_limits_ipv4_length_range = {
	.min	= 8,
	.max	= 32,
};

static struct netlink_range_validation ringfence_a_limits_ipv6_length_range = {
	.min	= 16,
	.max	= 128,
};

static struct netlink_range_validation ringfence_a_limits_sources_range = {
	.min	= RINGFENCE_SOURCES_MIN,
	.max	= RINGFENCE_SOURCES_MAX,
};

static struct netlink_range_validation ringfence_a_strike_count_range = {
	.min	= 1,
	.max	= RINGFENCE_LIMIT_STRIKES_MAX,
};

/* Common nested types */
const struct nla_policy ringfence_key_nl_policy[RINGFENCE_A_KEY_MAX + 1] = {
	[RINGFENCE_A_KEY_MASTER] = { .type = NLA_BINARY, .len = RINGFENCE_KEY_MAX, },
	[RINGFENCE_A_KEY_MKI] = NLA_POLICY_RANGE(NLA_BINARY, 1, RINGFENCE_MKI_MAX),
	[RINGFENCE_A_KEY_LIFETIME] = NLA_POLICY_FULL_RANGE(NLA_U64, &ringfence_a_key_lifetime_range),
};

/* Common nested types */
const struct nla_policy ringfence_leg_nl_policy[RINGFENCE_A_LEG_MAX + 1] = {
	[RINGFENCE_A_LEG_LOCAL_IPV4] = { .type = NLA_BE32, },
	[RINGFENCE_A_LEG_LOCAL_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[RINGFENCE_A_LEG_LOCAL_RTCP_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[RINGFENCE_A_LEG_PEER_IPV4] = { .type = NLA_BE32, },
	[RINGFENCE_A_LEG_PEER_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[RINGFENCE_A_LEG_PEER_RTCP_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[RINGFENCE_A_LEG_SUITE] = NLA_POLICY_MAX(NLA_U32, 11),
	[RINGFENCE_A_LEG_TX_KEY] = NLA_POLICY_NESTED(ringfence_key_nl_policy),
	[RINGFENCE_A_LEG_RX_KEY] = NLA_POLICY_NESTED(ringfence_key_nl_policy),
	[RINGFENCE_A_LEG_LOCAL_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[RINGFENCE_A_LEG_PEER_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[RINGFENCE_A_LEG_FLAGS] = NLA_POLICY_MASK(NLA_U32, 255),
	[RINGFENCE_A_LEG_LATCH] = NLA_POLICY_MAX(NLA_U32, 2),
	[RINGFENCE_A_LEG_DSCP] = NLA_POLICY_MAX(NLA_U8, RINGFENCE_DSCP_KEEP),
	[RINGFENCE_A_LEG_KDR] = NLA_POLICY_MAX(NLA_U8, RINGFENCE_KDR_MAX),
	[RINGFENCE_A_LEG_CLOCK_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_leg_clock_rate_range),
};

/* Common nested types */
const struct nla_policy ringfence_prefix_nl_policy[RINGFENCE_A_PREFIX_MAX + 1] = {
	[RINGFENCE_A_PREFIX_IPV4] = { .type = NLA_BE32, },
	[RINGFENCE_A_PREFIX_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[RINGFENCE_A_PREFIX_LENGTH] = NLA_POLICY_MAX(NLA_U8, 128),
};

/* Common nested types */
const struct nla_policy ringfence_address_set_nl_policy[RINGFENCE_A_ADDRESS_SET_MAX + 1] = {
	[RINGFENCE_A_ADDRESS_SET_NAME] = { .type = NLA_NUL_STRING, .len = RINGFENCE_RULE_NAME_MAX, },
	[RINGFENCE_A_ADDRESS_SET_ENTRY] = NLA_POLICY_NESTED(ringfence_prefix_nl_policy),
};

/* Common nested types */
const struct nla_policy ringfence_port_range_nl_policy[RINGFENCE_A_PORT_RANGE_MAX + 1] = {
	[RINGFENCE_A_PORT_RANGE_FIRST] = { .type = NLA_U16, },
	[RINGFENCE_A_PORT_RANGE_LAST] = { .type = NLA_U16, },
};

/* Common nested types */
const struct nla_policy ringfence_rule_nl_policy[RINGFENCE_A_RULE_MAX + 1] = {
	[RINGFENCE_A_RULE_CHAIN] = { .type = NLA_NUL_STRING, .len = RINGFENCE_RULE_NAME_MAX, },
	[RINGFENCE_A_RULE_ACTION] = NLA_POLICY_MAX(NLA_U32, 6),
	[RINGFENCE_A_RULE_JUMP] = { .type = NLA_NUL_STRING, .len = RINGFENCE_RULE_NAME_MAX, },
	[RINGFENCE_A_RULE_LOG_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_rule_log_rate_range),
	[RINGFENCE_A_RULE_BAN_TIME] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_rule_ban_time_range),
	[RINGFENCE_A_RULE_IN] = { .type = NLA_NUL_STRING, .len = 15, },
	[RINGFENCE_A_RULE_OUT] = { .type = NLA_NUL_STRING, .len = 15, },
	[RINGFENCE_A_RULE_FROM] = NLA_POLICY_NESTED(ringfence_prefix_nl_policy),
	[RINGFENCE_A_RULE_TO] = NLA_POLICY_NESTED(ringfence_prefix_nl_policy),
	[RINGFENCE_A_RULE_FROM_SET] = { .type = NLA_NUL_STRING, .len = RINGFENCE_RULE_NAME_MAX, },
	[RINGFENCE_A_RULE_TO_SET] = { .type = NLA_NUL_STRING, .len = RINGFENCE_RULE_NAME_MAX, },
	[RINGFENCE_A_RULE_PROTOCOL] = { .type = NLA_U8, },
	[RINGFENCE_A_RULE_SPORT] = NLA_POLICY_NESTED(ringfence_port_range_nl_policy),
	[RINGFENCE_A_RULE_DPORT] = NLA_POLICY_NESTED(ringfence_port_range_nl_policy),
	[RINGFENCE_A_RULE_ICMP_TYPE] = { .type = NLA_U8, },
	[RINGFENCE_A_RULE_ICMP_CODE] = { .type = NLA_U8, },
	[RINGFENCE_A_RULE_DSCP] = NLA_POLICY_MAX(NLA_U8, 63),
	[RINGFENCE_A_RULE_STATE] = NLA_POLICY_FULL_RANGE(NLA_U8, &ringfence_a_rule_state_range),
	[RINGFENCE_A_RULE_DAYS] = NLA_POLICY_FULL_RANGE(NLA_U8, &ringfence_a_rule_days_range),
	[RINGFENCE_A_RULE_TIME_START] = NLA_POLICY_MAX(NLA_U16, 1439),
	[RINGFENCE_A_RULE_TIME_END] = NLA_POLICY_FULL_RANGE(NLA_U16, &ringfence_a_rule_time_end_range),
	[RINGFENCE_A_RULE_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_rule_rate_range),
	[RINGFENCE_A_RULE_RATE_UNIT] = NLA_POLICY_MAX(NLA_U32, 2),
	[RINGFENCE_A_RULE_RATE_BURST] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_rule_rate_burst_range),
	[RINGFENCE_A_RULE_RATE_MODE] = NLA_POLICY_MAX(NLA_U32, 1),
	[RINGFENCE_A_RULE_COMMENT] = { .type = NLA_NUL_STRING, .len = RINGFENCE_COMMENT_MAX, },
};

/* Common nested types */
const struct nla_policy ringfence_limit_nl_policy[RINGFENCE_A_LIMIT_MAX + 1] = {
	[RINGFENCE_A_LIMIT_CLASS] = NLA_POLICY_MAX(NLA_U32, 11),
	[RINGFENCE_A_LIMIT_ENABLED] = NLA_POLICY_MAX(NLA_U8, 1),
	[RINGFENCE_A_LIMIT_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_limit_rate_range),
	[RINGFENCE_A_LIMIT_BURST] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_limit_burst_range),
	[RINGFENCE_A_LIMIT_GLOBAL_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_limit_global_rate_range),
	[RINGFENCE_A_LIMIT_GLOBAL_BURST] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_limit_global_burst_range),
	[RINGFENCE_A_LIMIT_NEWCOMER_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_limit_newcomer_rate_range),
	[RINGFENCE_A_LIMIT_TRUSTED_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_limit_trusted_rate_range),
	[RINGFENCE_A_LIMIT_TRUSTED_BURST] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_limit_trusted_burst_range),
	[RINGFENCE_A_LIMIT_STRIKES] = NLA_POLICY_MAX(NLA_U32, RINGFENCE_LIMIT_STRIKES_MAX),
	[RINGFENCE_A_LIMIT_WINDOW] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_limit_window_range),
	[RINGFENCE_A_LIMIT_BAN_TIME] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_limit_ban_time_range),
	[RINGFENCE_A_LIMIT_BAN_TIME_MAX] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_limit_ban_time_max_range),
};

/* RINGFENCE_CMD_SESSION_NEW */
static const struct nla_policy ringfence_session_new_nl_policy[RINGFENCE_A_SESSION_MAX + 1] = {
	[RINGFENCE_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[RINGFENCE_A_SESSION_LABEL] = { .type = NLA_NUL_STRING, .len = RINGFENCE_LABEL_MAX, },
	[RINGFENCE_A_SESSION_IDLE_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_session_idle_timeout_range),
	[RINGFENCE_A_SESSION_LEG_A] = NLA_POLICY_NESTED(ringfence_leg_nl_policy),
	[RINGFENCE_A_SESSION_LEG_B] = NLA_POLICY_NESTED(ringfence_leg_nl_policy),
	[RINGFENCE_A_SESSION_FLAGS] = NLA_POLICY_MASK(NLA_U32, 1),
};

/* RINGFENCE_CMD_SESSION_SET */
static const struct nla_policy ringfence_session_set_nl_policy[RINGFENCE_A_SESSION_MAX + 1] = {
	[RINGFENCE_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[RINGFENCE_A_SESSION_LABEL] = { .type = NLA_NUL_STRING, .len = RINGFENCE_LABEL_MAX, },
	[RINGFENCE_A_SESSION_IDLE_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_session_idle_timeout_range),
	[RINGFENCE_A_SESSION_LEG_A] = NLA_POLICY_NESTED(ringfence_leg_nl_policy),
	[RINGFENCE_A_SESSION_LEG_B] = NLA_POLICY_NESTED(ringfence_leg_nl_policy),
	[RINGFENCE_A_SESSION_FLAGS] = NLA_POLICY_MASK(NLA_U32, 1),
};

/* RINGFENCE_CMD_SESSION_DEL */
static const struct nla_policy ringfence_session_del_nl_policy[RINGFENCE_A_SESSION_MAX + 1] = {
	[RINGFENCE_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* RINGFENCE_CMD_SESSION_GET */
static const struct nla_policy ringfence_session_get_nl_policy[RINGFENCE_A_SESSION_MAX + 1] = {
	[RINGFENCE_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* RINGFENCE_CMD_CONFIG_SET */
static const struct nla_policy ringfence_config_set_nl_policy[RINGFENCE_A_CONFIG_MAX + 1] = {
	[RINGFENCE_A_CONFIG_MEDIA_PORT_MIN] = { .type = NLA_U16, },
	[RINGFENCE_A_CONFIG_MEDIA_PORT_MAX] = { .type = NLA_U16, },
};

/* RINGFENCE_CMD_RULES_SET */
static const struct nla_policy ringfence_rules_set_nl_policy[RINGFENCE_A_RULES_MAX + 1] = {
	[RINGFENCE_A_RULES_DEFAULT_LOCAL] = NLA_POLICY_MAX(NLA_U32, 1),
	[RINGFENCE_A_RULES_DEFAULT_NETWORK] = NLA_POLICY_MAX(NLA_U32, 1),
	[RINGFENCE_A_RULES_CONFIRM] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_rules_confirm_range),
	[RINGFENCE_A_RULES_SET] = NLA_POLICY_NESTED(ringfence_address_set_nl_policy),
	[RINGFENCE_A_RULES_RULE] = NLA_POLICY_NESTED(ringfence_rule_nl_policy),
};

/* RINGFENCE_CMD_ADDRESS_SET_CHANGE */
static const struct nla_policy ringfence_address_set_change_nl_policy[RINGFENCE_A_ADDRESS_SET_MAX + 1] = {
	[RINGFENCE_A_ADDRESS_SET_NAME] = { .type = NLA_NUL_STRING, .len = RINGFENCE_RULE_NAME_MAX, },
	[RINGFENCE_A_ADDRESS_SET_MODE] = NLA_POLICY_MAX(NLA_U32, 2),
	[RINGFENCE_A_ADDRESS_SET_ENTRY] = NLA_POLICY_NESTED(ringfence_prefix_nl_policy),
};

/* RINGFENCE_CMD_BAN_NEW */
static const struct nla_policy ringfence_ban_new_nl_policy[RINGFENCE_A_BAN_MAX + 1] = {
	[RINGFENCE_A_BAN_PREFIX] = NLA_POLICY_NESTED(ringfence_prefix_nl_policy),
	[RINGFENCE_A_BAN_TIME] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_ban_time_range),
	[RINGFENCE_A_BAN_COMMENT] = { .type = NLA_NUL_STRING, .len = RINGFENCE_COMMENT_MAX, },
};

/* RINGFENCE_CMD_BAN_DEL */
static const struct nla_policy ringfence_ban_del_nl_policy[RINGFENCE_A_BAN_MAX + 1] = {
	[RINGFENCE_A_BAN_PREFIX] = NLA_POLICY_NESTED(ringfence_prefix_nl_policy),
};

/* RINGFENCE_CMD_TRUST_NEW */
static const struct nla_policy ringfence_trust_new_nl_policy[RINGFENCE_A_TRUST_MAX + 1] = {
	[RINGFENCE_A_TRUST_PREFIX] = NLA_POLICY_NESTED(ringfence_prefix_nl_policy),
	[RINGFENCE_A_TRUST_TIME] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_trust_time_range),
	[RINGFENCE_A_TRUST_COMMENT] = { .type = NLA_NUL_STRING, .len = RINGFENCE_COMMENT_MAX, },
};

/* RINGFENCE_CMD_TRUST_DEL */
static const struct nla_policy ringfence_trust_del_nl_policy[RINGFENCE_A_TRUST_MAX + 1] = {
	[RINGFENCE_A_TRUST_PREFIX] = NLA_POLICY_NESTED(ringfence_prefix_nl_policy),
};

/* RINGFENCE_CMD_LIMIT_SET */
static const struct nla_policy ringfence_limit_set_nl_policy[RINGFENCE_A_LIMITS_MAX + 1] = {
	[RINGFENCE_A_LIMITS_LIMIT] = NLA_POLICY_NESTED(ringfence_limit_nl_policy),
	[RINGFENCE_A_LIMITS_SIGNALING_PORT] = { .type = NLA_U16, },
	[RINGFENCE_A_LIMITS_SECURE_PORT] = { .type = NLA_U16, },
	[RINGFENCE_A_LIMITS_IPV4_LENGTH] = NLA_POLICY_FULL_RANGE(NLA_U8, &ringfence_a_limits_ipv4_length_range),
	[RINGFENCE_A_LIMITS_IPV6_LENGTH] = NLA_POLICY_FULL_RANGE(NLA_U8, &ringfence_a_limits_ipv6_length_range),
	[RINGFENCE_A_LIMITS_SOURCES] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_limits_sources_range),
};

/* RINGFENCE_CMD_STRIKE */
static const struct nla_policy ringfence_strike_nl_policy[RINGFENCE_A_STRIKE_MAX + 1] = {
	[RINGFENCE_A_STRIKE_PREFIX] = NLA_POLICY_NESTED(ringfence_prefix_nl_policy),
	[RINGFENCE_A_STRIKE_REASON] = NLA_POLICY_MAX(NLA_U32, 5),
	[RINGFENCE_A_STRIKE_PROVED] = NLA_POLICY_MAX(NLA_U8, 1),
	[RINGFENCE_A_STRIKE_COUNT] = NLA_POLICY_FULL_RANGE(NLA_U32, &ringfence_a_strike_count_range),
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
		.start		= ringfence_nl_session_get_start,
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
	{
		.cmd		= RINGFENCE_CMD_CONFIG_SET,
		.doit		= ringfence_nl_config_set_doit,
		.policy		= ringfence_config_set_nl_policy,
		.maxattr	= RINGFENCE_A_CONFIG_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_CONFIG_GET,
		.doit		= ringfence_nl_config_get_doit,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_RULES_SET,
		.doit		= ringfence_nl_rules_set_doit,
		.policy		= ringfence_rules_set_nl_policy,
		.maxattr	= RINGFENCE_A_RULES_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_RULES_GET,
		.start		= ringfence_nl_rules_get_start,
		.doit		= ringfence_nl_rules_get_doit,
		.dumpit		= ringfence_nl_rules_get_dumpit,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_RULES_CONFIRM,
		.doit		= ringfence_nl_rules_confirm_doit,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_ADDRESS_SET_CHANGE,
		.doit		= ringfence_nl_address_set_change_doit,
		.policy		= ringfence_address_set_change_nl_policy,
		.maxattr	= RINGFENCE_A_ADDRESS_SET_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_RULES_DEL,
		.doit		= ringfence_nl_rules_del_doit,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_BAN_NEW,
		.doit		= ringfence_nl_ban_new_doit,
		.policy		= ringfence_ban_new_nl_policy,
		.maxattr	= RINGFENCE_A_BAN_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_BAN_DEL,
		.doit		= ringfence_nl_ban_del_doit,
		.policy		= ringfence_ban_del_nl_policy,
		.maxattr	= RINGFENCE_A_BAN_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_BAN_GET,
		.dumpit		= ringfence_nl_ban_get_dumpit,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_TRUST_NEW,
		.doit		= ringfence_nl_trust_new_doit,
		.policy		= ringfence_trust_new_nl_policy,
		.maxattr	= RINGFENCE_A_TRUST_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_TRUST_DEL,
		.doit		= ringfence_nl_trust_del_doit,
		.policy		= ringfence_trust_del_nl_policy,
		.maxattr	= RINGFENCE_A_TRUST_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_TRUST_GET,
		.dumpit		= ringfence_nl_trust_get_dumpit,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_LIMIT_SET,
		.doit		= ringfence_nl_limit_set_doit,
		.policy		= ringfence_limit_set_nl_policy,
		.maxattr	= RINGFENCE_A_LIMITS_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_LIMIT_GET,
		.doit		= ringfence_nl_limit_get_doit,
		.dumpit		= ringfence_nl_limit_get_dumpit,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_SOURCE_GET,
		.dumpit		= ringfence_nl_source_get_dumpit,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= RINGFENCE_CMD_STRIKE,
		.doit		= ringfence_nl_strike_doit,
		.policy		= ringfence_strike_nl_policy,
		.maxattr	= RINGFENCE_A_STRIKE_MAX,
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
