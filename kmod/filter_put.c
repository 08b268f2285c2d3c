// SPDX-License-Identifier: GPL-2.0-only
#include "filter_put.h"

#include <net/netlink.h>

#define RGF_ENTRIES_A_PART 256

int rgf_put_prefix(struct sk_buff *msg, int type,
		   const struct rgf_prefix *prefix)
{
	bool v4 = rgf_addr_is_v4(&prefix->addr);
	struct nlattr *nest = nla_nest_start(msg, type);

	if (!nest ||
	    (v4 ? nla_put_in_addr(msg, RINGFENCE_A_PREFIX_IPV4,
				  rgf_addr_to_v4(&prefix->addr))
		: nla_put_in6_addr(msg, RINGFENCE_A_PREFIX_IPV6,
				   &prefix->addr.in6)) ||
	    nla_put_u8(msg, RINGFENCE_A_PREFIX_LENGTH,
		       prefix->len - (v4 ? 96 : 0)))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static size_t rgf_prefix_size(void)
{
	return nla_total_size(0) + nla_total_size(16) + nla_total_size(1);
}

size_t rgf_part_size(void)
{
	size_t set = nla_total_size(RGF_NAME_SIZE) +
		     RGF_ENTRIES_A_PART * rgf_prefix_size();

	/* A rule is much smaller. */
	return nla_total_size(set);
}

static int rgf_put_set(struct sk_buff *msg, const struct rgf_filter *f,
		       struct rgf_part *part)
{
	const struct rgf_addrset *set = f->sets[part->index];
	struct nlattr *nest = nla_nest_start(msg, RINGFENCE_A_RULES_SET);
	u32 i, end = min(set->n, part->entry + RGF_ENTRIES_A_PART);

	if (!nest || nla_put_string(msg, RINGFENCE_A_ADDRESS_SET_NAME,
				    f->rules->sets[part->index]))
		return -EMSGSIZE;
	for (i = part->entry; i < end; i++)
		if (rgf_put_prefix(msg, RINGFENCE_A_ADDRESS_SET_ENTRY,
				   &set->entries[i]))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	part->entry = end;
	if (end == set->n)
		*part = (struct rgf_part){ part->index + 1, 0 };
	return 0;
}

static int rgf_put_ports(struct sk_buff *msg, int type,
			 const struct rgf_port_range *ports, u8 n)
{
	struct nlattr *nest;
	u8 i;

	for (i = 0; i < n; i++) {
		nest = nla_nest_start(msg, type);
		if (!nest ||
		    nla_put_u16(msg, RINGFENCE_A_PORT_RANGE_FIRST,
				ports[i].min) ||
		    nla_put_u16(msg, RINGFENCE_A_PORT_RANGE_LAST, ports[i].max))
			return -EMSGSIZE;
		nla_nest_end(msg, nest);
	}
	return 0;
}

static int rgf_put_rule_addrs(struct sk_buff *msg, const struct rgf_ruleset *rs,
			      const struct rgf_rule *rule)
{
	int err = 0;

	if (rule->has & RGF_RULE_FROM)
		err = rgf_put_prefix(msg, RINGFENCE_A_RULE_FROM, &rule->from);
	if (!err && rule->has & RGF_RULE_TO)
		err = rgf_put_prefix(msg, RINGFENCE_A_RULE_TO, &rule->to);
	if (!err && rule->has & RGF_RULE_FROM_SET)
		err = nla_put_string(msg, RINGFENCE_A_RULE_FROM_SET,
				     rs->sets[rule->from_set]);
	if (!err && rule->has & RGF_RULE_TO_SET)
		err = nla_put_string(msg, RINGFENCE_A_RULE_TO_SET,
				     rs->sets[rule->to_set]);
	return err;
}

static int rgf_put_rule_names(struct sk_buff *msg, const struct rgf_ruleset *rs,
			      const struct rgf_rule *rule)
{
	int err = nla_put_string(msg, RINGFENCE_A_RULE_CHAIN,
				 rs->chains[rule->chain]);

	if (!err && rule->action == RINGFENCE_RULE_ACTION_JUMP)
		err = nla_put_string(msg, RINGFENCE_A_RULE_JUMP,
				     rs->chains[rule->jump]);
	if (!err && rule->has & RGF_RULE_IN)
		err = nla_put_string(msg, RINGFENCE_A_RULE_IN, rule->in);
	if (!err && rule->has & RGF_RULE_OUT)
		err = nla_put_string(msg, RINGFENCE_A_RULE_OUT, rule->out);
	if (!err && rule->comment)
		err = nla_put_string(msg, RINGFENCE_A_RULE_COMMENT,
				     rule->comment);
	return err;
}

static int rgf_put_rule_transport(struct sk_buff *msg,
				  const struct rgf_rule *rule)
{
	int err = 0;

	if (rule->has & RGF_RULE_PROTOCOL)
		err = nla_put_u8(msg, RINGFENCE_A_RULE_PROTOCOL,
				 rule->protocol);
	if (!err && rule->has & RGF_RULE_ICMP_TYPE)
		err = nla_put_u8(msg, RINGFENCE_A_RULE_ICMP_TYPE,
				 rule->icmp_type);
	if (!err && rule->has & RGF_RULE_ICMP_CODE)
		err = nla_put_u8(msg, RINGFENCE_A_RULE_ICMP_CODE,
				 rule->icmp_code);
	if (!err && rule->has & RGF_RULE_DSCP)
		err = nla_put_u8(msg, RINGFENCE_A_RULE_DSCP, rule->dscp);
	if (!err && rule->has & RGF_RULE_STATE)
		err = nla_put_u8(msg, RINGFENCE_A_RULE_STATE, rule->state);
	return err ?: rgf_put_ports(msg, RINGFENCE_A_RULE_SPORT, rule->sport,
				    rule->n_sport)
			      ?: rgf_put_ports(msg, RINGFENCE_A_RULE_DPORT,
					       rule->dport, rule->n_dport);
}

static int rgf_put_rule_time(struct sk_buff *msg, const struct rgf_rule *rule)
{
	int err = 0;

	if (rule->has & RGF_RULE_DAYS)
		err = nla_put_u8(msg, RINGFENCE_A_RULE_DAYS, rule->days);
	if (!err && rule->has & RGF_RULE_TIME)
		err = nla_put_u16(msg, RINGFENCE_A_RULE_TIME_START,
				  rule->time_start)
			      ?: nla_put_u16(msg, RINGFENCE_A_RULE_TIME_END,
					     rule->time_end);
	return err;
}

static int rgf_put_rule_rate(struct sk_buff *msg, const struct rgf_rule *rule)
{
	if (!(rule->has & RGF_RULE_RATE))
		return 0;
	return nla_put_u32(msg, RINGFENCE_A_RULE_RATE, rule->rate)
		       ?: nla_put_u32(msg, RINGFENCE_A_RULE_RATE_UNIT,
				      rule->rate_unit)
		       ?: nla_put_u32(msg, RINGFENCE_A_RULE_RATE_BURST,
				      rule->rate_burst)
		       ?: nla_put_u32(msg, RINGFENCE_A_RULE_RATE_MODE,
				      rule->rate_mode);
}

static int rgf_put_rule(struct sk_buff *msg, const struct rgf_filter *f,
			u32 index)
{
	const struct rgf_rule *rule = &f->rules->rules[index];
	struct nlattr *nest = nla_nest_start(msg, RINGFENCE_A_RULES_RULE);
	u64 packets, bytes;

	rgf_ruleset_sum(f->rules, index, &packets, &bytes);
	if (!nest || nla_put_u32(msg, RINGFENCE_A_RULE_NUMBER, index + 1) ||
	    nla_put_u32(msg, RINGFENCE_A_RULE_ACTION, rule->action) ||
	    rgf_put_rule_names(msg, f->rules, rule) ||
	    rgf_put_rule_addrs(msg, f->rules, rule) ||
	    rgf_put_rule_transport(msg, rule) || rgf_put_rule_time(msg, rule) ||
	    rgf_put_rule_rate(msg, rule) ||
	    (rule->action == RINGFENCE_RULE_ACTION_LOG &&
	     nla_put_u32(msg, RINGFENCE_A_RULE_LOG_RATE, rule->log_rate)) ||
	    (rule->action == RINGFENCE_RULE_ACTION_BAN &&
	     nla_put_u32(msg, RINGFENCE_A_RULE_BAN_TIME, rule->ban_time)) ||
	    nla_put_u64_64bit(msg, RINGFENCE_A_RULE_PACKETS, packets,
			      RINGFENCE_A_RULE_PAD) ||
	    nla_put_u64_64bit(msg, RINGFENCE_A_RULE_BYTES, bytes,
			      RINGFENCE_A_RULE_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

int rgf_put_part(struct sk_buff *msg, const struct rgf_filter *f,
		 struct rgf_part *part)
{
	int err;

	if (part->index < f->rules->n_sets)
		return rgf_put_set(msg, f, part);
	err = rgf_put_rule(msg, f, part->index - f->rules->n_sets);
	if (!err)
		part->index++;
	return err;
}

static int rgf_put_count(struct sk_buff *msg, const struct rgf_ruleset *rs,
			 u32 what)
{
	struct nlattr *nest = nla_nest_start(msg, RINGFENCE_A_RULES_COUNT);
	u64 packets, bytes;

	rgf_ruleset_sum(rs, rs->n_rules + what, &packets, &bytes);
	if (!nest || nla_put_u32(msg, RINGFENCE_A_RULES_COUNT_WHAT, what) ||
	    nla_put_u64_64bit(msg, RINGFENCE_A_RULES_COUNT_PACKETS, packets,
			      RINGFENCE_A_RULES_COUNT_PAD) ||
	    nla_put_u64_64bit(msg, RINGFENCE_A_RULES_COUNT_BYTES, bytes,
			      RINGFENCE_A_RULES_COUNT_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

int rgf_put_rules(struct sk_buff *msg, const struct rgf_filter *f, u32 left)
{
	const struct rgf_ruleset *rs = f->rules;
	u32 i;

	if (nla_put_u32(msg, RINGFENCE_A_RULES_DEFAULT_LOCAL,
			rs->dflt[RGF_CHAIN_LOCAL]) ||
	    nla_put_u32(msg, RINGFENCE_A_RULES_DEFAULT_NETWORK,
			rs->dflt[RGF_CHAIN_NETWORK]) ||
	    (left && nla_put_u32(msg, RINGFENCE_A_RULES_CONFIRM, left)) ||
	    nla_put_u32(msg, RINGFENCE_A_RULES_RULES, rs->n_rules) ||
	    nla_put_u32(msg, RINGFENCE_A_RULES_FLAT_RULES, f->n_flat) ||
	    nla_put_u64_64bit(msg, RINGFENCE_A_RULES_MEMORY, f->arena.used,
			      RINGFENCE_A_RULES_PAD) ||
	    nla_put_u32(msg, RINGFENCE_A_RULES_COMPILE_TIME, f->compile_us))
		return -EMSGSIZE;
	for (i = 0; i < __RINGFENCE_RULES_COUNTER_MAX; i++)
		if (rgf_put_count(msg, rs, i))
			return -EMSGSIZE;
	return 0;
}
