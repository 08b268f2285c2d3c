// SPDX-License-Identifier: GPL-2.0-only
/* The conditions of a rule. */
#include <linux/sort.h>
#include <net/genetlink.h>

#include "filter_parse_parts.h"

static int rgf_rule_set(struct rgf_rules_parse *p, const struct nlattr *attr,
			u8 *ret)
{
	u32 i;

	for (i = 0; i < p->rs->n_sets; i++)
		if (!strcmp(p->rs->sets[i], nla_data(attr))) {
			*ret = i;
			return 0;
		}
	NL_SET_ERR_MSG_ATTR(p->extack, attr, "there is no such set");
	return -EINVAL;
}

/* @one and @set are attributes of the rule; the bits follow each other. */
static int rgf_rule_addr(struct rgf_rules_parse *p, struct nlattr **tb,
			 struct rgf_rule *rule, bool from)
{
	const struct nlattr *one =
		tb[from ? RINGFENCE_A_RULE_FROM : RINGFENCE_A_RULE_TO];
	const struct nlattr *set =
		tb[from ? RINGFENCE_A_RULE_FROM_SET : RINGFENCE_A_RULE_TO_SET];

	if (one && set) {
		NL_SET_ERR_MSG_ATTR(p->extack, set,
				    "give an address or a set, not both");
		return -EINVAL;
	}
	if (one) {
		rule->has |= from ? RGF_RULE_FROM : RGF_RULE_TO;
		return rgf_prefix_parse(from ? &rule->from : &rule->to, one,
					p->extack);
	}
	if (set) {
		rule->has |= from ? RGF_RULE_FROM_SET : RGF_RULE_TO_SET;
		return rgf_rule_set(p, set,
				    from ? &rule->from_set : &rule->to_set);
	}
	return 0;
}

static int rgf_port_cmp(const void *a, const void *b)
{
	const struct rgf_port_range *x = a, *y = b;

	return x->min - y->min;
}

/* Overlaps would count twice in the sweep of the compiler. */
static u8 rgf_ports_merge(struct rgf_port_range *ports, u8 n)
{
	u8 i, last = 0;

	sort(ports, n, sizeof(*ports), rgf_port_cmp, NULL);
	for (i = 1; i < n; i++) {
		if (ports[i].min <= (u32)ports[last].max + 1)
			ports[last].max = max(ports[last].max, ports[i].max);
		else
			ports[++last] = ports[i];
	}
	return last + 1;
}

static int rgf_port_parse(struct rgf_port_range *range,
			  const struct nlattr *nest,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *tb[RINGFENCE_A_PORT_RANGE_MAX + 1];

	rgf_nest(tb, RINGFENCE_A_PORT_RANGE_MAX, nest);
	if (!tb[RINGFENCE_A_PORT_RANGE_FIRST]) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "a port range needs its first port");
		return -EINVAL;
	}
	range->min = nla_get_u16(tb[RINGFENCE_A_PORT_RANGE_FIRST]);
	range->max = range->min;
	if (tb[RINGFENCE_A_PORT_RANGE_LAST])
		range->max = nla_get_u16(tb[RINGFENCE_A_PORT_RANGE_LAST]);
	if (range->max < range->min) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "a port range ends before it begins");
		return -EINVAL;
	}
	return 0;
}

static int rgf_rule_ports(struct rgf_rules_parse *p, const struct nlattr *nest,
			  int type, struct rgf_port_range *ports, u8 *n)
{
	const struct nlattr *attr;
	int left, err;

	nla_for_each_nested(attr, nest, left) {
		if (nla_type(attr) != type)
			continue;
		if (*n == RINGFENCE_MAX_PORT_RANGES) {
			NL_SET_ERR_MSG_ATTR(p->extack, attr,
					    "more than 15 port ranges");
			return -EINVAL;
		}
		err = rgf_port_parse(&ports[(*n)++], attr, p->extack);
		if (err)
			return err;
	}
	if (*n)
		*n = rgf_ports_merge(ports, *n);
	return 0;
}

