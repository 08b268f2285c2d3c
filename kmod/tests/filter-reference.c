// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks at addresses bit by bit and at names byte by byte, and walks chains by
 * calling itself: nothing of it is the classifier's.
 */
#include "filter-fixture.h"

static bool ref_prefix(const struct rgf_prefix *prefix,
		       const struct rgf_addr *addr)
{
	u32 i;

	if (rgf_addr_is_v4(&prefix->addr) != rgf_addr_is_v4(addr))
		return false;
	for (i = 0; i < prefix->len; i++)
		if ((prefix->addr.in6.s6_addr[i / 8] ^
		     addr->in6.s6_addr[i / 8]) &
		    (0x80 >> i % 8))
			return false;
	return true;
}

static bool ref_set(const struct rgf_addrset *set, const struct rgf_addr *addr)
{
	u32 i;

	for (i = 0; i < set->n; i++)
		if (ref_prefix(&set->entries[i], addr))
			return true;
	return false;
}

static bool ref_name(const char *pattern, const char *name)
{
	size_t len = strlen(pattern);

	if (len && pattern[len - 1] == '*')
		return !strncmp(pattern, name, len - 1);
	return !strcmp(pattern, name);
}

static bool ref_ports(const struct rgf_port_range *range, u8 n, u32 port)
{
	u8 i;

	for (i = 0; i < n; i++)
		if (port >= range[i].min && port <= range[i].max)
			return true;
	return false;
}

static bool ref_addrs(const struct rgf_rule *rule,
		      struct rgf_addrset *const *sets, const struct pkt *pkt)
{
	if (rule->has & RGF_RULE_FROM && !ref_prefix(&rule->from, &pkt->from))
		return false;
	if (rule->has & RGF_RULE_TO && !ref_prefix(&rule->to, &pkt->to))
		return false;
	if (rule->has & RGF_RULE_FROM_SET &&
	    !ref_set(sets[rule->from_set], &pkt->from))
		return false;
	return !(rule->has & RGF_RULE_TO_SET) ||
	       ref_set(sets[rule->to_set], &pkt->to);
}

/* Is it in the window that began on that day, 0 to 6? */
static bool ref_window(const struct rgf_rule *rule, u32 day, u32 minute)
{
	u32 start = 0, length = 1440;

	if (rule->has & RGF_RULE_DAYS && !(rule->days >> day & 1))
		return false;
	if (rule->has & RGF_RULE_TIME) {
		start = rule->time_start;
		length = (rule->time_end + 1440 - start) % 1440 ?: 1440;
	}
	/* Minutes since it began, last week if need be. */
	return (minute + 10080 - day * 1440 - start) % 10080 < length;
}

static bool ref_time(const struct rgf_rule *rule, u32 minute)
{
	u32 day;

	for (day = 0; day < 7; day++)
		if (ref_window(rule, day, minute))
			return true;
	return false;
}

static bool ref_numbers(const struct rgf_rule *rule, const struct pkt *pkt)
{
	if (rule->has & RGF_RULE_PROTOCOL && rule->protocol != pkt->protocol)
		return false;
	if (rule->has & RGF_RULE_SPORT &&
	    !ref_ports(rule->sport, rule->n_sport, pkt->sport))
		return false;
	if (rule->has & RGF_RULE_DPORT &&
	    !ref_ports(rule->dport, rule->n_dport, pkt->dport))
		return false;
	if (rule->has & RGF_RULE_ICMP_TYPE &&
	    (pkt->icmp == RGF_FIELD_NONE || rule->icmp_type != pkt->icmp >> 8))
		return false;
	if (rule->has & RGF_RULE_ICMP_CODE &&
	    rule->icmp_code != (pkt->icmp & 0xff))
		return false;
	if (rule->has & RGF_RULE_STATE && !(rule->state >> pkt->state & 1))
		return false;
	return !(rule->has & RGF_RULE_DSCP) || rule->dscp == pkt->dscp;
}

static bool ref_matches(const struct rgf_rule *rule,
			struct rgf_addrset *const *sets, const struct pkt *pkt)
{
	if (rule->has & RGF_RULE_IN && !ref_name(rule->in, pkt->in))
		return false;
	if (rule->has & RGF_RULE_OUT && !ref_name(rule->out, pkt->out))
		return false;
	return ref_addrs(rule, sets, pkt) && ref_numbers(rule, pkt) &&
	       ref_time(rule, pkt->minute);
}

bool filter_reference(struct trace *trace, const struct rgf_ruleset *rs,
		      struct rgf_addrset *const *sets, u8 chain,
		      const struct pkt *pkt)
{
	const struct rgf_rule *rule;
	u32 i;

	for (i = 0; i < rs->n_rules; i++) {
		rule = &rs->rules[i];
		if (rule->chain != chain || !ref_matches(rule, sets, pkt))
			continue;
		if (trace_add(trace, i, rule->action))
			return true;
		if (rule->action == RINGFENCE_RULE_ACTION_JUMP &&
		    filter_reference(trace, rs, sets, rule->jump, pkt))
			return true;
	}
	return false;
}
