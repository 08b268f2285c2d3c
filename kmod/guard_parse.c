// SPDX-License-Identifier: GPL-2.0-only
#include "guard_parse.h"

#include <linux/log2.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

/* Userspace's strikes are no packets. */
static int rgf_limit_check_strike(struct nlattr **tb,
				  struct netlink_ext_ack *extack)
{
	unsigned int i;

	for (i = RINGFENCE_A_LIMIT_RATE; i < RINGFENCE_A_LIMIT_STRIKES; i++) {
		if (!tb[i])
			continue;
		NL_SET_ERR_MSG_ATTR(extack, tb[i],
				    "strikes have no rate and no burst");
		return -EINVAL;
	}
	return 0;
}

static int rgf_limit_parse(struct rgf_limits *limits, const struct nlattr *nest,
			   u32 *seen, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[RINGFENCE_A_LIMIT_MAX + 1], *attr;
	struct rgf_limit_settings *set;
	u32 class, *setting;
	unsigned int i;

	nla_parse(tb, RINGFENCE_A_LIMIT_MAX, nla_data(nest), nla_len(nest),
		  NULL, NULL);
	attr = tb[RINGFENCE_A_LIMIT_CLASS];
	if (!attr) {
		NL_SET_ERR_ATTR_MISS(extack, nest, RINGFENCE_A_LIMIT_CLASS);
		NL_SET_ERR_MSG(extack, "give the class of each limit");
		return -EINVAL;
	}
	class = nla_get_u32(attr);
	if (*seen & BIT(class)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "a class is given twice");
		return -EINVAL;
	}
	*seen |= BIT(class);
	set = &limits->limit[class].set;
	setting = &set->enabled;
	if (tb[RINGFENCE_A_LIMIT_ENABLED])
		setting[0] = nla_get_u8(tb[RINGFENCE_A_LIMIT_ENABLED]);
	for (i = 1; i < RGF_NR_LIMIT_SETTINGS; i++)
		if (tb[RINGFENCE_A_LIMIT_ENABLED + i])
			setting[i] =
				nla_get_u32(tb[RINGFENCE_A_LIMIT_ENABLED + i]);
	if (set->ban_time_max < set->ban_time) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "ban-time-max is less than ban-time");
		return -EINVAL;
	}
	return class == RINGFENCE_LIMIT_CLASS_STRIKE
		       ? rgf_limit_check_strike(tb, extack)
		       : 0;
}

/* All of a type, in place of those there were; 0 stands for none. */
static int rgf_ports_parse(struct rgf_limit_ports *ports, int type,
			   struct genl_info *info)
{
	struct netlink_ext_ack *extack = info->extack;
	struct rgf_limit_ports new = {};
	bool given = false, none = false;
	const struct nlattr *attr;
	int left;

	nla_for_each_attr(attr, genlmsg_data(info->genlhdr),
			  genlmsg_len(info->genlhdr), left) {
		if (nla_type(attr) != type)
			continue;
		if (none || (given && !nla_get_u16(attr))) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "port 0 stands for none, alone");
			return -EINVAL;
		}
		if (new.n == RINGFENCE_MAX_SIGNALING_PORTS) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "more than 16 ports");
			return -EINVAL;
		}
		given = true;
		none = !nla_get_u16(attr);
		if (!none)
			new.port[new.n++] = htons(nla_get_u16(attr));
	}
	if (given)
		*ports = new;
	return 0;
}

static int rgf_limits_each(struct rgf_limits *limits, struct genl_info *info)
{
	const struct nlattr *attr;
	int left, err = 0;
	u32 seen = 0;

	nla_for_each_attr(attr, genlmsg_data(info->genlhdr),
			  genlmsg_len(info->genlhdr), left) {
		if (nla_type(attr) == RINGFENCE_A_LIMITS_LIMIT)
			err = rgf_limit_parse(limits, attr, &seen,
					      info->extack);
		if (err)
			return err;
	}
	return 0;
}

int rgf_limits_parse(struct rgf_limits *limits, struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	u32 sources;
	int err;

	err = rgf_limits_each(limits, info);
	if (!err)
		err = rgf_ports_parse(&limits->signaling,
				      RINGFENCE_A_LIMITS_SIGNALING_PORT, info);
	if (!err)
		err = rgf_ports_parse(&limits->secure,
				      RINGFENCE_A_LIMITS_SECURE_PORT, info);
	if (err)
		return err;
	if (tb[RINGFENCE_A_LIMITS_IPV4_LENGTH])
		limits->length[0] =
			96 + nla_get_u8(tb[RINGFENCE_A_LIMITS_IPV4_LENGTH]);
	if (tb[RINGFENCE_A_LIMITS_IPV6_LENGTH])
		limits->length[1] =
			nla_get_u8(tb[RINGFENCE_A_LIMITS_IPV6_LENGTH]);
	if (tb[RINGFENCE_A_LIMITS_SOURCES]) {
		sources = nla_get_u32(tb[RINGFENCE_A_LIMITS_SOURCES]);
		limits->sources = roundup_pow_of_two(sources);
	}
	rgf_limits_finish(limits);
	return 0;
}
