// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/rules_msg.h"

/* Bytes, with headers and room to spare. */
#define ENTRY_SIZE     40
#define RULE_SIZE      (320 + 4 * (RINGFENCE_RULE_NAME_MAX + 8))
#define RANGE_SIZE     24
#define ENTRIES_A_PART 1000 /* an attribute has less than 64 KiB */

void rgf_put_prefix(struct nlmsghdr *nlh, uint16_t type,
		    const struct rgf_prefix *prefix)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	if (rgf_addr_is_v4(&prefix->addr))
		mnl_attr_put_u32(nlh, RINGFENCE_A_PREFIX_IPV4,
				 rgf_addr_to_v4(&prefix->addr).s_addr);
	else
		mnl_attr_put(nlh, RINGFENCE_A_PREFIX_IPV6,
			     sizeof(prefix->addr.in6), &prefix->addr.in6);
	mnl_attr_put_u8(nlh, RINGFENCE_A_PREFIX_LENGTH, prefix->len);
	mnl_attr_nest_end(nlh, nest);
}

static void put_ports(struct nlmsghdr *nlh, uint16_t type,
		      const struct rgf_port_ranges *ports)
{
	for (unsigned int i = 0; i < ports->n; i++) {
		struct nlattr *nest = mnl_attr_nest_start(nlh, type);

		mnl_attr_put_u16(nlh, RINGFENCE_A_PORT_RANGE_FIRST,
				 ports->range[i].first);
		mnl_attr_put_u16(nlh, RINGFENCE_A_PORT_RANGE_LAST,
				 ports->range[i].last);
		mnl_attr_nest_end(nlh, nest);
	}
}

static void put_addrs(struct nlmsghdr *nlh, const struct rgf_rule *rule)
{
	if (rule->has & RGF_RULE_FROM)
		rgf_put_prefix(nlh, RINGFENCE_A_RULE_FROM, &rule->from);
	if (rule->has & RGF_RULE_TO)
		rgf_put_prefix(nlh, RINGFENCE_A_RULE_TO, &rule->to);
	if (rule->has & RGF_RULE_FROM_SET)
		mnl_attr_put_strz(nlh, RINGFENCE_A_RULE_FROM_SET,
				  rule->from_set);
	if (rule->has & RGF_RULE_TO_SET)
		mnl_attr_put_strz(nlh, RINGFENCE_A_RULE_TO_SET, rule->to_set);
}

static void put_transport(struct nlmsghdr *nlh, const struct rgf_rule *rule)
{
	if (rule->has & RGF_RULE_PROTOCOL)
		mnl_attr_put_u8(nlh, RINGFENCE_A_RULE_PROTOCOL, rule->protocol);
	put_ports(nlh, RINGFENCE_A_RULE_SPORT, &rule->sport);
	put_ports(nlh, RINGFENCE_A_RULE_DPORT, &rule->dport);
	if (rule->has & RGF_RULE_ICMP_TYPE)
		mnl_attr_put_u8(nlh, RINGFENCE_A_RULE_ICMP_TYPE,
				rule->icmp_type);
	if (rule->has & RGF_RULE_ICMP_CODE)
		mnl_attr_put_u8(nlh, RINGFENCE_A_RULE_ICMP_CODE,
				rule->icmp_code);
	if (rule->has & RGF_RULE_DSCP)
		mnl_attr_put_u8(nlh, RINGFENCE_A_RULE_DSCP, rule->dscp);
	if (rule->has & RGF_RULE_STATE)
		mnl_attr_put_u8(nlh, RINGFENCE_A_RULE_STATE, rule->state);
	if (rule->has & RGF_RULE_DAYS)
		mnl_attr_put_u8(nlh, RINGFENCE_A_RULE_DAYS, rule->days);
	if (rule->has & RGF_RULE_TIME) {
		mnl_attr_put_u16(nlh, RINGFENCE_A_RULE_TIME_START,
				 rule->time_start);
		mnl_attr_put_u16(nlh, RINGFENCE_A_RULE_TIME_END,
				 rule->time_end);
	}
}

static void put_rate(struct nlmsghdr *nlh, const struct rgf_rule *rule)
{
	if (!(rule->has & RGF_RULE_RATE))
		return;
	mnl_attr_put_u32(nlh, RINGFENCE_A_RULE_RATE, rule->rate);
	mnl_attr_put_u32(nlh, RINGFENCE_A_RULE_RATE_UNIT, rule->rate_unit);
	mnl_attr_put_u32(nlh, RINGFENCE_A_RULE_RATE_BURST, rule->rate_burst);
	mnl_attr_put_u32(nlh, RINGFENCE_A_RULE_RATE_MODE, rule->rate_mode);
}