/* Ports and ICMP types are of some protocols only. */
static int rgf_rule_check_protocol(const struct rgf_rule *rule,
				   const struct nlattr *nest,
				   struct netlink_ext_ack *extack)
{
	bool icmp = rule->protocol == IPPROTO_ICMP ||
		    rule->protocol == IPPROTO_ICMPV6;
	bool ports = rule->protocol == IPPROTO_TCP ||
		     rule->protocol == IPPROTO_UDP ||
		     rule->protocol == IPPROTO_SCTP ||
		     rule->protocol == IPPROTO_DCCP ||
		     rule->protocol == IPPROTO_UDPLITE;

	if (rule->has & (RGF_RULE_SPORT | RGF_RULE_DPORT) &&
	    !(rule->has & RGF_RULE_PROTOCOL && ports)) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "ports need a protocol that has them");
		return -EINVAL;
	}
	if (rule->has & RGF_RULE_ICMP_TYPE &&
	    !(rule->has & RGF_RULE_PROTOCOL && icmp)) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "an ICMP type needs protocol 1 or 58");
		return -EINVAL;
	}
	if (rule->has & RGF_RULE_ICMP_CODE &&
	    !(rule->has & RGF_RULE_ICMP_TYPE)) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "an ICMP code needs an ICMP type");
		return -EINVAL;
	}
	return 0;
}

static void rgf_rule_u8(struct rgf_rule *rule, const struct nlattr *attr,
			u8 *ret, u32 has)
{
	if (!attr)
		return;
	*ret = nla_get_u8(attr);
	rule->has |= has;
}

static int rgf_rule_transport(struct rgf_rules_parse *p, struct nlattr **tb,
			      struct rgf_rule *rule, const struct nlattr *nest)
{
	int err;

	rgf_rule_u8(rule, tb[RINGFENCE_A_RULE_PROTOCOL], &rule->protocol,
		    RGF_RULE_PROTOCOL);
	rgf_rule_u8(rule, tb[RINGFENCE_A_RULE_ICMP_TYPE], &rule->icmp_type,
		    RGF_RULE_ICMP_TYPE);
	rgf_rule_u8(rule, tb[RINGFENCE_A_RULE_ICMP_CODE], &rule->icmp_code,
		    RGF_RULE_ICMP_CODE);
	rgf_rule_u8(rule, tb[RINGFENCE_A_RULE_DSCP], &rule->dscp,
		    RGF_RULE_DSCP);
	rgf_rule_u8(rule, tb[RINGFENCE_A_RULE_STATE], &rule->state,
		    RGF_RULE_STATE);
	err = rgf_rule_ports(p, nest, RINGFENCE_A_RULE_SPORT, rule->sport,
			     &rule->n_sport)
		      ?: rgf_rule_ports(p, nest, RINGFENCE_A_RULE_DPORT,
					rule->dport, &rule->n_dport);
	if (err)
		return err;
	rule->has |= rule->n_sport ? RGF_RULE_SPORT : 0;
	rule->has |= rule->n_dport ? RGF_RULE_DPORT : 0;
	return rgf_rule_check_protocol(rule, nest, p->extack);
}

static int rgf_rule_ifname(struct rgf_rules_parse *p, const struct nlattr *attr,
			   char *ret)
{
	const char *star = strchr(nla_data(attr), '*');

	strscpy(ret, nla_data(attr), IFNAMSIZ);
	if (!*ret || (star && star[1])) {
		NL_SET_ERR_MSG_ATTR(p->extack, attr,
				    "an interface name may end with one '*'");
		return -EINVAL;
	}
	return 0;
}

static int rgf_rule_ifnames(struct rgf_rules_parse *p, struct nlattr **tb,
			    struct rgf_rule *rule)
{
	const struct nlattr *in = tb[RINGFENCE_A_RULE_IN];
	const struct nlattr *out = tb[RINGFENCE_A_RULE_OUT];
	int err = 0;

