// SPDX-License-Identifier: GPL-2.0-only
/* What a rule asks, field by field. */
#include "filter_cond.h"

#include "filter_compile.h"

static void rgf_cond_range(struct rgf_cond *cond, u64 lo, u64 hi)
{
	cond->own[0] = (struct rgf_range){ { .lo = lo }, { .lo = hi } };
	cond->ranges = cond->own;
	cond->n = 1;
	cond->any = false;
}

/* Sorted and apart already. */
static void rgf_cond_ports(struct rgf_cond *cond,
			   const struct rgf_port_range *ports, u8 n)
{
	u8 i;

	for (i = 0; i < n; i++)
		cond->own[i] = (struct rgf_range){ { .lo = ports[i].min },
						   { .lo = ports[i].max } };
	cond->ranges = cond->own;
	cond->n = n;
	cond->any = false;
}

/* The numbers of the bits that are set. */
static void rgf_cond_bits(struct rgf_cond *cond, unsigned long bits)
{
	unsigned int first, end;

	cond->ranges = cond->own;
	cond->n = 0;
	cond->any = false;
	for_each_set_bitrange(first, end, &bits, BITS_PER_LONG)
		cond->own[cond->n++] =
		(struct rgf_range){ { .lo = first }, { .lo = end - 1 } };
}

static void rgf_cond_add(struct rgf_cond *cond, u32 lo, u32 hi)
{
	cond->own[cond->n++] = (struct rgf_range){ { .lo = lo }, { .lo = hi } };
}

/*
 * A window for each of the days. One that ends before it begins goes on into the
 * next day; that of Sunday, into the week's beginning.
 */
static void rgf_cond_time(struct rgf_cond *cond, const struct rgf_rule *rule)
{
	u8 days = rule->has & RGF_RULE_DAYS ? rule->days : 0x7f;
	u32 start = 0, end = RGF_DAY_MINUTES, day;

	if (rule->has & RGF_RULE_TIME) {
		start = rule->time_start;
		end = rule->time_end;
		end += end < start ? RGF_DAY_MINUTES : 0;
	}
	cond->ranges = cond->own;
	cond->n = 0;
	cond->any = false;
	for (day = 0; day < 7;
	     day++, start += RGF_DAY_MINUTES, end += RGF_DAY_MINUTES) {
		if (!(days & BIT(day)))
			continue;
		rgf_cond_add(cond, start,
			     min_t(u32, end, RGF_WEEK_MINUTES) - 1);
		if (end > RGF_WEEK_MINUTES)
			rgf_cond_add(cond, 0, end - RGF_WEEK_MINUTES - 1);
	}
}

static void rgf_cond_icmp(struct rgf_cond *cond, const struct rgf_rule *rule)
{
	u32 type = rule->icmp_type << 8;

	if (rule->has & RGF_RULE_ICMP_CODE)
		rgf_cond_range(cond, type | rule->icmp_code,
			       type | rule->icmp_code);
	else
		rgf_cond_range(cond, type, type | 0xff);
}

static void rgf_cond_ifname(struct rgf_cond *cond, const char *name)
{
	struct rgf_key key = rgf_ifname_key(name), rest = {};
	size_t len = strnlen(name, IFNAMSIZ);

	rgf_cond_range(cond, 0, 0);
	if (len && name[len - 1] == '*') {
		/* All that begin with what is in front of it. */
		len--;
		if (len < 8) {
			rest.hi = U64_MAX >> (8 * len);
			rest.lo = U64_MAX;
		} else {
			rest.lo = U64_MAX >> (8 * (len - 8));
		}
	}
	cond->own[0].lo =
		(struct rgf_key){ key.hi & ~rest.hi, key.lo & ~rest.lo };
	cond->own[0].hi =
		(struct rgf_key){ key.hi | rest.hi, key.lo | rest.lo };
}

static void rgf_cond_prefix(struct rgf_cond *cond,
			    const struct rgf_prefix *prefix)
{
	rgf_cond_range(cond, 0, 0);
	cond->own[0] = rgf_prefix_range(prefix);
}

static void rgf_cond_set(struct rgf_cond *cond, const struct rgf_addrset *set,
			 bool v6)
{
	cond->ranges = set->ranges[v6];
	cond->n = set->n_ranges[v6];
	cond->any = false;
}

static void rgf_cond_addr(struct rgf_cond *cond, const struct rgf_rule *rule,
			  struct rgf_addrset *const *sets, bool v6, bool from)
{
	if (from && rule->has & RGF_RULE_FROM)
		rgf_cond_prefix(cond, &rule->from);
	else if (!from && rule->has & RGF_RULE_TO)
		rgf_cond_prefix(cond, &rule->to);
	else if (from && rule->has & RGF_RULE_FROM_SET)
		rgf_cond_set(cond, sets[rule->from_set], v6);
	else if (!from && rule->has & RGF_RULE_TO_SET)
		rgf_cond_set(cond, sets[rule->to_set], v6);
}

void rgf_cond_get(struct rgf_cond *cond, enum rgf_field_id id,
		  const struct rgf_rule *rule, struct rgf_addrset *const *sets,
		  bool v6)
{
	cond->any = true;
	switch (id) {
	case RGF_FIELD_PROTOCOL:
		if (rule->has & RGF_RULE_PROTOCOL)
			rgf_cond_range(cond, rule->protocol, rule->protocol);
		break;
	case RGF_FIELD_SPORT:
		if (rule->has & RGF_RULE_SPORT)
			rgf_cond_ports(cond, rule->sport, rule->n_sport);
		break;
	case RGF_FIELD_DPORT:
		if (rule->has & RGF_RULE_DPORT)
			rgf_cond_ports(cond, rule->dport, rule->n_dport);
		break;
	case RGF_FIELD_ICMP:
		if (rule->has & RGF_RULE_ICMP_TYPE)
			rgf_cond_icmp(cond, rule);
		break;
	case RGF_FIELD_DSCP:
		if (rule->has & RGF_RULE_DSCP)
			rgf_cond_range(cond, rule->dscp, rule->dscp);
		break;
	case RGF_FIELD_STATE:
		if (rule->has & RGF_RULE_STATE)
			rgf_cond_bits(cond, rule->state);
		break;
	case RGF_FIELD_TIME:
		if (rule->has & (RGF_RULE_DAYS | RGF_RULE_TIME))
			rgf_cond_time(cond, rule);
		break;
	case RGF_FIELD_FROM4:
	case RGF_FIELD_FROM6:
		rgf_cond_addr(cond, rule, sets, v6, true);
		break;
	case RGF_FIELD_TO4:
	case RGF_FIELD_TO6:
		rgf_cond_addr(cond, rule, sets, v6, false);
		break;
	case RGF_FIELD_IN:
		if (rule->has & RGF_RULE_IN)
			rgf_cond_ifname(cond, rule->in);
		break;
	case RGF_FIELD_OUT:
		if (rule->has & RGF_RULE_OUT)
			rgf_cond_ifname(cond, rule->out);
		break;
	case RGF_NR_FIELDS:
		break;
	}
}