static void put_rule(struct nlmsghdr *nlh, const struct rgf_rule *rule)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, RINGFENCE_A_RULES_RULE);

	mnl_attr_put_strz(nlh, RINGFENCE_A_RULE_CHAIN, rule->chain);
	mnl_attr_put_u32(nlh, RINGFENCE_A_RULE_ACTION, rule->action);
	if (rule->action == RINGFENCE_RULE_ACTION_JUMP)
		mnl_attr_put_strz(nlh, RINGFENCE_A_RULE_JUMP, rule->jump);
	if (rule->action == RINGFENCE_RULE_ACTION_LOG && rule->log_rate)
		mnl_attr_put_u32(nlh, RINGFENCE_A_RULE_LOG_RATE,
				 rule->log_rate);
	if (rule->action == RINGFENCE_RULE_ACTION_BAN)
		mnl_attr_put_u32(nlh, RINGFENCE_A_RULE_BAN_TIME,
				 rule->ban_time);
	if (rule->has & RGF_RULE_IN)
		mnl_attr_put_strz(nlh, RINGFENCE_A_RULE_IN, rule->in);
	if (rule->has & RGF_RULE_OUT)
		mnl_attr_put_strz(nlh, RINGFENCE_A_RULE_OUT, rule->out);
	put_addrs(nlh, rule);
	put_transport(nlh, rule);
	put_rate(nlh, rule);
	if (*rule->comment)
		mnl_attr_put_strz(nlh, RINGFENCE_A_RULE_COMMENT, rule->comment);
	mnl_attr_nest_end(nlh, nest);
}

/* In parts; a set without entries is one, too. */
static void put_set(struct nlmsghdr *nlh, const struct rgf_address_set *set)
{
	size_t i = 0;

	do {
		struct nlattr *nest =
			mnl_attr_nest_start(nlh, RINGFENCE_A_RULES_SET);
		size_t end = i + ENTRIES_A_PART;

		mnl_attr_put_strz(nlh, RINGFENCE_A_ADDRESS_SET_NAME, set->name);
		for (; i < set->n && i < end; i++)
			rgf_put_prefix(nlh, RINGFENCE_A_ADDRESS_SET_ENTRY,
				       &set->entries[i]);
		mnl_attr_nest_end(nlh, nest);
	} while (i < set->n);
}

size_t rgf_address_set_msg_size(const struct rgf_address_set *set)
{
	return 256 + set->n * ENTRY_SIZE + set->n / ENTRIES_A_PART * 64;
}

size_t rgf_rules_msg_size(const struct rgf_rules *r)
{
	size_t size = RGF_REQUEST_MAX;

	for (size_t i = 0; i < r->n_sets; i++)
		size += rgf_address_set_msg_size(&r->sets[i]);
	for (size_t i = 0; i < r->n_rules; i++)
		size += RULE_SIZE + RINGFENCE_COMMENT_MAX +
			(r->rules[i].sport.n + r->rules[i].dport.n) *
				RANGE_SIZE;
	return size;
}

void rgf_put_rules(struct nlmsghdr *nlh, const struct rgf_rules *r,
		   uint32_t confirm)
{
	mnl_attr_put_u32(nlh, RINGFENCE_A_RULES_DEFAULT_LOCAL,
			 r->default_local);
	mnl_attr_put_u32(nlh, RINGFENCE_A_RULES_DEFAULT_NETWORK,
			 r->default_network);
	if (confirm)
		mnl_attr_put_u32(nlh, RINGFENCE_A_RULES_CONFIRM, confirm);
	for (size_t i = 0; i < r->n_sets; i++)
		put_set(nlh, &r->sets[i]);
	for (size_t i = 0; i < r->n_rules; i++)
		put_rule(nlh, &r->rules[i]);
}

void rgf_put_address_set(struct nlmsghdr *nlh,
			 const struct rgf_address_set *set,
			 enum ringfence_set_mode mode)
{
	mnl_attr_put_strz(nlh, RINGFENCE_A_ADDRESS_SET_NAME, set->name);
	mnl_attr_put_u32(nlh, RINGFENCE_A_ADDRESS_SET_MODE, mode);
	for (size_t i = 0; i < set->n; i++)
		rgf_put_prefix(nlh, RINGFENCE_A_ADDRESS_SET_ENTRY,
			       &set->entries[i]);
}
