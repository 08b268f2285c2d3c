// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/guard_msg.h"
#include "lib/rules_msg.h"

void rgf_put_ban(struct nlmsghdr *nlh, const struct rgf_ban *ban)
{
	rgf_put_prefix(nlh, RINGFENCE_A_BAN_PREFIX, &ban->prefix);
	if (ban->time)
		mnl_attr_put_u32(nlh, RINGFENCE_A_BAN_TIME, ban->time);
	if (*ban->comment)
		mnl_attr_put_strz(nlh, RINGFENCE_A_BAN_COMMENT, ban->comment);
}

void rgf_put_trust(struct nlmsghdr *nlh, const struct rgf_trust *trust)
{
	rgf_put_prefix(nlh, RINGFENCE_A_TRUST_PREFIX, &trust->prefix);
	if (trust->time)
		mnl_attr_put_u32(nlh, RINGFENCE_A_TRUST_TIME, trust->time);
	if (*trust->comment)
		mnl_attr_put_strz(nlh, RINGFENCE_A_TRUST_COMMENT,
				  trust->comment);
}

static void put_limit(struct nlmsghdr *nlh, uint32_t class,
		      const struct rgf_limit *limit)
{
	struct nlattr *nest =
		mnl_attr_nest_start(nlh, RINGFENCE_A_LIMITS_LIMIT);

	mnl_attr_put_u32(nlh, RINGFENCE_A_LIMIT_CLASS, class);
	if (limit->has & 1 << RGF_LIMIT_ENABLED)
		mnl_attr_put_u8(nlh, RINGFENCE_A_LIMIT_ENABLED,
				limit->value[RGF_LIMIT_ENABLED] != 0);
	for (unsigned int i = RGF_LIMIT_RATE; i < RGF_LIMIT_NR; i++)
		if (limit->has & 1u << i)
			mnl_attr_put_u32(nlh,
					 (uint16_t)(RINGFENCE_A_LIMIT_RATE + i -
						    RGF_LIMIT_RATE),
					 limit->value[i]);
	mnl_attr_nest_end(nlh, nest);
}

/* None is said with a port 0. */
static void put_ports(struct nlmsghdr *nlh, uint16_t type,
		      const struct rgf_ports *ports)
{
	if (!ports->n)
		mnl_attr_put_u16(nlh, type, 0);
	for (unsigned int i = 0; i < ports->n; i++)
		mnl_attr_put_u16(nlh, type, ports->port[i]);
}

void rgf_put_limits(struct nlmsghdr *nlh, const struct rgf_limits *limits)
{
	for (uint32_t i = 0; i < __RINGFENCE_LIMIT_CLASS_MAX; i++)
		if (limits->limit[i].has)
			put_limit(nlh, i, &limits->limit[i]);
	if (limits->has & RGF_LIMITS_SIGNALING)
		put_ports(nlh, RINGFENCE_A_LIMITS_SIGNALING_PORT,
			  &limits->signaling);
	if (limits->has & RGF_LIMITS_SECURE)
		put_ports(nlh, RINGFENCE_A_LIMITS_SECURE_PORT, &limits->secure);
	if (limits->has & RGF_LIMITS_IPV4_LENGTH)
		mnl_attr_put_u8(nlh, RINGFENCE_A_LIMITS_IPV4_LENGTH,
				limits->ipv4_length);
	if (limits->has & RGF_LIMITS_IPV6_LENGTH)
		mnl_attr_put_u8(nlh, RINGFENCE_A_LIMITS_IPV6_LENGTH,
				limits->ipv6_length);
	if (limits->has & RGF_LIMITS_SOURCES)
		mnl_attr_put_u32(nlh, RINGFENCE_A_LIMITS_SOURCES,
				 limits->sources);
}

void rgf_put_strike(struct nlmsghdr *nlh, const struct rgf_strike *strike)
{
	const struct rgf_prefix prefix = {
		strike->addr, rgf_addr_is_v4(&strike->addr) ? 32 : 128
	};

	rgf_put_prefix(nlh, RINGFENCE_A_STRIKE_PREFIX, &prefix);
	mnl_attr_put_u32(nlh, RINGFENCE_A_STRIKE_REASON, strike->reason);
	mnl_attr_put_u8(nlh, RINGFENCE_A_STRIKE_PROVED, strike->proved);
	if (strike->count)
		mnl_attr_put_u32(nlh, RINGFENCE_A_STRIKE_COUNT, strike->count);
}