	if (out && rule->chain == RGF_CHAIN_LOCAL) {
		NL_SET_ERR_MSG_ATTR(p->extack, out,
				    "a packet to this host has no way out");
		return -EINVAL;
	}
	if (in) {
		rule->has |= RGF_RULE_IN;
		err = rgf_rule_ifname(p, in, rule->in);
	}
	if (out && !err) {
		rule->has |= RGF_RULE_OUT;
		err = rgf_rule_ifname(p, out, rule->out);
	}
	return err;
}

static int rgf_rule_time(struct rgf_rules_parse *p, struct nlattr **tb,
			 struct rgf_rule *rule)
{
	const struct nlattr *start = tb[RINGFENCE_A_RULE_TIME_START];
	const struct nlattr *end = tb[RINGFENCE_A_RULE_TIME_END];

	rgf_rule_u8(rule, tb[RINGFENCE_A_RULE_DAYS], &rule->days,
		    RGF_RULE_DAYS);
	if (!start && !end)
		return 0;
	if (!start || !end || nla_get_u16(start) == nla_get_u16(end)) {
		NL_SET_ERR_MSG_ATTR(p->extack, start ?: end,
				    "a time needs a start and another end");
		return -EINVAL;
	}
	rule->has |= RGF_RULE_TIME;
	rule->time_start = nla_get_u16(start);
	rule->time_end = nla_get_u16(end);
	return 0;
}

static const u64 rgf_rate_units[] = {
	[RINGFENCE_RATE_UNIT_SECOND] = NSEC_PER_SEC,
	[RINGFENCE_RATE_UNIT_MINUTE] = 60ULL * NSEC_PER_SEC,
	[RINGFENCE_RATE_UNIT_HOUR] = 3600ULL * NSEC_PER_SEC,
};

static u32 rgf_get_u32(const struct nlattr *attr, u32 dflt)
{
	return attr ? nla_get_u32(attr) : dflt;
}

static int rgf_rule_rate(struct rgf_rules_parse *p, struct nlattr **tb,
			 struct rgf_rule *rule)
{
	const struct nlattr *unit = tb[RINGFENCE_A_RULE_RATE_UNIT];
	const struct nlattr *burst = tb[RINGFENCE_A_RULE_RATE_BURST];
	const struct nlattr *mode = tb[RINGFENCE_A_RULE_RATE_MODE];

	if (!tb[RINGFENCE_A_RULE_RATE]) {
		if (!unit && !burst && !mode)
			return 0;
		NL_SET_ERR_MSG_ATTR(p->extack, unit ?: burst ?: mode,
				    "there is no rate that this could be of");
		return -EINVAL;
	}
	rule->has |= RGF_RULE_RATE;
	rule->rate = nla_get_u32(tb[RINGFENCE_A_RULE_RATE]);
	rule->rate_unit = rgf_get_u32(unit, RINGFENCE_RATE_UNIT_SECOND);
	rule->rate_burst = rgf_get_u32(burst, RINGFENCE_RATE_BURST_DEFAULT);
	rule->rate_mode = rgf_get_u32(mode, RINGFENCE_RATE_MODE_WITHIN);
	rule->source_rate.interval =
		div_u64(rgf_rate_units[rule->rate_unit], rule->rate);
	rule->source_rate.depth = rule->source_rate.interval * rule->rate_burst;
	return 0;
}

int rgf_rule_conditions(struct rgf_rules_parse *p, struct nlattr **tb,
			struct rgf_rule *rule, const struct nlattr *nest)
{
	return rgf_rule_ifnames(p, tb, rule)
		       ?: rgf_rule_addr(p, tb, rule, true)
		       ?: rgf_rule_addr(p, tb, rule, false)
		       ?: rgf_rule_transport(p, tb, rule, nest)
		       ?: rgf_rule_time(p, tb, rule)
		       ?: rgf_rule_rate(p, tb, rule);
}
